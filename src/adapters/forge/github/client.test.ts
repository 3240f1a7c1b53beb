import http from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../../../../test/support/github/world.ts";
import { UserError } from "../../../errors.ts";
import type { Clock } from "../../../ports/clock.ts";
import { createClient, type GitHubClient } from "./client.ts";
import { limitOf, mayPass } from "./failures.ts";
import { createPace } from "./pace.ts";
import { createTransport, GraphQLRefused } from "./transport.ts";

const token = async (): Promise<string> => Promise.resolve(TOKEN);

/** A clock that jumps to whatever is waited for. */
function jumpingClock(): Clock & { time: number } {
  const clock = {
    time: Date.UTC(2026, 9, 1),
    now: () => clock.time,
    alarm: (at: number, ring: () => void) => {
      const timer = setImmediate(() => {
        clock.time = Math.max(clock.time, at);
        ring();
      });
      return () => clearImmediate(timer);
    },
  };
  return clock;
}

let world: GitHubWorld;
let clock: ReturnType<typeof jumpingClock>;
let client: GitHubClient;
let limits: number[];
const R = "/repos/{owner}/{repo}";
const at = { owner: "ada", repo: "mill" };
const Numbered = z.object({ number: z.int() });

beforeEach(async () => {
  clock = jumpingClock();
  limits = [];
  world = await gitHubWorld(() => clock.now());
  const { url } = world.double;
  const transport = createTransport({
    apiUrl: url,
    graphqlUrl: `${url}/graphql`,
    token,
    userAgent: "cairn-test",
  });
  const retryMs = [2_000, 4_000, 8_000, 16_000];
  const onLimit = (until: number): void => void limits.push(until - clock.time);
  client = createClient(transport, createPace({ clock, retryMs, onLimit }));
});

afterEach(() => world.close());

const open = (title: string, happened?: () => Promise<{ number: number } | null>) =>
  client.write(`POST ${R}/issues`, { ...at, title }, Numbered, happened);

const ask = () => client.list(`GET ${R}/issues`, { ...at, state: "all" }, Numbered);

const titles = () => [...world.hub.issues.values()].map((issue) => issue.title);

test("two writes never start within a second of the clock, however many are asked for at once", async () => {
  await Promise.all(["a", "b", "c", "d"].map((title) => open(title)));
  const times = world.double.seen.map((seen) => seen.at);
  expect(times.slice(1).map((time, index) => time - (times[index] ?? 0))).toEqual([
    1000, 1000, 1000,
  ]);
  expect(titles()).toEqual(["a", "b", "c", "d"]);
});

test("what has not changed is answered from memory, and the service counts nothing", async () => {
  await open("a");
  expect(await ask()).toEqual([{ number: 1 }]);
  expect(await ask()).toEqual([{ number: 1 }]);
  await open("b");
  expect(await ask()).toEqual([{ number: 2 }, { number: 1 }]);
  expect(world.double.seen.map((seen) => seen.status)).toEqual([201, 200, 304, 201, 200]);
});

test("all pages of a list are read", async () => {
  for (let index = 0; index < 130; index += 1) await open(`issue ${index}`);
  expect(await client.list(`GET ${R}/issues`, at, Numbered)).toHaveLength(130);
});

describe("limits", () => {
  test.each([
    ["secondary", 37, 37_000],
    ["429", 5, 5_000],
    ["primary", 90, 90_000],
  ] as const)("%s: everybody waits to the second that is named", async (kind, wait, held) => {
    world.double.faults.push({ on: "*", kind, times: 1, wait });
    const begun = clock.time;
    expect(await open("a")).toEqual({ number: 1 });
    expect(clock.time - begun).toBeGreaterThanOrEqual(held);
    expect(clock.time - begun).toBeLessThanOrEqual(held + 1000);
    expect(limits).toEqual([held]);
    expect(titles()).toEqual(["a"]);
  });
});

