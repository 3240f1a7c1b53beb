import type { ConflictedText } from "../conflicts/facts.ts";
import { compactJson, parseJsonTree } from "./json-tree.ts";

/**
 * What a language's white space at the ends of lines, and its empty lines, must not stand in for it to mean nothing.
 * Languages that are not named (python, yaml, make, markdown, shell, html, jsx, …) are left alone: there it has a
 * meaning, or a string may span lines without a sign that a pattern could find.
 */
const LANGUAGES: readonly { readonly paths: RegExp; readonly spans: RegExp }[] = [
  // A template spans lines; so do a string and a line of code that end in a backslash; markup has texts of its own.
  { paths: /\.(?:[cm]?ts|[cm]?js)$/u, spans: /`|\\\r?$|<\/|\/>/mu },
  // What stands above `import "C"` is C only without an empty line between; a build tag wants one below it.
  { paths: /\.go$/u, spans: /`|"C"|^\/\/ ?(?:\+build|go:)/mu },
  { paths: /\.java$/u, spans: /"""/u },
  // Raw strings, and whatever a backslash carries on to the next line.
  { paths: /\.(?:c|h|cc|cpp|cxx|hh|hpp)$/u, spans: /R"|\\[ \t\r]*$|\?\?\//mu },
  { paths: /\.css$/u, spans: /\\\r?$/mu },
];

/**
 * Settles a file where one side changed nothing but white space: the other side's version is the result, and where both
 * sides come to the same but for white space, ours. Proven for JSON, white space within strings counting as text; and
 * for languages in which indentation, ends of lines and empty lines mean nothing, white space within a line counting
 * as text, as long as no side has anything that carries a string over a line's end. Null where it is not proven.
 */
export function settleWhitespace({ path, base, ours, theirs }: ConflictedText): string | null {
  const [was, mine, other] = [base, ours, theirs].map((text) => plain(path, text));
  if (mine === undefined || other === undefined || mine === null || other === null) return null;
  if (mine === other) return ours;
  if (was === undefined || was === null) return null;
  if (mine === was) return theirs;
  return other === was ? ours : null;
}

/** The text without the white space that means nothing; null where none of it can be told from what does. */
function plain(path: string, text: string | null): string | null {
  if (text === null) return null;
  if (path.endsWith(".json")) {
    const tree = parseJsonTree(text);
    return tree === null ? null : compactJson(tree, text);
  }
  const language = LANGUAGES.find(({ paths }) => paths.test(path));
  if (language === undefined || language.spans.test(text)) return null;
  const lines = text.split("\n").map((line) => line.replaceAll(/^[ \t\r]+|[ \t\r]+$/gu, ""));
  return lines.filter((line) => line !== "").join("\n");
}
