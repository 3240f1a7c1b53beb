import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { toDispatch } from "../../../core/plan/dispatch-plan.ts";
import type { Declaration, Issue, Milestone, PlanFinding } from "../../../core/plan/issue.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import { UserError } from "../../../errors.ts";
import { createDispatchSource } from "./dispatch-source.ts";
import { renderDispatch } from "./render-dispatch.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-dispatch-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

async function read(text: string, truth?: Milestone): Promise<Milestone> {
  fs.writeFileSync(path.join(root, "plan.yaml"), text);
  const readSource = (): Promise<Milestone> =>
    truth === undefined ? Promise.reject(new Error("no source")) : Promise.resolve(truth);
  return createDispatchSource({ root, readSource }).read("plan.yaml");
}

async function refusal(text: string): Promise<UserError> {
  const error: unknown = await read(text).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

/** `12:9 code message` */
function told(findings: readonly PlanFinding[]): readonly string[] {
  return findings.map(({ code, line, column, message }) => `${line}:${column} ${code} ${message}`);
}

function place(line: number, column: number) {
  return { file: "plan.yaml", line, column };
}

test("a plan with everything, in kebab-case, becomes a milestone", async () => {
  const milestone =
    await read(`milestone: {number: 3, title: "Shop: part one", integration-branch: milestone/3-shop}
conflict-groups:
  - group-id: auth
    reason: both touch src/auth.ts
    items: [153]
waves:
  - wave: 1
    parallel: true
    items:
      - title: Log in
        issue: 153
        priority: p0
        conflict-group: auth
        depends-on: []
  - wave: 2
    parallel: true
    items:
      - title: Log out
        issue: 154
        conflict-group: auth
        depends-on: [153]
        soft-after: []
      - {title: Colours, issue: 4.10, depends-on: log in, body: "Blue.", files: [a.css], minutes: 15,
         labels: [ui], acceptance: [it is blue], type: mixed, phase: Looks, parent: 153, done: true}
quality-gates: {pre-merge: [npm test], post-merge: [npm run build]}
`);
  const common = {
    url: null,
    statesDependencies: true,
    edgesAreGiven: true,
    state: "open",
    closedAs: null,
  };
  const edge = (target: string, words: string, line: number, column: number) => ({
    target,
    strength: "hard",
    origin: "text",
    place: place(line, column),
    words,
    resolved: true,
  });
  const bare = {
    ...common,
    body: "",
    labels: [],
    files: [],
    acceptanceCriteria: [],
    type: "CODING",
    group: "auth",
  };
  expect(milestone).toEqual({
    source: { kind: "dispatch", reference: "plan.yaml" },
    title: "Shop: part one",
    number: "3",
    url: null,
    documents: [],
    handoff: null,
    findings: [],
    groupsAreGiven: true,
    conflictGroups: [
      {
        id: "auth",
        reason: "both touch src/auth.ts",
        keys: ["#153", "#154"],
        place: place(3, 15),
      },
    ],
    waves: [["#153"], ["#154", "4.10"]],
    gates: { preMerge: ["npm test"], postMerge: ["npm run build"] },
    integrationBranch: "milestone/3-shop",
    issues: [
      {
        ...bare,
        key: "#153",
        number: "153",
        title: "Log in",
        priority: "P0",
        declarations: [],
        place: place(10, 9),
      },
      {
        ...bare,
        key: "#154",
        number: "154",
        title: "Log out",
        priority: null,
        declarations: [edge("#153", "depends_on: 153", 21, 22)],
        place: place(18, 9),
      },
      {
        ...common,
        key: "4.10",
        number: "4.10",
        title: "Colours",
        body: "Blue.",
        state: "closed",
        closedAs: "completed",
        labels: ["ui"],
        files: ["a.css"],
        acceptanceCriteria: ["it is blue"],
        priority: null,
        type: "MIXED",
        minutes: 15,
        phase: "Looks",
        parent: "153",
        declarations: [edge("#153", "depends_on: log in", 23, 51)],
        place: place(23, 9),
      },
    ],
  });
});

test("everything that contradicts itself is told at once, each with its place", async () => {
  const { findings } = await read(`conflict_groups:
  - {group_id: auth, reason: same file, items: [7, 99]}
waves:
  - wave: 2
    items:
      - {title: A, issue: 1, depends_on: [2]}
      - {title: B, issue: 2, conflict_group: auth, depends_on: [3]}
      - {title: C, issue: 7, conflict_group: auth}
  - wave: 2
    items:
      - {title: D, issue: 3, conflict_group: aut, groomed: false}
      - {title: E, issue: 1}
      - {title: F, issue: 8, depends_on: [1]}
  - wave: 1
    items:
      - {title: G, issue: 9, depends_on: [404]}
`);
  expect(told(findings)).toEqual([
    "12:9 plan/wave-twice #1 is listed twice: in wave 1 (line 6) and here.",
    "9:5 dispatch/wave-number There are two waves 2.",
    "14:5 dispatch/wave-number Wave 1 stands behind wave 2.",
    "6:43 plan/wave-order #1 is in wave 2 and waits for #2, which is in the same wave.",
    "7:65 plan/wave-order #2 is in wave 2 and waits for #3, which is in wave 2.",
    "8:46 plan/wave-clash #7 and #2 are both in wave 2 and in the conflict group auth: they never run at the same time.",
    "11:46 plan/group-unknown #3 names the conflict group aut, which is not under `conflict_groups`.",
    "2:52 plan/group-unknown The conflict group auth names 99, which is in no wave of this plan.",
    "11:9 plan/not-groomed not groomed: #3, run `cairn groom`",
  ]);
  expect(findings.every(({ severity, hint }) => severity === "critical" && hint !== "")).toBe(true);
});

test("what a plan waits for and does not have holds it: nothing is dropped", async () => {
  const plan = buildPlan(
    await read("waves:\n  - items:\n      - {title: G, issue: 9, body: x, depends_on: [404]}\n"),
  );
  expect(plan.issues[0]?.blockedFromOutside).toBe("404 (not in this plan)");
  expect(told(plan.findings.filter(({ code }) => code === "plan/dangling"))).toEqual([
    "3:52 plan/dangling #9 waits for 404, which is not in this plan.",
  ]);
});

test("spelling and types are told at once, with what was probably meant", async () => {
  const { findings, issues } = await read(`version: 2
milestone: [3]
conflictGroups: []
source: {kind: markdwon, reference: docs/a.md}
waves:
  - wave: first
    paralel: true
    items:
      - title: A
        issue: 1
        dependsOn: []
        priority: P7
        depends_on: {a: 1}
        depends-on: []
        minutes: -5
        done: maybe
      - just words
      - title: no number
      - {issue: two words}
quality_gates: {pre_merge: [[npm]]}
`);
  expect(
    findings.map(({ line, column, code, message, hint }) => [
      `${line}:${column} ${code}`,
      message,
      hint,
    ]),
  ).toEqual([
    [
      "3:1 dispatch/unknown-key",
      "`conflictGroups` is no key of a dispatch plan.",
      "Did you mean `conflict_groups`?",
    ],
    [
      "1:10 dispatch/version",
      "Only version 1 of dispatch plans is known.",
      "Use a newer Cairn, or write the plan again with `cairn plan SOURCE --output`.",
    ],
    [
      "2:12 dispatch/bad-value",
      "`milestone` must be a mapping of names to values, not a list.",
      "Correct the value of `milestone`.",
    ],
    [
      "4:16 dispatch/bad-value",
      "`kind` must be one of markdown, json, folder, dispatch, spec-kit, task-master, beads, github, not `markdwon`.",
      "Correct the value of `kind`.",
    ],
    [
      "4:9 dispatch/source",
      "`source` needs a `kind` and a `reference`.",
      "Write both, for example `kind: markdown` and `reference: docs/M4_workers.md`.",
    ],
    ["7:5 dispatch/unknown-key", "`paralel` is no key of a wave.", "Did you mean `parallel`?"],
    [
      "6:11 dispatch/bad-value",
      "`wave` must be a whole number from 0, not `first`.",
      "Correct the value of `wave`.",
    ],
    [
      "11:9 dispatch/unknown-key",
      "`dependsOn` is no key of an item.",
      "Did you mean `depends_on`?",
    ],
    [
      "14:9 dispatch/unknown-key",
      "`depends-on` is written twice in an item.",
      "Leave one of them; the first counts.",
    ],
    [
      "16:15 dispatch/bad-value",
      "`done` must be true or false, not `maybe`.",
      "Correct the value of `done`.",
    ],
    [
      "12:19 dispatch/bad-value",
      "`priority` must be one of P0, P1, P2, not `P7`.",
      "Correct the value of `priority`.",
    ],
    [
      "13:21 dispatch/bad-value",
      "`depends_on` must be a list, not a mapping.",
      "Correct the value of `depends_on`.",
    ],
    [
      "15:18 dispatch/bad-value",
      "`minutes` must be a whole number from 1, not `-5`.",
      "Correct the value of `minutes`.",
    ],
    [
      "17:9 dispatch/bad-value",
      "`an item` must be a mapping of names to values, not `just words`.",
      "Correct the value of `an item`.",
    ],
    [
      "18:9 dispatch/bad-value",
      "An item has no `issue`.",
      "Write the number or the key of the issue: `issue: 153`.",
    ],
    [
      "19:17 dispatch/bad-value",
      "`issue` names no issue: it must be a number or one word.",
      "Write a number as `153`, or one word without blanks and commas as `4.2`.",
    ],
    [
      "19:9 dispatch/bad-value",
      "An item has no `issue`.",
      "Write the number or the key of the issue: `issue: 153`.",
    ],
    [
      "20:29 dispatch/bad-value",
      "`pre_merge` must be text, not a list.",
      "Correct the value of `pre_merge`.",
    ],
  ]);
  expect(issues.map(({ key }) => key)).toEqual(["#1"]);
});

test.each([
  ["a: 1\n", "source/no-dispatch"],
  ["just words\n", "source/no-dispatch"],
  ["- 1\n- 2\n", "source/no-dispatch"],
  ["a: [1\nb: }\n", "source/bad-yaml"],
  ["waves: []\n", "source/no-tasks"],
  ["waves: [{items: [x]}]\n", "source/no-tasks"],
  ["", "source/empty"],
])("a file with nothing to run in it is refused: %j", async (text, code) => {
  const error = await refusal(text);
  expect(error.code).toBe(code);
  expect(error.hints.length).toBeGreaterThan(0);
});

test("broken YAML is a critical finding with its place; nothing else is told behind it", async () => {
  const { findings } = await read(
    "waves:\n  - items:\n      - {issue: 1, title: A, nonsense: 2}\n  - items: [\n",
  );
  expect(told(findings)).toEqual([
    expect.stringMatching(/^5:1 dispatch\/yaml This is not YAML: /u),
  ]);
});

test("aliases are read, and a bomb of them is not", async () => {
  const plan = await read(
    "waves:\n  - items:\n      - {issue: 1, files: &f [a.ts]}\n      - {issue: 2, files: *f}\n",
  );
  expect(plan.issues.map(({ files }) => files)).toEqual([["a.ts"], ["a.ts"]]);
  const levels = Array.from({ length: 9 }, (_, level) =>
    level === 0
      ? 'a0: &a0 ["x","x","x","x","x","x","x","x","x"]'
      : `a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(",")}]`,
  );
  const bomb = await read(`${levels.join("\n")}\nwaves:\n  - items: [{issue: 1, files: *a8}]\n`);
  expect(told(bomb.findings)).toEqual([
    expect.stringMatching(/dispatch\/yaml This is not YAML: its aliases repeat too much\.$/u),
  ]);
});

test("items of a wave that is not parallel follow each other; so do members of a group there", async () => {
  const milestone = await read(`conflict_groups:
  - {group_id: g, reason: r, items: [1, 3]}
waves:
  - {wave: 1, parallel: false, items: [{issue: 1, title: A, body: a}, {issue: 2, title: B, body: b, done: true}, {issue: 3, title: C, body: c, depends_on: [1]}, {issue: 4, title: D, body: d}]}
`);
  expect(milestone.findings).toEqual([]);
  const plan = buildPlan(milestone);
  expect(plan.issues.map(({ key, blockers }) => [key, blockers.map((b) => b.key)])).toEqual([
    ["#1", []],
    ["#2", []],
    ["#3", ["#1"]],
    ["#4", ["#3"]],
  ]);
  expect(plan.waves).toEqual([["#1", "#2"], ["#3"], ["#4"]]);
  expect(plan.findings.filter(({ code }) => code.startsWith("plan/wave"))).toEqual([]);
});

test("texts are not read for dependencies a second time, with and without an edge", async () => {
  const milestone = await read(`waves:
  - items:
      - {issue: 1, title: A, body: "Depends on: #2"}
  - items:
      - {issue: 2, title: B, body: "Depends on: #3", depends_on: [1]}
  - items:
      - {issue: 3, title: C, body: "Part of #1", depends_on: []}
`);
  const plan = buildPlan(milestone);
  expect(plan.issues.map(({ key, blockers }) => [key, blockers.map((b) => b.key)])).toEqual([
    ["#1", []],
    ["#2", ["#1"]],
    ["#3", []],
  ]);
  expect(plan.status).toBe("ready");
});

function issue(key: string, body: string, more: Partial<Issue> = {}): Issue {
  return {
    key,
    number: key,
    title: `Title of ${key}`,
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
    statesDependencies: false,
    place: { file: "docs/M4.md", line: 3 },
    ...more,
  };
}

function source(issues: readonly Issue[]): Milestone {
  return {
    source: { kind: "markdown", reference: "docs/M4.md" },
    title: "Workers",
    number: "m4",
    url: null,
    issues,
    documents: ["docs/design.md"],
    handoff: "docs/HANDOFF_M4.md",
    findings: [],
  };
}

const done = { state: "closed", closedAs: "completed" } as const;
const before = [
  issue("4.1", "One. Depends on: none"),
  issue("4.2", "Two. \n\nDepends on: 4.1"),
  issue("4.3", "Three.\n\nDepends on: 4.1"),
  issue("4.4", "Four.\n\nDepends on: none", done),
];

function saved(issues: readonly Issue[]): string {
  return renderDispatch(toDispatch(buildPlan(source(issues)), { groomed: true }));
}

function stale(milestone: Milestone): readonly string[] {
  return milestone.findings.map(({ code, severity, message }) => `${severity} ${code} ${message}`);
}

test("a saved plan takes texts, documents and states from its source, and edges from itself", async () => {
  const text = saved(before).replace('depends_on: ["4.1"]', "depends_on: []");
  const milestone = await read(text, source(before));
  expect(stale(milestone)).toEqual([]);
  expect(milestone.source).toEqual({
    kind: "dispatch",
    reference: "plan.yaml",
    truth: { kind: "markdown", reference: "docs/M4.md" },
  });
  expect(milestone.documents).toEqual(["docs/design.md"]);
  expect(milestone.handoff).toBe("docs/HANDOFF_M4.md");
  const plan = buildPlan(milestone);
  expect(plan.issues.find(({ key }) => key === "4.2")).toMatchObject({
    body: "Two. \n\nDepends on: 4.1",
    blockers: [],
    groomed: true,
    place: { file: "docs/M4.md", line: 3 },
  });
});

test("stale: what changed in the source is listed key by key, as one critical finding", async () => {
  const text = saved(before);
  const now = [
    issue("4.1", "One. Depends on: none", { title: "Another title" }),
    issue("4.2", "Two, edited.\n\nDepends on: 4.5"),
    issue("4.4", "Four.\n\nDepends on: none"),
    issue("4.5", "New.\n\nDepends on: none", { title: "Write the docs" }),
  ];
  expect(stale(await read(text, source(now)))).toEqual([
    'critical plan/stale plan.yaml is stale: docs/M4.md has changed since it was saved: + 4.5 Write the docs; - 4.3 Title of 4.3; ~ 4.1 is now called "Another title", it was "Title of 4.1"; ~ 4.2 text edited; 4.4 is open again; 4.2 now waits for 4.5; 4.2 no longer waits for 4.1.',
  ]);
  const [finding] = (await read(text, source(now))).findings;
  expect(finding?.hint).toBe(
    "Make it anew and keep what still fits: cairn groom docs/M4.md --output plan.yaml, or write it as the source has it: cairn plan docs/M4.md --output plan.yaml",
  );
});

test.each([
  ["a title", { title: "Other" }, '~ 4.3 is now called "Other", it was "Title of 4.3"'],
  ["a text", { body: "Three!\n\nDepends on: 4.1" }, "~ 4.3 text edited"],
  [
    "closed as not planned",
    { state: "closed", closedAs: "not-planned" },
    "4.3 was closed as not planned",
  ],
  [
    "closed as a duplicate",
    { state: "closed", closedAs: "duplicate" },
    "4.3 was closed as a duplicate",
  ],
] as const)("stale: %s is named, and nothing else", async (_what, change, words) => {
  const now = before.map((item) => (item.key === "4.3" ? { ...item, ...change } : item));
  expect(stale(await read(saved(before), source(now)))).toEqual([
    `critical plan/stale plan.yaml is stale: docs/M4.md has changed since it was saved: ${words}.`,
  ]);
});

function native(target: string): Declaration {
  return { target, strength: "hard", origin: "native", place: {}, words: "", resolved: true };
}

function waitingFor(target: string): readonly Issue[] {
  return ["1", "2", "3"].map((key) =>
    issue(key, "Text.", key === "3" ? { declarations: [native(target)] } : {}),
  );
}

test("stale: an edge that changed without a text is named", async () => {
  expect(stale(await read(saved(waitingFor("1")), source(waitingFor("2"))))).toEqual([
    "critical plan/stale plan.yaml is stale: docs/M4.md has changed since it was saved: 3 now waits for 2; 3 no longer waits for 1.",
  ]);
});

test("what was brought home since makes no plan stale, nor do line ends", async () => {
  const now = before.map((item) => ({
    ...item,
    body: `${item.body.replaceAll("\n", "\r\n")}\r\n`,
    ...(item.key === "4.2" ? { ...done, body: "Done, and edited." } : {}),
  }));
  const milestone = await read(saved(before), source(now));
  expect(stale(milestone)).toEqual(["info plan/progress Done since plan.yaml was saved: 4.2."]);
  expect(buildPlan(milestone).done).toEqual(["4.4", "4.2"]);
});

test("a plan written by hand names part of a source, by number or title; what is not there is told", async () => {
  const text = `source: {kind: markdown, reference: docs/M4.md}
waves:
  - items: [{issue: 4.1, title: my own name for it}]
  - items: [{issue: 4.2, depends_on: [Title of 4.1]}, {issue: 4.9, title: gone}]
`;
  const milestone = await read(text, source(before));
  expect(told(milestone.findings)).toEqual([
    "4:63 dispatch/unknown-issue 4.9 is not in docs/M4.md.",
  ]);
  const plan = buildPlan(milestone);
  expect(
    plan.issues.map(({ key, title, blockers }) => [key, title, blockers.map((b) => b.key)]),
  ).toEqual([
    ["4.1", "Title of 4.1", []],
    ["4.2", "Title of 4.2", ["4.1"]],
  ]);
});

test("a plan whose source cannot be read says which one, and a plan is no source of a plan", async () => {
  fs.writeFileSync(
    path.join(root, "plan.yaml"),
    "source: {kind: markdown, reference: docs/gone.md}\nwaves: [{items: [{issue: 1}]}]\n",
  );
  const gone = new UserError("source/not-found", "There is no file docs/gone.md.");
  const reading = createDispatchSource({ root, readSource: () => Promise.reject(gone) });
  await expect(reading.read("plan.yaml")).rejects.toMatchObject({
    code: "source/not-found",
    message:
      "plan.yaml is made of docs/gone.md, which cannot be read: There is no file docs/gone.md.",
    hints: ["Or correct `source` in plan.yaml."],
  });
  const { findings } = await read(
    "source: {kind: markdown, reference: other.yml}\nwaves: [{items: [{issue: 1, title: A}]}]\n",
  );
  expect(told(findings)).toEqual([
    "1:9 dispatch/source A dispatch plan cannot be the source of another one.",
  ]);
});

test("ten thousand items are read in about a second; the limit is that of a machine under load", async () => {
  const waves = Array.from({ length: 100 }, (_, wave) =>
    [
      `  - wave: ${wave + 1}`,
      "    items:",
      ...Array.from({ length: 100 }, (__, index) => {
        const number = wave * 100 + index + 1;
        const after = wave === 0 ? "" : number - 100;
        return `      - title: Task ${number}\n        issue: ${number}\n        depends_on: [${after}]`;
      }),
    ].join("\n"),
  );
  const start = performance.now();
  const milestone = await read(`waves:\n${waves.join("\n")}\n`);
  expect(milestone.issues).toHaveLength(10_000);
  expect(milestone.findings).toEqual([]);
  expect(performance.now() - start).toBeLessThan(15_000);
});
