import { expect, test } from "vitest";
import { aRun } from "../../test/support/a-run.ts";
import type { WorkFacts } from "../ports/repository.ts";
import { afterMerge } from "./after-merge.ts";

type Tree = Readonly<Record<string, string>>;

/** The branch changed a, b and c at `before`; the base is at `base`, and what the agent made of both at `now`. */
async function seen(trees: { readonly [commit: string]: Tree }, markers: readonly string[] = []) {
  const repository = {
    filesAt: async (commit: string, wants: (path: string) => boolean) => {
      const files = Object.entries(trees[commit] ?? {}).filter(([path]) => wants(path));
      return Promise.resolve(files.map(([path, text]) => ({ path, text })));
    },
  };
  const round = { status: "fixing", roundKind: "conflict", mergingWith: "base" } as const;
  const changedPaths = ["a", "b", "c"];
  const run = aRun()
    .withTask("1", { ...round, head: "before", changedPaths })
    .build();
  const facts = { head: "now", missing: false, markers } as unknown as WorkFacts;
  return afterMerge(repository, run.tasks.get("1")!, facts);
}

const BEFORE = { a: "mine", b: "mine", c: "mine" };

test("a path is dropped where it is gone, or stands as in the base; not where both sides had the same", async () => {
  const base = { a: "theirs", c: "mine" };
  expect(await seen({ before: BEFORE, base, now: { a: "theirs", c: "mine" } })).toEqual({
    markers: [],
    dropped: ["a", "b"],
  });
  expect(await seen({ before: BEFORE, base, now: { a: "both", b: "mine", c: "mine" } })).toEqual({
    markers: [],
    dropped: [],
  });
});

test("markers that a file showed before the merge are its text", async () => {
  const text = "<<<<<<< as in a manual\n=======\n>>>>>>> end\n";
  const now = { ...BEFORE, a: text, b: text };
  const found = await seen({ before: { ...BEFORE, a: text }, base: {}, now }, ["a", "b"]);
  expect(found.markers).toEqual(["b"]);
});
