import type { Command } from "./commands.ts";
import { accept, refuse, wake, type CommandResult } from "./command-result.ts";
import { endedBlockers } from "./consequences.ts";
import { stagesAskedAbout, stepAfterReview } from "../review/stages.ts";
import type { Instant } from "../shared/names.ts";
import type { TaskEvent } from "./events.ts";
import type { Question, Run, Step, StoredStatus, Task } from "./run.ts";

const PASSES: ReadonlySet<string> = new Set(["rounds", "review-unreadable"]);
/** Answered with anything but `skip` or `abort`, the task is back where it was. */
const GOES_BACK: ReadonlySet<string> = new Set(["trouble", "scope", "issue-closed"]);
/** Approving passes exactly this head. */
const OF_HEAD: ReadonlySet<string> = new Set(["protected-surface", "merge", "stop"]);
const SESSION: Step = { at: "session", reminder: null, continues: null };

/** A person's answer to what a task asks. Words that are not among the options are refused with the options. */
export function answerQuestion(
  run: Run,
  task: Task,
  command: Command,
  now: Instant = task.question?.askedAt ?? 0,
): CommandResult {
  const { question } = task;
  if (question === null) return refuse(`${task.key} is ${task.status} and asks nothing.`);
  const word = (
    command.name === "answer" ? (command.text ?? question.default) : command.name
  ).trim();
  if (question.kind === "agent") return answered(run, task, question, word, command, now);
  // `force` passes findings and limits; gates, surfaces and critical stops have no such option.
  const mayForce = question.mayForce === true || question.options.includes("approve");
  const isForced = word === "force" && mayForce && PASSES.has(question.kind);
  if (!question.options.includes(word) && !isForced)
    return refuse(
      `${task.key} asks: ${question.text} Answer with one of: ${question.options.join(", ")}.`,
    );
  if (word === "abort") {
    if (run.status === "halted") return refuse("The run is halted already; the question stays.");
    return accept(
      [{ type: "RunAborted", by: command.by }],
      "The run is stopped; the question stays. Go on with: cairn resume.",
    );
  }
  if (word === "skip" || word === "done-elsewhere") {
    const asked = question.kind === "scope" ? "not-in-plan" : "by-command";
    const reason = word === "skip" ? asked : "done-elsewhere";
    const skipped: TaskEvent = {
      type: "TaskSkipped",
      task: task.key,
      reason,
      detail: `${question.text} Answered by ${command.by}: ${word}.`,
      by: command.by,
    };
    return accept([skipped, ...wake(run, command)], `${task.key} is skipped.`);
  }
  return answered(run, task, question, word, command, now);
}

function answered(
  run: Run,
  task: Task,
  question: Question,
  word: string,
  command: Command,
  now: Instant,
): CommandResult {
  const { to, step } = consequence(run, task, question, word, now);
  const ended = to === "waiting" ? endedBlockers(run, task) : [];
  if (ended.length > 0) {
    return refuse(
      `${task.key} needs ${ended.join(", ")}, which ended meanwhile. First: cairn retry ${ended[0]}. Or: cairn skip ${task.key}.`,
    );
  }
  return accept(
    [
      {
        type: "QuestionAnswered",
        task: task.key,
        answer: word,
        kind: question.kind,
        to,
        step,
        by: command.by,
      },
      ...wake(run, command),
    ],
    `${task.key}: ${word}.`,
  );
}

function consequence(
  run: Run,
  task: Task,
  question: Question,
  word: string,
  now: Instant,
): { to: StoredStatus; step: Step } {
  const came = task.cameFrom ?? { status: "reviewing" as const, step: { at: "none" } as const };
  if (question.kind === "agent") {
    return {
      to: came.status,
      step: { at: "session", reminder: "answer", continues: task.vendorSession },
    };
  }
  if (GOES_BACK.has(question.kind)) return triedAgain(came, now);
  // `continue`: waited for as long once more.
  if (question.kind === "overdue")
    return { to: "reviewing", step: { at: "checks", head: task.head ?? "", since: now } };
  switch (word) {
    case "restart":
    case "clean":
      return { to: "waiting", step: { at: "none" } };
    case "fix":
      return { to: "fixing", step: SESSION };
    case "resolve":
      return { to: "fixing", step: { at: "begin-merge" } };
    case "retry":
      return came.status === "reviewing"
        ? { to: came.status, step: measuredAgain(run, task, now) }
        : { to: came.status, step: SESSION };
    case "approve":
    case "force":
      return approved(run, task, question, came, now);
    default:
      // `continue`, as it is: what was accepted last takes its turn again.
      return { to: "queued", step: { at: "none" } };
  }
}

/** Somebody else's commits, which that person may have taken back: nobody's session mends them. */
function measuredAgain(run: Run, task: Task, now: Instant): Step {
  const head = task.head ?? "";
  return run.settings.forge === undefined
    ? { at: "gates", commit: head }
    : { at: "checks", head, since: now };
}

/** The same step once more; a merge takes its turn again, because another may have had it meanwhile. */
function triedAgain(
  came: { readonly status: StoredStatus; readonly step: Step },
  now: Instant,
): { to: StoredStatus; step: Step } {
  if (came.status === "merging") return { to: "queued", step: { at: "none" } };
  // The time a person took is not the checks'.
  if (came.step.at === "checks") return { to: came.status, step: { ...came.step, since: now } };
  return { to: came.status, step: came.step };
}

function approved(
  run: Run,
  task: Task,
  question: Question,
  came: { status: StoredStatus; step: Step },
  now: Instant,
): { to: StoredStatus; step: Step } {
  if (OF_HEAD.has(question.kind)) return { to: "queued", step: { at: "none" } };
  // Found on the forge, and passed there: what else is waited for is waited for.
  if (came.step.at === "checks")
    return { to: "reviewing", step: { at: "checks", head: task.head ?? "", since: now } };
  // What somebody else pushed is accepted as it came to be.
  if (came.step.at === "proof")
    return { to: came.status, step: { at: "publish", commit: came.step.commit } };
  // Accepted as it is, as far as that stage goes: the others look at it all the same.
  const stages = stagesAskedAbout(task);
  if (stages.length > 0) {
    const patchId = task.patchId ?? "";
    const seen = Object.fromEntries(stages.map((stage) => [stage, patchId]));
    const passed = { ...task, passed: { ...task.passed, ...seen } };
    return { to: "reviewing", step: stepAfterReview(run, passed, stages, patchId) };
  }
  return { to: came.status === "fixing" ? "reviewing" : came.status, step: { at: "undraft" } };
}
