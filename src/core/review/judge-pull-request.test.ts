import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  aBot,
  aCheck,
  aComment,
  aNote,
  aPerson,
  aPolicy,
  aReview,
  HEAD,
  OLDER,
  someFacts,
} from "../../../test/support/pull-request-facts.ts";
import type { CheckFact, PullRequestFacts, ReviewNote } from "./forge/facts.ts";
import {
  isSettled,
  judgePullRequest,
  onlyHabit,
  type Judging,
  type PullRequestVerdict,
} from "./judge-pull-request.ts";

const late: Judging = { since: 0, now: 600_000, answered: new Set() };
const rabbit = aBot("coderabbitai");
const claude = aBot("claude");
const ada = aPerson("ada");
const MAJOR = "_🎯 Functional Correctness_ | _🟠 Major_ | _⚡ Quick win_\n\n**Refund twice.**";

function judged(
  facts: Partial<PullRequestFacts>,
  policy = aPolicy(),
  judging: Partial<Judging> = {},
): PullRequestVerdict {
  return judgePullRequest(someFacts({ checks: [aCheck("build")], ...facts }), policy, {
    ...late,
    ...judging,
  });
}

const keys = (verdict: PullRequestVerdict): readonly (string | undefined)[] =>
  verdict.critical.map(({ key }) => key);
const awaited = (verdict: PullRequestVerdict): readonly string[] =>
  verdict.waiting.map(({ name, isRequired }) => `${name}${isRequired ? "!" : ""}`);

function status(title: string, conclusion = "success"): CheckFact {
  return aCheck("CodeRabbit", conclusion, { source: "status", app: "coderabbitai", title });
}

function counts(important: number): string {
  return `Summary\n<!-- bughunter-severity: {"normal":${important},"nit":2,"pre_existing":0} -->`;
}

function claudeCheck(excerpt: string, more: Partial<CheckFact> = {}): CheckFact {
  return aCheck("Claude Code Review", "neutral", { app: "claude", excerpt, ...more });
}

test("green and nobody to wait for is settled", () => {
  const verdict = judged({});
  expect(verdict).toMatchObject({ waiting: [], critical: [], words: "CI 1 of 1 passed" });
  expect(isSettled(verdict)).toBe(true);
  expect(onlyHabit(verdict)).toBe(false);
});

test("one line says what is missing", () => {
  const checks = [
    aCheck("a"),
    aCheck("b"),
    aCheck("c"),
    aCheck("d", "queued"),
    aCheck("e", "queued"),
  ];
  const verdict = judged({ checks, usualReviewers: ["coderabbitai"] });
  expect(verdict.words).toBe("CI 3 of 5 passed; waits for the review of coderabbitai");
  expect(isSettled(verdict)).toBe(false);
  expect(onlyHabit(verdict)).toBe(true);
});

describe("CI", () => {
  test("a red check is one finding with all a fixer needs", () => {
    const annotations = [
      { path: "src/a.ts", line: 3, level: "failure", message: "TS2322" },
    ] as const;
    const more = {
      title: "2 errors",
      excerpt: "log\nend",
      annotations,
      url: "https://example.org/1",
    };
    const verdict = judged({ checks: [aCheck("build", "timed_out", more), aCheck("lint")] });
    expect(verdict.critical).toEqual([
      {
        source: "ci",
        severity: "critical",
        file: "src/a.ts",
        line: 3,
        key: "check:build",
        url: "https://example.org/1",
        message:
          'CI check "build" ended as timed_out: 2 errors\nlog\nend\nsrc/a.ts:3 (failure): TS2322\nhttps://example.org/1',
      },
    ]);
    expect(verdict.words).toBe("CI failed: build");
  });

  test("checks of one name are told together, and red is never answered", () => {
    const checks = [aCheck("build", "failure", { url: "u1" }), aCheck("build", "cancelled")];
    const verdict = judged({ checks }, aPolicy(), { answered: new Set(["check:build"]) });
    expect(keys(verdict)).toEqual(["check:build"]);
    expect(verdict.critical[0]?.message).toMatch(/ended as cancelled[\s\S]*ended as failure/);
  });

  test("what is not waited for is said, and so are warnings", () => {
    const annotations = [{ path: "a", line: null, level: "warning", message: "w" }] as const;
    const checks = [aCheck("lint", "failure"), aCheck("ok", "success", { annotations })];
    const verdict = judged({ checks }, aPolicy({ ci: { wait: false } }));
    expect(isSettled(verdict)).toBe(true);
    expect(verdict.noted).toEqual([
      'check "lint" (failure) was not waited for',
      'check "ok" passed with 1 warning',
    ]);
  });
});

