import { lines, oneFile, type ConflictCase } from "./case.ts";

const by = "keyed JSON";

function json(value: unknown, indent: number | string = 2): string {
  return `${JSON.stringify(value, null, indent)}\n`;
}

function manifest(
  base: unknown,
  ours: unknown,
  theirs: unknown,
): Pick<ConflictCase, "base" | "ours" | "theirs"> {
  return oneFile("package.json", { base: json(base), ours: json(ours), theirs: json(theirs) });
}

/** JSON that both sides changed: at keys of their own, and at the same one. */
export const JSON_FILES: readonly ConflictCase[] = [
  {
    name: "each side adds a dependency",
    ...manifest(
      { name: "x", dependencies: { a: "1" } },
      { name: "x", dependencies: { a: "1", b: "1" } },
      { name: "x", dependencies: { a: "1", c: "1" } },
    ),
    class: "trivial",
    settled: {
      "package.json": { by, text: json({ name: "x", dependencies: { a: "1", b: "1", c: "1" } }) },
    },
  },
  {
    name: "each side changes another value, side by side",
    ...manifest({ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 }),
    class: "trivial",
    settled: { "package.json": { by, text: json({ a: 2, b: 2 }) } },
  },
  {
    name: "ours removes a key beside one that theirs changes",
    ...manifest({ a: 1, b: 1, c: 1 }, { a: 1, c: 1 }, { a: 1, b: 1, c: 2 }),
    class: "trivial",
    settled: { "package.json": { by, text: json({ a: 1, c: 2 }) } },
  },
  {
    name: "theirs removes the last key, ours changes the one before it",
    ...manifest({ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1 }),
    class: "trivial",
    settled: { "package.json": { by, text: json({ a: 2 }) } },
  },
  {
    name: "keys within keys, each side in its own",
    ...manifest(
      { scripts: { test: "t" }, config: { deep: { a: 1 } } },
      { scripts: { test: "t", build: "b" }, config: { deep: { a: 1 } } },
      { scripts: { test: "t" }, config: { deep: { a: 1, b: [1, 2] } } },
    ),
    class: "clean",
  },
  {
    name: "keys within keys, both at the end of the same one",
    ...manifest(
      { config: { deep: { a: 1 } } },
      { config: { deep: { a: 1, b: { x: [1, 2] } } } },
      { config: { deep: { a: 1, c: { y: [3] } } } },
    ),
    class: "trivial",
    settled: {
      "package.json": {
        by,
        text: json({ config: { deep: { a: 1, b: { x: [1, 2] }, c: { y: [3] } } } }),
      },
    },
  },
  {
    name: "tabs, no line feed at the end, lists in one line: ours stays as it is written",
    ...oneFile("a.json", {
      base: '{\n\t"files": ["a", "b"],\n\t"x": 1\n}',
      ours: '{\n\t"files": ["a", "b"],\n\t"x": 1,\n\t"y": 2\n}',
      theirs: '{\n\t"files": ["a", "b"],\n\t"x": 1,\n\t"z": ["c", "d"]\n}',
    }),
    class: "trivial",
    settled: {
      "a.json": {
        by,
        text: '{\n\t"files": ["a", "b"],\n\t"x": 1,\n\t"y": 2,\n\t"z": ["c", "d"]\n}',
      },
    },
  },
  {
    name: "carriage returns stay where ours has them",
    ...oneFile("a.json", {
      base: '{\r\n  "a": 1\r\n}\r\n',
      ours: '{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n',
      theirs: '{\r\n  "a": 1,\r\n  "c": {\r\n    "d": 3\r\n  }\r\n}\r\n',
    }),
    class: "trivial",
    settled: {
      "a.json": {
        by,
        text: '{\r\n  "a": 1,\r\n  "b": 2,\r\n  "c": {\r\n    "d": 3\r\n  }\r\n}\r\n',
      },
    },
  },
  {
    name: "numbers stay as they are written",
    ...oneFile("a.json", {
      base: lines("{", '  "a": 1.0', "}"),
      ours: lines("{", '  "a": 1.0,', '  "b": 12345678901234567890', "}"),
      theirs: lines("{", '  "a": 1.0,', '  "c": 1e2', "}"),
    }),
    class: "trivial",
    settled: {
      "a.json": {
        by,
        text: lines("{", '  "a": 1.0,', '  "b": 12345678901234567890,', '  "c": 1e2', "}"),
      },
    },
  },
  {
    name: "both add the same key with the same value, and each one of its own",
    ...manifest({ a: 1 }, { a: 1, s: 1, b: 1 }, { a: 1, s: 1, c: 1 }),
    class: "trivial",
    settled: { "package.json": { by, text: json({ a: 1, s: 1, b: 1, c: 1 }) } },
  },
  {
    name: "an empty object gets its first keys from both",
    ...oneFile("a.json", {
      base: lines("{", '  "d": {}', "}"),
      ours: lines("{", '  "d": {', '    "b": 1', "  }", "}"),
      theirs: lines("{", '  "d": {', '    "c": 1', "  }", "}"),
    }),
    class: "trivial",
    settled: {
      "a.json": { by, text: lines("{", '  "d": {', '    "b": 1,', '    "c": 1', "  }", "}") },
    },
  },
  {
    name: "trap: the same key in another value on each side",
    ...manifest({ version: "1.0.0" }, { version: "1.1.0" }, { version: "2.0.0" }),
    class: "medium",
  },
  {
    name: "trap: one side removes what the other changes",
    ...manifest({ a: 1, b: 1 }, { a: 1 }, { a: 1, b: 2 }),
    class: "medium",
  },
  {
    name: "trap: theirs removes an object in which ours adds a key",
    ...manifest({ a: 1, d: { x: 1 } }, { a: 1, d: { x: 1, y: 2 } }, { a: 1 }),
    class: "medium",
  },
  {
    name: "trap: both add the same key with another value",
    ...manifest({ a: 1 }, { a: 1, b: "ours" }, { a: 1, b: "theirs" }),
    class: "medium",
  },
  {
    name: "trap: both add to the same list",
    ...manifest({ files: ["a"] }, { files: ["a", "b"] }, { files: ["a", "c"] }),
    class: "medium",
  },
  {
    name: "trap: a key that is there twice",
    ...oneFile("a.json", {
      base: lines("{", '  "a": 1,', '  "a": 2', "}"),
      ours: lines("{", '  "a": 1,', '  "a": 2,', '  "b": 1', "}"),
      theirs: lines("{", '  "a": 1,', '  "a": 2,', '  "c": 1', "}"),
    }),
    class: "medium",
  },
  {
    name: "trap: comments are no JSON",
    ...oneFile("tsconfig.json", {
      base: lines("{", "  // why", '  "a": 1', "}"),
      ours: lines("{", "  // why", '  "a": 1,', '  "b": 1', "}"),
      theirs: lines("{", "  // why", '  "a": 1,', '  "c": 1', "}"),
    }),
    class: "medium",
  },
  {
    name: "trap: the order of conditions decides what is loaded",
    ...manifest(
      { exports: { ".": { default: "./a.js" } } },
      { exports: { ".": { default: "./a.js", import: "./a.mjs" } } },
      { exports: { ".": { default: "./a.js", require: "./a.cjs" } } },
    ),
    class: "medium",
  },
  {
    name: "trap: theirs sorted the keys",
    ...manifest({ b: 1, a: 1 }, { b: 1, a: 1, c: 1 }, { a: 1, b: 1, d: 1 }),
    class: "medium",
  },
  {
    name: "trap: a list is no object",
    ...oneFile("a.json", { base: "[1]\n", ours: "[1, 2]\n", theirs: "[1, 3]\n" }),
    class: "medium",
  },
  {
    name: "trap: both make the manifest",
    base: { "a.txt": "a\n" },
    ours: { "package.json": json({ a: 1 }) },
    theirs: { "package.json": json({ b: 1 }) },
    class: "medium",
  },
];
