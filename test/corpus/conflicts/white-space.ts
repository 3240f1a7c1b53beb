import { lines, oneFile, type ConflictCase } from "./case.ts";

const SCRIPT = lines("export function f(a) {", "return a + 1;", "}");
const INDENTED = lines("export function f(a) {", "    return a + 1;", "}");
const CHANGED = lines("export function f(a) {", "return a + 2;", "}");
const by = "white space";

/** Sides that differ in nothing but white space: where it means nothing, and where it does. */
export const WHITE_SPACE: readonly ConflictCase[] = [
  {
    name: "ours indented what theirs changed",
    ...oneFile("f.ts", { base: SCRIPT, ours: INDENTED, theirs: CHANGED }),
    class: "trivial",
    settled: { "f.ts": { by, text: CHANGED } },
  },
  {
    name: "theirs indented what ours changed",
    ...oneFile("f.js", { base: SCRIPT, ours: CHANGED, theirs: INDENTED }),
    class: "trivial",
    settled: { "f.js": { by, text: CHANGED } },
  },
  {
    name: "both made the same change, each in its own indentation",
    ...oneFile("f.ts", {
      base: SCRIPT,
      ours: lines("export function f(a) {", "\treturn a + 2;", "}"),
      theirs: lines("export function f(a) {", "  return a + 2;", "}"),
    }),
    class: "trivial",
    settled: { "f.ts": { by, text: lines("export function f(a) {", "\treturn a + 2;", "}") } },
  },
  {
    name: "both make the same file, each in its own indentation",
    base: { "a.txt": "a\n" },
    ours: { "f.go": lines("func f() {", "\tgo()", "}") },
    theirs: { "f.go": lines("func f() {", "  go()", "}"), "t.txt": "t\n" },
    class: "trivial",
    settled: { "f.go": { by, text: lines("func f() {", "\tgo()", "}") } },
  },
  {
    name: "ours has other ends of lines, theirs another text",
    ...oneFile("f.ts", {
      base: SCRIPT,
      ours: SCRIPT.replaceAll("\n", "\r\n"),
      theirs: CHANGED,
    }),
    class: "trivial",
    settled: { "f.ts": { by, text: CHANGED } },
  },
  {
    name: "ours took spaces off the ends of lines",
    ...oneFile("A.java", {
      base: lines("class A {  ", "  int a = 1;  ", "}"),
      ours: lines("class A {", "  int a = 1;", "}"),
      theirs: lines("class A {  ", "  int a = 2;  ", "}"),
    }),
    class: "trivial",
    settled: { "A.java": { by, text: lines("class A {  ", "  int a = 2;  ", "}") } },
  },
  {
    name: "ours wrote JSON in one line, theirs changed a value",
    ...oneFile("a.json", {
      base: lines("{", '  "a": 1,', '  "b": [1, 2]', "}"),
      ours: '{"a": 1, "b": [1, 2]}\n',
      theirs: lines("{", '  "a": 1,', '  "b": [1, 3]', "}"),
    }),
    class: "trivial",
    settled: { "a.json": { by, text: lines("{", '  "a": 1,', '  "b": [1, 3]', "}") } },
  },
  {
    name: "trap: a space within a text of JSON",
    ...oneFile("a.json", {
      base: '{"a": "x y"}\n',
      ours: '{"a": "x  y"}\n',
      theirs: '{"a": "x z"}\n',
    }),
    class: "medium",
  },
  {
    name: "trap: indentation of python",
    ...oneFile("f.py", {
      base: lines("if a:", "    go()", "stop()"),
      ours: lines("if a:", "    go()", "    stop()"),
      theirs: lines("if a:", "    go()", "stop(1)"),
    }),
    class: "medium",
  },
  {
    name: "trap: indentation of YAML",
    ...oneFile("a.yml", {
      base: lines("a:", "  b: 1", "c: 2"),
      ours: lines("a:", "  b: 1", "  c: 2"),
      theirs: lines("a:", "  b: 1", "c: 3"),
    }),
    class: "medium",
  },
  {
    name: "trap: the tab of a makefile",
    ...oneFile("Makefile", {
      base: lines("all:", "\tgo"),
      ours: lines("all:", "        go"),
      theirs: lines("all:", "\tgo fast"),
    }),
    class: "medium",
  },
  {
    name: "trap: two spaces at an end of a line of markdown",
    ...oneFile("a.md", {
      base: lines("one  ", "two"),
      ours: lines("one", "two"),
      theirs: lines("one, changed  ", "two"),
    }),
    class: "medium",
  },
  {
    name: "trap: a template that spans lines",
    ...oneFile("f.ts", {
      base: lines("const a = `", "one", "`;"),
      ours: lines("const a = `", "  one", "`;"),
      theirs: lines("const a = `", "one!", "`;"),
    }),
    class: "medium",
  },
  {
    name: "trap: a string that a backslash carries on",
    ...oneFile("f.c", {
      base: lines('char *a = "one \\', 'two";'),
      ours: lines('char *a = "one \\', '  two";'),
      theirs: lines('char *a = "one \\', 'three";'),
    }),
    class: "medium",
  },
  {
    name: "trap: a text block of Java",
    ...oneFile("A.java", {
      base: lines('String a = """', "  one", '  """;'),
      ours: lines('String a = """', "    one", '  """;'),
      theirs: lines('String a = """', "  two", '  """;'),
    }),
    class: "medium",
  },
  {
    name: "trap: markup within a script",
    ...oneFile("page.tsx", {
      base: lines('const a = <p title="x', 'y">z</p>;'),
      ours: lines('const a = <p title="x', '  y">z</p>;'),
      theirs: lines('const a = <p title="x', 'w">z</p>;'),
    }),
    class: "medium",
  },
  {
    name: "trap: spaces within a line are text",
    ...oneFile("f.ts", {
      base: lines('say("a b");'),
      ours: lines('say("a  b");'),
      theirs: lines('say("a c");'),
    }),
    class: "medium",
  },
  {
    name: "trap: white space and a change on the same side",
    ...oneFile("f.ts", {
      base: SCRIPT,
      ours: INDENTED.replace("+ 1", "+ 3"),
      theirs: CHANGED,
    }),
    class: "medium",
  },
];
