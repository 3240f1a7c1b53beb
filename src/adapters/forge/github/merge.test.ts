import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BranchRules } from "../../../../test/support/github/hub.ts";
import {
  BRANCH,
  forgeFixture,
  R,
  type ForgeFixture,
  type Task,
} from "../../../../test/support/github/forge-fixture.ts";

let at: ForgeFixture;
let world: ForgeFixture["world"];
let task: Task;

beforeEach(async () => {
  at = await forgeFixture();
  ({ world } = at);
  task = await at.opened({ isDraft: false });
});

afterEach(() => at.close());

const OPEN: BranchRules = { contexts: [], approvals: 0, isProtected: false, hasQueue: false };
const merge = (forge = at.forge) => forge.merge(at.requestFor(task));
const merged = () => at.pullOf(task.pull).pull.mergeCommit;

/** Asked for twice, GitHub knows whether it can be merged. */
async function workedOut(): Promise<void> {
  await at.forge.look([{ number: task.pull.number, branch: BRANCH }]);
  await at.forge.look([{ number: task.pull.number, branch: BRANCH }]);
}

/** Merges the pull request on the page of GitHub, as a person. */
async function mergeByHand(message = "Merge it"): Promise<void> {
  const answer = await fetch(`${world.double.url}/repos/ada/mill/pulls/${task.pull.number}/merge`, {
    method: "PUT",
    headers: { authorization: `Bearer ${[...world.hub.tokens.keys()][0]}` },
    body: JSON.stringify({ merge_method: "squash", commit_title: message, commit_message: "" }),
  });
  expect(answer.status).toBe(200);
}

test("merges what was checked, in one request, with the words that were asked for", async () => {
  await at.forge.look([{ number: task.pull.number, branch: BRANCH }]);
  const before = at.requests().length;
  expect(await merge()).toEqual({ kind: "merged", commit: merged() });
  expect(at.requests().slice(before)).toEqual([`PUT ${R}/pulls/{pull_number}/merge-async`]);
  expect(at.shop.git(["log", "-1", "--format=%B", merged() ?? ""])).toBe(
    "feat: a (#1)\n\nIssue: 1\nPull-request: 2",
  );
  expect(world.hub.issues.get(1)?.state).toBe("closed");
});

test.each(["squash", "merge", "rebase"] as const)(
  "%s: a repeated call answers what the first one did, also below what came after it",
  async (method) => {
    const request = at.requestFor(task, { method });
    expect(await at.forge.merge(request)).toEqual({ kind: "merged", commit: merged() });
    expect(await at.begin().merge(request)).toEqual({ kind: "merged", commit: merged() });
    world.push("main", { "later.txt": "later\n" });
    expect(await at.begin().merge(request)).toEqual({ kind: "merged", commit: merged() });
    expect(at.writes().filter((route) => route.includes("merge"))).toHaveLength(1);
  },
);

test("a merge that takes its time is waited for, one that takes longer is left for the next turn", async () => {
  world.hub.settings.asyncMergeMs = 2_500;
  expect(await merge()).toEqual({ kind: "merged", commit: merged() });
});

test("one that is not over in time is deferred, and found by the next call", async () => {
  world.hub.settings.asyncMergeMs = 60_000;
  expect(await merge()).toMatchObject({ kind: "deferred" });
  at.clock.time += 60_000;
  expect(await merge(at.begin())).toEqual({ kind: "merged", commit: merged() });
  expect(at.logged("merged")).toBe(1);
});

test("a service without merges behind the request merges within it", async () => {
  world.hub.missing.add("merge-async");
  expect(await merge()).toEqual({ kind: "merged", commit: merged() });
});

test("a base that grew is one to build on; one that lost what was merged is not", async () => {
  const tip = world.push("main", { "b.txt": "b\n" });
  expect(await merge()).toEqual({ kind: "base-moved", base: tip });
  at.shop.git(["cat-file", "-e", tip]);
  const aside = at.shop.commit(null, { "x.txt": "x\n" }, "another history");
  at.shop.git(["push", "-q", "--force", world.hub.gitDir, `${aside}:refs/heads/main`]);
  expect(await merge()).toEqual({ kind: "base-rewound", base: aside });
});

