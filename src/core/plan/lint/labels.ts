import { scanMarkdown } from "../../shared/markdown-lines.ts";
import { readMinutes, readSize } from "../estimates-words.ts";
import type { Issue, PlanFinding } from "../issue.ts";
import { readPriority } from "../read-body.ts";

const PRIORITY_LABEL = /^prio(?:rity)?[\s:/_.-]+(\S.*)$|^(p\d{1,3})$/iu;
const SIZE_LABEL = /^(?:t-shirt[\s-]*)?(?:size|estimate)[\s:/_.-]+(\S.*)$/iu;
/** `Priority: …`, `**Priority:** …`, `- Priority: …`, `| Priority | … |`. */
const PRIORITY_FIELD =
  /^[\s>|*+-]{0,8}[*_]{0,2}priority[*_]{0,2}\s?[:|]\s?[*_]{0,2}\s?([^|*_\n]{1,60})/iu;
const NO_VALUE = /^(?:none|n\/?a|tbd|unknown|unset|no|[^\p{L}\p{N}]*)$/iu;
const NAMES_SHOWN = 5;
const LINE_MAX = 200;
const WORDS_MAX = 60;

interface Odd {
  readonly words: string;
  readonly issues: Issue[];
}

/** Labels and priority lines that look like something Cairn reads, and are not: each said once, with its issues. */
export function lintLabels(open: readonly Issue[]): readonly PlanFinding[] {
  const priorities = new Map<string, Odd>();
  const sizes = new Map<string, Odd>();
  const fields: PlanFinding[] = [];
  for (const issue of open) {
    for (const label of issue.labels) {
      if (isOddPriority(label)) note(priorities, label, issue);
      else if (isOddSize(label)) note(sizes, label, issue);
    }
    const field = issue.priority === null ? oddField(issue) : null;
    if (field !== null) fields.push(field);
  }
  return [
    ...[...priorities.values()].map(({ words, issues }) => ({
      ...labelled(issues, `The label \`${words}\` is no priority that Cairn reads`),
      code: "plan/unknown-priority",
      hint: PRIORITY_HINT,
    })),
    ...fields,
    ...[...sizes.values()].map(({ words, issues }) => ({
      ...labelled(issues, `The label \`${words}\` is no size that Cairn reads`),
      code: "plan/unknown-size",
      hint: "Sizes are XS, S, M, L, XL, XXL, or a time such as `estimate:2h`; without one the plan takes a default.",
    })),
  ];
}

const PRIORITY_HINT =
  "Priorities are P0, P1 and P2, or critical, high, medium and low; without one the issue comes after those that have one.";

function isOddPriority(label: string): boolean {
  const match = PRIORITY_LABEL.exec(label.slice(0, LINE_MAX));
  const value = match?.[1] ?? match?.[2];
  return value !== undefined && !NO_VALUE.test(value) && readPriority(label) === null;
}

function isOddSize(label: string): boolean {
  const value = SIZE_LABEL.exec(label.slice(0, LINE_MAX))?.[1];
  if (value === undefined || NO_VALUE.test(value)) return false;
  return readSize(value) === null && readMinutes(value) === null && !/^\d+$/u.test(value);
}

function note(known: Map<string, Odd>, label: string, issue: Issue): void {
  const odd = known.get(label.toLowerCase());
  if (odd === undefined) known.set(label.toLowerCase(), { words: clipped(label), issues: [issue] });
  else odd.issues.push(issue);
}

function labelled(
  issues: readonly Issue[],
  words: string,
): Omit<PlanFinding, "code" | "hint" | "severity"> & { readonly severity: "warning" } {
  const [first] = issues;
  const rest = issues.length - NAMES_SHOWN;
  const shown = issues.slice(0, NAMES_SHOWN).map(({ key }) => key);
  return {
    severity: "warning",
    ...(first === undefined ? {} : { key: first.key, ...first.place }),
    message: `${words} (on ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}).`,
  };
}

/** The first priority line of a text that says nothing known. */
function oddField(issue: Issue): PlanFinding | null {
  if (!/priority/iu.test(issue.body)) return null;
  for (const line of scanMarkdown(issue.body).lines) {
    const value = line.prose
      ? PRIORITY_FIELD.exec(line.text.slice(0, LINE_MAX))?.[1]?.trim()
      : null;
    if (value == null || NO_VALUE.test(value) || readPriority(value) !== null) continue;
    const { file, line: first } = issue.place;
    return {
      code: "plan/unknown-priority",
      severity: "warning",
      key: issue.key,
      ...(file === undefined ? {} : { file }),
      // In a file the text begins below its heading.
      line: file === undefined ? line.number : (first ?? 0) + line.number,
      message: `${issue.key} says "Priority: ${clipped(value)}", which is no priority that Cairn reads.`,
      hint: PRIORITY_HINT,
    };
  }
  return null;
}

function clipped(words: string): string {
  return words.length > WORDS_MAX ? `${words.slice(0, WORDS_MAX - 1)}…` : words;
}
