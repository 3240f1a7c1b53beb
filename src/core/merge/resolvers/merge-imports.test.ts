import fc from "fast-check";
import { expect, test } from "vitest";
import { importLanguage, importsOf } from "./import-lines.ts";
import { mergeImports } from "./merge-imports.ts";

const line = (name: string): string => `import { ${name} } from "${name}";`;
const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f", "g"), { maxLength: 5 });

/** A conflict as git leaves it where each side put lines behind the same one. */
function conflict(base: readonly string[], ours: readonly string[], theirs: readonly string[]) {
  const text = (middle: readonly string[]): string =>
    [...base.map(line), ...middle, "", "go();", ""].join("\n");
  const hunk = ["<<<<<<< o", ...ours, "||||||| b", "=======", ...theirs, ">>>>>>> t"];
  return {
    path: "a.ts",
    base: text([]),
    ours: text(ours),
    theirs: text(theirs),
    marked: text(hunk),
  };
}

test("every import of either side is there once, the rest of the file is as it was, and no order is broken", () => {
  fc.assert(
    fc.property(names, names, names, (base, mine, others) => {
      const known = new Set(base);
      const [ours, theirs] = [mine, others].map((side) => side.filter((one) => !known.has(one)));
      const file = conflict(base, (ours ?? []).map(line), (theirs ?? []).map(line));
      const merged = mergeImports(file) ?? "";
      const lines = merged.split("\n");
      const all = new Set([...base, ...(ours ?? []), ...(theirs ?? [])]);
      expect(lines.slice(-3)).toEqual(["", "go();", ""]);
      expect(lines.slice(0, -3).toSorted()).toEqual([...all].map(line).toSorted());
      expect(lines.slice(0, base.length)).toEqual(base.map(line));
    }),
  );
});

test.each([
  ["an import for its effect", 'import "x";', line("y")],
  ["code", "go(1);", line("y")],
  ["an empty line", "", line("y")],
  ["a name bound twice", 'import { x } from "p";', 'import { y as x } from "q";'],
  ["a default and a name", 'import x from "p";', 'import { x } from "q";'],
  ["the same place", 'import { x } from "p";', 'import y from "p";'],
  ["no names at all", 'import {} from "p";', line("y")],
  ["attributes", 'import x from "p" with { type: "json" };', line("y")],
  ["a comment behind it", `${line("x")} // first`, line("y")],
])("%s is not settled", (_, ours, theirs) => {
  expect(mergeImports(conflict(["a"], [ours], [theirs]))).toBeNull();
});

test("an import further down binds names that nobody looked at: nothing is settled", () => {
  const file = conflict(["a"], [line("x")], [line("y")]);
  expect(mergeImports(file)).not.toBeNull();
  const more = `${line("x")}\n`;
  expect(mergeImports({ ...file, marked: file.marked + more })).toBeNull();
});

test("the head of a file ends at the first line of anything else", () => {
  const typescript = importLanguage("a.ts");
  const python = importLanguage("a.py");
  if (typescript === null || python === null) throw new Error("These are known.");
  const head = [
    "#!/usr/bin/env node",
    "/* Says",
    " * what. */",
    '"use strict";',
    "// why",
    line("a"),
  ];
  const long = ["import {", "  b,", "  c as d,", '} from "m";'];
  const text = [...head, ...long, "", "go();"].join("\n");
  const read = importsOf(text, typescript);
  expect(read.imports.map((one) => one.names)).toEqual([["a"], ["b", "d"]]);
  expect(read.isAll).toBe(true);
  expect(importsOf(`${text}\n${line("e")}`, typescript).isAll).toBe(false);
  // What follows the end of a comment is code.
  expect(importsOf(`/* a\n*/ go();\n${line("a")}`, typescript)).toEqual({
    imports: [],
    isAll: false,
  });
  expect(importsOf(`/* a */ go(); /* b */\n${line("a")}`, typescript).imports).toEqual([]);
  const lists = [
    '"""Says',
    'what."""',
    "import os.path",
    "from m import (",
    "    a,",
    "    b as c,",
    ")",
  ];
  expect(importsOf(lists.join("\n"), python).imports.map((one) => one.names)).toEqual([
    ["os"],
    ["a", "c"],
  ]);
});
