import type { Issue } from "./issue.ts";
import { readBody } from "./read-body.ts";
import { readDependencies } from "./read-dependencies.ts";

/** Each round silences at least one line more; a text that still speaks then is shown as it was, as a whole. */
const ROUNDS_MAX = 40;
/** List points, quotes, boxes and headings stay what they are. */
const LINE_START =
  /^(\s*(?:>\s?)*(?:(?:[-*+]|\d+[.)])\s+)?(?:\[[ xX]\]\s+)?(?:#{1,6}\s+)?)(.*?)(\s*)$/su;

/**
 * The text of an issue with everything its plan knows about it: what the source keeps in fields of its own is written
 * out. Words about dependencies become code: they name the plan's keys, which on a forge are other issues or none.
 */
export function textOnForge(issue: Issue): string {
  return withoutDependencies(withFields(issue));
}

function withFields(issue: Issue): string {
  const body = issue.body.replaceAll(/\r\n?/gu, "\n").trim();
  const said = readBody(body);
  const files = issue.files.filter((file) => !said.files.includes(file));
  const fields = [
    // Without a line an issue is CODING.
    ...(said.type === null && issue.type !== "CODING" ? [`**Type:** ${issue.type}`] : []),
    ...(said.priority === null && issue.priority !== null
      ? [`**Priority:** ${issue.priority}`]
      : []),
    ...(files.length === 0 ? [] : [`**Files:** ${files.map(asCode).join(", ")}`]),
  ];
  const criteria =
    said.acceptanceCriteria.length === 0 && issue.acceptanceCriteria.length > 0
      ? ["## Acceptance criteria", "", ...issue.acceptanceCriteria.map((one) => `- ${inLine(one)}`)]
      : [];
  const parts = [body, fields.join("\n"), criteria.join("\n"), stepsOf(issue, body)];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Steps that only the source's own fields have. */
function stepsOf({ steps = [] }: Issue, body: string): string {
  const fresh = steps.filter(({ title }) => !body.includes(title));
  return fresh.length === 0
    ? ""
    : ["## Steps", "", ...fresh.map(({ title }) => `- ${inLine(title)}`)].join("\n");
}

/** The same text, saying nothing about what waits for what but, at most, that nothing does. */
export function withoutDependencies(text: string): string {
  let quiet = text;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { declarations, parent } = readDependencies(quiet);
    if (declarations.length === 0 && parent === null) return quiet;
    const speaking = new Set(declarations.map(({ place }) => (place.line ?? 1) - 1));
    const lines = quiet.split("\n");
    const next = lines
      .map((line, index) => {
        const names = parent !== null && line.includes(parent.replace(/^.*#/u, ""));
        return speaking.has(index) || names ? asWords(line) : line;
      })
      .join("\n");
    if (next === quiet) break;
    quiet = next;
  }
  return fenced(text);
}

/** A line of which nothing is read: its words as code, cell by cell in a table; where that still speaks, struck through. */
function asWords(line: string): string {
  const [, before = "", words = "", after = ""] = LINE_START.exec(line) ?? [];
  if (words === "") return line;
  if (!words.startsWith("|")) return `${before}${hide(words)}${after}`;
  const cells = words.replaceAll(/[^|]+/gu, (cell) =>
    /[\p{L}\p{N}]/u.test(cell) ? ` ${hide(cell.trim())} ` : cell,
  );
  return `${before}${cells}${after}`;
}

function hide(part: string): string {
  const code = /^(`+) ?(.*?) ?\1$/su.exec(part)?.[2];
  if (code !== undefined) return `~~${code.replaceAll(/[~`]/gu, "")}~~`;
  return /^~~.*~~$/su.test(part) ? part : asCode(part.replaceAll(/\*\*|__/gu, ""));
}

/** Code, whatever marks stand inside. */
export function asCode(words: string): string {
  const longest = (words.match(/`+/gu) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `\`${words}\`` : `${fence} ${words} ${fence}`;
}

function fenced(text: string): string {
  const longest = (text.match(/`+/gu) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function inLine(words: string): string {
  return words.replaceAll(/\s+/gu, " ").trim();
}
