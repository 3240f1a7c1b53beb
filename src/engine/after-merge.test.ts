import { expect, test } from "vitest";
import { aRun } from "../../test/support/a-run.ts";
import type { MetConflict } from "../core/run/merge-state.ts";
import type { WorkFacts } from "../ports/repository.ts";
import { afterMerge } from "./after-merge.ts";

type Tree = Readonly<Record<string, string>>;

/** The branch changed a, b and c since `fork`, of which a conflicts with the base; `now` is what was made of both. */
async function seen(
  trees: { readonly fork: Tree; readonly own: Tree; readonly base: Tree; readonly now: Tree },
  facts: Partial<WorkFacts> = {},
) {
  const repository = {
    filesAt: async (commit: string, wants: (path: string) => boolean) => {
      const files = Object.entries(trees[commit as keyof typeof trees] ?? {});
      return Promise.resolve(
        files.filter(([path]) => wants(path)).map(([path, text]) => ({ path, text })),
      );
    },
  };
  const workspace = { slot: "w1", path: "/w/1", branch: "feat/1", forkPoint: "fork" };
  const round = {
    status: "fixing",
    roundKind: "conflict",
    mergingWith: "base",
    workspace,
  } as const;
  const conflict = { files: [{ path: "a" }] } as unknown as MetConflict;
  const run = aRun()
    .withTask("1", { ...round, head: "own", changedPaths: ["a", "b", "c"], conflict })
    .build();
  const found = { head: "now", missing: false, markers: [], changedPaths: [], ...facts };
  return afterMerge(repository, run.tasks.get("1")!, found as unknown as WorkFacts);
}

const FORK = { a: "old", b: "old" };
const OWN = { a: "mine", b: "mine", c: "mine" };

test("dropped is what conflicted and ends as in the base, and what the base had left alone and is gone", async () => {
  const base = { a: "theirs", b: "old" };
  const { dropped } = await seen({ fork: FORK, own: OWN, base, now: { a: "theirs", b: "old" } });
  expect(dropped).toEqual(["a", "b", "c"]);
  expect(await seen({ fork: FORK, own: OWN, base, now: { ...OWN, a: "both" } })).toEqual({
    markers: [],
    dropped: [],
  });
});

test("what the base has brought as well, or has moved, is not dropped", async () => {
  const base = { a: "theirs", b: "mine, and more", c: "mine" };
  const now = { a: "both", b: "mine, and more", c: "mine" };
  expect((await seen({ fork: FORK, own: OWN, base, now })).dropped).toEqual([]);
  const moved = {
    fork: FORK,
    own: OWN,
    base: { a: "theirs", b: "old" },
    now: { a: "both", b: "mine", "new/c": "mine" },
  };
  expect((await seen(moved, { changedPaths: ["new/c"] })).dropped).toEqual([]);
});

test("markers that a file showed before the merge are its text; more of them are not", async () => {
  const text = "<<<<<<< as in a manual\n=======\n>>>>>>> end\n";
  const own = { ...OWN, a: text, c: text };
  const now = { a: text, b: text, c: text + text };
  const found = await seen({ fork: {}, own, base: {}, now }, { markers: ["a", "b", "c"] });
  expect(found.markers).toEqual(["b", "c"]);
});
