import type { StatusJson, TaskJson } from "../../api/status-json.ts";
import { formatDuration } from "../../core/report/words.ts";
import type { TaskStatus } from "../../core/run/run.ts";
import type { Instant, TaskKey } from "../../core/shared/names.ts";
import { formatUsd } from "../../core/shared/money.ts";
import { cutMark, drawable, paint, styleOf, symbolOf, type Look } from "./look.ts";
import { displayWidth, fit, oneLine, padEnd, padStart } from "./text-width.ts";
import { waitingWords } from "./waiting-words.ts";

/** How the tree is drawn. */
export interface TreeLook extends Look {
  readonly now: Instant;
  /** Rows there are; absent: as many as it takes. */
  readonly height?: number;
  /** Wall-clock time of an ISO instant: `14:05`. */
  readonly clock: (iso: string) => string;
  /** A person types into the view: commands are shown as they are typed there, without `cairn`. */
  readonly typing?: boolean;
  /** Newest words of a task's live session. */
  readonly lastWords?: (task: TaskJson) => string | null;
}

const STATUS_WIDTH = 9;
const FIGURE_WIDTH = 7;
const KEY_WIDTH_MAX = 12;
const TITLE_WIDTH_MIN = 12;

export interface Columns {
  readonly key: number;
  readonly title: number;
  /** Numbers of pull requests; 0: nobody could open one by its number. */
  readonly pull: number;
  readonly age: boolean;
  readonly cost: boolean;
}

/** Column widths for these tasks: the title takes what is left, and cost and age go before it becomes unreadable. */
export function columnsFor(tasks: readonly TaskJson[], look: Look): Columns {
  const key = Math.min(KEY_WIDTH_MAX, Math.max(3, ...tasks.map((task) => displayWidth(task.key))));
  const named = Math.max(0, ...tasks.map((task) => pullOf(task).length));
  const narrow = 4 + key + 2 + 2 + STATUS_WIDTH;
  const pull = look.width - narrow - (named + 2) >= TITLE_WIDTH_MIN ? named : 0;
  const fixed = narrow + (pull === 0 ? 0 : pull + 2);
  const figure = FIGURE_WIDTH + 2;
  const room = look.width - fixed;
  const cost = room - 2 * figure >= TITLE_WIDTH_MIN;
  const age = room - figure >= TITLE_WIDTH_MIN;
  const longest = Math.max(
    TITLE_WIDTH_MIN,
    ...tasks.map((task) => displayWidth(oneLine(task.title))),
  );
  const free = room - (cost ? figure : 0) - (age ? figure : 0);
  return { key, title: Math.max(4, Math.min(free, longest)), pull, age, cost };
}

/** Its pull request on a forge; the local forge's are nowhere to be opened. */
function pullOf({ pullRequest }: TaskJson): string {
  return pullRequest === null || pullRequest.url === null ? "" : `#${pullRequest.number}`;
}

/** A wave in one line: `Wave 1  + 2 merged`. */
export function waveLine(
  index: number,
  tasks: readonly TaskJson[],
  look: TreeLook,
  collapsed: boolean,
): string {
  const name = paint(look, "bold", `Wave ${index + 1}`);
  if (!collapsed) return name;
  const counts = new Map<TaskStatus, number>();
  for (const task of tasks) counts.set(task.status, (counts.get(task.status) ?? 0) + 1);
  const words = [...counts].map(([status, count]) =>
    paint(look, styleOf(status), `${symbolOf(look, status)} ${count} ${status}`),
  );
  return `${name}  ${words.join("  ")}`;
}

