import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gitWorld, type GitWorld } from "../../../test/contract/git-world.ts";
import { excludeCairnFolder } from "./exclude-folder.ts";
import { mergeModeOf, readGitVersion } from "./git-version.ts";
import { preflightGit } from "./preflight-git.ts";

let world: GitWorld;
beforeEach(async () => {
  world = await gitWorld();
});
afterEach(() => world.close());

describe("preflight facts", () => {
  test("of a clean repository", async () => {
    expect(await preflightGit(world.root)).toMatchObject({
      kind: "repository",
      mainRoot: world.root,
      root: world.root,
      branch: "main",
      head: world.start,
      modifiedPaths: [],
      operation: null,
      remotes: [],
      defaultBranch: null,
      userName: null,
      userEmail: null,
      writable: true,
    });
  });

  test("name the main work tree from a linked one and from a folder below", async () => {
    const linked = path.join(world.root, "..", "linked");
    world.git(["worktree", "add", "-q", "-b", "side", linked]);
    fs.mkdirSync(path.join(linked, "below"));
    expect(await preflightGit(path.join(linked, "below"))).toMatchObject({
      mainRoot: world.root,
      root: fs.realpathSync(linked),
      branch: "side",
    });
  });

  test("name modified tracked files of the main checkout, never untracked ones", async () => {
    await world.write(world.root, { "a.txt": "x\n", "b.txt": null, "new.txt": "n\n" });
    expect(await preflightGit(world.root)).toMatchObject({ modifiedPaths: ["a.txt", "b.txt"] });
  });

  test("tell a detached HEAD, a repository without commits, a merge under way, an identity and the remote's default", async () => {
    world.git(["config", "user.name", "Ada"]);
    world.git(["config", "user.email", "ada@example.com"]);
    const remote = path.join(world.root, "..", "remote.git");
    world.git(["clone", "-q", "--bare", world.root, remote]);
    world.git(["remote", "add", "origin", remote]);
    world.git(["fetch", "-q", "origin"]);
    world.git(["remote", "set-head", "origin", "-a"]);
    world.git(["checkout", "-q", "--detach"]);
    expect(await preflightGit(world.root)).toMatchObject({
      branch: null,
      userName: "Ada",
      userEmail: "ada@example.com",
      defaultBranch: "main",
      remotes: ["origin"],
    });
    const fresh = path.join(world.root, "..", "fresh");
    world.git(["init", "-q", "-b", "trunk", fresh]);
    expect(await preflightGit(fresh)).toMatchObject({
      branch: "trunk",
      head: null,
      modifiedPaths: [],
    });
    world.git(["switch", "-q", "main"]);
    await world.repository.ensureBranch("other", world.start);
    await world.commitOn("other", { "b.txt": "other\n" }, "o");
    await world.commitIn(world.root, { "b.txt": "mine\n" }, "m");
    spawnSync("git", ["merge", "other"], { cwd: world.root });
    expect(await preflightGit(world.root)).toMatchObject({ operation: "merge" });
  });

  test("tell a bare repository and no repository apart", async () => {
    const bare = path.join(world.root, "..", "bare.git");
    world.git(["init", "-q", "--bare", bare]);
    expect((await preflightGit(bare)).kind).toBe("bare");
    const nowhere = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-none-"));
    expect(await preflightGit(nowhere)).toMatchObject({ kind: "no-repository" });
    fs.rmdirSync(nowhere);
  });
});

describe("keeping .cairn/ out of git", () => {
  test("adds one line once, for linked worktrees too, and keeps what is there", async () => {
    const file = path.join(world.root, ".git", "info", "exclude");
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, "*.mine");
    const linked = path.join(world.root, "..", "linked");
    world.git(["worktree", "add", "-q", "-b", "side", linked]);
    expect(await excludeCairnFolder(linked)).toBe(true);
    expect(await excludeCairnFolder(world.root)).toBe(false);
    expect(fs.readFileSync(file, "utf8")).toBe("*.mine\n/.cairn/\n");
  });

  test("makes the folder and the file where there is none", async () => {
    fs.rmSync(path.join(world.root, ".git", "info"), { recursive: true, force: true });
    expect(await excludeCairnFolder(world.root)).toBe(true);
    expect(fs.readFileSync(path.join(world.root, ".git", "info", "exclude"), "utf8")).toBe(
      "/.cairn/\n",
    );
  });
});

describe("git versions", () => {
  test("are read from what git and its vendors print", () => {
    expect(readGitVersion("git version 2.39.5 (Apple Git-154)\n")).toEqual({
      text: "2.39.5",
      major: 2,
      minor: 39,
    });
    expect(readGitVersion("nonsense")).toBeNull();
  });

  test("decide how a merge gets its base, and below 2.38 there is none", () => {
    expect(mergeModeOf(readGitVersion("git version 2.39.5"))).toBe("synthetic-parent");
    expect(mergeModeOf(readGitVersion("git version 2.40.0"))).toBe("merge-base");
    expect(mergeModeOf(readGitVersion("git version 2.48.2"))).toBe("merge-base");
    expect(mergeModeOf(readGitVersion("git version 2.49.0"))).toBe("persistent");
    expect(mergeModeOf(readGitVersion("git version 3.0.0"))).toBe("persistent");
    expect(() => mergeModeOf(readGitVersion("git version 2.37.9"))).toThrow(/2\.37\.9 is too old/);
  });
});
