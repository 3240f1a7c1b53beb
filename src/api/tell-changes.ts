import { isHome } from "../core/report/exit-code.ts";
import { redWholeWords } from "../core/report/red-whole.ts";
import { formatDuration, formatInstant, plural, shortCommit } from "../core/report/words.ts";
import { usedUpByDay } from "../core/run/budget.ts";
import type { RunEvent, StoredEvent } from "../core/run/events.ts";
import { emptyRun, evolve } from "../core/run/evolve.ts";
import { phaseQuestion } from "../core/run/phases.ts";
import type { Run, Task } from "../core/run/run.ts";
import { taskStatus } from "../core/run/task-state.ts";
import type { Instant, RunId, TaskKey } from "../core/shared/names.ts";

/** One change of a status, or one word about the run: what a pipe gets as one line. */
export interface Change {
  readonly at: Instant;
  /** Null: about the run as a whole. */
  readonly task: TaskKey | null;
  readonly from: string | null;
  readonly to: string;
  readonly why: string | null;
  readonly severity: "info" | "warning" | "error";
}

/** Takes the events of one log in order, from the first one on, and answers what changed with each. */
export interface ChangeTeller {
  take(event: StoredEvent): readonly Change[];
  /** The state after the events taken so far. Read only. */
  readonly run: Run;
}

/** Folds the log beside the engine, because only state before and after tell what a person would call a change. */
export function createChangeTeller(id: RunId): ChangeTeller {
  const run = emptyRun(id);
  const statuses = new Map<TaskKey, string>();
  return {
    run,
    take: (event) => {
      const before = run.status;
      const wasUsedUp = usedUpByDay(run, event.at) !== null;
      evolve(run, event);
      const whole = runChange(run, event, before);
      const day = wasUsedUp ? null : dayChange(run, event.at);
      const ofRun = [whole, day].filter((change) => change !== null);
      return [...ofRun, ...taskChanges(run, event, statuses)];
    },
  };
}

/** Nothing else would tell a pipe why nothing happens for hours. */
function dayChange(run: Run, at: Instant): Change | null {
  const day = usedUpByDay(run, at);
  if (day === null) return null;
  const why = `the day's budget of ${day.ceiling} is used up; goes on at ${formatInstant(day.until)}`;
  return { at, task: null, from: null, to: run.status, why, severity: "warning" };
}

function taskChanges(
  run: Run,
  event: StoredEvent,
  statuses: Map<TaskKey, string>,
): readonly Change[] {
  // Any event may change the derived status of any task, but nearly all are about one.
  const touched =
    "task" in event && event.task !== null ? [run.tasks.get(event.task)] : [...run.tasks.values()];
  return touched.flatMap((task) => {
    if (task === undefined) return [];
    const to = taskStatus(run, task);
    const from = statuses.get(task.key) ?? null;
    statuses.set(task.key, to);
    // The first statuses are the plan, which is shown as such.
    if (from === null || (from === to && !isNews(event))) return [];
    return [
      {
        at: event.at,
        task: task.key,
        from,
        to,
        why: whyOf(run, task, event),
        severity: severityOf(task),
      },
    ];
  });
}

/** Things worth a line although the status stays. */
const NEWS: ReadonlySet<RunEvent["type"]> = new Set(["FixFailed", "ProviderLimited", "StepDone"]);

function isNews(event: RunEvent): boolean {
  return NEWS.has(event.type);
}

function severityOf(task: Task): Change["severity"] {
  if (task.status === "failed") return "error";
  if (task.status === "escalated") return "warning";
  return (task.status === "skipped" || task.status === "cancelled") && !isHome(task)
    ? "warning"
    : "info";
}

function whyOf(run: Run, task: Task, event: RunEvent): string | null {
  switch (event.type) {
    case "AttemptStarted":
      return `attempt ${event.attempt} of ${run.settings.attempts}`;
    case "AttemptFailed":
    case "FixFailed":
      return `${event.reason}: ${event.detail}`;
    case "ProviderLimited":
      return `${event.detail.replace(/\.?$/, ".")} It is asked again at ${formatInstant(event.until)}.`;
    case "StepDone":
      return stepWords(task, event.index);
    case "TddViolated":
      return `begun anew, not test-driven: ${event.detail}`;
    case "BlockerFreed":
      return `${event.blocker} is done elsewhere`;
    case "BlockerMerged":
      return `${event.blocker} is merged`;
    case "BlockerReverted":
      return `${event.blocker} was taken back`;
    case "BlockerEnded":
      return `${event.path.join(" -> ")} ended without being merged`;
    case "WorkAccepted":
    case "FixAccepted":
      return pullRequestWords(task);
    case "GatesFailed":
      return `gates red: ${event.results
        .filter((result) => !result.ok)
        .map((result) => result.name)
        .join(", ")}`;
    case "ReviewRejected":
      return `${event.stage} review: ${event.findings[0]?.message ?? "rejected"}`;
    case "CiFailed":
    case "FindingsReceived":
      return event.findings[0]?.message.split("\n")[0] ?? "the forge found something";
    case "ApprovalWithdrawn":
      return event.why;
    case "ConflictFound":
      return `conflict in ${event.paths.join(", ")}`;
    case "QuestionAsked":
      return event.question.text;
    case "QuestionAnswered":
      return `${event.by} answered ${event.answer}`;
    default:
      return whyEnded(run, task, event);
  }
}

