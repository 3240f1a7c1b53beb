import http from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../clock/system-clock.ts";
import { createClient } from "../../forge/github/client.ts";
import { explained } from "../../forge/github/explained.ts";
import { createPace } from "../../forge/github/pace.ts";
import { createTransport } from "../../forge/github/transport.ts";
import type { GitHubApi } from "./api.ts";
import { lookUp } from "./outside.ts";

const token = async (): Promise<string> => Promise.resolve("ghp_secret");

let server: http.Server;
let api: GitHubApi;
/** What every repository but `eve/open` answers. */
let status: number;

beforeEach(async () => {
  server = http.createServer((request, response) => {
    const isOpen = request.url?.startsWith("/repos/eve/open/") === true;
    response.writeHead(isOpen ? 200 : status, { "content-type": "application/json" });
    const issue = { number: 1, title: "Before", state: "open" };
    response.end(JSON.stringify(isOpen ? issue : { message: "Repository access blocked" }));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const apiUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const graphqlUrl = `${apiUrl}/graphql`;
  const transport = createTransport({ apiUrl, graphqlUrl, token, userAgent: "cairn-test" });
  const client = createClient(transport, createPace({ clock: systemClock, retryMs: [] }));
  api = explained(client, () => ({ repository: "ada/mill", doing: "read the issues" }));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
});

test.each([403, 404, 410, 451])("%s of another repository: it is not found", async (answered) => {
  status = answered;
  const found = await lookUp(api, "ada/mill", ["eve/closed#1", "eve/open#1"]);
  expect([...found.keys()]).toEqual(["eve/open#1"]);
});

test.each(["#1", "ada/mill#1"])("403 of this repository is told: %s", async (name) => {
  status = 403;
  await expect(lookUp(api, "ada/mill", [name])).rejects.toMatchObject({ code: "github/forbidden" });
});

test("an outage of another repository is told", async () => {
  status = 502;
  await expect(lookUp(api, "ada/mill", ["eve/closed#1"])).rejects.toMatchObject({
    code: "github/away",
  });
});
