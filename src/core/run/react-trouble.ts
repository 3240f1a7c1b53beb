import { stopTask } from "../review/fix-round.ts";
import type { Instant } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import type { RunEvent } from "./events.ts";
import { forecastGivenUp } from "./forecast-conflicts.ts";
import type { Run } from "./run.ts";
import { isStarted } from "./task-state.ts";
import { trainGivenUp } from "./train-actions.ts";

/**
 * An effect met trouble that may pass: it is begun again after the configured delays. When those are used up it waits
 * for a person and says so; the rest of the run goes on.
 */
export function reactToTrouble(
  run: Run,
  action: Action,
  why: string,
  now: Instant,
): readonly RunEvent[] {
  const { key } = action;
  const tries = (run.delayed.get(key)?.tries ?? 0) + 1;
  const patience = LAST_WORDS.has(action.type) ? TIDY_TRIES : run.settings.retryMs.length;
  const given = tries > patience ? givenUp(run, action, why) : null;
  if (given === null)
    return [{ type: "EffectDelayed", key, why, notBefore: now + delayAfter(run, tries), tries }];
  return [{ type: "EffectFinished", key, outcome: "Trouble" }, ...given];
}

const LAST_WORDS: ReadonlySet<string> = new Set(["TidyPullRequest", "ReturnToDraft"]);
/** An hour or so: nobody is asked about last words, and an issue that stays open looks like work to be done. */
const TIDY_TRIES = 16;
const DELAY_MS = 16_000;
/** The longest that an effect nobody can give up waits before it is tried again. */
const DELAY_MAX_MS = 5 * 60_000;

/** The configured delays first; after them twice as long each time. */
function delayAfter(run: Run, tries: number): number {
  const delays = run.settings.retryMs;
  const known = delays[tries - 1];
  if (known !== undefined) return known;
  const last = delays.at(-1) ?? DELAY_MS;
  return Math.max(last, Math.min(DELAY_MAX_MS, last * 2 ** Math.min(tries - delays.length, 20)));
}

/** What stands in the place of the effect; null: it cannot be given up, and is tried for ever. */
function givenUp(run: Run, action: Action, why: string): readonly RunEvent[] | null {
  switch (action.type) {
    case "PrepareIntegration":
    case "RunBaseline": {
      const words = `The run could not be prepared (${WHAT_FAILS[action.type]}): ${why}`;
      const isPlanned = run.status === "planning" || run.status === "draining";
      return isPlanned ? [{ type: "PlanRejected", why: words }] : null;
    }
    case "TestIntegration": {
      const failed = { commit: action.commit, results: [], culprit: null, why };
      return run.status === "verifying" ? [{ type: "IntegrationFailed", ...failed }] : null;
    }
    case "OpenLanding":
    case "Land":
      return run.status === "landing" ? [{ type: "LandingRefused", why }] : null;
    case "TestWave":
    case "FindCulprit": {
      const failed = { commit: action.commit, results: [], culprit: null, why };
      const isWanted = run.status === "verifying" || run.status === "running";
      return isWanted ? [{ type: "IntegrationFailed", ...failed }] : null;
    }
    // They only look ahead: without them branches take their turn one after the other.
    case "BuildTrain":
    case "GateTrain":
      return trainGivenUp(run, why);
    case "ForecastConflicts":
      return forecastGivenUp(action);
    case "RevertTask":
      return run.revert === null ? [] : [{ type: "RevertRefused", task: action.task, why }];
    // The session may be alive, and what it did is owed.
    case "RunSession":
    case "EndSession":
      return null;
    default:
      return asksAboutTask(run, action, why);
  }
}

function asksAboutTask(
  run: Run,
  action: Extract<Action, { readonly task: string }>,
  why: string,
): readonly RunEvent[] {
  const task = run.tasks.get(action.task);
  if (task === undefined) return [];
  const isWanted =
    action.type === "PrepareWorkspace" ? task.status === "waiting" : isStarted(task.status);
  if (!isWanted) return [];
  return stopTask(run, task, {
    kind: "trouble",
    reason: "trouble",
    text: `${task.key} cannot go on: ${WHAT_FAILS[action.type]}, however often it is tried. ${why}`,
    options: ["retry", "skip", "abort"],
    default: "skip",
    // The world is broken, not the task: in no mode is work thrown away for it.
    always: true,
  });
}

const WHAT_FAILS: Readonly<Record<Action["type"], string>> = {
  PrepareIntegration: "the integration branch cannot be made",
  RunBaseline: "the gates cannot be run on the target",
  PrepareWorkspace: "its worktree cannot be made ready",
  PrepareSession: "its worktree cannot be put in order",
  RunSession: "its session cannot be run",
  EndSession: "its session cannot be ended",
  CommitLeftovers: "what the agent left cannot be committed",
  Autofix: "the repairing commands cannot be run",
  RunGates: "its gates cannot be run",
  ProveWork: "its work cannot be measured",
  AddFollowUps: "the issues for what is left cannot be made",
  ReturnToDraft: "its pull request cannot become a draft again",
  PublishPullRequest: "its pull request cannot be published",
  LeaveDraft: "its pull request cannot leave draft",
  UpdateBranch: "its branch cannot be brought up to date",
  TidyPullRequest: "its pull request cannot be tidied up",
  OpenLanding: "the pull request that lands it cannot be opened",
  BeginMerge: "the newest base cannot be merged into its branch",
  BuildCandidate: "its merge cannot be built",
  MergePullRequest: "the branch it targets cannot be moved",
  BuildTrain: "the branches cannot be put together",
  GateTrain: "the gates cannot be run on the branches together",
  ForecastConflicts: "the conflicts to come cannot be told",
  GiveBack: "the issue for its conflict cannot be made",
  TestWave: "the wave cannot be tested as a whole",
  FindCulprit: "what made the whole red cannot be looked for",
  RevertTask: "it cannot be taken back",
  TestIntegration: "the whole cannot be tested",
  Land: "the landing cannot be made",
};
