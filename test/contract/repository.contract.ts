import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { provenResolvers } from "../../src/core/merge/resolvers/proven-resolvers.ts";
import type { CommitSha } from "../../src/core/shared/names.ts";
import type { Repository } from "../../src/ports/repository.ts";

/** File name -> content; null removes it. */
export type Files = Readonly<Record<string, string | null>>;

/** What the suite needs beside the port: hands that edit and commit, as agents and people do. */
export interface RepositoryWorld {
  readonly repository: Repository;
  /** First commit of `main`: `a.txt` (lines 1 to 9), `b.txt`, and a `.gitignore` for `*.ignored`. */
  readonly start: CommitSha;
  /** Writes without committing. */
  write(path: string, files: Files): Promise<void>;
  /** Content of a file in a checkout; null when there is none. */
  contentAt(path: string, file: string): Promise<string | null>;
  /** Commits in a workspace, on whatever its HEAD is; `email` is author and committer. */
  commitIn(path: string, files: Files, message: string, email?: string): Promise<CommitSha>;
  /** Commits on a branch without any checkout, as somebody else would by pushing. */
  commitOn(branch: string, files: Files, message: string, email?: string): Promise<CommitSha>;
  /** Content of a file in a commit; null when it is not there. */
  contentOf(commit: CommitSha, file: string): Promise<string | null>;
  parentsOf(commit: CommitSha): Promise<readonly CommitSha[]>;
  /** Puts HEAD of a workspace on a bare commit, as an agent might. */
  detach(path: string): Promise<void>;
  /** Deletes the folder of a workspace, as an agent might. */
  lose(path: string): Promise<void>;
  /** Drops everything held in memory and opens the same repository again, as after a crash. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

const LINES = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
const AGENT = "4.2-s1@agents.cairn.invalid";

function withLine(text: string | null): string {
  return `${text ?? ""}done\n`;
}

/** The promises of `Repository`, for the real git and for the one simulations use. */
export function repositoryContract(name: string, setup: () => Promise<RepositoryWorld>): void {
  describe(`repository contract: ${name}`, () => {
    let world: RepositoryWorld;
    let repository: Repository;
    beforeEach(async () => {
      world = await setup();
      repository = world.repository;
    });
    afterEach(async () => {
      await world.close();
    });

    const workspace = (
      slot: string,
      branch: string,
      mode: "create" | "reuse" | "restart" = "create",
      base = world.start,
    ) => repository.prepareWorkspace({ slot, branch, base, mode });
    const marking = (path: string, edit: (text: string | null) => string | null) =>
      repository.commitFiles({ onto: world.start, files: [{ path, edit }], message: "marks" });

    describe("a commit of a few files", () => {
      test("changes that file alone, moves nothing, and is the same when it is built again", async () => {
        const made = await marking("a.txt", withLine);
        expect(made).not.toBeNull();
        expect(await marking("a.txt", withLine)).toBe(made);
        expect(await world.contentOf(made ?? "", "a.txt")).toBe(`${LINES}done\n`);
        expect(await world.contentOf(made ?? "", "b.txt")).toBe(
          await world.contentOf(world.start, "b.txt"),
        );
        expect(await world.parentsOf(made ?? "")).toEqual([world.start]);
        expect(await repository.resolve("main")).toBe(world.start);
      });

      test("makes a file with its folders; makes nothing where nothing changes", async () => {
        const made = await marking("docs/plan/new.md", (text) => (text === null ? "new\n" : null));
        expect(await world.contentOf(made ?? "", "docs/plan/new.md")).toBe("new\n");
        expect(await marking("a.txt", (text) => text)).toBeNull();
        expect(await marking("a.txt", () => null)).toBeNull();
      });

      test("changes several files at once, and leaves alone those that need no change", async () => {
        const made = await repository.commitFiles({
          onto: world.start,
          files: [
            { path: "a.txt", edit: withLine },
            { path: "docs/new.md", edit: () => "new\n" },
            { path: "b.txt", edit: () => null },
            { path: "notes.ignored", edit: () => "no\n" },
          ],
          message: "marks",
        });
        expect(await world.contentOf(made ?? "", "a.txt")).toBe(`${LINES}done\n`);
        expect(await world.contentOf(made ?? "", "docs/new.md")).toBe("new\n");
        expect(await world.contentOf(made ?? "", "b.txt")).toBe(
          await world.contentOf(world.start, "b.txt"),
        );
        expect(await world.parentsOf(made ?? "")).toEqual([world.start]);
      });

      test("makes no file that git ignores: what a person keeps out of git stays out of it", async () => {
        expect(await marking("notes.ignored", withLine)).toBeNull();
        expect(await marking("docs/notes.ignored", withLine)).toBeNull();
      });

      test("leaves alone what is no plain text file", async () => {
        expect(await marking("a.txt/below", withLine)).toBeNull();
        const folder = await world.commitOn("main", { "docs/x.md": "x\n" }, "a folder");
        const files = [{ path: "docs", edit: withLine }];
        const request = { onto: folder, files, message: "marks" };
        expect(await repository.commitFiles(request)).toBeNull();
      });
    });

    const candidateOf = (
      onto: CommitSha,
      head: CommitSha,
      forkPoint = world.start,
      method: "squash" | "merge" = "squash",
    ) =>
      repository.buildCandidate({
        onto,
        forkPoint,
        head,
        method,
        message: "feat: x (#1)",
        authorOf: head,
      });

    const twoSides = async (mine: string, theirs: string) => {
      await repository.ensureBranch("base", world.start);
      const other = await world.commitOn(
        "base",
        { "a.txt": LINES.replace("8", theirs), "z.txt": "z\n" },
        "theirs",
      );
      const { path } = await workspace("w1", "feat/1");
      const head = await world.commitIn(
        path,
        { "a.txt": mine === "" ? LINES : LINES.replace("8", mine), "c.txt": "c\n" },
        "mine",
      );
      return { path, other, head };
    };

    const branchWith = async (branch: string, files: Files, from = world.start) => {
      await repository.ensureBranch(branch, from);
      return world.commitOn(branch, files, `work on ${branch}`);
    };

    const over = async (branch: string, files: Files) => ({
      key: branch,
      forkPoint: world.start,
      head: await branchWith(branch, files),
    });

    describe("branches", () => {
      test("a name resolves to a commit, an unknown one to null", async () => {
        expect(await repository.resolve("main")).toBe(world.start);
        expect(await repository.resolve(world.start)).toBe(world.start);
        expect(await repository.resolve("nowhere")).toBeNull();
      });

      test("a branch is created once; later calls answer its tip wherever it is", async () => {
        expect(await repository.ensureBranch("milestone/1", world.start)).toBe(world.start);
        const tip = await world.commitOn("milestone/1", { "c.txt": "c\n" }, "c");
        expect(await repository.ensureBranch("milestone/1", world.start)).toBe(tip);
      });

      test("a branch moves by compare-and-swap, and tells moved, already and stale apart", async () => {
        await repository.ensureBranch("milestone/1", world.start);
        await repository.ensureBranch("other", world.start);
        const next = await world.commitOn("other", { "c.txt": "c\n" }, "c");
        expect(await repository.moveBranch("milestone/1", next, next)).toBe("stale");
        expect(await repository.resolve("milestone/1")).toBe(world.start);
        expect(await repository.moveBranch("milestone/1", world.start, next)).toBe("moved");
        expect(await repository.moveBranch("milestone/1", world.start, next)).toBe("already");
        expect(await repository.resolve("milestone/1")).toBe(next);
      });

      test("a deleted branch is gone, deleting it again is nothing, a moved one is not deleted", async () => {
        await repository.ensureBranch("x", world.start);
        await repository.deleteBranch("x", world.start);
        await repository.deleteBranch("x", world.start);
        expect(await repository.resolve("x")).toBeNull();
        await repository.ensureBranch("y", world.start);
        const tip = await world.commitOn("y", { "c.txt": "c\n" }, "c");
        await expect(repository.deleteBranch("y", world.start)).rejects.toMatchObject({
          code: "branch/moved",
        });
        expect(await repository.resolve("y")).toBe(tip);
      });

      test("ancestry counts a commit as its own ancestor", async () => {
        await repository.ensureBranch("x", world.start);
        const tip = await world.commitOn("x", { "c.txt": "c\n" }, "c");
        expect(await repository.isAncestor(world.start, tip)).toBe(true);
        expect(await repository.isAncestor(tip, tip)).toBe(true);
        expect(await repository.isAncestor(tip, world.start)).toBe(false);
      });

      test("a branch is reported as checked out only where it is", async () => {
        expect(await repository.checkedOutAt("nowhere")).toBeNull();
        const { path } = await workspace("w1", "feat/1");
        expect(await repository.checkedOutAt("feat/1")).toBe(path);
      });
    });

    describe("workspaces", () => {
      test("a new workspace shows the base on its own branch, and again when asked again", async () => {
        const first = await workspace("w1", "feat/1");
        expect(first).toMatchObject({ branch: "feat/1", base: world.start, head: world.start });
        expect(await world.contentAt(first.path, "a.txt")).toBe(LINES);
        await world.reopen();
        expect(
          await world.repository.prepareWorkspace({
            slot: "w1",
            branch: "feat/1",
            base: world.start,
            mode: "create",
          }),
        ).toEqual(first);
      });

      test("two workspaces are made at the same time without getting in each other's way", async () => {
        const made = await Promise.all(
          ["w1", "w2", "w3"].map((slot) => workspace(slot, `feat/${slot}`)),
        );
        expect(new Set(made.map((one) => one.path)).size).toBe(3);
        for (const one of made) expect(await world.contentAt(one.path, "b.txt")).toBe("b\n");
      });

      test("create refuses a branch with commits of somebody else, and leaves it alone", async () => {
        await repository.ensureBranch("feat/1", world.start);
        const tip = await world.commitOn("feat/1", { "c.txt": "c\n" }, "mine");
        await expect(workspace("w1", "feat/1")).rejects.toMatchObject({
          code: "workspace/branch-exists",
        });
        expect(await repository.resolve("feat/1")).toBe(tip);
      });

      test("reuse shows the branch as it is, clean, with ignored files kept", async () => {
        const { path } = await workspace("w1", "feat/1");
        const head = await world.commitIn(path, { "c.txt": "c\n" }, "c");
        await world.write(path, { "a.txt": "spoilt\n", "new.txt": "n\n", "kept.ignored": "k\n" });
        const again = await workspace("w1", "feat/1", "reuse");
        expect(again).toEqual({ path, branch: "feat/1", base: world.start, head });
        expect(await world.contentAt(path, "a.txt")).toBe(LINES);
        expect(await world.contentAt(path, "new.txt")).toBeNull();
        expect(await world.contentAt(path, "kept.ignored")).toBe("k\n");
      });

      test("restart puts the branch back to its base and keeps the old tip under refs/cairn/old", async () => {
        const { path } = await workspace("w1", "feat/1");
        const old = await world.commitIn(path, { "c.txt": "c\n" }, "c");
        const again = await workspace("w1", "feat/1", "restart");
        expect(again.head).toBe(world.start);
        expect(await world.contentAt(path, "c.txt")).toBeNull();
        expect(await repository.resolve(`refs/cairn/old/feat/1-${old.slice(0, 9)}`)).toBe(old);
      });

      test("a slot goes to the next task's branch, and a branch moves to another slot", async () => {
        const first = await workspace("w1", "feat/1");
        const head = await world.commitIn(first.path, { "c.txt": "c\n" }, "c");
        const second = await workspace("w1", "feat/2");
        expect(second.path).toBe(first.path);
        expect(await world.contentAt(second.path, "c.txt")).toBeNull();
        const moved = await workspace("w2", "feat/1", "reuse");
        expect(moved.head).toBe(head);
        await workspace("w3", "feat/2", "reuse");
        expect(await repository.resolve("feat/2")).toBe(world.start);
      });

      test("a workspace whose folder is lost is made again with the work of its branch", async () => {
        const { path } = await workspace("w1", "feat/1");
        const head = await world.commitIn(path, { "c.txt": "c\n" }, "c");
        await world.lose(path);
        expect(await workspace("w1", "feat/1", "reuse")).toMatchObject({ path, head });
        expect(await world.contentAt(path, "c.txt")).toBe("c\n");
      });

      test("gates get exactly the commit, clean but for ignored files, without moving any branch", async () => {
        const { path } = await workspace("w1", "feat/1");
        const head = await world.commitIn(path, { "c.txt": "c\n" }, "c");
        const gates = await repository.checkoutForGates("g1", head);
        expect(await world.contentAt(gates, "c.txt")).toBe("c\n");
        await world.write(gates, {
          "left.txt": "l\n",
          "cache.ignored": "x\n",
          "a.txt": "spoilt\n",
        });
        expect(await repository.checkoutForGates("g1", world.start)).toBe(gates);
        expect(await world.contentAt(gates, "c.txt")).toBeNull();
        expect(await world.contentAt(gates, "left.txt")).toBeNull();
        expect(await world.contentAt(gates, "a.txt")).toBe(LINES);
        expect(await world.contentAt(gates, "cache.ignored")).toBe("x\n");
        expect(await repository.resolve("feat/1")).toBe(head);
      });

      test("a removed workspace is gone, its branch is not, and removing it again is nothing", async () => {
        const { path } = await workspace("w1", "feat/1");
        const head = await world.commitIn(path, { "c.txt": "c\n" }, "c");
        await repository.removeWorkspace("w1");
        await repository.removeWorkspace("w1");
        expect(await world.contentAt(path, "a.txt")).toBeNull();
        expect(await repository.resolve("feat/1")).toBe(head);
        expect(await repository.checkedOutAt("feat/1")).toBeNull();
      });
    });

    describe("work", () => {
      test("an untouched workspace has no commits, no changes and an empty patch-id", async () => {
        const { path } = await workspace("w1", "feat/1");
        expect(await repository.inspectWork(path, "feat/1", world.start)).toEqual({
          head: world.start,
          onBranch: "feat/1",
          missing: false,
          descends: true,
          commits: [],
          changedPaths: [],
          changedLines: 0,
          dirtyPaths: [],
          markers: [],
          patchId: "",
        });
      });

      test("commits are told oldest first, with changed paths and lines, and what is not committed", async () => {
        const { path } = await workspace("w1", "feat/1");
        const one = await world.commitIn(path, { "c.txt": "c\nd\n" }, "one");
        const two = await world.commitIn(path, { "b.txt": null }, "two");
        await world.write(path, { "a.txt": "spoilt\n", "new dir/é.txt": "n\n", "x.ignored": "" });
        const work = await repository.inspectWork(path, "feat/1", world.start);
        expect(work.head).toBe(two);
        expect(work.commits).toEqual([
          { sha: one, subject: "one" },
          { sha: two, subject: "two" },
        ]);
        expect(work.changedPaths.toSorted()).toEqual(["b.txt", "c.txt"]);
        expect(work.changedLines).toBe(3);
        expect(work.dirtyPaths.toSorted()).toEqual(["a.txt", "new dir/é.txt"]);
        expect(work.patchId).not.toBe("");
      });

      test("the patch-id is the same for the same change on another base", async () => {
        await repository.ensureBranch("base", world.start);
        const other = await world.commitOn("base", { "z.txt": "z\n" }, "z");
        const a = await workspace("w1", "feat/1");
        const b = await workspace("w2", "feat/2", "create", other);
        await world.commitIn(a.path, { "c.txt": "c\n" }, "c");
        await world.commitIn(b.path, { "c.txt": "c\n" }, "c");
        const first = await repository.inspectWork(a.path, "feat/1", world.start);
        const second = await repository.inspectWork(b.path, "feat/2", other);
        expect(first.patchId).toBe(second.patchId);
        await world.commitIn(b.path, { "c.txt": "changed\n" }, "c2");
        expect((await repository.inspectWork(b.path, "feat/2", other)).patchId).not.toBe(
          first.patchId,
        );
      });

      test("a branch that was put on another history no longer descends from its fork point", async () => {
        await repository.ensureBranch("base", world.start);
        const other = await world.commitOn("base", { "z.txt": "z\n" }, "z");
        const { path } = await workspace("w1", "feat/1", "create", other);
        await repository.restore(path, "feat/1", world.start);
        expect(await repository.inspectWork(path, "feat/1", other)).toMatchObject({
          head: world.start,
          descends: false,
        });
      });

      test("a detached HEAD is told; the branch's own tip still counts", async () => {
        const { path } = await workspace("w1", "feat/1");
        const head = await world.commitIn(path, { "c.txt": "c\n" }, "c");
        await world.detach(path);
        await world.commitIn(path, { "d.txt": "d\n" }, "off the branch");
        expect(await repository.inspectWork(path, "feat/1", world.start)).toMatchObject({
          head,
          onBranch: null,
        });
      });

      test("a deleted workspace is missing; committed work is still told", async () => {
        const { path } = await workspace("w1", "feat/1");
        const head = await world.commitIn(path, { "c.txt": "c\n" }, "c");
        await world.lose(path);
        expect(await repository.inspectWork(path, "feat/1", world.start)).toMatchObject({
          missing: true,
          onBranch: null,
          head,
          changedPaths: ["c.txt"],
          dirtyPaths: [],
        });
      });

      test("everything dirty is committed at once; nothing dirty leaves the tip as it is", async () => {
        const { path } = await workspace("w1", "feat/1");
        expect(await repository.commitAll(path, "left over")).toBe(world.start);
        await world.write(path, { "a.txt": null, "new.txt": "n\n", "x.ignored": "x\n" });
        const tip = await repository.commitAll(path, "left over");
        expect(await repository.commitAll(path, "left over")).toBe(tip);
        expect(await repository.resolve("feat/1")).toBe(tip);
        expect(await world.contentOf(tip, "a.txt")).toBeNull();
        expect(await world.contentOf(tip, "new.txt")).toBe("n\n");
        expect(await world.contentOf(tip, "x.ignored")).toBeNull();
      });

      test("restore throws away what is not committed and puts the branch back", async () => {
        const { path } = await workspace("w1", "feat/1");
        const one = await world.commitIn(path, { "c.txt": "c\n" }, "one");
        await world.commitIn(path, { "c.txt": "worse\n" }, "two");
        await world.write(path, { "new.txt": "n\n" });
        await repository.restore(path, "feat/1", one);
        expect(await repository.inspectWork(path, "feat/1", world.start)).toMatchObject({
          head: one,
          onBranch: "feat/1",
          dirtyPaths: [],
        });
        expect(await world.contentAt(path, "c.txt")).toBe("c\n");
      });

      test("restoreIfMoved puts back what moved, also where HEAD was taken off the branch", async () => {
        const { path } = await workspace("w1", "feat/1");
        const one = await world.commitIn(path, { "c.txt": "c\n" }, "one");
        await repository.restoreIfMoved(path, "feat/1", one);
        await world.detach(path);
        await world.commitIn(path, { "c.txt": "worse\n" }, "two");
        await repository.restoreIfMoved(path, "feat/1", one);
        expect(await repository.inspectWork(path, "feat/1", world.start)).toMatchObject({
          head: one,
          onBranch: "feat/1",
          dirtyPaths: [],
        });
        expect(await world.contentAt(path, "c.txt")).toBe("c\n");
      });
    });

    describe("what two commits differ in", () => {
      test("is told path by path in byte order, with lines and the texts that were asked for", async () => {
        const files = { "a.txt": LINES.replace("8", "eight\nand more"), "b.txt": null };
        const head = await branchWith("feat/1", { ...files, "dir/c.txt": "c\n", "dir-2": "d\n" });
        const all = await repository.changesBetween(world.start, head, () => true);
        expect(all).toEqual([
          { path: "a.txt", added: 2, deleted: 1, before: LINES, after: files["a.txt"] },
          { path: "b.txt", added: 0, deleted: 1, before: "b\n", after: null },
          { path: "dir-2", added: 1, deleted: 0, before: null, after: "d\n" },
          { path: "dir/c.txt", added: 1, deleted: 0, before: null, after: "c\n" },
        ]);
        const some = await repository.changesBetween(world.start, head, (path) => path === "b.txt");
        expect(some.map(({ before, after }) => before ?? after)).toEqual([null, "b\n", null, null]);
        expect(some.map(({ added, deleted }) => [added, deleted])).toEqual(
          all.map(({ added, deleted }) => [added, deleted]),
        );
      });

      test("is nothing between a commit and itself, and told the other way round as well", async () => {
        const head = await branchWith("feat/1", { "c.txt": "c\n" });
        expect(await repository.changesBetween(head, head, () => true)).toEqual([]);
        expect(await repository.changesBetween(head, world.start, () => true)).toEqual([
          { path: "c.txt", added: 0, deleted: 1, before: "c\n", after: null },
        ]);
      });
    });

    describe("the history of a branch", () => {
      test("is its own commits, oldest first, with what each changed and said", async () => {
        const first = await branchWith("feat/1", { "c.txt": "c\n" });
        const second = await world.commitOn(
          "feat/1",
          { "c.txt": null, "odd name\t\u00E9.txt": "d\n" },
          "feat: second (#1)\n\nWhy.\n\nCommitted-by: Cairn",
        );
        expect(await repository.historyOf(world.start, second, [])).toMatchObject([
          {
            sha: first,
            parents: [world.start],
            committer: "person@example.com",
            subject: "work on feat/1",
            body: "",
            paths: ["c.txt"],
          },
          {
            sha: second,
            parents: [first],
            committer: "person@example.com",
            subject: "feat: second (#1)",
            body: "Why.\n\nCommitted-by: Cairn",
            paths: ["c.txt", "odd name\t\u00E9.txt"],
          },
        ]);
        expect(await repository.historyOf(second, second, [])).toEqual([]);
        expect(await repository.historyOf(world.start, second, [first])).toHaveLength(1);
      });

      test("leaves out what a merge of the base brings, and shows what was put into the merge by hand", async () => {
        const { path } = await workspace("w1", "feat/1");
        const mine = await world.commitIn(path, { "c.txt": "c\n" }, "mine");
        await repository.ensureBranch("base", world.start);
        const theirs = await world.commitOn("base", { "z.txt": "z\n" }, "theirs");
        await repository.beginMerge(path, theirs, "merge");
        const merged = (await repository.resolve("feat/1")) ?? "";
        const history = await repository.historyOf(world.start, merged, [theirs]);
        expect(history.map(({ sha, parents, paths }) => [sha, parents, paths])).toEqual([
          [mine, [world.start], ["c.txt"]],
          [merged, [mine, theirs], []],
        ]);
        expect(await repository.historyOf(world.start, merged, [])).toHaveLength(3);
      });
    });

    describe("a commit with some paths of another", () => {
      test("has these as they are there, gone where they are not, and the rest as it was", async () => {
        const files = { "a.txt": "other\n", "b.txt": null, "c.txt": "c\n", "d/e.txt": "e\n" };
        const head = await branchWith("feat/1", files);
        const asked = [head, world.start, ["b.txt", "c.txt", "nowhere.txt"]] as const;
        const made = await repository.treeWith(...asked);
        expect(await repository.treeWith(...asked)).toBe(made);
        expect(await world.contentOf(made, "a.txt")).toBe("other\n");
        expect(await world.contentOf(made, "b.txt")).toBe("b\n");
        expect(await world.contentOf(made, "c.txt")).toBeNull();
        expect(await world.contentOf(made, "d/e.txt")).toBe("e\n");
        expect(await world.parentsOf(made)).toEqual([head]);
        expect(await repository.resolve("feat/1")).toBe(head);
      });

      test("takes a file where a folder is, and the other way round", async () => {
        const folder = await branchWith("feat/1", { "x/y.txt": "y\n" });
        const file = await branchWith("feat/2", { x: "x\n" });
        const paths = ["x", "x/y.txt"];
        const asFile = await repository.treeWith(folder, file, paths);
        expect(await repository.treeOf(asFile)).toBe(await repository.treeOf(file));
        const asFolder = await repository.treeWith(file, folder, paths);
        expect(await repository.treeOf(asFolder)).toBe(await repository.treeOf(folder));
      });
    });

    describe("the files of a commit", () => {
      test("are those that are wanted, with their texts", async () => {
        const head = await branchWith("feat/1", { "d/e.txt": "e\n", "bytes.txt": "a\0b" });
        expect(await repository.filesAt(head, (path) => path.endsWith(".txt"))).toEqual([
          { path: "a.txt", text: LINES },
          { path: "b.txt", text: "b\n" },
          { path: "d/e.txt", text: "e\n" },
        ]);
        expect(await repository.filesAt(head, () => false)).toEqual([]);
      });
    });

    describe("the text of a file in a checkout", () => {
      test("is what lies there, committed or not, and null where there is none or too much", async () => {
        const { path } = await workspace("w1", "feat/1");
        await world.write(path, { "a.txt": "other\n", "out/lcov.ignored": "TN:\n" });
        expect(await repository.readTextAt(path, "a.txt", 6)).toBe("other\n");
        expect(await repository.readTextAt(path, "out/lcov.ignored", 100)).toBe("TN:\n");
        expect(await repository.readTextAt(path, "a.txt", 5)).toBeNull();
        expect(await repository.readTextAt(path, "nowhere.txt", 100)).toBeNull();
        expect(await repository.readTextAt(path, "out", 100)).toBeNull();
        await world.lose(path);
        expect(await repository.readTextAt(path, "a.txt", 100)).toBeNull();
      });

      test("is null for whatever lies outside of it", async () => {
        const { path } = await workspace("w1", "feat/1");
        const other = await workspace("w2", "feat/2");
        await world.write(other.path, { "secret.txt": "s\n" });
        expect(await repository.readTextAt(path, "../w2/secret.txt", 100)).toBeNull();
        expect(await repository.readTextAt(path, `${other.path}/secret.txt`, 100)).toBeNull();
        expect(await repository.readTextAt(path, "", 100)).toBeNull();
      });
    });

    describe("merging in a workspace", () => {
      test("a merge without conflict is committed, and is there when asked again", async () => {
        const { path, other, head } = await twoSides("", "eight");
        expect(await repository.beginMerge(path, other, "Merge the base")).toBe("merged");
        expect(await repository.beginMerge(path, other, "Merge the base")).toBe("merged");
        const tip = await repository.resolve("feat/1");
        expect(await world.parentsOf(tip ?? "")).toEqual([head, other]);
        expect(await world.contentAt(path, "z.txt")).toBe("z\n");
      });

      test("a conflict stays in the tree with its markers, also when asked again", async () => {
        const { path, other, head } = await twoSides("acht", "eight");
        expect(await repository.beginMerge(path, other, "Merge the base")).toBe("conflict");
        expect(await repository.beginMerge(path, other, "Merge the base")).toBe("conflict");
        const work = await repository.inspectWork(path, "feat/1", world.start);
        expect(work.head).toBe(head);
        expect(work.markers).toEqual(["a.txt"]);
        expect(await world.contentAt(path, "a.txt")).toContain("<<<<<<< ");
      });

      test("a merge under way survives restoreUnlessMerging, and loose changes do not", async () => {
        const { path, other, head } = await twoSides("acht", "eight");
        await world.write(path, { "b.txt": "loose\n" });
        await repository.restoreUnlessMerging(path, "feat/1");
        expect(await world.contentAt(path, "b.txt")).toBe("b\n");
        await repository.beginMerge(path, other, "Merge the base");
        await repository.restoreUnlessMerging(path, "feat/1");
        expect(await world.contentAt(path, "a.txt")).toContain("<<<<<<< ");
        await repository.restoreIfMoved(path, "feat/1", head);
        expect(await world.contentAt(path, "a.txt")).toBe(LINES.replace("8", "acht"));
      });

      test("a merge resolved in the tree is concluded with both parents", async () => {
        const { path, other, head } = await twoSides("acht", "eight");
        await repository.beginMerge(path, other, "Merge the base");
        await world.write(path, { "a.txt": LINES.replace("8", "eight, acht") });
        const tip = await repository.commitAll(path, "Merge the base");
        expect(await world.parentsOf(tip)).toEqual([head, other]);
        expect(await repository.beginMerge(path, other, "Merge the base")).toBe("merged");
      });
    });

    describe("candidates", () => {
      test("on the fork point the candidate is the branch's own tree, squashed on one parent", async () => {
        const head = await branchWith("feat/1", { "c.txt": "c\n" });
        const candidate = await candidateOf(world.start, head);
        expect(candidate).toMatchObject({
          kind: "clean",
          tree: await repository.treeOf(head),
          changedPaths: ["c.txt"],
        });
        if (candidate.kind !== "clean") return;
        expect(await world.parentsOf(candidate.commit)).toEqual([world.start]);
        expect(await repository.treeOf(candidate.commit)).toBe(candidate.tree);
      });

      test("the same request gives the same commit, also after a restart", async () => {
        const onto = await branchWith("base", { "z.txt": "z\n" });
        const head = await branchWith("feat/1", { "c.txt": "c\n" });
        const first = await candidateOf(onto, head);
        await world.reopen();
        repository = world.repository;
        expect(await candidateOf(onto, head)).toEqual(first);
      });

      test("changes of both sides come together, and nothing moves", async () => {
        const onto = await branchWith("base", {
          "a.txt": LINES.replace("8", "eight"),
          "z.txt": "z\n",
        });
        const head = await branchWith("feat/1", {
          "a.txt": LINES.replace("2", "two"),
          "b.txt": null,
        });
        const candidate = await candidateOf(onto, head);
        expect(candidate.kind).toBe("clean");
        if (candidate.kind !== "clean") return;
        expect(await world.contentOf(candidate.commit, "a.txt")).toBe(
          LINES.replace("8", "eight").replace("2", "two"),
        );
        expect(await world.contentOf(candidate.commit, "b.txt")).toBeNull();
        expect(await world.contentOf(candidate.commit, "z.txt")).toBe("z\n");
        expect([...candidate.changedPaths].toSorted()).toEqual(["a.txt", "b.txt"]);
        expect(await repository.resolve("base")).toBe(onto);
        expect(await repository.resolve("feat/1")).toBe(head);
      });

      test("method merge keeps the branch's head as second parent", async () => {
        const onto = await branchWith("base", { "z.txt": "z\n" });
        const head = await branchWith("feat/1", { "c.txt": "c\n" });
        const candidate = await candidateOf(onto, head, world.start, "merge");
        if (candidate.kind !== "clean") throw new Error(candidate.kind);
        expect(await world.parentsOf(candidate.commit)).toEqual([onto, head]);
      });

      test("a branch that brings nothing new is empty", async () => {
        const onto = await branchWith("base", { "c.txt": "c\n" });
        const head = await branchWith("feat/1", { "c.txt": "c\n" });
        expect(await candidateOf(onto, head)).toEqual({ kind: "empty" });
        expect(await candidateOf(world.start, world.start)).toEqual({ kind: "empty" });
      });

      test("a conflict names its paths and says why", async () => {
        const onto = await branchWith("base", {
          "a.txt": LINES.replace("8", "eight"),
          "b.txt": null,
        });
        const head = await branchWith("feat/1", {
          "a.txt": LINES.replace("8", "acht"),
          "b.txt": "more\n",
          "c.txt": "c\n",
        });
        const candidate = await candidateOf(onto, head);
        expect(candidate).toMatchObject({ kind: "conflict", paths: ["a.txt", "b.txt"] });
        const messages = candidate.kind === "conflict" ? candidate.messages : "";
        expect(messages).toContain("a.txt");
        expect(messages).toContain("b.txt");
      });

      test("a conflict in nothing but a file that grows keeps what both sides added; any other stays one", async () => {
        const onto = await branchWith("base", { "log.md": "# Log\n\n## One\n" });
        const head = await branchWith("feat/1", { "log.md": "# Log\n\n## Two\n", "c.txt": "c\n" });
        const request = {
          onto,
          forkPoint: world.start,
          head,
          method: "squash",
          message: "feat: x (#1)",
          authorOf: head,
        } as const;
        const resolvers = provenResolvers(["log.md"]);
        expect(await repository.buildCandidate(request)).toMatchObject({ kind: "conflict" });
        const merged = await repository.buildCandidate({ ...request, resolvers });
        if (merged.kind !== "clean") throw new Error(merged.kind);
        expect(merged.changedPaths).toEqual(["c.txt", "log.md"]);
        const [, change] = await repository.changesBetween(onto, merged.commit, () => true);
        expect(change?.after).toBe("# Log\n\n## One\n## Two\n");
        const others = provenResolvers(["other.md"]);
        expect(await repository.buildCandidate({ ...request, resolvers: others })).toMatchObject({
          kind: "conflict",
          files: [{ path: "log.md", kind: "add-add" }],
        });
      });

      test("a fork point that is not the branch's own is refused: it would revert what merged meanwhile", async () => {
        const onto = await branchWith("base", {
          "z.txt": "z\n",
          "a.txt": LINES.replace("8", "eight"),
        });
        const head = await branchWith("feat/1", { "c.txt": "c\n" });
        // Held against the base's tip, the branch seems to have taken z.txt and the eighth line away.
        expect(await candidateOf(onto, head, onto)).toMatchObject({ kind: "refused" });
        const right = await candidateOf(onto, head);
        expect(right).toMatchObject({ kind: "clean", changedPaths: ["c.txt"] });
      });

      test("squashed work that another branch was stacked on merges cleanly over its recorded fork point", async () => {
        const a = await branchWith("feat/a", { "a.txt": LINES.replace("2", "two") });
        const b = await branchWith("feat/b", { "a.txt": LINES.replace("2", "two, twice") }, a);
        const landed = await candidateOf(world.start, a);
        if (landed.kind !== "clean") throw new Error(landed.kind);
        const second = await candidateOf(landed.commit, b, a);
        if (second.kind !== "clean") throw new Error(second.kind);
        expect(await world.contentOf(second.commit, "a.txt")).toBe(
          LINES.replace("2", "two, twice"),
        );
      });

      test("a landing is one merge commit on the target; a second one is empty", async () => {
        const target = await branchWith("target", { "z.txt": "z\n" });
        const head = await branchWith("milestone/1", { "c.txt": "c\n" });
        const landing = await repository.buildLanding(target, head, "Land milestone 1");
        if (landing.kind !== "clean") throw new Error(landing.kind);
        expect(await world.parentsOf(landing.commit)).toEqual([target, head]);
        expect(await repository.buildLanding(target, head, "Land milestone 1")).toEqual(landing);
        expect(await repository.buildLanding(landing.commit, head, "again")).toEqual({
          kind: "empty",
        });
      });

      test("a landing that conflicts names the paths", async () => {
        const target = await branchWith("target", { "b.txt": "target\n" });
        const head = await branchWith("milestone/1", { "b.txt": "milestone\n" });
        expect(await repository.buildLanding(target, head, "m")).toMatchObject({
          kind: "conflict",
          paths: ["b.txt"],
        });
      });
    });

    describe("looking ahead and taking back", () => {
      test("a forecast names the pairs that conflict, and the branches that conflict with what was merged", async () => {
        const onto = await branchWith("milestone/1", { "b.txt": "merged\n" });
        const [a, b, c] = [
          await over("feat/a", { "a.txt": LINES.replace("1", "one") }),
          await over("feat/b", { "a.txt": LINES.replace("1", "uno") }),
          await over("feat/c", { "b.txt": "c\n" }),
        ];
        const pairs = [
          ["feat/a", "feat/b"],
          ["feat/a", null],
          ["feat/c", null],
          ["feat/c", "feat/a"],
        ] as const;
        const found = await repository.forecast(onto, [a, b, c], pairs);
        expect(found).toEqual([
          { a: "feat/a", b: "feat/b", paths: ["a.txt"] },
          { a: "feat/a", b: null, paths: [] },
          { a: "feat/c", b: null, paths: ["b.txt"] },
          // What does not fit by itself says nothing about the pair.
          { a: "feat/c", b: "feat/a", paths: [] },
        ]);
        expect(await repository.forecast(onto, [a, b, c], pairs)).toEqual(found);
      });

      test("tips that fit on each other become one commit, the same each time", async () => {
        const onto = await branchWith("milestone/1", { "b.txt": "merged\n" });
        const tips = [
          await over("feat/a", { "a.txt": LINES.replace("1", "one") }),
          await over("feat/c", { "c.txt": "c\n" }),
        ];
        const request = { onto, tips, message: "Start of #3, on #1 and #2." };
        const made = await repository.mergeTips(request);
        if (made.kind !== "clean") throw new Error(made.kind);
        expect(await repository.mergeTips(request)).toEqual(made);
        expect(await world.parentsOf(made.commit)).toEqual([onto, ...tips.map(({ head }) => head)]);
        expect(await world.contentOf(made.commit, "b.txt")).toBe("merged\n");
        expect(await world.contentOf(made.commit, "c.txt")).toBe("c\n");
        expect(await world.contentOf(made.commit, "a.txt")).toBe(LINES.replace("1", "one"));
      });

      test("a single tip on the branch itself is where it starts; tips that conflict say so", async () => {
        const a = await over("feat/a", { "a.txt": LINES.replace("1", "one") });
        const b = await over("feat/b", { "a.txt": LINES.replace("1", "uno") });
        expect(await repository.mergeTips({ onto: world.start, tips: [a], message: "m" })).toEqual({
          kind: "clean",
          commit: a.head,
        });
        expect(
          await repository.mergeTips({ onto: world.start, tips: [a, b], message: "m" }),
        ).toEqual({ kind: "conflict", paths: ["a.txt"] });
      });

      test("a landing is taken back, and what came after it stays", async () => {
        const landed = await branchWith("milestone/1", { "c.txt": "c\n", "b.txt": null });
        const tip = await world.commitOn("milestone/1", { "d.txt": "d\n" }, "later");
        const request = { landed, before: world.start, tip, message: "Revert #1" };
        const made = await repository.buildRevert(request);
        if (made.kind !== "clean") throw new Error(made.kind);
        expect(await world.parentsOf(made.commit)).toEqual([tip]);
        expect(made.changedPaths.toSorted()).toEqual(["b.txt", "c.txt"]);
        expect(await world.contentOf(made.commit, "c.txt")).toBeNull();
        expect(await world.contentOf(made.commit, "b.txt")).not.toBeNull();
        expect(await world.contentOf(made.commit, "d.txt")).toBe("d\n");
        expect(await repository.buildRevert(request)).toEqual(made);
        const again = { ...request, tip: made.commit };
        expect(await repository.buildRevert(again)).toEqual({ kind: "empty" });
      });

      test("what was built on cannot be taken back alone", async () => {
        const landed = await branchWith("milestone/1", { "c.txt": "c\n" });
        const tip = await world.commitOn("milestone/1", { "c.txt": "c and more\n" }, "later");
        expect(
          await repository.buildRevert({ landed, before: world.start, tip, message: "m" }),
        ).toMatchObject({ kind: "conflict", paths: ["c.txt"] });
      });
    });

    describe("protected refs", () => {
      const patterns = ["main", "release/*"];

      test("they are told by pattern, with full names", async () => {
        await repository.ensureBranch("release/1", world.start);
        await repository.ensureBranch("feat/1", world.start);
        expect(await repository.protectedRefs(patterns)).toEqual({
          "refs/heads/main": world.start,
          "refs/heads/release/1": world.start,
        });
      });

      test("a move to a session's commit is put back and its commits are kept, once and for all", async () => {
        await repository.ensureBranch("release/1", world.start);
        const before = await repository.protectedRefs(patterns);
        const became = await world.commitOn("release/1", { "c.txt": "c\n" }, "breach", AGENT);
        const breaches = await repository.undoBreaches(before, patterns, AGENT);
        expect(breaches).toMatchObject([{ ref: "refs/heads/release/1", was: world.start, became }]);
        expect(await repository.resolve("release/1")).toBe(world.start);
        expect(await repository.resolve(breaches[0]?.keptAs ?? "")).toBe(became);
        expect(breaches[0]?.keptAs).toMatch(/^refs\/cairn\/breach\/heads\/release\/1-/);
        await world.reopen();
        const again = await world.repository.undoBreaches(before, patterns, AGENT);
        expect(again).toEqual(breaches.map((breach) => ({ ...breach, earlier: true })));
        expect(await world.repository.undoBreaches(null, patterns, AGENT)).toEqual([]);
      });

      test("a protected branch that a session made is taken away again", async () => {
        const before = await repository.protectedRefs(patterns);
        await repository.ensureBranch("feat/1", world.start);
        const became = await world.commitOn("feat/1", { "c.txt": "c\n" }, "work", AGENT);
        await repository.ensureBranch("release/2", became);
        expect(await repository.undoBreaches(before, patterns, AGENT)).toMatchObject([
          { ref: "refs/heads/release/2", was: null, became },
        ]);
        expect(await repository.resolve("release/2")).toBeNull();
      });

      test("moves by anybody else, and of branches that are not protected, are left alone", async () => {
        await repository.ensureBranch("release/1", world.start);
        const before = await repository.protectedRefs(patterns);
        const theirs = await world.commitOn(
          "release/1",
          { "c.txt": "c\n" },
          "mine",
          "person@example.com",
        );
        await repository.ensureBranch("feat/1", world.start);
        const work = await world.commitOn("feat/1", { "d.txt": "d\n" }, "work", AGENT);
        expect(await repository.undoBreaches(before, patterns, AGENT)).toEqual([]);
        expect(await repository.resolve("release/1")).toBe(theirs);
        expect(await repository.resolve("feat/1")).toBe(work);
      });
    });

    describe("fast-forwarding a checkout", () => {
      test("a clean one follows, a dirty one and one with own commits do not", async () => {
        const { path } = await workspace("w1", "feat/1");
        await repository.ensureBranch("other", world.start);
        const next = await world.commitOn("other", { "c.txt": "c\n" }, "c");
        await world.write(path, { "a.txt": "dirty\n" });
        expect(await repository.fastForwardCheckout(path, next)).toBe("dirty");
        await repository.restore(path, "feat/1", world.start);
        expect(await repository.fastForwardCheckout(path, next)).toBe("moved");
        expect(await repository.fastForwardCheckout(path, next)).toBe("moved");
        expect(await repository.resolve("feat/1")).toBe(next);
        expect(await world.contentAt(path, "c.txt")).toBe("c\n");
        const apart = await world.commitOn("other", { "e.txt": "e\n" }, "e");
        await world.commitIn(path, { "d.txt": "d\n" }, "d");
        expect(await repository.fastForwardCheckout(path, apart)).toBe("not-fast-forward");
      });

      test("does not write over a file that git ignores", async () => {
        const { path } = await workspace("w9", "feat/ahead");
        await world.write(path, { "private.ignored": "mine\n" });
        const next = await world.commitOn(
          "main",
          { "private.ignored": "theirs\n" },
          "adds it by force",
        );
        expect(await repository.fastForwardCheckout(path, next)).toBe("dirty");
        expect(await world.contentAt(path, "private.ignored")).toBe("mine\n");
      });
    });
  });
}
