// The issue side a second time, against an emulator that others wrote (npm `emulate`, Apache-2.0): the project's own client
// must do there what it does against the double. Where the two differ from each other, one of them is wrong about GitHub.
import { createHmac } from "node:crypto";
import http from "node:http";
import net from "node:net";
import { createEmulator } from "emulate";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createClient, type GitHubClient } from "../../src/adapters/forge/github/client.ts";
import { createPace } from "../../src/adapters/forge/github/pace.ts";
import { createTransport } from "../../src/adapters/forge/github/transport.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { gitHubWorld, TOKEN } from "../support/github/world.ts";

interface Service {
  readonly url: string;
  close(): Promise<void>;
}

async function emulator(): Promise<Service> {
  const port = await freePort();
  return createEmulator({
    service: "github",
    port,
    baseUrl: `http://127.0.0.1:${port}`,
    seed: {
      tokens: { [TOKEN]: { login: "ada", scopes: ["repo"] } },
      github: {
        users: [{ login: "ada" }],
        repos: [{ owner: "ada", name: "mill", auto_init: true }],
      },
    },
  });
}

async function double(): Promise<Service> {
  const world = await gitHubWorld();
  return {
    url: world.double.url,
    close: async () => {
      const defects = world.double.seen.flatMap((one) => one.defects);
      await world.close();
      if (defects.length > 0) throw new Error(defects.join("\n"));
    },
  };
}

/** The emulator takes a number, not whatever is free. */
async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  return port;
}

/** A clock that jumps to whatever is waited for. */
function jumpingClock(): Clock {
  let time = Date.UTC(2026, 9, 1);
  return {
    now: () => time,
    alarm: (at, ring) => {
      const timer = setImmediate(() => {
        time = Math.max(time, at);
        ring();
      });
      return () => clearImmediate(timer);
    },
  };
}

function clientOf(url: string): GitHubClient {
  const transport = createTransport({
    apiUrl: url,
    graphqlUrl: `${url}/graphql`,
    token: async () => Promise.resolve(TOKEN),
    userAgent: "cairn-test",
  });
  return createClient(transport, createPace({ clock: jumpingClock(), retryMs: [] }));
}

const R = "/repos/{owner}/{repo}";
const at = { owner: "ada", repo: "mill" };
const Milestone = z.object({ number: z.int(), title: z.string(), state: z.string() });
const Label = z.object({ name: z.string(), color: z.string() });
const Issue = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.enum(["open", "closed"]),
  state_reason: z.string().nullable(),
  labels: z.array(Label),
  milestone: Milestone.nullable(),
  user: z.object({ login: z.string() }),
});
const Comment = z.object({ id: z.int(), body: z.string(), user: z.object({ login: z.string() }) });

async function using(
  make: () => Promise<Service>,
  act: (client: GitHubClient, url: string) => Promise<void>,
): Promise<void> {
  const service = await make();
  try {
    await act(clientOf(service.url), service.url);
  } finally {
    await service.close();
  }
}

