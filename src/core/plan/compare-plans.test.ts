import { expect, test } from "vitest";
import { differenceLines } from "./compare-plans-lines.ts";
import { comparePlans, compareOutlines, isSamePlan } from "./compare-plans.ts";
import type { OutlinedIssue, PlanOutline } from "./compare-plans.ts";
import { issueFingerprint, sourceFingerprint, textFingerprint } from "./fingerprint-issue.ts";
import type { Issue, Milestone } from "./issue.ts";
import { buildPlan } from "./plan.ts";
import type { Plan } from "./plan.ts";

function issue(key: string, body: string, more: Partial<Issue> = {}): Issue {
  return {
    key,
    number: key,
    title: `Title ${key}`,
    body,
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
    ...more,
  };
}

function planOf(
  issues: readonly Issue[],
  groups: Readonly<Record<string, readonly string[]>> = {},
): Plan {
  const milestone: Milestone = {
    source: { kind: "markdown", reference: "docs/M4.md" },
    title: "Workers",
    number: "m4",
    url: null,
    issues,
    documents: [],
    handoff: null,
    findings: [],
    conflictGroups: Object.entries(groups).map(([id, keys]) => ({
      id,
      reason: "",
      keys,
      place: {},
    })),
  };
  return buildPlan(milestone);
}

const done = { state: "closed", closedAs: "completed" } as const;
const BEFORE = [
  issue("4.1", "One."),
  issue("4.2", "Two.\n\nDepends on: 4.1"),
  issue("4.3", "Three.\n\nDepends on: 4.1, 4.2"),
  issue("4.4", "Four.", done),
  issue("4.5", "Five.\n\nRelated: 4.4"),
];

test("nothing changed: no difference and no line", () => {
  const difference = comparePlans(planOf(BEFORE), planOf(BEFORE));
  expect(difference).toEqual({
    added: [],
    removed: [],
    closed: [],
    reopened: [],
    retitled: [],
    edited: [],
    edgesAdded: [],
    edgesRemoved: [],
    groups: [],
    order: null,
  });
  expect(isSamePlan(difference)).toBe(true);
  expect(differenceLines(difference)).toEqual([]);
});

test("everything that can change is told, each in a line of its own", () => {
  const after = [
    issue("4.1", "One, edited.", done),
    issue("4.2", "Two.\n\nDepends on: 4.1", { title: "Other" }),
    issue("4.4", "Four."),
    issue("4.5", "Five.\n\nDepends on: 4.4", { state: "closed", closedAs: "duplicate" }),
    issue("4.7", "Seven.\n\nDepends on: 4.2", { title: "Write the docs" }),
  ];
  const difference = comparePlans(
    planOf(BEFORE, { auth: ["4.1", "4.2"], old: ["4.3", "4.4"] }),
    planOf(after, { auth: ["4.1", "4.7"], new: ["4.4", "4.5"] }),
  );
  expect(difference).toEqual({
    added: [{ key: "4.7", title: "Write the docs" }],
    removed: [{ key: "4.3", title: "Title 4.3" }],
    closed: [
      { key: "4.1", as: "completed" },
      { key: "4.5", as: "duplicate" },
    ],
    reopened: ["4.4"],
    retitled: [{ key: "4.2", before: "Title 4.2", after: "Other" }],
    edited: ["4.1", "4.5"],
    edgesAdded: [
      { dependent: "4.5", blocker: "4.4", strength: "hard" },
      { dependent: "4.7", blocker: "4.2", strength: "hard" },
    ],
    edgesRemoved: [{ dependent: "4.5", blocker: "4.4", strength: "soft" }],
    groups: [
      { id: "auth", before: ["4.1", "4.2"], after: ["4.1", "4.7"] },
      { id: "new", before: [], after: ["4.4", "4.5"] },
      { id: "old", before: ["4.3", "4.4"], after: [] },
    ],
    order: null,
  });
  expect(differenceLines(difference)).toEqual([
    "+ 4.7 Write the docs",
    "- 4.3 Title 4.3",
    '~ 4.2 is now called "Other", it was "Title 4.2"',
    "~ 4.1 text edited",
    "~ 4.5 text edited",
    "4.1 is done",
    "4.5 was closed as a duplicate",
    "4.4 is open again",
    "4.5 now waits for 4.4",
    "4.7 now waits for 4.2",
    "4.5 no longer comes after 4.4",
    "4.7 joins auth",
    "4.2 leaves auth",
    "4.4, 4.5 are now the conflict group new",
    "The conflict group old (4.3, 4.4) is no more",
  ]);
});

test("another order is told where it is all there is", () => {
  const plain = ["1", "2", "3"].map((key) => issue(key, "Text.\n\nDepends on: none"));
  const difference = comparePlans(planOf(plain), planOf(plain.toReversed()));
  expect(difference.order).toEqual(["3", "2", "1"]);
  expect(differenceLines(difference)).toEqual(["The order is now 3, 2, 1"]);
  expect(isSamePlan(difference)).toBe(false);
});