describe("CodeRabbit", () => {
  const usual = { usualReviewers: ["coderabbitai"] };

  test.each([
    ["_🔒 Security & Privacy_ | _🔴 Critical_ | _⚡ Quick win_\n\n**x**", 1],
    ["_⚠️ Potential issue_ | _🟠 Major_ | _⚡ Quick win_\n\n**x**", 1],
    ["_⚠️ Potential issue_ | _🔴 Critical_\n\n**x**", 1],
    ["_⚠️ Potential issue_\n\n**x**", 1],
    ["_🌀 A generation of next year_ | _🟥 Grave_\n\n**x**", 1],
    ["Nobody knows this format.", 1],
    ["_📐 Maintainability & Code Quality_ | _🟡 Minor_ | _💤 Low value_\n\n**critical**", 0],
    ["_🧹 Nitpick_ | _🔵 Trivial_\n\n**x**", 0],
    ["_:broom: Nitpick (assertive)_\n\n**x**", 0],
    [`${MAJOR}\n\n✅ Addressed in commit abc1234`, 0],
    ["<!-- This is an auto-generated reply by CodeRabbit -->\ncritical", 0],
  ])("%j: %d critical", (body, count) => {
    expect(judged({ notes: [aNote("T1", rabbit, body)] }).critical).toHaveLength(count);
  });

  test("a finding carries what it is answered by", () => {
    const [finding] = judged({ notes: [aNote("T1", rabbit, MAJOR)] }).critical;
    expect(finding).toEqual({
      source: "reviewer",
      severity: "critical",
      file: "src/pay.ts",
      line: 12,
      message: `Refund twice.\n${MAJOR}`,
      key: "thread:T1",
      threadId: "T1",
      author: "coderabbitai",
      url: "https://example.org/pull/7#T1",
    });
  });

  const bodyOnly = [
    "**Actionable comments posted: 0**",
    "<details>",
    "<summary>⚠️ Outside diff range comments (1)</summary><blockquote>",
    "<details>",
    "<summary>src/a.ts (1)</summary><blockquote>",
    "`43-61`: _⚠️ Potential issue_ | _🔴 Critical_",
    "**Lock is never released.**",
    "</blockquote></details>",
    "</blockquote></details>",
  ].join("\n");

  test("findings in a review's body count on the head they were written on, once", () => {
    const review = aReview(rabbit, "commented", { body: bodyOnly });
    const note = aComment("1", rabbit, bodyOnly, { id: review.id, where: "review", commit: HEAD });
    for (const facts of [{ reviews: [review] }, { reviews: [review], notes: [note] }])
      expect(judged(facts).critical).toMatchObject([
        { key: "coderabbit:src/a.ts:43:Lock is never released.", file: "src/a.ts", line: 43 },
      ]);
    const old = judged({ reviews: [{ ...review, commit: OLDER }] });
    expect(old.critical).toEqual([]);
    expect(old.noted).toEqual([
      "coderabbitai (critical) of an older commit src/a.ts:43: Lock is never released.",
    ]);
    const noteOfOld = {
      reviews: [{ ...review, commit: OLDER }],
      notes: [{ ...note, commit: null }],
    };
    expect(judged(noteOfOld).critical).toEqual([]);
  });

  test.each<[string, Partial<PullRequestFacts>, readonly string[]]>([
    ["nothing yet", {}, ["coderabbitai"]],
    ["a review of this head", { reviews: [aReview(rabbit, "commented")] }, []],
    [
      "a review of an older head",
      { reviews: [aReview(rabbit, "commented", { commit: OLDER })] },
      ["coderabbitai"],
    ],
    [
      "an answer in a thread",
      { reviews: [aReview(rabbit, "commented", { body: "" })] },
      ["coderabbitai"],
    ],
    ["a dismissed review", { reviews: [aReview(rabbit, "dismissed")] }, ["coderabbitai"]],
    [
      "a review that is all on lines",
      {
        reviews: [aReview(rabbit, "commented", { body: "" })],
        notes: [aNote("T1", rabbit, "_🟡 Minor_")],
      },
      [],
    ],
    ["a pending status", { checks: [status("Review in progress", "pending")] }, ["coderabbitai"]],
    ["a green status", { checks: [status("Review completed")] }, []],
    [
      "a green status while its summary says it is at work",
      {
        checks: [status("Review completed")],
        notes: [
          aComment(
            "1",
            rabbit,
            "<!-- This is an auto-generated comment: summarize by coderabbit.ai -->\n<!-- This is an auto-generated comment: review in progress by coderabbit.ai -->",
          ),
        ],
      },
      ["coderabbitai"],
    ],
    [
      "a summary of this head that found nothing, without a review",
      {
        notes: [
          aComment(
            "1",
            rabbit,
            `No actionable comments were generated in the recent review. 🎉\nbetween ${OLDER} and ${HEAD}.`,
          ),
        ],
      },
      [],
    ],
    [
      "a summary of an older head that found nothing",
      {
        notes: [
          aComment(
            "1",
            rabbit,
            `No actionable comments were generated in the recent review. 🎉\nbetween ${HEAD} and ${OLDER}.`,
          ),
        ],
      },
      ["coderabbitai"],
    ],
    [
      "a stranger of that name",
      { reviews: [aReview({ ...rabbit, isTrusted: false }, "commented")] },
      ["coderabbitai"],
    ],
  ])("%s", (_name, facts, names) => {
    expect(awaited(judged({ ...usual, ...facts }))).toEqual(names);
  });

  const notice = (body: string): Partial<PullRequestFacts> => ({
    checks: [aCheck("build"), status("Review completed")],
    notes: [aComment("1", rabbit, body)],
  });

  test.each<[Partial<PullRequestFacts>, RegExp]>([
    [{ checks: [aCheck("build"), status("Review rate limited")] }, /rate limited/],
    [{ checks: [aCheck("build"), status("Review skipped: free tier disabled")] }, /skipped/],
    [notice("> [!WARNING]\n> ## Rate limit exceeded\n> wait **2 minutes**"), /rate limited/],
    [notice("> [!WARNING]\n> ## Review limit reached"), /rate limited/],
    [
      notice(
        "<!-- This is an auto-generated comment: rate limited by coderabbit.ai -->\nNew words",
      ),
      /rate limited/,
    ],
    [notice("> [!IMPORTANT]\n> ## Review skipped\n> Draft detected."), /skipped/],
    [notice("## Reviews paused"), /paused/],
    [notice("> [!CAUTION]\n> ## Review failed"), /failed/],
  ])("green without a review is no evidence: %j", (facts, why) => {
    const verdict = judged({ ...usual, ...facts });
    expect(verdict.noted).toEqual([expect.stringMatching(why)]);
    expect(isSettled(verdict)).toBe(true);
    // Its comment may be of the push before: it is edited late.
    expect(awaited(judged({ ...usual, ...facts }, aPolicy(), { now: 1_000 }))).toEqual([
      "coderabbitai",
    ]);
    // Whom the owner names, or the branch, is waited for all the same.
    const named = aPolicy({ reviews: { waitFor: ["CodeRabbitAI[bot]"] } });
    expect(awaited(judged(facts, named))).toEqual(["coderabbitai!"]);
    expect(awaited(judged({ ...facts, required: ["CodeRabbit"] }))).toContain("coderabbitai!");
    // And a review of this head is one, whatever it said before.
    const reviewed = judged({ ...usual, ...facts, reviews: [aReview(rabbit, "commented")] });
    expect(reviewed).toMatchObject({ waiting: [], noted: [] });
  });

  test("a walkthrough of a change to somebody's rate limit is no notice", () => {
    const facts = notice(
      "## Walkthrough\nThe API answers `rate limit exceeded`, review skipped on drafts.",
    );
    expect(judged({ ...usual, ...facts })).toMatchObject({ waiting: [], noted: [] });
  });
});

