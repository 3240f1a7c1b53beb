import { scanMarkdown } from "../shared/markdown-lines.ts";
import {
  MAY_DECLARE,
  MAY_RELATE,
  MAY_STATE,
  NAMES_ISSUE,
  readSectionHeading,
} from "./dependency-words.ts";
import { leadingReferences } from "./references.ts";

/** A piece of a text that can be parsed alone. */
export interface Passage {
  readonly words: string;
  /** Lines of the text before it. */
  readonly before: number;
}

/** False for a text that cannot declare anything: a cheap test before anything is cut or parsed. */
function mayDeclare(words: string): boolean {
  return MAY_DECLARE.test(words) || (NAMES_ISSUE.test(words) && MAY_RELATE.test(words));
}

function isWorthParsing({
  lines,
  section,
}: {
  readonly lines: readonly string[];
  readonly section: boolean;
}): boolean {
  const words = lines.join("\n");
  if (section) return true;
  if (NAMES_ISSUE.test(words)) return MAY_DECLARE.test(words) || MAY_RELATE.test(words);
  return MAY_STATE.test(words);
}

/**
 * Cuts a body into passages that can be parsed alone, because only few of them declare anything and the tree is the
 * expensive part: a section about dependencies or about another issue, or a paragraph with the list that belongs to
 * it. Passages that can declare nothing are left out.
 */
export function passagesOf(text: string): readonly Passage[] {
  if (!mayDeclare(text)) return [];
  const passages: { lines: string[]; before: number; section: boolean }[] = [];
  let section = 0;
  let afterBlank = true;
  let afterColon = false;
  let fenced = false;
  for (const { text: line, number, prose, heading } of scanMarkdown(text).lines) {
    const blank = prose && line.trim() === "";
    const inside = heading !== null && section > 0 && heading.level > section;
    if (heading !== null && !inside) section = isSection(heading.text) ? heading.level : 0;
    const belongs =
      section > 0 || !afterBlank || blank || afterColon || /^(?:[ \t]|[-*+>]|\d+[.)])/u.test(line);
    if (passages.length === 0 || (heading !== null && !inside) || !belongs)
      passages.push({ lines: [], before: number - 1, section: section > 0 });
    if (prose || /^ {0,3}<!--/u.test(line)) fenced = false;
    else fenced ||= /^ {0,3}(?:`{3}|~{3})/u.test(line);
    // Code in a section that lists blockers is like a quote there: read as nothing, but not overlooked.
    const named = !prose && fenced && section > 0 && leadingReferences(line).length > 0;
    passages.at(-1)?.lines.push(prose ? line : named ? `> ${line.trim()}` : "");
    // A fence interrupts a paragraph as a blank line does.
    afterBlank = blank || !prose || (heading !== null && section === 0);
    // A bold key alone on its line is like one with a colon.
    if (!blank) afterColon = prose && /[:：]\**\s*$|^\s{0,3}\*\*[^*]{1,60}\*\*\s*$/u.test(line);
  }
  return passages
    .filter(isWorthParsing)
    .map(({ lines, before }) => ({ words: lines.join("\n"), before }));
}

function isSection(heading: string): boolean {
  return readSectionHeading(heading) !== null || leadingReferences(heading).length > 0;
}
