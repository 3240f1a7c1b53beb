import { mayRevert } from "../core/report/red-whole.ts";
import type { Question, Run } from "../core/run/run.ts";
import { isBroughtHome } from "../core/run/stand-in.ts";
import type { TaskKey } from "../core/shared/names.ts";
import { STOP_TABLE } from "../core/review/stops/stop-table.ts";
import { commandWord } from "./command-words.ts";

/** Answers at the end of a phase. */
export const PHASE_ANSWERS = STOP_TABLE.phase.options;

/** One command for each answer a question takes, in the order the question names them. */
export function answerCommands(task: TaskKey, question: Question): readonly string[] {
  if (question.options.length === 0) return [`cairn answer ${task} "…"`];
  return question.options.map((option) => answerCommand(task, question, option));
}

function answerCommand(task: TaskKey, question: Question, option: string): string {
  if (question.kind !== "agent") {
    // Stopping is about the run, whichever task asked.
    if (option === "abort") return "cairn abort";
    if (isOwnCommand(option)) return `cairn ${option} ${task}`;
  }
  return `cairn answer ${task} ${/^[\w.-]+$/.test(option) ? option : JSON.stringify(option)}`;
}

/** Options that are commands of their own; the others are words for `cairn answer`. */
function isOwnCommand(option: string): boolean {
  const row = commandWord(option);
  // `cairn clean` is about what runs that are over have left behind, and `cairn answer` needs an answer.
  if (row === undefined || row.name === "clean" || row.name === "answer") return false;
  return row.scope === "question" || row.name === "skip" || row.name === "retry";
}

/** What a person would type next in this state, the most useful first. */
export function nextCommands(run: Run, isLive: boolean): readonly string[] {
  switch (run.status) {
    case "planning":
    case "running":
    case "draining":
    case "verifying":
    case "landing":
      if (!isLive) return ["cairn resume", ...answers(run)];
      return [
        ...answers(run),
        "cairn attach",
        ...(run.status === "running" ? ["cairn pause"] : []),
      ];
    case "paused":
      return ["cairn resume", ...answers(run)];
    case "waiting":
      return waitingCommands(run);
    case "halted":
      return [
        run.panicked ? "cairn resume --after-panic" : "cairn resume --acknowledge",
        "cairn report",
      ];
    case "complete":
      return completeCommands(run);
    case "cancelled":
      return ["cairn report", "cairn clean --dry-run"];
  }
}

function answers(run: Run): readonly string[] {
  const ofPhase = run.phases.asks === null ? [] : [`cairn ${PHASE_ANSWERS[0] ?? ""}`];
  const ofTasks = [...run.tasks.values()].flatMap((task) =>
    task.question === null ? [] : answersOf(task.key, task.question),
  );
  return [...ofPhase, ...ofTasks];
}

/** Kinds of questions whose answer nobody can give who has not seen the change. */
const LOOK_FIRST: ReadonlySet<Question["kind"]> = new Set(["protected-surface", "stop"]);

/** The answer that is named first; where it lets a change pass, looking comes first, then what counts by default. */
function answersOf(task: TaskKey, question: Question): readonly string[] {
  const commands = answerCommands(task, question);
  if (!LOOK_FIRST.has(question.kind)) return commands.slice(0, 1);
  const usual = commands[question.options.indexOf(question.default)];
  const others = commands.filter((command) => command !== usual && command !== "cairn abort");
  return [`cairn logs ${task}`, ...(usual === undefined ? [] : [usual]), ...others];
}

function waitingCommands(run: Run): readonly string[] {
  const asked = answers(run);
  if (asked.length > 0) return [...asked, "cairn report"];
  if (run.landingRefused !== null) return ["cairn land", "cairn report"];
  const culprit = run.verifyFailed?.culprit ?? null;
  return [
    ...(culprit !== null && mayRevert(run, culprit) ? [`cairn revert ${culprit}`] : []),
    ...retries(run),
    isSpent(run) ? "cairn resume --budget USD" : "cairn resume",
    "cairn report",
  ];
}

/** The run's ceiling is reached: going on needs a higher one. */
function isSpent(run: Run): boolean {
  const { runUsd } = run.settings.budget;
  return runUsd !== null && (run.usage.usd ?? 0) >= runUsd;
}

function completeCommands(run: Run): readonly string[] {
  if (run.landed !== null) return ["cairn report", "cairn clean --dry-run"];
  const tasks = [...run.tasks.values()];
  const left = tasks.some((task) => !isBroughtHome(run, task));
  const partial = left || !run.settings.wholeMilestone;
  // What was merged right onto the target needs no landing.
  const isOnTarget = run.settings.integrationBranch === run.settings.target;
  const land =
    run.merged.length === 0 || isOnTarget
      ? []
      : [partial ? "cairn land --partial --yes" : "cairn land --yes"];
  return left ? [...retries(run), "cairn report", ...land] : [...land, "cairn report"];
}

function retries(run: Run): readonly string[] {
  // A chain of skipped dependents opens again with the one that failed: one command is enough.
  const failed = [...run.tasks.values()].filter((task) => task.status === "failed");
  return failed.map((task) => `cairn retry ${task.key}`);
}
