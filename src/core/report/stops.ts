import type { Run, Task } from "../run/run.ts";
import type { StopMet } from "../run/stops-of-task.ts";
import type { TaskKey } from "../shared/names.ts";
import type { HaltEntry, Ledger } from "./ledger.ts";

/** A stop condition that a run met, and what followed. */
export interface ReportedStop {
  /** Null: the run as a whole. */
  readonly task: TaskKey | null;
  /** As docs/stop-conditions.md names it; `panic` and `rewound` are no conditions of a change. */
  readonly condition: string;
  readonly words: string;
  readonly outcome: string;
}

/** What halted the run first, in the order of the log, then what each task met, in the order of the plan. */
export function reportedStops(
  run: Run,
  ledger: Ledger,
  stopsMet: (task: Task) => readonly StopMet[],
): readonly ReportedStop[] {
  const ofTasks = [...run.tasks.values()].flatMap((task) => [
    ...ofSurfaces(run, task),
    ...ofHistory(task),
    ...stopsMet(task).map((met) => ofChange(task, met)),
  ]);
  return [...ledger.halts.map(ofHalt), ...ofTasks];
}

/** One line of the report. */
export function stopLine({ task, condition, words, outcome }: ReportedStop): string {
  return `${task === null ? "" : `${task}: `}${condition}: ${words.replace(/\.$/, "")} (${outcome})`;
}

const CONDITIONS: Readonly<Record<HaltEntry["what"], string>> = {
  breach: "protected-branch",
  secret: "secret",
  rewound: "rewound",
  panic: "panic",
};

function ofHalt({ task, what, detail, resumedBy }: HaltEntry): ReportedStop {
  const outcome =
    resumedBy === null ? "the run was halted" : `the run was halted; ${resumedBy} let it go on`;
  return { task, condition: CONDITIONS[what], words: detail, outcome };
}

function ofSurfaces(run: Run, task: Task): readonly ReportedStop[] {
  const surfaces = task.labels.filter((label) => label in run.settings.protectedSurfaces);
  if (surfaces.length === 0) return [];
  const outcome = outcomeOf(task, "protected-surface");
  return [{ task: task.key, condition: "protected-surface", words: surfaces.join(", "), outcome }];
}

/** Only what the task came to: each violation stands with its evidence. */
function ofHistory(task: Task): readonly ReportedStop[] {
  if (!task.labels.includes("tdd-violation")) return [];
  const words = `its history broke the rules, and it was begun anew ${task.restarts} times`;
  return [{ task: task.key, condition: "tdd", words, outcome: outcomeOf(task, "tdd") }];
}

function ofChange(task: Task, { stop, behaviour, label }: StopMet): ReportedStop {
  const outcome =
    behaviour === "label" ? `went on with the label ${label}` : outcomeOf(task, "stop");
  return { task: task.key, condition: stop.kind, words: stop.words, outcome };
}

function outcomeOf(task: Task, kind: "stop" | "protected-surface" | "tdd"): string {
  if (task.question?.kind === kind) return "a person is asked";
  if (task.status === "skipped" || task.status === "failed" || task.status === "cancelled")
    return task.status;
  if (kind !== "tdd" && task.head !== null && task.approvedHead === task.head)
    return "a person let it pass";
  return task.status === "merged" ? "merged" : "not decided yet";
}
