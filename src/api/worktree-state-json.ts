import { isoTime } from "../core/report/words.ts";
import type { EventOf, StoredEvent } from "../core/run/events.ts";
import type { Run, RunStatus, Task, TaskStatus } from "../core/run/run.ts";
import { taskStatus } from "../core/run/task-state.ts";
import type { TaskKey } from "../core/shared/names.ts";
import { checkpointsIn } from "./state-json.ts";

/** The document that scripts around worktrees know, `--format worktree-state`; a view, never read back. */
export interface WorktreeStateJson {
  readonly checkpoint_version: "1.0";
  readonly milestone: string;
  readonly started: string;
  readonly phase: "planning" | "executing" | "merging" | "cleanup";
  readonly checkpoint_description: string | null;
  readonly checkpoint_timestamp: string | null;
  readonly baseline: Readonly<Record<string, unknown>> | null;
  readonly integration_test_status: "pending" | "passed" | "failed";
  readonly integration_test_timestamp: string | null;
  readonly worktrees: Readonly<Record<string, WorktreeEntry>>;
  readonly pr_statuses: Readonly<
    Record<string, { readonly state: "OPEN" | "MERGED" | "CLOSED"; readonly mergeable: string }>
  >;
}

interface WorktreeEntry {
  readonly status:
    | "created"
    | "implementing"
    | "pr-created"
    | "reviewing"
    | "ready-merge"
    | "merged"
    | "failed"
    | "skipped";
  readonly branch: string;
  readonly pr: string | null;
  readonly updated: string;
}

/** The run in the familiar document. */
export function worktreeStateJson(run: Run, events: readonly StoredEvent[]): WorktreeStateJson {
  const mark = checkpointsIn(events).at(-1) ?? null;
  const tasks = [...run.tasks.values()];
  const tested = lastOf(events, "IntegrationPassed", "IntegrationFailed");
  return {
    checkpoint_version: "1.0",
    milestone: run.plan?.milestone.title ?? run.settings.integrationBranch,
    started: isoTime(run.createdAt),
    phase: PHASES[run.status],
    checkpoint_description: mark?.text ?? null,
    checkpoint_timestamp: mark?.at ?? null,
    baseline: baselineOf(events),
    integration_test_status: testStatus(run),
    integration_test_timestamp: tested === null ? null : isoTime(tested.at),
    worktrees: Object.fromEntries(tasks.map((task) => [plain(task.key), entryOf(run, task)])),
    pr_statuses: Object.fromEntries(tasks.flatMap(pullRequestOf)),
  };
}

const PHASES: Readonly<Record<RunStatus, WorktreeStateJson["phase"]>> = {
  planning: "planning",
  running: "executing",
  draining: "executing",
  paused: "executing",
  waiting: "executing",
  halted: "executing",
  verifying: "merging",
  landing: "merging",
  complete: "cleanup",
  cancelled: "cleanup",
};

/** Its list is closed: what has not begun is `created`, a person's question is what it calls failed. */
const STATUSES: Readonly<Record<TaskStatus, WorktreeEntry["status"]>> = {
  blocked: "created",
  ready: "created",
  running: "implementing",
  reviewing: "reviewing",
  fixing: "reviewing",
  queued: "ready-merge",
  merging: "ready-merge",
  merged: "merged",
  failed: "failed",
  escalated: "failed",
  cancelled: "skipped",
  skipped: "skipped",
};

function entryOf(run: Run, task: Task): WorktreeEntry {
  const status = taskStatus(run, task);
  const isDraft = task.pullRequest?.draft === true && ["running", "reviewing"].includes(status);
  return {
    status: isDraft ? "pr-created" : STATUSES[status],
    branch: task.branch,
    pr: task.pullRequest === null ? null : String(task.pullRequest.number),
    updated: isoTime(task.changedAt),
  };
}

function pullRequestOf(
  task: Task,
): readonly (readonly [string, { state: "OPEN" | "MERGED" | "CLOSED"; mergeable: string }])[] {
  if (task.pullRequest === null) return [];
  const isClosed = ["failed", "cancelled", "skipped"].includes(task.status);
  const state = task.status === "merged" ? "MERGED" : isClosed ? "CLOSED" : "OPEN";
  // Said only where the merge queue has found out.
  const mergeable =
    task.mergingWith !== null ? "CONFLICTING" : state === "MERGED" ? "MERGEABLE" : "UNKNOWN";
  return [[String(task.pullRequest.number), { state, mergeable }]];
}

/** By kind of gate, as scripts look for `lint` and `typecheck`; a second one of a kind by its name. */
function baselineOf(events: readonly StoredEvent[]): WorktreeStateJson["baseline"] {
  const event = lastOf(events, "BaselineRecorded");
  if (event === null || event.type !== "BaselineRecorded") return null;
  const document: Record<string, unknown> = { captured_at: isoTime(event.at) };
  for (const result of event.results) {
    const name = result.kind === "other" || result.kind in document ? result.name : result.kind;
    document[name] = { exit_code: result.exitCode, errors: result.failures.length };
  }
  return document;
}

function testStatus(run: Run): WorktreeStateJson["integration_test_status"] {
  if (run.verifyFailed !== null) return "failed";
  return run.verified === null ? "pending" : "passed";
}

function lastOf<T extends StoredEvent["type"]>(
  events: readonly StoredEvent[],
  ...types: readonly T[]
): (StoredEvent & EventOf<T>) | null {
  return (
    events.findLast((event): event is StoredEvent & EventOf<T> =>
      types.some((type) => type === event.type),
    ) ?? null
  );
}

function plain(key: TaskKey): string {
  return key.replace(/^#/, "");
}
