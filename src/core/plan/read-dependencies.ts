import { TextReading } from "./read-lines.ts";
import { plainLines, treeLines } from "./logical-lines.ts";
import type { LogicalLine } from "./logical-lines.ts";
import type { Declaration } from "./issue.ts";
import { Gathering } from "./read-gathering.ts";
import type { TextPlace } from "./read-gathering.ts";
import { passagesOf } from "./read-passages.ts";
import type { Passage } from "./read-passages.ts";

export interface DependenciesRead {
  readonly declarations: readonly Declaration[];
  /** The text says anything about dependencies of its issue, even `none`. */
  readonly statesDependencies: boolean;
  /** The text says what the issue itself waits for, even `none`; this replaces an order given by the plan. */
  readonly statesBlockers: boolean;
  /** Reference of the issue that this one is a part of: `Parent: #10`, `Part of #10`. */
  readonly parent: string | null;
}

/** One passage that is longer than this is cut, and says so by a declaration that cannot be resolved. */
const PASSAGE_MAX = 40_000;
/** Lines of a passage that needs a tree: its parser looks at all lines of a paragraph again for each lazy one. */
const TREE_LINES_MAX = 1_500;
const TOO_LONG = "(passage too long to be read to its end)";

/**
 * Reads what an issue's text says about dependencies: keyed lines (`Depends on: #12, #13`), sections
 * (`## Blocked by`), tables with a column of blockers, chains (`#1 → #2`) and plain sentences (`#5 should land
 * before #6`), also those about other issues. Code, struck-through text and quotes of other people say nothing; a
 * quote counts where its key is bold (`> **Depends on:** #12`, a common call-out). Never throws, on any text.
 */
export function readDependencies(
  text: string,
  place: TextPlace = { firstLine: 1 },
): DependenciesRead {
  const gathering = new Gathering(place);
  const passages = passagesOf(text);
  new TextReading(gathering).read(linesOf(passages));
  for (const { words, before } of passages) {
    if (!isCut(words)) continue;
    gathering.say(
      { meaning: "blocked-by", target: TOO_LONG, subject: "self", resolved: false },
      { line: before + 1, words: TOO_LONG },
    );
  }
  const { declarations, statesDependencies, statesBlockers, parent } = gathering;
  return { declarations, statesDependencies, statesBlockers, parent };
}

function isCut(words: string): boolean {
  if (words.length > PASSAGE_MAX) return true;
  return words.split("\n").length > TREE_LINES_MAX && plainLines(words) === null;
}

/** Lines of all passages in their order; those that need a syntax tree share one, because each costs anew. */
function linesOf(passages: readonly Passage[]): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let markdown = "";
  let [from, written] = [0, 0];
  const parse = (): void => {
    if (markdown === "") return;
    const shift = from;
    const ahead = lines.length * PASSAGE_MAX * 2;
    for (const line of treeLines(markdown))
      lines.push(moved({ ...line, block: ahead + line.block }, shift));
    markdown = "";
  };
  for (const { words, before } of passages) {
    const whole = words.slice(0, PASSAGE_MAX);
    const plain = plainLines(whole);
    if (plain !== null) {
      // Paragraphs without a tree are told apart by their line, those of a tree by their offset.
      lines.push(
        ...plain.map((line) => moved({ ...line, block: -1 - before - line.block }, before)),
      );
      continue;
    }
    const part = withoutTags(withoutExcess(whole.split("\n", TREE_LINES_MAX).join("\n")));
    if (markdown.length + part.length > PASSAGE_MAX) parse();
    if (markdown === "") from = written = before;
    // A passage begins flush left and with no list: it goes on with nothing that stands before it.
    markdown += "\n".repeat(before - written) + part;
    written = before + part.split("\n").length - 1;
  }
  parse();
  return lines.toSorted((a, b) => a.line - b.line);
}

/** A line of a passage as a line of the whole text. */
function moved(line: LogicalLine, before: number): LogicalLine {
  if (before === 0) return line;
  const table = line.table?.map((row) => ({ ...row, line: row.line + before }));
  return { ...line, line: line.line + before, ...(table === undefined ? {} : { table }) };
}

const BLOCK = "(?:details|summary|div|p|ul|ol|li)";
const OPENING = new RegExp(
  String.raw`^( {0,3}(?:[-*+] )?)((?:</?${BLOCK}(?:\s[^<>]{0,200})?>\s*)+)`,
  "iu",
);
const CLOSING = new RegExp(String.raw`(?:</${BLOCK}>\s*)+$`, "iu");

/**
 * Words struck through by a tag are withdrawn as those between `~~` are; tags around whole lines are taken away, so
 * that what stands between them is read.
 */
function withoutTags(words: string): string {
  if (!words.includes("<")) return words;
  const standing = words.replaceAll(/<(del|s|strike)>[^<\n]{0,500}<\/\1>/giu, "");
  if (/<blockquote/iu.test(standing)) return standing;
  return standing
    .split("\n")
    .map((line) => {
      const tags = OPENING.exec(line)?.[2];
      if (tags === undefined) return line;
      const point = /<li/iu.test(tags) ? "- " : "";
      const inner = line.replace(OPENING, `$1${point}`).trimEnd().replace(CLOSING, "");
      return inner.replaceAll(/<\/li>\s*<li>/giu, ", ").trimEnd();
    })
    .join("\n");
}

/** The parser's time grows with the square of marks that never pair; no text of a person has as many. */
const MARKS_MAX = 2_000;

function withoutExcess(words: string): string {
  const marks = words.match(/[*_~<[\]]/gu)?.length ?? 0;
  return marks <= MARKS_MAX ? words : words.replaceAll(/[*_~<[\]]/gu, " ");
}
