import { describe, expect, test } from "vitest";
import { claudeCheckCounts } from "./claude-review.ts";
import { codeRabbitLevel, codeRabbitState, codeRabbitWait } from "./code-rabbit.ts";
import { readReviewText } from "./read-review-text.ts";
import { plainLogin } from "../../shared/plain-login.ts";
import { isCritical } from "./severity.ts";
import type { ReviewText, Severity } from "./severity.ts";

function text(login: string, body: string, more: Partial<ReviewText> = {}): ReviewText {
  return {
    id: "thread:1",
    threadId: "T1",
    where: "thread",
    author: { login, isBot: true, isTrusted: true },
    body,
    path: "src/pay.ts",
    line: 12,
    url: null,
    ...more,
  };
}

const person = { login: "ada", isBot: false, isTrusted: true };

// The four generations of marker lines seen in public reviews between 2025-03 and 2026-10.
test.each<[string, Severity | null]>([
  ["_🔒 Security & Privacy_ | _🔴 Critical_ | _⚡ Quick win_", "critical"],
  ["_🎯 Functional Correctness_ | _🟠 Major_", "major"],
  ["_📐 Maintainability & Code Quality_ | _🟡 Minor_ | _💤 Low value_", "minor"],
  ["_🗄️ Data Integrity & Integration_ | _🔵 Trivial_ | _🏗️ Heavy lift_", "trivial"],
  ["_Stability & Availability_ | _⚪ Info_", "info"],
  ["_⚠️ Potential issue_ | _🟠 Major_ | _⚡ Quick win_", "major"],
  ["_⚠️ Potential issue_ | _🔴 Critical_", "critical"],
  ["_🛠️ Refactor suggestion_ | _🟡 Minor_", "minor"],
  ["⚠️ Potential issue | 🟠 Major", "major"],
  ["_⚠️ Potential issue_", "unrated"],
  ["_:broom: Nitpick (assertive)_", "trivial"],
  ["_🧹 Nitpick_ | _🔵 Trivial_", "trivial"],
  ["_🛠️ Refactor suggestion_", "minor"],
  ["_🌀 A generation of next year_ | _🟥 Blocker-ish_", "unrated"],
  ["**Do not call this critical | major thing**", null],
  ["The critical path runs through major changes.", null],
])("marker %s is %s", (line, level) => {
  expect(codeRabbitLevel(line)).toBe(level);
});

describe("CodeRabbit", () => {
  test("a thread is one finding, under the name the bot gives it", () => {
    const body = [
      "_🎯 Functional Correctness_ | _🟠 Major_ | _⚡ Quick win_",
      "",
      "<details>",
      "<summary>🧩 Analysis chain</summary>",
      "```shell",
      "echo critical",
      "```",
      "</details>",
      "",
      "**Refund twice on retry.**",
      "",
      "<!-- cr-comment:v1:0a1b2c3d -->",
    ].join("\n");
    expect(readReviewText(text("coderabbitai", body))).toEqual([
      {
        key: "coderabbit:0a1b2c3d",
        threadId: "T1",
        author: "coderabbitai",
        severity: "major",
        path: "src/pay.ts",
        line: 12,
        title: "Refund twice on retry.",
        body,
        url: null,
      },
    ]);
  });

  test("findings without a thread are read from the review's body", () => {
    const body = [
      "**Actionable comments posted: 0**",
      "> [!CAUTION]",
      "> Some comments are outside the diff.",
      "<details>",
      "<summary>⚠️ Outside diff range comments (1)</summary><blockquote>",
      "<details>",
      "<summary>src/a.ts (1)</summary><blockquote>",
      "",
      "`43-61`: _⚠️ Potential issue_ | _🔴 Critical_",
      "",
      "**Lock is never released.**",
      "</blockquote></details>",
      "</blockquote></details>",
      "<details>",
      "<summary>🧹 Nitpick comments (1)</summary><blockquote>",
      "<details>",
      "<summary>src/b.ts (1)</summary><blockquote>",
      "`7`: **Name it after what it holds.**",
      "</blockquote></details>",
      "</blockquote></details>",
      "<details>",
      "<summary>🔇 Additional comments (1)</summary><blockquote>",
      "<details>",
      "<summary>src/c.ts (1)</summary><blockquote>",
      "`1-9`: **LGTM!**",
      "</blockquote></details>",
      "</blockquote></details>",
    ].join("\n");
    const found = readReviewText(text("coderabbitai", body, { where: "review", threadId: null }));
    expect(found.map(({ path, line, severity, title }) => [path, line, severity, title])).toEqual([
      ["src/a.ts", 43, "critical", "Lock is never released."],
      ["src/b.ts", 7, "trivial", "Name it after what it holds."],
    ]);
  });

  test("an inline comment in a format nobody knows fails closed", () => {
    const [finding] = readReviewText(text("coderabbitai", "Something new.\n\n**Broken.**"));
    expect(finding).toMatchObject({ severity: "unrated", title: "Broken." });
    expect(isCritical("unrated")).toBe(true);
  });

  test("its summary comment and its replies are chatter", () => {
    const summary =
      "<!-- This is an auto-generated comment: summarize -->\n## Walkthrough\ncritical";
    expect(readReviewText(text("coderabbitai", summary, { where: "comment" }))).toEqual([]);
    const reply = "<!-- This is an auto-generated reply by CodeRabbit -->\n`@ada` you are right.";
    expect(readReviewText(text("coderabbitai", reply))).toEqual([]);
  });

  test.each([
    [
      "> [!WARNING]\n> ## Rate limit exceeded\n> wait **12 minutes and 30 seconds**",
      "rate-limited",
      750,
    ],
    ["Review rate limited", "rate-limited", null],
    ["> [!IMPORTANT]\n> ## Review skipped\n> Draft detected.", "skipped", null],
    ["## Reviews paused", "paused", null],
    ["> [!CAUTION]\n> ## Review failed", "failed", null],
    [
      "> ## Review limit reached\n>\n> **Next review available in:** **9 minutes**",
      "rate-limited",
      540,
    ],
    [
      "<!-- This is an auto-generated comment: rate limited by coderabbit.ai -->\nAvailable in 1 hour, 2 minutes and 30 seconds.",
      "rate-limited",
      3750,
    ],
    ["Review skipped: free tier disabled", "skipped", null],
    ["> [!NOTE]\n> Currently processing new changes in this PR.", "in-progress", null],
    ["## Walkthrough\nAll fine.", null, null],
    ["## Walkthrough\nClients see `rate limit exceeded`; review skipped on drafts.", null, null],
  ] as const)("%j says %s", (body, state, seconds) => {
    expect(codeRabbitState(body)).toBe(state);
    expect(state === "rate-limited" ? codeRabbitWait(body) : null).toBe(seconds);
  });
});

