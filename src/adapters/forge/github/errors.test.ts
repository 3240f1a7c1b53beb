import http from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { addToken } from "../../../../test/support/github/hub.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../../../../test/support/github/world.ts";
import { UserError } from "../../../errors.ts";
import { systemClock } from "../../clock/system-clock.ts";
import { createClient, type GitHubClient } from "./client.ts";
import { explainGitHub, noToken, type Attempted } from "./errors.ts";
import { explained } from "./explained.ts";
import { GraphQLRefused } from "./failures.ts";
import { featuresOf } from "./features.ts";
import { createPace } from "./pace.ts";
import { createTransport } from "./transport.ts";

const R = "/repos/{owner}/{repo}";
const at = { owner: "ada", repo: "mill" };
const attempted = { repository: "ada/mill", doing: "open a pull request" };

function clientOf(url: string, token = TOKEN): GitHubClient {
  const transport = createTransport({
    apiUrl: url,
    graphqlUrl: `${url}/graphql`,
    token: async () => Promise.resolve(token),
    userAgent: "cairn-test",
  });
  return createClient(transport, createPace({ clock: systemClock, retryMs: [] }));
}

async function explainedOf(
  call: Promise<unknown>,
  more: Partial<Attempted> = {},
): Promise<UserError> {
  try {
    await call;
  } catch (error) {
    return explainGitHub(error, { ...attempted, ...more });
  }
  throw new Error("nothing went wrong");
}

describe("what the double refuses", () => {
  let world: GitHubWorld;
  beforeEach(async () => {
    world = await gitHubWorld();
  });
  afterEach(() => world.close());

  const read = (token = TOKEN) =>
    clientOf(world.double.url, token).get(`GET ${R}`, at, z.unknown());
  const open = (title = "t", token = TOKEN) =>
    clientOf(world.double.url, token).write(`POST ${R}/issues`, { ...at, title }, z.unknown());

  test("a token that is not accepted", async () => {
    const token = "ghp_not_a_token_that_anybody_knows_of_here";
    const error = await explainedOf(read(token));
    expect(error).toMatchObject({
      code: "github/bad-token",
      exitCode: 4,
      message: "Cannot open a pull request in ada/mill: GitHub does not accept the token.",
      quote: "Bad credentials",
    });
    expect(JSON.stringify([error, error.message, error.stack, error.hints])).not.toContain(token);
  });

  test("single sign-on, with the address that authorises", async () => {
    const token = `ghp_${"s".repeat(36)}`;
    addToken(world.hub, token, { user: "ada", needsSso: true });
    expect(await explainedOf(read(token))).toMatchObject({
      code: "github/sso",
      exitCode: 4,
      hints: ["Authorise the token for the organisation: https://github.invalid/orgs/o/sso"],
    });
  });

  test("an archive", async () => {
    world.hub.archived = true;
    expect(await explainedOf(open())).toMatchObject({
      code: "github/archived",
      exitCode: 2,
      quote: "Repository was archived so is read-only.",
    });
  });

  test("a repository that is not there, or not to be seen", async () => {
    const elsewhere = clientOf(world.double.url).get(
      `GET ${R}`,
      { owner: "ada", repo: "gone" },
      z.unknown(),
    );
    expect(await explainedOf(elsewhere)).toMatchObject({ code: "github/not-found", exitCode: 4 });
    const query = 'query { repository(owner: "ada", name: "gone") { id } }';
    const asked = clientOf(world.double.url).query(query, {}, z.unknown());
    expect(await explainedOf(asked)).toMatchObject({
      code: "github/not-found",
      exitCode: 4,
      quote: "Could not resolve to a Repository with the name 'ada/gone'.",
    });
  });

  test("a permission that a fine-grained token lacks", async () => {
    const token = `github_pat_${"f".repeat(30)}`;
    addToken(world.hub, token, { user: "ada", scopes: null, canReadChecks: false });
    const runs = clientOf(world.double.url, token).get(
      `GET ${R}/commits/{ref}/check-runs`,
      { ...at, ref: "main" },
      z.unknown(),
    );
    expect(await explainedOf(runs)).toMatchObject({
      code: "github/missing-permission",
      exitCode: 4,
      quote: "Resource not accessible by personal access token",
    });
  });

  test("what it does not take, in its words", async () => {
    const opened = clientOf(world.double.url).write(
      `POST ${R}/pulls`,
      { ...at, title: "t", head: "main", base: "main", body: "" },
      z.unknown(),
    );
    const error = await explainedOf(opened);
    expect(error).toMatchObject({ code: "github/refused", exitCode: 1 });
    expect(error.quote).toBe("Validation Failed\nNo commits between main and main");
  });

  test("the rules of a branch", async () => {
    world.hub.rules.set("main", {
      contexts: ["test"],
      approvals: 0,
      isProtected: true,
      hasQueue: false,
    });
    const sha = world.push("topic", { "a.txt": "a\n" });
    const client = clientOf(world.double.url);
    await client.write(
      `POST ${R}/pulls`,
      { ...at, title: "t", head: "topic", base: "main" },
      z.unknown(),
    );
    const merge = client.write(
      `PUT ${R}/pulls/{pull_number}/merge`,
      { ...at, pull_number: 1, sha },
      z.unknown(),
    );
    const error = await explainedOf(merge);
    expect(error).toMatchObject({ code: "github/protected", exitCode: 1 });
    expect(error.quote).toContain("test");
  });

  test.each(["502", "refused"] as const)("an outage: %s", async (kind) => {
    world.double.faults.push({ on: "*", kind, times: 2 });
    expect(await explainedOf(read())).toMatchObject({ code: "github/away", exitCode: 1 });
    expect((await explainedOf(read(), { isTriedAgain: true })).code).toBe("trouble/github");
  });

  test("a service that is nowhere", async () => {
    await world.double.close();
    const error = await explainedOf(read());
    expect(error.code).toBe("github/away");
    expect(error.quote).toMatch(/ECONNREFUSED|fetch failed/);
    world = await gitHubWorld();
  });

  test("through an explained client", async () => {
    const client = explained(clientOf(world.double.url, "ghp_wrong"), () => attempted);
    const told = { code: "github/bad-token" };
    await expect(client.get(`GET ${R}`, at, z.unknown())).rejects.toMatchObject(told);
    await expect(client.find(`GET ${R}`, at, z.unknown())).rejects.toMatchObject(told);
    await expect(client.list(`GET ${R}/issues`, at, z.unknown())).rejects.toMatchObject(told);
    await expect(client.query("query { viewer { login } }", {}, z.unknown())).rejects.toMatchObject(
      told,
    );
  });
});

