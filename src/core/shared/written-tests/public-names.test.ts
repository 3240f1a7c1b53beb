import { expect, test } from "vitest";
import { namesIn, publicNames } from "./public-names.ts";

test.each([
  ["a.js", "export const a = 1;\nexport async function b() {}\nconst no = 2;", ["a", "b"]],
  ["a.ts", "export type T = 1;\nexport { c, d as e };\nexport default class F {}", ["F", "c", "e"]],
  ["a.cjs", "exports.a = 1;\nmodule.exports = { b, c: 2 };", ["a", "b", "c"]],
  ["a.js", "// export const a = 1;\nconst text = 'export const b = 1';", []],
  [
    "a.py",
    "def a():\n    def no(): pass\nclass B:\n    def no(self): pass\ndef _own(): pass",
    ["B", "a"],
  ],
  ["a.go", "func A() {}\nfunc no() {}\nfunc (s *Sums) Add() {}", ["A", "Add"]],
  ["a.rs", "pub fn a() {}\nfn no() {}\npub(crate) async fn b() {}", ["a", "b"]],
  ["a.txt", "export const a = 1;", []],
])("what %s offers: %s", (path, text, names) => {
  expect([...publicNames(path, text)].toSorted()).toEqual(names);
});

test("names of the code are read, those of comments and strings are not", () => {
  expect([...namesIn("a.js", 'call(name); // word\n"text"')]).toEqual(["call", "name"]);
});