function stepWords({ issue: { steps = [] } }: Task, index: number): string {
  return `step ${index + 1} of ${steps.length} is done: ${steps[index]?.title ?? ""}`;
}

function whyEnded(run: Run, task: Task, event: RunEvent): string | null {
  switch (event.type) {
    case "PullRequestMerged":
    case "MergedByPerson":
      return `as ${shortCommit(event.commit)}, ${run.merged.length} of ${run.tasks.size} merged`;
    case "MergeDeferred":
      return event.why;
    case "BaseMoved":
      return "the base moved";
    case "HeadMoved":
      return "its branch moved";
    case "TaskSkipped":
    case "TaskCancelled":
    case "TaskRetried":
      return task.detail ?? `by ${event.by}`;
    case "TaskReverted":
      return task.detail;
    case "DependencyAdded":
      return `needs ${event.blocker}, by ${event.by}`;
    default:
      return null;
  }
}

function pullRequestWords(task: Task): string | null {
  return task.pullRequest === null ? null : `pull request #${task.pullRequest.number}`;
}

function runChange(run: Run, event: StoredEvent, before: Run["status"]): Change | null {
  const about = (
    to: string,
    why: string | null,
    severity: Change["severity"] = "info",
  ): Change => ({
    at: event.at,
    task: null,
    from: before === to ? null : before,
    to,
    why,
    severity,
  });
  if (event.type === "PlanProposed") {
    const { milestone, waves } = event.plan;
    return about(
      "planning",
      `${milestone.title}: ${plural(run.tasks.size, "issue")} in ${plural(waves.filter((keys) => keys.some((key) => run.tasks.has(key))).length, "wave")}`,
    );
  }
  if (event.type === "EngineStarted" && event.recovering)
    return about(run.status, "taken up again where it was left");
  if (event.type === "CommandTaken")
    return about(run.status, `${event.command.by}: ${event.command.name}. ${event.answer}`);
  if (event.type === "EffectDelayed") return about(run.status, event.why, "warning");
  if (event.type === "IntegrationRed") {
    const at = shortCommit(event.commit);
    return about(
      run.status,
      `the integration test is red at ${at}; its culprit is looked for`,
      "warning",
    );
  }
  if (event.type === "RevertRefused")
    return about(run.status, `${event.task} is not taken back: ${event.why}`, "warning");
  if (event.type === "PhaseEnded") return about(run.status, phaseQuestion(run), "warning");
  if (before === run.status) return null;
  return about(run.status, whyRun(run, event), run.status === "halted" ? "error" : "info");
}

/** One after the other; sentences that end and name their task themselves are left as they are. */
function heldWords(waiting: readonly { readonly task: TaskKey; readonly why: string }[]): string {
  return waiting
    .map(({ task, why }) => (why.startsWith(`${task} `) ? why : `${task}: ${why}`))
    .reduce(
      (said, words) => (said === "" ? words : `${said}${/[.?!]$/.test(said) ? "" : ";"} ${words}`),
      "",
    );
}

function whyRun(run: Run, event: RunEvent): string | null {
  switch (event.type) {
    case "PlanRejected":
      return event.why;
    case "DrainRequested":
    case "RunAborted":
    case "RunCancelled":
      return `by ${event.by}`;
    case "NothingCanMove":
      return heldWords(event.waiting);
    case "IntegrationFailed":
      return run.verifyFailed === null ? null : redWholeWords(run, run.verifyFailed);
    case "RevertRequested":
      return `${event.task} is taken back, by ${event.by}`;
    case "Landed":
      return `landed on ${event.target} as ${shortCommit(event.commit)}`;
    case "LandingHandedOver":
      return event.how;
    case "LandingRefused":
      return event.why;
    case "CriticalStopRaised":
      return event.detail;
    case "PanicRaised":
      return `panic by ${event.by}`;
    default:
      return run.status === "complete"
        ? `after ${formatDuration(run.changedAt - run.createdAt)}`
        : null;
  }
}
