import { expect, test } from "vitest";
import type { MergeOutcome } from "../../../ports/forge.ts";
import { createLocalForge } from "./local-forge.ts";

/** A base that stands at `tip`; commits of one letter lie on one line, in the order of their numbers. */
function merge(
  tip: string | null,
  committer = "ada@example.invalid",
  head = "head",
): Promise<MergeOutcome> {
  const repository = {
    resolve: async (name: string) => Promise.resolve(name.endsWith("base") ? tip : head),
    moveBranch: async (_branch: string, from: string) =>
      Promise.resolve(tip === from ? ("moved" as const) : ("stale" as const)),
    isAncestor: async (a: string, b: string) => Promise.resolve(a[0] === b[0] && a <= b),
    committerOf: async () => Promise.resolve(committer),
    ensureBranch: async (_branch: string, at: string) => Promise.resolve(at),
    checkedOutAt: async () => Promise.resolve(null),
    fastForwardCheckout: async () => Promise.resolve("moved" as const),
  };
  return createLocalForge({ repository, numberOf: () => 1 }).merge({
    pullRequest: { number: 1, url: null },
    base: "base",
    from: "b5",
    expectedHead: "head",
    branch: "feat/1",
    candidate: "c1",
    method: "squash",
    title: "feat: one (#1)",
    message: "",
  });
}

test("moves the base from where it was seen to exactly the candidate", async () => {
  expect(await merge("b5")).toEqual({ kind: "merged", commit: "c1" });
});

test("a merge whose answer was lost is found again, also below what came after it", async () => {
  expect(await merge("c2")).toEqual({ kind: "merged", commit: "c1" });
});

test("a base that grew meanwhile is one to build on", async () => {
  expect(await merge("b7")).toEqual({ kind: "base-moved", base: "b7" });
});

test("a base that was moved back, aside or away has lost what was merged before", async () => {
  expect(await merge("b2")).toEqual({ kind: "base-rewound", base: "b2" });
  expect(await merge("x9")).toEqual({ kind: "base-rewound", base: "x9" });
  expect(await merge(null)).toEqual({ kind: "base-rewound", base: null });
});

test("what an agent wrote on the base is no move to build on", async () => {
  const agent = "1-s1+run@agents.cairn.invalid";
  expect(await merge("b7", agent)).toMatchObject({ kind: "deferred" });
});

test("a branch that somebody pushed to is not merged, and a merge made before that is told all the same", async () => {
  const by = "ada@example.invalid";
  expect(await merge("b5", by, "pushed")).toEqual({ kind: "head-moved", head: "pushed" });
  expect(await merge("c2", by, "pushed")).toEqual({ kind: "merged", commit: "c1" });
});
