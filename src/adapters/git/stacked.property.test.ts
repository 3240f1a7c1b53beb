import { spawnSync } from "node:child_process";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gitWorld, identity, type GitWorld } from "../../../test/contract/git-world.ts";
import { after, BASE, change, importCommits } from "../../../test/support/merge-histories.ts";
import type { Candidate } from "../../ports/repository.ts";

let world: GitWorld;
let at: string;

beforeAll(async () => {
  world = await gitWorld();
  at = path.join(world.root, "..", "by-hand");
  world.git(["worktree", "add", "-q", "--detach", at, world.start]);
});
afterAll(() => world.close());

function landing(onto: string, forkPoint: string, head: string): Promise<Candidate> {
  const how = { method: "squash", message: "m", authorOf: head } as const;
  return world.repository.buildCandidate({ onto, forkPoint, head, ...how });
}

/** The tree that git makes of it in a checkout; null: a conflict. */
function byHand(onto: string, args: readonly string[]): string | null {
  const env = identity("p@example.com");
  spawnSync("git", ["cherry-pick", "--quit"], { cwd: at });
  world.git(["checkout", "-q", "-f", "--detach", onto], { cwd: at });
  world.git(["clean", "-fdq"], { cwd: at });
  const { status } = spawnSync("git", args, { cwd: at, env });
  return status === 0 ? world.git(["write-tree"], { cwd: at }) : null;
}

/** Null: a conflict. A refusal of the landing check equals nothing that git makes. */
function treeOf(candidate: Candidate, onto: string): string | null | Candidate {
  if (candidate.kind === "conflict") return null;
  if (candidate.kind === "empty") return onto;
  return candidate.kind === "clean" ? candidate.tree : candidate;
}

test("a branch that stands on another lands, after that was squashed, as its own change and nothing else", async () => {
  let clean = 0;
  let onlyOverItsForkPoint = 0;
  await fc.assert(
    fc.asyncProperty(change, change, change, async (others, below, mine) => {
      const once = after(BASE, below);
      const [forkPoint = "", onto = "", lower = "", upper = ""] = importCommits(world.root, [
        { snapshot: BASE, parents: [] },
        { snapshot: after(BASE, others), parents: [0] },
        { snapshot: once, parents: [0] },
        { snapshot: after(once, mine), parents: [2] },
      ]);
      const tips = [{ forkPoint, head: lower }];
      const begun = await world.repository.mergeTips({ onto: forkPoint, tips, message: "m" });
      expect(begun).toEqual({ kind: "clean", commit: lower });
      const first = await landing(onto, forkPoint, lower);
      if (first.kind !== "clean") return;
      const second = await landing(first.commit, lower, upper);
      const hand = byHand(first.commit, ["cherry-pick", "--no-commit", upper]);
      expect(treeOf(second, first.tree)).toBe(hand);
      if (second.kind !== "clean") return;
      clean += 1;
      if (byHand(first.commit, ["merge", "-q", "--squash", upper]) === null)
        onlyOverItsForkPoint += 1;
    }),
    { numRuns: 16, seed: 20_261_129 },
  );
  expect(clean).toBeGreaterThan(5);
  // What the recorded fork point is good for.
  expect(onlyOverItsForkPoint).toBeGreaterThan(0);
});

test("on two branches at once, with others landing in between: each path as its last author left it", async () => {
  const [base = "", one = "", two = ""] = importCommits(world.root, [
    { snapshot: BASE, parents: [] },
    { snapshot: new Map(BASE).set("one.txt", file("one\n")), parents: [0] },
    { snapshot: new Map(BASE).set("two.txt", file("two\n")), parents: [0] },
  ]);
  const tips = [one, two].map((head) => ({ forkPoint: base, head }));
  const stack = await world.repository.mergeTips({ onto: base, tips, message: "Begin 3 on 1, 2" });
  if (stack.kind !== "clean") throw new Error(stack.kind);
  world.git(["branch", "-f", "upper", stack.commit]);
  const upper = await world.commitOn("upper", { "one.txt": "one, and more\n" }, "feat: more");

  let tip = base;
  for (const [forkPoint, head] of [
    [base, two],
    [base, one],
    [stack.commit, upper],
  ] as const) {
    world.git(["branch", "-f", "landed", tip]);
    tip = await world.commitOn("landed", { [`between-${head}`]: "x\n" }, "somebody else");
    const landed = await landing(tip, forkPoint, head);
    if (landed.kind !== "clean") throw new Error(landed.kind);
    tip = landed.commit;
  }
  expect(await world.contentOf(tip, "one.txt")).toBe("one, and more\n");
  expect(await world.contentOf(tip, "two.txt")).toBe("two\n");
  // Squashed: nothing of the stack stays in the history.
  expect(world.git(["rev-list", tip])).not.toContain(stack.commit);
});

function file(content: string): { readonly content: string; readonly mode: "100644" } {
  return { content, mode: "100644" };
}
