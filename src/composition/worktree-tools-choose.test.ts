import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import type { WorktreeJson } from "../api/worktree-json.ts";
import { chooseRemovals, type ChoiceRules } from "./worktree-tools-choose.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const DAY_MS = 86_400_000;
const RULES: ChoiceRules = {
  now: NOW,
  maxAgeMs: 14 * DAY_MS,
  maxBytes: 1_000,
  all: false,
  force: false,
};

/** A clean one, used a day ago, with nothing of its own. */
function worktree(key: string, changes: Partial<WorktreeJson> = {}): WorktreeJson {
  return {
    kind: "task",
    key,
    run: null,
    path: `/r/.cairn/worktrees/tasks/${key}`,
    branch: `feat/issue-${key}`,
    base: "main",
    ahead: 0,
    behind: 0,
    dirty: 0,
    merged: true,
    hasOwnWork: false,
    createdAt: null,
    usedAt: daysAgo(1),
    bytes: 100,
    note: null,
    ...changes,
  };
}

function daysAgo(days: number): string {
  return new Date(NOW - days * DAY_MS).toISOString();
}

function choose(
  all: readonly WorktreeJson[],
  rules: Partial<ChoiceRules> = {},
): { readonly removed: object; readonly kept: object } {
  const { removed, kept } = chooseRemovals(all, { ...RULES, ...rules });
  return {
    removed: Object.fromEntries(removed.map((one) => [basename(one.path), one.why])),
    kept: Object.fromEntries(kept.map((one) => [basename(one.path), one.why])),
  };
}

const UNMERGED = { ahead: 2, merged: false, hasOwnWork: true } as const;
const LOST = "2 commits on feat/issue-b not merged into main";

describe("a cleanup", () => {
  test("takes what is merged, and leaves what was just made", () => {
    expect(choose([worktree("a", { hasOwnWork: true }), worktree("b")])).toEqual({
      removed: { a: "merged" },
      kept: { b: "in use: made or moved 1d 0h ago" },
    });
  });

  test("takes what is old, unless something would be lost with it", () => {
    const usedAt = daysAgo(20);
    const all = [
      worktree("a", { usedAt }),
      worktree("b", { usedAt, ...UNMERGED }),
      worktree("c", { usedAt, dirty: 1 }),
    ];
    expect(choose(all)).toEqual({
      removed: { a: "not used for 20d 0h" },
      kept: { b: LOST, c: "1 path not committed" },
    });
    expect(choose(all, { force: true }).kept).toEqual({});
  });

  test("with --all takes everything with which nothing is lost", () => {
    expect(choose([worktree("a"), worktree("b", UNMERGED)], { all: true })).toEqual({
      removed: { a: "nothing is lost with it" },
      kept: { b: LOST },
    });
  });

  test("over the room there is takes the oldest first, and only as many as needed", () => {
    const all = [
      worktree("a", { bytes: 600, usedAt: daysAgo(2) }),
      worktree("b", { bytes: 600, usedAt: daysAgo(9), ...UNMERGED }),
      worktree("c", { bytes: 600, usedAt: daysAgo(3) }),
    ];
    const why = "all worktrees together take more than workspace.max_size";
    expect(choose(all).removed).toEqual({ a: why, c: why });
    expect(choose(all, { maxBytes: 1_200 }).removed).toEqual({ c: why });
  });

  test("takes what a killed creation left, but nothing of a run's", () => {
    const interrupted = { kind: "orphan", key: null, note: "its making was interrupted" } as const;
    const path = "/r/.cairn/worktrees/m1/w1";
    const ofRun = { kind: "run", run: "m1", path } as const;
    const all = [worktree("a", interrupted), worktree("b", ofRun)];
    expect(choose(all)).toEqual({
      removed: { a: "its making was interrupted" },
      kept: { w1: "belongs to the run m1" },
    });
    const over = worktree("b", { ...ofRun, note: "its run is over" });
    expect(choose([over], { all: true, force: true }).kept).toEqual({
      w1: "belongs to the run m1, which is over: cairn clean removes it",
    });
  });

  test("a broken one stays: what lies in it cannot be told", () => {
    const broken = worktree("a", { usedAt: daysAgo(20), note: "broken: its `.git` file is gone" });
    expect(choose([broken]).kept).toEqual({
      a: "it is broken, and what lies in it cannot be told from its branch",
    });
  });
});
