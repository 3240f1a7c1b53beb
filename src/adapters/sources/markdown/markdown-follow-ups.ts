import { parseFollowUpOf } from "../../../core/plan/follow-up-line.ts";
import type { NamedFollowUp } from "../../../core/run/follow-ups.ts";
import type { TaskKey } from "../../../core/shared/names.ts";
import type { FollowUpFiles } from "../../../ports/source.ts";
import { nextLetterKey } from "../next-letter.ts";
import { readPlanText } from "./plan-text.ts";
import type { PlanText } from "./plan-text.ts";
import type { PlanLine } from "./task-headings.ts";

/** Writes follow-ups into a markdown plan: `## Task 4.1b: …` right behind the task whose rest it is. */
export function markdownFollowUps(reference: string): FollowUpFiles {
  return {
    nameFor: (of, taken) => {
      const key = nextLetterKey(of, taken);
      // What the plan calls a task is all that it can be called.
      return key === null || !/^\d[\d.]*[a-z]$/u.test(key) ? null : { key, number: key, url: null };
    },
    edits: (followUp) => [
      { path: reference, edit: (text) => (text === null ? null : withTask(text, followUp)) },
    ],
  };
}

function withTask(text: string, followUp: NamedFollowUp): string | null {
  const plan = readPlanText("", text);
  const there = plan.issues.find(({ key }) => key === followUp.key);
  if (there !== undefined) return parseFollowUpOf(there.body) === followUp.of ? text : null;
  const section = sectionOf(plan.lines, followUp.of);
  if (section === null) return null;
  const pieces = text.split(/(\r\n|\n|\r)/u);
  const at = 2 * section.end;
  const end = /\r\n|\n|\r/u.exec(text)?.[0] ?? "\n";
  const before = pieces.slice(0, at).join("");
  const after = pieces.slice(at).join("");
  const block = blockFor(section, followUp, plan).join(end);
  const gap = before.endsWith(`${end}${end}`) ? "" : before.endsWith(end) ? end : end + end;
  const added = `${before}${gap}${block}${end}${after === "" ? "" : end}${after}`;
  return isOnlyAdded(plan, readPlanText("", added), followUp) ? added : null;
}

interface Section {
  readonly heading: string;
  readonly level: number;
  /** Number of lines of the text up to the end of the section. */
  readonly end: number;
  /** The plan draws a line below it. */
  readonly hasRule: boolean;
}

function sectionOf(lines: readonly PlanLine[], of: TaskKey): Section | null {
  const start = lines.findIndex(({ task }) => task?.key === of.toLowerCase());
  const line = lines[start];
  if (line === undefined || line.heading === null) return null;
  const { level, text } = line.heading;
  const next = lines.findIndex(
    ({ heading, task }, index) =>
      index > start && heading !== null && (task !== null || heading.level <= level),
  );
  const stop = next < 0 ? lines.length : next;
  const words = lines.slice(start, stop).findLast((one) => one.text.trim() !== "");
  return {
    heading: text,
    level,
    end: next < 0 ? lines.length : (lines[next]?.number ?? 1) - 1,
    hasRule:
      words !== undefined &&
      words !== line &&
      /^ {0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/u.test(words.text),
  };
}

function blockFor(
  { heading, level, hasRule }: Section,
  followUp: NamedFollowUp,
  plan: PlanText,
): readonly string[] {
  const known = new Set(plan.issues.map(({ key }) => key));
  const dependents = followUp.dependents.filter((key) => known.has(key.toLowerCase()));
  return [
    `${"#".repeat(level)} ${headingFor(heading, followUp)}`,
    "",
    ...followUp.body.split("\n"),
    "",
    `Depends on: ${followUp.of}`,
    ...(dependents.length === 0 ? [] : ["", `Blocks: ${dependents.join(", ")}`]),
    ...(hasRule ? ["", "---"] : []),
  ];
}

/** As the original's heading is written (`Task 4.1: …`, `4.1 …`), so that both are read in the same way. */
function headingFor(heading: string, { key, of, title }: NamedFollowUp): string {
  const plain = heading.replaceAll(/\*\*|__|~~|`/gu, "").replace(/\[x\]/iu, "[ ]");
  const at = plain.toLowerCase().indexOf(of.toLowerCase());
  if (at < 0) return `Task ${key}: ${title}`;
  const joint = /^\s*[:.)|·–—-]+\s*/u.exec(plain.slice(at + of.length))?.[0] ?? ": ";
  const before = plain.slice(0, at).replace(/[✅✔☑]\uFE0F?\s*/gu, "");
  return `${before}${key}${joint}${title}`;
}

/** The plan reads as before, with one task more at its place: what could be read otherwise is not written at all. */
function isOnlyAdded(before: PlanText, after: PlanText, followUp: NamedFollowUp): boolean {
  const at = before.issues.findIndex(({ key }) => key === followUp.of.toLowerCase()) + 1;
  const added = after.issues[at];
  const others = after.issues.toSpliced(at, 1);
  return (
    added?.key === followUp.key &&
    parseFollowUpOf(added.body) === followUp.of &&
    others.length === before.issues.length &&
    others.every((issue, index) => {
      const was = before.issues[index];
      return was?.key === issue.key && was.title === issue.title && was.body === issue.body;
    })
  );
}
