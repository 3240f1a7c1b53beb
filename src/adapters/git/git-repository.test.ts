import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CAIRN, gitWorld, type GitWorld } from "../../../test/contract/git-world.ts";
import { openRepository } from "./git-repository.ts";
import { findRecursionLock } from "./recursion-lock.ts";

let world: GitWorld;
beforeEach(async () => {
  world = await gitWorld();
});
afterEach(() => world.close());

const prepare = (slot: string, branch: string, mode: "create" | "reuse" | "restart" = "create") =>
  world.repository.prepareWorkspace({ slot, branch, base: world.start, mode });
const slotPath = (slot: string) => path.join(world.root, ".cairn", "worktrees", slot);
const adminOf = (slot: string) => path.join(world.root, ".git", "worktrees", slot);
const candidateOf = (onto: string, head: string) =>
  world.repository.buildCandidate({
    onto,
    forkPoint: world.start,
    head,
    method: "squash",
    message: "feat: x",
    authorOf: head,
  });

describe("what commits are", () => {
  test("replacements and grafts change nothing, and git has nothing to say about them", async () => {
    const { repository, start } = world;
    const { path: at } = await prepare("w1", "feat/1");
    const first = await world.commitIn(at, { "token.txt": "open sesame\n" }, "one");
    const head = await world.commitIn(at, { "token.txt": null, "b.txt": "b\n" }, "two");
    const before = await repository.historyOf(start, head, []);
    expect(before.map(({ sha }) => sha)).toEqual([first, head]);
    world.git(["replace", first, start]);
    fs.mkdirSync(path.join(world.root, ".git", "info"), { recursive: true });
    fs.writeFileSync(path.join(world.root, ".git", "info", "grafts"), `${head} ${start}\n`);
    expect(await repository.historyOf(start, head, [])).toEqual(before);
    const [added] = await repository.changesBetween(start, first, () => true);
    expect(added).toMatchObject({ path: "token.txt", after: "open sesame\n" });
  });

  test("name the people that they are published with", async () => {
    const { repository, start } = world;
    const { path: at } = await prepare("w1", "feat/1");
    fs.writeFileSync(path.join(at, "c.txt"), "c\n");
    world.git(["add", "-A"], { cwd: at });
    world.git(["commit", "-q", "-m", "work", "--author=Ada sesame <ada@mill.example>"], {
      cwd: at,
    });
    const [commit] = await repository.historyOf(start, world.git(["rev-parse", "feat/1"]), []);
    expect(commit?.people).toMatch(/^Ada sesame <ada@mill\.example>\n.+ <.+>$/);
    expect(commit).toMatchObject({ subject: "work", paths: ["c.txt"] });
  });
});

