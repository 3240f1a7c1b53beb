import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CommandWorld } from "../../test/support/command-world.ts";
import { RunStory } from "../../test/support/run-story.ts";
import { loadConfig } from "../config/load.ts";
import type { Surroundings } from "../host/checks-surroundings.ts";
import { surroundings } from "./ground-facts-surroundings.ts";

let world: CommandWorld;
beforeEach(() => {
  world = new CommandWorld();
});
afterEach(() => {
  world.remove();
});

async function look(
  config = "",
  env: Readonly<Record<string, string>> = {},
): Promise<Surroundings> {
  write(".cairn.yml", `version: 1\n${config}`);
  return surroundings({
    root: world.root,
    cairnFolder: world.cairnFolder,
    config: loadConfig({ root: world.root, env: {} }).config,
    target: "main",
    agents: [],
    env: { PATH: "/nowhere", ...env },
    forge: async () => Promise.resolve(null),
  });
}

function write(name: string, text = ""): void {
  const file = path.join(world.root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

const ISSUES = [{ key: "1", title: "One" }];

function engineNote(story: RunStory, pid: number): void {
  write(
    ".cairn/engine.json",
    JSON.stringify({ pid, run: story.run.id, command: "cairn run x", startedAt: 1 }),
  );
}

describe("what a new worktree gets", () => {
  test.each([
    [[], "", { strategy: "auto", command: null, missing: null, unserved: null }],
    [
      ["package-lock.json"],
      "",
      { strategy: "auto", command: "npm ci", missing: "the program npm", unserved: null },
    ],
    [
      ["uv.lock"],
      "",
      {
        strategy: "auto",
        command: null,
        missing: null,
        unserved: { file: "uv.lock", command: "uv sync --frozen" },
      },
    ],
    [
      ["package-lock.json"],
      "workspace: { bootstrap: link }",
      {
        strategy: "link",
        command: "npm ci",
        missing: "the program npm",
        unserved: null,
        // Of an empty file.
        ownBecause: "package-lock.json is not of version 2 or 3",
      },
    ],
    [
      ["uv.lock"],
      "workspace: { bootstrap: none }",
      { strategy: "none", command: null, missing: null, unserved: null },
    ],
    [
      ["uv.lock"],
      "workspace: { bootstrap: { command: make deps } }",
      { strategy: "make deps", command: "make deps", missing: null, unserved: null },
    ],
  ])("with %j and %j", async (files, config, expected) => {
    for (const file of files) write(file);
    expect((await look(config)).bootstrap).toEqual(expected);
  });
});

describe("what runs have left", () => {
  test("an engine that was killed at work is named; one that ended in order is not", async () => {
    const story = new RunStory().begun({}, ISSUES);
    world.store(story);
    engineNote(story, 999_999_999);
    expect((await look()).leftovers.deadEngine).toEqual({ pid: 999_999_999, run: story.run.id });
    story.tell({ type: "RunCancelled", by: "ada" });
    world.remove();
    world = new CommandWorld();
    world.store(story);
    engineNote(story, 999_999_999);
    expect((await look()).leftovers.deadEngine).toBeNull();
  });

  test("worktrees of no open run are named, those made by hand or for measuring are not", async () => {
    const story = new RunStory().begun({}, ISSUES);
    world.store(story);
    for (const name of [story.run.id, "m0-over", "tasks", "scratch-1-a"]) {
      write(`.cairn/worktrees/${name}/w1/a.txt`, "four");
    }
    const { leftovers, disk } = await look();
    expect(leftovers.worktrees).toEqual(["m0-over"]);
    expect(disk).toMatchObject({ usedBytes: 16, maxBytes: 20 * 2 ** 30 });
  });

  test("a log that does not hold says nothing of either", async () => {
    const story = new RunStory().begun({}, ISSUES);
    world.store(story);
    engineNote(story, 999_999_999);
    write(".cairn/worktrees/m0-over/w1/a.txt");
    for (const name of ["cairn.db-wal", "cairn.db-shm"]) {
      fs.rmSync(path.join(world.cairnFolder, name), { force: true });
    }
    write(".cairn/cairn.db", "no database");
    expect((await look()).leftovers).toEqual({ worktrees: [], deadEngine: null });
  });
});

test("the session this process lives in", async () => {
  const seen = await look("", { GH_TOKEN: "ghp_secret", GITHUB_TOKEN: "", CAIRN_INSIDE: "m1-x" });
  expect(seen).toMatchObject({ forge: null, insideSession: "m1-x", remote: null });
  expect(JSON.stringify(seen)).not.toContain("ghp_secret");
});

test("the configured remote is asked, and the target held against it", async () => {
  const there = `${world.root}-there`;
  try {
    world.git("init", "-q", "--bare", there);
    world.git("remote", "add", "other", "/nowhere/at/all");
    world.git("remote", "add", "up", there);
    world.git("push", "-q", "up", "main");
    const { remote } = await look("forge: { remote: up }");
    expect(remote).toEqual({
      name: "up",
      target: "main",
      isCheckedOut: true,
      standing: "same",
      unreachable: null,
    });
    expect((await look()).remote).toMatchObject({ name: "other", standing: null });
  } finally {
    fs.rmSync(there, { recursive: true, force: true });
  }
});
