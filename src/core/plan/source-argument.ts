import { UserError } from "../../errors.ts";

/** What the words after `run` or `plan` name. */
export type SourceArgument =
  /** A file or folder, as typed but without `@`; `#tag` may follow a JSON file. */
  | { readonly kind: "path"; readonly path: string }
  /** A milestone folder, normalised: `m5`, `m4.1`. */
  | { readonly kind: "folder"; readonly name: string }
  /** Issues of the forge in the order typed, each once; `name` is for branches and the same in any order. */
  | { readonly kind: "issues"; readonly numbers: readonly string[]; readonly name: string }
  /** `--dispatch 3`: the dispatch plan of milestone 3, where the configuration says. */
  | { readonly kind: "dispatch"; readonly number: string }
  /** A milestone of the forge, by its title. */
  | { readonly kind: "milestone"; readonly title: string };

/** What only the file system can tell about a word. */
export interface SourceFacts {
  /** There is a file or folder of that name. */
  readonly exists: (word: string) => boolean;
  /** There is a milestone folder of that name (`m5`): then a lone `5` means it, and not issue 5. */
  readonly hasFolder: (name: string) => boolean;
}

const NUMBER = /^#?\d{1,9}$/u;
const FOLDER = /^m(\d{1,6}(?:\.\d{1,6}){0,4})$/iu;
const PLAN_FILE = /\.(?:md|markdown|mdown|ya?ml|jsonl?)(?:#[^/\\]*)?$/iu;
const TITLE_MAX = 500;

/**
 * Reads what a person wrote after `run` or `plan`: numbers of issues, a milestone folder, a file, `--dispatch N`,
 * or the title of a milestone.
 * @throws UserError `cli/usage`, `source/mixed`, `source/several`, `source/bad-number`.
 */
export function readSourceArgument(words: readonly string[], facts: SourceFacts): SourceArgument {
  const written = words.map((word) => word.trim()).filter((word) => word !== "");
  const [first, ...others] = written;
  if (first === undefined) throw nothingNamed();
  if (first === "--dispatch") return readDispatch(others);
  if (first.startsWith("@") && others.length === 0) return path(first.slice(1));
  const numbers = readNumbers(written);
  if (numbers !== null) return issuesOrFolder(numbers, written, facts);
  return others.length === 0 ? readWord(first, facts) : readWords(written, facts);
}

function readDispatch(words: readonly string[]): SourceArgument {
  // `m3` and `3` are the same milestone.
  const number = words[0]?.replace(/^m(?=\d)/iu, "");
  if (number === undefined || words.length > 1 || !/^\d{1,6}(?:\.\d{1,6}){0,4}$/u.test(number)) {
    throw new UserError("cli/usage", "`--dispatch` takes the number of one milestone.", {
      hints: ["cairn run --dispatch 3"],
    });
  }
  return { kind: "dispatch", number };
}

/** All numbers, commas or blanks between them; null when there is anything else. */
function readNumbers(words: readonly string[]): readonly string[] | null {
  const pieces = words.flatMap(piecesOf);
  return pieces.length > 0 && pieces.every((piece) => NUMBER.test(piece)) ? pieces : null;
}

function piecesOf(word: string): readonly string[] {
  return word.split(/[\s,]/u).filter((piece) => piece !== "");
}

function issuesOrFolder(
  pieces: readonly string[],
  words: readonly string[],
  facts: SourceFacts,
): SourceArgument {
  const [lone] = words;
  if (words.length === 1 && lone !== undefined && /^\d+$/u.test(lone)) {
    const name = `m${Number(lone)}`;
    if (facts.hasFolder(name)) return { kind: "folder", name };
  }
  const numbers = [...new Set(pieces.map((piece) => String(Number(piece.replace("#", "")))))];
  if (numbers.includes("0")) {
    throw new UserError("source/bad-number", "There is no issue 0; numbers begin at 1.", {
      hints: ["Name the issues: cairn run 153 154"],
    });
  }
  return { kind: "issues", numbers, name: nameOf(numbers) };
}

/** `issues-153-154`; above four numbers the first, the last and the count. */
function nameOf(numbers: readonly string[]): string {
  const sorted = numbers.toSorted((a, b) => Number(a) - Number(b));
  if (sorted.length <= 4) return `issues-${sorted.join("-")}`;
  return `issues-${sorted[0]}-to-${sorted.at(-1)}-of-${sorted.length}`;
}

function readWord(word: string, facts: SourceFacts): SourceArgument {
  if (facts.exists(word)) return path(word);
  const folder = FOLDER.exec(word)?.[1];
  if (folder !== undefined) return { kind: "folder", name: folderName(folder) };
  if (PLAN_FILE.test(word) || /^(?:\.{1,2}|~)?[/\\]/u.test(word)) return path(word);
  // `153,title` is one word with both; a title with blanks may hold any number.
  if (!/\s/u.test(word) && piecesOf(word).length > 1 && piecesOf(word).some(isNumber))
    throw mixed();
  return milestone(word);
}

function readWords(words: readonly string[], facts: SourceFacts): SourceArgument {
  const areFolders = words.every((word) => FOLDER.test(word));
  const isNamed = (word: string): boolean => {
    // `M4 workers` may be a title; where there is such a folder it is that.
    const folder = FOLDER.exec(word)?.[1];
    const isFolder = folder !== undefined && (areFolders || facts.hasFolder(folderName(folder)));
    return word.startsWith("@") || isFolder || PLAN_FILE.test(word) || facts.exists(word);
  };
  const named = words.filter(isNamed);
  if (named.length > 0) throw several(words, named);
  if (words.some((word) => piecesOf(word).some(isNumber))) throw mixed();
  return milestone(words.join(" "));
}

function isNumber(word: string): boolean {
  return NUMBER.test(word);
}

function folderName(numbers: string): string {
  return `m${numbers.split(".").map(Number).join(".")}`;
}

function path(word: string): SourceArgument {
  if (word === "") throw nothingNamed();
  return { kind: "path", path: word };
}

function milestone(title: string): SourceArgument {
  return { kind: "milestone", title: title.slice(0, TITLE_MAX) };
}

function nothingNamed(): UserError {
  return new UserError("cli/usage", "Nothing to work on was named.", {
    hints: [
      "Name a plan: cairn run @docs/plan.md, cairn run m5, cairn run plan.yaml, cairn run issues.json",
      "Or issues: cairn run 153 154",
    ],
  });
}

function mixed(): UserError {
  return new UserError("source/mixed", "Cannot mix issue numbers and a milestone title.", {
    hints: ['Name issues: cairn run 153 154. Put a title in quotes: cairn run "Phase 1"'],
  });
}

function several(words: readonly string[], named: readonly string[]): UserError {
  const shown = named.slice(0, 3).map((word) => `\`${word.slice(0, 80)}\``);
  const other = words.find((word) => !named.includes(word));
  const what =
    other === undefined
      ? `${shown.join(" and ")} are sources of their own`
      : `${shown[0]} is a source of its own, and \`${other.slice(0, 80)}\` stands beside it`;
  return new UserError("source/several", `One source at a time: ${what}.`, {
    hints: ["Run them one after another."],
  });
}

/**
 * Says that issues and milestones of a forge cannot be read where the repository is on none. `near` is the plan file or
 * folder whose name comes nearest, if there is one.
 */
export function needsGithub(
  argument: Extract<SourceArgument, { readonly kind: "issues" | "milestone" }>,
  near: string | null,
): UserError {
  const what =
    argument.kind === "milestone"
      ? `\`${argument.title.slice(0, 80)}\` is no file or folder here, so it would be a milestone on GitHub`
      : `${argument.numbers
          .slice(0, 5)
          .map((number) => `#${number}`)
          .join(", ")} would be ${argument.numbers.length === 1 ? "an issue" : "issues"} on GitHub`;
  return new UserError(
    "source/needs-github",
    `${what}; this repository has no remote there, or works with \`forge: {kind: local}\`.`,
    {
      hints: [
        ...(near === null ? [] : [`Did you mean ${near}?`]),
        "Work in a clone of it, or name the remote: forge: {remote: upstream} in .cairn.yml",
        "Or name a plan: cairn run @docs/plan.md",
      ],
    },
  );
}
