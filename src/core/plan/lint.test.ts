import { describe, expect, test } from "vitest";
import type { Issue, Milestone, PlanFinding } from "./issue.ts";
import { lintPlan } from "./lint.ts";
import { buildPlan } from "./plan.ts";

const CRITERIA = "Acceptance criteria:\n- it works\n";

function anIssue(draft: Partial<Issue> & { readonly number: string }): Issue {
  return {
    key: `#${draft.number}`,
    title: `Issue ${draft.number}`,
    body: CRITERIA,
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
    place: {},
    ...draft,
  };
}

function found(
  issues: readonly Partial<Issue>[],
  change: Partial<Milestone> = {},
): readonly PlanFinding[] {
  const milestone: Milestone = {
    source: { kind: "json", reference: "issues.json" },
    title: "M",
    number: "3",
    url: null,
    issues: issues.map((issue, index) => anIssue({ number: String(index + 1), ...issue })),
    documents: [],
    handoff: null,
    findings: [],
    ...change,
  };
  return buildPlan(milestone, { unmapped: "independent" }).findings;
}

const short = (findings: readonly PlanFinding[]): readonly string[] =>
  findings.map(({ severity, code, key }) => `${severity} ${code} ${key ?? "-"}`);

const step = (change: Partial<NonNullable<Issue["steps"]>[number]> = {}) => ({
  title: "Do it",
  minutes: null,
  files: [],
  red: null,
  green: null,
  verify: null,
  place: {},
  ...change,
});

const files = (count: number, name = (at: number) => `src/f${at}.ts`): readonly string[] =>
  Array.from({ length: count }, (_, at) => name(at));

const list = (count: number, item: string): string => `${item}\n`.repeat(count);

const needs = (words: string): Partial<Issue> => ({
  body: `Depends on: ${words}\n\n${CRITERIA}`,
});

const group = (id: string, keys: readonly string[], line = 3) => ({
  id,
  reason: "files",
  keys,
  place: { file: "plan.yaml", line },
});

describe("what a text lacks", () => {
  const bare: readonly [string, Partial<Issue>, readonly string[]][] = [
    ["blank", { body: " \n " }, ["critical plan/empty-body #1"]],
    [
      "a form nobody filled in",
      { body: "## What\n<!-- say it -->\n## Why\n- [ ]\n---\n" },
      ["critical plan/empty-body #1"],
    ],
    [
      "one heading with a sentence",
      { body: "# Answer 404", type: "RESEARCH" },
      ["warning plan/no-acceptance #1"],
    ],
    ["no body, but criteria of the source", { body: "", acceptanceCriteria: ["a"] }, []],
    [
      "no body, but steps",
      { body: "", steps: [step({ red: "x" })] },
      ["warning plan/no-acceptance #1"],
    ],
    [
      "words only",
      { body: "Do it." },
      ["warning plan/no-acceptance #1", "warning plan/no-tests #1"],
    ],
    [
      "the latest contest is no test",
      { body: "The latest contest." },
      ["warning plan/no-acceptance #1", "warning plan/no-tests #1"],
    ],
    ["a word of tests", { body: "Do it; unit tests show it." }, ["warning plan/no-acceptance #1"]],
    [
      "a test file",
      { body: "Do it.", files: ["src/a.ts", "src/a.test.ts"] },
      ["warning plan/no-acceptance #1"],
    ],
    [
      "a step that is verified",
      { body: "Do it.", steps: [step({ verify: "make" })] },
      ["warning plan/no-acceptance #1"],
    ],
    ["nothing to test", { body: "Find out.", type: "RESEARCH" }, ["warning plan/no-acceptance #1"]],
    ["closed", { body: "", state: "closed", closedAs: "completed" }, []],
  ];
  test.each(bare)("%s", (_, issue, expected) => {
    expect(short(found([issue]))).toEqual(expected);
  });

  test("lines of spec-kit have their criteria in the specification, if there is one", () => {
    const source = { kind: "spec-kit", reference: "specs/001-a/tasks.md" } as const;
    const issues = [{ body: "Write the shelf." }, { body: " " }];
    const documents = ["specs/001-a/plan.md", "specs/001-a/spec.md"];
    expect(short(found(issues, { source, documents }))).toEqual(["critical plan/empty-body #2"]);
    expect(short(found(issues, { source, documents: documents.slice(0, 1) }))).toEqual([
      "critical plan/empty-body #2",
      "warning plan/no-acceptance #1",
      "warning plan/no-tests #1",
    ]);
  });

  test("in calm words, with the place and what to do", () => {
    const place = { file: "plan.md", line: 7, column: 1 };
    expect(found([{ body: "Do it.", place }])).toEqual([
      {
        code: "plan/no-acceptance",
        severity: "warning",
        key: "#1",
        ...place,
        message: "#1 says nowhere when it is done.",
        hint: 'Add a section "Acceptance criteria" with one point for each thing that can be checked.',
      },
      {
        code: "plan/no-tests",
        severity: "warning",
        key: "#1",
        ...place,
        message: "#1 is to change code, and nothing in it says how that is tested.",
        hint: "Name the test file, the command that shows that it works, or what a test should expect.",
      },
    ]);
  });
});

