import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CAIRN, gitWorld, type GitWorld } from "../../../test/contract/git-world.ts";
import { INSTALLED_MODES, newerGit } from "../../../test/support/git-stand-in.ts";
import { ownChildren } from "../../../test/support/own-children.ts";
import type { CandidateRequest } from "../../ports/repository.ts";
import { gitEnvironment } from "./git-environment.ts";
import { openRepository, type GitRepository } from "./git-repository.ts";
import type { MergeMode } from "./git-version.ts";
import { sessionGitEnvironment } from "./session-environment.ts";

const LINES = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
const isLinux = process.platform === "linux";

let world: GitWorld;
let opened: GitRepository[] = [];
beforeEach(async () => {
  world = await gitWorld();
});
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()));
  opened = [];
  await world.close();
});

/** A base that went on and a branch that is to be merged into it. */
async function twoSides(): Promise<CandidateRequest> {
  const { repository } = world;
  await repository.ensureBranch("milestone/1", world.start);
  const onto = await world.commitOn("milestone/1", { "a.txt": LINES.replace("1", "one") }, "other");
  await repository.ensureBranch("feat/1", world.start);
  const head = await world.commitOn("feat/1", { "a.txt": LINES.replace("9", "nine") }, "work");
  const sides = { onto, forkPoint: world.start, head, authorOf: head };
  return { ...sides, method: "squash", message: "m" };
}

/** Another opening of the same repository, by a `git` that stands first on the path. */
async function openWith(bin: string, mergeMode?: MergeMode): Promise<GitRepository> {
  const before = process.env["PATH"];
  process.env["PATH"] = `${bin}:${before}`;
  const opening = openRepository({
    root: world.root,
    cairnFolder: path.join(world.root, ".cairn"),
    run: "m1-test",
    committer: CAIRN,
    ...(mergeMode === undefined ? {} : { mergeMode }),
  });
  process.env["PATH"] = before;
  opened.push(await opening);
  return opening;
}

function lock(ref: string): () => void {
  const file = path.join(world.root, ".git", `${ref}.lock`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, "");
  return () => fs.rmSync(file);
}

/** Every git of it that is started while the file `full` is there cannot write a byte. */
function gitWithoutRoom(): { readonly bin: string; readonly full: string } {
  const bin = path.join(world.root, "..", "no-room");
  const full = path.join(bin, "full");
  fs.mkdirSync(bin);
  const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  const script = `#!/bin/sh\nif [ -e '${full}' ]; then trap '' XFSZ; ulimit -f 0; fi\nexec '${real}' "$@"\n`;
  fs.writeFileSync(path.join(bin, "git"), script, { mode: 0o755 });
  return { bin, full };
}

/** Stops the child, so that it is in the middle of whatever is asked next. */
function stopped(words: string): number {
  const [pid, another] = ownChildren(words);
  if (pid === undefined || another !== undefined) throw new Error(`not one child ${words}`);
  process.kill(pid, "SIGSTOP");
  return pid;
}

const count = (): string => world.git(["count-objects", "-v"]);
const tipOf = (branch: string): string => world.git(["rev-parse", branch]);

describe("wrong merge base", () => {
  test("the tip of the base itself, over which a merge looks clean and takes back what it has got", async () => {
    const request = await twoSides();
    const wrong = { ...request, forkPoint: request.onto };
    const candidate = await world.repository.buildCandidate(wrong);
    expect(candidate).toMatchObject({
      kind: "refused",
      why: expect.stringContaining(request.onto.slice(0, 9)),
    });
  });

  test("a commit of somebody else's branch, which is not part of this one", async () => {
    const request = await twoSides();
    await world.repository.ensureBranch("feat/2", world.start);
    const forkPoint = await world.commitOn("feat/2", { "a.txt": LINES.replace("9", "no") }, "two");
    const candidate = await world.repository.buildCandidate({ ...request, forkPoint });
    expect(candidate).toMatchObject({
      kind: "refused",
      why: expect.stringContaining(forkPoint.slice(0, 9)),
    });
  });
});

describe("stale lock", () => {
  test("of the branch: it stays where it is, git's words name the file, and without it the same move goes on", async () => {
    const { onto } = await twoSides();
    const unlock = lock("refs/heads/milestone/1");
    const move = () => world.repository.moveBranch("milestone/1", onto, world.start);
    await expect(move()).rejects.toMatchObject({
      code: "git/failed",
      quote: expect.stringContaining("milestone/1.lock"),
    });
    expect(tipOf("milestone/1")).toBe(onto);
    unlock();
    expect(await move()).toBe("moved");
  });

  test("of the packed refs: a branch is deleted whole or not at all", async () => {
    const { head } = await twoSides();
    world.git(["pack-refs", "--all"]);
    const unlock = lock("packed-refs");
    await expect(world.repository.deleteBranch("feat/1", head)).rejects.toMatchObject({
      code: "git/failed",
      quote: expect.stringContaining("packed-refs.lock"),
    });
    expect(tipOf("feat/1")).toBe(head);
    unlock();
    await world.repository.deleteBranch("feat/1", head);
    expect(await world.repository.resolve("refs/heads/feat/1")).toBeNull();
  });

  test("of what holds on to a candidate: none is answered that a cleaning could take away", async () => {
    const request = await twoSides();
    const made = await world.repository.buildCandidate(request);
    if (made.kind !== "clean") throw new Error(made.kind);
    const unlock = lock(`refs/cairn/m1-test/keep/${made.commit}`);
    await expect(world.repository.buildCandidate(request)).rejects.toMatchObject({
      code: "git/failed",
    });
    unlock();
    expect(await world.repository.buildCandidate(request)).toEqual(made);
  });
});

