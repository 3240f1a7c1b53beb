import type { StoredEvent } from "../run/events.ts";
import type { Run } from "../run/run.ts";
import type { TaskKey } from "../shared/names.ts";

/** Something that was settled by a rule where a person might have been asked. */
export interface Decision {
  /** Null: the run as a whole. */
  readonly task: TaskKey | null;
  /** What was done, and why: `skipped: …`. */
  readonly words: string;
}

/** Who skips without a person's word. */
const RULES: ReadonlySet<string> = new Set([
  "autonomous policy",
  "stops of the configuration",
  "engine",
  "the milestone",
]);
/** Who answers where nobody does: told with the question. */
const TIMEOUT = "question timeout";

interface Ask {
  readonly text: string;
  readonly default: string;
}

/** Everything that was decided without a person, in the order of the log. */
export function decisionsOf(run: Run, events: Iterable<StoredEvent>): readonly Decision[] {
  const decisions = [...serialOf(run)];
  const asked = new Map<TaskKey, Ask>();
  const labels = new Map<TaskKey, string>();
  // Told by themselves: a person is asked about surfaces in every mode, and what a violation led to is told as such.
  const elsewhere = new Set([...Object.keys(run.settings.protectedSurfaces), "tdd-violation"]);
  for (const event of events) {
    if (event.type === "QuestionAsked") asked.set(event.task, event.question);
    if (event.type === "LabelsSet") {
      const words = event.labels.filter((label) => !elsewhere.has(label)).join(", ");
      // Set again with every commit that is measured.
      if (words === "" || labels.get(event.task) === words) continue;
      labels.set(event.task, words);
      decisions.push({ task: event.task, words: `went on with the label ${words}` });
      continue;
    }
    const decision = decisionOf(run, event, asked);
    if (decision !== null) decisions.push(decision);
  }
  return decisions;
}

function decisionOf(
  run: Run,
  event: StoredEvent,
  asked: ReadonlyMap<TaskKey, Ask>,
): Decision | null {
  switch (event.type) {
    case "TaskSkipped":
      if (!RULES.has(event.by)) return null;
      return {
        task: event.task,
        words: `${event.reason === "done-elsewhere" ? "counted as done" : "skipped"}: ${event.detail}${withIt(run, event.task)}`,
      };
    case "TddViolated":
      return { task: event.task, words: `begun again from a clean branch: ${event.detail}` };
    case "QuestionTimedOut": {
      const ask = asked.get(event.task);
      return {
        task: event.task,
        words: `not answered in time, so "${ask?.default ?? "its default"}" counted: ${ask?.text ?? ""}${withIt(run, event.task)}`,
      };
    }
    case "PhaseContinued":
      if (event.by !== TIMEOUT) return null;
      return {
        task: null,
        words: `not answered in time, so "continue" counted: The phase "${event.phase}" is over.`,
      };
    case "StepDecided": {
      const isDefault = event.step.at === "session" && event.step.reminder === "answer";
      return isDefault ? { task: event.task, words: lowered(event.why) } : null;
    }
    default:
      return null;
  }
}

/** Issues that the plan put one after the other although no source says so. */
function serialOf(run: Run): readonly Decision[] {
  return [...run.tasks.values()].flatMap(({ key, issue }) =>
    issue.blockers
      .filter(({ from }) => from.startsWith("made serial"))
      .map(({ key: blocker, from }) => ({ task: key, words: `put behind ${blocker}: ${from}` })),
  );
}

/** A sentence with the tasks that were left out because of this one; empty where none were. */
export function withIt(run: Run, root: TaskKey): string {
  const closed: TaskKey[] = [];
  const queue = [root];
  for (const key of queue) {
    for (const dependent of run.dependents.get(key) ?? []) {
      const isClosed = run.tasks.get(dependent)?.reason === "blocker-ended";
      if (!isClosed || closed.includes(dependent)) continue;
      closed.push(dependent);
      queue.push(dependent);
    }
  }
  return closed.length === 0 ? "" : ` With it: ${closed.join(", ")}.`;
}

function lowered(sentence: string): string {
  return `${sentence.slice(0, 1).toLowerCase()}${sentence.slice(1)}`;
}