describe("what is too large", () => {
  const sizes: readonly [string, Partial<Issue>, string | null][] = [
    ["eight files", { files: files(8) }, null],
    ["nine files", { files: files(9) }, "it names 9 files (more than 8)"],
    [
      "nine files, tests, lock and generated ones among them",
      { files: [...files(6), "a.test.ts", "package-lock.json", "dist/x.js"] },
      null,
    ],
    ["ninety minutes", { minutes: 90 }, null],
    ["a hundred minutes", { minutes: 100 }, "its estimate is 100 minutes (more than 90)"],
    [
      "a time in the text",
      { body: `Estimate: 3h\n\n${CRITERIA}` },
      "its estimate is 180 minutes (more than 90)",
    ],
    ["a size", { labels: ["size:XXL"] }, "its estimate is 180 minutes (more than 90)"],
    ["twelve steps", { steps: Array.from({ length: 12 }, () => step()) }, null],
    [
      "thirteen steps",
      { steps: Array.from({ length: 13 }, () => step()) },
      "it lists 13 steps (more than 12)",
    ],
    [
      "thirteen boxes",
      { body: `## Work\n${list(13, "- [ ] a")}\n${CRITERIA}` },
      "it lists 13 steps (more than 12)",
    ],
    [
      "thirteen numbered steps",
      { body: `## Steps\n${list(13, "1. a")}\n${CRITERIA}` },
      "it lists 13 steps (more than 12)",
    ],
    [
      "thirteen numbered points of something else",
      { body: `## Thoughts\n${list(13, "1. a")}\n${CRITERIA}` },
      null,
    ],
    [
      "thirteen steps to reproduce",
      { body: `## Steps to reproduce\n${list(13, "1. a")}\n${CRITERIA}` },
      null,
    ],
    ["thirteen other issues", { body: `## Tasks\n${list(13, "- [ ] #20")}\n${CRITERIA}` }, null],
    [
      "thirteen boxes that are ticked",
      { body: `## Work\n${list(13, "- [x] a")}\n${CRITERIA}` },
      null,
    ],
    [
      "thirteen boxes in code",
      { body: `## Tasks\n\`\`\`\n${list(13, "- [ ] a")}\`\`\`\n${CRITERIA}` },
      null,
    ],
  ];
  test.each(sizes)("%s", (_, issue, reason) => {
    const messages = found([issue]).map(({ code, message }) => `${code}: ${message}`);
    expect(messages).toEqual(reason === null ? [] : [`plan/oversize: #1 is large: ${reason}.`]);
  });

  test("says how it could be taken apart", () => {
    const body = `## Server\n${list(7, "- [ ] a")}\n## Page\n${list(7, "- [ ] b")}\n${CRITERIA}`;
    expect(found([{ body, minutes: 100 }])).toEqual([
      {
        code: "plan/oversize",
        severity: "warning",
        key: "#1",
        message:
          "#1 is large: its estimate is 100 minutes (more than 90), it lists 14 steps (more than 12).",
        hint: 'Make several issues of it: "Server" (7 points) and "Page" (7 points); a diff that is too large is not merged without a person.',
      },
    ]);
  });

  const splits: readonly [string, Partial<Issue>, readonly [string, string] | null][] = [
    [
      "two checklists",
      { body: `## Server\n${list(3, "- [ ] a")}\n## Page\n${list(3, "- [ ] b")}\n${CRITERIA}` },
      ["has 2 checklists of its own", '"Server" (3 points) and "Page" (3 points)'],
    ],
    [
      "a checklist and its tests",
      { body: `## Server\n${list(6, "- [ ] a")}\n## Tests\n${list(3, "- [ ] b")}\n${CRITERIA}` },
      null,
    ],
    [
      "three areas",
      {
        files: ["src/a/1.ts", "src/a/2.ts", "src/b/1.ts", "src/b/2.ts", "lib/c/1.ts", "lib/c/2.ts"],
      },
      ["changes 3 areas", "src/a (2 files), src/b (2 files) and lib/c (2 files)"],
    ],
    [
      "one change through three layers",
      {
        files: [
          "src/a/1.ts",
          "src/b/1.ts",
          "src/c/1.ts",
          "src/c/1.test.ts",
          "docs/a.md",
          "docs/b.md",
        ],
      },
      null,
    ],
    [
      "nine criteria",
      { body: `## Acceptance criteria\n${list(9, "- one more")}` },
      ["has 9 acceptance criteria", "criteria 1 to 5 and 6 to 9"],
    ],
    ["eight criteria", { body: `## Acceptance criteria\n${list(8, "- one more")}` }, null],
  ];
  test.each(splits)("%s", (_, issue, split) => {
    expect(found([issue])).toEqual(
      split === null
        ? []
        : [
            {
              code: "plan/splittable",
              severity: "info",
              key: "#1",
              message: `#1 ${split[0]}; it could be several issues.`,
              hint: `For instance ${split[1]}. As one it takes longer, and one defect holds all of it.`,
            },
          ],
    );
  });
});

