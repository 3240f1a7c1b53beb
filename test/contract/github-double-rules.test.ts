// What holds a merge and what lets it happen later: rules of a branch, its queue, auto-merge; and what goes wrong.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { counted } from "../support/github/counting.ts";
import { expectForEver, lieAboutMergeable } from "../support/github/faults.ts";
import { addIssue, addToken, type BranchRules } from "../support/github/hub.ts";
import { person } from "../support/github/people.ts";
import { SteppedClock } from "../support/github/stepped-clock.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../support/github/world.ts";

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

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function ask(
  method: string,
  path: string,
  body?: object,
  {
    token = TOKEN,
    headers = {},
  }: { readonly token?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Reply> {
  const response = await fetch(`${world.double.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: AbortSignal.timeout(5_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: (text === "" ? {} : JSON.parse(text)) as Reply["body"],
  };
}

async function graphql(query: string, variables: object = {}): Promise<Record<string, unknown>> {
  return (await ask("POST", "/graphql", { query, variables })).body;
}

function rule(more: Partial<BranchRules>): void {
  const least = { contexts: [], approvals: 0, isProtected: true, hasQueue: false };
  world.hub.rules.set("main", { ...least, ...more });
}

/** Opens a pull request of one file; answers its head. */
async function open(head: string, files: Readonly<Record<string, string>>): Promise<string> {
  const sha = world.push(head, files);
  const made = await ask("POST", `${R}/pulls`, { title: head, head, base: "main" });
  expect(made.status).toBe(201);
  return sha;
}

async function merge(number: number, more: object = {}): Promise<readonly unknown[]> {
  const { status, body } = await ask("PUT", `${R}/pulls/${number}/merge`, more);
  return [status, body["message"]];
}

/** `mergeable` and its state, as the second ask finds them. */
async function mergeability(number: number): Promise<readonly unknown[]> {
  await ask("GET", `${R}/pulls/${number}`);
  const { body } = await ask("GET", `${R}/pulls/${number}`);
  return [body["mergeable"], body["mergeable_state"]];
}

const postReview = (token: string, event: string) =>
  ask("POST", `${R}/pulls/1/reviews`, { event, body: "so" }, { token });

const readRules = async (): Promise<unknown> => {
  const rules = await ask("GET", `${R}/rules/branches/main`);
  const branch = await ask("GET", `${R}/branches/main`);
  return [
    (rules.body as unknown as readonly { readonly type: string }[]).map(({ type }) => type),
    (branch.body["protection"] as { readonly required_status_checks: { contexts: unknown } })
      .required_status_checks.contexts,
  ];
};

describe("rules", () => {
  test("approvals count from writers alone, the last word of each; nobody approves their own", async () => {
    rule({ approvals: 1 });
    await open("feat/1", { "a.txt": "a\n" });
    addToken(world.hub, "stranger", { user: "mallory" });
    addToken(world.hub, "bob", { user: "bob" });
    expect((await postReview(TOKEN, "APPROVE")).status).toBe(422);
    expect((await postReview("stranger", "APPROVE")).status).toBe(200);
    expect(await merge(1)).toEqual([
      405,
      "At least 1 approving review is required by reviewers with write access.",
    ]);
    await postReview("bob", "REQUEST_CHANGES");
    expect(await merge(1)).toEqual([405, "Changes have been requested."]);
    expect(await mergeability(1)).toEqual([true, "blocked"]);
    await postReview("bob", "APPROVE");
    await postReview("bob", "COMMENT");
    expect(await mergeability(1)).toEqual([true, "clean"]);
    expect((await merge(1))[0]).toBe(200);
  });

  test("a push takes back approvals where the branch says so", async () => {
    rule({ approvals: 1, dismissesStale: true });
    await open("feat/1", { "a.txt": "a\n" });
    person(world, "bob").review(1, "APPROVED");
    world.push("feat/1", { "b.txt": "b\n" });
    expect((await merge(1))[0]).toBe(405);
  });

  test("open conversations hold it, and a strict branch one that is behind", async () => {
    rule({ needsResolution: true, isStrict: true });
    const head = await open("feat/1", { "a.txt": "a\n" });
    const thread = world.thread(1, "bob", { path: "a.txt", line: 1 }, "Why?", head);
    expect(await merge(1)).toEqual([
      405,
      "A conversation must be resolved before this pull request can be merged.",
    ]);
    person(world, "bob").resolve(thread);
    world.push("main", { "c.txt": "c\n" });
    expect(await mergeability(1)).toEqual([true, "behind"]);
    expect((await merge(1))[0]).toBe(405);
    expect((await ask("PUT", `${R}/pulls/1/update-branch`, {})).status).toBe(202);
    expect((await merge(1))[0]).toBe(200);
  });

  test("are told as rulesets and as protection, or as one of them", async () => {
    rule({ contexts: ["test"], approvals: 2, hasQueue: true });
    const all = ["required_status_checks", "pull_request", "merge_queue"];
    expect(await readRules()).toEqual([all, ["test"]]);
    rule({ contexts: ["test"], source: "ruleset" });
    expect(await readRules()).toEqual([["required_status_checks", "pull_request"], []]);
    rule({ contexts: ["test"], source: "protection" });
    expect(await readRules()).toEqual([[], ["test"]]);
  });

  test("a method that the owner does not allow is refused; a merged branch may be deleted by itself", async () => {
    world.hub.settings.methods.delete("merge");
    world.hub.settings.deleteBranchOnMerge = true;
    await open("feat/1", { "a.txt": "a\n" });
    expect(await merge(1)).toEqual([405, "Merge commits are not allowed on this repository."]);
    expect((await merge(1, { merge_method: "squash" }))[0]).toBe(200);
    expect((await ask("GET", `${R}/git/ref/heads/feat/1`)).status).toBe(404);
  });

  test.each([
    ["protection", "GH006: Protected branch update failed for refs/heads/main.", "hook declined"],
    [
      "ruleset",
      "GH013: Repository rule violations found for refs/heads/main.",
      "push declined due to repository rule violations",
    ],
  ] as const)("a %s refuses pushes, of that branch alone", async (source, words, reason) => {
    rule({ source });
    await git("clone", "-q", world.double.cloneUrl, "clone");
    await git("-C", "clone", "commit", "-q", "--allow-empty", "-m", "x");
    const pushed = await git(
      "-C",
      "clone",
      "push",
      "--porcelain",
      "origin",
      "HEAD:main",
      "HEAD:feat/9",
    );
    expect(pushed).toContain(`remote: error: ${words}`);
    expect(pushed).toMatch(
      new RegExp(`!\\tHEAD:refs/heads/main\\t\\[remote rejected\\].*${reason}`),
    );
    expect(pushed).toContain("*\tHEAD:refs/heads/feat/9\t[new branch]");
    const atomic = ["push", "--atomic", "--porcelain", "origin", "HEAD:main", "HEAD:feat/8"];
    await git("-C", "clone", ...atomic);
    expect([...world.hub.refs.keys()]).toEqual(["main", "feat/9"]);
    expect((await ask("DELETE", `${R}/git/refs/heads/main`)).status).toBe(422);
  });
});

/** Output of git, whether it succeeds or not. */
async function git(...args: readonly string[]): Promise<string> {
  const basic = Buffer.from(`x-access-token:${TOKEN}`).toString("base64");
  const env = {
    PATH: process.env["PATH"],
    HOME: world.folder,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "Bob",
    GIT_AUTHOR_EMAIL: "bob@example.org",
    GIT_COMMITTER_NAME: "Bob",
    GIT_COMMITTER_EMAIL: "bob@example.org",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
  try {
    const done = await promisify(execFile)("git", [...args], { cwd: world.folder, env });
    return done.stdout + done.stderr;
  } catch (error) {
    const failed = error as { readonly stdout: string; readonly stderr: string };
    return failed.stdout + failed.stderr;
  }
}

const enqueue = async (number: number, more: object = {}): Promise<string> => {
  const asked = await ask("PUT", `${R}/pulls/${number}/merge-async`, more);
  const { uuid = "" } = asked.body["details"] as { readonly uuid?: string };
  return `${R}/pulls/${number}/merge-async/${uuid}`;
};

describe("a merge queue", () => {
  test("takes what is asked for asynchronously and merges after its time; a direct merge is refused", async () => {
    rule({ hasQueue: true, queueMs: 300_000, queueMethod: "squash" });
    await open("feat/1", { "a.txt": "a\n" });
    expect(await merge(1)).toEqual([
      405,
      "Repository rule violations found\n\nChanges must be made through the merge queue",
    ]);
    const direct = await ask("GET", await enqueue(1, { merge_action: "direct_merge" }));
    expect(direct.body["status"]).toBe("failed");
    const place = await enqueue(1, { merge_action: "merge_queue" });
    expect((await ask("GET", place)).body["status"]).toBe("enqueued");
    const query = `query { repository(owner: "ada", name: "mill") { pullRequest(number: 1) {
      isInMergeQueue mergeQueueEntry { position state }
    } } }`;
    expect(await graphql(query)).toEqual({
      data: {
        repository: {
          pullRequest: {
            isInMergeQueue: true,
            mergeQueueEntry: { position: 1, state: "AWAITING_CHECKS" },
          },
        },
      },
    });
    clock.advance(299_999);
    expect((await ask("GET", place)).body["status"]).toBe("enqueued");
    clock.advance(1);
    const { body } = await ask("GET", place);
    expect(body).toMatchObject({
      status: "merged",
      details: { sha: world.hub.refs.get("main") },
    });
  });

  test("drops what is pushed to, and what is red once merged", async () => {
    rule({ hasQueue: true, queueMs: 60_000 });
    world.hub.queueJudge = () => false;
    await open("feat/1", { "a.txt": "a\n" });
    const first = await enqueue(1);
    world.push("feat/1", { "b.txt": "b\n" });
    clock.advance(60_000);
    expect((await ask("GET", first)).body["details"]).toEqual({
      message: "The pull request was removed from the merge queue.",
    });
    const second = await enqueue(1);
    clock.advance(60_000);
    expect((await ask("GET", second)).body["details"]).toEqual({
      message: "The checks of the merge group failed.",
    });
    expect(world.hub.issues.get(1)?.pull).toMatchObject({ merged: false, queued: null });
  });

  test("an asynchronous merge without a queue is pending for its time", async () => {
    world.hub.settings.asyncMergeMs = 10_000;
    await open("feat/1", { "a.txt": "a\n" });
    expect(
      (await ask("PUT", `${R}/pulls/1/merge-async`, { merge_action: "merge_queue" })).status,
    ).toBe(400);
    const place = await enqueue(1);
    expect((await ask("GET", place)).body["status"]).toBe("pending");
    clock.advance(10_000);
    expect((await ask("GET", place)).body["status"]).toBe("merged");
  });
});

const enable = (): Promise<Record<string, unknown>> => {
  const id = `PR_${world.hub.issues.get(1)?.id ?? 0}`;
  return graphql(
    `
      mutation ($id: ID!) {
        enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: SQUASH }) {
          pullRequest {
            autoMergeRequest {
              mergeMethod
              enabledBy {
                login
              }
            }
          }
        }
      }
    `,
    { id },
  );
};

const refusedAutoMerge = async (): Promise<unknown> =>
  ((await enable())["errors"] as readonly { readonly message: string }[])[0]?.message;

describe("auto-merge", () => {
  test("is refused where it is not allowed, where there are no rules, and where nothing holds the merge", async () => {
    await open("feat/1", { "a.txt": "a\n" });
    expect(await refusedAutoMerge()).toBe(
      "Pull request Auto merge is not allowed for this repository",
    );
    world.hub.settings.allowAutoMerge = true;
    expect(await refusedAutoMerge()).toBe(
      "Pull request Protected branch rules not configured for this branch",
    );
    rule({});
    expect(await refusedAutoMerge()).toBe("Pull request Pull request is in clean status");
  });

  test("merges in the moment the last check is green", async () => {
    world.hub.settings.allowAutoMerge = true;
    rule({ contexts: ["build", "test"] });
    const head = await open("feat/1", { "a.txt": "a\n" });
    expect(await enable()).toEqual({
      data: {
        enablePullRequestAutoMerge: {
          pullRequest: {
            autoMergeRequest: { mergeMethod: "SQUASH", enabledBy: { login: "ada" } },
          },
        },
      },
    });
    world.check(head, "build", "success");
    world.check(head, "test", "failure");
    expect(world.hub.issues.get(1)?.pull?.merged).toBe(false);
    world.check(head, "test", "success");
    expect(world.hub.issues.get(1)).toMatchObject({
      state: "closed",
      pull: { merged: true, mergedBy: "ada" },
    });
  });

  test("puts into the queue where the branch has one", async () => {
    world.hub.settings.allowAutoMerge = true;
    rule({ contexts: ["test"], hasQueue: true, queueMs: 1_000 });
    const head = await open("feat/1", { "a.txt": "a\n" });
    await enable();
    world.check(head, "test", "success");
    expect(world.hub.issues.get(1)?.pull?.queued).not.toBeNull();
    clock.advance(1_000);
    expect(world.hub.issues.get(1)?.pull?.merged).toBe(true);
  });
});

describe("branches", () => {
  test("commits that reach the base by a push are a merge, and their words close issues on the default branch", async () => {
    addIssue(world.hub, { title: "One" });
    await open("feat/1", { "a.txt": "a\n" });
    await git("clone", "-q", world.double.cloneUrl, "clone");
    await git("-C", "clone", "merge", "-q", "origin/feat/1");
    await git("-C", "clone", "commit", "-q", "--allow-empty", "-m", "Fixes #1");
    await git("-C", "clone", "push", "-q", "origin", "HEAD:main");
    expect(world.hub.issues.get(2)).toMatchObject({
      state: "closed",
      pull: { merged: true, mergedBy: "ada", mergeCommit: world.hub.refs.get("main") },
    });
    expect(world.hub.issues.get(1)).toMatchObject({ state: "closed", stateReason: "completed" });
  });

  test("a merged branch that is deleted on the page hands on its base; by the API it closes what was based on it", async () => {
    const bob = person(world, "bob");
    for (const [head, base] of [
      ["feat/1", "main"],
      ["feat/2", "feat/1"],
      ["feat/3", "feat/2"],
      ["feat/4", "feat/3"],
    ] as const) {
      world.push(head, { [`${head.slice(-1)}.txt`]: "x\n" }, base);
      await ask("POST", `${R}/pulls`, { title: head, head, base });
    }
    await merge(1);
    bob.deleteBranch("feat/1");
    expect(world.hub.issues.get(2)).toMatchObject({ state: "open", pull: { base: "main" } });
    await merge(2);
    await ask("DELETE", `${R}/git/refs/heads/feat/2`);
    expect(world.hub.issues.get(3)).toMatchObject({
      state: "closed",
      pull: { base: "feat/2", merged: false },
    });
    bob.deleteBranch("feat/3");
    expect(world.hub.issues.get(4)).toMatchObject({ state: "closed", pull: { merged: false } });
  });

  test("a closed one stands where it was, and opens again unless its branch is gone or another", async () => {
    const bob = person(world, "bob");
    const head = await open("feat/1", { "a.txt": "a\n" });
    const set = (state: string) => ask("PATCH", `${R}/pulls/1`, { state });
    await set("closed");
    const later = bob.push("feat/1", { "b.txt": "b\n" });
    const closed = await ask("GET", `${R}/pulls/1`);
    expect(closed.body["head"]).toMatchObject({ sha: head });
    expect((await set("open")).body["state"]).toBe("open");
    const opened = await ask("GET", `${R}/pulls/1`);
    expect(opened.body["head"]).toMatchObject({ sha: later });
    await set("closed");
    bob.forcePush("feat/1", { "c.txt": "c\n" });
    expect(await set("open")).toMatchObject({
      status: 422,
      body: {
        errors: [
          { message: "state cannot be changed. The feat/1 branch was force-pushed or recreated." },
        ],
      },
    });
  });

  test("a base that moves makes GitHub work out anew whether a pull request can be merged", async () => {
    await open("feat/1", { "a.txt": "a\n" });
    expect(await mergeability(1)).toEqual([true, "clean"]);
    world.push("main", { "b.txt": "b\n" });
    const { body } = await ask("GET", `${R}/pulls/1`);
    expect(body["mergeable"]).toBeNull();
    expect(await mergeability(1)).toEqual([true, "clean"]);
  });
});

describe("faults", () => {
  test("mergeable says yes although it conflicts, or is not worked out for a while", async () => {
    await open("feat/1", { "readme.md": "theirs\n" });
    world.push("main", { "readme.md": "ours\n" });
    lieAboutMergeable(world.hub, 1, { kind: "says-mergeable" });
    expect(await mergeability(1)).toEqual([true, "clean"]);
    expect(await merge(1)).toEqual([405, "Pull Request is not mergeable"]);
    lieAboutMergeable(world.hub, 1, "truth");
    expect(await mergeability(1)).toEqual([false, "dirty"]);
    await open("feat/2", { "b.txt": "b\n" });
    lieAboutMergeable(world.hub, 2, { kind: "unknown", asks: 4 });
    expect(await mergeability(2)).toEqual([null, "unknown"]);
    expect(await mergeability(2)).toEqual([null, "unknown"]);
    expect(await mergeability(2)).toEqual([true, "clean"]);
  });

  test("a context that nobody reports holds for ever and is in no list", async () => {
    expectForEver(world.hub, "main", "ghost");
    const head = await open("feat/1", { "a.txt": "a\n" });
    world.check(head, "test", "success");
    expect(await merge(1)).toEqual([405, 'Required status check "ghost" is expected.']);
    expect(await mergeability(1)).toEqual([true, "blocked"]);
    const runs = await ask("GET", `${R}/commits/${head}/check-runs`);
    expect(runs.body["total_count"]).toBe(1);
  });

  test("a mutation has its effect and is never answered", async () => {
    await open("feat/1", { "a.txt": "a\n" });
    const id = `PR_${world.hub.issues.get(1)?.id ?? 0}`;
    const draft = (to: AbortSignal): Promise<Response> =>
      fetch(`${world.double.url}/graphql`, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}` },
        signal: to,
        body: JSON.stringify({
          query:
            "mutation($id: ID!) { convertPullRequestToDraft(input: {pullRequestId: $id}) { clientMutationId } }",
          variables: { id },
        }),
      });
    world.double.faults.push({ on: "graphql mutation", kind: "answer-hangs", times: 1 });
    expect(await graphql("query { viewer { login } }")).toEqual({
      data: { viewer: { login: "ada" } },
    });
    const gaveUp = new AbortController();
    const pending = draft(gaveUp.signal);
    // Ends the wait as soon as the effect is there.
    const watch = (): void => gaveUp.abort();
    world.hub.watchers.add(watch);
    await expect(pending).rejects.toThrow("aborted");
    world.hub.watchers.delete(watch);
    expect(world.hub.issues.get(1)?.pull?.draft).toBe(true);
  });

  test("a push arrives and its answer is lost", async () => {
    await git("clone", "-q", world.double.cloneUrl, "clone");
    await git("-C", "clone", "commit", "-q", "--allow-empty", "-m", "x");
    world.double.faults.push({ on: "git push", kind: "answer-lost", times: 1 });
    const lost = await git("-C", "clone", "push", "origin", "HEAD:feat/9");
    expect(lost).toMatch(/fatal|error/);
    expect(world.hub.refs.has("feat/9")).toBe(true);
    const again = await git("-C", "clone", "push", "origin", "HEAD:feat/9");
    expect(again).toContain("Everything up-to-date");
  });

  test("a query for more than 500,000 nodes is refused before it is run", async () => {
    const inner = "labels(first: 100) { nodes { name } }";
    const query = `query { repository(owner: "ada", name: "mill") { pullRequests(first: 100) { nodes {
      reviewThreads(first: 100) { nodes { comments(first: 100) { nodes { id } } } } ${inner} } } } }`;
    expect(await graphql(query)).toMatchObject({ errors: [{ type: "MAX_NODE_LIMIT_EXCEEDED" }] });
  });
});

test("only what GitHub counts is counted: no 304, no git, and mutations as writes", async () => {
  const before = world.double.seen.length;
  const first = await fetch(`${world.double.url}${R}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const etag = first.headers.get("etag") ?? "";
  await ask("GET", R, undefined, { headers: { "if-none-match": etag } });
  await ask("POST", `${R}/issues`, { title: "x" });
  await graphql("query { viewer { login } }");
  await graphql('mutation { resolveReviewThread(input: {threadId: "none"}) { clientMutationId } }');
  await git("clone", "-q", world.double.cloneUrl, "clone");
  expect(counted(world.double.seen.slice(before))).toEqual({
    requests: 4,
    writes: 2,
    graphql: 2,
    byRoute: {
      graphql: 2,
      "GET /repos/{owner}/{repo}": 1,
      "POST /repos/{owner}/{repo}/issues": 1,
    },
  });
});
