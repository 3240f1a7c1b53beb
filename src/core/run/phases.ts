import type { RunEvent } from "./events.ts";
import type { Run, Task } from "./run.ts";
import { isTerminal } from "./task-state.ts";

/** A named group of tasks, in the order of the plan. */
interface Phase {
  readonly name: string;
  readonly tasks: readonly Task[];
}

/** Tasks that name no phase belong to none and are held by none. */
function phasesOf(run: Run): readonly Phase[] {
  const phases = new Map<string, Task[]>();
  for (const task of run.tasks.values()) {
    const name = task.issue.phase;
    if (name === undefined) continue;
    const known = phases.get(name);
    if (known === undefined) phases.set(name, [task]);
    else known.push(task);
  }
  return [...phases].map(([name, tasks]) => ({ name, tasks }));
}

/** The first phase whose end a person has not let pass, with the one after it; null: no phase holds anything. */
function heldAt(
  run: Run,
): { readonly phase: Phase; readonly next: Phase; readonly at: number } | null {
  if (run.settings.discipline?.phases !== true || run.settings.mode !== "interactive") return null;
  const phases = phasesOf(run);
  const at = phases.findIndex(({ name }) => !run.phases.passed.has(name));
  const [phase, next] = [phases[at], phases[at + 1]];
  return phase === undefined || next === undefined ? null : { phase, next, at };
}

/** True when no end of an earlier phase is waited for before this task may start. */
export function phaseIsOpen(run: Run, task: Task): boolean {
  const held = heldAt(run);
  if (held === null || task.issue.phase === undefined) return true;
  const phases = phasesOf(run);
  return phases.findIndex(({ name }) => name === task.issue.phase) <= held.at;
}

/** A phase is over when all its tasks are: a person is asked whether the next one begins, unless nothing of it is left. */
export function endedPhase(run: Run): RunEvent | null {
  const held = heldAt(run);
  if (held === null) return null;
  const { phase, next } = held;
  if (!phase.tasks.every(({ status }) => isTerminal(status))) return null;
  // Also where it was asked already: its tasks may have ended another way meanwhile.
  if (next.tasks.every(({ status }) => isTerminal(status)))
    return { type: "PhaseContinued", phase: phase.name, by: "engine" };
  if (run.phases.asks !== null) return null;
  const timeoutMs = run.settings.discipline?.questionTimeoutMs ?? null;
  const limit = timeoutMs === null ? {} : { timeoutMs };
  return { type: "PhaseEnded", phase: phase.name, next: next.name, ...limit };
}

/** Tasks of a phase that have not begun: what `skip-phase` skips. */
export function notBegun(run: Run, phase: string): readonly Task[] {
  return [...run.tasks.values()].filter(
    (task) => task.issue.phase === phase && !isTerminal(task.status),
  );
}

/** What is asked at the end of a phase, in words; null: nothing is. */
export function phaseQuestion(run: Run): string | null {
  const { asks } = run.phases;
  if (asks === null) return null;
  return `The phase "${asks.phase}" is over. Does "${asks.next}" begin?`;
}