describe("full disk", () => {
  test("a candidate is not built and the branch not moved, in git's words; with room again it is as if nothing had been", async () => {
    const request = await twoSides();
    const expected = await world.repository.buildCandidate(request);
    if (expected.kind !== "clean") throw new Error(expected.kind);
    await world.repository.letGo();
    world.git(["prune", "--expire=now"]);
    const { bin, full } = gitWithoutRoom();
    const repository = await openWith(bin);
    fs.writeFileSync(full, "");
    await expect(repository.buildCandidate(request)).rejects.toMatchObject({
      code: expect.stringMatching(/^git\/(failed|died)$/),
      quote: expect.stringContaining("File too large"),
    });
    await expect(
      repository.moveBranch("milestone/1", request.onto, request.head),
    ).rejects.toMatchObject({ code: "git/failed" });
    expect(tipOf("milestone/1")).toBe(request.onto);
    fs.rmSync(full);
    expect(await repository.buildCandidate(request)).toEqual(expected);
    expect(await repository.moveBranch("milestone/1", request.onto, expected.commit)).toBe("moved");
    world.git(["fsck", "--strict"]);
  });
});

describe.skipIf(!isLinux)("killed git (on Linux, which tells whose child is whose)", () => {
  test.each(["cat-file", "diff-tree --stdin -r --raw", "hash-object -t commit"])(
    "%s: asked again, with the same answer",
    async (words) => {
      const request = await twoSides();
      const expected = await world.repository.buildCandidate(request);
      // Nothing of it is remembered then.
      const later = await world.commitOn("feat/1", { "d.txt": "d\n" }, "more");
      const again = { ...request, head: later, authorOf: later };
      const pid = stopped(words);
      const asked = world.repository.buildCandidate(again);
      await new Promise((resolve) => setTimeout(resolve, 50));
      process.kill(pid, "SIGKILL");
      const candidate = await asked;
      expect(candidate).toMatchObject({ kind: "clean", changedPaths: ["a.txt", "d.txt"] });
      expect(await world.repository.buildCandidate(again)).toEqual(candidate);
      expect(await world.repository.buildCandidate(request)).toEqual(expected);
    },
  );

  test("update-ref: the branch is moved once, or not at all", async () => {
    const { onto } = await twoSides();
    const later = await world.commitOn("milestone/1", { "d.txt": "d\n" }, "later");
    expect(await world.repository.moveBranch("milestone/1", later, onto)).toBe("moved");
    const pid = stopped("update-ref");
    const moving = world.repository.moveBranch("milestone/1", onto, later);
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill(pid, "SIGKILL");
    expect(await moving).toBe("moved");
    expect(tipOf("milestone/1")).toBe(later);
  });

  test("a base that somebody moves while it is being moved: stale, and theirs stays", async () => {
    const { onto, head } = await twoSides();
    expect(await world.repository.moveBranch("milestone/1", onto, world.start)).toBe("moved");
    const pid = stopped("update-ref");
    const moving = world.repository.moveBranch("milestone/1", world.start, onto);
    await new Promise((resolve) => setTimeout(resolve, 50));
    world.git(["update-ref", "refs/heads/milestone/1", head]);
    process.kill(pid, "SIGCONT");
    expect(await moving).toBe("stale");
    expect(tipOf("milestone/1")).toBe(head);
  });

  const isReal = INSTALLED_MODES.includes("persistent");
  const how = isReal ? "" : " (a stand-in: git is older than 2.49)";
  test(`the one that merges${how}: asked again, with the same answer`, async () => {
    const request = await twoSides();
    const expected = await world.repository.buildCandidate(request);
    const repository = isReal
      ? world.repository
      : await openWith(newerGit(path.join(world.root, "..", "bin")), "persistent");
    expect(await repository.buildCandidate(request)).toEqual(expected);
    const pid = stopped("merge-tree --write-tree --messages -z --stdin");
    const asked = repository.buildCandidate(request);
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill(pid, "SIGKILL");
    expect(await asked).toEqual(expected);
  });

  test("one of those that an older git's shell starts, or that shell: asked again, with the same answer", async () => {
    const request = await twoSides();
    const expected = await world.repository.buildCandidate(request);
    // With git 2.48 or older it has such a shell, too.
    await world.repository.close();
    const { bin, kill } = gitThatDiesOnce();
    const repository = await openWith(bin, "synthetic-parent");
    fs.writeFileSync(kill, "");
    expect(await repository.buildCandidate(request)).toEqual(expected);
    expect(fs.existsSync(kill)).toBe(false);
    const pid = stopped("sh -c mark=");
    const asked = repository.buildCandidate(request);
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill(pid, "SIGKILL");
    expect(await asked).toEqual(expected);
  });
});

