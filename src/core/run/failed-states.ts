import type { Finding } from "../execute/agent-report.ts";
import { remembered, repeats, type FailedState } from "../execute/loop-breaker.ts";
import type { TaskEvent } from "./events.ts";
import type { ReasonCode, Task } from "./run.ts";

/** How often a fix round of this task came to this very state, where that is too often; null: another may be tried. */
export function comesAgain(
  task: Task,
  failure: { readonly reason: ReasonCode; readonly detail: string },
  findings: readonly Finding[],
): number | null {
  // What conflicts is another matter each time: the base has moved, and the round has a counter of its own.
  if (task.roundKind === "conflict") return null;
  // An attempt may be meant to outlast trouble of the machine; an agent that says the same twice will say it again.
  if (task.status === "running" && failure.reason !== "agent-failed") return null;
  return repeats(task.seen, { ...failure, findings, patchId: task.patchId });
}

/** What was found, and ahead of it how often that was found already, where that is too often. */
export function foundAgain(task: Task, findings: readonly Finding[]): readonly Finding[] {
  const times = comesAgain(task, { reason: "findings", detail: "" }, findings);
  if (times === null) return findings;
  const message = againWords(times, findings[0]?.message ?? "no words given");
  return [{ source: "cairn", severity: "critical", file: null, line: null, message }, ...findings];
}

/** What a person is told of it. */
export function againWords(times: number, detail: string): string {
  return `The same failure came ${times} times: ${detail}`;
}

/** The task's memory after an event that opened a fix round or ended an attempt. A person's `retry` begins a new one. */
export function statesAfter(task: Task, event: TaskEvent): readonly string[] {
  const state = stateOf(task, event);
  if (state !== null) return remembered(task.seen, state);
  return event.type === "TaskRetried" ? [] : task.seen;
}

function stateOf(task: Task, event: TaskEvent): FailedState | null {
  const { patchId } = task;
  switch (event.type) {
    case "AttemptFailed":
      return { reason: event.reason, detail: event.detail, findings: [], patchId };
    case "FixFailed":
      return { reason: event.reason, detail: event.detail, findings: event.findings, patchId };
    case "GatesFailed":
    case "CiFailed":
    case "FindingsReceived":
      return { reason: event.type, detail: "", findings: event.findings, patchId };
    default:
      return null;
  }
}