test("a group that only has another name is the same group", () => {
  const difference = comparePlans(
    planOf(BEFORE, { "files-1": ["4.1", "4.2"] }),
    planOf(BEFORE, { "files-2": ["4.2", "4.1"] }),
  );
  expect(isSamePlan(difference)).toBe(true);
});

test("titles of strangers stay on their line", () => {
  const lines = differenceLines(
    comparePlans(
      planOf(BEFORE),
      planOf([...BEFORE, issue("9", "x", { title: "a\n- 4.1 \u001b[2Jb" })]),
    ),
  );
  expect(lines).toEqual(["+ 9 a - 4.1 [2Jb"]);
});

function outline(text: Partial<OutlinedIssue>): PlanOutline {
  const base = { key: "1", title: "A", body: null, fingerprint: null, state: "open", blockers: [] };
  return { issues: [{ ...base, state: "open", ...text }], groups: [] };
}

const SAVED = textFingerprint({ title: "A", body: "text" });

test.each([
  ["the same text", { title: "A", body: "text" }, [], []],
  ["another title only", { title: "B", body: "text" }, ["1"], []],
  ["another text only", { title: "A", body: "other" }, [], ["1"]],
  ["both", { title: "B", body: "other" }, ["1"], ["1"]],
])("a saved plan knows fingerprints only: %s", (_what, now, retitled, edited) => {
  const difference = compareOutlines(
    outline({ fingerprint: SAVED }),
    outline({ ...now, fingerprint: textFingerprint(now) }),
  );
  expect(difference.retitled.map(({ key }) => key)).toEqual(retitled);
  expect(difference.edited).toEqual(edited);
});

test("a title that a person wrote otherwise into a saved plan is no change of the issue", () => {
  const difference = compareOutlines(
    outline({ title: "my own words", fingerprint: SAVED }),
    outline({ title: "A", body: "text", fingerprint: SAVED }),
  );
  expect(isSamePlan(difference)).toBe(true);
});

test("fingerprints of one issue: title, text and state count, line ends and blanks at the end do not", () => {
  const base = issue("1", "a\nb");
  const same = { ...base, body: "a\r\nb\r\n  \n", title: " Title 1 ", key: "7", labels: ["x"] };
  expect(issueFingerprint(same)).toBe(issueFingerprint(base));
  expect(issueFingerprint(base)).toMatch(/^[0-9a-f]{32}$/u);
  const others = [
    { ...base, title: "Other" },
    { ...base, body: "a\nc" },
    { ...base, ...done },
  ];
  const all = [base, ...others].map(issueFingerprint);
  expect(new Set(all).size).toBe(4);
  expect(others.map((other) => textFingerprint(other) === textFingerprint(base))).toEqual([
    false,
    false,
    true,
  ]);
});

function fingerprintOf(issues: readonly Issue[]): string {
  return sourceFingerprint(planOf(issues).issues);
}

test("the fingerprint of a source is the same in any order, and another for any text or dependency", () => {
  const fingerprint = fingerprintOf(BEFORE);
  expect(fingerprintOf(BEFORE.toReversed())).toBe(fingerprint);
  const changed = (more: Partial<Issue>): readonly Issue[] =>
    BEFORE.map((item) => (item.key === "4.1" ? { ...item, ...more } : item));
  const edge = {
    target: "4.5",
    strength: "hard",
    origin: "native",
    place: {},
    words: "",
    resolved: true,
  } as const;
  expect(fingerprintOf(changed(done))).toBe(fingerprint);
  for (const more of [{ body: "Uno." }, { title: "Uno" }, { declarations: [edge] }, { key: "4.9" }])
    expect(fingerprintOf(changed(more))).not.toBe(fingerprint);
});

test("a saved blocker that no plan has is an edge too; one that was removed goes without saying", () => {
  const waiting: PlanOutline = outline({ blockers: [{ key: "99", strength: "hard" }] });
  expect(differenceLines(compareOutlines(waiting, outline({})))).toEqual([
    "1 no longer waits for 99",
  ]);
  const [other] = outline({ key: "99" }).issues;
  const both = { ...waiting, issues: [...waiting.issues, ...(other === undefined ? [] : [other])] };
  expect(differenceLines(compareOutlines(both, outline({})))).toEqual(["- 99 A"]);
});

test("an issue that takes over a rest is told as that, not as growth of the plan", () => {
  const rest = issue("4.1b", "Follow-up of: 4.1\n\nDepends on: 4.1");
  const lines = differenceLines(comparePlans(planOf(BEFORE), planOf([...BEFORE, rest])));
  expect(lines).toContain("+ 4.1b Title 4.1b (follow-up of 4.1)");
});