/** The first merge that it is asked for after the file `kill` was written is killed, and the file is gone. */
function gitThatDiesOnce(): { readonly bin: string; readonly kill: string } {
  const bin = path.join(world.root, "..", "dies");
  const kill = path.join(bin, "kill");
  fs.mkdirSync(bin);
  const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  const script = `#!/bin/sh\ncase "$1" in merge-tree) if rm '${kill}' 2>/dev/null; then kill -9 $$; fi ;; esac\nexec '${real}' "$@"\n`;
  fs.writeFileSync(path.join(bin, "git"), script, { mode: 0o755 });
  return { bin, kill };
}

describe("a child that merges for many", () => {
  test("makes way for another when the attributes are others, and only then", async () => {
    const log = path.join(world.root, "..", "started");
    const repository = await openWith(
      newerGit(path.join(world.root, "..", "bin"), log),
      "persistent",
    );
    const children = (): number => fs.readFileSync(log, "utf8").trim().split("\n").length;
    const request = await twoSides();
    const both = { ...request, head: await world.commitOn("feat/1", { "b.txt": "mine\n" }, "b") };
    const onto = await world.commitOn("milestone/1", { "b.txt": "theirs\n" }, "b");
    expect(await repository.buildCandidate(request)).toMatchObject({ kind: "clean" });
    expect(await repository.buildCandidate({ ...both, onto })).toMatchObject({
      kind: "conflict",
      paths: ["b.txt"],
    });
    expect(children()).toBe(1);
    const union = { ".gitattributes": "b.txt merge=union\n" };
    const settled = await world.commitOn("milestone/1", union, "union");
    const merged = await repository.buildCandidate({ ...both, onto: settled });
    if (merged.kind !== "clean") throw new Error(merged.kind);
    expect(await world.contentOf(merged.commit, "b.txt")).toBe("theirs\nmine\n");
    expect(children()).toBe(2);
    expect(await repository.buildCandidate({ ...both, onto })).toMatchObject({ kind: "conflict" });
    expect(children()).toBe(3);
  });
});

describe("objects", () => {
  test("that were built outlive a cleaning, until the run is tidied", async () => {
    const request = await twoSides();
    const candidate = await world.repository.buildCandidate(request);
    const { onto, forkPoint, head } = request;
    const tips = [{ forkPoint, head }];
    const stacked = await world.repository.mergeTips({ onto, tips, message: "m" });
    if (candidate.kind !== "clean" || stacked.kind !== "clean") throw new Error("conflict");
    world.git(["gc", "-q", "--prune=now"]);
    expect(world.git(["cat-file", "-t", candidate.commit])).toBe("commit");
    expect(world.git(["cat-file", "-t", stacked.commit])).toBe("commit");
    const question = { branches: [], mergedInto: [] };
    const [kept] = await world.repository.findLeftovers(question);
    expect(kept).toEqual({ kind: "kept", run: "m1-test", count: 2 });
    if (kept !== undefined) await world.repository.removeLeftover(kept, { force: false });
    expect(await world.repository.findLeftovers(question)).toEqual([]);
    world.git(["gc", "-q", "--prune=now"]);
    expect(() => world.git(["cat-file", "-e", candidate.commit])).toThrow("cat-file");
  });

  test("that a forecast makes are not left in the repository", async () => {
    const { onto, forkPoint, head } = await twoSides();
    await world.repository.ensureBranch("feat/2", world.start);
    const other = await world.commitOn("feat/2", { "a.txt": LINES.replace("9", "nove") }, "two");
    const branches = [
      { key: "1", forkPoint, head },
      { key: "2", forkPoint, head: other },
    ];
    const before = count();
    const found = await world.repository.forecast(onto, branches, [
      ["1", "2"],
      ["2", null],
    ]);
    expect(found).toEqual([
      { a: "1", b: "2", paths: ["a.txt"] },
      { a: "2", b: null, paths: [] },
    ]);
    expect(count()).toBe(before);
  });

  test("are never cleaned up by a git of Cairn's or of an agent's by itself", async () => {
    const agent = await sessionGitEnvironment({
      root: world.root,
      hooksFolder: path.join(world.root, ".cairn", "hooks"),
      protectedPatterns: ["main"],
      committer: CAIRN,
    });
    for (const env of [gitEnvironment(CAIRN), { PATH: process.env["PATH"] ?? "", ...agent }]) {
      const ask = (key: string) => world.git(["config", "--get", key], { env });
      expect([ask("gc.auto"), ask("maintenance.auto")]).toEqual(["0", "false"]);
    }
  });
});