describe("Claude", () => {
  const usual = { usualReviewers: ["claude"] };
  test("its neutral check is evidence only with its counts", () => {
    expect(awaited(judged({ ...usual, checks: [aCheck("build"), claudeCheck("")] }))).toEqual([
      "claude",
    ]);
    expect(isSettled(judged({ ...usual, checks: [aCheck("build"), claudeCheck(counts(0))] }))).toBe(
      true,
    );
    expect(
      isSettled(judged({ ...usual, reviews: [aReview(claude, "commented", { body: "LGTM" })] })),
    ).toBe(true);
  });

  test("what it counts and wrote nowhere else is held against the head", () => {
    const annotations = [{ path: "src/b.ts", line: 9, level: "failure", message: "Race" }] as const;
    const checks = [aCheck("build"), claudeCheck(counts(2), { annotations })];
    const inThread = aNote("T1", claude, "🔴 The token is logged.");
    const verdict = judged({ ...usual, checks, notes: [inThread] });
    expect(verdict.critical).toMatchObject([
      { key: `check:Claude Code Review:${HEAD}`, source: "reviewer", file: "src/b.ts", line: 9 },
      { key: "thread:T1" },
    ]);
    // A thread of an earlier head that is over is not among what is counted now.
    const over = aNote("T2", claude, "🔴 Mended.", { commit: OLDER, isResolved: true });
    expect(judged({ checks, notes: [inThread, over] }).critical).toHaveLength(2);
    const both = [inThread, aNote("T2", claude, "🔴 Race.", { isResolved: true })];
    expect(keys(judged({ checks, notes: both }))).toEqual(["thread:T1"]);
  });

  test("its check's annotation of what stands in a thread is no second finding", () => {
    const place = { path: "src/b.ts", line: 9 };
    const text = "🔴 Important: Race";
    const annotation = (id: string, more: Partial<ReviewNote> = {}): ReviewNote =>
      aNote("", claude, text, {
        ...place,
        id,
        threadId: null,
        where: "annotation",
        commit: HEAD,
        ...more,
      });
    const thread = aNote("T1", claude, text, place);
    expect(keys(judged({ notes: [annotation("a1"), thread] }))).toEqual(["thread:T1"]);
    // Declined, it is over: also where the check names it again on a later head.
    const answered = new Set(["thread:T1"]);
    expect(keys(judged({ notes: [annotation("a1"), thread] }, aPolicy(), { answered }))).toEqual(
      [],
    );
    // Of two on one line, one has no thread.
    const two = [annotation("a1"), annotation("a2", { body: "🔴 Important: Leak" }), thread];
    expect(keys(judged({ notes: two }))).toEqual(["a2", "thread:T1"]);
    // Mended and named again.
    const mended = { ...thread, commit: OLDER, isResolved: true };
    expect(keys(judged({ notes: [annotation("a1"), mended] }))).toEqual(["a1"]);
    expect(keys(judged({ notes: [annotation("a1"), { ...mended, commit: HEAD }] }))).toEqual([]);
  });

  test.each([
    ["🔴 The token is logged.", 1],
    ["🟡 Typo.", 0],
    ["🟣 Wrong before too.", 0],
    ["Claude: **must-fix**: unchecked index", 1],
    ["This looks odd to me.", 1],
    ["LGTM", 0],
  ])("thread %j: %d critical", (body, count) => {
    expect(judged({ notes: [aNote("T1", claude, body)] }).critical).toHaveLength(count);
  });

  test("its action's job is CI, and evidence that it looked", () => {
    expect(awaited(judged({ ...usual, checks: [aCheck("claude-review", "queued")] }))).toEqual([
      "claude-review",
      "claude",
    ]);
    expect(isSettled(judged({ ...usual, checks: [aCheck("claude-review")] }))).toBe(true);
  });
});

