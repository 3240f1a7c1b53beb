import { expect, test } from "vitest";
import { isBroughtBy } from "./brought-by.ts";

const added = (path: string, after = "") => ({ path, added: 1, deleted: 0, before: null, after });
const changed = (path: string, before: string, after: string) => ({
  path,
  added: 1,
  deleted: 1,
  before,
  after,
});

test.each([
  ["a path from the test", "../src/mul.js", added("src/mul.js")],
  ["a whole path", "/tmp/x/w1/src/mul.js", added("src/mul.js")],
  ["a file address", "file:///tmp/x/w1/src/mul.js", added("src/mul.js")],
  ["a path without its ending", "../src/mul", added("src/mul.ts")],
  ["the javascript of a typescript", "./mul.js", added("src/mul.ts")],
  ["a folder with an index", "../src/mul", added("src/mul/index.ts")],
  ["a path with a dot in its name", "./app.module", added("src/app.module.ts")],
  ["a file in the root", "./mul.js", added("mul.js")],
  ["a dotted module", "calc.mul", added("calc/mul.py")],
  ["a package of python", "calc.mul", added("src/calc/mul/__init__.py")],
  ["a module of rust", "crate::calc::mul", added("src/calc/mul.rs")],
  [
    "an export",
    "mul",
    changed("src/sums.js", "export const add = 1;", "export const add = 1, mul = 2;"),
  ],
  ["a function of go", "Mul", added("calc/mul.go", "func Mul(a, b int) int { return a * b }")],
  [
    "a dependency",
    "left-pad",
    changed("package.json", "{}", '{"dependencies": {"left-pad": "1.0.0"}}'),
  ],
  [
    "a scoped dependency",
    "@a/b/c.js",
    changed("package.json", "{}", '{"dependencies": {"@a/b": "1.0.0"}}'),
  ],
])("%s is brought: %s", (_what, missing, file) => {
  expect(isBroughtBy(missing, [file])).toBe(true);
});

test.each([
  ["another file", "../src/never.js", added("src/mul.js")],
  ["a file that was there before", "../src/mul.js", changed("src/mul.js", "a", "b")],
  ["a file of that name elsewhere", "../src/sums/mul.js", added("lib/mul.js")],
  [
    "a name that was there before",
    "mul",
    changed("src/sums.js", "export const mul = 1;", "export const mul = 2;"),
  ],
  ["a part of a name", "mul", added("src/sums.js", "export const multiply = 1;")],
  [
    "a dependency that was there before",
    "left-pad",
    changed("package.json", '{"left-pad": 1}', '{"left-pad": 2}'),
  ],
])("%s is not brought: %s", (_what, missing, file) => {
  expect(isBroughtBy(missing, [file])).toBe(false);
});

test("nothing brings nothing", () => {
  expect(isBroughtBy("mul", [])).toBe(false);
  expect(isBroughtBy("", [added("src/mul.js")])).toBe(false);
});
