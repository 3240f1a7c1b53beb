// The double keeps GitHub's own description: every route is gone through once, and nothing may be said against any of it.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addIssue, addMilestone, addToken } from "../support/github/hub.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../support/github/world.ts";

let world: GitHubWorld;

beforeEach(async () => {
  world = await gitHubWorld(() => Date.UTC(2026, 9, 1));
});

afterEach(async () => {
  const defects = world.double.seen.flatMap((one) =>
    one.defects.map((what) => `${one.route}: ${what}`),
  );
  await world.close();
  if (defects.length > 0) throw new Error(defects.join("\n"));
});

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & readonly Record<string, unknown>[];
}

async function ask(
  method: string,
  path: string,
  body?: object,
  token: string | null = TOKEN,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const response = await fetch(`${world.double.url}${path}`, {
    method,
    redirect: "manual",
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text === "" ? [] : (JSON.parse(text) as Reply["body"]);
  return { status: response.status, headers: response.headers, body: answer as Reply["body"] };
}

const R = "/repos/ada/mill";

function uuidOf(details: unknown): string {
  return typeof details === "object" && details !== null && "uuid" in details
    ? String(details.uuid)
    : "";
}

function shaOf(side: unknown): unknown {
  return typeof side === "object" && side !== null && "sha" in side ? side.sha : null;
}

test("the issue side: milestones, issues, labels, comments, dependencies, sub-issues", async () => {
  expect((await ask("POST", `${R}/milestones`, { title: "Phase 1" })).status).toBe(201);
  expect((await ask("POST", `${R}/milestones`, { title: "Phase 1" })).status).toBe(422);
  const first = await ask("POST", `${R}/issues`, { title: "One", milestone: 1, labels: ["bug"] });
  const second = await ask("POST", `${R}/issues`, { title: "Two", milestone: 1, body: "text" });
  expect([first.body["number"], second.body["number"]]).toEqual([1, 2]);
  const edge = await ask("POST", `${R}/issues/2/dependencies/blocked_by`, {
    issue_id: first.body["id"],
  });
  expect(edge.status).toBe(201);
  const blockers = await ask("GET", `${R}/issues/2/dependencies/blocked_by`);
  expect(blockers.body.map((issue) => issue["number"])).toEqual([1]);
  expect(
    (await ask("POST", `${R}/issues/1/sub_issues`, { sub_issue_id: second.body["id"] })).status,
  ).toBe(201);
  expect((await ask("GET", `${R}/issues/2/parent`)).body["number"]).toBe(1);
  await ask("POST", `${R}/labels`, { name: "needs-human", color: "B60205" });
  expect((await ask("POST", `${R}/issues/1/labels`, { labels: ["needs-human"] })).status).toBe(200);
  expect((await ask("DELETE", `${R}/issues/1/labels/bug`)).status).toBe(200);
  const comment = await ask("POST", `${R}/issues/1/comments`, { body: "<!-- cairn -->" });
  expect(
    (await ask("PATCH", `${R}/issues/comments/${String(comment.body["id"])}`, { body: "new" }))
      .status,
  ).toBe(200);
  expect((await ask("GET", `${R}/issues/1/comments`)).body.map((one) => one["body"])).toEqual([
    "new",
  ]);
  const closed = await ask("PATCH", `${R}/issues/1`, {
    state: "closed",
    state_reason: "not_planned",
  });
  expect(closed.body["state_reason"]).toBe("not_planned");
  const listed = await ask("GET", `${R}/issues?milestone=1&state=all&per_page=1`);
  expect(listed.body.map((issue) => issue["number"])).toEqual([2]);
  expect(listed.headers.get("link")).toContain('rel="next"');
  expect((await ask("PATCH", `${R}/milestones/1`, { state: "closed" })).body["state"]).toBe(
    "closed",
  );
  expect((await ask("GET", `${R}/issues/99`)).status).toBe(404);
});

describe("a pull request", () => {
  test("is opened once, follows its branch, is merged at the head that was named, and closes what it says", async () => {
    addIssue(world.hub, { title: "One" });
    world.push("feat/1", { "a.txt": "a\n" });
    const asked = { title: "Add a", head: "feat/1", base: "main", body: "Closes #1", draft: true };
    const made = await ask("POST", `${R}/pulls`, asked);
    expect([made.status, made.body["number"], made.body["draft"]]).toEqual([201, 2, true]);
    expect((await ask("POST", `${R}/pulls`, asked)).status).toBe(422);
    expect((await ask("POST", `${R}/pulls`, { ...asked, head: "nowhere" })).status).toBe(422);
    const head = world.push("feat/1", { "b.txt": "b\n" }, "feat/1");
    const first = await ask("GET", `${R}/pulls/2`);
    expect([first.body["mergeable"], shaOf(first.body["head"])]).toEqual([null, head]);
    expect((await ask("GET", `${R}/pulls/2`)).body["mergeable"]).toBe(true);
    expect((await ask("PUT", `${R}/pulls/2/merge`, { sha: head })).status).toBe(405);
    const ready = await graphql(
      "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } } }",
      { id: made.body["node_id"] },
    );
    expect(ready).toEqual({
      data: { markPullRequestReadyForReview: { pullRequest: { isDraft: false } } },
    });
    expect((await ask("PUT", `${R}/pulls/2/merge`, { sha: "0".repeat(40) })).status).toBe(409);
    const merged = await ask("PUT", `${R}/pulls/2/merge`, { sha: head, merge_method: "squash" });
    expect(merged.status).toBe(200);
    expect((await ask("GET", `${R}/issues/1`)).body["state"]).toBe("closed");
    expect((await ask("DELETE", `${R}/git/refs/heads/feat/1`)).status).toBe(204);
    expect((await ask("DELETE", `${R}/git/refs/heads/feat/1`)).status).toBe(422);
  });

  test("does not close an issue from a base that is not the default branch", async () => {
    addIssue(world.hub, { title: "One" });
    world.push("milestone/1", { "x.txt": "x\n" });
    world.push("feat/1", { "a.txt": "a\n" }, "milestone/1");
    await ask("POST", `${R}/pulls`, {
      title: "t",
      head: "feat/1",
      base: "milestone/1",
      body: "Closes #1",
    });
    const asyncMerge = await ask("PUT", `${R}/pulls/2/merge-async`, { merge_method: "merge" });
    expect(asyncMerge.status).toBe(202);
    const done = await ask("GET", `${R}/pulls/2/merge-async/${uuidOf(asyncMerge.body["details"])}`);
    expect(done.body["status"]).toBe("merged");
    expect((await ask("GET", `${R}/issues/1`)).body["state"]).toBe("open");
  });

  test("that conflicts is not mergeable, and required checks hold it", async () => {
    world.hub.rules.set("main", {
      contexts: ["test"],
      approvals: 0,
      isProtected: true,
      hasQueue: false,
    });
    const head = world.push("feat/1", { "readme.md": "theirs\n" });
    await ask("POST", `${R}/pulls`, { title: "t", head: "feat/1", base: "main" });
    expect((await ask("PUT", `${R}/pulls/1/merge`)).status).toBe(405);
    world.check(head, "test", "success");
    const runs = await ask("GET", `${R}/commits/${head}/check-runs?filter=latest`);
    expect(runs.body["total_count"]).toBe(1);
    expect((await ask("GET", `${R}/commits/${head}/status`)).body["state"]).toBe("pending");
    const rules = await ask("GET", `${R}/rules/branches/main`);
    expect(rules.body.map((rule) => rule["type"])).toEqual([
      "required_status_checks",
      "pull_request",
    ]);
    expect((await ask("GET", `${R}/branches/main`)).body["protected"]).toBe(true);
    world.push("main", { "readme.md": "ours\n" });
    await ask("GET", `${R}/pulls/1`);
    expect((await ask("GET", `${R}/pulls/1`)).body["mergeable_state"]).toBe("dirty");
    expect((await ask("PUT", `${R}/pulls/1/merge`)).status).toBe(405);
  });

  test("carries reviews and threads, which are answered and resolved", async () => {
    const head = world.push("feat/1", { "a.txt": "a\n" });
    await ask("POST", `${R}/pulls`, { title: "t", head: "feat/1", base: "main" });
    world.review(1, "coderabbitai", "COMMENTED", "**Actionable comments posted: 1**", head);
    const id = world.thread(
      1,
      "coderabbitai",
      { path: "a.txt", line: 1 },
      "_⚠️ Potential issue_",
      head,
    );
    const comments = await ask("GET", `${R}/pulls/1/comments`);
    expect(comments.body[0]?.["user"]).toMatchObject({ login: "coderabbitai[bot]" });
    const reply = `${R}/pulls/1/comments/${String(comments.body[0]?.["id"])}/replies`;
    expect((await ask("POST", reply, { body: "Fixed." })).status).toBe(201);
    expect((await ask("GET", `${R}/pulls/1/reviews`)).body.length).toBe(1);
    await graphql(
      "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }",
      { id },
    );
    const seen = await graphql(`
      query {
        repository(owner: "ada", name: "mill") {
          pullRequest(number: 1) {
            headRefOid
            reviewThreads(first: 10) {
              nodes {
                isResolved
                comments(first: 5) {
                  nodes {
                    body
                    author {
                      login
                      __typename
                    }
                  }
                }
              }
            }
          }
        }
      }
    `);
    expect(seen).toMatchObject({
      data: {
        repository: {
          pullRequest: {
            headRefOid: head,
            reviewThreads: {
              nodes: [
                {
                  isResolved: true,
                  comments: {
                    nodes: [
                      { author: { login: "coderabbitai", __typename: "Bot" } },
                      { body: "Fixed." },
                    ],
                  },
                },
              ],
            },
          },
        },
      },
    });
  });
});

test("one query answers the whole graph of a milestone; a query off the schema is refused", async () => {
  addMilestone(world.hub, "Phase 1");
  for (const title of ["One", "Two"]) addIssue(world.hub, { title, milestone: 1 });
  world.hub.issues.get(2)?.blockedBy.push("1", "else/where#7");
  const answer = await graphql(`
    query {
      repository(owner: "ada", name: "mill") {
        milestone(number: 1) {
          title
          issues(first: 100) {
            nodes {
              number
              blockedBy(first: 10) {
                nodes {
                  number
                  repository {
                    nameWithOwner
                  }
                }
              }
            }
          }
        }
      }
    }
  `);
  expect(answer).toEqual({
    data: {
      repository: {
        milestone: {
          title: "Phase 1",
          issues: {
            nodes: [
              { number: 1, blockedBy: { nodes: [] } },
              {
                number: 2,
                blockedBy: {
                  nodes: [
                    { number: 1, repository: { nameWithOwner: "ada/mill" } },
                    { number: 7, repository: { nameWithOwner: "else/where" } },
                  ],
                },
              },
            ],
          },
        },
      },
    },
  });
  expect(await graphql("query { nothingLikeThis }")).toMatchObject({ errors: [{}] });
});

test("tokens, limits and faults answer as GitHub does", async () => {
  expect((await ask("GET", R, undefined, null)).status).toBe(401);
  expect((await ask("GET", R, undefined, "ghp_wrong")).status).toBe(401);
  addToken(world.hub, "sso", { user: "ada", needsSso: true });
  expect((await ask("GET", R, undefined, "sso")).headers.get("x-github-sso")).toContain("required");
  addToken(world.hub, "fine", { user: "ada", scopes: null, canReadChecks: false, canWrite: false });
  expect((await ask("GET", `${R}/commits/main/check-runs`, undefined, "fine")).status).toBe(403);
  expect((await ask("POST", `${R}/issues`, { title: "x" }, "fine")).status).toBe(404);
  expect((await ask("GET", R)).headers.get("x-oauth-scopes")).toBe("repo");
  const etag = (await ask("GET", R)).headers.get("etag") ?? "";
  expect((await ask("GET", R, undefined, TOKEN, { "if-none-match": etag })).status).toBe(304);
  world.double.faults.push({ on: "*", kind: "secondary", times: 1, wait: 7 });
  const limited = await ask("GET", R);
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([403, "7"]);
  world.double.faults.push({
    on: "POST /repos/{owner}/{repo}/issues",
    kind: "answer-lost",
    times: 1,
  });
  await expect(ask("POST", `${R}/issues`, { title: "heard by nobody" })).rejects.toThrow(
    "fetch failed",
  );
  expect([...world.hub.issues.values()].map((issue) => issue.title)).toEqual(["heard by nobody"]);
  world.hub.archived = true;
  expect((await ask("POST", `${R}/issues`, { title: "x" })).status).toBe(403);
});

test("git clones and pushes over HTTP, and pushes only with a token that may", async () => {
  const clone = `${world.folder}/clone`;
  await git(TOKEN, "clone", "-q", world.double.cloneUrl, clone);
  await git(TOKEN, "-C", clone, "push", "-q", "--atomic", "origin", "HEAD:refs/heads/feat/1");
  const branches = await git(TOKEN, "-C", world.hub.gitDir, "branch", "--format=%(refname:short)");
  expect(branches).toBe("feat/1\nmain\n");
  const refused = git("wrong", "-C", clone, "push", "-q", "origin", "HEAD:refs/heads/feat/2");
  await expect(refused).rejects.toThrow("could not read Username");
});

/** Not synchronous: the service answers from this very process. */
async function git(token: string, ...args: readonly string[]): Promise<string> {
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  const env = {
    PATH: process.env["PATH"],
    HOME: world.folder,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
  return (await promisify(execFile)("git", [...args], { cwd: world.folder, env })).stdout;
}

async function graphql(query: string, variables: object = {}): Promise<unknown> {
  return (await ask("POST", "/graphql", { query, variables })).body;
}
