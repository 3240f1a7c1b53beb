import type { Instant } from "../shared/names.ts";
import { answerQuestion } from "./answer-question.ts";
import { owedActions, remainingPath } from "./admission.ts";
import { refusalOf } from "./change-settings.ts";
import { accept, refuse, wake, type CommandResult } from "./command-result.ts";
import type { Command } from "./commands.ts";
import { endedBlockers } from "./consequences.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import { reactToPhase } from "./react-phase.ts";
import { revertTask } from "./react-revert.ts";
import type { Run, Task } from "./run.ts";
import { isBroughtHome } from "./stand-in.ts";
import { freesDependents, isStarted, isTerminal } from "./task-state.ts";

/** A person's word as events. Unknown targets and words that do not fit the state are refused with what would fit. */
export function reactToCommand(run: Run, command: Command, now?: Instant): CommandResult {
  switch (command.name) {
    case "pause":
      return pause(run, command);
    case "resume":
      return resume(run, command);
    case "abort":
      return abort(run, command);
    case "panic":
      return panic(run, command);
    case "cancel":
      return command.task === null
        ? cancelRun(run, command)
        : onTask(run, command, (task) => cancelTask(run, task, command));
    case "land":
      return land(run, command);
    case "checkpoint": {
      const { text, by } = command;
      return accept([{ type: "CheckpointNamed", text: text ?? "", by }], "The mark is in the log.");
    }
    case "retry":
      return onTask(run, command, (task) => retry(run, task, command));
    case "revert":
      return onTask(run, command, (task) => revertTask(run, task, command));
    case "skip":
      return onTask(run, command, (task) => skip(run, task, command));
    case "continue":
    case "skip-phase":
      if (command.task === null) return reactToPhase(run, command);
      return onTask(run, command, (task) => answerQuestion(run, task, command, now));
    default:
      return onTask(run, command, (task) => answerQuestion(run, task, command, now));
  }
}

function onTask(run: Run, command: Command, act: (task: Task) => CommandResult): CommandResult {
  if (command.task === null) return refuse(`${command.name} needs the key of a task.`);
  const key = command.task;
  const task = run.tasks.get(key) ?? run.tasks.get(`#${key}`);
  if (task === undefined)
    return refuse(
      `There is no task ${key} in this run. Tasks: ${[...run.tasks.keys()].slice(0, 20).join(", ")}.`,
    );
  return act(task);
}

function pause(run: Run, command: Command): CommandResult {
  if (run.status === "draining" || run.status === "paused")
    return accept([], "The run pauses already.");
  if (!["planning", "running", "verifying", "landing"].includes(run.status))
    return refuse(`The run is ${run.status}; there is nothing to pause.`);
  return accept(
    [{ type: "DrainRequested", by: command.by }],
    "Nothing new starts; live sessions end their turn.",
  );
}

function resume(run: Run, command: Command): CommandResult {
  const afterPanic = command.flags.afterPanic === true;
  const acknowledged = command.flags.acknowledge === true;
  if (run.status === "halted") {
    if (run.panicked && !afterPanic)
      return refuse(
        `The run was stopped by a panic. When you are sure: cairn resume --after-panic.`,
      );
    if (!run.panicked && !acknowledged)
      return refuse(
        `The run was halted: ${run.haltReason ?? ""} When that is dealt with: cairn resume --acknowledge.`,
      );
  }
  const { settings } = command.flags;
  const refusal = settings === undefined ? null : refusalOf(run.settings, settings);
  if (refusal !== null) return refuse(refusal);
  const changed: readonly RunEvent[] =
    settings === undefined ? [] : [{ type: "SettingsChanged", changes: settings, by: command.by }];
  const also = changed.length === 0 ? "" : " Its settings are changed.";
  if (!["halted", "paused", "waiting"].includes(run.status))
    return accept(changed, `The run is ${run.status}.${also}`);
  const resumed: RunEvent = { type: "RunResumed", by: command.by, afterPanic, acknowledged };
  return accept([...changed, resumed], `The run goes on.${also}`);
}

function abort(run: Run, command: Command): CommandResult {
  if (isOver(run)) return refuse(`The run is ${run.status}.`);
  if (run.status === "halted") return refuse("The run is halted already; nothing is live.");
  return accept(
    [{ type: "RunAborted", by: command.by }],
    "Sessions are ended; go on with: cairn resume.",
  );
}

function panic(run: Run, command: Command): CommandResult {
  if (isOver(run)) return refuse(`The run is ${run.status}.`);
  return accept(
    [{ type: "PanicRaised", by: command.by }],
    "Everything is stopped; go on with: cairn resume --after-panic.",
  );
}

function cancelRun(run: Run, command: Command): CommandResult {
  if (isOver(run)) return refuse(`The run is ${run.status}.`);
  // Dependents first, so that giving up a blocker closes over nobody.
  const open = dependentsFirst(run).filter((task) => !isTerminal(task.status));
  const events = open.map((task): TaskEvent => ({
    type: "TaskCancelled",
    task: task.key,
    by: command.by,
  }));
  const answer = `The run is given up; ${open.length} task(s) cancelled, branches kept.`;
  return accept([...events, { type: "RunCancelled", by: command.by }], answer);
}

