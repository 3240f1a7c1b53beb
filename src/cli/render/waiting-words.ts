import type { TaskJson } from "../../api/status-json.ts";
import { oneLine } from "./text-width.ts";

/** What a task waits for, in words that fit a column: `needs 4.3`, `again at 14:05`; null: for nothing. */
export function waitingWords(task: TaskJson, clock: (iso: string) => string): string | null {
  const waits = task.waitingFor;
  if (waits === null) return null;
  const until = waits.until === null ? "" : ` until ${clock(waits.until)}`;
  switch (waits.what) {
    case "blocker":
      return `needs ${blockers(task, waits.key)}`;
    case "conflict-group":
      return `waits for ${waits.key ?? "its conflict group"} (same files)`;
    case "phase":
      return "waits for its phase";
    case "slot":
      return "waits for a slot";
    case "gate-slot":
      return "waits for a gate slot";
    case "budget":
      if (waits.until === null) return "waits for money";
      return `the day's budget of ${waits.key ?? "money"} is used up; goes on at ${clock(waits.until)}`;
    case "provider":
      return `waits for the provider${waits.key === null ? "" : ` of ${waits.key}`}${until}`;
    case "time":
      return `again${waits.until === null ? " soon" : ` at ${clock(waits.until)}`}${why(waits)}`;
    case "ci":
      return `waits for CI${why(waits)}`;
    case "review":
      return `waits for review${why(waits)}`;
    case "turn":
      return waits.key === null ? "waits for its turn" : `waits for its turn after ${waits.key}`;
    case "train":
      return `gated together with ${waits.key ?? "others"}`;
    case "forge":
      return `waits for the forge${until}${why(waits)}`;
    case "person":
      // Its question stands on top; or the whole run is at rest, which the head says once for all.
      return null;
    default:
      return `waits for ${waits.what}${until}`;
  }
}

function why(waits: NonNullable<TaskJson["waitingFor"]>): string {
  return waits.question === null ? "" : `: ${oneLine(waits.question)}`;
}

function blockers(task: TaskJson, key: string | null): string {
  const [first, second, ...more] = task.openBlockers;
  // Blocked from outside: no task of this run, only the words of the plan.
  if (first === undefined) return key ?? "something outside this run";
  if (second === undefined) return first;
  return more.length === 0 ? `${first}, ${second}` : `${first} and ${more.length + 1} more`;
}
