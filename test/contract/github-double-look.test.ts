// The queries by which the adapter looks at GitHub, whole: each field is answered as the service would.
import { afterEach, beforeEach, expect, test } from "vitest";
import { addIssue, addMilestone, addToken } from "../support/github/hub.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../support/github/world.ts";

let world: GitHubWorld;

beforeEach(async () => {
  world = await gitHubWorld(() => Date.UTC(2026, 9, 1));
});

afterEach(() => world.close());

async function graphql(query: string, variables: object = {}, token = TOKEN): Promise<unknown> {
  const response = await fetch(`${world.double.url}/graphql`, {
    method: "POST",
    headers: { authorization: `bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

async function open(head: string, title: string, isDraft = false): Promise<void> {
  const response = await fetch(`${world.double.url}/repos/ada/mill/pulls`, {
    method: "POST",
    headers: { authorization: `bearer ${TOKEN}` },
    body: JSON.stringify({ title, head, base: "main", draft: isDraft }),
  });
  expect(response.status).toBe(201);
}

const PULL = `
  fragment Pull on PullRequest {
    number state merged mergedBy { login } mergeCommit { oid } headRefOid isDraft mergeable reviewDecision
    labels(first: 20) { nodes { name } }
    timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent { actor { login } } } }
    commits(last: 1) { nodes { commit { oid statusCheckRollup { state contexts(first: 100) { nodes {
      __typename
      ... on CheckRun {
        databaseId name status conclusion title summary detailsUrl isRequired(pullRequestNumber: 2)
        checkSuite { app { slug } }
        annotations(first: 20) { nodes { path annotationLevel message location { start { line } } } }
      }
      ... on StatusContext { context state description targetUrl isRequired(pullRequestNumber: 2) }
    } } } } } }
    reviews(last: 50) { nodes {
      author { login __typename } authorAssociation state body submittedAt url databaseId commit { oid }
    } }
    reviewThreads(first: 100) { nodes {
      id isResolved isOutdated path line
      comments(first: 50) { nodes {
        databaseId author { login __typename } authorAssociation body url createdAt originalCommit { oid }
      } }
    } }
    comments(last: 50) { nodes { databaseId author { login } body url authorAssociation } }
    reviewRequests(first: 20) { nodes { requestedReviewer { ... on User { login } ... on Bot { login } } } }
  }`;

test("one query looks at several pull requests: checks, reviews, threads, comments, requests", async () => {
  const { hub } = world;
  hub.rules.set("main", { contexts: ["test"], approvals: 1, isProtected: true, hasQueue: false });
  addIssue(hub, { title: "One" });
  const first = world.push("feat/1", { "a.txt": "one\ntwo\nthree\nfour\n" });
  await open("feat/1", "Add a");
  world.thread(2, "coderabbitai", { path: "a.txt", line: 2 }, "_🟠 Major_", first);
  world.thread(2, "coderabbitai", { path: "a.txt", line: 4 }, "_🟡 Minor_", first);
  const head = world.push("feat/1", { "a.txt": "zero\none\nthe second\nthree\nfour\n" });
  world.check(head, "test", "failure", {
    output: { title: "1 failed", summary: "see below", text: null },
    annotations: [
      { path: "a.txt", start_line: 2, end_line: 2, annotation_level: "failure", message: "no" },
    ],
  });
  world.check(head, "lint", null);
  const context = { sha: head, context: "CodeRabbit", description: "Review in progress" };
  hub.statuses.push({ ...context, state: "pending", targetUrl: "https://example.org/r" });
  hub.statuses.push({ ...context, state: "success", description: "Review completed" });
  const review = world.review(2, "coderabbitai", "COMMENTED", "**Actionable comments: 1**", first);
  hub.issues.get(2)?.pull?.requested.push("bob", "coderabbitai");
  world.push("feat/3", { "b.txt": "b\n" });
  await open("feat/3", "Add b", true);
  const query = `${PULL} query { repository(owner: "ada", name: "mill") {
    p2: pullRequest(number: 2) { ...Pull } p3: pullRequest(number: 3) { ...Pull }
    pullRequests(last: 20) { nodes { reviews(first: 10) { nodes { author { login __typename } } } } }
  } }`;
  await graphql(query);
  const answer = await graphql(query);
  const bot = { login: "coderabbitai", __typename: "Bot" };
  const at = "2026-10-01T00:00:00Z";
  const page = "https://github.invalid/ada/mill";
  const threadOf = (line: number | null, body: string) => ({
    id: expect.stringMatching(/^PRRT_/) as string,
    isResolved: false,
    isOutdated: line === null,
    path: "a.txt",
    line,
    comments: {
      nodes: [
        {
          databaseId: expect.any(Number) as number,
          author: bot,
          authorAssociation: "NONE",
          body,
          url: expect.stringContaining(`${page}/pull/2#discussion_r`) as string,
          createdAt: at,
          originalCommit: { oid: first },
        },
      ],
    },
  });
  const [run] = [...hub.checks.values()];
  expect(answer).toEqual({
    data: {
      repository: {
        p2: {
          number: 2,
          state: "OPEN",
          merged: false,
          mergedBy: null,
          mergeCommit: null,
          headRefOid: head,
          isDraft: false,
          mergeable: "MERGEABLE",
          reviewDecision: "REVIEW_REQUIRED",
          labels: { nodes: [] },
          timelineItems: { nodes: [] },
          commits: {
            nodes: [
              {
                commit: {
                  oid: head,
                  statusCheckRollup: {
                    state: "FAILURE",
                    contexts: {
                      nodes: [
                        {
                          __typename: "CheckRun",
                          databaseId: run?.id,
                          name: "test",
                          status: "COMPLETED",
                          conclusion: "FAILURE",
                          title: "1 failed",
                          summary: "see below",
                          detailsUrl: `${page}/actions/runs/${run?.id}/job/${run?.id}`,
                          isRequired: true,
                          checkSuite: { app: { slug: "github-actions" } },
                          annotations: {
                            nodes: [
                              {
                                path: "a.txt",
                                annotationLevel: "FAILURE",
                                message: "no",
                                location: { start: { line: 2 } },
                              },
                            ],
                          },
                        },
                        {
                          __typename: "CheckRun",
                          databaseId: expect.any(Number) as number,
                          name: "lint",
                          status: "IN_PROGRESS",
                          conclusion: null,
                          title: null,
                          summary: null,
                          detailsUrl: expect.any(String) as string,
                          isRequired: false,
                          checkSuite: { app: { slug: "github-actions" } },
                          annotations: { nodes: [] },
                        },
                        {
                          __typename: "StatusContext",
                          context: "CodeRabbit",
                          state: "SUCCESS",
                          description: "Review completed",
                          targetUrl: null,
                          isRequired: false,
                        },
                      ],
                    },
                  },
                },
              },
            ],
          },
          reviews: {
            nodes: [
              {
                author: bot,
                authorAssociation: "NONE",
                state: "COMMENTED",
                body: "**Actionable comments: 1**",
                submittedAt: at,
                url: `${page}/pull/2#pullrequestreview-${review.id}`,
                databaseId: review.id,
                commit: { oid: first },
              },
            ],
          },
          reviewThreads: {
            nodes: [threadOf(null, "_🟠 Major_"), threadOf(5, "_🟡 Minor_")],
          },
          comments: { nodes: [] },
          reviewRequests: {
            nodes: [
              { requestedReviewer: { login: "bob" } },
              { requestedReviewer: { login: "coderabbitai" } },
            ],
          },
        },
        p3: expect.objectContaining({
          number: 3,
          isDraft: true,
          mergeable: "MERGEABLE",
          commits: {
            nodes: [{ commit: { oid: hub.issues.get(3)?.pull?.headSha, statusCheckRollup: null } }],
          },
        }) as object,
        pullRequests: {
          nodes: [{ reviews: { nodes: [{ author: bot }] } }, { reviews: { nodes: [] } }],
        },
      },
    },
  });
});