describe("the user's checkout", () => {
  test("keeps HEAD, index, configuration and files to the byte through a whole task", async () => {
    fs.writeFileSync(path.join(world.root, "a.txt"), "the user is at work here\n");
    fs.writeFileSync(path.join(world.root, "b.txt"), "staged\n");
    world.git(["add", "b.txt"]);
    const bytes = () =>
      ["HEAD", "index", "config", "ORIG_HEAD", "FETCH_HEAD", "MERGE_HEAD"].map((name) =>
        fs.existsSync(path.join(world.root, ".git", name))
          ? fs.readFileSync(path.join(world.root, ".git", name)).toString("base64")
          : "absent",
      );
    const before = bytes();
    const { repository, start } = world;
    await repository.ensureBranch("milestone/1", start);
    const { path: at } = await prepare("w1", "feat/1");
    const head = await world.commitIn(at, { "a.txt": "mine\n" }, "work");
    await world.commitOn("milestone/1", { "z.txt": "z\n" }, "meanwhile");
    const onto = (await repository.resolve("milestone/1")) ?? "";
    const candidate = await candidateOf(onto, head);
    if (candidate.kind !== "clean") throw new Error(candidate.kind);
    await repository.checkoutForGates("g1", candidate.commit);
    expect(await repository.moveBranch("milestone/1", onto, candidate.commit)).toBe("moved");
    await repository.inspectWork(at, "feat/1", start);
    await repository.undoBreaches(await repository.protectedRefs(["main"]), ["main"], "x@y");
    await repository.buildLanding(start, candidate.commit, "land");
    await prepare("w1", "feat/1", "restart");
    await repository.removeWorkspace("w1");
    await repository.removeWorkspace("g1");
    expect(bytes()).toEqual(before);
    expect(fs.readFileSync(path.join(world.root, "a.txt"), "utf8")).toBe(
      "the user is at work here\n",
    );
  });

  test("keeps a branch it is on: nobody moves, takes or deletes it", async () => {
    const { repository, start } = world;
    world.git(["switch", "-q", "-c", "milestone/1"]);
    const next = world.git(["commit-tree", `${start}^{tree}`, "-p", start, "-m", "next"]);
    await expect(repository.moveBranch("milestone/1", start, next)).rejects.toMatchObject({
      code: "branch/checked-out",
    });
    await expect(prepare("w1", "milestone/1")).rejects.toMatchObject({
      code: "workspace/branch-in-use",
    });
    await expect(repository.deleteBranch("milestone/1", start)).rejects.toMatchObject({
      code: "workspace/branch-in-use",
    });
    expect(world.git(["rev-parse", "milestone/1"])).toBe(start);
    expect(await repository.checkedOutAt("milestone/1")).toBe(world.root);
    expect(await repository.fastForwardCheckout(world.root, next)).toBe("moved");
    expect(world.git(["status", "--porcelain"])).toBe("");
  });

  test("is told to be in use also in the middle of a rebase", async () => {
    world.git(["switch", "-q", "-c", "mine"]);
    fs.writeFileSync(path.join(world.root, "b.txt"), "mine\n");
    world.git(["commit", "-q", "-a", "-m", "mine"]);
    await world.commitOn("main", { "b.txt": "theirs\n" }, "theirs");
    spawnSync("git", ["rebase", "main"], { cwd: world.root });
    expect(world.git(["branch", "--show-current"])).toBe("");
    expect(await world.repository.checkedOutAt("mine")).toBe(world.root);
  });
});

describe("a damaged workspace is made again", () => {
  const damages: Readonly<Record<string, (at: string, admin: string) => void>> = {
    "its .git file is gone": (at) => fs.rmSync(path.join(at, ".git")),
    "its .git file leads nowhere": (at) =>
      fs.writeFileSync(path.join(at, ".git"), "gitdir: /nowhere\n"),
    "its index is broken": (_, admin) => fs.writeFileSync(path.join(admin, "index"), "broken"),
    "its index is gone, as when a checkout was killed": (at, admin) => {
      fs.rmSync(path.join(admin, "index"));
      fs.writeFileSync(path.join(admin, "locked"), "initializing");
      fs.rmSync(path.join(at, "a.txt"));
    },
    "its HEAD is empty": (_, admin) => fs.writeFileSync(path.join(admin, "HEAD"), ""),
    "its folder is gone and its registration locked": (at, admin) => {
      fs.rmSync(at, { recursive: true });
      fs.writeFileSync(path.join(admin, "locked"), "by somebody");
    },
    "a killed git left its locks": (_, admin) => {
      fs.writeFileSync(path.join(admin, "index.lock"), "");
      fs.writeFileSync(path.join(admin, "HEAD.lock"), "");
    },
    "a rebase was left half-way": (_, admin) => {
      fs.mkdirSync(path.join(admin, "rebase-merge"));
      fs.writeFileSync(path.join(admin, "rebase-merge", "head-name"), "refs/heads/feat/1\n");
    },
    "the agent is on another branch": (at) =>
      world.git(["switch", "-q", "-c", "elsewhere"], { cwd: at }),
    "the agent cloned something into it": (at) =>
      world.git(["clone", "-q", world.root, path.join(at, "clone")]),
  };
  test.each(Object.entries(damages))("%s", async (_, damage) => {
    const { path: at } = await prepare("w1", "feat/1");
    const head = await world.commitIn(at, { "c.txt": "c\n" }, "work");
    damage(at, adminOf("w1"));
    expect(await prepare("w1", "feat/1", "reuse")).toMatchObject({ path: at, head });
    expect(world.git(["status", "--porcelain", "--branch"], { cwd: at })).toBe("## feat/1");
    expect(fs.readFileSync(path.join(at, "c.txt"), "utf8")).toBe("c\n");
  });

  test("also when its branch goes to another slot", async () => {
    for (const [slot, next] of [
      ["w1", "w2"],
      ["w3", "w4"],
    ] as const) {
      const { path: at } = await prepare(slot, `feat/${slot}`);
      if (slot === "w1") fs.rmSync(at, { recursive: true });
      else fs.rmSync(path.join(at, ".git"));
      expect(await prepare(next, `feat/${slot}`, "reuse")).toMatchObject({ path: slotPath(next) });
      expect(world.git(["branch", "--show-current"], { cwd: slotPath(next) })).toBe(`feat/${slot}`);
    }
  });

  test("but a folder that Cairn did not make is never removed", async () => {
    fs.mkdirSync(slotPath("w1"), { recursive: true });
    fs.writeFileSync(path.join(slotPath("w1"), "thesis.txt"), "years\n");
    await expect(prepare("w1", "feat/1")).rejects.toMatchObject({
      code: "workspace/folder-in-use",
    });
    await expect(world.repository.removeWorkspace("w1")).rejects.toMatchObject({
      code: "workspace/folder-in-use",
    });
    expect(fs.readFileSync(path.join(slotPath("w1"), "thesis.txt"), "utf8")).toBe("years\n");
  });

  test("and a name that would lead out of the worktrees folder is refused", async () => {
    for (const slot of ["..", "../w1", "a/b", "-w", ""]) {
      await expect(world.repository.removeWorkspace(slot)).rejects.toMatchObject({
        code: "workspace/bad-slot",
      });
    }
  });
});