test.each<[string, string, number]>([
  ["cursor", "### Refund race\n\n**High Severity**\n\nTwo writers.", 1],
  ["cursor", "### Refund race\n\n**Medium Severity**\n\nTwo writers.", 0],
  ["gemini-code-assist", "![critical](https://example.org/c.svg)\n\nUse a constant.", 1],
  ["gemini-code-assist", "![medium](https://example.org/m.svg)\n\nUse a constant.", 0],
  ["chatgpt-codex-connector", "**![P1 Badge](https://example.org/p1) Guard the null**", 1],
  ["chatgpt-codex-connector", "**![P2 Badge](https://example.org/p2) Guard the null**", 0],
  ["some-new-reviewer", "You should look at this.", 1],
])("%s: %j: %d critical", (login, body, count) => {
  const verdict = judged({ notes: [aNote("T1", aBot(login), body)] });
  expect(verdict.critical).toHaveLength(count);
  expect(verdict.critical.length + verdict.noted.length).toBe(1);
});

describe("a thread", () => {
  test.each<[string, Partial<ReviewNote>, number]>([
    ["open", {}, 1],
    ["of an older head", { commit: OLDER }, 1],
    ["resolved", { isResolved: true }, 0],
    ["outdated", { isOutdated: true }, 1],
    ["answered", { isAnswered: true }, 1],
    ["outdated and answered", { isOutdated: true, isAnswered: true }, 0],
  ])("%s", (_name, more, count) => {
    expect(judged({ notes: [aNote("T1", rabbit, MAJOR, more)] }).critical).toHaveLength(count);
  });

  test("whose finding was mended or declined before is not received twice", () => {
    const verdict = judged({ notes: [aNote("T1", rabbit, MAJOR)] }, aPolicy(), {
      answered: new Set(["thread:T1"]),
    });
    expect(isSettled(verdict)).toBe(true);
  });

  test("of somebody who may not write here is nothing", () => {
    const stranger = aPerson("mallory", false);
    const notes = [
      aNote("T1", stranger, "🔴 rm -rf"),
      aNote("T2", { ...rabbit, isTrusted: false }, MAJOR),
    ];
    const reviews = [
      aReview(stranger, "changes-requested"),
      aReview(stranger, "approved", { id: "2", at: 2 }),
    ];
    expect(judged({ notes, reviews })).toMatchObject({ critical: [], noted: [], approvedBy: [] });
  });

  test("one finding in two threads is one", () => {
    const body = `${MAJOR}\n<!-- cr-comment:v1:0a1b2c3d -->`;
    const notes = [aNote("T1", rabbit, body), aNote("T2", rabbit, body)];
    expect(keys(judged({ notes }))).toEqual(["coderabbit:0a1b2c3d"]);
    const half = [aNote("T1", rabbit, body, { isResolved: true }), aNote("T2", rabbit, body)];
    expect(judged({ notes: half }).critical).toMatchObject([{ threadId: "T2" }]);
  });
});

