import { createHmac, randomUUID } from "node:crypto";
import http from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../../errors.ts";
import { readNews } from "./webhook-news.ts";
import { startWebhooks, type ForgeNews, type Webhooks } from "./webhooks.ts";

const SECRET = "s3cret";
const SHA = "a".repeat(40);

let webhooks: Webhooks;
let news: ForgeNews[];

beforeEach(async () => {
  news = [];
  webhooks = await startWebhooks({
    listen: "127.0.0.1:0",
    secret: SECRET,
    repository: "ada/mill",
    onNews: (one) => void news.push(one),
  });
});

afterEach(() => webhooks.close());

interface Sent {
  readonly event?: string;
  readonly payload?: unknown;
  readonly body?: string;
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delivery?: string;
  readonly method?: string;
  readonly url?: string;
}

const OPENED = { repository: { full_name: "Ada/Mill" }, pull_request: { number: 7 } };

async function send(sent: Sent = {}): Promise<number> {
  const body = sent.body ?? JSON.stringify(sent.payload ?? OPENED);
  const answer = await fetch(sent.url ?? webhooks.url, {
    method: sent.method ?? "POST",
    ...(sent.method === "GET" ? {} : { body }),
    headers: {
      "content-type": "application/json",
      "x-github-event": sent.event ?? "pull_request",
      "x-github-delivery": sent.delivery ?? randomUUID(),
      "x-hub-signature-256": signatureOf(body, sent.secret),
      ...sent.headers,
    },
  });
  return answer.status;
}

function signatureOf(body: string, secret = SECRET): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

test("it listens on this machine alone unless told otherwise, and says so where it does not", async () => {
  expect(new URL(webhooks.url).hostname).toBe("127.0.0.1");
  const warnings: string[] = [];
  const onWarning = (words: string): void => void warnings.push(words);
  const open = await startWebhooks({
    listen: "0.0.0.0:0",
    secret: SECRET,
    onNews: () => undefined,
    onWarning,
  });
  await open.close();
  expect(warnings.join("\n")).toContain("other machines");
});

test.each([undefined, "", "  \n"])("without a secret (%j) it does not start", async (secret) => {
  const started = startWebhooks({
    listen: "127.0.0.1:0",
    secret,
    secretName: "HOOK_SECRET",
    onNews: () => undefined,
  });
  await expect(started).rejects.toMatchObject({
    code: "webhook/no-secret",
    hints: expect.arrayContaining([expect.stringContaining("HOOK_SECRET=")]),
  });
});

test.each(["", "8080", "127.0.0.1", "127.0.0.1:99999", "http://127.0.0.1:1", "a b:1"])(
  "%j is no address",
  async (listen) => {
    const started = startWebhooks({ listen, secret: SECRET, onNews: () => undefined });
    await expect(started).rejects.toBeInstanceOf(UserError);
  },
);

test("a port that is taken is said to be", async () => {
  const listen = new URL(webhooks.url).host;
  const second = startWebhooks({ listen, secret: SECRET, onNews: () => undefined });
  await expect(second).rejects.toMatchObject({ code: "webhook/listen" });
});

test.each<readonly [string, object, ForgeNews]>([
  ["pull_request", { pull_request: { number: 7 } }, { kind: "pull-request", number: 7 }],
  ["pull_request_review", { pull_request: { number: 7 } }, { kind: "pull-request", number: 7 }],
  [
    "pull_request_review_thread",
    { pull_request: { number: 7 } },
    { kind: "pull-request", number: 7 },
  ],
  ["issue_comment", { issue: { number: 3 } }, { kind: "issue", number: 3 }],
  [
    "issue_comment",
    { issue: { number: 4, pull_request: {} } },
    { kind: "pull-request", number: 4 },
  ],
  ["issues", { issue: { number: 3 } }, { kind: "issue", number: 3 }],
  ["push", { ref: "refs/heads/feat/a" }, { kind: "push", branch: "feat/a" }],
  ["check_run", { check_run: { head_sha: SHA } }, { kind: "checks", head: SHA }],
  ["check_suite", { check_suite: { head_sha: SHA } }, { kind: "checks", head: SHA }],
  ["workflow_run", { workflow_run: { head_sha: SHA } }, { kind: "checks", head: SHA }],
  ["status", { sha: SHA }, { kind: "checks", head: SHA }],
  ["merge_group", { merge_group: { head_sha: SHA } }, { kind: "checks", head: SHA }],
])("%s %j is news", async (event, payload, told) => {
  expect(await send({ event, payload })).toBe(202);
  expect(news).toEqual([told]);
});

test("what says nothing is taken and not told: a ping, a tag, an event of another kind or repository", async () => {
  expect(await send({ event: "ping", payload: { zen: "Keep it logically awesome." } })).toBe(204);
  expect(await send({ event: "push", payload: { ref: "refs/tags/v1" } })).toBe(204);
  expect(await send({ event: "star", payload: {} })).toBe(204);
  const other = { ...OPENED, repository: { full_name: "eve/mill" } };
  expect(await send({ payload: other })).toBe(204);
  expect(news).toEqual([]);
});