describe("labels and priorities", () => {
  test.each([
    ["prio-huge", "plan/unknown-priority"],
    ["priority: P7", "plan/unknown-priority"],
    ["P3", "plan/unknown-priority"],
    ["size:gigantic", "plan/unknown-size"],
    ["estimate:soon", "plan/unknown-size"],
  ])("the label %s is none", (label, code) => {
    const [finding, ...others] = found([
      { labels: [label] },
      { labels: ["bug"] },
      { labels: [label] },
    ]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code, severity: "warning", key: "#1" });
    expect(finding?.message).toMatch(
      new RegExp(
        `^The label \`${label}\` is no (priority|size) that Cairn reads \\(on #1, #3\\)\\.$`,
        "u",
      ),
    );
  });

  test.each([
    "P1",
    "prio: high",
    "priority/medium",
    "priority",
    "priority: none",
    "size:S",
    "size/large",
    "size:3",
    "estimate:1h",
    "sizeable",
    "prioritised",
  ])("the label %s is well", (label) => {
    expect(found([{ labels: [label] }])).toEqual([]);
  });

  test("a priority line that says nothing known, in its line", () => {
    const place = { file: "plan.md", line: 10 };
    expect(found([{ body: `Text.\n\n**Priority:** P7\n\n${CRITERIA}`, place }])).toEqual([
      {
        code: "plan/unknown-priority",
        severity: "warning",
        key: "#1",
        file: "plan.md",
        line: 13,
        message: '#1 says "Priority: P7", which is no priority that Cairn reads.',
        hint: "Priorities are P0, P1 and P2, or critical, high, medium and low; without one the issue comes after those that have one.",
      },
    ]);
    for (const said of [
      "Priority: P1",
      "Priority: none",
      "```\nPriority: P7\n```",
      "A priority: P7 of theirs",
    ])
      expect(found([{ body: `${said}\n\n${CRITERIA}` }])).toEqual([]);
  });
});