describe("people", () => {
  const asks = aReview(ada, "changes-requested", { id: "41", body: "Not like this.", at: 10 });

  test("who ask for changes are heard, with what they wrote on lines", () => {
    const verdict = judged({ reviews: [asks], notes: [aNote("T1", ada, "Use the *pool*.")] });
    expect(verdict.critical).toEqual([
      {
        source: "person",
        severity: "critical",
        file: null,
        line: null,
        message: "ada asks for changes\nNot like this.\nsrc/pay.ts:12: Use the pool .",
        key: "review:41",
        author: "ada",
      },
    ]);
    expect(verdict.words).toBe("CI 1 of 1 passed; 1 critical finding");
  });

  test.each<[string, Partial<PullRequestFacts>, number]>([
    ["of an older head", { reviews: [{ ...asks, commit: OLDER }] }, 1],
    ["and comment later", { reviews: [asks, aReview(ada, "commented", { at: 20 })] }, 1],
    ["and approve later", { reviews: [asks, aReview(ada, "approved", { at: 20 })] }, 0],
    ["and approved before", { reviews: [asks, aReview(ada, "approved", { at: 5 })] }, 1],
    ["and are dismissed", { reviews: [{ ...asks, state: "dismissed" }] }, 0],
    [
      "and somebody else approves",
      { reviews: [asks, aReview(aPerson("bob"), "approved", { at: 20 })] },
      1,
    ],
  ])("%s", (_name, facts, count) => {
    expect(judged(facts).critical).toHaveLength(count);
  });

  test("whose request was worked on have to look again", () => {
    const answered = new Set(["review:41"]);
    const verdict = judged({ reviews: [{ ...asks, commit: OLDER }] }, aPolicy(), { answered });
    expect(verdict.critical).toEqual([]);
    expect(verdict.waiting).toEqual([{ what: "review", name: "ada", isRequired: true }]);
    const again = { ...asks, id: "42", at: 30 };
    expect(keys(judged({ reviews: [asks, again] }, aPolicy(), { answered }))).toEqual([
      "review:42",
    ]);
  });

  test("approvals that the branch demands are people's, and of this head", () => {
    const bob = aPerson("bob");
    const approved = (author = ada, more = {}) => aReview(author, "approved", more);
    const of = (...reviews: readonly ReturnType<typeof approved>[]): PullRequestVerdict =>
      judged({ approvals: 2, reviews });
    expect(awaited(of())).toEqual(["an approving review!"]);
    expect(of().words).toBe("CI 1 of 1 passed; waits for an approving review");
    expect(awaited(of(approved()))).toEqual(["an approving review!"]);
    expect(awaited(of(approved(), approved(rabbit)))).toEqual(["an approving review!"]);
    expect(awaited(of(approved(), approved(bob, { commit: OLDER })))).toEqual([
      "an approving review!",
    ]);
    expect(awaited(of(approved(), approved(aPerson("eve", false))))).toEqual([
      "an approving review!",
    ]);
    expect(awaited(of(approved(), approved(ada, { id: "2" })))).toEqual(["an approving review!"]);
    const both = of(approved(bob), approved());
    expect(both.approvedBy).toEqual(["ada", "bob"]);
    expect(isSettled(both)).toBe(true);
  });

  test("who were asked are waited for, as long as the branch demands approvals", () => {
    const asked = { requestedReviewers: ["Ada", "coderabbitai"], usualReviewers: ["coderabbitai"] };
    expect(awaited(judged(asked))).toEqual(["ada", "coderabbitai"]);
    expect(awaited(judged({ ...asked, approvals: 1 }))).toEqual([
      "ada!",
      "an approving review!",
      "coderabbitai",
    ]);
    expect(onlyHabit(judged({ ...asked, approvals: 1 }))).toBe(false);
    const nobody = aPolicy({ reviews: { waitFor: [] } });
    expect(isSettled(judged(asked, nobody))).toBe(true);
  });

  test("remarks on lines are shown, not held against the merge", () => {
    const verdict = judged({ notes: [aNote("T1", ada, "> 🔴 Critical\n\nI do not agree.")] });
    expect(isSettled(verdict)).toBe(true);
    expect(verdict.noted).toHaveLength(1);
  });
});

