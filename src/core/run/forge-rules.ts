import type { EventOf, TaskEvent } from "./events.ts";
import type { Task } from "./run.ts";
import { NO_STEP, openRound, WORKING, type TaskRules } from "./task-rule.ts";

type ForgeEvent = Extract<
  TaskEvent["type"],
  | "ChecksNoted"
  | "ChecksPassed"
  | "CiFailed"
  | "FindingsReceived"
  | "ApprovalWithdrawn"
  | "BranchUpdated"
>;

/** Rows 12, 13, 15 and 19 as far as the forge's own checks and reviewers cause them. */
export const FORGE_RULES: TaskRules<ForgeEvent> = {
  ChecksNoted: {
    from: [...WORKING, "escalated"],
    apply: (_task, event) => ({ checks: event.seen }),
  },
  ChecksPassed: {
    from: ["reviewing", "merging"],
    apply: (_task, event) => ({ checks: event.seen, step: NO_STEP, notBefore: null }),
  },
  CiFailed: { from: ["reviewing", "queued", "merging"], apply: found },
  FindingsReceived: { from: ["reviewing", "queued", "merging"], apply: found },
  ApprovalWithdrawn: {
    from: ["queued"],
    apply: (_task, event) => ({ status: "reviewing", step: NO_STEP, detail: event.why }),
  },
  BranchUpdated: {
    from: ["merging"],
    apply: (task, event, at) => ({
      head: event.head,
      patchId: event.patchId,
      changedPaths: event.changedPaths,
      // The same change on another base: what stages and a person said of it holds.
      passed: sameFor(task, event.patchId),
      approvedHead: task.approvedHead === task.head ? event.head : task.approvedHead,
      published: [...task.published, event.head],
      workspace: task.workspace && { ...task.workspace, forkPoint: event.forkPoint },
      step: { at: "checks", head: event.head, since: at },
    }),
  },
};

/** Row 12 and 19: a fix round. From the queue it goes back to review first, as row 15 has it. */
function found(task: Task, event: EventOf<"CiFailed" | "FindingsReceived">): Partial<Task> {
  if (task.status === "queued") return { status: "reviewing", step: event.step };
  return { ...openRound(task, "pullRequest"), findings: event.findings, step: event.step };
}

function sameFor(task: Task, patchId: string): Task["passed"] {
  const stages = Object.entries(task.passed).filter(([, seen]) => seen === task.patchId);
  return { ...task.passed, ...Object.fromEntries(stages.map(([stage]) => [stage, patchId])) };
}