describe("parts, wholes and twins", () => {
  test("a part whose whole is elsewhere, an epic whose parts are", () => {
    const findings = found([
      { parent: "#90" },
      { parent: "acme/app#3" },
      { labels: ["epic"], url: "https://example.org/acme/app/issues/3" },
      { labels: ["Epic"], body: `- [ ] #1\n- [ ] #77\n\n${CRITERIA}` },
      { labels: ["type: epic"], body: `- [ ] #77\n\n${CRITERIA}` },
    ]);
    expect(findings.map(({ severity, code, message }) => [severity, code, message])).toEqual([
      ["info", "plan/orphan-child", "#1 is a part of #90, which is not in this plan."],
      [
        "info",
        "plan/epic-alone",
        "#5 is an epic, and none of its parts is in this plan: one agent gets all of it.",
      ],
    ]);
  });

  test("the same title twice, unless phase or parent differ", () => {
    const findings = found([
      { title: "Read the settings" },
      { title: "read the Settings!" },
      { title: "Read the settings", phase: "Two" },
      { title: "Read the settings", state: "closed", closedAs: "completed" },
      { title: "!!!" },
      { title: "!!!" },
    ]);
    expect(findings).toEqual([
      {
        code: "plan/duplicate-title",
        severity: "warning",
        key: "#2",
        message: '#2 has the same title as #1: "read the Settings!".',
        hint: "If both mean the same work, close one as a duplicate; else say in the titles what differs.",
      },
    ]);
  });

  test("not groomed stops, unless it is done or nobody speaks of it", () => {
    expect(
      found([
        { groomed: false },
        { groomed: true },
        { groomed: false, state: "closed", closedAs: "completed" },
        {},
      ]),
    ).toEqual([
      {
        code: "plan/not-groomed",
        severity: "critical",
        key: "#1",
        message: "not groomed: #1, run `cairn groom`",
        hint: "The plan says that nobody has looked at its dependencies and conflicts yet; `cairn groom` proposes them.",
      },
    ]);
  });
});

