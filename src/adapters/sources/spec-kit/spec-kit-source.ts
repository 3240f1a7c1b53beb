import fs from "node:fs/promises";
import path from "node:path";
import type { Declaration, Issue, Milestone, Priority } from "../../../core/plan/issue.ts";
import { UserError } from "../../../errors.ts";
import type { ProgressFile, Source } from "../../../ports/source.ts";
import { readPlanFile, slugOf } from "../text-file.ts";
import type { TextFile } from "../text-file.ts";
import { readFilePaths } from "./file-paths.ts";
import { readTaskLines } from "./task-lines.ts";
import type { Phase, TaskLine, TaskLines } from "./task-lines.ts";
import { orderTasks } from "./task-order.ts";

export interface SpecKitSourceSettings {
  /** Folder of the repository. */
  readonly root: string;
}

/** Reads the `tasks.md` of a spec-kit feature; `spec.md` and `plan.md` beside it go to every agent. */
export function createSpecKitSource({ root }: SpecKitSourceSettings): Source {
  return {
    kind: "spec-kit",
    read: async (reference) => {
      const file = await readPlanFile(root, reference);
      const lines = readTaskLines(file.reference, file.text);
      if (lines.phases.every((phase) => phase.tasks.length === 0)) throw noTasks(file, lines);
      return toMilestone(file, lines, await findDocuments(root, file));
    },
  };
}

