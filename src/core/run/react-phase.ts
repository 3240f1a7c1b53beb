import { remainingPath } from "./admission.ts";
import { accept, refuse, wake, type CommandResult } from "./command-result.ts";
import type { Command } from "./commands.ts";
import type { RunEvent } from "./events.ts";
import { notBegun, phaseQuestion } from "./phases.ts";
import type { Run, Task } from "./run.ts";

/** Where the end of a phase can be passed; elsewhere everything of the run is over, or about to be. */
const CAN_CONTINUE: ReadonlySet<string> = new Set([
  "running",
  "waiting",
  "paused",
  "draining",
  "halted",
]);

/** A person's word at the end of a phase: the next one begins, or is skipped as a whole. */
export function reactToPhase(run: Run, command: Command): CommandResult {
  const { asks } = run.phases;
  if (asks === null)
    return refuse(
      `No end of a phase is asked about. ${command.name === "continue" ? "To answer a task: cairn answer KEY continue." : "To skip one task: cairn skip KEY."}`,
    );
  if (!CAN_CONTINUE.has(run.status))
    return refuse(`The run is ${run.status}; nothing of it begins any more.`);
  const passed: RunEvent = { type: "PhaseContinued", phase: asks.phase, by: command.by };
  if (command.name === "continue")
    return accept([passed, ...wake(run, command)], `"${asks.next}" begins.`);
  const question = phaseQuestion(run) ?? "";
  // Dependents first, so that skipping a blocker closes over nobody who is skipped here.
  const below = remainingPath(run);
  const length = ({ key }: Task): number => below.get(key) ?? 0;
  const open = notBegun(run, asks.next).toSorted((a, b) => length(a) - length(b));
  const skipped = open.map((task): RunEvent => ({
    type: "TaskSkipped",
    task: task.key,
    reason: "by-command",
    detail: `${question} Answered by ${command.by}: skip-phase.`,
    by: command.by,
  }));
  return accept(
    [passed, ...skipped, ...wake(run, command)],
    `"${asks.next}" is skipped: ${skipped.length} task(s).`,
  );
}
