import fc from "fast-check";
import { expect, test } from "vitest";
import { groupConflicts } from "./conflict-groups.ts";
import type { ConflictFacts } from "./conflict-groups.ts";
import type { Milestone } from "./issue.ts";
import type { PlannedIssue } from "./plan.ts";

type Draft = Partial<PlannedIssue> & { readonly after?: readonly string[] };

function anIssue(key: string, { after = [], ...draft }: Draft): PlannedIssue {
  return {
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
    blockers: after.map((blocker) => ({ key: blocker, strength: "hard", from: "a test" })),
    conflictGroup: null,
    done: false,
    blockedFromOutside: null,
    ...draft,
  };
}

function aMilestone(draft: Partial<Milestone> = {}): Milestone {
  return {
    source: { kind: "markdown", reference: "plan.md" },
    title: "M",
    number: "m",
    url: null,
    issues: [],
    documents: [],
    handoff: null,
    findings: [],
    ...draft,
  };
}

/** `{ 1: {files: ["a.ts"]} }` as issues; answers the groups as `id: reason: keys`. */
function grouped(
  drafts: Readonly<Record<string, Draft | readonly string[]>>,
  facts: ConflictFacts = {},
  milestone: Partial<Milestone> = {},
): readonly string[] {
  const issues = Object.entries(drafts).map(([key, draft]) =>
    anIssue(key, "length" in draft ? { files: draft } : draft),
  );
  const answer = groupConflicts(issues, aMilestone(milestone), facts);
  for (const { key, conflictGroup } of answer.issues) {
    const of = answer.groups.filter((group) => group.keys.includes(key)).map(({ id }) => id);
    expect(conflictGroup).toBe(of[0] ?? null);
  }
  return answer.groups.map(({ id, reason, keys }) => `${id}: ${reason}: ${keys.join(" ")}`);
}

test.each<[string, Readonly<Record<string, Draft | readonly string[]>>, readonly string[]]>([
  ["nothing in common", { 1: ["src/a.ts"], 2: ["src/b.ts"], 3: [] }, []],
  [
    "one file",
    { 1: ["src/auth/session.ts"], 2: ["src/b.ts"], 3: ["./src/auth/session.ts", "src/c.ts"] },
    ["files-1: 2 issues touch src/auth/session.ts: 1 3"],
  ],
  [
    "two files that all share",
    { 1: ["src/b.ts", "src/a.ts"], 2: ["src/a.ts", "src/b.ts"] },
    ["files-1: 2 issues touch src/a.ts and src/b.ts: 1 2"],
  ],
  [
    "a file in a folder",
    { 1: ["src/auth/"], 2: ["src/auth/login.ts"], 3: ["src/authors.ts"] },
    ["files-1: 2 issues touch src/auth/: 1 2"],
  ],
  [
    "a file below `/**`, and a narrower pattern",
    { 1: ["src/auth/**"], 2: ["src/auth/ui/login.tsx"], 3: ["src/auth/ui/*.tsx"] },
    ["files-1: 3 issues touch src/auth/**: 1 2 3"],
  ],
  [
    "a pattern",
    { 1: ["src/*.sql"], 2: ["src/one.sql"], 3: ["src/deep/two.sql"], 4: ["db/x.{up,down}.sql"] },
    ["files-1: 2 issues touch src/*.sql: 1 2"],
  ],
  [
    "folders of a framework are no patterns",
    { 1: ["app/[id]/page.tsx"], 2: ["app/i/page.tsx"], 3: ["app/[id]/page.tsx"] },
    ["files-1: 2 issues touch app/[id]/page.tsx: 1 3"],
  ],
  [
    "what a program makes, and the whole repository, say nothing",
    { 1: ["package-lock.json", "dist/a.js", "**"], 2: ["package-lock.json", "dist/a.js", "**"] },
    [],
  ],
  [
    "what everybody adds a line to does not count beside files of one's own",
    { 1: ["CHANGELOG.md", "src/a.ts"], 2: ["CHANGELOG.md", "src/index.ts", "src/b.ts"] },
    [],
  ],
  [
    "but it does where it is all there is",
    { 1: ["README.md"], 2: ["README.md", "CHANGELOG.md"], 3: ["README.md", "src/b.ts"] },
    ["files-1: 2 issues touch README.md: 1 2"],
  ],
  [
    "few that hang together are one group, though the ends share nothing",
    { 1: ["a.ts"], 2: ["a.ts", "b.ts"], 3: ["b.ts"] },
    ["files-1: 3 issues touch a.ts or b.ts: 1 2 3"],
  ],
  [
    "many are split around what most share",
    {
      1: ["hub.ts", "x.ts"],
      2: ["hub.ts", "y.ts"],
      3: ["hub.ts"],
      4: ["x.ts", "z.ts"],
      5: ["y.ts", "z.ts"],
      6: ["other.ts"],
    },
    ["files-1: 3 issues touch hub.ts: 1 2 3", "files-2: 2 issues touch z.ts: 4 5"],
  ],
  [
    "what an edge orders needs no group",
    { 1: ["a.ts"], 2: { files: ["b.ts"], after: ["1"] }, 3: { files: ["a.ts"], after: ["2"] } },
    [],
  ],
  [
    "of three, only the two that nothing orders",
    {
      1: ["a.ts"],
      2: { files: ["a.ts"], after: ["1"] },
      3: { files: ["a.ts"], after: ["1"] },
    },
    ["files-1: 2 issues touch a.ts: 2 3"],
  ],
  [
    "a soft edge orders nothing",
    {
      1: ["a.ts"],
      2: { files: ["a.ts"], blockers: [{ key: "1", strength: "soft", from: "a test" }] },
    },
    ["files-1: 2 issues touch a.ts: 1 2"],
  ],
  [
    "who is done is in nobody's way",
    { 1: ["a.ts"], 2: { files: ["a.ts"], done: true, state: "closed" }, 3: ["b.ts"] },
    [],
  ],
  [
    "paths under a heading about impact count like files",
    {
      1: { body: "Words about impact.\n\n## Impact\n\n- `src/a.ts` (grows)\n- src/b.ts and more" },
      2: ["src/b.ts"],
      3: { body: "**Affected files:** src/a.ts\n\nIt touches src/c.ts too." },
      4: ["src/c.ts"],
    },
    ["files-1: 3 issues touch src/a.ts or src/b.ts: 1 2 3"],
  ],
])("%s", (_name, drafts, expected) => {
  expect(grouped(drafts)).toEqual(expected);
});

