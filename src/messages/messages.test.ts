import path from "node:path";
import { describe, expect, test } from "vitest";
import { aRun, NOW, taskIn } from "../../test/support/a-run.ts";
import type { GateResult } from "../core/execute/gates.ts";
import type { Run, RunSettings } from "../core/run/run.ts";
import type { ForgeSettings } from "../core/run/settings.ts";
import { closesIssue, mergedIntoIntegration } from "./closing.ts";
import { commitTitle, mergeMessage } from "./commits.ts";
import { landingBody, landingTitle } from "./landing.ts";
import { closingMarker, pullRequestMarker, statusMarker } from "./markers.ts";
import { pullRequestBody, pullRequestTitle } from "./pull-requests.ts";
import { quotedCell, quotedWords } from "./quoted-words.ts";
import { statusComment } from "./status-comment.ts";

const FORGE: ForgeSettings = {
  kind: "github",
  repository: "ada/mill",
  milestone: 3,
  hasIssues: true,
  taskBranch: "feat/issue-{number}-{slug}",
  closes: { issues: true, milestone: true },
  ci: { wait: true, timeoutMs: 1_000, pollMs: [10], noneAfterMs: 100 },
  reviews: { waitFor: "auto", timeoutMs: 1_000 },
  mergeMethod: "squash",
  update: "merge",
  deletesBranch: true,
  opensDraft: true,
  labels: [],
  colours: {},
};

const REPORT = {
  status: "partial",
  summary: "Adds the grinder, as @grace asked; fixes #7.\n\nSee `fixes #8 @ada`. <!-- cairn:x -->",
  stepsCompleted: [],
  stepsBlocked: [{ step: "3", why: "the stone is missing" }],
  filesChanged: [],
  commits: [],
  notes: [],
  discoveries: [],
  error: null,
  question: null,
  verdicts: null,
} as const;

const HEAD = "a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0";
const MERGED = "0123456789abcdef0123456789abcdef01234567";

function aResult(name: string, ok: boolean): GateResult {
  return {
    name,
    ok,
    kind: "test",
    exitCode: ok ? 0 : 1,
    durationMs: 1,
    failures: [],
    tail: "",
    problem: null,
  };
}

/** A run with one task of each kind; the milestone branch is the place where its work meets. */
function aMilestone(changes: Partial<RunSettings> = {}): Run {
  const published = {
    head: HEAD,
    patchId: "p",
    pullRequest: { number: 41, url: null, draft: false },
    sessions: 3,
    usage: { usd: 1.5, inputTokens: 45_600, outputTokens: 2_300, turns: 9 },
    report: REPORT,
  } as const;
  const issue = {
    number: "12",
    title: "Build the | grinder",
    acceptanceCriteria: ["It grinds", "@all see it"],
  };
  const seen = { head: HEAD, areRequired: true, noted: ["no review of coderabbitai"] };
  return aRun({ integrationBranch: "milestone/3-mill", forge: FORGE, ...changes })
    .withTask("#12", {
      ...published,
      status: "reviewing",
      issue,
      step: { at: "checks", head: HEAD, since: NOW },
      passed: { spec: "older", quality: "p" },
      rounds: { spec: 1, quality: 0, tests: 0, pullRequest: 2, conflict: 0 },
      answered: ["thread:1", "thread:2"],
      notes: ["#12 is no longer in the milestone; its work goes on."],
      checks: {
        ...seen,
        ci: "pending",
        waiting: [{ what: "check", name: "build", isRequired: true }],
        words: "1 of 2 checks is green",
      },
    })
    .withTask("#13", {
      ...published,
      status: "merged",
      issue: { number: "13", title: "Dig the canal" },
      mergedCommit: MERGED,
      checks: { ...seen, ci: "passed", waiting: [], words: "2 checks are green" },
      passed: { spec: "p", quality: "p" },
    })
    .withTask("#14", {
      ...published,
      status: "escalated",
      issue: { number: "14", title: "Paint it" },
      question: {
        id: "q",
        kind: "rounds",
        text: "#14 is not right after 3 fix rounds: it is red.",
        options: ["fix", "skip", "abort"],
        default: "skip",
        askedAt: NOW,
      },
    })
    .withTask("#15", {
      ...published,
      status: "skipped",
      issue: { number: "15", title: "Oil it" },
      reason: "not-in-plan",
      endedAt: NOW,
      detail: "#15 was added to the milestone while it runs.",
    })
    .with({
      verified: {
        commit: MERGED,
        results: [aResult("test", true), aResult("lint", false)],
      },
    })
    .build();
}

function golden(name: string): string {
  return path.resolve(`test/golden/message-${name}.txt`);
}

