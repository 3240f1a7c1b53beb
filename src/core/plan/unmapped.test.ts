import { expect, test } from "vitest";
import type { PlannedIssue } from "./plan.ts";
import { mayCollide, proposeEdges, serialEdges } from "./unmapped.ts";

interface Draft {
  readonly files?: readonly string[];
  readonly after?: readonly string[];
  /** Says something about dependencies. */
  readonly speaks?: true;
}

function issuesOf(drafts: Readonly<Record<string, Draft>>): readonly PlannedIssue[] {
  return Object.entries(drafts).map(([key, { files = [], after = [], speaks = false }]) => ({
    key,
    number: key,
    title: `Title ${key}`,
    body: "",
    state: "open",
    closedAs: null,
    labels: [],
    priority: null,
    type: "CODING",
    url: null,
    files,
    acceptanceCriteria: [],
    declarations: [],
    statesDependencies: speaks,
    place: {},
    blockers: after.map((blocker) => ({ key: blocker, strength: "hard", from: "a test" })),
    conflictGroup: null,
    done: false,
    blockedFromOutside: null,
  }));
}

test.each<[string, Readonly<Record<string, Draft>>, boolean]>([
  ["one silent issue", { 1: {} }, false],
  ["two silent ones, files unknown", { 1: {}, 2: {} }, true],
  ["two that both speak", { 1: { speaks: true }, 2: { speaks: true } }, false],
  ["a silent one beside one that speaks", { 1: { files: ["a"] }, 2: { speaks: true } }, true],
  ["silent ones with files of their own", { 1: { files: ["a"] }, 2: { files: ["b"] } }, false],
  ["silent ones with the same file", { 1: { files: ["a"] }, 2: { files: ["a"] } }, true],
  ["a file and its folder", { 1: { files: ["src/a"] }, 2: { files: ["src/a/b.ts"] } }, true],
  ["a path between them", { 1: {}, 2: { after: ["1"] }, 3: { after: ["2"] } }, false],
  [
    "who shares the file has spoken, who is silent has another",
    {
      1: { files: ["a"], speaks: true },
      2: { files: ["a"], speaks: true },
      3: { files: ["b"] },
    },
    false,
  ],
])("%s: may collide", (_name, drafts, expected) => {
  expect(mayCollide(issuesOf(drafts))).toBe(expected);
});

test("proposed is an edge for each pair that meets, also in a folder, unless a path orders it", () => {
  const issues = issuesOf({
    1: { files: ["src/auth/"] },
    2: { files: ["src/auth/login.ts", "docs/a.md"] },
    3: { files: ["docs/a.md"], after: ["2"] },
    4: { files: ["src/b.ts"] },
  });
  expect(proposeEdges(issues, ["1", "2", "3", "4"])).toEqual([
    {
      blocker: "1",
      dependent: "2",
      reason: "Both touch src/auth/, and nothing says which comes first.",
      files: ["src/auth/"],
    },
  ]);
});

test("made serial are the pairs that meet, and everything around a silent issue without files", () => {
  const meeting = issuesOf({ 1: { files: ["a"] }, 2: { files: ["a"] } });
  expect(serialEdges(meeting, ["2", "1"])).toEqual([["2", "1", "made serial: both touch a"]]);
  const unknown = issuesOf({ 1: { speaks: true }, 2: {}, 3: { speaks: true }, 4: {} });
  expect(serialEdges(unknown, ["1", "2", "3", "4"])).toEqual([
    ["1", "2", "made serial: files unknown"],
    ["2", "3", "made serial: files unknown"],
    ["3", "4", "made serial: files unknown"],
  ]);
});

test("10,000 silent issues in a row are judged in little time", () => {
  const drafts = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, at) => [
      `k${at}`,
      { files: [`src/${at}.ts`], after: at === 0 ? [] : [`k${at - 1}`] },
    ]),
  );
  const issues = issuesOf(drafts);
  const startedAt = performance.now();
  expect(mayCollide(issues)).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
