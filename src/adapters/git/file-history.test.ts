import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readFileHistory } from "./file-history.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-history-"));
  git("init", "--quiet", "--initial-branch=main");
});

afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function git(...args: readonly string[]): void {
  execFileSync("git", [...args], {
    cwd: root,
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Ada",
      GIT_AUTHOR_EMAIL: "ada@example.org",
      GIT_COMMITTER_NAME: "Ada",
      GIT_COMMITTER_EMAIL: "ada@example.org",
    },
  });
}

let turn = 0;
function commit(...files: readonly string[]): void {
  turn += 1;
  for (const file of files) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), `${turn}\n`);
  }
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", `turn ${turn}`);
}

const EVERYTHING = { wants: () => true };

test("pairs are counted, most often first, with the commits of the rarer file", async () => {
  commit("src/a.ts", "src/b.ts", "notes");
  commit("src/a.ts", "src/b.ts");
  commit();
  commit("src/a.ts");
  commit("src/ü \n.ts", "src/b.ts");
  expect(await readFileHistory(root, EVERYTHING)).toEqual([
    { files: ["src/a.ts", "src/b.ts"], commits: 2, rarer: 3 },
    { files: ["notes", "src/a.ts"], commits: 1, rarer: 1 },
    { files: ["notes", "src/b.ts"], commits: 1, rarer: 1 },
    { files: ["src/b.ts", "src/ü \n.ts"], commits: 1, rarer: 1 },
  ]);
});

test("only files that are asked for are counted, and only so many commits back", async () => {
  commit("a", "b", "c");
  commit("a", "b", "c");
  commit("a", "b");
  expect(await readFileHistory(root, { wants: (file) => file !== "c", commits: 2 })).toEqual([
    { files: ["a", "b"], commits: 2, rarer: 2 },
  ]);
});

test("merges, and commits that change very many files, say nothing", async () => {
  commit("a", ...Array.from({ length: 30 }, (_, at) => `many/${at}`));
  git("switch", "--quiet", "--create", "side");
  commit("a", "b");
  git("switch", "--quiet", "main");
  commit("c");
  git("merge", "--quiet", "--no-ff", "--message", "merged", "side");
  expect(await readFileHistory(root, EVERYTHING)).toEqual([
    { files: ["a", "b"], commits: 1, rarer: 1 },
  ]);
});

test("a long history is read in several pieces", async () => {
  const steps = Array.from({ length: 300 }, (_, at) =>
    [
      "commit refs/heads/main",
      `committer Ada <ada@example.org> ${at} +0000`,
      "data 1\nx",
      `M 100644 inline a\ndata 4\n${String(at).padStart(4, "0")}`,
      `M 100644 inline b\ndata 4\n${String(at).padStart(4, "0")}`,
      "",
    ].join("\n"),
  );
  execFileSync("git", ["fast-import", "--quiet"], { cwd: root, input: steps.join("\n") });
  expect(await readFileHistory(root, EVERYTHING)).toEqual([
    { files: ["a", "b"], commits: 300, rarer: 300 },
  ]);
  expect(await readFileHistory(root, { ...EVERYTHING, timeMs: 0 })).toEqual([]);
});

test("no history, no repository and no folder are no trouble", async () => {
  expect(await readFileHistory(root, EVERYTHING)).toEqual([]);
  fs.rmSync(path.join(root, ".git"), { recursive: true });
  expect(await readFileHistory(root, EVERYTHING)).toEqual([]);
  expect(await readFileHistory(path.join(root, "gone"), EVERYTHING)).toEqual([]);
});
