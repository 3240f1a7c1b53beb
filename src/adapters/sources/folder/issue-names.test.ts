import { describe, expect, test } from "vitest";
import {
  aliasesIn,
  fileNumber,
  issueNames,
  leadingAliases,
  readReferences,
} from "./issue-names.ts";

test.each([
  ["#301", ["#301"]],
  ["GH-301", ["#301"]],
  ["03", ["3"]],
  ["Issue 03", ["3"]],
  ["issue-03", ["3"]],
  ["4.1b", ["4.1b"]],
  ["m5/03", ["m5/3"]],
  ["M5/03-validation", ["m5/3-validation"]],
  ["03-validation.md", ["file:03-validation", "3"]],
  ["[#301](issues/03-validation.md)", ["file:03-validation", "3", "#301"]],
  ["`auth.md`", ["file:auth"]],
  ["03 Validation", ["3"]],
  ["owner/repo#12", []],
  ["Validation", []],
  ["v2", []],
  ["", []],
])("names in %j", (words, aliases) => {
  expect(aliasesIn(words)).toEqual(aliases);
});

test.each([
  ["03", "03"],
  ["03-validation", "03"],
  ["issue-03", "03"],
  ["ISSUE_301_auth", "301"],
  ["m5-03-auth", "03"],
  ["4.1b-auth", "4.1b"],
  ["auth", null],
  ["2fa", null],
  ["m5", null],
  ["auth-2", null],
])("the number of a file called %j is %s", (stem, number) => {
  expect(fileNumber(stem)).toBe(number);
});

test.each([
  ["03: Validation", true, ["3"]],
  ["3: Validation", false, ["3"]],
  ["3 of 5 are done", false, []],
  ["3 of 5 are done", true, ["3"]],
  ["03 Validation", false, ["3"]],
  ["#301 Validation of 7 forms", false, ["#301"]],
  ["**[03](03-a.md)** Validation", false, ["file:03-a", "3"]],
  ["Support HTTP 2", true, []],
])("a line that begins with %j", (words, isTask, aliases) => {
  expect(leadingAliases(words, isTask)).toEqual(aliases);
});

test.each([
  ["none", []],
  ["—", []],
  ["", []],
  ["#301, 03 and m5/4", [["#301"], ["3"], ["m5/4"]]],
  ["#1 #2<br>#3", [["#1"], ["#2"], ["#3"]]],
  ["01-03", [["1"], ["2"], ["3"]]],
  ["#7–#8", [["#7"], ["#8"]]],
  ["03-validation.md", [["file:03-validation", "3"]]],
  ["https://github.com/o/r/issues/301", [["#301"]]],
  ["security review", [[]]],
])("references in %j", (words, aliases) => {
  expect(readReferences(words).map((item) => item.aliases)).toEqual(aliases);
});

test("a phase is named as a phase", () => {
  expect(readReferences("Phase 2, 03")).toEqual([
    { words: "Phase 2", aliases: [], phase: "2" },
    { words: "03", aliases: ["3"], phase: null },
  ]);
});

describe("looking up", () => {
  const lookUp = issueNames([
    { key: "m5/03", forge: "301", stem: "03-validation" },
    { key: "m5/04", forge: "3", stem: "04-login" },
    { key: "m5/05-a", forge: null, stem: "05-a" },
    { key: "m5/05-b", forge: null, stem: "05-b" },
    { key: "m5/auth", forge: null, stem: "auth" },
  ]);

  test.each([
    ["m5/03", "m5/03"],
    ["M5/3", "m5/03"],
    ["03", "m5/03"],
    ["301", "m5/03"],
    ["#301", "m5/03"],
    ["03-validation.md", "m5/03"],
    ["#3", "m5/04"],
    ["3", "m5/03"],
    ["#4", "m5/04"],
    ["5", null],
    ["05-b.md", "m5/05-b"],
    ["m5/05-a", "m5/05-a"],
    ["auth.md", "m5/auth"],
    ["m4/03", null],
    ["#99", null],
  ])("%j is %s", (words, key) => {
    expect(lookUp(aliasesIn(words))).toBe(key);
  });
});