/** True for a text with at least one line such as `- [ ] T001 …`. */
export function isSpecKitText(text: string): boolean {
  return /^\s{0,20}[-*+][ \t]{1,9}\[[ xX]?\][ \t]{0,9}(?:\*\*)?\[?T\d{1,6}/mu.test(text);
}

function toMilestone(file: TextFile, lines: TaskLines, documents: readonly string[]): Milestone {
  const order = orderTasks(file.reference, lines);
  const folder = path.posix.basename(path.posix.dirname(file.reference));
  const title = (lines.title ?? "").replace(/^[^\p{L}\p{N}]*tasks?\s*[:–—-]\s*/iu, "").trim();
  const seen = new Set<string>();
  const issues = lines.phases.flatMap((phase) =>
    phase.tasks.map((task) => {
      // A doubled number is reported by the plan, which keeps the first; the order is the first one's.
      const declarations = seen.has(task.key) ? [] : (order.declarations.get(task.key) ?? []);
      seen.add(task.key);
      return toIssue(file.reference, phase, task, declarations);
    }),
  );
  return {
    source: { kind: "spec-kit", reference: file.reference },
    title: title === "" ? folder : title.slice(0, 200),
    number: folder === "." || folder === "" ? slugOf(file.reference) : slugOf(`${folder}.`),
    url: null,
    issues,
    documents,
    handoff: null,
    findings: [...lines.findings, ...order.findings],
  };
}

function toIssue(
  file: string,
  phase: Phase,
  task: TaskLine,
  declarations: readonly Declaration[],
): Issue {
  const words = goOn(dedent(task.nested));
  const description = [task.text, ...words].join("\n").trim();
  return {
    key: task.key,
    number: task.key,
    title: titleOf(task, words),
    body: [description, ...aboutPhase(phase)].filter((part) => part !== "").join("\n\n"),
    state: task.done ? "closed" : "open",
    closedAs: task.done ? "completed" : null,
    labels: task.story === null ? [] : [`US${task.story}`],
    priority: priorityOf(phase),
    type: "CODING",
    url: null,
    files: readFilePaths(description),
    acceptanceCriteria: [],
    declarations,
    statesDependencies: true,
    edgesAreGiven: true,
    place: { file, line: task.line, column: task.column },
    ...(phase.title === "" ? {} : { phase: phase.title }),
  };
}

const TITLE_MAX = 120;

/** The first sentence, without what it says about order and without marks. */
function titleOf(task: TaskLine, words: readonly string[]): string {
  const [next = ""] = words;
  const goesOn = isProse(next) ? ` ${next}` : "";
  const plain = `${task.text}${goesOn}`
    .replaceAll(/\*\*|__|`/gu, "")
    .replaceAll(/\s?\((?:depends? on|after|blocked by|requires|needs) [^()]*\)/giu, "")
    .replaceAll(/\s+/gu, " ")
    .trim();
  const end = plain.search(/(?<=\w{3}[)\]]?)[.;](?: |$)/u);
  const sentence = end > 10 ? plain.slice(0, end) : plain;
  if (sentence === "") return task.key;
  if (sentence.length <= TITLE_MAX) return sentence;
  const cut = sentence.slice(0, TITLE_MAX - 1);
  return `${cut.slice(0, Math.max(60, cut.lastIndexOf(" "))).trimEnd()}…`;
}

function aboutPhase(phase: Phase): readonly string[] {
  return phase.about.length === 0 ? [] : [`## ${phase.title}\n\n${phase.about.join("\n").trim()}`];
}

function priorityOf(phase: Phase): Priority | null {
  const digit = /\bprio(?:rity|ridade|rité|rität)?\s*:?\s*P(\d)|\(P(\d)\)/iu.exec(
    phase.title.slice(0, 300),
  );
  const level = digit?.[1] ?? digit?.[2];
  if (level === undefined) return null;
  return level === "0" ? "P0" : level === "1" ? "P1" : "P2";
}

/** The first lines, where they go on with the sentence, without the indentation that put them below it. */
function goOn(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex((line) => !isProse(line.trimStart()));
  const count = end < 0 ? lines.length : end;
  return lines.map((line, index) => (index < count ? line.trimStart() : line));
}

function isProse(line: string): boolean {
  return /^[\p{L}\p{N}(`"']/u.test(line) && !/^\d{1,3}[.)] /u.test(line);
}

/** Nested lines without the indentation they have in common, and without blank ones at the end. */
function dedent(lines: readonly string[]): readonly string[] {
  const indents = lines.flatMap((line) =>
    line.trim() === "" ? [] : [line.length - line.trimStart().length],
  );
  const common = indents.reduce((least, indent) => Math.min(least, indent), 100);
  const text = lines
    .map((line) => line.slice(Math.min(common, line.length - line.trimStart().length)))
    .join("\n")
    .trimEnd();
  return text === "" ? [] : text.split("\n");
}

async function findDocuments(root: string, file: TextFile): Promise<readonly string[]> {
  const realRoot = await fs.realpath(root);
  const found: string[] = [];
  for (const name of ["spec.md", "plan.md"]) {
    const reference = path.posix.join(path.posix.dirname(file.reference), name);
    const real = await fs.realpath(path.join(realRoot, reference)).catch(() => null);
    // A link out of the repository is no document of it.
    const inside = real === null ? ".." : path.relative(realRoot, real);
    if (inside !== ".." && !inside.startsWith(`..${path.sep}`)) found.push(reference);
  }
  return found;
}

function noTasks(file: TextFile, lines: TaskLines): UserError {
  const [almost] = lines.findings;
  return new UserError(
    "source/no-tasks",
    `${file.reference} has no tasks such as \`- [ ] T001 …\`.`,
    {
      hints: [
        ...(almost === undefined ? [] : [`Line ${almost.line ?? 1}: ${almost.message}`]),
        "Have spec-kit write them (/speckit.tasks), or name another file.",
      ],
    },
  );
}

/** Ticks the boxes of finished tasks. Other marks have no box there. */
export function specKitProgress(reference: string): ProgressFile {
  return {
    path: reference,
    mark: (text, marks) => {
      const done = new Set([...marks].flatMap(([key, mark]) => (mark === "done" ? [key] : [])));
      const numbers = linesToTick(reference, text, done);
      if (numbers.size === 0) return null;
      // Split at the ends of lines and put together with them: every other byte stays.
      const pieces = text.split(/(\r\n|\n|\r)/u);
      for (const number of numbers) {
        const line = pieces[2 * (number - 1)] ?? "";
        pieces[2 * (number - 1)] = line.replace(/\[[^\]]?\]/u, "[x]");
      }
      return pieces.join("");
    },
  };
}

function linesToTick(file: string, text: string, done: Set<string>): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (const task of readTaskLines(file, text).phases.flatMap((phase) => phase.tasks)) {
    // Of two tasks with one number the plan has the first.
    if (done.delete(task.key) && !task.done) numbers.add(task.line);
  }
  return numbers;
}
