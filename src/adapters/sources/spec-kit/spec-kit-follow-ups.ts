import { parseFollowUpOf } from "../../../core/plan/follow-up-line.ts";
import type { NamedFollowUp } from "../../../core/run/follow-ups.ts";
import type { FollowUpFiles } from "../../../ports/source.ts";
import { nextLetterKey } from "../next-letter.ts";
import { readTaskLines } from "./task-lines.ts";
import type { TaskLine } from "./task-lines.ts";

/** Writes follow-ups into a `tasks.md`: `- [ ] T004b … (depends on T004)` right below the task whose rest it is. */
export function specKitFollowUps(reference: string): FollowUpFiles {
  return {
    nameFor: (of, taken) => {
      const key = nextLetterKey(of, taken);
      return key === null || !/^T\d{1,6}[a-z]$/u.test(key) ? null : { key, number: key, url: null };
    },
    edits: (followUp) => [
      { path: reference, edit: (text) => (text === null ? null : withTask(text, followUp)) },
    ],
  };
}

function withTask(text: string, followUp: NamedFollowUp): string | null {
  const before = tasksIn(text);
  const there = before.find(({ key }) => key === followUp.key);
  const original = before.find(({ key }) => key === followUp.of);
  if (there !== undefined) return isRestOf(there, followUp.of) ? text : null;
  if (original === undefined) return null;
  const pieces = text.split(/(\r\n|\n|\r)/u);
  const words = original.nested.findLastIndex((line) => line.trim() !== "");
  const last = 2 * (original.line + words);
  const end = /\r\n|\n|\r/u.exec(text)?.[0] ?? "\n";
  const known = new Set(before.map(({ key }) => key));
  const dependents = followUp.dependents.filter((key) => known.has(key));
  const block = linesFor(pieces[2 * (original.line - 1)] ?? "", original, {
    ...followUp,
    dependents,
  });
  const added = pieces.toSpliced(last + 1, 0, end + block.join(end)).join("");
  return isOnlyAdded(before, tasksIn(added), followUp) ? added : null;
}

function tasksIn(text: string): readonly TaskLine[] {
  return readTaskLines("", text).phases.flatMap(({ tasks }) => tasks);
}

function isRestOf({ nested }: TaskLine, of: string): boolean {
  return nested.some((line) => parseFollowUpOf(line.trim()) === of);
}

function linesFor(
  written: string,
  { parallel, story }: TaskLine,
  followUp: NamedFollowUp,
): readonly string[] {
  const { key, of, title, body, dependents } = followUp;
  const bullet = /^\s*[-*+]/u.exec(written)?.[0] ?? "-";
  const indent = " ".repeat(bullet.length + 1);
  const tags = `${parallel ? "[P] " : ""}${story === null ? "" : `[US${story}] `}`;
  const said = dependents.length === 0 ? [] : ["", `Blocks ${dependents.join(", ")}.`];
  return [
    `${bullet} [ ] ${key} ${tags}${title} (depends on ${of})`,
    // Directly below it, words would be a part of the sentence.
    "",
    ...[...withoutOrder(body).split("\n"), ...said].map((line) =>
      line === "" ? "" : `${indent}${line}`,
    ),
  ];
}

/** `after T012` in the words of an agent is no order of the list; `after task T012` is read as none. */
function withoutOrder(body: string): string {
  return body.replaceAll(/(?<!task )(?<!Follow-up of: )\bT(?=\d)/giu, "task T");
}

function isOnlyAdded(
  before: readonly TaskLine[],
  after: readonly TaskLine[],
  { key, of }: NamedFollowUp,
): boolean {
  const at = before.findIndex((task) => task.key === of) + 1;
  const added = after[at];
  const others = after.toSpliced(at, 1);
  return (
    added?.key === key &&
    isRestOf(added, of) &&
    others.length === before.length &&
    others.every((task, index) => {
      const was = before[index];
      return was?.key === task.key && was.text === task.text && was.done === task.done;
    })
  );
}