test("a token without checks gets the sum and the statuses, and each check refused in its place", async () => {
  const sha = world.push("feat/1", { "a.txt": "a\n" });
  await open("feat/1", "Add a");
  world.check(sha, "test", "success");
  world.hub.statuses.push({ sha, context: "ci", state: "success", description: "" });
  addToken(world.hub, "fine", { user: "ada", scopes: null, canReadChecks: false });
  const query = `query { repository(owner: "ada", name: "mill") { pullRequest(number: 1) {
    commits(last: 1) { nodes { commit { statusCheckRollup { state contexts(first: 100) { nodes {
      ... on CheckRun { name } ... on StatusContext { context }
    } } } } } }
  } } }`;
  expect(await graphql(query, {}, "fine")).toEqual({
    data: {
      repository: {
        pullRequest: {
          commits: {
            nodes: [
              {
                commit: {
                  statusCheckRollup: {
                    state: "SUCCESS",
                    contexts: { nodes: [null, { context: "ci" }] },
                  },
                },
              },
            ],
          },
        },
      },
    },
    errors: [
      {
        type: "FORBIDDEN",
        message: "Resource not accessible by personal access token",
        path: "repository pullRequest commits nodes 0 commit statusCheckRollup contexts nodes 0"
          .split(" ")
          .map((part) => (part === "0" ? 0 : part)),
      },
    ],
  });
});

