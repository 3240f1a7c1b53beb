import { expect, test } from "vitest";
import { readYaml } from "./read-file.ts";

function told(text: string): readonly string[] {
  return readYaml(text).defects.map(({ line, column, what }) => `${line}:${column} ${what}`);
}

test.each([
  [
    "doubled names",
    "a: 1\nb: {c: 1, c: 2}\na: 3",
    ["2:11 Map keys must be unique.", "3:1 Map keys must be unique."],
  ],
  ["a map as a name", "a: {{b: 1}: 2}", ["1:5 A name must be a word."]],
  ["a list as a name", "a: 1\n? [b]\n: c", ["2:3 A name must be a word."]],
  ["an alias as a name", "a: &x b\n*x : c", ["2:1 A name must be a word."]],
  ["a value in itself", "a: &x [1, *x]", ["1:11 A value must not hold itself."]],
  [
    "lists in lists",
    `a: ${"[".repeat(52)}${"]".repeat(52)}`,
    ["1:53 This is nested more than 50 deep."],
  ],
  [
    "an alias of nothing",
    "a: *x",
    ["1:1 Unresolved alias (the anchor must be set before the alias): x."],
  ],
  ["no end of lists", `a: ${"[".repeat(20_000)}`, ["1:1 It is nested too deeply."]],
  ["a file of megabytes", "#".repeat(1_000_001), ["1:1 It has more than 1000000 characters."]],
] as const)("%s: told where they stand", (_, text, expected) => {
  expect(told(text)).toEqual(expected);
  expect(readYaml(text).value).toBeNull();
});

test("settings are read with aliases, and doubled names in different places are none", () => {
  expect(readYaml("a: &x {b: 1}\nc: {b: 2, d: *x}").value).toEqual({
    a: { b: 1 },
    c: { b: 2, d: { b: 1 } },
  });
});

test("no file takes long or overflows, whatever is nested in it", () => {
  const before = process.threadCpuUsage();
  for (const piece of ["{", "? ", "[", "- ", "{? ", "{a: ", "&a [", "<<: *a\n", "a: "])
    expect(readYaml(`a: &a {}\n${piece.repeat(20_000 / piece.length)}`).defects).not.toEqual([]);
  const many = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join("");
  expect(readYaml(many).defects).toEqual([]);
  const { user, system } = process.threadCpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(8_000);
});
