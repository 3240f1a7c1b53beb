import { parseDocument } from "yaml";
import { z } from "zod";
import type { Issue, PlanFinding } from "../../../core/plan/issue.ts";
import { scanMarkdown } from "../../../core/shared/markdown-lines.ts";
import type { MarkdownLine } from "../../../core/shared/markdown-lines.ts";

/** What a markdown plan says, before the handoff and the linked documents are looked at. */
export interface PlanText {
  readonly title: string | null;
  readonly issues: readonly Issue[];
  /** Paths as written under `design:`, `architecture:` and their like. */
  readonly documents: readonly { readonly path: string; readonly key: string }[];
  readonly handoff: string | null;
  readonly findings: readonly PlanFinding[];
  /** Headings that are no tasks, for the message when there is no task at all. */
  readonly otherHeadings: readonly { readonly text: string; readonly line: number }[];
}

/** `## Task 4.1: Title`, `### TASK 4.1b — Title`, `## Task 4.1 - Title`, `## Task 4.1`. */
const TASK =
  /^(?:[^\p{L}\p{N}]*)task\s+#?(\d{1,6}(?:\.\d{1,6}){0,4}[a-z]?)(?![\w.]*\w)\s*(?:[:.–—-]+\s*)?(.*)$/iu;
const ALMOST = /^[^\p{L}\p{N}]*tasks?\b/iu;

/** Reads a plan text. Never throws: defects are findings with their line. */
export function readPlanText(file: string, text: string): PlanText {
  const front = readFrontMatter(file, text);
  const { lines, openedAt } = scanMarkdown(front.rest);
  const headings = lines.filter((line) => line.heading !== null);
  const findings = [
    ...front.findings,
    ...openFence(file, openedAt),
    ...almostTasks(file, headings),
  ];
  const firstTitle = headings.find((line) => line.heading?.level === 1 && !isTask(line));
  return {
    title:
      front.title ?? (firstTitle === undefined ? null : plainText(firstTitle.heading?.text ?? "")),
    issues: readTasks(file, lines),
    documents: front.documents,
    handoff: front.handoff,
    findings,
    otherHeadings: headings
      .filter((line) => !isTask(line))
      .map((line) => ({ text: line.heading?.text ?? "", line: line.number })),
  };
}

function isTask(line: MarkdownLine): boolean {
  return line.heading !== null && TASK.test(line.heading.text);
}

interface Section {
  readonly key: string;
  readonly title: string;
  readonly line: number;
  readonly column: number;
  readonly level: number;
  readonly body: string[];
}

function readTasks(file: string, lines: readonly MarkdownLine[]): readonly Issue[] {
  const sections: Section[] = [];
  let open: Section | null = null;
  for (const line of lines) {
    const task = line.heading === null ? null : TASK.exec(line.heading.text);
    if (line.heading !== null && task !== null) {
      const key = (task[1] ?? "").toLowerCase();
      const title = plainText(task[2] ?? "");
      open = {
        key,
        title: title === "" ? `Task ${key}` : title,
        line: line.number,
        column: line.heading.column,
        level: line.heading.level,
        body: [],
      };
      sections.push(open);
    } else if (open !== null && line.heading !== null && line.heading.level <= open.level) {
      // A heading of the same rank that is no task ends the task: a summary, the next phase.
      open = null;
    } else open?.body.push(line.text);
  }
  return sections.map((section, index) => toIssue(file, section, sections[index - 1]));
}

function toIssue(file: string, section: Section, before: Section | undefined): Issue {
  const { key, title, line, column } = section;
  return {
    key,
    number: key,
    title,
    body: withoutRule(section.body.join("\n").trimEnd()),
    state: "open",
    closedAs: null,
    labels: [],
    priority: null,
    type: "CODING",
    url: null,
    files: [],
    acceptanceCriteria: [],
    // Replaced by the plan where the task's text says what it waits for.
    declarations:
      before === undefined || before.key === key
        ? []
        : [
            {
              target: before.key,
              strength: "hard",
              origin: "order",
              place: { file, line },
              words: `after Task ${before.key}`,
              resolved: true,
            },
          ],
    // The order of the file is a statement, also about its first task.
    statesDependencies: true,
    place: { file, line, column },
  };
}

/** Many plans draw a line between tasks; it belongs to neither. */
function withoutRule(body: string): string {
  const last = body.lastIndexOf("\n");
  const isRule = /^ {0,3}(?:-{3,}|\*{3,}|_{3,})$/u.test(body.slice(last + 1));
  // Directly below words three dashes are the mark of a heading.
  const standsAlone = last < 0 || /\n[ \t]*$/u.test(body.slice(0, last).slice(-200));
  return isRule && standsAlone ? body.slice(0, Math.max(0, last)).trimEnd() : body;
}

