import { expect, test } from "vitest";
import type { WorktreeJson, WorktreesJson } from "../../api/worktree-json.ts";
import { rebaseLines, removalLines, worktreeLines } from "./worktree.ts";

const PLAIN = { width: 80, colour: false, ascii: false };
const NOW = Date.parse("2026-11-21T12:00:00Z");

function worktree(changes: Partial<WorktreeJson>): WorktreeJson {
  return {
    kind: "task",
    key: "12",
    run: null,
    path: "/r/.cairn/worktrees/tasks/12",
    branch: "feat/issue-12",
    base: "main",
    ahead: 0,
    behind: 0,
    dirty: 0,
    merged: false,
    hasOwnWork: false,
    createdAt: null,
    usedAt: "2026-11-21T11:00:00Z",
    bytes: 2_048,
    note: null,
    ...changes,
  };
}

function document(...worktrees: readonly WorktreeJson[]): WorktreesJson {
  const bytes = worktrees.reduce((sum, one) => sum + one.bytes, 0);
  return { schemaVersion: 1, folder: "/r/w", worktrees, bytes, maxBytes: 20 * 2 ** 30 };
}

test("the table stands straight whatever a key holds, and says whose each is", () => {
  const all = document(
    worktree({ merged: true, hasOwnWork: true }),
    worktree({
      key: "a\u001B[31m日本",
      ahead: 2,
      dirty: 3,
      note: "a rebase or merge is under way",
    }),
    worktree({ kind: "run", key: "4.2", run: "m4-x", bytes: 5 * 2 ** 20 }),
    worktree({ kind: "orphan", key: null, branch: null, ahead: null, behind: null, usedAt: null }),
  );
  expect(worktreeLines(all, NOW, PLAIN)).toEqual([
    "KEY    BRANCH         AHEAD  BEHIND  CHANGED  AGE    SIZE    WHOSE",
    "12     feat/issue-12  0      0       no       1h 0m  2 kB    by hand, merged",
    "a日本  feat/issue-12  2      0       3 paths  1h 0m  2 kB    by hand",
    "  a rebase or merge is under way",
    "4.2    feat/issue-12  0      0       no       1h 0m  5.0 MB  run m4-x",
    "-      -              -      -       no       -      2 kB    nobody",
    "4 worktrees, 5.0 MB of 20.0 GB (workspace.max_size), in /r/w",
  ]);
  expect(worktreeLines(document(), NOW, PLAIN)).toEqual([
    "No worktrees. Make one: cairn worktree create KEY",
  ]);
});

test("a removal says what went, where its commits are, and why the rest stays", () => {
  const { key, path, branch, bytes } = worktree({});
  const gone = { key, path, branch, bytes, why: "merged", branchDeleted: true, keptAs: null };
  const kept = [{ path, key: "13", why: "1 path not committed" }];
  const forced = { ...gone, key: null, branchDeleted: false, keptAs: "refs/cairn/old/x" };
  expect(
    removalLines({ schemaVersion: 1, dryRun: false, removed: [gone, forced], kept }, PLAIN),
  ).toEqual([
    "Removed",
    "  12  merged, 2 kB, with its branch feat/issue-12",
    "  /r/.cairn/worktrees/tasks/12  merged, 2 kB; the branch feat/issue-12 stays",
    "    its commits are kept as refs/cairn/old/x",
    "2 worktrees, 4 kB.",
    "Kept",
    "  13  1 path not committed",
  ]);
  expect(removalLines({ schemaVersion: 1, dryRun: true, removed: [], kept: [] }, PLAIN)).toEqual([
    "Nothing to remove.",
  ]);
});

test("a rebase with many conflicts names the first twenty", () => {
  const conflicts = Array.from({ length: 23 }, (_, at) => `f${at}`);
  const end = { schemaVersion: 1, key: "12", branch: "b", onto: "main", commit: "c" } as const;
  const lines = rebaseLines({ ...end, result: "conflict", conflicts });
  expect([lines[0], lines.length, lines.at(-1)]).toEqual([
    "b conflicts with main in 23 files; everything is as it was.",
    22,
    "  (3 more)",
  ]);
});