describe("Claude", () => {
  test.each<[string, Severity]>([
    ["🔴 The token is logged.", "major"],
    ["🟡 Typo in the name.", "trivial"],
    ["🟣 This was wrong before too.", "info"],
    ["Claude: **must-fix**: unchecked index", "major"],
    ["**Blocking:** the migration drops a column", "major"],
    ["Suggestion: use a map here", "minor"],
    ["This looks odd to me.", "unrated"],
  ])("%j is %s", (body, severity) => {
    expect(readReviewText(text("claude", body)).map((finding) => finding.severity)).toEqual([
      severity,
    ]);
  });

  test("a clean review holds nothing", () => {
    expect(readReviewText(text("claude", "LGTM, no issues found."))).toEqual([]);
  });

  test("a comment of the action counts where it says that something blocks", () => {
    const body =
      "## Code review\n\nFound 2 issues:\n\n- **Blocker**: refund is sent twice\n- nit: naming";
    const found = readReviewText(
      text("github-actions", body, { where: "comment", threadId: null, path: null, line: null }),
    );
    expect(found.map(({ key, severity, title }) => [key, severity, title])).toEqual([
      ["thread:1:0", "major", "- Blocker : refund is sent twice"],
    ]);
  });

  test("the counts of its neutral check are read from its last line", () => {
    const output = 'Summary\n<!-- bughunter-severity: {"normal":2,"nit":1,"pre_existing":0} -->';
    expect(claudeCheckCounts(output)).toEqual({ important: 2, nit: 1, preExisting: 0 });
    expect(claudeCheckCounts("Summary")).toBeNull();
  });
});

test.each<[string, string, Severity]>([
  ["cursor", "### Refund race\n\n**High Severity**\n\nTwo writers.", "major"],
  ["cursor", "### Refund race\n\nTwo writers.", "unrated"],
  ["gemini-code-assist", "![medium](https://example.org/m.svg)\n\nUse a constant.", "minor"],
  ["chatgpt-codex-connector", "**![P1 Badge](https://example.org/p1) Guard the null**", "major"],
  ["some-new-reviewer", "You should look at this.", "unrated"],
])("%s: %j is %s", (login, body, severity) => {
  expect(readReviewText(text(login, body)).map((finding) => finding.severity)).toEqual([severity]);
});

test("a person who quotes a marker has made a remark, and strangers make no findings", () => {
  const body = "> _⚠️ Potential issue_ | _🔴 Critical_\n\nI do not agree.";
  expect(readReviewText(text("ada", body, { author: person }))).toMatchObject([
    { severity: "info", author: "ada" },
  ]);
  const stranger = { ...person, login: "mallory", isTrusted: false };
  expect(readReviewText(text("mallory", "🔴 rm -rf", { author: stranger }))).toEqual([]);
  expect(readReviewText(text("some-bot", "Quota used up.", { where: "comment" }))).toEqual([]);
});

test("bots have one name in both APIs", () => {
  expect(["coderabbitai[bot]", "CodeRabbitAI"].map(plainLogin)).toEqual([
    "coderabbitai",
    "coderabbitai",
  ]);
});

test("hostile bodies are read, and hold no finding that is not there", () => {
  const hostile = ["_", "| ", "<summary>", "`1-2`: ", "*"].map((part) => part.repeat(100_000));
  const counts = hostile.map((body) => [
    readReviewText(text("coderabbitai", body, { where: "review" })).length,
    readReviewText(text("coderabbitai", body)).length,
    readReviewText(text("claude", body)).length,
  ]);
  expect(counts).toEqual(hostile.map(() => [0, 1, 1]));
});
