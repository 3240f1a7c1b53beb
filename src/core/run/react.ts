import { BrokenPromise } from "../../errors.ts";
import type { Milestone } from "../plan/issue.ts";
import type { Instant } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import type { Command } from "./commands.ts";
import type { Day } from "./day.ts";
import type { RunEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import { reactToBranch } from "./react-branch.ts";
import { reactToCommand } from "./react-command.ts";
import { reactToBreach, reactToNoMeasurement } from "./react-measurement.ts";
import { reactToMerge } from "./react-merge.ts";
import { reactToMilestone } from "./react-milestone.ts";
import { reactToForecast } from "./forecast-conflicts.ts";
import { reactToGiveBack } from "./give-back.ts";
import { reactToFollowUps } from "./react-follow-ups.ts";
import { reactToNews, type ForgeNews } from "./react-news.ts";
import { reactToProof } from "./react-proof.ts";
import { reactToSession } from "./react-session.ts";
import { reactToTrouble } from "./react-trouble.ts";
import { reactToWholeRun } from "./react-whole-run.ts";
import { reactToWholeTests } from "./react-whole-tests.ts";
import { isPutOff } from "./react-workspace.ts";
import { reactToTrain, withOtherTools } from "./train-actions.ts";
import type { Run, Task } from "./run.ts";
import { isTerminal } from "./task-state.ts";

/** Whatever reaches the engine: answers of performed actions and people's words. */
export type Message =
  | { readonly kind: "outcome"; readonly key: string; readonly outcome: Outcome }
  | { readonly kind: "command"; readonly number: number; readonly command: Command }
  /** What the forge says by now. */
  | { readonly kind: "news"; readonly news: ForgeNews }
  /** The milestone as its source has it by now. */
  | { readonly kind: "milestone"; readonly milestone: Milestone }
  /** An engine has taken the run up. */
  | {
      readonly kind: "started";
      readonly pid: number;
      readonly recovering: boolean;
      /** What was used today; absent where nobody counts days. */
      readonly day?: Day;
      readonly tools?: string;
    };

/** The events a message causes. Pure: the same state, message and time give the same events. */
export function react(run: Run, message: Message, now: Instant): readonly RunEvent[] {
  if (message.kind === "command") {
    const { events, answer, accepted } = reactToCommand(run, message.command, now);
    return [
      { type: "CommandTaken", number: message.number, command: message.command, accepted, answer },
      ...events,
    ];
  }
  if (message.kind === "started") {
    const { kind: _kind, ...started } = message;
    return [...withOtherTools(run, started.tools), { type: "EngineStarted", ...started }];
  }
  if (message.kind === "milestone")
    return reactToMilestone(run, message.milestone, now, run.settings.forge?.taskBranch);
  if (message.kind === "news") return reactToNews(run, message.news, now);
  const effect = run.effects.get(message.key);
  if (effect === undefined) return []; // News of an effect that has its receipt: told twice, counted once.
  const { outcome } = message;
  const again = reactToNoMeasurement(run, effect.action, outcome, now);
  if (again !== null) return again;
  if (outcome.of === "Trouble") return reactToTrouble(run, effect.action, outcome.why, now);
  if (isPutOff(run, effect.action, outcome)) {
    const why = "The run was stopped while the workspace was made.";
    return [{ type: "EffectDelayed", key: message.key, why, notBefore: now, tries: 0 }];
  }
  return [
    { type: "EffectFinished", key: message.key, outcome: outcome.of },
    ...reactToBreach(run, effect.action, outcome, outcomeEvents(run, effect.action, outcome, now)),
  ];
}

function outcomeEvents(
  run: Run,
  action: Action,
  outcome: Exclude<Outcome, { of: "Trouble" }>,
  now: Instant,
): readonly RunEvent[] {
  if (outcome.of !== action.type) {
    throw new BrokenPromise(`${action.key} was answered as ${outcome.of}.`);
  }
  switch (outcome.of) {
    case "PrepareIntegration":
    case "RunBaseline":
    case "TestIntegration":
    case "OpenLanding":
    case "Land":
      return reactToWholeRun(run, outcome, action);
    case "BuildTrain":
    case "GateTrain":
      return reactToTrain(run, action, outcome);
    case "ForecastConflicts":
      return action.type === "ForecastConflicts" ? reactToForecast(action, outcome) : [];
    case "TestWave":
    case "FindCulprit":
    case "RevertTask":
      return reactToWholeTests(run, action, outcome);
    case "GiveBack":
      return reactToGiveBack(run, taskOf(run, action), outcome);
    case "TidyPullRequest":
    case "EndSession":
      return [];
    case "RunSession":
      if (action.type !== "RunSession") return [];
      return reactToSession(run, taskOf(run, action), action, outcome, now);
    case "ProveWork":
      return reactToProof(run, taskOf(run, action), outcome, now);
    case "AddFollowUps":
      return reactToFollowUps(run, taskOf(run, action), outcome, now);
    case "ReturnToDraft":
      return draftReturned(taskOf(run, action));
    case "PrepareWorkspace":
    case "PrepareSession":
    case "CommitLeftovers":
    case "Autofix":
    case "RunGates":
    case "PublishPullRequest":
    case "LeaveDraft":
    case "UpdateBranch":
    case "BeginMerge":
      return reactToBranch(run, taskOf(run, action), action, outcome, now);
    case "BuildCandidate":
    case "MergePullRequest":
      return reactToMerge(run, taskOf(run, action), action, outcome, now);
  }
}

function draftReturned(task: Task): readonly RunEvent[] {
  return isTerminal(task.status) ? [] : [{ type: "DraftReturned", task: task.key }];
}

function taskOf(run: Run, action: Action): Task {
  const task = "task" in action ? run.tasks.get(action.task) : undefined;
  if (task === undefined)
    throw new BrokenPromise(`${action.key} names a task that is not in the run.`);
  return task;
}
