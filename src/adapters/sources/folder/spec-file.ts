import { z } from "zod";
import type { IssueType, Place, PlanFinding, Priority, Step } from "../../../core/plan/issue.ts";
import { parseUnknownTypes } from "../../../core/plan/read-body.ts";
import { asMinutes, parseSteps } from "../../../core/plan/read-body-steps.ts";
import { scanMarkdown } from "../../../core/shared/markdown-lines.ts";
import { readFrontMatter, wordsOf } from "../front-matter.ts";
import type { FrontMatter } from "../front-matter.ts";
import { fileNumber, readReferences } from "./issue-names.ts";
import type { ReferenceRead } from "./issue-names.ts";

/** A reference with the place it was read from. */
export interface PlacedReference extends ReferenceRead {
  readonly place: Required<Place>;
}

/** One issue spec, before it is held against the plan's table. */
export interface SpecFile {
  readonly file: string;
  /** Name without folder and ending. */
  readonly stem: string;
  /** `03` of `03-validation.md`; null where the name has none. */
  readonly number: string | null;
  /** `github_issue`. */
  readonly forge: string | null;
  readonly forgePlace: Required<Place>;
  /** Of the front matter or the first heading; null where neither says one. */
  readonly title: string | null;
  readonly body: string;
  /** The line above the body's first, so that lines of the body can be told. */
  readonly place: Place;
  readonly priority: { readonly value: Priority; readonly place: Required<Place> } | null;
  /** Null where the front matter says nothing about them; empty for none. */
  readonly dependencies: readonly PlacedReference[] | null;
  readonly minutes: number | null;
  readonly labels: readonly string[];
  readonly type: IssueType;
  readonly phase: string | null;
  readonly steps: readonly Step[];
  /** `groomed: false`; null where the file does not speak of it. */
  readonly groomed: boolean | null;
  /** Its name or its front matter says that it is an issue. */
  readonly isIssue: boolean;
  /** The front matter cannot be read: what it waits for is not known. */
  readonly isUnreadable: boolean;
  readonly findings: readonly PlanFinding[];
}

const DEPENDENCY_KEYS = [
  "dependencies",
  "depends_on",
  "depends-on",
  "dependsOn",
  "blocked_by",
  "blocked-by",
  "blockedBy",
  "requires",
] as const;
const MINUTES_EACH = 4;

/** Reads an issue spec. Never throws: defects are findings with their place. */
export function readSpec(file: string, text: string): SpecFile {
  const front = readFrontMatter(file, text);
  const stem = (file.split("/").at(-1) ?? "").replace(/\.[^.]+$/u, "");
  const number = fileNumber(stem);
  const findings: PlanFinding[] = [...front.findings];
  const { openedAt } = scanMarkdown(front.rest);
  if (openedAt !== null) findings.push(openFence(file, openedAt));
  const { body, line, heading } = bodyOf(front, text);
  const steps = parseSteps(body, { file, firstLine: line + 1, words: ["step", "task"] });
  const forge = forgeNumber(front, findings);
  const place = line === 0 ? { file } : { file, line, column: 1 };
  for (const { words, line: at } of parseUnknownTypes(body))
    findings.push(unknownType({ file, line: line + at, column: 1 }, words));
  const dependencies = readDependencies(front);
  return {
    file,
    stem,
    number,
    forge,
    forgePlace: front.placeOf(["github_issue"]),
    title: wordsOf(front.fields["title"]) ?? heading,
    body,
    place,
    priority: readPriority(front, findings),
    dependencies,
    minutes: asMinutes(steps) ?? estimatedMinutes(front, findings),
    labels: readLabels(front, findings),
    type: readType(front, findings),
    phase: wordsOf(front.fields["phase"]),
    steps,
    groomed: z.boolean().safeParse(front.fields["groomed"]).data ?? null,
    // What cannot be read may be one: it is never left out in silence.
    isIssue:
      front.findings.length > 0 ||
      number !== null ||
      forge !== null ||
      dependencies !== null ||
      ["priority", "estimated_tasks"].some((key) => front.fields[key] !== undefined),
    isUnreadable: front.findings.length > 0,
    findings: findings.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  };
}

interface Body {
  readonly body: string;
  /** Line above the first line of the body; 0 where that is the first of the file. */
  readonly line: number;
  /** The first heading of rank 1. */
  readonly heading: string | null;
}