test("a bot that asks for changes of this head and names none fails closed", () => {
  const wants = aReview(aBot("new-bot"), "changes-requested");
  expect(keys(judged({ reviews: [wants] }))).toEqual(["review:new-bot"]);
  expect(judged({ reviews: [{ ...wants, commit: OLDER }] }).critical).toEqual([]);
  // One that names what it wants is taken at that.
  const notes = [aNote("T1", rabbit, "_🟡 Minor_\n\n**x**")];
  expect(judged({ reviews: [aReview(rabbit, "changes-requested")], notes }).critical).toEqual([]);
});

const author = fc.constantFrom(
  rabbit,
  claude,
  aBot("cursor"),
  aBot("new-bot"),
  ada,
  aPerson("eve", false),
);
const text = fc.constantFrom(
  MAJOR,
  "_🟡 Minor_\n\n**x**",
  "🔴 The token is logged.",
  "LGTM",
  "**High Severity**",
  "Odd.",
);
const note = fc
  .tuple(author, text, fc.boolean(), fc.boolean(), fc.boolean(), fc.constantFrom(HEAD, OLDER, null))
  .map(([by, body, isResolved, isOutdated, isAnswered, commit]) =>
    aNote("", by, body, { isResolved, isOutdated, isAnswered, commit }),
  );
const notes = fc
  .array(note, { maxLength: 8 })
  .map((list) => list.map((one, at) => ({ ...one, id: `thread:${at}`, threadId: `${at}` })));
