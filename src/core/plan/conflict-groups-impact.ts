import { scanMarkdown, squeezeBlanks } from "../shared/markdown-lines.ts";
import { pathsIn } from "./read-body-paths.ts";

const WORDS = "impact(?:ed)?|affect(?:s|ed)|touch(?:es|ed)";
const THINGS = "files?|paths?|areas?|modules?|components?|code|surfaces?|places?";
const SECTION = new RegExp(
  `^(?:(?:${WORDS})(?: (?:${THINGS}|analysis|assessment))?|(?:${THINGS}) (?:impacted|affected|touched)|blast radius)$`,
  "iu",
);
const FIELD =
  /^\s*(?:>\s*)?(?:[-*+]\s+)?[*_]{0,2}([A-Za-z][A-Za-z ]{2,30}?)[*_]{0,2}\s*:[*_]{0,2}\s*(.*)$/u;
const ITEM = /^\s*(?:[-*+]|\d{1,4}[.)]|\|)\s*(.+)$/u;
/** Nearly every text has none of the words: those are not looked at line by line. */
const HINT = /\b(?:impact|affect|touch|blast radius)/iu;
const LINE_MAX = 2000;

/**
 * Paths under `## Impact`, `## Affected files`, `Touches:` and the like: what an issue expects to be drawn in, beside
 * the files it is about. Only what is written as a path counts. Linear, never throws.
 */
export function readImpact(body: string): readonly string[] {
  if (!HINT.test(body)) return [];
  const paths = new Set<string>();
  let inside: "section" | "list" | null = null;
  for (const line of scanMarkdown(body).lines) {
    if (!line.prose) continue;
    if (line.heading !== null) {
      inside = isSection(line.heading.text) ? "section" : null;
      continue;
    }
    const text = squeezeBlanks(line.text.slice(0, LINE_MAX));
    const field = FIELD.exec(text);
    if (field !== null && isSection(field[1] ?? "")) {
      add(paths, field[2] ?? "");
      inside ??= "list";
      continue;
    }
    if (inside === null || text.trim() === "") continue;
    const item = ITEM.exec(text)?.[1];
    if (item !== undefined) add(paths, item);
    // A list that a field began ends with the first line that is no point of it.
    else if (inside === "list") inside = null;
  }
  return [...paths];
}

function isSection(words: string): boolean {
  return SECTION.test(words.replace(/^[\d.\s]+|[\s:*_]+$/gu, ""));
}

/** In a sentence about impact many a word has a dot in it: a path has a slash, or stands in backticks. */
function add(paths: Set<string>, words: string): void {
  const quoted = words.includes("`");
  for (const path of pathsIn(words.replaceAll("|", ",")))
    if (quoted || path.includes("/") || /^[\w.-]+\.[a-z]{1,5}$/iu.test(path)) paths.add(path);
}
