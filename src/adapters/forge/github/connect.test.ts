import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addToken, addUser } from "../../../../test/support/github/hub.ts";
import type { Token } from "../../../../test/support/github/hub.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../../../../test/support/github/world.ts";
import { systemClock } from "../../clock/system-clock.ts";
import { readForgeAddress } from "./address.ts";
import { assertMayWrite, connectGitHub, type GitHubConnection } from "./connect.ts";
import { featuresOf } from "./features.ts";

let world: GitHubWorld;

beforeEach(async () => {
  world = await gitHubWorld();
});

afterEach(() => world.close());

async function connect(token = TOKEN, isApp = false): Promise<GitHubConnection> {
  const address = readForgeAddress(world.double.cloneUrl, world.double.url);
  if (address === null) throw new Error("no address");
  return connectGitHub({
    address,
    token: async () => Promise.resolve(token),
    clock: systemClock,
    retryMs: [],
    onLimit: () => undefined,
    userAgent: "cairn-test",
    isApp,
  });
}

function tokenOf(given: Partial<Token>): string {
  const token = `github_pat_${"x".repeat(30)}`;
  addToken(world.hub, token, { user: "ada", ...given });
  return token;
}

test("a connection knows the repository, whose token it is and what it may", async () => {
  expect(await connect()).toMatchObject({
    repository: "ada/mill",
    login: "ada",
    defaultBranch: "main",
    isPrivate: false,
    isArchived: false,
    canPush: true,
    scopes: ["repo"],
    warnings: [],
  });
  expect(world.double.seen.map(({ route }) => route)).toEqual([
    "GET /repos/{owner}/{repo}",
    "graphql",
  ]);
});

test("dangerous scopes are warned about by name, others are not", async () => {
  const scopes = [
    "repo",
    "delete_repo",
    "admin:org",
    "site_admin",
    "write:packages",
    "read:org",
    "workflow",
  ];
  const { warnings } = await connect(tokenOf({ scopes }));
  expect(warnings.map((words) => /scope (\S+)\./.exec(words)?.[1])).toEqual([
    "delete_repo",
    "admin:org",
    "site_admin",
    "write:packages",
  ]);
});

async function refusal(token: string): Promise<unknown> {
  const connection = await connect(token);
  try {
    assertMayWrite(connection);
    return null;
  } catch (error) {
    return error;
  }
}

describe("before a run", () => {
  test.each([[["repo"]], [["public_repo"]], [null]])("scopes %j suffice here", async (scopes) => {
    expect(await refusal(tokenOf({ scopes }))).toBeNull();
  });

  test("a token without the scope is refused", async () => {
    expect(await refusal(tokenOf({ scopes: ["gist"] }))).toMatchObject({
      code: "github/missing-scope",
      exitCode: 4,
      message:
        "Cannot push branches and open pull requests in ada/mill: the token lacks the scope repo or public_repo; it has gist.",
    });
  });

  test("a private repository needs the whole scope", async () => {
    const connection = {
      ...(await connect(tokenOf({ scopes: ["public_repo"] }))),
      isPrivate: true,
    };
    expect(() => {
      assertMayWrite(connection);
    }).toThrow("lacks the scope repo; it has public_repo.");
  });

  test("somebody who may not push is refused", async () => {
    addUser(world.hub, "mallory");
    expect(await refusal(tokenOf({ user: "mallory" }))).toMatchObject({
      code: "github/no-push",
      exitCode: 4,
    });
  });

  test("GitHub says to Apps that they may not push, whatever they may", async () => {
    addUser(world.hub, "mallory");
    const connection = await connect(tokenOf({ user: "mallory" }), true);
    expect(connection).toMatchObject({ canPush: true, scopes: null });
    expect(() => {
      assertMayWrite(connection);
    }).not.toThrow();
  });

  test("an archive is refused", async () => {
    world.hub.archived = true;
    expect(await refusal(TOKEN)).toMatchObject({ code: "github/archived", exitCode: 2 });
  });
});

async function features(token = TOKEN): Promise<ReturnType<typeof featuresOf>> {
  const { client, defaultBranch, address } = await connect(token);
  const { owner, name, apiUrl } = address;
  return featuresOf({ client, owner, name, defaultBranch, apiUrl });
}

describe("features", () => {
  test("are asked for once", async () => {
    const ask = await features();
    const before = world.double.seen.length;
    expect(await ask()).toEqual({
      dependencies: true,
      subIssues: true,
      asyncMerge: true,
      checkRuns: true,
      degraded: [],
    });
    await ask();
    expect(world.double.seen.length - before).toBe(3);
  });

  test("a fine-grained token may not read check runs", async () => {
    const ask = await features(tokenOf({ scopes: null, canReadChecks: false }));
    expect(await ask()).toMatchObject({
      checkRuns: false,
      degraded: [
        "This token may not read check runs: jobs of Actions and commit statuses are read instead.",
      ],
    });
  });

  test("an outage is no answer: they are asked for again", async () => {
    const ask = await features();
    world.double.faults.push({ on: "graphql", kind: "502", times: 1 });
    await expect(ask()).rejects.toMatchObject({ code: "github/away", exitCode: 1 });
    expect(await ask()).toMatchObject({ dependencies: true });
  });
});