describe("preparing again after a crash", () => {
  test("a branch this run has prepared is its own: it moves along with a newer base", async () => {
    await prepare("w1", "feat/1");
    const newer = await world.commitOn("main", { "z.txt": "z\n" }, "z");
    await world.reopen();
    const again = await world.repository.prepareWorkspace({
      slot: "w1",
      branch: "feat/1",
      base: newer,
      mode: "create",
    });
    expect(again.head).toBe(newer);
    expect(fs.existsSync(path.join(again.path, "z.txt"))).toBe(true);
  });

  test("a branch that another run has prepared is not", async () => {
    const { path: at } = await prepare("w1", "feat/1");
    await world.commitIn(at, { "c.txt": "c\n" }, "work");
    const other = await openRepository({
      root: world.root,
      cairnFolder: path.join(world.root, ".cairn"),
      run: "another",
      committer: CAIRN,
    });
    await expect(
      other.prepareWorkspace({ slot: "w1", branch: "feat/1", base: world.start, mode: "create" }),
    ).rejects.toMatchObject({ code: "workspace/branch-exists" });
    await other.close();
  });
});

test("a merge that a loose file stands in the way of is refused in git's words", async () => {
  const { path: at } = await prepare("w1", "feat/1");
  const other = await world.commitOn("main", { "z.txt": "z\n" }, "z");
  await world.write(at, { "z.txt": "mine, not committed\n" });
  await expect(world.repository.beginMerge(at, other, "m")).rejects.toMatchObject({
    code: "workspace/merge-refused",
    quote: expect.stringContaining("z.txt"),
  });
  expect(fs.readFileSync(path.join(at, "z.txt"), "utf8")).toBe("mine, not committed\n");
});

describe("the recursion lock", () => {
  test("is found from anywhere in a task's workspace, by nobody's git, and nowhere else", async () => {
    const { path: at } = await prepare("w1", "feat/1");
    fs.mkdirSync(path.join(at, "deep", "down"), { recursive: true });
    expect(await findRecursionLock(path.join(at, "deep", "down"))).toEqual({
      run: "m1-test",
      slot: "w1",
      branch: "feat/1",
    });
    expect(await findRecursionLock(world.root)).toBeNull();
    expect(world.git(["status", "--porcelain", "--ignored"], { cwd: at })).toBe("");
    expect(
      await findRecursionLock(await world.repository.checkoutForGates("g1", world.start)),
    ).toBeNull();
  });

  test("stays while the workspace is gated, and is there again after whatever was done to it", async () => {
    const { path: at } = await prepare("w1", "feat/1");
    const lock = { run: "m1-test", slot: "w1", branch: "feat/1" };
    const lockFile = path.join(gitDirOf(at), "cairn.lock");
    await world.repository.checkoutForGates("w1", world.start);
    expect(await findRecursionLock(at)).toEqual(lock);
    await world.repository.restoreUnlessMerging(at, "feat/1");
    expect(await findRecursionLock(at)).toEqual(lock);
    fs.rmSync(lockFile);
    await world.repository.restoreIfMoved(at, "feat/1", world.start);
    expect(await findRecursionLock(at)).toEqual(lock);
    // Broken, so that both have to make it anew.
    fs.rmSync(path.join(at, ".git"));
    await world.repository.checkoutForGates("w1", world.start);
    expect(await findRecursionLock(at)).toEqual(lock);
    fs.rmSync(path.join(at, ".git"));
    await world.repository.restore(at, "feat/1", world.start);
    expect(await findRecursionLock(at)).toEqual(lock);
  });
});