describe("trouble", () => {
  test.each(["500", "502", "503", "refused"] as const)(
    "%s is tried again after 2, 4, 8 and 16 seconds, then told",
    async (kind) => {
      world.double.faults.push({ on: "*", kind, times: 4 });
      const begun = clock.time;
      expect(await client.list(`GET ${R}/issues`, at, Numbered)).toEqual([]);
      expect(clock.time - begun).toBe(30_000);
      world.double.faults.push({ on: "*", kind, times: 5 });
      await expect(client.list(`GET ${R}/issues`, at, Numbered)).rejects.toThrow(Error);
    },
  );

  test("a write whose answer is lost is looked for before it is done again", async () => {
    world.double.faults.push({ on: `POST ${R}/issues`, kind: "answer-lost", times: 1 });
    const look = async () =>
      (await client.list(`GET ${R}/issues`, at, Numbered)).find(() => true) ?? null;
    expect(await open("once", look)).toEqual({ number: 1 });
    world.double.faults.push({ on: `POST ${R}/issues`, kind: "502", times: 1 });
    expect(await open("twice", async () => Promise.resolve(null))).toEqual({ number: 2 });
    expect(titles()).toEqual(["once", "twice"]);
  });

  test("a write that nobody can look for is never done twice", async () => {
    world.double.faults.push({ on: `POST ${R}/issues`, kind: "answer-lost", times: 1 });
    await expect(open("once")).rejects.toThrow("other side closed");
    expect(titles()).toEqual(["once"]);
  });
});

test("an answer that is not as described names the place", async () => {
  const asked = client.get(`GET ${R}`, at, z.object({ default_branch: z.int() }));
  await expect(asked).rejects.toThrow(UserError);
  await expect(asked).rejects.toThrow("default_branch");
  expect(await client.find(`GET ${R}/issues/99`, at, Numbered)).toBeNull();
});

test("GraphQL answers what was asked for, and what it refuses is thrown with its type", async () => {
  const Viewer = z.object({ viewer: z.object({ login: z.string() }) });
  expect(await client.query("query { viewer { login } }", {}, Viewer)).toEqual({
    viewer: { login: "ada" },
  });
  const gone = client.query(
    'query { repository(owner: "ada", name: "gone") { id } }',
    {},
    z.unknown(),
  );
  await expect(gone).rejects.toThrow(GraphQLRefused);
  await expect(gone).rejects.toMatchObject({ types: ["NOT_FOUND"] });
});

test("an answer that never comes is waited for no longer than said, and counts as an outage", async () => {
  world.double.faults.push({ on: `GET ${R}/issues`, kind: "answer-hangs", times: 1 });
  const { url } = world.double;
  const impatient = createTransport({
    apiUrl: url,
    graphqlUrl: `${url}/graphql`,
    token,
    userAgent: "cairn-test",
    timeoutMs: 50,
  });
  const asked = createClient(impatient, createPace({ clock, retryMs: [2_000] }));
  expect(await asked.list(`GET ${R}/issues`, at, Numbered)).toEqual([]);
});

test("GraphQL's limit, which it answers with 200, holds like any other", () => {
  const reset = clock.time / 1000 + 90;
  const over = new GraphQLRefused([{ type: "RATE_LIMITED", message: "API rate limit exceeded" }], {
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": String(reset),
  });
  expect(limitOf(over, clock.time)).toEqual({
    at: reset * 1000,
    words: "API rate limit exceeded",
  });
  expect(limitOf(new GraphQLRefused([{ type: "FORBIDDEN" }]), clock.time)).toBeNull();
});