test("a group that the source declares stays as it is, and nobody joins it", () => {
  const declared = { id: "files-1", reason: "the person's words", keys: ["1", "2"], place: {} };
  expect(
    grouped(
      {
        1: ["a.ts"],
        2: { files: ["b.ts"], after: ["1"] },
        3: ["a.ts"],
        4: ["a.ts"],
        5: { files: ["c.ts"], group: "schema" },
        6: { files: ["d.ts"], group: "schema" },
      },
      {},
      { conflictGroups: [declared] },
    ),
  ).toEqual([
    "files-1: the person's words: 1 2",
    "schema: declared by the issues: 5 6",
    "files-2: 2 issues touch a.ts: 3 4",
  ]);
});

test("a file that more than half of a large plan names is left out", () => {
  const drafts = Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [
      `k${at}`,
      at < 7 ? ["src/app.ts", `src/${at % 3}.ts`] : [`src/${at}.ts`],
    ]),
  );
  expect(grouped(drafts)).toEqual([
    "files-1: 3 issues touch src/0.ts: k0 k3 k6",
    "files-2: 2 issues touch src/1.ts: k1 k4",
    "files-3: 2 issues touch src/2.ts: k2 k5",
  ]);
});

test("a folder in which nearly all have a file is left out, but for those that name the folder", () => {
  const drafts = Object.fromEntries(
    Array.from({ length: 7 }, (_, at) => [`k${at}`, at < 2 ? ["src/"] : [`src/${at}.ts`]]),
  );
  expect(grouped(drafts)).toEqual(["files-1: 2 issues touch src/: k0 k1"]);
});

test("five issues that all name one file are one group: a small plan has no hubs", () => {
  const drafts = Object.fromEntries(["1", "2", "3", "4", "5"].map((key) => [key, ["a.ts"]]));
  expect(grouped(drafts)).toEqual(["files-1: 5 issues touch a.ts: 1 2 3 4 5"]);
});

test("what earlier runs really changed counts like files", () => {
  const touched = new Map([["2", ["src/a.ts"]]]);
  expect(grouped({ 1: ["src/a.ts"], 2: [], 3: [] }, { touched })).toEqual([
    "files-1: 2 issues touch src/a.ts: 1 2",
  ]);
});

test.each<[string, number, number | undefined, readonly string[]]>([
  [
    "often enough",
    3,
    7,
    [
      "history-1: 2 issues touch files that changed together before: api.ts and schema.ts (3 times): 1 2",
    ],
  ],
  ["too rarely", 2, 2, []],
  ["in too small a part of the rarer file's commits", 3, 8, []],
])("files that changed together %s", (_name, commits, rarer, expected) => {
  const pair = { files: ["api.ts", "schema.ts"] as const, commits };
  const changedTogether = [rarer === undefined ? pair : { ...pair, rarer }];
  expect(grouped({ 1: ["api.ts"], 2: ["schema.ts"], 3: ["b.ts"] }, { changedTogether })).toEqual(
    expected,
  );
});

