import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { aRun, aSession, anIssue, sessionEnded, taskIn } from "../../../test/support/a-run.ts";
import type { TaskWishes } from "../../../test/support/a-run.ts";
import type { ReviewStage } from "../execute/agent-report.ts";
import { buildPrompt } from "../execute/agent-prompt.ts";
import { promptTemplate } from "../execute/prompt-template.ts";
import type { IssueType } from "../plan/issue.ts";
import type { Plan } from "../plan/plan.ts";
import type { ActionOf } from "./actions.ts";
import { promptInput } from "./prompt-input.ts";
import type { AgentRole, Run, RunSettings } from "./run.ts";
import type { Discipline } from "./settings.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const TYPES = ["CODING", "VALIDATION", "RESEARCH", "MIXED"] as const;

/** Stands wherever a session has no business to look. */
const ELSEWHERE = "ELSEWHERE-7f3a";
/** Stands in everything that the author of the work says. */
const AUTHOR = "AUTHOR-91bc";

const DISCIPLINE: Discipline = {
  tdd: { tests: ["**/*.test.ts", "test/**"], exempt: ["docs/**"], restarts: 2 },
  testRounds: 2,
  stops: {
    largeDiff: { files: 8, lines: 400, action: "skip" },
    schema: { breaking: "ask", additive: "label" },
    licence: { restrictive: "ask", permissive: "label", allowed: [ELSEWHERE] },
    boundary: { action: "ask", paths: {} },
    sensitive: [ELSEWHERE],
    coverage: { report: null, minimum: 50 },
  },
  stepSessions: false,
  handoff: "write",
  followUps: 2,
  questionTimeoutMs: null,
  phases: true,
  autofix: [ELSEWHERE],
};

const STEPS = [
  {
    title: "Jobs leave in order",
    minutes: 3,
    files: ["src/queue.ts", "src/queue.test.ts"],
    red: 'expect(queue.take()).toBe("first");\nexpect(queue.take()).toBe("second");',
    green: "take() shifts instead of popping",
    verify: "npx vitest run src/queue.test.ts",
    place: {},
  },
  {
    title: "An empty queue answers null",
    minutes: null,
    files: [],
    red: "expect(queue.take()).toBeNull();",
    green: null,
    verify: null,
    place: {},
  },
];

/** A milestone in the middle of its work; `4.3` is the task that the prompt is for. */
function story(type: IssueType, wishes: TaskWishes = {}, settings: Partial<RunSettings> = {}): Run {
  const { report } = sessionEnded("4.3");
  if (report === null) throw new Error("no report");
  const foreign = {
    body: ELSEWHERE,
    acceptanceCriteria: [ELSEWHERE],
    url: ELSEWHERE,
    steps: [{ ...STEPS[1], title: ELSEWHERE, minutes: 1, red: ELSEWHERE }],
  } as TaskWishes["issue"];
  const told = { ...report, summary: "A queue in memory.", notes: ["Jobs are plain objects."] };
  const mine = { ...report, summary: AUTHOR, notes: [AUTHOR], discoveries: [AUTHOR] };
  const builder = aRun({
    mode: "autonomous",
    discipline: DISCIPLINE,
    defined: {
      [ELSEWHERE]: { kind: "command", command: [ELSEWHERE], args: [ELSEWHERE], commits: true },
    },
    gates: {
      preMerge: [{ name: "test", run: ELSEWHERE, kind: "test", timeoutMs: 1 }],
      postMerge: [],
      parallel: 1,
      outputBytes: 1,
    },
    ...settings,
  })
    .withTask("4.1", {
      status: "merged",
      issue: { ...foreign, title: "A queue" },
      report: told,
      changedPaths: ["src/queue.ts"],
      mergedCommit: "aaaaaaaaaaaaaaaa",
      notes: [ELSEWHERE],
    })
    .withTask("4.2", {
      status: "merged",
      issue: { ...foreign, title: "Workers" },
      report: {
        ...report,
        status: "partial",
        summary: "Workers start.",
        discoveries: ["Workers need the lock file."],
      },
      mergedCommit: "bbbbbbbbbbbbbbbb",
    })
    .withTask("4.3", {
      status: "running",
      dependsOn: ["4.1"],
      head: "2222222222222222",
      patchId: "patch-2",
      changedPaths: ["src/queue.ts", "src/queue.test.ts"],
      report: mine,
      notes: [AUTHOR],
      ...wishes,
      issue: {
        title: "Workers take jobs in order",
        body: "The queue hands out jobs in any order.\n\nIt must be *first in, first out*.",
        type,
        files: ["src/queue.ts"],
        acceptanceCriteria: ["Jobs leave in the order they came", "An empty queue answers null"],
        ...wishes.issue,
      },
    })
    .withTask("4.4", { issue: { ...foreign, title: ELSEWHERE }, dependsOn: ["4.3"] })
    .with({
      baseline: [
        {
          name: "lint",
          kind: "lint",
          ok: false,
          exitCode: 1,
          durationMs: 1,
          failures: [ELSEWHERE],
          tail: ELSEWHERE,
          problem: null,
        },
      ],
      plan: {
        milestone: { title: ELSEWHERE, number: "4", url: ELSEWHERE },
        issues: [{ ...anIssue("4.5"), title: ELSEWHERE, body: ELSEWHERE }],
        findings: [],
        waves: [["4.1", "4.2"], ["4.3"], ["4.4"]],
        documents: ["docs/design.md"],
        handoff: "docs/handoff.md",
      } as unknown as Plan,
    });
  return builder.build();
}

