// Robots and people of the double: all they do they do by a clock that the test moves, and by what the commits hold.
import { createHmac } from "node:crypto";
import http from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { codeRabbitCovered, codeRabbitState } from "../../src/core/review/forge/code-rabbit.ts";
import { claudeCheckCounts } from "../../src/core/review/forge/claude-review.ts";
import { readReviewText } from "../../src/core/review/forge/read-review-text.ts";
import { addIssue, addMilestone } from "../support/github/hub.ts";
import { person } from "../support/github/people.ts";
import { BROKEN_BUILD, FAILING_TEST } from "../support/github/robot-ci.ts";
import { startRobots, type RobotOptions, type Robots } from "../support/github/robots.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../support/github/world.ts";
import { SteppedClock } from "../support/github/stepped-clock.ts";

let clock: SteppedClock;
let world: GitHubWorld;

beforeEach(async () => {
  clock = new SteppedClock();
  world = await gitHubWorld(clock);
});

afterEach(async () => {
  const defects = world.double.seen.flatMap((one) => one.defects);
  await world.close();
  if (defects.length > 0) throw new Error(defects.join("\n"));
});

const R = "/repos/ada/mill";

async function ask(method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${world.double.url}${path}`, {
    method,
    redirect: "manual",
    headers: { authorization: `Bearer ${TOKEN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Pushes a branch with these files and opens its pull request. */
async function open(
  files: Readonly<Record<string, string>>,
  { head = "feat/1", draft = false } = {},
): Promise<number> {
  world.push(head, files);
  const made = await ask("POST", `${R}/pulls`, { title: head, head, base: "main", draft });
  expect(made.status).toBe(201);
  return ((await made.json()) as { readonly number: number }).number;
}

function robots(options: Omit<RobotOptions, "clock"> = {}): Robots {
  return startRobots(world, { clock, ...options });
}

function checks(): readonly string[] {
  return [...world.hub.checks.values()].map(
    ({ name, status, conclusion }) => `${name} ${conclusion ?? status}`,
  );
}

describe("workflows", () => {
  test("are queued, run and end by the clock; a fix really turns them green", async () => {
    robots();
    const number = await open({ "a.txt": `fine\n${FAILING_TEST}\n` });
    expect(checks()).toEqual([]);
    clock.advance(2_000);
    expect(checks()).toEqual(["build queued", "test queued"]);
    clock.advance(5_000);
    expect(checks()).toEqual(["build in_progress", "test in_progress"]);
    clock.advance(60_000);
    expect(checks()).toEqual(["build success", "test failure"]);
    const red = [...world.hub.checks.values()][1];
    const annotations = await ask("GET", `${R}/check-runs/${red?.id}/annotations`);
    expect(await annotations.json()).toMatchObject([
      { path: "a.txt", start_line: 2, annotation_level: "failure" },
    ]);
    const moved = await ask("GET", `${R}/actions/jobs/${red?.id}/logs`);
    const log = await fetch(new URL(moved.headers.get("location") ?? "", world.double.url));
    expect(await log.text()).toContain("a.txt:2: FAILING-TEST found");
    const runs = await ask("GET", `${R}/actions/runs?head_sha=${red?.sha}`);
    expect(await runs.json()).toMatchObject({
      total_count: 1,
      workflow_runs: [{ status: "completed", conclusion: "failure" }],
    });
    const head = world.push("feat/1", { "a.txt": "fine\nand mended\n" });
    clock.advance(67_000);
    const now = await ask("GET", `${R}/commits/${head}/check-runs`);
    expect(await now.json()).toMatchObject({
      check_runs: [{ conclusion: "success" }, { conclusion: "success" }],
    });
    expect(world.hub.issues.get(number)?.pull?.headSha).toBe(head);
  });

  test("judge what merging would give, and do not run where that conflicts", async () => {
    robots();
    world.push("main", { "base.txt": BROKEN_BUILD });
    await open({ "a.txt": "a\n" }, { head: "feat/on-broken" });
    clock.advance(67_000);
    expect(checks()).toEqual(["build failure", "test success"]);
    world.push("feat/conflict", { "readme.md": "theirs\n" }, "main");
    world.push("main", { "readme.md": "ours\n" });
    await ask("POST", `${R}/pulls`, { title: "c", head: "feat/conflict", base: "main" });
    clock.advance(67_000);
    expect(checks()).toHaveLength(2);
  });

  test("run for a pushed branch that was named, and may hang for ever", () => {
    robots({
      ciOnPush: ["milestone/1"],
      ci: (pull) => [{ name: pull === null ? "whole" : "test", conclusion: null }],
    });
    world.push("milestone/1", { "m.txt": "m\n" });
    world.push("elsewhere", { "m.txt": "m\n" });
    clock.advance(3_600_000);
    expect(checks()).toEqual(["whole in_progress"]);
  });
});

const findings = (text: string) => ({
  ci: null,
  codeRabbit: {
    find: ({ tree }: { readonly tree: { read(path: string): string | null } }) =>
      (tree.read("a.txt") ?? "").includes(text)
        ? [
            {
              key: "lock",
              path: "a.txt",
              line: 1,
              level: "🟠 Major",
              title: "Lock is never released.",
            } as const,
            {
              key: "fold",
              path: "readme.md",
              line: 1,
              level: "🔴 Critical",
              title: "Outside the diff.",
              place: "outside",
            } as const,
          ]
        : [],
  },
});

describe("CodeRabbit", () => {
  const author = { login: "coderabbitai", isBot: true, isTrusted: true };
  const text = { author, threadId: "t", url: null, id: "1", path: "a.txt", line: 1 };

  test("shows a placeholder, then its summary with a green status, then the review; marks what a push mended", async () => {
    robots(findings("leak"));
    const number = await open({ "a.txt": "leak\n" }, { draft: true });
    clock.advance(600_000);
    expect([world.hub.comments.size, world.hub.statuses.length]).toEqual([0, 0]);
    person(world, "bob").draft(number, false);
    clock.advance(4_000);
    const [comment] = [...world.hub.comments.values()];
    const sha = world.hub.issues.get(number)?.pull?.headSha;
    expect(codeRabbitState(comment?.body ?? "")).toBe("in-progress");
    expect(world.hub.statuses).toMatchObject([{ context: "CodeRabbit", state: "pending" }]);
    clock.advance(41_000);
    expect(codeRabbitState(comment?.body ?? "")).toBeNull();
    expect(codeRabbitCovered(comment?.body ?? "")).toBe(sha);
    expect(world.hub.statuses.at(-1)).toMatchObject({ state: "success" });
    expect(world.hub.threads.size).toBe(0);
    clock.advance(30_000);
    const [review] = [...world.hub.reviews.values()];
    expect(review).toMatchObject({ author: "coderabbitai", state: "COMMENTED", commit: sha });
    expect(review?.body).toContain("**Actionable comments posted: 1**");
    expect(
      readReviewText({ ...text, where: "review", threadId: null, body: review?.body ?? "" }),
    ).toMatchObject([{ severity: "critical", path: "readme.md", line: 1 }]);
    const [thread] = [...world.hub.threads.values()];
    const body = thread?.comments[0]?.body ?? "";
    expect(readReviewText({ ...text, where: "thread", body })).toMatchObject(
      [
        { severity: "major", title: "Lock is never released.", key: /^coderabbit:[0-9a-f]{24}$/ },
      ].map((one) => ({ ...one, key: expect.stringMatching(one.key) as string })),
    );
    const head = world.push("feat/1", { "a.txt": "released\n" });
    clock.advance(75_000);
    expect(thread?.resolved).toBe(true);
    expect(thread?.comments[0]?.body).toContain(`✅ Addressed in commit ${head.slice(0, 7)}`);
    expect(comment?.body).toContain("No actionable comments were generated");
    expect([world.hub.reviews.size, world.hub.comments.size]).toEqual([1, 1]);
  });

  test("a push while it looks makes it begin anew; it does not repeat what it has said", async () => {
    robots(findings("leak"));
    await open({ "a.txt": "leak\n" });
    clock.advance(50_000);
    const second = world.push("feat/1", { "b.txt": "b\n" });
    clock.advance(200_000);
    world.push("feat/1", { "c.txt": "c\n" });
    clock.advance(200_000);
    expect([...world.hub.reviews.values()].map(({ commit }) => commit)).toEqual([second]);
    // Nothing new, although the thread is open still.
    const [comment] = [...world.hub.comments.values()];
    expect(comment?.body).toContain("No actionable comments were generated");
    expect([...world.hub.threads.values()].map(({ resolved }) => resolved)).toEqual([false]);
  });

  test("its status is green when it did not look; it looks when it is asked", async () => {
    let isLimited = true;
    robots({
      ci: null,
      codeRabbit: { find: () => (isLimited ? "rate-limited" : []), requestsChanges: true },
    });
    const number = await open({ "a.txt": "a\n" });
    clock.advance(600_000);
    const [comment] = [...world.hub.comments.values()];
    expect(codeRabbitState(comment?.body ?? "")).toBe("rate-limited");
    expect(world.hub.statuses.at(-1)).toMatchObject({
      state: "success",
      description: "Review rate limited",
    });
    isLimited = false;
    person(world, "bob").comment(number, "@coderabbitai review");
    clock.advance(600_000);
    expect([...world.hub.reviews.values()]).toMatchObject([{ state: "APPROVED" }]);
  });
});

test("Claude's check is neutral whatever it found; the counts stand in its last line", async () => {
  robots({
    ci: null,
    claude: {
      find: ({ tree }) =>
        tree.find("token").map((place) => ({
          ...place,
          key: place.path,
          level: "important" as const,
          title: "The token is logged.",
        })),
    },
  });
  await open({ "a.txt": "a\nlog(token)\n" });
  clock.advance(3_000);
  expect(checks()).toEqual(["Claude Code Review in_progress"]);
  clock.advance(120_000);
  const [run] = [...world.hub.checks.values()];
  expect([run?.conclusion, run?.app]).toEqual(["neutral", "claude"]);
  expect(claudeCheckCounts(run?.output.text ?? "")).toEqual({
    important: 1,
    nit: 0,
    preExisting: 0,
  });
  const [thread] = [...world.hub.threads.values()];
  expect(thread).toMatchObject({ path: "a.txt", line: 2, resolved: false });
  expect(thread?.comments[0]?.body).toMatch(/^🔴 Important: The token is logged\./);
  world.push("feat/1", { "a.txt": "a\n" });
  clock.advance(123_000);
  expect(thread?.resolved).toBe(true);
  expect([...world.hub.reviews.values()].at(-1)?.body).toBe("LGTM");
});

test("a person asks for changes and approves what was mended", async () => {
  robots({
    ci: null,
    reviewers: [
      {
        login: "grace",
        afterMs: 60_000,
        decide: ({ tree }) =>
          tree.find("todo").length > 0
            ? {
                state: "CHANGES_REQUESTED",
                body: "Please finish it.",
                threads: [{ path: "a.txt", line: 1, body: "This is not done." }],
              }
            : { state: "APPROVED", body: "" },
      },
    ],
  });
  world.hub.rules.set("main", { contexts: [], approvals: 1, isProtected: true, hasQueue: false });
  await open({ "a.txt": "todo\n" });
  clock.advance(60_000);
  const refused = await ask("PUT", `${R}/pulls/1/merge`);
  expect([refused.status, await refused.json()]).toEqual([
    405,
    expect.objectContaining({ message: "Changes have been requested." }),
  ]);
  world.push("feat/1", { "a.txt": "done\n" });
  clock.advance(60_000);
  expect([...world.hub.reviews.values()].map((review) => review.state)).toEqual([
    "CHANGES_REQUESTED",
    "APPROVED",
  ]);
  expect([...world.hub.threads.values()].map((thread) => thread.resolved)).toEqual([true]);
  expect((await ask("PUT", `${R}/pulls/1/merge`)).status).toBe(200);
});

describe("webhooks", () => {
  const SECRET = "It's a Secret to Everybody";

  /** Takes deliveries and checks their signatures. */
  async function receiver(): Promise<{
    readonly url: string;
    readonly taken: { event: string; id: string; body: Record<string, unknown> }[];
    close(): Promise<void>;
  }> {
    const taken: { event: string; id: string; body: Record<string, unknown> }[] = [];
    const server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => void chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks);
        const expected = createHmac("sha256", SECRET).update(body).digest("hex");
        const isSigned = request.headers["x-hub-signature-256"] === `sha256=${expected}`;
        if (isSigned)
          taken.push({
            event: String(request.headers["x-github-event"]),
            id: String(request.headers["x-github-delivery"]),
            body: JSON.parse(body.toString("utf8")) as Record<string, unknown>,
          });
        response.statusCode = isSigned ? 202 : 401;
        response.end();
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return {
      url: `http://127.0.0.1:${port}/`,
      taken,
      close: () =>
        new Promise<void>((resolve) => {
          server.closeAllConnections();
          server.close(() => {
            resolve();
          });
        }),
    };
  }

  test("tell of everything, signed, late and twice under one id", async () => {
    const hook = await receiver();
    try {
      const working = robots({
        deliver: { to: hook.url, secret: SECRET, late: 5_000, twice: true },
      });
      const number = await open({ "a.txt": "a\n" });
      await working.idle();
      expect(hook.taken).toEqual([]);
      clock.advance(5_000);
      await working.idle();
      expect(hook.taken.map(({ event, body }) => [event, body["action"] ?? body["ref"]])).toEqual([
        ["push", "refs/heads/feat/1"],
        ["push", "refs/heads/feat/1"],
        ["pull_request", "opened"],
        ["pull_request", "opened"],
      ]);
      expect(new Set(hook.taken.map(({ id }) => id)).size).toBe(2);
      clock.advance(67_000);
      const bob = person(world, "bob");
      const { number: issue } = bob.open({ title: "Another" });
      bob.close(issue);
      bob.review(number, "APPROVED");
      bob.merge(number);
      clock.advance(5_000);
      await working.idle();
      const seen = new Set(
        hook.taken.map(({ event, body }) =>
          typeof body["action"] === "string" ? `${event} ${body["action"]}` : event,
        ),
      );
      expect(seen).toEqual(
        new Set([
          "push",
          "pull_request opened",
          "check_run created",
          "check_run completed",
          "issues opened",
          "issues closed",
          "pull_request_review submitted",
          "pull_request closed",
        ]),
      );
      const closed = hook.taken.find(({ body }) => body["action"] === "closed" && body["number"]);
      expect(closed?.body).toMatchObject({
        pull_request: { merged: true, merged_by: { login: "bob" } },
        sender: { login: "bob" },
        repository: { full_name: "ada/mill" },
      });
      expect(working.deliveries.every(({ status }) => status === 202)).toBe(true);
    } finally {
      await hook.close();
    }
  });

  test("a receiver that is gone is noted, and harms nobody", async () => {
    const hook = await receiver();
    await hook.close();
    const working = robots({ ci: null, deliver: { to: hook.url, secret: SECRET } });
    world.push("feat/1", { "a.txt": "a\n" });
    await working.idle();
    expect(working.deliveries).toMatchObject([{ event: "push", status: null }]);
  });
});

describe("people", () => {
  test("push over a branch, merge, close and reopen by hand", async () => {
    const bob = person(world, "bob");
    const first = await open({ "a.txt": "a\n" });
    const second = await open({ "b.txt": "b\n" }, { head: "feat/2" });
    const head = bob.forcePush("feat/1", { "a.txt": "bob\n" });
    expect(world.hub.issues.get(first)?.pull?.headSha).toBe(head);
    const merged = bob.merge(first, "squash");
    expect(world.hub.refs.get("main")).toBe(merged);
    expect(world.hub.issues.get(first)).toMatchObject({
      state: "closed",
      closedBy: "bob",
      pull: { merged: true, mergedBy: "bob" },
    });
    bob.close(second);
    expect(() => bob.merge(second)).toThrow("There is no open pull request 2.");
    bob.reopen(second);
    bob.deleteBranch("feat/2");
    expect(world.hub.issues.get(second)).toMatchObject({
      state: "closed",
      pull: { merged: false },
    });
  });

  test("edit, add, move and re-wire issues", async () => {
    const { hub } = world;
    addMilestone(hub, "Phase 1");
    addIssue(hub, { title: "One", milestone: 1 });
    const bob = person(world, "bob");
    bob.open({ title: "Two", milestone: 1 });
    bob.rewire(2, [1, "else/where#7"]);
    bob.edit(1, { title: "One, again", labels: ["bug"] });
    bob.close(1, "not_planned");
    bob.move(2, null);
    const answer = await ask("GET", `${R}/issues?state=all`);
    expect(await answer.json()).toMatchObject([
      { number: 2, milestone: null, user: { login: "bob" } },
      { number: 1, title: "One, again", state_reason: "not_planned", closed_by: { login: "bob" } },
    ]);
    expect(hub.issues.get(2)?.blockedBy).toEqual(["1", "else/where#7"]);
  });
});
