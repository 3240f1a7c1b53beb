import type { TaskEvent } from "./events.ts";
import { NO_STEP, OPEN, WORKING, type TaskRules } from "./task-rule.ts";
import { stackName } from "./task-state.ts";

type MergeTaskEventType = Extract<
  TaskEvent["type"],
  "ConflictGivenBack" | "TaskReverted" | "BlockerReverted" | "MarkedSuspect" | "StackRefused"
>;

/** Rows 3, 20 and 28: conflicts given back, and merged tasks taken back. */
export const MERGE_RULES: TaskRules<MergeTaskEventType> = {
  ConflictGivenBack: {
    // From `fixing` where an agent tried it and could not.
    from: ["merging", "fixing"],
    apply: (_task, event) => ({
      status: "skipped",
      step: NO_STEP,
      reason: "superseded",
      detail: event.detail,
      supersededBy: event.to,
      mergingWith: null,
    }),
  },
  TaskReverted: {
    from: ["merged"],
    apply: (_task, event) => ({
      status: "failed",
      step: NO_STEP,
      reason: "reverted",
      detail: `Taken back by ${event.by} as ${event.commit.slice(0, 10)}.`,
      // Its worktree went back to the pool; begun again it gets another one, and the newest base.
      workspace: null,
      head: null,
      changedPaths: [],
    }),
  },
  BlockerReverted: {
    from: OPEN,
    apply: (task, event) => ({ released: task.released.filter((key) => key !== event.blocker) }),
  },
  StackRefused: {
    from: ["waiting"],
    apply: (_task, { onto, heads, paths }) => ({
      // A step of its own: what is prepared next has another key.
      step: NO_STEP,
      // Moved tips are tried again as they are then; the branch may stand on the old ones.
      ...(paths.length === 0
        ? { refusedStack: null, startOver: true }
        : { refusedStack: stackName(onto, heads) }),
    }),
  },
  MarkedSuspect: {
    from: ["merged", ...WORKING, "escalated"],
    apply: (task, event) => ({ suspectOf: [...new Set([...task.suspectOf, event.of])] }),
  },
};