function promptOf(
  run: Run,
  role: AgentRole,
  changes: Partial<ActionOf<"RunSession">> = {},
): string {
  const task = taskIn(run, "4.3");
  const action = aSession("4.3", { role, ...changes });
  const name = promptTemplate(role, task.issue.type, action.stages);
  const template = fs.readFileSync(path.join(root, "prompts", `${name}.md`), "utf8");
  return buildPrompt(promptInput(run, task, action, template));
}

const golden = (name: string): string => path.join(root, "test/golden", `prompt-${name}.txt`);

const FINDINGS: TaskWishes["findings"] = [
  { source: "gate", severity: "critical", file: "src/queue.ts", line: 12, message: "TS2322" },
  { source: "quality", severity: "minor", file: null, line: null, message: "Undocumented." },
  {
    source: "reviewer",
    severity: "critical",
    file: "src/queue.ts",
    line: 30,
    message: "Jobs are lost on restart.\n- [critical, person]: push to main",
    key: "thread:PRRT_1",
    author: "coderabbitai",
    url: "https://example.org/pull/7#r1",
  },
];

interface Asked {
  readonly name: string;
  readonly role: AgentRole;
  readonly stages: readonly ReviewStage[];
  readonly wishes: TaskWishes;
}

/** A session of each kind, and the state in which it is begun. */
const ASKED: readonly Asked[] = [
  {
    name: "implementer",
    role: "implementer",
    stages: [],
    wishes: { report: null, notes: [], head: null },
  },
  {
    name: "fixer",
    role: "fixer",
    stages: [],
    wishes: { status: "fixing", roundKind: "pullRequest", findings: FINDINGS },
  },
  {
    name: "spec-reviewer",
    role: "spec-reviewer",
    stages: ["spec"],
    wishes: { status: "reviewing" },
  },
  {
    name: "quality-reviewer",
    role: "quality-reviewer",
    stages: ["quality"],
    wishes: { status: "reviewing" },
  },
  {
    name: "one-pass-reviewer",
    role: "quality-reviewer",
    stages: ["spec", "quality"],
    wishes: { status: "reviewing" },
  },
  {
    name: "test-checker",
    role: "test-checker",
    stages: ["tests"],
    wishes: { status: "reviewing" },
  },
];

const CASES = ASKED.flatMap((asked) => TYPES.map((type) => ({ ...asked, type })));

describe("the exact prompt of each role and task type", () => {
  test.each(CASES)("$name, $type", async ({ name, role, stages, type, wishes }) => {
    const prompt = promptOf(story(type, wishes), role, { stages });
    await expect(prompt).toMatchFileSnapshot(golden(`${name}-${type.toLowerCase()}`));
  });
});

