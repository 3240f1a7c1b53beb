import type { Task } from "../run/run.ts";
import type { TaskKey } from "../shared/names.ts";
import { isStated } from "./estimates.ts";
import { sizeOf } from "./estimates-words.ts";
import type { Size } from "./estimates-words.ts";
import type { IssueType } from "./issue.ts";
import type { Plan } from "./plan.ts";

/** What one merged task took, beside what was expected of it. */
export interface HistorySample {
  /** From the start of its first attempt to its merge. */
  readonly minutes: number;
  /** All its sessions together; null where none reported a price. */
  readonly usd: number | null;
  readonly size: Size | null;
  readonly type: IssueType;
  /** Minutes that the issue itself said it would take; null where it did not say. */
  readonly stated: number | null;
}

/** As much of a run as its history needs. */
export interface PastRun {
  readonly plan: Pick<Plan, "estimates"> | null;
  readonly tasks: ReadonlyMap<
    TaskKey,
    Pick<
      Task,
      "key" | "issue" | "status" | "startedAt" | "endedAt" | "usage" | "answers" | "retries"
    >
  >;
  /** Tasks that asked a person something, as the report's ledger has them. */
  readonly asked?: ReadonlySet<TaskKey>;
}

const MINUTE_MS = 60_000;
/** Older work was done by other agents on other code. */
const SAMPLES_MAX = 300;

/**
 * The merged tasks of earlier runs, given newest first. Tasks that waited for a person, by a question or until somebody
 * said `retry`, tell how long people take and are left out.
 */
export function historyOf(runs: readonly PastRun[]): readonly HistorySample[] {
  return runs
    .flatMap(({ plan, tasks, asked }) =>
      [...tasks.values()].flatMap((task): readonly HistorySample[] => {
        const { startedAt, endedAt } = task;
        const isOwn =
          asked?.has(task.key) !== true && task.answers.length === 0 && task.retries === 0;
        const estimate = plan?.estimates[task.key];
        if (task.status !== "merged" || !isOwn || startedAt === null || endedAt === null) return [];
        return [
          {
            minutes: (endedAt - startedAt) / MINUTE_MS,
            usd: task.usage.usd,
            size: sizeOf(task.issue.labels),
            type: task.issue.type,
            stated: estimate !== undefined && isStated(estimate) ? estimate.minutes : null,
          },
        ];
      }),
    )
    .filter((sample) => sample.minutes > 0)
    .slice(0, SAMPLES_MAX);
}