function dependentsFirst(run: Run): readonly Task[] {
  const below = remainingPath(run);
  const depth = (task: Task): number => below.get(task.key) ?? 0;
  return [...run.tasks.values()].toSorted((a, b) => depth(a) - depth(b));
}

function isOver(run: Run): boolean {
  return run.status === "complete" || run.status === "cancelled";
}

/**
 * True while nobody knows whether the task's merge has taken effect. Ending it then would leave a merge on the branch
 * that no task owns up to.
 */
function isBeingMerged(run: Run, task: Task): boolean {
  for (const action of owedActions(run)) {
    if (action.type === "MergePullRequest" && action.task === task.key) return true;
  }
  return false;
}

function cancelTask(run: Run, task: Task, command: Command): CommandResult {
  if (isTerminal(task.status)) return refuse(`${task.key} is ${task.status} already.`);
  if (isBeingMerged(run, task)) return refuse(beingMerged(task));
  const cancelled: TaskEvent = { type: "TaskCancelled", task: task.key, by: command.by };
  const answer = `${task.key} is cancelled; its branch is kept.`;
  return accept([cancelled, ...wake(run, command)], answer);
}

function beingMerged(task: Task): string {
  return `${task.key} is being merged at this moment. Look again in a few seconds; the report says how what is merged is taken back.`;
}

function retry(run: Run, task: Task, command: Command): CommandResult {
  if (task.question?.options.includes("retry") === true) return answerQuestion(run, task, command);
  if (task.status === "merged" || !isTerminal(task.status)) {
    return refuse(
      `${task.key} is ${task.status}; only failed, cancelled and skipped tasks can be retried.`,
    );
  }
  if (run.status === "cancelled" || run.status === "halted" || run.status === "landing") {
    return refuse(`The run is ${run.status}.`);
  }
  const ended = endedBlockers(run, task);
  if (ended.length > 0) {
    return refuse(
      `${task.key} needs ${ended.join(", ")}, which ended. First: cairn retry ${ended[0]}.`,
    );
  }
  const begun = begunDependents(run, task);
  if (begun.length > 0) {
    return refuse(
      `${task.key} counts as done, and ${begun.join(", ")} has begun on that. First: cairn cancel ${begun[0]}.`,
    );
  }
  const retried: TaskEvent = { type: "TaskRetried", task: task.key, by: command.by };
  return accept([retried], `${task.key} begins again, its counters at zero.`);
}

/** Dependents that went to work because this task freed them: they cannot be made to wait again. */
function begunDependents(run: Run, task: Task): readonly string[] {
  if (!freesDependents(task)) return [];
  return (run.dependents.get(task.key) ?? []).filter((key) => {
    const dependent = run.tasks.get(key);
    const status = dependent?.cameFrom?.status ?? dependent?.status;
    return (
      dependent !== undefined &&
      status !== undefined &&
      !isTerminal(dependent.status) &&
      isStarted(status)
    );
  });
}

function skip(run: Run, task: Task, command: Command): CommandResult {
  if (isTerminal(task.status)) return refuse(`${task.key} is ${task.status} already.`);
  if (isBeingMerged(run, task)) return refuse(beingMerged(task));
  const detail = command.text ?? `Skipped by ${command.by}.`;
  const skipped: TaskEvent = {
    type: "TaskSkipped",
    task: task.key,
    reason: "by-command",
    detail,
    by: command.by,
  };
  return accept([skipped, ...wake(run, command)], `${task.key} is skipped.`);
}

function land(run: Run, command: Command): CommandResult {
  if (run.landed !== null)
    return accept(
      [],
      `The run has landed already, as ${run.landed.commit.slice(0, 10)} on ${run.landed.target}.`,
    );
  // Said again after the engine died on the way: the landing that was begun goes on.
  if (run.status === "landing" && run.landing !== null)
    return accept([], `The run is landing on ${run.settings.target} already.`);
  if (run.status !== "complete" && run.status !== "waiting")
    return refuse(`The run is ${run.status}; it can land when it is complete.`);
  const open = [...run.tasks.values()].filter((task) => !isTerminal(task.status));
  if (open.length > 0) {
    const keys = open.map((task) => task.key).join(", ");
    return refuse(
      `${keys} ${open.length === 1 ? "is" : "are"} not over. Answer, skip or cancel first; then: cairn land.`,
    );
  }
  if (run.merged.length === 0) return refuse("Nothing was merged; there is nothing to land.");
  if (run.verified === null || run.verified.commit !== run.integration?.head)
    return refuse("The whole has not passed its integration test; see cairn report.");
  const left = [...run.tasks.values()].filter((task) => !isBroughtHome(run, task));
  if ((left.length > 0 || !run.settings.wholeMilestone) && command.flags.partial !== true) {
    return refuse(
      `Not everything is merged (${left.map((task) => task.key).join(", ") || "the run covers a part of the milestone"}). To land what is: cairn land --partial --yes.`,
    );
  }
  return accept(
    [{ type: "LandRequested", by: command.by, partial: left.length > 0 }],
    `Landing on ${run.settings.target}.`,
  );
}