test("the issues of a milestone come in pages, with blockers, parents and children", async () => {
  const { hub } = world;
  addMilestone(hub, "Phase 1");
  addIssue(hub, { title: "Epic", milestone: 1 });
  for (let index = 2; index <= 102; index += 1)
    addIssue(hub, { title: `Issue ${index}`, milestone: 1, labels: ["bug"] });
  const second = hub.issues.get(2);
  if (second !== undefined) second.parent = 1;
  hub.issues.get(3)?.blockedBy.push("2", "else/where#7");
  const query = `query($after: String) { repository(owner: "ada", name: "mill") {
    milestone(number: 1) { issues(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number title body state stateReason labels(first: 20) { nodes { name } } author { login }
        authorAssociation url
        blockedBy(first: 50) { nodes { number state stateReason repository { nameWithOwner } } }
        parent { number } subIssues(first: 1) { totalCount }
      }
    } }
  } }`;
  interface Answer {
    readonly data: {
      readonly repository: {
        readonly milestone: {
          readonly issues: {
            readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
            readonly nodes: readonly object[];
          };
        };
      };
    };
  }
  const one = ((await graphql(query)) as Answer).data.repository.milestone.issues;
  expect([one.nodes.length, one.pageInfo.hasNextPage]).toEqual([100, true]);
  const two = ((await graphql(query, { after: one.pageInfo.endCursor })) as Answer).data.repository
    .milestone.issues;
  expect([two.nodes.length, two.pageInfo.hasNextPage]).toEqual([2, false]);
  expect(one.nodes[0]).toMatchObject({ number: 1, parent: null, subIssues: { totalCount: 1 } });
  expect(one.nodes[1]).toMatchObject({ number: 2, parent: { number: 1 } });
  expect(one.nodes[2]).toEqual({
    number: 3,
    title: "Issue 3",
    body: "",
    state: "OPEN",
    stateReason: null,
    labels: { nodes: [{ name: "bug" }] },
    author: { login: "ada" },
    authorAssociation: "OWNER",
    url: "https://github.invalid/ada/mill/issues/3",
    blockedBy: {
      nodes: [
        {
          number: 2,
          state: "OPEN",
          stateReason: null,
          repository: { nameWithOwner: "ada/mill" },
        },
        {
          number: 7,
          state: "OPEN",
          stateReason: null,
          repository: { nameWithOwner: "else/where" },
        },
      ],
    },
    parent: null,
    subIssues: { totalCount: 0 },
  });
});

const issuesOf = (args: string): Promise<unknown> =>
  graphql(
    `query { repository(owner: "ada", name: "mill") { milestone(number: 1) { issues${args} { totalCount } } } }`,
  );

test("a connection without a size, or larger than 100, is refused", async () => {
  addMilestone(world.hub, "Phase 1");
  expect(await issuesOf("")).toMatchObject({ errors: [{ type: "MISSING_PAGINATION_BOUNDARIES" }] });
  expect(await issuesOf("(first: 101)")).toMatchObject({
    errors: [{ type: "EXCESSIVE_PAGINATION" }],
  });
  expect(await issuesOf("(first: 100)")).not.toHaveProperty("errors");
});
