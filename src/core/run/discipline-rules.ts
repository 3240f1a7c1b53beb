import type { TaskEvent } from "./events.ts";
import type { Task } from "./run.ts";
import { NO_STEP, OPEN, WORKING, type TaskRules } from "./task-rule.ts";

type DisciplineEventType = Extract<
  TaskEvent["type"],
  | "WorkMeasured"
  | "TddViolated"
  | "StepDone"
  | "QuestionTimedOut"
  | "FollowUpsAdded"
  | "DraftReturned"
>;

/** Row 8 as far as proofs cause it, row 26, and what is measured, split and put back on the way. */
export const DISCIPLINE_RULES: TaskRules<DisciplineEventType> = {
  WorkMeasured: {
    from: WORKING,
    apply: (_task, event) => ({ proof: event.proof, change: event.change, step: event.step }),
  },
  // From `fixing` where its gates were red first: nothing of it is published yet.
  TddViolated: {
    from: ["running", "fixing"],
    apply: (task, event) => restarted(task, event.detail, event.notBefore),
  },
  StepDone: {
    from: ["running"],
    apply: (task, event) => ({
      stepsDone: [...task.stepsDone, { step: event.index, commit: event.commit }],
      // The next step is another session's, with nothing of this one in its head.
      vendorSession: null,
      reminded: [],
      step: event.step,
    }),
  },
  QuestionTimedOut: { from: ["escalated"], apply: () => ({}) },
  FollowUpsAdded: {
    // Red gates open a round before the part was published at all.
    from: ["running", "fixing"],
    apply: (task, event) => ({
      owesFollowUps: false,
      followUps: [...new Set([...task.followUps, ...event.keys])],
      step: event.step,
    }),
  },
  DraftReturned: { from: OPEN, apply: draftAgain },
};

/** The attempt is begun anew on a clean branch: what it was told to do differently is its only inheritance. */
export function restarted(task: Task, detail: string, notBefore: number | null): Partial<Task> {
  return {
    status: "waiting",
    step: NO_STEP,
    restarts: task.restarts + 1,
    roundKind: null,
    startOver: true,
    stepsDone: [],
    proof: null,
    detail,
    notBefore,
    limited: false,
    vendorSession: null,
  };
}

/** Whatever was waited for on the forge, or next in the queue, leaves its draft first. */
function draftAgain(task: Task): Partial<Task> {
  const pullRequest = task.pullRequest === null ? null : { ...task.pullRequest, draft: true };
  const leaves =
    task.status === "queued" ||
    task.status === "merging" ||
    (task.status === "reviewing" && (task.step.at === "checks" || task.step.at === "none"));
  return leaves ? { pullRequest, status: "reviewing", step: { at: "undraft" } } : { pullRequest };
}
