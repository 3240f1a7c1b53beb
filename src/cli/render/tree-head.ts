import {
  openQuestions,
  type OpenQuestion,
  type RunJson,
  type StatusJson,
} from "../../api/status-json.ts";
import { formatDuration, shortCommit } from "../../core/report/words.ts";
import { formatUsd } from "../../core/shared/money.ts";
import { cutMark, drawable, paint, separator, type Style } from "./look.ts";
import { displayWidth, fit, oneLine, padEnd, wrap } from "./text-width.ts";
import type { TreeLook } from "./tree-tasks.ts";

const QUESTION_LINES_MAX = 4;
const TITLE_WIDTH_MIN = 12;
/** Below this a meaning says nothing any more. */
const MEANING_WIDTH_MIN = 14;

/** Milestone and status on the left, figures on the right; below it one sentence where the status needs one. */
export function headLines(status: StatusJson, look: TreeLook): readonly string[] {
  const { run } = status;
  const word = statusWord(run);
  const figures = figuresOf(run, look);
  const name = drawable(
    look,
    oneLine(run.milestone === null ? run.id : `${run.milestone.title} (${run.milestone.number})`),
  );
  const room = look.width - displayWidth(figures) - displayWidth(word) - 4;
  const shown = fit(name, Math.max(TITLE_WIDTH_MIN, room), cutMark(look));
  const left = `${paint(look, "bold", shown)}  ${paint(look, styleOfRun(run), word)}`;
  const gap = look.width - displayWidth(shown) - 2 - displayWidth(word) - displayWidth(figures);
  return [
    ...(gap >= 2
      ? [`${left}${" ".repeat(gap)}${figures}`]
      : [left, fit(figures, look.width, cutMark(look))]),
    ...sentences(status).flatMap((words) =>
      wrap(drawable(look, words), look.width, 3, cutMark(look)),
    ),
  ];
}

/** What a person is asked, each with the commands that answer it. */
export function questionLines(status: StatusJson, look: TreeLook): readonly string[] {
  const questions = openQuestions(status);
  if (questions.length === 0) return [];
  return [
    paint(look, "bold", questions.length === 1 ? "Needs you" : `Needs you (${questions.length})`),
    ...questions.flatMap((question) => questionEntry(question, look)),
  ];
}

function questionEntry(question: OpenQuestion, look: TreeLook): readonly string[] {
  const mark = cutMark(look);
  const who = question.task ?? "The run";
  const title = fit(
    drawable(look, oneLine(question.title)),
    Math.max(8, look.width - 8 - displayWidth(who)),
    mark,
  );
  const text = wrap(drawable(look, question.text), look.width - 6, QUESTION_LINES_MAX, mark);
  return [
    `  ${paint(look, "yellow", "!")} ${who}  ${title}`,
    ...text.map((line) => `      ${line}`),
    ...answerLines(question, look),
  ];
}

/** Each answer as it is typed, with what it does; the default says so, and from when on it counts by itself. */
function answerLines(question: OpenQuestion, look: TreeLook): readonly string[] {
  const typed = question.commands.map((command) =>
    oneLine(look.typing === true ? command.replace(/^cairn /, "") : command),
  );
  const width = Math.max(...typed.map((command) => displayWidth(command)));
  const room = look.width - 6 - width - 2;
  const lines = typed.map((command, index) => {
    const option = question.options[index];
    const isDefault = option !== undefined && option === question.default;
    const meaning = drawable(look, question.meanings[index] ?? "");
    const words = [isDefault ? defaultWord(question, look) : "", meaning]
      .filter(Boolean)
      .join(": ");
    // The command is never cut: it is there to be copied.
    const shown = paint(look, "cyan", command);
    if (words === "" || room < MEANING_WIDTH_MIN)
      return `      ${shown}${isDefault ? "  default" : ""}`;
    const gap = padEnd("", width - displayWidth(command) + 2);
    return `      ${shown}${gap}${fit(words, room, cutMark(look))}`;
  });
  const isFree = question.options.length === 0 && question.default !== "";
  return isFree ? [...lines, ...freeDefault(question, look)] : lines;
}

function defaultWord(question: OpenQuestion, look: TreeLook): string {
  return question.until === null ? "default" : `default at ${look.clock(question.until)}`;
}

/** A question that takes any text: what counts when nobody says one. */
function freeDefault(question: OpenQuestion, look: TreeLook): readonly string[] {
  const words = `${defaultWord(question, look)}: ${oneLine(question.default)}`;
  return [`      ${fit(drawable(look, words), look.width - 6, cutMark(look))}`];
}

function statusWord(run: RunJson): string {
  if (run.interrupted) return "interrupted";
  return run.landed === null ? run.status : "landed";
}

function styleOfRun(run: RunJson): Style {
  if (run.interrupted) return "yellow";
  switch (run.status) {
    case "waiting":
    case "paused":
    case "draining":
      return "yellow";
    case "halted":
    case "cancelled":
      return "red";
    case "complete":
      return run.exitCode === 0 ? "green" : "red";
    default:
      return "cyan";
  }
}

function figuresOf(run: RunJson, look: TreeLook): string {
  const end = run.endedAt === null ? look.now : Date.parse(run.endedAt);
  const figures = [
    ...(run.counts.total === 0 ? [] : [`${run.home} of ${run.counts.total} merged`]),
    formatDuration(end - Date.parse(run.startedAt)),
    ...(run.usage.usd === null ? [] : [formatUsd(run.usage.usd)]),
  ];
  return figures.join(separator(look));
}

function sentences(status: StatusJson): readonly string[] {
  const { run } = status;
  if (run.interrupted) return ["No process works on this run. It goes on with: cairn resume"];
  switch (run.status) {
    case "planning":
    case "verifying":
    case "landing":
      return run.doing === null ? [] : [sentence(run.doing)];
    case "running":
      return [];
    case "draining":
      return ["Nothing new starts; live sessions end their turn."];
    case "paused":
      return ["It goes on with: cairn resume"];
    case "waiting":
      return [run.reason ?? "Nothing can move before a person has answered.", nextSentence(status)];
    case "halted":
      return [run.reason ?? "Stopped.", nextSentence(status)];
    case "cancelled":
      return [run.reason ?? "Given up; branches are kept."];
    case "complete":
      return completeSentences(status);
  }
}

function completeSentences(status: StatusJson): readonly string[] {
  const { run } = status;
  if (run.landed !== null) return [`On ${run.landed.target} as ${shortCommit(run.landed.commit)}.`];
  const rest = (["failed", "skipped", "cancelled"] as const)
    .filter((name) => (run.counts[name] ?? 0) > 0)
    .map((name) => `${run.counts[name] ?? 0} ${name}`);
  const merged =
    run.mergeOrder.length === 0
      ? "Nothing was merged"
      : `${run.mergeOrder.length} merged into ${run.integrationBranch}`;
  const { landingPullRequest: opened, target } = run;
  const lands = opened === null ? "" : ` It lands on ${target} with #${opened.number}.`;
  return [`${[merged, ...rest].join(", ")}.${lands}`, nextSentence(status)];
}

function nextSentence(status: StatusJson): string {
  if (openQuestions(status).length > 0) return "";
  const [first] = status.next;
  return first === undefined ? "" : `Next: ${first}`;
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}