/** The whole text below the front matter; a title on the very first line is the issue's title, and not repeated. */
function bodyOf(front: FrontMatter, text: string): Body {
  const lines = text.split(/\r\n|\n|\r/u);
  const { lines: scanned } = scanMarkdown(front.rest);
  const first = scanned.find((line) => line.heading?.level === 1)?.heading?.text ?? "";
  const heading = first.replaceAll(/\*\*|__|`/gu, "").trim();
  const begins = lines.findIndex((line, index) => index >= front.lineCount && line.trim() !== "");
  const start = begins === -1 ? lines.length : begins;
  const line = start === 0 && scanned[0]?.heading?.level === 1 ? 1 : start;
  return {
    body: lines.slice(line).join("\n").trimEnd(),
    line,
    heading: heading === "" ? null : heading,
  };
}

function readDependencies(front: FrontMatter): readonly PlacedReference[] | null {
  const key = DEPENDENCY_KEYS.find((name) => front.fields[name] !== undefined);
  if (key === undefined) return null;
  const value = front.fields[key];
  const entries = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return entries.flatMap((entry, index) => {
    const place = front.placeOf(Array.isArray(value) ? [key, index] : [key]);
    if (entry === null || entry === false) return [];
    const words = wordsOf(entry);
    // A value of another shape is a blocker that cannot be read, and not none.
    if (words === null && entry !== "")
      return [{ words: JSON.stringify(entry).slice(0, 200), aliases: [], phase: null, place }];
    return readReferences(words ?? "").map((read) => ({ ...read, place }));
  });
}

function forgeNumber(front: FrontMatter, findings: PlanFinding[]): string | null {
  const value = front.fields["github_issue"] ?? front.fields["issue"];
  const words = wordsOf(value);
  if (words === null || /^(?:none|null|tbd|todo|n\/a|-|~)$/iu.test(words)) return null;
  const number =
    /^(?:https?:\/\/\S{1,300}\/issues\/|[\w.-]{1,100}\/[\w.-]{1,100}#|#|GH-)?(\d{1,9})$/iu.exec(
      words,
    )?.[1];
  if (number !== undefined && Number(number) > 0) return String(Number(number));
  findings.push(
    notUnderstood(front.placeOf(["github_issue"]), "github_issue", words, "a number, such as 301"),
  );
  return null;
}

function readPriority(front: FrontMatter, findings: PlanFinding[]): SpecFile["priority"] {
  const words = wordsOf(front.fields["priority"]);
  if (words === null) return null;
  const value = priorityIn(words);
  const place = front.placeOf(["priority"]);
  if (value !== null) return { value, place };
  findings.push(notUnderstood(place, "priority", words, "P0, P1 or P2"));
  return null;
}

/** `P0` to `P2`, also `critical`, `high`, `medium`, `low`, `0`; null for anything else. */
export function priorityIn(words: string): Priority | null {
  const word = words.slice(0, 100).toLowerCase();
  const level = /(?<![a-z0-9])p?([0-2])(?![\w.])/u.exec(word)?.[1];
  if (level !== undefined) return level === "0" ? "P0" : level === "1" ? "P1" : "P2";
  if (/\b(?:critical|urgent|blocker)\b/u.test(word)) return "P0";
  if (/\bhigh\b/u.test(word)) return "P1";
  return /\b(?:medium|normal|low)\b/u.test(word) ? "P2" : null;
}

function estimatedMinutes(front: FrontMatter, findings: PlanFinding[]): number | null {
  const words = wordsOf(front.fields["estimated_tasks"]);
  if (words === null) return null;
  const count = /^(?:~\s*)?(\d{1,3})(?:\s*(?:tasks?|steps?))?$/iu.exec(words)?.[1];
  if (count !== undefined) return Number(count) === 0 ? null : Number(count) * MINUTES_EACH;
  const place = front.placeOf(["estimated_tasks"]);
  findings.push(notUnderstood(place, "estimated_tasks", words, "a number of steps"));
  return null;
}

function readLabels(front: FrontMatter, findings: PlanFinding[]): readonly string[] {
  const value = front.fields["labels"];
  if (value === undefined || value === null) return [];
  const labels = z.union([z.string(), z.array(z.union([z.string(), z.number()]))]).safeParse(value);
  if (!labels.success) {
    findings.push(
      notUnderstood(front.placeOf(["labels"]), "labels", JSON.stringify(value), "a list of words"),
    );
    return [];
  }
  const list = typeof labels.data === "string" ? labels.data.split(",") : labels.data.map(String);
  return [...new Set(list.map((label) => label.trim()).filter((label) => label !== ""))];
}

function readType(front: FrontMatter, findings: PlanFinding[]): IssueType {
  const words = wordsOf(front.fields["type"]);
  const type = words?.toUpperCase();
  if (type === undefined || type === "CODING") return "CODING";
  if (type === "VALIDATION" || type === "RESEARCH" || type === "MIXED") return type;
  findings.push(unknownType(front.placeOf(["type"]), words ?? ""));
  return "CODING";
}

function notUnderstood(
  place: Required<Place>,
  key: string,
  words: string,
  wanted: string,
): PlanFinding {
  return {
    code: "source/front-matter-value",
    severity: "warning",
    ...place,
    message: `\`${key}\` is "${words.slice(0, 100)}", which cannot be read; it is left out.`,
    hint: `Write ${wanted}.`,
  };
}

function unknownType(place: Required<Place>, words: string): PlanFinding {
  return {
    code: "source/unknown-type",
    severity: "warning",
    ...place,
    message: `"${words.slice(0, 60)}" is no type that Cairn knows; the issue is taken for what its other words say.`,
    hint: "Write CODING, VALIDATION, RESEARCH or MIXED.",
  };
}

function openFence(file: string, line: number): PlanFinding {
  return {
    code: "source/open-fence",
    severity: "warning",
    file,
    line,
    column: 1,
    message:
      "A code block or comment begins here and is never closed; everything below it was read as code.",
    hint: "Close it.",
  };
}

/** `03-user-model` reads "User model". */
export function titleFrom(stem: string): string {
  const words = stem
    .replace(/^(?:issue[-_ ]?)?\d[\d.]*[a-z]?[-_. ]*/iu, "")
    .replaceAll(/[-_]+/gu, " ")
    .trim();
  return words === "" ? stem : words.charAt(0).toUpperCase() + words.slice(1);
}
