import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addUser, type BranchRules } from "../../../../test/support/github/hub.ts";
import {
  BRANCH,
  forgeFixture,
  type ForgeFixture,
  type Task,
} from "../../../../test/support/github/forge-fixture.ts";
import { TOKEN } from "../../../../test/support/github/world.ts";
import type { PullRequestFacts } from "../../../core/review/forge/facts.ts";

let at: ForgeFixture;
let world: ForgeFixture["world"];
let task: Task;

beforeEach(async () => {
  at = await forgeFixture();
  ({ world } = at);
  task = await at.opened();
});

afterEach(() => at.close());

const OPEN: BranchRules = { contexts: [], approvals: 0, isProtected: false, hasQueue: false };
const graphql = () => at.requests().filter((route) => route === "graphql").length;

const logs = () => at.requests().filter((route) => route.endsWith("/logs")).length;

const asked = () => world.double.seen.filter(({ route }) => route.includes("/rules/")).length;

async function look(forge = at.forge): Promise<PullRequestFacts> {
  const [facts] = await forge.look([{ number: task.pull.number, branch: BRANCH }]);
  if (facts === undefined) throw new Error("it is gone");
  return facts;
}

test("a pull request in which nothing has happened yet", async () => {
  expect(await look()).toEqual({
    number: task.pull.number,
    state: "open",
    endedBy: null,
    mergeCommit: null,
    head: task.head,
    base: "main",
    isDraft: true,
    hasQueue: false,
    mergeable: "unknown",
    labels: ["needs-human"],
    checks: [],
    checksRefused: null,
    required: [],
    approvals: 0,
    reviews: [],
    notes: [],
    requestedReviewers: [],
    usualReviewers: [],
  });
  expect((await look()).mergeable).toBe("yes");
});

test("many are looked at in one query; what is not there is left out", async () => {
  const other = at.shop.commit(at.start, { "b.txt": "b\n" }, "b");
  await at.forge.push("feat/b", other, null);
  const pull = await at.forge.openPullRequest(at.draftOf(other, { branch: "feat/b" }));
  await look();
  const before = graphql();
  const facts = await at.forge.look([
    { number: task.pull.number, branch: BRANCH },
    { number: 99, branch: "feat/gone" },
    { number: 1, branch: "feat/an-issue" },
    { number: pull.number, branch: "feat/b" },
  ]);
  expect(facts.map(({ number, head }) => [number, head])).toEqual([
    [task.pull.number, task.head],
    [pull.number, other],
  ]);
  expect(graphql()).toBe(before + 1);
  expect(await at.forge.look([])).toEqual([]);
  expect(graphql()).toBe(before + 1);
});

test("a person's push is here when it is told of", async () => {
  const pushed = world.push(BRANCH, { "b.txt": "b\n" });
  expect((await look()).head).toBe(pushed);
  expect(at.shop.git(["cat-file", "-t", pushed])).toBe("commit");
});

test("who merged or closed it, and the commit that came of it", async () => {
  addUser(world.hub, "Bob");
  const { issue, pull } = at.pullOf(task.pull);
  issue.state = "closed";
  issue.closedBy = "Bob";
  expect(await look()).toMatchObject({ state: "closed", endedBy: "bob", mergeCommit: null });
  pull.merged = true;
  pull.mergedBy = "coderabbitai";
  pull.mergeCommit = world.push("main", { "m.txt": "m\n" });
  expect(await look()).toMatchObject({
    state: "merged",
    endedBy: "coderabbitai",
    mergeCommit: pull.mergeCommit,
  });
  expect(at.shop.git(["cat-file", "-t", pull.mergeCommit])).toBe("commit");
});