const reviewState = fc.constantFrom("approved", "changes-requested", "commented", "dismissed");
const review = fc.tuple(author, reviewState, fc.constantFrom(HEAD, OLDER), fc.nat(3));
const reviews = fc
  .array(review, { maxLength: 6 })
  .map((list) =>
    list.map(([by, state, commit, at], id) => aReview(by, state, { id: `${id}`, commit, at })),
  );
const conclusion = fc.constantFrom("success", "failure", "queued", "neutral");
const checks = fc
  .array(fc.tuple(fc.constantFrom("a", "b", "CodeRabbit", "Claude Code Review"), conclusion), {
    maxLength: 5,
  })
  .map((list) => list.map(([name, word]) => aCheck(name, word, { app: null })));
const facts = fc
  .record({
    notes,
    reviews,
    checks,
    approvals: fc.nat(2),
    required: fc.uniqueArray(fc.constantFrom("a", "z", "CodeRabbit")),
    usualReviewers: fc.uniqueArray(fc.constantFrom("coderabbitai", "claude", "new-bot")),
    requestedReviewers: fc.uniqueArray(fc.constantFrom("ada", "bob")),
  })
  .map(someFacts);

test("what is said beside the findings changes nothing", () => {
  const words = fc.constantFrom(
    "Thanks!",
    "## Walkthrough\ncritical, blocker, 🔴",
    "You have reached your quota.",
    "<!-- This is an auto-generated comment: summarize by coderabbit.ai -->\n🔴 Critical",
    "_🔒 Security_ | _🔴 Critical_",
  );
  const chatter = fc.array(
    fc.tuple(fc.constantFrom(rabbit, aBot("new-bot"), ada, aPerson("eve", false)), words),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(facts, chatter, (before, said) => {
      const more = said.map(([by, body], at) => aComment(`c${at}`, by, body));
      const after = { ...before, notes: [...more, ...before.notes] };
      expect(judgePullRequest(after, aPolicy(), late)).toEqual(
        judgePullRequest(before, aPolicy(), late),
      );
    }),
  );
});

test("no critical finding is lost by another text", () => {
  fc.assert(
    fc.property(facts, note, (before, another) => {
      const more = { ...another, id: "thread:more", threadId: "more" };
      const found = keys(judgePullRequest(before, aPolicy(), late));
      const after = judgePullRequest(
        { ...before, notes: [more, ...before.notes] },
        aPolicy(),
        late,
      );
      // A bot that asked for changes without words has named them now.
      const lost = found.filter((key) => !keys(after).includes(key));
      const named = before.reviews.filter(({ author: by }) => by.login === another.author.login);
      expect(lost.filter((key) => !named.some(({ id }) => key === `review:${id}`))).toEqual([]);
    }),
  );
});

test("the order of what the forge tells does not matter", () => {
  fc.assert(
    fc.property(facts, (told) => {
      const turned = {
        ...told,
        notes: told.notes.toReversed(),
        reviews: told.reviews.toReversed(),
        checks: told.checks?.toReversed() ?? null,
        required: told.required.toReversed(),
        usualReviewers: told.usualReviewers.toReversed(),
        requestedReviewers: told.requestedReviewers.toReversed(),
      };
      expect(judgePullRequest(turned, aPolicy(), late)).toEqual(
        judgePullRequest(told, aPolicy(), late),
      );
    }),
  );
});

test("reviews of an older head settle nothing", () => {
  fc.assert(
    fc.property(reviews, fc.constantFrom("coderabbitai", "claude", "ada"), (drawn, login) => {
      const old = drawn.map((one) => ({ ...one, commit: OLDER }));
      const asked = judged({ reviews: old }, aPolicy({ reviews: { waitFor: [login] } }));
      expect(isSettled(asked)).toBe(false);
      expect(isSettled(judged({ reviews: old, approvals: 1 }))).toBe(false);
    }),
  );
});

test("settled means green, complete and without an open finding", () => {
  fc.assert(
    fc.property(facts, (told) => {
      const verdict = judgePullRequest(told, aPolicy(), late);
      expect(isSettled(verdict)).toBe(
        verdict.waiting.length === 0 &&
          verdict.critical.length === 0 &&
          ["passed", "none"].includes(verdict.ci.state),
      );
      expect(isSettled(verdict) && verdict.approvedBy.length < told.approvals).toBe(false);
    }),
  );
});
