import { spawnSync } from "node:child_process";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CAIRN, gitWorld, identity, type GitWorld } from "../../../test/contract/git-world.ts";
import { INSTALLED_MODES, MERGE_MODES, newerGit } from "../../../test/support/git-stand-in.ts";
import { after, BASE, change, importCommits } from "../../../test/support/merge-histories.ts";
import type { Candidate } from "../../ports/repository.ts";
import { openRepository, type GitRepository } from "./git-repository.ts";
import type { MergeMode } from "./git-version.ts";

let world: GitWorld;
let at: string;
let repositories: readonly GitRepository[] = [];

beforeAll(async () => {
  world = await gitWorld();
  at = path.join(world.root, "..", "by-hand");
  world.git(["worktree", "add", "-q", "--detach", at, world.start]);
  const bin = newerGit(path.join(world.root, "..", "bin"));
  repositories = await Promise.all(MERGE_MODES.map((mode) => open(mode, bin)));
});

afterAll(async () => {
  await Promise.all(repositories.map((one) => one.close()));
  await world.close();
});

/** A mode that the installed git has not got is tried with a `git` before it on the path, made of the installed one. */
function open(mergeMode: MergeMode, bin: string): Promise<GitRepository> {
  const before = process.env["PATH"];
  if (!INSTALLED_MODES.includes(mergeMode)) process.env["PATH"] = `${bin}:${before}`;
  // The environment is read before anything is awaited.
  const opening = openRepository({
    root: world.root,
    cairnFolder: path.join(world.root, ".cairn"),
    run: "m1-test",
    committer: CAIRN,
    mergeMode,
  });
  process.env["PATH"] = before;
  return opening;
}

function byHand(args: readonly string[]): number | null {
  const env = identity("p@example.com");
  return spawnSync("git", args, { cwd: at, env }).status;
}

function standOn(commit: string): void {
  spawnSync("git", ["rebase", "--quit"], { cwd: at });
  world.git(["checkout", "-q", "-f", "--detach", commit], { cwd: at });
  world.git(["reset", "-q", "--hard"], { cwd: at });
  world.git(["clean", "-fdq"], { cwd: at });
}

interface Outcome {
  /** Null: a conflict. */
  readonly tree: string | null;
  readonly paths: readonly string[];
}

/** What a person would get: the same merge in a checkout. */
function inCheckout(onto: string, args: readonly string[]): Outcome {
  standOn(onto);
  const status = byHand(args);
  const listing = world.git(["ls-files", "-u", "-z"], { cwd: at }).split("\0");
  const paths = listing
    .filter((entry) => entry !== "")
    .map((entry) => entry.slice(entry.indexOf("\t") + 1));
  const tree = status === 0 ? world.git(["write-tree"], { cwd: at }) : null;
  return { tree, paths: [...new Set(paths)] };
}

async function outcomeOf(candidate: Candidate, onto: string): Promise<Outcome> {
  switch (candidate.kind) {
    case "clean":
      return { tree: candidate.tree, paths: [] };
    case "empty":
      return { tree: await world.repository.treeOf(onto), paths: [] };
    case "conflict":
      return { tree: null, paths: candidate.paths };
    // Equals nothing that git does by hand: the landing check must not object to a merge over the right base.
    case "refused":
      return { tree: `refused: ${candidate.why}`, paths: [] };
  }
}

/** Of a clash of renames git names more paths than it leaves unmerged; the other way round something was lost. */
function unnamed(ours: Outcome, hand: Outcome): readonly string[] {
  return hand.paths.filter((one) => !ours.paths.includes(one));
}

/** A stand-in's made-up commit is not known to Cairn; a real one names ours. */
function withoutIds(candidate: Candidate): Candidate {
  if (candidate.kind !== "conflict") return candidate;
  return { ...candidate, messages: candidate.messages.replaceAll(/[0-9a-f]{40}/g, "the base") };
}

const lacking = MERGE_MODES.filter((mode) => !INSTALLED_MODES.includes(mode));
const how = lacking.length === 0 ? "" : ` (${lacking.join(", ")}: by a stand-in, git is too old)`;