test("the history only speaks for issues that have no group by their files", () => {
  const changedTogether = [{ files: ["a.ts", "b.ts"] as const, commits: 9 }];
  expect(grouped({ 1: ["a.ts", "x.ts"], 2: ["x.ts"], 3: ["b.ts"] }, { changedTogether })).toEqual([
    "files-1: 2 issues touch x.ts: 1 2",
  ]);
});

test("issues that say nothing, and that somebody called independent, are not grouped", () => {
  const drafts = {
    1: { files: ["a.ts"], statesDependencies: false },
    2: { files: ["a.ts"], statesDependencies: false },
    3: { files: ["b.ts"] },
    4: { files: ["b.ts"] },
  };
  expect(grouped(drafts, { unmapped: "independent" })).toEqual([
    "files-1: 2 issues touch b.ts: 3 4",
  ]);
  expect(grouped(drafts, { unmapped: "propose" })).toHaveLength(2);
});

test("whatever the plan: nobody in two groups, none alone, no row in a group, no unordered pair free", () => {
  const issue = fc.record({
    files: fc.uniqueArray(
      fc.constantFrom("a.ts", "b.ts", "c.ts", "d/e.ts", "d", "f/*.ts", "f/g.ts"),
      {
        maxLength: 3,
      },
    ),
    after: fc.array(fc.nat(20), { maxLength: 2 }),
  });
  fc.assert(
    fc.property(fc.array(issue, { maxLength: 14 }), (drafts) => {
      const issues = drafts.map(({ files, after }, at) =>
        anIssue(String(at), { files, after: after.filter((to) => to < at).map(String) }),
      );
      const { issues: answer, groups } = groupConflicts(issues, aMilestone(), {});
      const keys = groups.flatMap((group) => group.keys);
      expect(new Set(keys).size).toBe(keys.length);
      expect(new Set(groups.map(({ id }) => id)).size).toBe(groups.length);
      for (const group of groups) expect(group.keys.length).toBeGreaterThan(1);
      const isAfter = (later: string, earlier: string): boolean =>
        issues[Number(later)]?.blockers.some(
          ({ key }) => key === earlier || isAfter(key, earlier),
        ) === true;
      const isOrdered = (a: string, b: string): boolean => isAfter(a, b) || isAfter(b, a);
      for (const { keys: members } of groups)
        for (const key of members)
          expect(members.some((other) => other !== key && !isOrdered(key, other))).toBe(true);
      const naming = (file: (typeof drafts)[number]["files"][number]): number =>
        drafts.filter(({ files }) => files.includes(file)).length;
      for (const [a, one] of drafts.entries())
        for (const [b, other] of drafts.entries()) {
          const meet = one.files.some((file) => other.files.includes(file) && naming(file) <= 3);
          if (a === b || !meet || isOrdered(String(a), String(b))) continue;
          // Each of the two waits for somebody, and one of them for the other unless it has a closer group.
          expect(answer[a]?.conflictGroup ?? answer[b]?.conflictGroup).not.toBe(null);
        }
    }),
  );
});

test("whatever strangers write, it is read without trouble", () => {
  const words = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.stringMatching(/^[#*?{},./`|\-a-c \n]{0,60}$/u),
  );
  fc.assert(
    fc.property(words, fc.array(words, { maxLength: 4 }), (body, files) => {
      const text = `## Impact\n${body}\nTouches: ${files.join(", ")}`;
      const { groups } = groupConflicts(
        ["1", "2"].map((key) => anIssue(key, { files, body: text })),
        aMilestone(),
        {},
      );
      expect(groups.length).toBeLessThan(2);
    }),
  );
});

test("10,000 issues with 30,000 files are grouped in little time", () => {
  const issues = Array.from({ length: 10_000 }, (_, at) =>
    anIssue(String(at), {
      files: [`src/m${at % 2000}/a.ts`, `src/m${(at * 7) % 2500}/b.ts`, `test/${at % 311}.ts`],
      after: at > 3 ? [1, 2, 3].map((by) => String((at * by * 31) % at)) : [],
    }),
  );
  const startedAt = performance.now();
  const { groups } = groupConflicts(issues, aMilestone(), {});
  expect(groups.length).toBeGreaterThan(300);
  // Under 0.1 s on an idle machine; a quadratic way would take many times this.
  expect(performance.now() - startedAt).toBeLessThan(1500);
});
