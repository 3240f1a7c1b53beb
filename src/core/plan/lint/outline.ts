import { scanMarkdown } from "../../shared/markdown-lines.ts";
import type { Issue } from "../issue.ts";

/** A section with points to tick off. */
export interface Checklist {
  readonly title: string;
  readonly points: number;
}

/** Work that an issue's text lists, section by section; criteria, references and reports of others left out. */
export interface Outline {
  /** Points to tick off, and numbered or plain points of a section that is called steps, tasks or plan. */
  readonly steps: number;
  readonly checklists: readonly Checklist[];
}

const NOTHING: Outline = { steps: 0, checklists: [] };
/** Fewer points than this make neither a long list nor two lists. */
const POINTS_MIN = 6;
const TEXT_MAX = 200_000;
const POINTS = /^ {0,3}(?:[-*+]|\d{1,3}[.)])[ \t]/gmu;
const STEPS_WORD =
  /\b(?:steps|tasks|sub-?tasks|to-?do|plan|checklist|implementation|schritte|aufgaben)\b/iu;
/** Lists in these say what is to be checked, known or waited for, not what is to be done. */
const NO_WORK =
  /accept|criteri|done|success|test|verif|quality|review|reproduc|repro\b|expected|actual|environment|version|depend|block|prerequisite|relat|refer|link|see also|context|background|note|question|out of scope|non-goal|document|release|before (?:you|submit)|code of conduct|impact|affected|files/iu;
const POINT = /^\s{0,3}(?:[-*+]|\d{1,3}[.)])\s+(\[ \]\s+)?(\S.*)$/u;
/** A box that is ticked is work no more. */
const TICKED = /^\[[xX]\]\s/u;
/** `#12`, an address, `owner/repo#12`: the point is another issue. */
const REFERENCE = /^[*_`~]*(?:#\d|GH-\d|https?:\/\/|[\w.-]+\/[\w.-]+#\d|\[#\d)/iu;
/** `Acceptance criteria:`, `**Notes**`: a line that begins a list as a heading does. */
const TITLE_LINE =
  /^\s{0,3}(?:\*\*|__)?([\p{L}][\p{L} /-]{1,40}?)(?::(?:\*\*|__)?|(?:\*\*|__):?)\s*$/u;
const LINE_MAX = 500;

/** Reads the lists of an issue. Texts without a long list, that is nearly all, are only glanced at. */
export function outlineOf(issue: Issue): Outline {
  const body = issue.body.slice(0, TEXT_MAX);
  if (!mayListWork(body, issue.acceptanceCriteria.length)) return NOTHING;
  const sections: Section[] = [];
  let section: Section | null = sectionOf(issue.title);
  for (const line of scanMarkdown(body).lines) {
    const title = line.heading?.text ?? (line.prose ? TITLE_LINE.exec(line.text)?.[1] : undefined);
    if (title !== undefined) section = sectionOf(title);
    else if (section !== null && line.prose) countPoint(section, line.text);
    if (section !== null && section.points > 0 && sections.at(-1) !== section)
      sections.push(section);
  }
  const checklists = sections.map(({ title, isSteps, boxes, points }) => ({
    title,
    points: isSteps ? points : boxes,
  }));
  return {
    steps: checklists.reduce((sum, { points }) => sum + points, 0),
    checklists: checklists.filter(({ points }) => points > 1),
  };
}

interface Section {
  readonly title: string;
  /** All its points are steps, not only those to tick off. */
  readonly isSteps: boolean;
  boxes: number;
  points: number;
}

/** Null where its points are no work. */
function sectionOf(heading: string): Section | null {
  const title = heading.replace(/[:*_]+$/u, "");
  if (NO_WORK.test(title)) return null;
  return { title, isSteps: STEPS_WORD.test(title), boxes: 0, points: 0 };
}

function countPoint(section: Section, line: string): void {
  const point = POINT.exec(line.slice(0, LINE_MAX));
  const words = point?.[2];
  if (words === undefined || REFERENCE.test(words) || TICKED.test(words)) return;
  section.points += 1;
  if (point?.[1] !== undefined) section.boxes += 1;
}

function mayListWork(body: string, criteria: number): boolean {
  return body.length > POINTS_MIN * 4 && (body.match(POINTS)?.length ?? 0) - criteria >= POINTS_MIN;
}