describe("checks", () => {
  test("both worlds, what is required, and why a job failed, its log asked for once", async () => {
    world.hub.rules.set("main", { ...OPEN, contexts: ["test", "never"], approvals: 2 });
    const lines = Array.from({ length: 90 }, (_, index) => `line ${index}`);
    const run = world.check(task.head, "test", "failure", {
      log: ["2026-10-01T00:00:00.0000000Z begin", ...lines, "##[error]expected 2 to be 3"].join(
        "\n",
      ),
      output: { title: "1 failed", summary: `token ${TOKEN}`, text: null },
      annotations: [
        { path: "a.txt", start_line: 3, end_line: 3, annotation_level: "failure", message: "no" },
      ],
    });
    world.check(task.head, "lint", null);
    world.check(task.head, "docs", "skipped");
    world.hub.statuses.push(
      { sha: task.head, context: "ci/x", state: "error", description: "it broke" },
      { sha: task.head, context: "ci/y", state: "pending", description: "" },
    );
    const facts = await look();
    expect(facts).toMatchObject({ required: ["test", "never"], approvals: 2, checksRefused: null });
    const of = (name: string) => facts.checks?.find((check) => check.name === name);
    expect(of("test")).toMatchObject({
      source: "check",
      app: "github-actions",
      isRequired: true,
      state: "failed",
      conclusion: "failure",
      title: "1 failed",
      annotations: [
        {
          path: "a.txt",
          line: 3,
          level: "failure",
          message: "no",
        },
      ],
    });
    const excerpt = of("test")?.excerpt ?? "";
    expect(excerpt).toContain("line 40\n");
    expect(excerpt).not.toContain("line 20\n");
    expect(excerpt).toContain("##[error]expected 2 to be 3\n\na.txt:3: no");
    expect(excerpt).not.toContain(TOKEN);
    expect(of("lint")).toMatchObject({
      state: "pending",
      conclusion: "in_progress",
      isRequired: false,
    });
    expect(of("docs")).toMatchObject({ state: "passed", conclusion: "skipped" });
    expect(of("ci/x")).toMatchObject({ source: "status", state: "failed", excerpt: "it broke" });
    expect(of("ci/y")).toMatchObject({ state: "pending" });
    await look();
    expect(logs()).toBe(1);
    run.log = "another";
    expect((await look()).checks?.find(({ name }) => name === "test")?.excerpt).toBe(excerpt);
  });

  test("a log that comes late is asked for again, one that never comes three times", async () => {
    const [late, never] = ["late", "never"].map((name) => world.check(task.head, name, "failure"));
    await look();
    expect(logs()).toBe(2);
    if (late !== undefined) late.log = "##[error]it broke";
    const facts = await look();
    expect(facts.checks?.find(({ name }) => name === "late")?.excerpt).toContain("it broke");
    for (let times = 0; times < 3; times += 1) await look();
    expect([logs(), never?.log ?? ""]).toEqual([5, ""]);
  });

  test("a long excerpt keeps its end, where Claude's check counts what it found", async () => {
    const counts = '<!-- bughunter-severity: {"normal":1,"nit":0,"pre_existing":0} -->';
    world.check(task.head, "Claude Code Review", "neutral", {
      app: "claude",
      output: { title: "Done", summary: "x".repeat(5_000), text: `words\n${counts}` },
    });
    const excerpt = (await look()).checks?.[0]?.excerpt ?? "";
    expect(excerpt.length).toBeLessThanOrEqual(4_000);
    expect(excerpt.endsWith(counts)).toBe(true);
  });

  test("more than a page of them", async () => {
    for (let index = 0; index < 120; index += 1) world.check(task.head, `c${index}`, "success");
    await look();
    const before = graphql();
    expect((await look()).checks).toHaveLength(120);
    // A small first page, and large ones for those who have more.
    expect(graphql()).toBe(before + 2);
  });

  test("a token that may not read checks: jobs and statuses, without a word on what is required", async () => {
    world.check(task.head, "test", "failure", { log: "error: no" });
    world.check(at.start, "test", "success");
    world.hub.statuses.push({ sha: task.head, context: "ci/x", state: "success", description: "" });
    const token = world.hub.tokens.get(TOKEN);
    if (token === undefined) throw new Error("no token");
    world.hub.tokens.set(TOKEN, { ...token, canReadChecks: false });
    const facts = await look();
    expect(facts.checksRefused).toBeNull();
    expect(facts.checks).toMatchObject([
      { name: "test", source: "job", state: "failed", isRequired: null, excerpt: "error: no" },
      { name: "ci/x", source: "status", state: "passed", isRequired: null },
    ]);
  });

  test("a merge queue of the older protection of branches is seen", async () => {
    world.hub.missing.add("queue-rules");
    world.hub.rules.set("main", { ...OPEN, hasQueue: true });
    expect(await look()).toMatchObject({ hasQueue: true });
    const before = graphql();
    await look();
    expect(graphql()).toBe(before + 1);
  });

  test("rules are asked for again after five minutes, and cost nothing while they stay", async () => {
    await look();
    await look();
    expect(asked()).toBe(1);
    at.clock.time += 5 * 60_000;
    await look();
    expect(asked()).toBe(2);
    expect(at.requests().filter((route) => route.includes("/rules/"))).toHaveLength(1);
  });
});

