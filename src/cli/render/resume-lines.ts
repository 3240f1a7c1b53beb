import { openQuestions, type StatusJson, type TaskJson } from "../../api/status-json.ts";
import { plural } from "../../core/report/words.ts";
import type { RunStatus, TaskStatus } from "../../core/run/run.ts";
import { oneLine } from "./text-width.ts";

const KEYS_MAX = 12;
const UNDER_WAY: ReadonlySet<TaskStatus> = new Set([
  "running",
  "reviewing",
  "fixing",
  "queued",
  "merging",
]);
const MOVING: ReadonlySet<RunStatus> = new Set([
  "planning",
  "running",
  "draining",
  "verifying",
  "landing",
]);

/** Four lines that `resume`, `status` and a second `run` begin with: what it is, what is done, what moves, what comes next. */
export function resumeLines(status: StatusJson): readonly string[] {
  const { run } = status;
  const name =
    run.milestone === null ? run.id : `${oneLine(run.milestone.title)} (${run.milestone.number})`;
  const source = run.source === null ? "" : `, ${run.source.reference}`;
  return [
    `Milestone   ${name}${source}: ${plural(run.counts.total, "issue")}`,
    `Done        ${doneWords(status)}`,
    `Under way   ${movingWords(status)}`,
    `Next        ${nextWords(status)}`,
  ];
}

function doneWords(status: StatusJson): string {
  const { run, tasks } = status;
  const home = tasks.filter((task) => task.status === "merged" || task.reason === "done-elsewhere");
  const parts = [
    ...(home.length === 0
      ? []
      : [`${keys(home.map((task) => task.key))} (from the log of ${run.id})`]),
    ...(run.doneBefore.length === 0
      ? []
      : [`${keys(run.doneBefore)} (before the run, from its source)`]),
  ];
  return parts.join("; ") || "nothing yet";
}

function movingWords(status: StatusJson): string {
  const asked = openQuestions(status).map((question) => `${question.task ?? "the run"} asks you`);
  const moving = status.tasks
    .filter((task) => UNDER_WAY.has(task.status))
    .map((task) => `${task.key} ${task.status}`);
  const all = [...asked, ...moving];
  if (all.length > 0)
    return all.length > KEYS_MAX
      ? `${all.slice(0, KEYS_MAX).join(", ")} and ${all.length - KEYS_MAX} more`
      : all.join(", ");
  return status.run.doing ?? status.run.reason ?? "nothing";
}

function nextWords(status: StatusJson): string {
  const [command] = status.next;
  const isMoving = status.run.engine !== null && MOVING.has(status.run.status);
  const waitsForPerson = !isMoving || openQuestions(status).length > 0;
  if (waitsForPerson && command !== undefined) return command;
  const ready = status.tasks.filter((task) => task.status === "ready");
  const blocked = status.tasks.filter((task) => task.status === "blocked");
  const words = [
    ...(ready.length === 0 ? [] : [keysOf(ready)]),
    ...(blocked.length === 0 ? [] : [`then ${keysOf(blocked)}`]),
  ];
  return words.join(", ").replace(/^then /, "") || (command ?? "nothing");
}

function keysOf(tasks: readonly TaskJson[]): string {
  return keys(tasks.map((task) => task.key));
}

function keys(all: readonly string[]): string {
  if (all.length <= KEYS_MAX) return all.join(", ");
  return `${all.slice(0, KEYS_MAX).join(", ")} and ${all.length - KEYS_MAX} more`;
}
