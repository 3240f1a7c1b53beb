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
    const { events, answer, accepted } = reactToCommand(run, message.command, now);
    return [{ type: "CommandTaken", number: message.number, command: message.command, accepted, answer }, ...events];
  }
  if (message.kind === "started") return [{ type: "EngineStarted", pid: message.pid, recovering: message.recovering }];
  const effect = run.effects.get(message.key);
  if (effect === undefined) return []; // News of an effect that has its receipt: told twice, counted once.
  const { outcome } = message;
  if (outcome.of === "Trouble") return trouble(run, message.key, effect.action, outcome.why, now);
  return [{ type: "EffectFinished", key: message.key, outcome: outcome.of }, ...outcomeEvents(run, effect.action, outcome, now)];
}

function trouble(run: Run, key: string, _action: Action, why: string, now: Instant): readonly RunEvent[] {
  const tries = (run.delayed.get(key)?.tries ?? 0) + 1;
  const delays = run.settings.retryMs;
  const delay = delays[Math.min(tries, delays.length) - 1] ?? 16_000;
  return [{ type: "EffectDelayed", key, why, notBefore: now + delay, tries }];
}

function outcomeEvents(run: Run, action: Action, outcome: Exclude<Outcome, { of: "Trouble" }>, now: Instant): readonly RunEvent[] {
  if (outcome.of !== action.type) throw new BrokenPromise(`${action.key} was answered as ${outcome.of}.`);
  switch (outcome.of) {
    case "PrepareIntegration":
    case "RunBaseline":
    case "TestIntegration":
    case "Land":
      return reactToWholeRun(run, outcome);
    case "EndSession":
      return [];
    case "RunSession":
      return action.type === "RunSession" ? reactToSession(run, taskOf(run, action.task), action, outcome, now) : [];
    case "PrepareWorkspace":
    case "CommitLeftovers":
    case "RunGates":
    case "PublishPullRequest":
    case "LeaveDraft":
    case "BeginMerge":
      return reactToBranch(run, taskOf(run, (action as { task: string }).task), action, outcome, now);
    case "BuildCandidate":
    case "MergePullRequest":
      return reactToMerge(run, taskOf(run, (action as { task: string }).task), action, outcome, now);
  }
}

function taskOf(run: Run, key: string): Task {
  const task = run.tasks.get(key);
  if (task === undefined) throw new BrokenPromise(`An action names the task ${key}, which is not in the run.`);
  return task;
}