test.each([
  ["milestone", {}],
  ["direct", { targetPolicy: "direct", integrationBranch: "main" }],
  [
    "unreviewed",
    { review: { mode: "none", rounds: 0 }, forge: { ...FORGE, ci: { ...FORGE.ci, wait: false } } },
  ],
] as const)("the body of a pull request: %s", async (name, changes) => {
  const run = aMilestone(changes);
  await expect(pullRequestBody(run, taskIn(run, "#12"))).toMatchFileSnapshot(
    golden(`pull-request-${name}`),
  );
});

test("a pull request that is about to be opened names the commit its gates ran on", () => {
  const run = aMilestone();
  const task = {
    ...taskIn(run, "#12"),
    head: null,
    step: { at: "publish", commit: HEAD },
    passed: {},
  } as const;
  expect(pullRequestBody(run, task)).toContain(
    "- Gates: `test`: green on a1b2c3d4e5\n- Review: spec: to come, quality: to come",
  );
});

test.each([
  ["closing is not wanted", { forge: { ...FORGE, closes: { issues: false, milestone: false } } }],
  ["its issues are elsewhere", { forge: { ...FORGE, hasIssues: false } }],
  ["there is no forge", {}],
] as const)("no closing words where %s", (_why, changes) => {
  const run = aMilestone(changes);
  const { forge: _forge, ...local } = run.settings;
  if (!("forge" in changes)) Object.assign(run, { settings: local });
  for (const targetPolicy of ["integration", "direct"] as const) {
    Object.assign(run, { settings: { ...run.settings, targetPolicy } });
    expect(pullRequestBody(run, taskIn(run, "#12"))).not.toMatch(/closes #|closed by/iu);
    expect(closesIssue(run)).toBe(false);
  }
});

test.each(["#12", "#13", "#14", "#15"])("the status comment of %s", async (key) => {
  const run = aMilestone();
  const text = statusComment(run, taskIn(run, key));
  expect(statusComment(run, { ...taskIn(run, key), changedAt: NOW + 1 })).toBe(text);
  await expect(text).toMatchFileSnapshot(golden(`status-${key.slice(1)}`));
});

describe("the closing comment", () => {
  test.each([
    [{}, "lands on `main` with the milestone branch `milestone/3-mill`"],
    [
      { landingPullRequest: { number: 50, url: null, head: MERGED, since: NOW } },
      "lands on `main` with #50",
    ],
    [
      {
        landingPullRequest: {
          number: 50,
          url: "https://forge.example/50",
          head: MERGED,
          since: NOW,
        },
      },
      "lands on `main` with https://forge.example/50",
    ],
    [{ landed: { commit: HEAD, target: "main" } }, "landed on `main` as a1b2c3d4e5"],
  ])("says where the work is, and how it goes on", (changes, words) => {
    const run = Object.assign(aMilestone(), changes);
    expect(mergedIntoIntegration(run, taskIn(run, "#13"))).toBe(
      `Merged into \`milestone/3-mill\` by #41 as 0123456789; ${words}.`,
    );
    expect(closesIssue(run)).toBe(true);
  });
});

test("the landing pull request", async () => {
  const run = aMilestone();
  expect(landingTitle(run)).toBe("Milestone: milestone/3-mill");
  await expect(landingBody(run)).toMatchFileSnapshot(golden("landing"));
});

test("commits name their issue and their pull request", () => {
  const task = taskIn(aMilestone(), "#13");
  expect(pullRequestTitle(task)).toBe(commitTitle(task));
  expect(mergeMessage(task)).toBe("feat: Dig the canal (#13)\n\nIssue: #13\nPull-request: 41\n");
});

test("markers name the run and the task, and cannot end before their end", () => {
  const run = aMilestone();
  const task = taskIn(run, "#13");
  expect([statusMarker(run, task), closingMarker(run, task)]).toEqual([
    "status:run:#13",
    "closed:run:#13",
  ]);
  expect(pullRequestMarker(run, { ...task, key: "a-->b" })).toBe("<!-- cairn:pr:run:a--]b -->");
});

describe("words of others", () => {
  test.each([
    [
      "call nobody",
      "ask @ada and (@grace), not ada@mill.example",
      "ask ada and (grace), not ada@mill.example",
    ],
    ["close nothing", "Fixes #7, closes: ada/mill#8", "Fixes `#7`, closes: `ada/mill#8`"],
    ["hide nothing", "a <!-- b --> <b>", "a &lt;!-- b --> &lt;b>"],
    ["keep their code", "`@ada fixes #7 <T>`", "`@ada fixes #7 <T>`"],
    ["hide no marker in code", "`<!-- cairn:x -->`", "`<! -- cairn:x -->`"],
  ])("%s", (_what, words, quoted) => {
    expect(quotedWords(words)).toBe(quoted);
  });

  test("fit into a cell and have an end", () => {
    expect(quotedCell("a |\n b")).toBe("a \\| b");
    expect(quotedWords("x".repeat(5_000))).toHaveLength(4_000);
  });
});