/** A title without the marks of emphasis, code and links. */
function plainText(words: string): string {
  return words
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/gu, "$1")
    .replaceAll(/\*\*|__|~~|`/gu, "")
    .trim();
}

function openFence(file: string, openedAt: number | null): readonly PlanFinding[] {
  if (openedAt === null) return [];
  return [
    {
      code: "source/open-fence",
      severity: "warning",
      file,
      line: openedAt,
      column: 1,
      message:
        "A code block or comment begins here and is never closed; every heading below it was read as code.",
      hint: "Close it.",
    },
  ];
}

function almostTasks(file: string, headings: readonly MarkdownLine[]): readonly PlanFinding[] {
  return headings
    .filter(
      (line) =>
        !isTask(line) &&
        /^[^\p{L}\p{N}]*task\s+\S*\d/iu.test(line.heading?.text ?? "") &&
        ALMOST.test(line.heading?.text ?? ""),
    )
    .map((line) => ({
      code: "source/task-heading",
      severity: "warning",
      file,
      line: line.number,
      column: line.heading?.column ?? 1,
      message: `"${line.heading?.text ?? ""}" looks like a task, and its number cannot be read; it is not in the plan.`,
      hint: "Write `## Task 4.1: Title`; a letter may follow the number.",
    }));
}

const Paths = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === "string" ? [value] : value));
const DOCUMENT_KEYS = [
  "design",
  "designs",
  "architecture",
  "documents",
  "docs",
  "context",
  "spec",
  "specs",
] as const;
const Words = z.union([z.string(), z.number()]).transform(String);

const FRONT_MATTER_MAX = 20_000;

interface FrontMatter {
  /** The text with the front matter's lines left blank, so that line numbers stay. */
  readonly rest: string;
  readonly title: string | null;
  readonly documents: PlanText["documents"];
  readonly handoff: string | null;
  readonly findings: readonly PlanFinding[];
}

function readFrontMatter(file: string, text: string): FrontMatter {
  const match = /^---[ \t]*\r?\n([\s\S]*?\r?\n)??(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/u.exec(text);
  const nothing = { rest: text, title: null, documents: [], handoff: null, findings: [] };
  if (match === null) return nothing;
  const yaml = match[1] ?? "";
  const rest = match[0].replaceAll(/[^\r\n]/gu, "") + text.slice(match[0].length);
  const { value, defects } = parseYaml(file, yaml);
  // Read as front matter it would hide what stands between two rules: it stays text.
  if (defects.length > 0) return { ...nothing, findings: defects };
  const fields = z.record(z.string(), z.unknown()).safeParse(value);
  return fields.success ? { rest, findings: [], ...readFields(fields.data) } : nothing;
}

interface YamlRead {
  readonly value: unknown;
  readonly defects: readonly PlanFinding[];
}

function parseYaml(file: string, yaml: string): YamlRead {
  const hint = "Correct the YAML between the two lines of dashes; until then nothing in it counts.";
  const place = { code: "source/front-matter", severity: "warning", file, hint } as const;
  const refused = (why: string): YamlRead => ({
    value: null,
    defects: [{ ...place, line: 1, column: 1, message: `The front matter cannot be read: ${why}` }],
  });
  if (yaml.length > FRONT_MATTER_MAX)
    return refused(`it has more than ${FRONT_MATTER_MAX} characters.`);
  try {
    const document = parseDocument(yaml, { logLevel: "silent", uniqueKeys: false });
    const defects = document.errors.map((error) => ({
      ...place,
      line: (error.linePos?.[0].line ?? 1) + 1,
      column: error.linePos?.[0].col ?? 1,
      message: `The front matter cannot be read: ${error.message.split("\n", 1)[0] ?? ""}`,
    }));
    // Bounded: nested aliases can make a small text a huge value.
    return { value: document.toJS({ maxAliasCount: 50 }) as unknown, defects };
  } catch (error) {
    // Nested too deeply for the parser, or too many aliases.
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function readFields(
  fields: Readonly<Record<string, unknown>>,
): Pick<FrontMatter, "title" | "documents" | "handoff"> {
  const documents = DOCUMENT_KEYS.flatMap((key) =>
    (Paths.safeParse(fields[key]).data ?? []).map((path) => ({
      path: path.trim().replace(/^@/u, ""),
      key,
    })),
  ).filter((document) => document.path !== "");
  return {
    title: Words.safeParse(fields["title"] ?? fields["milestone"]).data ?? null,
    documents,
    handoff: z.string().min(1).safeParse(fields["handoff"]).data ?? null,
  };
}