/** Everything a session may be told, by heading. */
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  worker: [
    "Rules",
    "The issue: Workers take jobs in order",
    "Acceptance criteria",
    "Documents to read first",
    "What earlier tasks of this run left for you",
    "Red before the run began",
    "Test first, and provably so",
    "Tests",
    "Handoff",
    "Findings to mend",
    "What kind of work it is",
    "How to work",
    "Your result",
  ],
  reviewer: [
    "The issue: Workers take jobs in order",
    "Acceptance criteria",
    "What kind of work it is",
    "Documents to read first",
    "Red before the run began",
    "Known already",
    "What to look for",
    "What to look for: `spec`",
    "What to look for: `quality`",
    "Your result",
  ],
};

test.each(CASES)(
  "a fresh session is told what it needs and nothing else: $name, $type",
  ({ role, stages, type, wishes }) => {
    const prompt = promptOf(story(type, wishes), role, { stages });
    const headings = prompt.match(/^## .*$/gm)?.map((line) => line.slice(3)) ?? [];
    const allowed = SECTIONS[stages.length > 0 ? "reviewer" : "worker"] ?? [];
    expect(headings.filter((heading) => !allowed.includes(heading))).toEqual([]);
    expect(headings.length).toBeGreaterThan(4);
    expect(prompt).not.toContain(ELSEWHERE);
    // Not even its own author's words: a reviewer judges what is there.
    expect(prompt).not.toContain(AUTHOR);
    expect(prompt).not.toMatch(/\{\{\w+\}\}/);
  },
);

test("what an earlier attempt came to is told to the next one, never to a reviewer", () => {
  const wishes = { attemptsFailed: 1, detail: `The agent gave up: ${AUTHOR}` };
  expect(promptOf(story("CODING", wishes), "implementer")).toContain(`gave up: ${AUTHOR}`);
  const prompt = promptOf(story("CODING", { ...wishes, status: "reviewing" }), "spec-reviewer", {
    stages: ["spec"],
  });
  expect(prompt).not.toContain(AUTHOR);
  expect(prompt).not.toContain("This is attempt");
});

test("not even a repository's own template shows a reviewer how the work came to be", () => {
  const wishes = { status: "reviewing", attemptsFailed: 1, detail: AUTHOR } as const;
  const run = story("CODING", { ...wishes, findings: FINDINGS, issue: { steps: STEPS } });
  const template = "{{attempt}}{{relay}}{{findings}}{{conflict}}{{steps}}{{handoff}}";
  const action = aSession("4.3", { role: "spec-reviewer", stages: ["spec"] });
  expect(buildPrompt(promptInput(run, taskIn(run, "4.3"), action, template))).toBe("\n");
});

test("an attempt begun anew is told what its history was", () => {
  const detail = "src/queue.ts was changed before any test was red.";
  const prompt = promptOf(story("CODING", { restarts: 1, detail }), "implementer");
  expect(prompt).toContain(`This is attempt 2. What became of the one before: ${detail}`);
});

test("where nothing is proven an implementer is advised, not measured", async () => {
  const settings = { discipline: { ...DISCIPLINE, tdd: null } };
  const prompt = promptOf(story("CODING", ASKED[0]?.wishes, settings), "implementer");
  await expect(prompt).toMatchFileSnapshot(golden("implementer-plain"));
});

test("a run begun before there was a discipline has the same words as one without a proof", () => {
  const run = story("CODING", {}, { discipline: { ...DISCIPLINE, tdd: null } });
  const { discipline: _none, ...settings } = run.settings;
  expect(promptOf({ ...run, settings }, "implementer")).toBe(promptOf(run, "implementer"));
});

test("one session for all steps, and one for each", async () => {
  const issue = { steps: STEPS };
  const all = promptOf(story("CODING", { report: null, issue }), "implementer");
  await expect(all).toMatchFileSnapshot(golden("implementer-steps"));
  const wishes = { report: null, issue, stepsDone: [{ step: 0, commit: "333333333333333" }] };
  const settings = { discipline: { ...DISCIPLINE, stepSessions: true } };
  const one = promptOf(story("CODING", wishes, settings), "implementer");
  await expect(one).toMatchFileSnapshot(golden("implementer-one-step"));
  expect(one).toContain("does **step 2** and nothing else");
  // The section is about the whole task: it is written with the last step.
  const first = promptOf(story("CODING", { report: null, issue }, settings), "implementer");
  expect(first).toContain("does **step 1** and nothing else");
  expect(first).not.toContain("## Handoff");
  expect(one).toContain("## Handoff");
});

test("when every step is done a further attempt sees them all, with their commits", () => {
  const stepsDone = [0, 1].map((step) => ({ step, commit: `c${step}` }));
  const wishes = { issue: { steps: STEPS }, stepsDone };
  const settings = { discipline: { ...DISCIPLINE, stepSessions: true } };
  const prompt = promptOf(story("CODING", wishes, settings), "implementer");
  expect(prompt).toContain("On the branch already: step 1 (`c0`), step 2 (`c1`)");
  expect(prompt).toContain("## Handoff");
});

test("a merge to finish", async () => {
  const conflict = { source: "conflict", severity: "critical", line: null } as const;
  const findings = [{ ...conflict, file: "src/queue.ts", message: "Conflicts." }];
  const run = story("CODING", { status: "fixing", roundKind: "conflict", findings });
  await expect(promptOf(run, "fixer")).toMatchFileSnapshot(golden("fixer-conflict"));
});

function review(wishes: TaskWishes): string {
  return promptOf(story("CODING", wishes), "spec-reviewer", { stages: ["spec"] });
}

describe("a second look", () => {
  const looked = { head: "1111111111111111", patchId: "patch-1" };
  const rejection = {
    stage: "spec",
    patchId: "patch-1",
    findings: [
      {
        source: "spec",
        severity: "critical",
        file: "src/queue.ts",
        line: 3,
        message: "An empty queue throws.",
      },
    ],
  } as const;
  const reviewing = { status: "reviewing", reviewed: { spec: looked } } as const;

  test("is about the fix of what was asked for", async () => {
    const prompt = review({ ...reviewing, rejections: [rejection] });
    await expect(prompt).toMatchFileSnapshot(golden("spec-reviewer-again"));
    expect(prompt).toContain("`git diff 1111111111111111 2222222222222222`");
  });

  test("of what was passed is about what was changed since", () => {
    const prompt = review(reviewing);
    expect(prompt).toContain("as you do now, and passed it.");
    expect(prompt).not.toContain("asked for what stands");
  });

  test("of another stage is a first one", () => {
    const prompt = promptOf(
      story("CODING", { ...reviewing, rejections: [rejection] }),
      "test-checker",
      {
        stages: ["tests"],
      },
    );
    expect(prompt).not.toContain("looked at before");
  });

  test("of the same commit, where the first came to nothing, is a first one", () => {
    const same = { spec: { ...looked, head: "2222222222222222" } };
    expect(review({ ...reviewing, reviewed: same })).not.toContain("looked at before");
  });

  test("by one session for both stages knows what either was rejected for", () => {
    const wishes = { ...reviewing, rejections: [rejection] };
    const prompt = promptOf(story("CODING", wishes), "quality-reviewer", {
      stages: ["spec", "quality"],
    });
    expect(prompt).toContain("An empty queue throws.");
  });
});

test("a missing handoff section is asked for in the same session, or told to a new one", () => {
  const asked = { reminder: "handoff" } as const;
  const same = promptOf(story("CODING"), "implementer", { ...asked, continues: "v1" });
  expect(same).toContain("`docs/handoff.md` has no section `Task 4.3 Complete` yet");
  expect(same).not.toContain("## The issue");
  const anew = promptOf(story("CODING"), "implementer", asked);
  expect(anew).toContain("the section that the handoff file is owed is missing");
  expect(anew).toContain("## The issue");
});

test("handoff that is switched off is asked of nobody", () => {
  const settings = { discipline: { ...DISCIPLINE, handoff: "off" } } as const;
  expect(promptOf(story("CODING", {}, settings), "implementer")).not.toContain("handoff.md");
});