/** One task: its line, and a second one while there is something to say. */
export function taskLines(task: TaskJson, columns: Columns, look: TreeLook): readonly string[] {
  const mark = cutMark(look);
  const style = styleOf(task.status);
  const title = fit(drawable(look, oneLine(task.title)), columns.title, mark);
  const head = [
    `  ${paint(look, style, symbolOf(look, task.status))} ${padEnd(fit(drawable(look, task.key), columns.key, mark), columns.key)}`,
    padEnd(title, columns.title),
    paint(look, style, padEnd(task.status, STATUS_WIDTH)),
    ...(columns.pull === 0 ? [] : [padEnd(pullOf(task), columns.pull)]),
  ].join("  ");
  const indent = " ".repeat(4 + columns.key + 2);
  const room = look.width - displayWidth(indent);
  const figures = figuresOf(task, columns, look);
  const words = drawable(look, detailOf(task, look) ?? "");
  if (words === "") return [`${head}${figures}`.trimEnd()];
  // What has not begun has no figures: its words fit in their place.
  const beside = (columns.age ? FIGURE_WIDTH + 2 : 0) + (columns.cost ? FIGURE_WIDTH + 2 : 0) - 2;
  if (figures.trim() === "" && displayWidth(words) <= beside)
    return [`${head}  ${paint(look, "dim", words)}`];
  return [`${head}${figures}`.trimEnd(), `${indent}${paint(look, "dim", fit(words, room, mark))}`];
}

function figuresOf(task: TaskJson, columns: Columns, look: TreeLook): string {
  if (task.startedAt === null) return "";
  const end = task.endedAt === null ? look.now : Date.parse(task.endedAt);
  const age = formatDuration(end - Date.parse(task.startedAt));
  const cost = task.cost === null ? "" : formatUsd(task.cost);
  const figures = [...(columns.age ? [age] : []), ...(columns.cost ? [cost] : [])];
  return figures.map((figure) => `  ${padStart(figure, FIGURE_WIDTH)}`).join("");
}

function detailOf(task: TaskJson, look: TreeLook): string | null {
  switch (task.status) {
    case "merged":
      return restOf(task);
    case "failed":
    case "cancelled":
    case "skipped":
      return oneLine(`${task.reason ?? ""}${task.detail === null ? "" : `: ${task.detail}`}`);
    case "escalated":
      return "asks you, see above";
    default:
      return join([tryOf(task), stepOf(task), wordsOf(task, look), aheadOf(task), restOf(task)]);
  }
}

/** The conflict that is to be expected at its turn; others are counted. */
function aheadOf({ status, mayConflict = [] }: TaskJson): string | null {
  const [first, ...more] = mayConflict;
  if (first === undefined || (status !== "queued" && status !== "reviewing")) return null;
  const [path = "", ...others] = first.paths;
  const where = others.length === 0 ? path : `${path} and ${others.length} more`;
  const count = more.length === 0 ? "" : `, and with ${more.length} more`;
  return `will conflict with ${first.with ?? "what was merged"} in ${where}${count}`;
}

/** What was done in parts: whose rest it is, or where its own rest is. */
function restOf({ followUpOf, followUps = [] }: TaskJson): string | null {
  return join([
    followUpOf === undefined ? null : `follow-up of ${followUpOf}`,
    followUps.length === 0 ? null : `the rest is ${followUps.join(", ")}`,
  ]);
}

function wordsOf(task: TaskJson, look: TreeLook): string | null {
  if (task.session !== null) {
    if (task.session.ending) return `${task.session.role} is being ended`;
    const said = look.lastWords?.(task) ?? null;
    return said === null || oneLine(said) === ""
      ? `${task.session.role} at work`
      : `${task.session.role}: ${oneLine(said)}`;
  }
  return task.doing ?? waitingWords(task, look.clock);
}

/** Said only from the second try on: a first attempt is the normal case. */
function tryOf(task: TaskJson): string | null {
  if (task.status === "fixing") {
    const rounds = Object.values(task.rounds).reduce((sum, count) => sum + count, 0);
    return `fix round ${rounds}`;
  }
  return task.attempt > 1 ? `attempt ${task.attempt} of ${task.attempts}` : null;
}

/** The step that is at work, where each has a session of its own. */
function stepOf({ status, steps }: TaskJson): string | null {
  if (status !== "running" || steps === undefined || steps.done === null) return null;
  return `step ${Math.min(steps.done + 1, steps.total)} of ${steps.total}`;
}

function join(parts: readonly (string | null)[]): string | null {
  const said = parts.filter((part) => part !== null);
  return said.length === 0 ? null : said.join(", ");
}

/** Tasks by key, so that a wave's keys can be looked up. */
export function byKey(status: StatusJson): ReadonlyMap<TaskKey, TaskJson> {
  return new Map(status.tasks.map((task) => [task.key, task]));
}
