import { expect, test } from "vitest";
import { proposeGaps } from "./groom-gaps.ts";
import { proposeSplits } from "./groom-splits.ts";
import type { Issue, Step } from "./issue.ts";
import { buildPlan } from "./plan.ts";
import type { Plan } from "./plan.ts";

function aPlan(drafts: Readonly<Record<string, Partial<Issue>>>): Plan {
  return buildPlan({
    source: { kind: "markdown", reference: "plan.md" },
    title: "M",
    number: "m",
    url: null,
    documents: [],
    handoff: null,
    findings: [],
    issues: Object.entries(drafts).map(([key, draft]) => ({
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
      files: [],
      acceptanceCriteria: [],
      declarations: [],
      statesDependencies: true,
      place: {},
      ...draft,
    })),
  });
}

function aStep(title: string, files: readonly string[]): Step {
  return { title, minutes: 4, files, red: null, green: null, verify: null, place: {} };
}

test("an issue of ordinary size is left whole", () => {
  expect(proposeSplits(aPlan({ 1: { files: ["src/a/x.ts", "src/b/y.ts"] } }))).toEqual([]);
});

test("many files are split by the areas they lie in, tests with what they test", () => {
  const files = [
    "src/auth/login.ts",
    "src/auth/session.ts",
    "test/auth/login.test.ts",
    "src/ui/page.tsx",
    "src/ui/form.tsx",
    "test/ui/page.test.tsx",
    "src/store/users.ts",
    "src/store/roles.ts",
    "test/store/users.test.ts",
  ];
  const acceptanceCriteria = ["A page is shown", "Roles are kept in the store", "It is quick"];
  expect(proposeSplits(aPlan({ 1: { title: "Accounts", files, acceptanceCriteria } }))).toEqual([
    {
      key: "1",
      reason: "9 files",
      parts: [
        { title: "Accounts: auth", files: files.slice(0, 3), criteria: ["It is quick"] },
        { title: "Accounts: ui", files: files.slice(3, 6), criteria: ["A page is shown"] },
        {
          title: "Accounts: store",
          files: files.slice(6),
          criteria: ["Roles are kept in the store"],
        },
      ],
    },
  ]);
});

test("steps that share files stay together", () => {
  const steps = Array.from({ length: 13 }, (_, at) =>
    at === 12
      ? aStep("Look it over", [])
      : aStep(`Step ${at}`, at < 6 ? ["src/a.ts", "test/a.test.ts"] : ["src/b.ts"]),
  );
  expect(proposeSplits(aPlan({ 1: { title: "Both", steps } }))).toEqual([
    {
      key: "1",
      reason: "13 steps",
      parts: [
        { title: "Both: Step 0", files: ["src/a.ts", "test/a.test.ts"], criteria: [] },
        { title: "Both: Step 6", files: ["src/b.ts"], criteria: [] },
      ],
    },
  ]);
});

test("where all is one area, steps or criteria are cut in their order", () => {
  const steps = Array.from({ length: 14 }, (_, at) => aStep(`Step ${at}`, ["src/a.ts"]));
  const acceptanceCriteria = Array.from({ length: 9 }, (_, at) => `Point ${at}`);
  const plan = aPlan({ 1: { title: "Long", steps }, 2: { title: "Wide", acceptanceCriteria } });
  expect(
    proposeSplits(plan).map(({ key, reason, parts }) => [key, reason, parts.map((p) => p.title)]),
  ).toEqual([
    ["1", "14 steps", ["Long: Step 0", "Long: Step 5", "Long: Step 10"]],
    ["2", "9 acceptance criteria", ["Wide (1 of 2)", "Wide (2 of 2)"]],
  ]);
});

test("of very many areas the small ones become one part; no file and no criterion is lost", () => {
  const files = Array.from({ length: 20 }, (_, at) => `src/area${at % 9}/file${at}.ts`);
  const acceptanceCriteria = Array.from({ length: 7 }, (_, at) => `file${at} is written`);
  const [split] = proposeSplits(aPlan({ 1: { files, acceptanceCriteria } }));
  expect(split?.parts).toHaveLength(5);
  expect(split?.parts.at(-1)?.title).toBe("Title 1: the rest");
  expect(split?.parts.flatMap((part) => part.files).toSorted()).toEqual(files.toSorted());
  expect(split?.parts.flatMap((part) => part.criteria).toSorted()).toEqual(acceptanceCriteria);
});