describe("reviewers", () => {
  test("reviews, threads, comments and notes of checks, each with what its author's word counts", async () => {
    addUser(world.hub, "eve");
    const place = { path: "a.txt", line: 1 };
    const thread = world.thread(task.pull.number, "coderabbitai", place, "_🟠 Major_", task.head);
    world.review(
      task.pull.number,
      "coderabbitai",
      "CHANGES_REQUESTED",
      "**Actionable: 1**",
      task.head,
    );
    world.review(task.pull.number, "ada", "APPROVED", "", at.start);
    const now = world.hub.now();
    world.hub.comments.set(7, {
      id: 7,
      issue: task.pull.number,
      author: "eve",
      body: "+1",
      createdAt: now,
      updatedAt: now,
    });
    await at.forge.comment({ on: task.pull.number, marker: "status:run:1", body: "ours" });
    world.check(task.head, "Claude Code Review", "neutral", {
      app: "claude",
      annotations: [
        {
          path: "b.txt",
          start_line: 2,
          end_line: 2,
          annotation_level: "warning",
          message: "🔴 x",
        },
      ],
    });
    at.pullOf(task.pull).pull.requested.push("eve", "coderabbitai");
    const facts = await look();
    const bot = { login: "coderabbitai", isBot: true, isTrusted: true };
    expect(facts.reviews).toMatchObject([
      { author: bot, state: "changes-requested", commit: task.head, body: "**Actionable: 1**" },
      {
        author: { login: "ada", isBot: false, isTrusted: true },
        state: "approved",
        commit: at.start,
      },
    ]);
    expect(facts.notes).toMatchObject([
      {
        id: `thread:${thread}`,
        threadId: thread,
        where: "thread",
        author: bot,
        path: "a.txt",
        line: 1,
        isResolved: false,
        isOutdated: false,
        isAnswered: false,
        commit: task.head,
      },
      { where: "review", id: facts.reviews[0]?.id, author: bot, isOutdated: false },
      { where: "comment", author: { login: "eve", isTrusted: false }, body: "+1" },
      { where: "annotation", author: { login: "claude", isBot: true }, path: "b.txt", line: 2 },
    ]);
    expect(facts.requestedReviewers).toEqual(["eve", "coderabbitai"]);
    expect((await look(at.begin())).usualReviewers).toEqual(["coderabbitai"]);
  });

  test("who hides being a member is trusted where a review says that they may push", async () => {
    world.hub.missing.add("associations");
    for (const login of ["grace", "eve"]) addUser(world.hub, login);
    world.hub.writers.add("grace");
    const place = { path: "a.txt", line: 1 };
    for (const login of ["grace", "eve"]) {
      world.review(task.pull.number, login, "COMMENTED", "words", task.head);
      world.thread(task.pull.number, login, place, `of ${login}`, task.head);
    }
    world.thread(task.pull.number, "ada", place, "no review of hers", task.head);
    const facts = await look();
    const trust = facts.notes.map(({ where, author }) => [where, author.login, author.isTrusted]);
    expect(facts.reviews.map(({ author }) => author.isTrusted)).toEqual([true, false]);
    expect(trust).toEqual([
      ["thread", "grace", true],
      ["thread", "eve", false],
      ["thread", "ada", false],
      ["review", "grace", true],
      ["review", "eve", false],
    ]);
  });

  test("an answered thread says so, unless a stranger copied the mark; a push makes it outdated", async () => {
    const place = { path: "a.txt", line: 1 };
    const id = world.thread(task.pull.number, "coderabbitai", place, "_🟠 Major_", task.head);
    addUser(world.hub, "eve");
    const stranger = { review: null, author: "eve", createdAt: 0 };
    world.hub.threads
      .get(id)
      ?.comments.push({ ...stranger, id: 5, body: "<!-- cairn:answer:k -->" });
    expect((await look()).notes[0]).toMatchObject({ isAnswered: false });
    const answer = {
      pullRequest: task.pull,
      key: "other",
      threadId: id,
      body: "Done.",
      resolves: false,
    };
    await at.forge.answer(answer);
    world.push(BRANCH, { "a.txt": "mended\n" });
    expect((await look()).notes[0]).toMatchObject({
      isAnswered: true,
      isResolved: false,
      isOutdated: true,
      line: null,
    });
  });

  test("threads, reviews and comments past the first page", async () => {
    for (let index = 0; index < 105; index += 1) {
      const place = { path: "a.txt", line: 1 };
      world.thread(task.pull.number, "coderabbitai", place, `finding ${index}`, task.head);
      world.review(task.pull.number, "coderabbitai", "COMMENTED", `review ${index}`, task.head);
    }
    const facts = await look();
    expect(facts.reviews).toHaveLength(105);
    expect(facts.notes.filter(({ where }) => where === "thread")).toHaveLength(105);
  });

  test("an answer to a thread that was just seen costs its two writes alone", async () => {
    const place = { path: "a.txt", line: 1 };
    const id = world.thread(task.pull.number, "coderabbitai", place, "_🟠 Major_", task.head);
    await look();
    const before = at.requests().length;
    const answer = {
      pullRequest: task.pull,
      key: "k",
      threadId: id,
      body: "Done.",
      resolves: true,
    };
    await at.forge.answer(answer);
    await at.forge.answer(answer);
    expect(at.requests()).toHaveLength(before + 2);
    expect(world.hub.threads.get(id)).toMatchObject({ resolved: true });
  });
});

test("an outage is trouble that passes, and is looked at again", async () => {
  at.fault("graphql", "502", 5);
  await expect(look()).rejects.toMatchObject({ code: "trouble/github" });
  expect((await look()).head).toBe(task.head);
});