test(`in every mode a candidate is what \`git merge\` makes in a checkout, or the same conflict${how}`, async () => {
  const kinds = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(change, change, async (theirs, mine) => {
      const [forkPoint = "", onto = "", head = ""] = importCommits(world.root, [
        { snapshot: BASE, parents: [] },
        { snapshot: after(BASE, theirs), parents: [0] },
        { snapshot: after(BASE, mine), parents: [0] },
      ]);
      const request = {
        onto,
        forkPoint,
        head,
        method: "squash",
        message: "m",
        authorOf: head,
      } as const;
      const [candidate, ...others] = await Promise.all(
        repositories.map(async (one) => withoutIds(await one.buildCandidate(request))),
      );
      if (candidate === undefined) throw new Error("no mode");
      kinds.set(candidate.kind, (kinds.get(candidate.kind) ?? 0) + 1);
      for (const other of others) expect(other).toEqual(candidate);
      const hand = inCheckout(onto, ["merge", "-q", "--squash", head]);
      const ours = await outcomeOf(candidate, onto);
      expect({ tree: ours.tree, unnamed: unnamed(ours, hand) }).toEqual({
        tree: hand.tree,
        unnamed: [],
      });
    }),
    { numRuns: 35, seed: 20_261_128 },
  );
  expect(kinds.get("clean") ?? 0).toBeGreaterThan(5);
  expect(kinds.get("conflict") ?? 0).toBeGreaterThan(5);
});

test("a branch that is brought up to date is what `git rebase` makes of it in a checkout", async () => {
  const kinds = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(change, change, change, async (theirs, first, second) => {
      const once = after(BASE, first);
      const [forkPoint = "", onto = "", , head = ""] = importCommits(world.root, [
        { snapshot: BASE, parents: [] },
        { snapshot: after(BASE, theirs), parents: [0] },
        { snapshot: once, parents: [0] },
        { snapshot: after(once, second), parents: [2] },
      ]);
      const request = { onto, forkPoint, head, message: "m" };
      const candidate = await world.repository.buildCandidate({
        ...request,
        method: "squash",
        authorOf: head,
      });
      if (candidate.kind !== "clean") return;
      standOn(head);
      const isRebased =
        byHand(["rebase", "-q", "--no-fork-point", "--onto", onto, forkPoint]) === 0;
      const rebased = isRebased ? world.git(["rev-parse", "HEAD^{tree}"], { cwd: at }) : null;
      const tip = await world.repository.buildUpdate({
        ...request,
        tree: candidate.tree,
        method: "rebase",
      });
      expect(await world.repository.treeOf(tip)).toBe(candidate.tree);
      const parents = await world.parentsOf(tip);
      const kind = parents.length === 1 ? "rebased" : "merged";
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      // Where the commits do not go over one by one to the tree that was checked, the base is merged instead.
      expect(kind).toBe(rebased === candidate.tree ? "rebased" : "merged");
      expect(parents).toEqual(kind === "merged" ? [head, onto] : parents.slice(0, 1));
    }),
    { numRuns: 20, seed: 20_261_129 },
  );
  expect(kinds.get("rebased") ?? 0).toBeGreaterThan(5);
});

test("where branches were merged criss-cross, the base that is given is the base", async () => {
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(change, change, change, async (one, two, three) => {
      const [left, right] = [after(BASE, one), after(BASE, two)];
      const both = after(left, two);
      const [, forkPoint = "", other = "", onto = "", head = ""] = importCommits(world.root, [
        { snapshot: BASE, parents: [] },
        { snapshot: left, parents: [0] },
        { snapshot: right, parents: [0] },
        { snapshot: both, parents: [1, 2] },
        { snapshot: after(both, three), parents: [2, 1] },
      ]);
      expect(world.git(["merge-base", "--all", onto, head]).split("\n").toSorted()).toEqual(
        [forkPoint, other].toSorted(),
      );
      const request = {
        onto,
        forkPoint,
        head,
        method: "squash",
        message: "m",
        authorOf: head,
      } as const;
      const found = await Promise.all(
        repositories.map(async (repository) =>
          withoutIds(await repository.buildCandidate(request)),
        ),
      );
      const [candidate] = found;
      if (candidate === undefined) throw new Error("no mode");
      for (const answer of found) expect(answer).toEqual(candidate);
      kinds.add(candidate.kind);
      // The same three sides in a checkout: the head's files as one commit on that base, picked onto the tip.
      const tree = await world.repository.treeOf(head);
      const picked = world.git(["commit-tree", tree, "-p", forkPoint, "-m", "m"]);
      const hand = inCheckout(onto, ["cherry-pick", "-n", picked]);
      const ours = await outcomeOf(candidate, onto);
      expect({ tree: ours.tree, unnamed: unnamed(ours, hand) }).toEqual({
        tree: hand.tree,
        unnamed: [],
      });
    }),
    { numRuns: 12, seed: 20_261_130 },
  );
  expect([...kinds]).toEqual(expect.arrayContaining(["clean", "conflict"]));
});