test("a base that moves in the very moment shows in the tree", async () => {
  at.fault(`PUT ${R}/pulls/{pull_number}/merge-async`, "502");
  at.meanwhile(() => world.push("main", { "b.txt": "b\n" }));
  expect(await merge()).toEqual({ kind: "merged", commit: merged(), isAsChecked: false });
});

test("a head that a person pushed is not merged", async () => {
  const head = world.push(BRANCH, { "b.txt": "b\n" });
  expect(await merge()).toEqual({ kind: "head-moved", head });
  at.shop.git(["cat-file", "-e", head]);
});

test("a head that is pushed in the very moment is not merged either", async () => {
  let head = "";
  at.fault(`PUT ${R}/pulls/{pull_number}/merge-async`, "502");
  at.meanwhile(() => {
    head = world.push(BRANCH, { "b.txt": "b\n" });
  });
  expect(await merge()).toEqual({ kind: "head-moved", head });
  expect(merged()).toBeNull();
});

test("a person's merge is told from ours, also when it comes in between", async () => {
  await mergeByHand();
  const commit = merged();
  expect(await merge()).toEqual({ kind: "merged-by-person", commit, tip: commit });
  const tip = world.push("main", { "later.txt": "later\n" });
  expect(await merge(at.begin())).toEqual({ kind: "merged-by-person", commit, tip });
});

test("merged, tidied up and told from a closed one", async () => {
  await mergeByHand();
  await at.forge.deleteBranch(BRANCH, task.head);
  expect(await merge()).toMatchObject({ kind: "merged-by-person", commit: merged() });
});

test("a closed pull request is not merged", async () => {
  await at.forge.closePullRequest(task.pull);
  expect(await merge()).toEqual({ kind: "refused", why: "Pull request #2 is closed." });
});

test("a draft is made ready and merged", async () => {
  at.pullOf(task.pull).pull.draft = true;
  expect(await merge(at.begin())).toEqual({ kind: "merged", commit: merged() });
});

describe("what the rules of the branch say", () => {
  test("a missing approval is refused in GitHub's words", async () => {
    world.hub.rules.set("main", { ...OPEN, approvals: 1 });
    // As long as GitHub has not worked it out, nothing is final.
    expect(await merge()).toMatchObject({ kind: "deferred" });
    await workedOut();
    const answer = await merge();
    expect(answer).toMatchObject({ kind: "refused" });
    expect(answer.kind === "refused" ? answer.why : "").toContain("approving review is required");
  });

  test("a red required check is refused, one under way is waited for", async () => {
    world.hub.rules.set("main", { ...OPEN, contexts: ["test"] });
    world.check(task.head, "test", null);
    expect(await merge()).toMatchObject({ kind: "deferred" });
    world.check(task.head, "test", "failure");
    expect(await merge()).toMatchObject({ kind: "refused" });
    world.check(task.head, "test", "success");
    expect(await merge()).toEqual({ kind: "merged", commit: merged() });
  });

  test("a way of merging that is switched off is refused", async () => {
    world.hub.settings.methods.delete("squash");
    await workedOut();
    expect(await merge()).toEqual({
      kind: "refused",
      why: "Squash merges are not allowed on this repository.",
    });
  });

  test("a branch with a queue: patience while it is in it, merged when it is out", async () => {
    world.hub.rules.set("main", { ...OPEN, hasQueue: true, queueMs: 600_000 });
    const queued = { kind: "deferred", why: "in the merge queue", isQueued: true };
    expect(await merge()).toEqual(queued);
    expect(await merge(at.begin())).toEqual(queued);
    const writes = at.writes().length;
    at.clock.time += 600_000;
    expect(await merge()).toEqual({ kind: "merged", commit: merged() });
    expect(at.writes()).toHaveLength(writes);
  });
});