describe("what a source declares about waves and groups", () => {
  test("waves that fit say nothing", () => {
    const waves = [["#1"], ["#2", "#3"]];
    const conflictGroups = [group("a", ["#1", "#2"])];
    expect(found([needs("none"), needs("#1"), needs("#1")], { waves, conflictGroups })).toEqual([]);
  });

  test("a wave against a dependency", () => {
    const findings = found([needs("none"), needs("#1"), needs("#1")], {
      waves: [["#2"], ["#1", "#3"]],
    });
    expect(findings.map(({ severity, code, message }) => [severity, code, message])).toEqual([
      [
        "critical",
        "plan/wave-order",
        '#2 is in wave 1 and waits for #1 in wave 2 (#2 line 1 "Depends on: #1").',
      ],
      [
        "critical",
        "plan/wave-order",
        '#3 is in wave 2 and waits for #1 in wave 2 (#3 line 1 "Depends on: #1").',
      ],
    ]);
  });

  test("a done blocker in a later wave holds nobody", () => {
    const done = { ...needs("none"), state: "closed", closedAs: "completed" } as const;
    expect(found([done, needs("#1")], { waves: [["#2"], ["#1"]] })).toEqual([]);
  });

  test("unknown, twice, and against a conflict group", () => {
    const findings = found(
      [
        needs("none"),
        { ...needs("none"), group: "b" },
        { ...needs("none"), group: "b" },
        needs("none"),
      ],
      {
        waves: [["#1", "#2", "#3", "#9"], ["#1"]],
        conflictGroups: [group("a", ["#1", "#4"]), group("b", ["#2", "#3"])],
      },
    );
    expect(findings.map(({ severity, code, message }) => [severity, code, message])).toEqual([
      ["critical", "plan/wave-unknown", "Wave 1 names #9, which is not in this plan."],
      ["critical", "plan/wave-twice", "#1 is in wave 1 and again in wave 2."],
      [
        "critical",
        "plan/wave-clash",
        "#3 and #2 are both in wave 1 and in the conflict group b: they never run at the same time.",
      ],
    ]);
  });

  test("groups: an unknown member, a member of two, one alone, one that is not listed", () => {
    const findings = found([needs("none"), needs("none"), { ...needs("none"), group: "z" }], {
      conflictGroups: [
        group("a", ["#1", "#2"]),
        group("b", ["#2", "#9"], 8),
        group("c", ["#3"], 9),
      ],
    });
    expect(
      findings.map(({ severity, code, key, line, message }) => [
        severity,
        code,
        key,
        line,
        message,
      ]),
    ).toEqual([
      [
        "critical",
        "plan/group-twice",
        "#2",
        8,
        "#2 is in two conflict groups, a and b; only a counts.",
      ],
      [
        "critical",
        "plan/group-unknown",
        "#9",
        8,
        "The conflict group b names #9, which is not in this plan.",
      ],
      [
        "critical",
        "plan/group-unknown",
        "#3",
        undefined,
        "#3 names the conflict group z, which the plan does not list.",
      ],
      [
        "info",
        "plan/group-single",
        undefined,
        9,
        "The conflict group c has one member: it keeps nothing apart.",
      ],
    ]);
  });

  test("what the source has reported under the same code is not said again", () => {
    const reported: PlanFinding = {
      code: "plan/wave-order",
      severity: "critical",
      key: "#2",
      file: "plan.yaml",
      line: 12,
      message: "m",
      hint: "h",
    };
    const waves = [["#2"], ["#1"]];
    expect(found([needs("none"), needs("#1")], { waves, findings: [reported] })).toEqual([
      reported,
    ]);
  });
});

describe("at any size", () => {
  test("10,000 issues are looked through in a moment", () => {
    const body = `Teach the worker to say what it did.\n\n## Tasks\n\n${list(4, "- [ ] a part of it")}\n## Acceptance criteria\n\n${list(3, "- [ ] it does")}`;
    const issues = Array.from({ length: 10_000 }, (_, at) => ({
      ...anIssue({
        number: String(at),
        title: `Part ${at}`,
        body,
        acceptanceCriteria: ["a", "b", "c"],
      }),
      blockers: [],
      conflictGroup: null,
      done: false,
      blockedFromOutside: null,
    }));
    const source = { kind: "json", reference: "issues.json" } as const;
    const milestone = {
      source,
      title: "M",
      number: "3",
      url: null,
      issues,
      documents: [],
      handoff: null,
      findings: [],
    };
    const begin = performance.now();
    expect(lintPlan(issues, milestone, { estimates: {} })).toEqual([]);
    // It takes some 30 ms; a machine that does other things beside gets ten times that.
    expect(performance.now() - begin).toBeLessThan(600);
  });

  test.each([
    "- [ ] ",
    "<!--",
    "# ",
    "**a",
    "priority: ",
    "| ",
    "> ",
    "test-",
    " ",
    "1. x\n",
    "- [ ] x\n",
    "a:\n",
  ])("a text of nothing but %j", (part) => {
    const begin = performance.now();
    found([{ body: part.repeat(30_000), labels: [part.repeat(1_000)], title: part.repeat(1_000) }]);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });
});
