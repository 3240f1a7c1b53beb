import type { CommitSha, TaskKey } from "../shared/names.ts";
import { NO_USAGE } from "../shared/money.ts";
import type { PlannedIssue } from "../plan/plan.ts";
import type { TrainMember } from "./merge-state.ts";
import type { Run, StoredStatus, Task, TaskStatus } from "./run.ts";

const TERMINAL: ReadonlySet<string> = new Set(["merged", "failed", "cancelled", "skipped"]);
const STARTED: ReadonlySet<string> = new Set([
  "running",
  "reviewing",
  "fixing",
  "queued",
  "merging",
]);

/** True for `merged failed cancelled skipped`. */
export function isTerminal(status: StoredStatus | TaskStatus): boolean {
  return TERMINAL.has(status);
}

/** True between the first attempt and the end, while the task is not waiting for a person. */
export function isStarted(status: StoredStatus | TaskStatus): boolean {
  return STARTED.has(status);
}

/** A blocker frees its dependents when its change is on the branch, or is there already by other hands. */
export function freesDependents(task: Task): boolean {
  return (
    task.status === "merged" || (task.status === "skipped" && task.reason === "done-elsewhere")
  );
}

/** Hard blockers of a task that are neither merged nor freed, in plan order. */
export function openBlockers(run: Run, task: Task): readonly TaskKey[] {
  const open: TaskKey[] = [];
  for (const blocker of task.issue.blockers) {
    if (blocker.strength === "hard" && !isFreed(run, blocker.key)) open.push(blocker.key);
  }
  return open;
}

/**
 * Open blockers that keep a task from starting. Under `start: stacked` a blocker whose work waits for its turn does not,
 * if all that it stands on waits as well; then the task begins on top of them, unless that was found not to fit.
 */
export function startBlockers(run: Run, task: Task): readonly TaskKey[] {
  const open = openBlockers(run, task);
  if (open.length === 0 || run.settings.start !== "stacked") return open;
  const known = new Set<TaskKey>();
  const held = open.filter((key) => !isStackable(run, key, known));
  if (held.length > 0) return held;
  const { refusedStack = null } = task;
  if (refusedStack === null || run.integration === null) return [];
  const heads = stackTips(run, task).map(({ head }) => head);
  return refusedStack === stackName(run.integration.head, heads) ? open : [];
}

/** What a task that begins now stands on besides its branch's target: unmerged blockers, and theirs, lowest first. */
export function stackTips(run: Run, task: Task): readonly TrainMember[] {
  const tips = new Map<TaskKey, TrainMember>();
  const climb = (above: Task): void => {
    for (const key of openBlockers(run, above)) {
      const blocker = run.tasks.get(key);
      if (tips.has(key) || blocker === undefined) continue;
      climb(blocker);
      const { head, workspace } = blocker;
      if (head !== null && workspace !== null)
        tips.set(key, { task: key, forkPoint: workspace.forkPoint, head });
    }
  };
  climb(task);
  return [...tips.values()];
}

/** Equal for the same tips on the same base: what did not fit is not tried again before one of them has moved. */
export function stackName(onto: CommitSha, heads: readonly CommitSha[]): string {
  return [onto, ...heads].join(" ");
}

/** Its work is accepted and waits for its turn, and so does everything it stands on. */
function isStackable(run: Run, key: TaskKey, known: Set<TaskKey>): boolean {
  if (known.has(key)) return true;
  const task = run.tasks.get(key);
  if (task === undefined || task.head === null || task.workspace === null) return false;
  if (task.status !== "queued" && task.status !== "merging") return false;
  if (!openBlockers(run, task).every((below) => isStackable(run, below, known))) return false;
  known.add(key);
  return true;
}

function isFreed(run: Run, key: TaskKey): boolean {
  const blocker = run.tasks.get(key);
  if (blocker !== undefined) return freesDependents(blocker);
  // Not a task of this run: done before it started, or declared done by whoever limited the run's scope.
  return run.freed.has(key);
}

/** The status a person sees: `blocked` and `ready` are derived from the graph. */
export function taskStatus(run: Run, task: Task): TaskStatus {
  if (task.status !== "waiting") return task.status;
  if (task.issue.blockedFromOutside !== null) return "blocked";
  return startBlockers(run, task).length > 0 ? "blocked" : "ready";
}

/** Notes a hard edge once. */
export function addDependent(run: Run, blocker: TaskKey, dependent: TaskKey): void {
  const known = run.dependents.get(blocker);
  if (known === undefined) run.dependents.set(blocker, [dependent]);
  else if (!known.includes(dependent)) known.push(dependent);
}

/** Counters before the first fix round. */
export const NO_ROUNDS: Task["rounds"] = {
  spec: 0,
  quality: 0,
  tests: 0,
  pullRequest: 0,
  conflict: 0,
};

/** What is known of its work before there is any. */
const NO_EVIDENCE = {
  restarts: 0,
  stepsDone: [],
  proof: null,
  change: null,
  gateResults: [],
  reviewed: {},
  rejections: [],
  owesFollowUps: false,
  followUps: [],
} as const;

/** A task as it enters a run. */
export function newTask(issue: PlannedIssue, branch: string, at: number): Task {
  return {
    key: issue.key,
    issue,
    branch,
    status: "waiting",
    step: { at: "none" },
    cameFrom: null,
    question: null,
    reason: null,
    detail: null,
    attemptsFailed: 0,
    rounds: NO_ROUNDS,
    roundKind: null,
    seen: [],
    granted: 0,
    notBefore: null,
    limited: false,
    workspace: null,
    mergingWith: null,
    startOver: false,
    stepNo: 0,
    retries: 0,
    mergeTries: 0,
    sessions: 0,
    session: null,
    prepared: null,
    vendorSession: null,
    report: null,
    ...NO_EVIDENCE,
    head: null,
    patchId: null,
    changedPaths: [],
    pullRequest: null,
    checks: null,
    published: [],
    answered: [],
    forced: [],
    passed: {},
    findings: [],
    labels: [],
    approvedHead: null,
    answers: [],
    reminded: [],
    mergedCommit: null,
    mergedOnto: null,
    conflict: null,
    suspectOf: [],
    supersededBy: null,
    usage: NO_USAGE,
    startedAt: null,
    endedAt: null,
    changedAt: at,
    released: [],
    notes: [],
    issueClosed: null,
  };
}
