import type { Instant } from "../shared/names.ts";
import { answerQuestion } from "./answer-question.ts";
import type { Command } from "./commands.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import type { Run, Task } from "./run.ts";
import { freesDependents, isTerminal } from "./task-state.ts";

/** What a command does, and the sentence its sender gets. Refused: no events, and the words say what is allowed. */
export interface CommandResult {
  readonly events: readonly RunEvent[];
  readonly accepted: boolean;
  readonly answer: string;
}

/** A person's word as events. Unknown targets and words that do not fit the state are refused with what would fit. */
export function reactToCommand(run: Run, command: Command, now: Instant): CommandResult {
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
      return command.task === null ? cancelRun(run, command) : onTask(run, command, cancelTask);
    case "land":
      return land(run, command);
    case "retry":
      return onTask(run, command, (task) => retry(run, task, command));
    case "skip":
      return onTask(run, command, (task) => skip(run, task, command));
    default:
      return onTask(run, command, (task) => answerQuestion(run, task, command, now));
  }
}

/** Accepted, with its events. */
export function accept(events: readonly RunEvent[], answer: string): CommandResult {
  return { events, accepted: true, answer };
}

/** Refused, with the reason and what to do. */
export function refuse(answer: string): CommandResult {
  return { events: [], accepted: false, answer };
}

function onTask(run: Run, command: Command, act: (task: Task, command: Command) => CommandResult): CommandResult {
  if (command.task === null) return refuse(`${command.name} needs the key of a task.`);
  const key = command.task;
  const task = run.tasks.get(key) ?? run.tasks.get(`#${key}`);
  if (task === undefined) return refuse(`There is no task ${key} in this run. Tasks: ${[...run.tasks.keys()].slice(0, 20).join(", ")}.`);
  return act(task, command);
}

function pause(run: Run, command: Command): CommandResult {
  if (run.status === "draining" || run.status === "paused") return accept([], "The run pauses already.");
  if (run.status !== "running" && run.status !== "verifying" && run.status !== "landing") return refuse(`The run is ${run.status}; there is nothing to pause.`);
  return accept([{ type: "DrainRequested", by: command.by }], "Nothing new starts; live sessions end their turn.");
}

function resume(run: Run, command: Command): CommandResult {
  const afterPanic = command.flags.afterPanic === true;
  const acknowledged = command.flags.acknowledge === true;
  if (run.status === "halted") {
    if (run.panicked && !afterPanic) return refuse(`The run was stopped by a panic. When you are sure: cairn resume --after-panic.`);
    if (!run.panicked && !acknowledged) return refuse(`The run was halted: ${run.haltReason ?? ""} When that is dealt with: cairn resume --acknowledge.`);
  } else if (run.status !== "paused" && run.status !== "waiting") {
    return accept([], `The run is ${run.status}.`);
  }
  return accept([{ type: "RunResumed", by: command.by, afterPanic, acknowledged }], "The run goes on.");
}

function endLiveSessions(run: Run, why: string): readonly TaskEvent[] {
  return [...run.tasks.values()].flatMap((task) => endLiveSession(task, why));
}

function endLiveSession(task: Task, why: string): readonly TaskEvent[] {
  if (task.session === null || task.session.ending) return [];
  return [{ type: "SessionEnding", task: task.key, session: task.session.id, why }];
}

function abort(run: Run, command: Command): CommandResult {
  if (run.status === "complete" || run.status === "cancelled") return refuse(`The run is ${run.status}.`);
  return accept([{ type: "RunAborted", by: command.by }, ...endLiveSessions(run, "abort")], "Sessions are ended; go on with: cairn resume.");
}

function panic(run: Run, command: Command): CommandResult {
  if (run.status === "complete" || run.status === "cancelled") return refuse(`The run is ${run.status}.`);
  return accept([{ type: "PanicRaised", by: command.by }, ...endLiveSessions(run, "panic")], "Everything is stopped; go on with: cairn resume --after-panic.");
}

function cancelRun(run: Run, command: Command): CommandResult {
  if (run.status === "complete" || run.status === "cancelled") return refuse(`The run is ${run.status}.`);
  // Dependents first, so that giving up a blocker closes over nobody.
  const order = (run.plan?.mergeOrder ?? []).toReversed().map((key) => run.tasks.get(key));
  const open = [...order, ...run.tasks.values()].filter((task, index, all) => task !== undefined && !isTerminal(task.status) && all.indexOf(task) === index);
  const events = open.flatMap((task): TaskEvent[] =>
    task === undefined ? [] : [{ type: "TaskCancelled", task: task.key, by: command.by }, ...endLiveSession(task, "cancel")],
  );
  return accept([...events, { type: "RunCancelled", by: command.by }], `The run is given up; ${open.length} task(s) cancelled, branches kept.`);
}

function cancelTask(task: Task, command: Command): CommandResult {
  if (isTerminal(task.status)) return refuse(`${task.key} is ${task.status} already.`);
  return accept([{ type: "TaskCancelled", task: task.key, by: command.by }, ...endLiveSession(task, "cancel")], `${task.key} is cancelled; its branch is kept.`);
}

function retry(run: Run, task: Task, command: Command): CommandResult {
  if (task.status === "merged" || !isTerminal(task.status)) return refuse(`${task.key} is ${task.status}; only failed, cancelled and skipped tasks can be retried.`);
  if (run.status === "cancelled" || run.status === "halted") return refuse(`The run is ${run.status}.`);
  return accept([{ type: "TaskRetried", task: task.key, by: command.by }], `${task.key} begins again, its counters at zero.`);
}

function skip(run: Run, task: Task, command: Command): CommandResult {
  if (isTerminal(task.status)) return refuse(`${task.key} is ${task.status} already.`);
  const detail = command.text ?? `Skipped by ${command.by}.`;
  const skipped: TaskEvent = { type: "TaskSkipped", task: task.key, reason: "by-command", detail, by: command.by };
  const resumed: RunEvent[] = run.status === "waiting" ? [{ type: "RunResumed", by: command.by, afterPanic: false, acknowledged: false }] : [];
  return accept([skipped, ...endLiveSession(task, "skip"), ...resumed], `${task.key} is skipped.`);
}

function land(run: Run, command: Command): CommandResult {
  if (run.landed !== null) return refuse(`The run has landed already, as ${run.landed.commit.slice(0, 10)} on ${run.landed.target}.`);
  if (run.status !== "complete" && run.status !== "waiting") return refuse(`The run is ${run.status}; it can land when it is complete.`);
  if (run.merged.length === 0) return refuse("Nothing was merged; there is nothing to land.");
  if (run.verified === null || run.verified.commit !== run.integration?.head) return refuse("The whole has not passed its integration test; see cairn report.");
  const left = [...run.tasks.values()].filter((task) => !freesDependents(task));
  if ((left.length > 0 || !run.settings.wholeMilestone) && command.flags.partial !== true) {
    return refuse(`Not everything is merged (${left.map((task) => task.key).join(", ") || "the run covers a part of the milestone"}). To land what is: cairn land --partial --yes.`);
  }
  return accept([{ type: "LandRequested", by: command.by, partial: left.length > 0 }], `Landing on ${run.settings.target}.`);
}