describe.each([
  ["the emulator", emulator],
  ["the double", double],
] as const)("%s", (_name, make) => {
  test("keeps milestones, labels and issues as the client writes them", () =>
    using(make, async (client) => {
      const title = "Phase 1";
      const made = await client.write(`POST ${R}/milestones`, { ...at, title }, Milestone);
      expect(made).toEqual({ number: 1, title, state: "open" });
      const label = { name: "needs-human", color: "b60205" };
      expect(await client.write(`POST ${R}/labels`, { ...at, ...label }, Label)).toEqual(label);
      const twice = client.write(`POST ${R}/labels`, { ...at, ...label }, Label);
      await expect(twice).rejects.toMatchObject({ status: 422 });
      const given = { ...at, title: "One", body: "text", milestone: 1, labels: ["needs-human"] };
      expect(await client.write(`POST ${R}/issues`, given, Issue)).toEqual({
        number: 1,
        title: "One",
        body: "text",
        state: "open",
        state_reason: null,
        labels: [label],
        milestone: made,
        user: { login: "ada" },
      });
      const changes = { ...at, issue_number: 1, state: "closed", state_reason: "not_planned" };
      const closed = await client.write(`PATCH ${R}/issues/{issue_number}`, changes, Issue);
      expect([closed.state, closed.state_reason]).toEqual(["closed", "not_planned"]);
      expect(await client.list(`GET ${R}/issues`, at, Issue)).toEqual([]);
      const all = { ...at, state: "all", milestone: "1" };
      expect(await client.list(`GET ${R}/issues`, all, Issue)).toEqual([closed]);
      const gone = { ...at, issue_number: 99 };
      expect(await client.find(`GET ${R}/issues/{issue_number}`, gone, Issue)).toBeNull();
      const shut = { ...at, milestone_number: 1, state: "closed" };
      const over = await client.write(`PATCH ${R}/milestones/{milestone_number}`, shut, Milestone);
      expect(over.state).toBe("closed");
      const open = await client.list(`GET ${R}/milestones`, at, Milestone);
      const every = await client.list(`GET ${R}/milestones`, { ...at, state: "all" }, Milestone);
      expect([open, every]).toEqual([[], [over]]);
    }));

  test("gives labels and takes them, and edits comments in place", () =>
    using(make, async (client) => {
      const on = { ...at, issue_number: 1 };
      await client.write(`POST ${R}/issues`, { ...at, title: "One" }, Issue);
      const labelled = { ...on, labels: ["ready", "bug"] };
      const labels = await client.write(
        `POST ${R}/issues/{issue_number}/labels`,
        labelled,
        Label.array(),
      );
      expect(labels.map(({ name }) => name).toSorted()).toEqual(["bug", "ready"]);
      const route = `DELETE ${R}/issues/{issue_number}/labels/{name}` as const;
      const left = await client.write(route, { ...on, name: "bug" }, Label.array());
      expect(left.map(({ name }) => name)).toEqual(["ready"]);
      const comments = `${R}/issues/{issue_number}/comments`;
      const body = "<!-- cairn:status:r1:#1 -->\nplanned";
      const made = await client.write(`POST ${comments}`, { ...on, body }, Comment);
      const edit = { ...at, comment_id: made.id, body: "running" };
      await client.write(`PATCH ${R}/issues/comments/{comment_id}`, edit, Comment);
      expect(await client.list(`GET ${comments}`, on, Comment)).toEqual([
        { id: made.id, body: "running", user: { login: "ada" } },
      ]);
    }));

  test("is read through all pages", () =>
    using(make, async (client) => {
      for (let index = 1; index <= 130; index += 1)
        await client.write(`POST ${R}/issues`, { ...at, title: `Issue ${index}` }, Issue);
      const all = await client.list(`GET ${R}/issues`, { ...at, state: "all" }, Issue);
      expect(new Set(all.map(({ number }) => number)).size).toBe(130);
    }));
});

test("the emulator's webhook carries the signature that the double's carries", () =>
  using(emulator, async (client) => {
    const secret = "It's a Secret to Everybody";
    const hook = await oneDelivery();
    try {
      const config = { url: hook.url, secret, content_type: "json" };
      const asked = { ...at, name: "web", active: true, events: ["issues"], config };
      await client.write(`POST ${R}/hooks`, asked, z.object({ id: z.int() }));
      await client.write(`POST ${R}/issues`, { ...at, title: "One" }, Issue);
      const { headers, body } = await hook.delivery;
      const hash = createHmac("sha256", secret).update(body).digest("hex");
      expect(headers["x-hub-signature-256"]).toBe(`sha256=${hash}`);
      expect(headers["x-github-event"]).toBe("issues");
      // GitHub sends a GUID here; the emulator counts.
      expect(headers["x-github-delivery"]).toBe("1");
      expect(JSON.parse(body)).toMatchObject({
        action: "opened",
        issue: { number: 1, title: "One" },
        repository: { full_name: "ada/mill" },
        sender: { login: "ada" },
      });
    } finally {
      await hook.close();
    }
  }));

/** A receiver of one delivery. */
async function oneDelivery(): Promise<{
  readonly url: string;
  readonly delivery: Promise<{ readonly headers: http.IncomingHttpHeaders; readonly body: string }>;
  close(): Promise<void>;
}> {
  const first = Promise.withResolvers<{ headers: http.IncomingHttpHeaders; body: string }>();
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      response.end();
      // The first one of another event tells that the hook is there.
      if (request.headers["x-github-event"] === "ping") return;
      first.resolve({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    delivery: first.promise,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
