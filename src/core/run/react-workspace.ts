import { stopTask } from "../review/fix-round.ts";
import type { Action, ActionOf } from "./actions.ts";
import type { RunEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import type { Run, Task } from "./run.ts";
import { taskStatus } from "./task-state.ts";

type Prepared = Extract<Outcome, { of: "PrepareWorkspace" }>;

/** An attempt begins; or the task cannot begin on what it waits for, or not at all. */
export function workspacePrepared(
  run: Run,
  task: Task,
  action: Action,
  outcome: Prepared,
): readonly RunEvent[] {
  if (action.type !== "PrepareWorkspace" || task.status !== "waiting") return [];
  if ("refused" in outcome) return refused(run, task, outcome);
  const { tips = [] } = action;
  const paths = "unfit" in outcome ? outcome.unfit : [];
  if ("unfit" in outcome || isStale(run, action)) {
    const heads = tips.map(({ head }) => head);
    return [{ type: "StackRefused", task: task.key, onto: action.base, heads, paths }];
  }
  const standsOn = tips.map((tip) => tip.task);
  return [
    {
      type: "AttemptStarted",
      task: task.key,
      attempt: task.attemptsFailed + 1,
      workspace: {
        slot: action.slot,
        path: outcome.workspace.path,
        branch: action.branch,
        forkPoint: outcome.base ?? action.base,
        ...keptStack(task, standsOn),
      },
    },
  ];
}

/** A branch that others have made may be begun anew, if a person says so; nothing else that is refused can be cleaned. */
function refused(
  run: Run,
  task: Task,
  { refused: detail, code }: Extract<Prepared, { refused: string }>,
): readonly RunEvent[] {
  const isTaken = code === "workspace/branch-exists";
  const reason = isTaken ? "branch-exists" : "workspace-lost";
  if (!isTaken || run.settings.existing !== "ask")
    return [{ type: "TaskSkipped", task: task.key, reason, detail, by: "engine" }];
  return stopTask(run, task, {
    kind: "workspace",
    reason,
    text: detail,
    options: ["clean", "skip", "abort"],
    default: "skip",
  });
}

/**
 * A workspace that is ready when the run no longer is (or its task is blocked again): nothing starts, and the same
 * intent is begun again later, where it finds its own traces. One on tips that have moved is not wanted again.
 */
export function isPutOff(run: Run, action: Action, outcome: Outcome): boolean {
  if (action.type !== "PrepareWorkspace" || outcome.of !== action.type) return false;
  if ("refused" in outcome || "unfit" in outcome || isStale(run, action)) return false;
  const task = run.tasks.get(action.task);
  if (task?.status !== "waiting") return false;
  return run.status !== "running" || taskStatus(run, task) === "blocked";
}

/** One of the tips is neither merged nor what waits for its turn: nobody begins on it any more. */
function isStale(run: Run, { tips = [] }: ActionOf<"PrepareWorkspace">): boolean {
  return tips.some((tip) => {
    const task = run.tasks.get(tip.task);
    if (task?.head !== tip.head) return true;
    return task.status !== "queued" && task.status !== "merging" && task.status !== "merged";
  });
}

function keptStack(
  { workspace }: Task,
  standsOn: readonly string[],
): Pick<NonNullable<Task["workspace"]>, "standsOn"> {
  const on = workspace === null ? standsOn : (workspace.standsOn ?? []);
  return on.length === 0 ? {} : { standsOn: on };
}