/** What GitHub answers where the double does not. */
interface Canned {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

describe("what GitHub says besides", () => {
  let server: http.Server;
  let url: string;
  let canned: Canned;
  beforeEach(async () => {
    server = http.createServer((_, response) => {
      response.writeHead(canned.status, { "content-type": "application/json", ...canned.headers });
      response.end(JSON.stringify(canned.body));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  const ask = (answer: Canned, more: Partial<Attempted> = {}): Promise<UserError> => {
    canned = answer;
    return explainedOf(clientOf(url).get(`GET ${R}`, at, z.unknown()), more);
  };
  const query = (errors: readonly object[]): Promise<UserError> => {
    canned = { status: 200, body: { data: null, errors } };
    return explainedOf(clientOf(url).query("query { viewer { login } }", {}, z.unknown()));
  };

  test("a scope that is missing is named, with those there are", async () => {
    const headers = { "x-accepted-oauth-scopes": "repo", "x-oauth-scopes": "gist, read:org" };
    expect(await ask({ status: 404, headers, body: { message: "Not Found" } })).toMatchObject({
      code: "github/missing-scope",
      exitCode: 4,
      message:
        "Cannot open a pull request in ada/mill: the token lacks the scope repo; it has gist, read:org.",
      hints: [
        "gh auth refresh --scopes repo",
        "Or make a token with the scope repo and set GH_TOKEN=… to it.",
      ],
    });
  });

  test("a scope that is there is not said to be missing", async () => {
    const headers = { "x-accepted-oauth-scopes": "public_repo, repo", "x-oauth-scopes": "repo" };
    const error = await ask({ status: 404, headers, body: { message: "Not Found" } });
    expect(error.code).toBe("github/not-found");
  });

  test("a permission is named where GitHub names it", async () => {
    const headers = { "x-accepted-github-permissions": "pull_requests=write; contents=write" };
    const body = { message: "Resource not accessible by integration" };
    expect((await ask({ status: 403, headers, body })).message).toContain(
      "the token lacks the permission pull_requests=write or contents=write.",
    );
  });

  test.each([
    [403, "Protected branch update failed for refs/heads/main.", "github/protected", 1],
    [422, 'Required status check "test" is expected.', "github/protected", 1],
    [403, "Must have admin rights to Repository.", "github/forbidden", 4],
    [409, "Git Repository is empty.", "github/conflict", 1],
    [410, "Issues are disabled for this repo", "github/gone", 2],
    [451, "Repository access blocked", "github/refused", 1],
  ] as const)("%i %s", async (status, message, code, exitCode) => {
    expect(await ask({ status, body: { message } })).toMatchObject({
      code,
      exitCode,
      quote: message,
    });
  });

  test("an answer that is no JSON object of GitHub's has no words", async () => {
    const error = await ask({ status: 400, body: ["odd"] });
    expect([error.code, error.quote]).toEqual(["github/refused", undefined]);
  });

  test.each([
    ["FORBIDDEN", "github/missing-permission", 4],
    ["INSUFFICIENT_SCOPES", "github/missing-scope", 4],
    ["NOT_FOUND", "github/not-found", 4],
    ["SERVICE_UNAVAILABLE", "github/away", 1],
    ["UNPROCESSABLE", "github/refused", 1],
  ])("GraphQL's %s", async (type, code, exitCode) => {
    expect(await query([{ type, message: "words" }])).toMatchObject({
      code,
      exitCode,
      quote: "words",
    });
  });

  test("a token in GitHub's words, or one that is known, is never shown", async () => {
    const token = `ghp_${"a".repeat(36)}`;
    const error = await ask(
      { status: 422, body: { message: `no ${token} and no hush-hush-value` } },
      { secrets: ["hush-hush-value"] },
    );
    expect(error.quote).toMatch(/^no \[REDACTED:[\w-]+\] and no \[REDACTED:[\w-]+\]$/);
  });

  test("an older Enterprise Server knows neither edges nor sub-issues", async () => {
    const message = "Field 'blockedBy' doesn't exist on type 'Issue'";
    canned = { status: 200, body: { errors: [{ message }] } };
    const question = { client: clientOf(url), owner: "ada", name: "mill", defaultBranch: "main" };
    const features = await featuresOf({ ...question, apiUrl: "https://code.example.org/api/v3" })();
    expect(features).toEqual({
      dependencies: false,
      subIssues: false,
      asyncMerge: false,
      checkRuns: true,
      degraded: [
        "GitHub here knows no `blocked by`: only what the texts of issues say is read.",
        "GitHub here knows no sub-issues: epics are taken as issues.",
      ],
    });
  });
});

test("a limit names the time at which it ends", () => {
  const now = Date.UTC(2026, 9, 1, 12);
  const over = new GraphQLRefused([{ type: "RATE_LIMITED", message: "API rate limit exceeded" }], {
    "retry-after": "90",
  });
  expect(explainGitHub(over, { ...attempted, now })).toMatchObject({
    code: "github/limit",
    exitCode: 1,
    message:
      "Cannot open a pull request in ada/mill: GitHub takes no more requests of this token until 12:01:30 UTC.",
    quote: "API rate limit exceeded",
  });
  expect(explainGitHub(over, { ...attempted, now, isTriedAgain: true }).code).toBe(
    "trouble/github",
  );
});

test("no token at all: what to do about it, on github.com and elsewhere", () => {
  expect(noToken("ada/mill", "github.com")).toMatchObject({
    code: "github/no-token",
    exitCode: 4,
    hints: [
      "gh auth login",
      expect.stringContaining("GH_TOKEN=…"),
      expect.stringContaining("forge: {kind: local}"),
    ],
  });
  expect(noToken("ada/mill", "code.example.org").hints.slice(0, 2)).toEqual([
    "gh auth login --hostname code.example.org",
    expect.stringContaining("GH_ENTERPRISE_TOKEN=…"),
  ]);
});

test("what is no error of GitHub stays what it is", () => {
  const bug = new TypeError("x is not a function");
  expect(() => explainGitHub(bug, attempted)).toThrow(bug);
  const told = new UserError("source/empty", "Nothing there.");
  expect(explainGitHub(told, attempted)).toBe(told);
});