describe("candidates", () => {
  const LINES = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

  test("are merged by the attributes of the branch they land on, in folders too", async () => {
    const { repository } = world;
    await repository.ensureBranch("base", world.start);
    await repository.ensureBranch("feat/1", world.start);
    const attributed = await world.commitOn(
      "base",
      { "docs/.gitattributes": "*.md merge=union\n", "docs/log.md": "one\n" },
      "a",
    );
    const mine = await world.commitOn("feat/1", { "docs/log.md": "mine\n" }, "b");
    const union = await candidateOf(attributed, mine);
    if (union.kind !== "clean") {
      // Added on both sides: union takes both.
      throw new Error(JSON.stringify(union));
    }
    expect((await world.contentOf(union.commit, "docs/log.md"))?.split("\n").toSorted()).toEqual([
      "",
      "mine",
      "one",
    ]);
    const without = await world.commitOn("base", { "docs/.gitattributes": null }, "c");
    expect(await candidateOf(without, mine)).toMatchObject({
      kind: "conflict",
      paths: ["docs/log.md"],
    });
  });

  test("take an edit along to where the base moved the file, and the other way round", async () => {
    const { repository } = world;
    await repository.ensureBranch("moves", world.start);
    await repository.ensureBranch("edits", world.start);
    const moves = await world.commitOn("moves", { "a.txt": null, "moved.txt": LINES }, "move");
    const edits = await world.commitOn("edits", { "a.txt": LINES.replace("2", "two") }, "edit");
    for (const candidate of [await candidateOf(moves, edits), await candidateOf(edits, moves)]) {
      if (candidate.kind !== "clean") throw new Error(JSON.stringify(candidate));
      expect(await world.contentOf(candidate.commit, "moved.txt")).toBe(LINES.replace("2", "two"));
      expect(await world.contentOf(candidate.commit, "a.txt")).toBeNull();
    }
  });

  test("carry the author and the date of the work, and Cairn as committer", async () => {
    const { path: at } = await prepare("w1", "feat/1");
    const head = await world.commitIn(at, { "c.txt": "c\n" }, "work", "agent@agents.cairn.invalid");
    const candidate = await candidateOf(world.start, head);
    if (candidate.kind !== "clean") throw new Error(candidate.kind);
    const facts = (commit: string) =>
      world.git(["log", "-1", "--format=%an <%ae> %ad | %ce %cd | %s", commit]);
    const [author] = facts(head).split(" | ");
    expect(facts(candidate.commit)).toBe(
      `${author} | ${CAIRN.email} ${author?.split("> ")[1]} | feat: x`,
    );
    expect(world.git(["fsck", "--strict", "--no-dangling"])).toBe("");
  });

  test("keep files whose names hold anything", async () => {
    const { path: at } = await prepare("w1", "feat/1");
    const files = { 'we"ird\nna\tme': "x\n", "ünï/cödé.txt": "y\n", "-rf": "z\n" };
    const head = await world.commitIn(at, files, "names");
    const onto = await world.commitOn("main", { "z.txt": "z\n" }, "z");
    const candidate = await candidateOf(onto, head);
    if (candidate.kind !== "clean") throw new Error(candidate.kind);
    expect(candidate.changedPaths.toSorted()).toEqual(Object.keys(files).toSorted());
    const work = await world.repository.inspectWork(at, "feat/1", world.start);
    expect(work.changedPaths.toSorted()).toEqual(Object.keys(files).toSorted());
    expect(work.changedLines).toBe(3);
  });
});