test("the form that GitHub sends by default is read too", async () => {
  const body = new URLSearchParams({ payload: JSON.stringify(OPENED) }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  expect(await send({ body, headers })).toBe(202);
  expect(news).toEqual([{ kind: "pull-request", number: 7 }]);
});

describe("what is not signed is not read", () => {
  const body = JSON.stringify(OPENED);
  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ["another secret", { "x-hub-signature-256": signatureOf(body, "guess") }],
    ["another body", { "x-hub-signature-256": signatureOf(`${body} `) }],
    ["none", { "x-hub-signature-256": "" }],
    ["the older kind", { "x-hub-signature-256": "sha1=0123", "x-hub-signature": "sha1=0123" }],
    ["a short one", { "x-hub-signature-256": signatureOf(body).slice(0, -2) }],
    ["in capitals", { "x-hub-signature-256": signatureOf(body).toUpperCase() }],
    ["no hexadecimal", { "x-hub-signature-256": `sha256=${"zz".repeat(32)}` }],
  ])("%s", async (_, headers) => {
    expect(await send({ headers })).toBe(401);
    expect(news).toEqual([]);
  });

  test("and keeps no genuine delivery of the same name out", async () => {
    const delivery = randomUUID();
    expect(await send({ delivery, secret: "guess" })).toBe(401);
    expect(await send({ delivery })).toBe(202);
  });
});

test("a delivery that comes again is told once, until 5,000 others have come", async () => {
  const delivery = randomUUID();
  expect(await send({ delivery })).toBe(202);
  expect(await send({ delivery })).toBe(204);
  expect(news).toHaveLength(1);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  await Promise.all(Array.from({ length: 5_000 }, () => post(agent)));
  agent.destroy();
  expect(await send({ delivery })).toBe(202);
}, 60_000);

/** As `send`, over connections that are kept: thousands of these are fast enough only so. */
function post(agent: http.Agent): Promise<void> {
  const body = JSON.stringify(OPENED);
  const headers = {
    "x-github-event": "pull_request",
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": signatureOf(body),
    "content-length": Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const request = http.request(webhooks.url, { method: "POST", agent, headers }, (answer) => {
      answer.resume().on("end", resolve);
    });
    request.on("error", reject).end(body);
  });
}

test.each(["", "{", "null", "[]", "7", '"text"', '{"pull_request":{"number":"7"}}', "\0\u{ff}"])(
  "signed garbage %j is refused and told to nobody",
  async (body) => {
    expect(await send({ body })).toBe(400);
    expect(await send()).toBe(202);
    expect(news).toHaveLength(1);
  },
);

test("a signature is of the bytes as they came, not of what they mean", async () => {
  const body = `  ${JSON.stringify({ ...OPENED, text: "grün" }, null, 3)}\r\n`;
  expect(await send({ body })).toBe(202);
});

test("a body over 25 MB is refused, whether it says so or not", async () => {
  const announced = await status({ "content-length": String(25 * 1024 * 1024 + 1) }, []);
  expect(announced).toBe(413);
  const piece = Buffer.alloc(1024 * 1024, 32);
  const pieces = Array.from({ length: 27 }, () => piece);
  // The connection may be cut before its answer is read: either way nothing was taken.
  expect([413, "cut"]).toContain(await status({ "transfer-encoding": "chunked" }, pieces));
  expect(news).toEqual([]);
  expect(await send()).toBe(202);
});

function status(
  headers: Readonly<Record<string, string>>,
  pieces: readonly Buffer[],
): Promise<number | "cut"> {
  return new Promise((resolve) => {
    const request = http.request(webhooks.url, { method: "POST", headers }, (answer) => {
      resolve(answer.statusCode ?? 0);
      request.destroy();
    });
    request.on("error", () => resolve("cut"));
    request.flushHeaders();
    for (const piece of pieces) request.write(piece);
    if (pieces.length > 0) request.end();
  });
}

test("only POST, only there, only from what is no browser", async () => {
  expect(await send({ method: "GET" })).toBe(405);
  expect(await send({ method: "PUT" })).toBe(405);
  expect(await send({ url: webhooks.url.replace("/webhook", "/") })).toBe(404);
  expect(await send({ url: `${webhooks.url}/more` })).toBe(404);
  expect(await send({ headers: { origin: "https://evil.example" } })).toBe(403);
  expect(news).toEqual([]);
});

test("whoever takes the news and fails brings nothing down", async () => {
  const warnings: string[] = [];
  const failing = await startWebhooks({
    listen: "127.0.0.1:0",
    secret: SECRET,
    onNews: () => {
      throw new Error("no room");
    },
    onWarning: (words) => void warnings.push(words),
  });
  expect(await send({ url: failing.url })).toBe(202);
  expect(await send({ url: failing.url })).toBe(202);
  await failing.close();
  expect(warnings).toEqual(Array(2).fill("A webhook could not be taken: no room"));
});

test("an event is read whatever else it holds, and a commit is one", () => {
  expect(readNews("status", { sha: "main" }, null)).toBe("unreadable");
  expect(readNews("push", { ref: "refs/heads/x", repository: null }, "ada/mill")).toEqual({
    kind: "push",
    branch: "x",
  });
});
