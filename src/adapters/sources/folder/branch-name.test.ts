import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { refuseBranch } from "./branch-name.ts";

const LANDS = "it is the branch that the milestone lands on";
const ILLEGAL = "git takes no such name";

test.each([
  ["milestone/m5-users", null, null],
  ["m5", null, null],
  ["main", null, LANDS],
  ["trunk", "trunk", LANDS],
  ["main", "trunk", null],
  ["milestone/m<X>-<name>", null, "it still holds a placeholder"],
  ["a@{1}", null, "it still holds a placeholder"],
  ["@", null, ILLEGAL],
  ["HEAD", null, ILLEGAL],
  ["milestone/{number}", null, "it still holds a placeholder"],
])("%s with target %s: %s", (name, target, refusal) => {
  expect(refuseBranch(name, target)).toBe(refusal);
});

test.each([
  "a b",
  "a..b",
  "a~1",
  "a^",
  "a:b",
  "a?",
  "a*",
  "a[b",
  "a\\b",
  "/a",
  "a/",
  "a//b",
  ".a",
  "a/.b",
  "a.",
  "a.lock",
  "a.lock/b",
  "-a",
  "a\tb",
  "a\u007fb",
])("%j is refused here as it is by git", (name) => {
  const git = spawnSync("git", ["check-ref-format", "--branch", name], { encoding: "utf8" });
  expect([git.status === 0, refuseBranch(name, null)]).toEqual([false, ILLEGAL]);
});