describe("leftovers", () => {
  test("are all that is ours, and unmerged or uncommitted work needs force", async () => {
    const { repository } = world;
    const { path: at } = await prepare("w1", "feat/1");
    const tip = await world.commitIn(at, { "c.txt": "c\n" }, "work");
    await world.write(at, { "loose.txt": "l\n" });
    await repository.ensureBranch("feat/2", world.start);
    const question = { branches: ["feat/1", "feat/2", "gone"], mergedInto: ["main"] };
    const found = await repository.findLeftovers(question);
    expect(found).toEqual([
      {
        kind: "slot",
        slot: "w1",
        path: at,
        run: "m1-test",
        branch: "feat/1",
        dirtyPaths: ["loose.txt"],
      },
      { kind: "branch", branch: "feat/1", tip, merged: false },
      { kind: "branch", branch: "feat/2", tip: world.start, merged: true },
    ]);
    const [slot, unmerged, merged] = found;
    if (slot === undefined || unmerged === undefined || merged === undefined)
      throw new Error("missing");
    await expect(repository.removeLeftover(slot, { force: false })).rejects.toMatchObject({
      code: "clean/uncommitted",
    });
    await expect(repository.removeLeftover(unmerged, { force: false })).rejects.toMatchObject({
      code: "clean/unmerged",
    });
    await repository.removeLeftover(merged, { force: false });
    await repository.removeLeftover(slot, { force: true });
    await repository.removeLeftover(unmerged, { force: true });
    expect(await repository.findLeftovers(question)).toEqual([]);
    expect(fs.existsSync(at)).toBe(false);
  });

  test("a squashed branch counts as merged when the log says so for this tip", async () => {
    await world.repository.ensureBranch("feat/1", world.start);
    const tip = await world.commitOn("feat/1", { "c.txt": "c\n" }, "work");
    const found = await world.repository.findLeftovers({
      branches: ["feat/1"],
      mergedInto: ["main"],
      mergedTips: { "feat/1": tip },
    });
    expect(found).toMatchObject([{ merged: true }]);
  });
});

test("the repository is found through a linked worktree, and its folders may hold blanks and links", async () => {
  const link = path.join(world.root, "..", "a link to it");
  fs.symlinkSync(world.root, link);
  const repository = await openRepository({
    root: link,
    cairnFolder: path.join(link, ".cairn"),
    run: "r",
    committer: CAIRN,
  });
  const made = await repository.prepareWorkspace({
    slot: "w1",
    branch: "feat/1",
    base: world.start,
    mode: "create",
  });
  expect(made.path).toBe(slotPath("w1"));
  expect(await repository.checkedOutAt("feat/1")).toBe(made.path);
  await repository.close();
});

/** Git's own folder of a linked checkout. */
function gitDirOf(checkout: string): string {
  return world.git(["rev-parse", "--absolute-git-dir"], { cwd: checkout });
}

/** Twelve lines of its own: enough to be known again when it was moved and changed. */
function text(name: string): string {
  return Array.from({ length: 12 }, (_, at) => `${name} ${at}\n`).join("");
}

test("files that the base has moved are followed as far as a merge follows them, whatever is set for differences", async () => {
  const { repository } = world;
  const names = ["one", "two", "three"];
  await repository.ensureBranch("base", world.start);
  const old = Object.fromEntries(names.map((name) => [`old/${name}.txt`, text(name)]));
  const fork = await world.commitOn("base", old, "files");
  await repository.ensureBranch("feat/1", fork);
  const head = await world.commitOn("feat/1", { "old/two.txt": `${text("two")}mine\n` }, "work");
  const moved = names.flatMap((name) => [
    [`old/${name}.txt`, null],
    [`new/${name}-moved.txt`, `moved\n${text(name)}`],
  ]);
  const onto = await world.commitOn("base", Object.fromEntries(moved), "moved");
  // A merge has a limit of its own.
  world.git(["config", "merge.renameLimit", "7000"]);
  world.git(["config", "diff.renameLimit", "1"]);
  const made = await repository.buildCandidate({
    onto,
    forkPoint: fork,
    head,
    authorOf: head,
    method: "squash",
    message: "m",
  });
  expect(made).toMatchObject({ kind: "clean", changedPaths: ["new/two-moved.txt"] });
});
