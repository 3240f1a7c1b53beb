import type { Action } from "./actions.ts";
import type { AgentRole } from "./settings.ts";
import type { Run, Task } from "./run.ts";

/** True for actions that hold one of the `parallel` slots. */
export function takesSlot(action: Action): boolean {
  return action.type === "RunSession" || action.type === "PrepareWorkspace";
}

/** The action that a started task's step asks for; null when it asks for none now. */
export function stepAction(run: Run, task: Task): Action | null {
  const { step } = task;
  const generation = `${task.key}:r${task.retries}`;
  switch (step.at) {
    case "session":
      return session(task, task.status === "fixing" ? "fixer" : "implementer", step.reminder, step.continues);
    case "review": {
      const role = step.stages.length === 1 && step.stages[0] === "spec" ? "spec-reviewer" : "quality-reviewer";
      return { ...session(task, role, null, null), stages: step.stages };
    }
    case "commit":
      return { type: "CommitLeftovers", key: `commit:${generation}:s${task.sessions}`, task: task.key };
    case "gates":
      return {
        type: "RunGates",
        key: `gates:${generation}:s${task.sessions}:${step.commit}`,
        task: task.key,
        commit: step.commit,
        forMerge: false,
      };
    case "candidate-gates":
      return {
        type: "RunGates",
        key: `gates:${generation}:m${task.mergeTries}:${step.candidate}`,
        task: task.key,
        commit: step.candidate,
        forMerge: true,
      };
    case "publish":
      return { type: "PublishPullRequest", key: `publish:${generation}:s${task.sessions}:${step.commit}`, task: task.key, head: step.commit };
    case "undraft":
      return { type: "LeaveDraft", key: `undraft:${generation}:s${task.sessions}:${task.head}`, task: task.key };
    case "begin-merge":
      if (run.integration === null) return null;
      return { type: "BeginMerge", key: `begin-merge:${generation}:s${task.sessions}:m${task.mergeTries}`, task: task.key, other: run.integration.head };
    case "candidate":
      return candidate(run, task, generation);
    case "move":
      return {
        type: "MergePullRequest",
        key: `merge:${generation}:m${task.mergeTries}:${step.candidate}`,
        task: task.key,
        from: step.base,
        candidate: step.candidate,
        head: task.head ?? "",
      };
    case "none":
      return null;
  }
}

function session(
  task: Task,
  role: AgentRole,
  reminder: "report" | "commit" | "nothing" | "answer" | null,
  continues: string | null,
): Extract<Action, { type: "RunSession" }> {
  const id = `${folderName(task)}-s${task.sessions + 1}`;
  return { type: "RunSession", key: `session:${task.key}:s${task.sessions + 1}`, task: task.key, session: id, role, reminder, continues, stages: [] };
}

function candidate(run: Run, task: Task, generation: string): Action | null {
  if (run.integration === null || task.workspace === null || task.head === null) return null;
  return {
    type: "BuildCandidate",
    key: `candidate:${generation}:m${task.mergeTries}`,
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
