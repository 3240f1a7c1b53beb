import { BrokenPromise } from "../../errors.ts";
import type { Instant } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import type { Command } from "./commands.ts";
import type { RunEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import { reactToBranch } from "./react-branch.ts";
import { reactToCommand } from "./react-command.ts";
import { reactToMerge } from "./react-merge.ts";
import { reactToSession } from "./react-session.ts";
import { reactToWholeRun } from "./react-whole-run.ts";
import type { Run, Task } from "./run.ts";

/** Whatever reaches the engine: answers of performed actions and people's words. */
export type Message =
  | { readonly kind: "outcome"; readonly key: string; readonly outcome: Outcome }
  | { readonly kind: "command"; readonly number: number; readonly command: Command }
  /** An engine has taken the run up. */
  | { readonly kind: "started"; readonly pid: number; readonly recovering: boolean };

/** The events a message causes. Pure: the same state, message and time give the same events. */
export function react(run: Run, message: Message, now: Instant): readonly RunEvent[] {
  if (message.kind === "command") {
    const { events, answer, accepted } = reactToCommand(run, message.command);
    return [
      { type: "CommandTaken", number: message.number, command: message.command, accepted, answer },
      ...events,
    ];
  }
  if (message.kind === "started")
    return [{ type: "EngineStarted", pid: message.pid, recovering: message.recovering }];
  const effect = run.effects.get(message.key);
  if (effect === undefined) return []; // News of an effect that has its receipt: told twice, counted once.
  const { outcome } = message;
  if (outcome.of === "Trouble") return trouble(run, effect.action, outcome.why, now);
  const endings = (run.delayed.get(message.key)?.tries ?? 0) + 1;
  if (wasEnded(outcome) && endings <= ENDINGS_MAX) {
    const why = "The gates were ended before they had measured anything.";
    return [{ type: "EffectDelayed", key: message.key, why, notBefore: now, tries: endings }];
  }
  if (isPutOff(run, effect.action, outcome)) {
    const why = "The run was stopped while the workspace was made.";
    return [{ type: "EffectDelayed", key: message.key, why, notBefore: now, tries: 0 }];
  }
  return [
    { type: "EffectFinished", key: message.key, outcome: outcome.of },
    ...outcomeEvents(run, effect.action, outcome, now),
  ];
}

/** A gate that is killed this often, by whomever, is taken as red. */
const ENDINGS_MAX = 5;

/** Gates that were ended with the run, or killed from outside, say nothing about the commit: they run again. */
function wasEnded(outcome: Outcome): boolean {
  return "results" in outcome && outcome.results.some((result) => result.problem === "ended");
}

/**
 * A workspace that is ready when the run no longer is (or its task is blocked again): nothing starts, and the same
 * intent is begun again later, where it finds its own traces.
 */
function isPutOff(run: Run, action: Action, outcome: Outcome): boolean {
  if (action.type !== "PrepareWorkspace" || "refused" in outcome || run.status === "running")
    return false;
  return run.tasks.get(action.task)?.status === "waiting";
}

/** A workspace that cannot be made ready this often is the task's own trouble. */
const PREPARE_TRIES_MAX = 6;

function trouble(run: Run, action: Action, why: string, now: Instant): readonly RunEvent[] {
  const { key } = action;
  const tries = (run.delayed.get(key)?.tries ?? 0) + 1;
  const isReady = "task" in action && run.tasks.get(action.task)?.status === "waiting";
  if (action.type === "PrepareWorkspace" && isReady && tries >= PREPARE_TRIES_MAX) {
    const refused = { of: "PrepareWorkspace", refused: why, code: "trouble" } as const;
    const events = outcomeEvents(run, action, refused, now);
    return [{ type: "EffectFinished", key, outcome: refused.of }, ...events];
  }
  return [{ type: "EffectDelayed", key, why, notBefore: now + delayAfter(run, tries), tries }];
}

const DELAY_MS = 16_000;
/** The longest that a task waits before it looks again whether the trouble is over. */
const DELAY_MAX_MS = 5 * 60_000;

/** The configured delays first; after them twice as long each time: the task waits and says so. */
function delayAfter(run: Run, tries: number): number {
  const delays = run.settings.retryMs;
  const known = delays[tries - 1];
  if (known !== undefined) return known;
  const last = delays.at(-1) ?? DELAY_MS;
  return Math.max(last, Math.min(DELAY_MAX_MS, last * 2 ** Math.min(tries - delays.length, 20)));
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
    case "Land":
      return reactToWholeRun(run, outcome);
    case "EndSession":
      return [];
    case "RunSession":
      if (action.type !== "RunSession") return [];
      return reactToSession(run, taskOf(run, action), action, outcome, now);
    case "PrepareWorkspace":
    case "PrepareSession":
    case "CommitLeftovers":
    case "RunGates":
    case "PublishPullRequest":
    case "LeaveDraft":
    case "BeginMerge":
      return reactToBranch(run, taskOf(run, action), action, outcome, now);
    case "BuildCandidate":
    case "MergePullRequest":
      return reactToMerge(run, taskOf(run, action), action, outcome, now);
  }
}

function taskOf(run: Run, action: Action): Task {
  const task = "task" in action ? run.tasks.get(action.task) : undefined;
  if (task === undefined)
    throw new BrokenPromise(`${action.key} names a task that is not in the run.`);
  return task;
}