test("an issue that is large only in time, or done, is no split", () => {
  const many = Array.from({ length: 9 }, (_, at) => `src/a/${at}.ts`);
  expect(
    proposeSplits(
      aPlan({
        1: { labels: ["size:XL"] },
        2: { files: many },
        3: { files: [...many, "src/b/x.ts"], state: "closed", closedAs: "completed" },
      }),
    ),
  ).toEqual([]);
});

const NOTHING_EXISTS = { exists: (): boolean => false };

test("a path that nobody brings is a gap; what exists, is generated, or is listed, is none", () => {
  const plan = aPlan({
    1: {
      body: "Reads `src/limits.ts`, `./src/known.ts:12`, `src/auth/a.ts`, `dist/x.js` and https://x.org/a/b.html.\n\n```ts\nimport `src/code.ts`\n```",
    },
    2: { body: "As in `src/limits.ts`, see `node:fs/promises` and `a / b.c`." },
    3: { files: ["src/auth/"] },
    4: { body: "Done: `src/old.ts`", state: "closed", closedAs: "completed" },
  });
  expect(proposeGaps(plan, { exists: (path) => path === "src/known.ts" })).toEqual([
    {
      kind: "missing-file",
      keys: ["1", "2"],
      message:
        "1 and 2 speak of src/limits.ts: it is not in the repository, and no issue has it among its files.",
      hint: "Add it to the files of the issue that makes it, or correct the path.",
    },
    expect.objectContaining({ kind: "no-docs" }),
  ]);
});

test("issues that say neither files nor dependencies are a gap, unless that was decided", () => {
  const silent = { statesDependencies: false };
  const drafts = { 1: silent, 2: { ...silent, files: ["src/a.ts"] }, 3: silent };
  const told = proposeGaps(aPlan(drafts), NOTHING_EXISTS).filter(
    ({ kind }) => kind === "unknown-files",
  );
  expect(told).toEqual([
    {
      kind: "unknown-files",
      keys: ["1", "3"],
      message:
        "1 and 3 name no files and say nothing about dependencies: nothing tells who gets into whose way.",
      hint: "List their files (`Files: src/a.ts`), or write in the dispatch plan what they depend on.",
    },
  ]);
});

test("a dependency on something that is not in the plan is a gap", () => {
  const plan = aPlan({ 1: { body: "Depends on: the login work" } });
  expect(proposeGaps(plan, NOTHING_EXISTS)).toEqual([
    {
      kind: "outside",
      keys: ["1"],
      message: `1 waits for ${plan.issues[0]?.blockedFromOutside ?? "?"}, and no issue of this plan brings it.`,
      hint: "Add an issue for it, or name the one that is meant.",
    },
  ]);
});

const SIX = Object.fromEntries(
  ["1", "2", "3", "4", "5", "6"].map((key) => [
    key,
    { body: key === "2" ? "Depends on: 1" : "", acceptanceCriteria: ["the README says so"] },
  ]),
);

test("many issues that write code, and nobody who tries the whole: a gap", () => {
  expect(proposeGaps(aPlan(SIX), NOTHING_EXISTS)).toEqual([
    {
      kind: "no-validation",
      keys: [],
      message:
        "Nothing tries the whole at the end: 6 issues write code, and none of type VALIDATION comes after most of them.",
      hint: "Add one, with `Type: VALIDATION` and `Depends on: 2, 3, 4, 5, 6`.",
    },
  ]);
  const tried = { ...SIX, 7: { type: "VALIDATION" as const, body: "Depends on: 2, 3, 4, 5, 6" } };
  expect(proposeGaps(aPlan(tried), NOTHING_EXISTS)).toEqual([]);
  const partly = { ...SIX, 7: { type: "VALIDATION" as const, body: "Depends on: 2" } };
  expect(proposeGaps(aPlan(partly), NOTHING_EXISTS).map(({ kind }) => kind)).toEqual([
    "no-validation",
  ]);
});

test("three issues that write code, and no word about documentation: a gap", () => {
  const three = { 1: {}, 2: {}, 3: {} };
  expect(proposeGaps(aPlan(three), NOTHING_EXISTS)).toEqual([
    {
      kind: "no-docs",
      keys: [],
      message: "No issue touches the documentation or speaks of it.",
      hint: "Add what has to be described to the issue that changes it, or an issue of its own.",
    },
  ]);
  expect(proposeGaps(aPlan({ ...three, 3: { files: ["docs/guide.md"] } }), NOTHING_EXISTS)).toEqual(
    [],
  );
});
