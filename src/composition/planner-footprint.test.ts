import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { differences, footprint } from "./planner-footprint.ts";

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-footprint-"));
  git("init", "-q", "-b", "main");
  write(".gitignore", "ignored\n");
  write("a.txt", "one\n");
  write("b.txt", "one\n");
  git("add", ".");
  git("-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-q", "-m", "A");
  write("a.txt", "dirty\n");
  write("new file.txt", "new\n");
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function git(...args: readonly string[]): void {
  execFileSync("git", args, { cwd: folder });
}

function write(name: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
}

test.each<readonly [string, () => void, readonly string[]]>([
  ["nothing", () => undefined, []],
  ["the same words once more", () => write("a.txt", "dirty\n"), []],
  ["a file that was dirty already", () => write("a.txt", "dirtz\n"), ["a.txt"]],
  ["a new file that was there already", () => write("new file.txt", "wen\n"), ["new file.txt"]],
  ["a new file that goes", () => fs.rmSync(path.join(folder, "new file.txt")), ["new file.txt"]],
  ["a clean file", () => write("b.txt", "two\n"), ["b.txt"]],
  ["a file with another name", () => git("mv", "b.txt", "c.txt"), ["c.txt", "b.txt"]],
  ["a branch", () => git("branch", "other"), ["refs/heads/other"]],
  ["an ignored file", () => write("ignored", "x"), []],
  ["what Cairn keeps for itself", () => write(".cairn/tmp/x", "x"), []],
])("%s", async (_what, change, names) => {
  const before = await footprint(folder);
  change();
  const changed = differences(before, await footprint(folder));
  expect(changed.toSorted()).toEqual(names.toSorted());
});
