import { lines, numbered, oneFile, type ConflictCase } from "./case.ts";

const CODE = lines("export function total(items) {", "  return items.length;", "}");

function manyFiles(count: number, text: (side: string) => string): ConflictCase["base"] {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`f${at + 1}.txt`, text(`${at + 1}`)]),
  );
}

function everyFifth(count: number, word: string): string {
  const changed = Array.from({ length: count }, (_, at) => [at * 5 + 3, `${word} ${at}`] as const);
  return numbered(count * 5, Object.fromEntries(changed));
}

const block = (word: string, count: number): string =>
  lines("top", ...Array.from({ length: count }, (_, at) => `${word} ${at}`), "end");

/** Texts that nobody but a reader can join: within the limits, and beyond them. */
export const TEXTS: readonly ConflictCase[] = [
  {
    name: "one line of code is changed by both",
    ...oneFile("total.ts", {
      base: CODE,
      ours: CODE.replace("items.length", "items.length + 1"),
      theirs: CODE.replace("items.length", "items.size"),
    }),
    class: "medium",
    kinds: { "total.ts": "contents" },
  },
  {
    name: "both put a function at the same place: a union of code is a guess",
    ...oneFile("total.ts", {
      base: CODE,
      ours: `${CODE}export const ours = 1;\n`,
      theirs: `${CODE}export const theirs = 2;\n`,
    }),
    class: "medium",
  },
  {
    name: "one takes a line away, the other changes it",
    ...oneFile("total.ts", {
      base: CODE,
      ours: CODE.replace("  return items.length;\n", ""),
      theirs: CODE.replace("items.length", "items.size"),
    }),
    class: "medium",
  },
  {
    name: "both make the same file, each its own",
    base: { "a.txt": "a\n" },
    ours: { "new.ts": "export const a = 1;\n" },
    theirs: { "new.ts": "export const b = 2;\n" },
    class: "medium",
    kinds: { "new.ts": "add-add" },
  },
  {
    name: "both make the very same file: git sees no conflict",
    base: { "a.txt": "a\n" },
    ours: { "new.ts": "export const a = 1;\n", "o.txt": "o\n" },
    theirs: { "new.ts": "export const a = 1;\n", "t.txt": "t\n" },
    class: "clean",
    merged: { "new.ts": "export const a = 1;\n" },
  },
  {
    name: "lines apart from each other merge by themselves",
    ...oneFile("a.txt", {
      base: numbered(9),
      ours: numbered(9, { 1: "first" }),
      theirs: numbered(9, { 9: "last" }),
    }),
    class: "clean",
    merged: { "a.txt": numbered(9, { 1: "first", 9: "last" }) },
  },
  {
    name: "a file declared as a union is git's own to settle",
    base: { ".gitattributes": "CHANGES merge=union\n", CHANGES: "# Changes\n" },
    ours: { CHANGES: "# Changes\n- ours\n" },
    theirs: { CHANGES: "# Changes\n- theirs\n" },
    class: "clean",
    merged: { CHANGES: "# Changes\n- ours\n- theirs\n" },
  },
  {
    name: "a list that nobody declared to grow is not one",
    ...oneFile("CHANGES.md", {
      base: "# Changes\n",
      ours: "# Changes\n- ours\n",
      theirs: "# Changes\n- theirs\n",
    }),
    class: "medium",
  },
  {
    name: "a file declared to grow keeps what both added",
    ...oneFile("handoff.md", {
      base: "# Handoff\n",
      ours: "# Handoff\n- ours\n",
      theirs: "# Handoff\n- theirs\n",
    }),
    growing: ["handoff.md"],
    class: "trivial",
    settled: { "handoff.md": { by: "additions", text: "# Handoff\n- ours\n- theirs\n" } },
  },
  {
    name: "a file declared to grow in which a line was changed is read by somebody",
    ...oneFile("handoff.md", {
      base: "# Handoff\n- one\n",
      ours: "# Handoff\n- one, mended\n- ours\n",
      theirs: "# Handoff\n- one\n- theirs\n",
    }),
    growing: ["handoff.md"],
    class: "medium",
  },
  {
    name: "three files are settled in place",
    base: manyFiles(3, () => "a\n"),
    ours: manyFiles(3, (at) => `ours ${at}\n`),
    theirs: manyFiles(3, (at) => `theirs ${at}\n`),
    class: "medium",
  },
  {
    name: "four files are too many",
    base: manyFiles(4, () => "a\n"),
    ours: manyFiles(4, (at) => `ours ${at}\n`),
    theirs: manyFiles(4, (at) => `theirs ${at}\n`),
    class: "heavy",
  },
  {
    name: "six hunks are settled in place",
    ...oneFile("a.txt", {
      base: numbered(30),
      ours: everyFifth(6, "ours"),
      theirs: everyFifth(6, "theirs"),
    }),
    class: "medium",
  },
  {
    name: "seven hunks are too many",
    ...oneFile("a.txt", {
      base: numbered(35),
      ours: everyFifth(7, "ours"),
      theirs: everyFifth(7, "theirs"),
    }),
    class: "heavy",
  },
  {
    name: "eighty conflicting lines are settled in place",
    ...oneFile("a.txt", { base: block("b", 3), ours: block("o", 40), theirs: block("t", 40) }),
    class: "medium",
  },
  {
    name: "eighty-one conflicting lines are too many",
    ...oneFile("a.txt", { base: block("b", 3), ours: block("o", 40), theirs: block("t", 41) }),
    class: "heavy",
  },
  {
    name: "one with a rule and one without: nothing is settled by halves",
    base: { "package.json": '{\n  "a": 1\n}\n', "total.ts": CODE },
    ours: {
      "package.json": '{\n  "a": 1,\n  "b": 2\n}\n',
      "total.ts": CODE.replace("length", "ours"),
    },
    theirs: {
      "package.json": '{\n  "a": 1,\n  "c": 3\n}\n',
      "total.ts": CODE.replace("length", "theirs"),
    },
    class: "medium",
  },
  {
    name: "a file that shows markers itself, changed by both",
    ...oneFile("guide.md", {
      base: lines("See:", "<<<<<<< HEAD", "a", "=======", "b", ">>>>>>> x", "End"),
      ours: lines("See:", "<<<<<<< HEAD", "a", "=======", "b", ">>>>>>> x", "End of ours"),
      theirs: lines("See:", "<<<<<<< HEAD", "a", "=======", "b", ">>>>>>> x", "End of theirs"),
    }),
    class: "medium",
  },
  {
    name: "no line feed at the end, and both go on",
    ...oneFile("a.txt", { base: "one", ours: "one\ntwo", theirs: "one\nthree" }),
    class: "medium",
  },
  {
    name: "a snapshot that programs write does not count for the limits",
    ...oneFile("ui/page.snap", {
      base: block("b", 3),
      ours: block("o", 90),
      theirs: block("t", 90),
    }),
    class: "medium",
  },
];