describe("limits of GraphQL", () => {
  const RESET = 90_000;
  const headers = () => ({
    "x-ratelimit-remaining": "12",
    "x-ratelimit-reset": String((clock.time + RESET) / 1000),
  });

  test.each([
    ["RATE_LIMIT", "API rate limit already exceeded", RESET],
    ["RATE_LIMITED", "API rate limit exceeded", RESET],
    [undefined, "You have exceeded a secondary rate limit", 60_000],
    [undefined, "API rate limit exceeded", RESET],
  ])("%s, %s", (type, message, wait) => {
    const over = new GraphQLRefused([{ type, message }], headers());
    expect(limitOf(over, clock.time)?.at).toBe(clock.time + wait);
  });

  test("nothing left is one, too; a refusal that quotes the words is none", () => {
    const spent = { ...headers(), "x-ratelimit-remaining": "0" };
    const unnamed = new GraphQLRefused([{ message: "No." }], spent);
    expect(limitOf(unnamed, clock.time)?.at).toBe(clock.time + RESET);
    const quoting = new GraphQLRefused([{ type: "NOT_FOUND", message: "no label rate limit" }]);
    expect(limitOf(quoting, clock.time)).toBeNull();
  });

  test("a clock that is wrong here waits as long as one that is right", () => {
    const now = clock.time + 3_600_000;
    const date = new Date(clock.time).toUTCString();
    const over = new GraphQLRefused([{ type: "RATE_LIMIT", message: "API rate limit exceeded" }], {
      ...headers(),
      date,
    });
    expect(limitOf(over, now)?.at).toBe(now + RESET);
  });
});

test.each([
  [{ type: "INTERNAL", message: "?" }, true],
  [{ type: "SERVICE_UNAVAILABLE", message: "?" }, true],
  [{ message: "Something went wrong while executing your query." }, true],
  [{ message: "Timeout on validation of query" }, true],
  [{ type: "NOT_FOUND", message: "no label timeout" }, false],
  [{ type: "FORBIDDEN", message: "no" }, false],
])("GraphQL's %j may pass: %s", (error, may) => {
  expect(mayPass(new GraphQLRefused([error]))).toBe(may);
});

/** A service of one's own for answers that the double never gives; says how often it answered in full. */
async function answering(
  answers: readonly ((response: http.ServerResponse) => void)[],
  use: (client: GitHubClient) => Promise<void>,
): Promise<number> {
  let answered = 0;
  const server = http.createServer((request, response) => {
    response.setHeader("etag", '"1"');
    if (request.headers["if-none-match"] === '"1"') {
      response.writeHead(304).end();
      return;
    }
    answers[Math.min(answered, answers.length - 1)]?.(response);
    answered += 1;
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const apiUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const graphqlUrl = `${apiUrl}/graphql`;
  const transport = createTransport({ apiUrl, graphqlUrl, token, userAgent: "cairn-test" });
  try {
    await use(createClient(transport, createPace({ clock, retryMs: [2_000] })));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  }
  return answered;
}

const json = (text: string) => (response: http.ServerResponse) =>
  void response.setHeader("content-type", "application/json; charset=utf-8").end(text);

test.each(["", '{"number": 1, "ti'])("a body that ends as %j is asked for again", async (part) => {
  const answered = await answering([json(part), json('{"number":1}')], async (one) => {
    expect(await one.get(`GET ${R}`, at, Numbered)).toEqual({ number: 1 });
    // From memory, where the broken one is not.
    expect(await one.get(`GET ${R}`, at, Numbered)).toEqual({ number: 1 });
  });
  expect(answered).toBe(2);
});

test("a write and GraphQL whose answers break off are no answers", async () => {
  await answering([json("")], async (one) => {
    await expect(one.write(`POST ${R}/issues`, at, z.unknown())).rejects.toThrow("broke off");
    await expect(one.query("query { x }", {}, z.unknown())).rejects.toThrow("broke off");
  });
});

const text = (response: http.ServerResponse): void =>
  void response.setHeader("content-type", "text/plain").end("a long log");

test("texts are not kept in memory", async () => {
  const answered = await answering([text], async (one) => {
    expect(await one.get(`GET ${R}`, at, z.unknown())).toBe("a long log");
    expect(await one.get(`GET ${R}`, at, z.unknown())).toBe("a long log");
  });
  expect(answered).toBe(2);
});

const gone = (response: http.ServerResponse): void => {
  response.statusCode = 410;
  json('{"message":"Gone"}')(response);
};

test("what is gone is not found", async () => {
  await answering([gone], async (one) => {
    expect(await one.find(`GET ${R}`, at, Numbered)).toBeNull();
  });
});
