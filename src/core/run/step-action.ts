import type { Action, ActionOf } from "./actions.ts";
import type { Run, Step, Task } from "./run.ts";
import type { AgentRole } from "./settings.ts";

/** True for actions that hold one of the `parallel` slots. */
export function takesSlot(action: Action): boolean {
  return (
    action.type === "RunSession" ||
    action.type === "PrepareWorkspace" ||
    action.type === "PrepareSession"
  );
}

const GATE_SLOT_TYPES: ReadonlySet<Action["type"]> = new Set([
  "RunGates",
  "ProveWork",
  "Autofix",
  "GateTrain",
]);

/** True for actions that run the owner's commands on a commit: they hold one of the gate slots. */
export function takesGateSlot(action: Action): boolean {
  return GATE_SLOT_TYPES.has(action.type);
}

/** The action that a started task's step asks for; null when it asks for none now. */
export function stepAction(run: Run, task: Task): Action | null {
  const { step, key } = task;
  // Every step has a number of its own, so that an effect of one step is never taken for that of another.
  const place = `${key}:n${task.stepNo}`;
  switch (step.at) {
    case "session":
    case "review":
      return sessionOf(task, step);
    case "commit":
      return { type: "CommitLeftovers", key: `commit:${place}`, task: key };
    case "autofix":
      return { type: "Autofix", key: `autofix:${place}`, task: key };
    case "proof":
      return {
        type: "ProveWork",
        key: `proof:${place}:${step.commit}`,
        task: key,
        commit: step.commit,
      };
    case "follow-up":
      return { type: "AddFollowUps", key: `follow-up:${place}:${step.commit}`, task: key };
    case "gates":
      return gates(`gates:${place}:${step.commit}`, key, step.commit, false);
    case "candidate-gates":
      return gates(`gates:${place}:${step.candidate}`, key, step.candidate, true);
    case "base-gates":
      return gates(`gates:${place}:${step.base}`, key, step.base, true);
    case "publish":
      return {
        type: "PublishPullRequest",
        key: `publish:${place}:${step.commit}`,
        task: key,
        head: step.commit,
      };
    case "undraft":
      return { type: "LeaveDraft", key: `undraft:${place}`, task: key };
    case "update":
      return update(task, step, `update:${place}:${step.onto}`);
    case "begin-merge":
      if (run.integration === null) return null;
      return {
        type: "BeginMerge",
        key: `begin-merge:${place}`,
        task: key,
        other: run.integration.head,
      };
    case "give-back":
      return { type: "GiveBack", key: `give-back:${place}`, task: key };
    case "candidate":
      return candidate(run, task, `candidate:${place}`);
    case "move":
      return move(task, step, `merge:${place}:${step.candidate}`);
    case "checks":
    case "none":
      return null;
  }
}

function update(task: Task, step: Extract<Step, { at: "update" }>, key: string): Action | null {
  if (task.workspace === null || task.head === null) return null;
  const { onto, tree } = step;
  const { forkPoint } = task.workspace;
  return { type: "UpdateBranch", key, task: task.key, onto, forkPoint, head: task.head, tree };
}

/** The commit whose gates a step waits for; null: it waits for none. */
export function gatedCommit(step: Step): string | null {
  switch (step.at) {
    case "gates":
      return step.commit;
    case "candidate-gates":
      return step.candidate;
    case "base-gates":
      return step.base;
    default:
      return null;
  }
}

function gates(key: string, task: string, commit: string, forMerge: boolean): Action {
  return { type: "RunGates", key, task, commit, forMerge };
}

/** The session a step asks for; before it the workspace is put in order and the protected refs are noted. */
function sessionOf(task: Task, step: Extract<Step, { at: "session" | "review" }>): Action {
  const role = roleAt(task, step);
  const reminder = step.at === "session" ? step.reminder : null;
  const session = `${folderName(task)}-s${task.sessions + 1}`;
  if (task.prepared?.session !== session) {
    const clean = step.at === "review" || (role !== "implementer" && reminder === null);
    return {
      type: "PrepareSession",
      key: `prepare:${task.key}:n${task.stepNo}:s${task.sessions + 1}`,
      task: task.key,
      session,
      clean,
    };
  }
  return {
    type: "RunSession",
    key: `session:${task.key}:s${task.sessions + 1}`,
    task: task.key,
    session,
    role,
    reminder,
    continues: step.at === "session" ? step.continues : null,
    stages: step.at === "review" ? step.stages : [],
  };
}

/** Who works on a task: in a round for a conflict that was classed, somebody who settles conflicts. */
export function workerOf(task: Task): "implementer" | "fixer" | "conflict-resolver" {
  if (task.status !== "fixing") return "implementer";
  return task.roundKind === "conflict" && task.conflict !== null ? "conflict-resolver" : "fixer";
}

/** Whose turn a step of a session or a review is. */
export function roleAt(task: Task, step: Extract<Step, { at: "session" | "review" }>): AgentRole {
  if (step.at === "session") return workerOf(task);
  if (step.stages.length > 1) return "quality-reviewer";
  const [stage] = step.stages;
  if (stage === "tests") return "test-checker";
  return stage === "spec" ? "spec-reviewer" : "quality-reviewer";
}

function move(
  task: Task,
  step: Extract<Step, { at: "move" }>,
  key: string,
): ActionOf<"MergePullRequest"> {
  return {
    type: "MergePullRequest",
    key,
    task: task.key,
    from: step.base,
    candidate: step.candidate,
    head: task.head ?? "",
  };
}

function candidate(run: Run, task: Task, key: string): Action | null {
  if (run.integration === null || task.workspace === null || task.head === null) return null;
  return {
    type: "BuildCandidate",
    key,
    task: task.key,
    onto: run.integration.head,
    forkPoint: task.workspace.forkPoint,
    head: task.head,
  };
}

/** The key as a folder name; keys that would lose characters get their branch's slug too, so that no two are alike. */
function folderName(task: Task): string {
  const plain = task.key.replace(/^#/, "");
  if (/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(plain)) return plain;
  return task.branch.replaceAll(/[^A-Za-z0-9.-]+/g, "-");
}
