import type { Issue, PlanFinding } from "../../../core/plan/issue.ts";
import { parseUnknownTypes } from "../../../core/plan/read-body.ts";
import { asMinutes, parseSteps } from "../../../core/plan/read-body-steps.ts";
import { scanMarkdown } from "../../../core/shared/markdown-lines.ts";
import { namedDocuments, readFrontMatter, wordsOf } from "../front-matter.ts";
import type { FrontMatter, NamedDocument } from "../front-matter.ts";
import { isPlainBranch, planBranch } from "./plan-branch.ts";
import { plainText, planLines } from "./task-headings.ts";
import type { PlanLine } from "./task-headings.ts";

/** What a markdown plan says, before the handoff and the linked documents are looked at. */
export interface PlanText {
  readonly title: string | null;
  readonly issues: readonly Issue[];
  readonly documents: readonly NamedDocument[];
  readonly handoff: string | null;
  /** Name that the plan gives the integration branch. */
  readonly branch: string | null;
  readonly findings: readonly PlanFinding[];
  /** Lines for the message when there is no task at all. */
  readonly lines: readonly PlanLine[];
}

/** Reads a plan text. Never throws: defects are findings with their line. */
export function readPlanText(file: string, text: string): PlanText {
  const front = readFrontMatter(file, text);
  const { lines: scanned, openedAt } = scanMarkdown(front.rest);
  const lines = planLines(scanned);
  const { sections, outside } = cutIntoTasks(lines);
  const firstTitle = lines.find((line) => line.heading?.level === 1 && line.task === null);
  const issues = sections.map((section, index) => toIssue(file, section, sections[index - 1]));
  return {
    title:
      wordsOf(front.fields["title"] ?? front.fields["milestone"]) ??
      (firstTitle === undefined ? null : plainText(firstTitle.heading?.text ?? "")),
    issues,
    documents: namedDocuments(front),
    handoff: wordsOf(front.fields["handoff"]),
    branch: branchOf(front) ?? planBranch(outside),
    findings: [
      ...front.findings,
      ...openFence(file, openedAt),
      ...almostTasks(file, lines),
      ...issues.flatMap((issue) => unknownTypes(file, issue)),
    ],
    lines,
  };
}

function branchOf(front: FrontMatter): string | null {
  const { fields } = front;
  const name = wordsOf(
    fields["integration_branch"] ?? fields["milestone_branch"] ?? fields["branch"],
  );
  return name !== null && isPlainBranch(name) ? name : null;
}

interface Section {
  readonly key: string;
  readonly title: string;
  readonly phase: string | null;
  readonly line: number;
  readonly column: number;
  readonly level: number;
  readonly body: string[];
}

interface Pieces {
  readonly sections: readonly Section[];
  /** Lines that belong to no task. */
  readonly outside: readonly PlanLine[];
}

function cutIntoTasks(lines: readonly PlanLine[]): Pieces {
  const sections: Section[] = [];
  const outside: PlanLine[] = [];
  let open: Section | null = null;
  let phase: { readonly name: string; readonly level: number } | null = null;
  for (const line of lines) {
    if (line.heading !== null && line.task !== null) {
      const { level, column } = line.heading;
      open = {
        ...line.task,
        phase: phase?.name ?? null,
        line: line.number,
        column,
        level,
        body: [],
      };
      sections.push(open);
      continue;
    }
    if (line.heading !== null) {
      const { level } = line.heading;
      // A heading of the same rank that is no task ends the task: a summary, the next phase.
      if (open !== null && level <= open.level) open = null;
      if (open === null && line.phase !== null) phase = { name: line.phase, level };
      else if (open === null && phase !== null && level <= phase.level) phase = null;
    }
    if (open === null) outside.push(line);
    else open.body.push(line.text);
  }
  return { sections, outside };
}

function toIssue(file: string, section: Section, before: Section | undefined): Issue {
  const { key, title, phase, line, column } = section;
  const body = withoutRule(section.body.join("\n").trimEnd());
  const steps = parseSteps(body, { file, firstLine: line + 1, words: ["step"] });
  const minutes = asMinutes(steps);
  return {
    key,
    number: key,
    title,
    body,
    state: "open",
    closedAs: null,
    labels: [],
    priority: null,
    type: "CODING",
    url: null,
    files: [...new Set(steps.flatMap((step) => step.files))],
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
    ...(steps.length === 0 ? {} : { steps }),
    ...(phase === null ? {} : { phase }),
    ...(minutes === undefined ? {} : { minutes }),
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

function almostTasks(file: string, lines: readonly PlanLine[]): readonly PlanFinding[] {
  return lines.flatMap(({ heading, task, number }) =>
    heading === null || task !== null || !/^[^\p{L}\p{N}]*task\s+\S*\d/iu.test(heading.text)
      ? []
      : [
          {
            code: "source/task-heading",
            severity: "warning",
            file,
            line: number,
            column: heading.column,
            message: `"${heading.text}" looks like a task, and its number cannot be read; it is not in the plan.`,
            hint: "Write `## Task 4.1: Title`; a letter may follow the number.",
          } satisfies PlanFinding,
        ],
  );
}

function unknownTypes(file: string, issue: Issue): readonly PlanFinding[] {
  return parseUnknownTypes(issue.body).map(({ words, line }) => ({
    code: "source/unknown-type",
    severity: "warning",
    key: issue.key,
    file,
    line: (issue.place.line ?? 0) + line,
    column: 1,
    message: `"${words}" is no type that Cairn knows; Task ${issue.key} is taken for what its other words say.`,
    hint: "Write CODING, VALIDATION, RESEARCH or MIXED.",
  }));
}
