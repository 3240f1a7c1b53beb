// The double as a service on loopback: REST, GraphQL and git behind one port, every request written down.
import { createHash, createHmac, randomUUID } from "node:crypto";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { NOT_FOUND, refuse, type Answer, type Route } from "./call.ts";
import {
  completed,
  findRoute,
  requestDefects,
  responseDefects,
  type Json,
  type JsonObject,
} from "./description.ts";
import { faultAnswer, hasEffect, takeFault, takeLost, type Fault } from "./faults.ts";
import { serveGit } from "./git-http.ts";
import { answerGraphQL, isMutation } from "./graphql-side.ts";
import { settleDue, type Hub, type Token } from "./hub.ts";
import { settleAutoMerges } from "./merging.ts";
import { installHook } from "./protection.ts";
import { noticeRefs } from "./pushes.ts";
import { ISSUE_ROUTES } from "./rest-issues.ts";
import { PULL_ROUTES } from "./rest-pulls.ts";
import { REPOSITORY_ROUTES } from "./rest-repos.ts";

const ROUTES: Readonly<Record<string, Route>> = {
  ...ISSUE_ROUTES,
  ...PULL_ROUTES,
  ...REPOSITORY_ROUTES,
};

/** One request that was answered, or died of a fault. */
export interface Seen {
  readonly at: number;
  readonly method: string;
  /** Route of the description, `graphql` or `git`. */
  readonly route: string;
  readonly status: number;
  /** Everything but GET, mutations, and pushes. */
  readonly isWrite: boolean;
  /** What the description has against it; a test expects none. */
  readonly defects: readonly string[];
}

export interface GitHubDouble {
  readonly hub: Hub;
  /** Base of the REST API; GraphQL lies at `/graphql` below it, git at `/OWNER/NAME.git`. */
  readonly url: string;
  readonly cloneUrl: string;
  readonly seen: Seen[];
  readonly faults: Fault[];
  /** Sends a signed webhook and answers the receiver's status. */
  webhook(
    to: string,
    event: string,
    payload: JsonObject,
    secret: string,
    delivery?: string,
  ): Promise<number>;
  close(): Promise<void>;
}

const GIT_PUSH = ["git", "git push"];
const GIT_FETCH = ["git", "git fetch"];

/** Starts the service on a free port of the loopback. */
export async function startGitHub(hub: Hub): Promise<GitHubDouble> {
  const seen: Seen[] = [];
  const faults: Fault[] = [];
  const tags = new Map<string, string>();
  const server = http.createServer((request, response) => {
    void serve({ hub, seen, faults, tags }, request, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(JSON.stringify({ message: error instanceof Error ? (error.stack ?? "") : "?" }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  installHook(hub.gitDir);
  noticeRefs(hub, hub.owner);
  const merge = (): void => {
    settleAutoMerges(hub);
  };
  hub.watchers.add(merge);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    hub,
    url,
    cloneUrl: `${url}/${hub.owner}/${hub.name}.git`,
    seen,
    faults,
    webhook: sendWebhook,
    close: () =>
      new Promise<void>((resolve) => {
        hub.watchers.delete(merge);
        for (const entry of hub.due) entry.cancel();
        hub.due.clear();
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

interface Service {
  readonly hub: Hub;
  readonly seen: Seen[];
  readonly faults: Fault[];
  /** Entity tags by token and address. */
  readonly tags: Map<string, string>;
}

async function serve(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { hub, seen } = service;
  const url = new URL(request.url ?? "/", "http://loopback");
  const method = request.method ?? "GET";
  const note = (route: string, status: number, more: Partial<Seen> = {}): void => {
    const isWrite = method !== "GET";
    seen.push({ at: hub.now(), method, route, status, defects: [], isWrite, ...more });
  };
  // Limits are told by the clock of the service.
  response.setHeader("date", new Date(hub.now()).toUTCString());
  settleDue(hub);
  noticeRefs(hub, hub.owner);
  if (url.pathname.startsWith(`/${hub.owner}/${hub.name}.git`)) {
    const isPush = `${url.pathname}${url.search}`.includes("receive-pack");
    // The push itself, not the question before it where branches are.
    const isLost = isPush && method === "POST" && takeLost(service.faults) !== null;
    const others = service.faults.filter((one) => !hasEffect(one));
    const fault = isLost ? null : takeFault(others, isPush ? GIT_PUSH : GIT_FETCH);
    note("git", fault === null && !isLost ? 200 : 503, { isWrite: isPush && method === "POST" });
    if (fault !== null) return end(response, { status: 503, body: null });
    return gitRequest(hub, request, response, isLost);
  }
  if (url.pathname.startsWith("/_logs/")) {
    const run = hub.checks.get(Number(url.pathname.slice("/_logs/".length)));
    response.end(run?.log ?? "");
    return;
  }
  const text = await readBody(request);
  const body = text === "" ? undefined : (JSON.parse(text) as Json);
  // Enterprise servers have the REST API below /api/v3 and GraphQL beside it.
  const pathname = url.pathname.replace(/^\/api\/v3/, "");
  const isGraphQL = pathname === "/graphql" || pathname === "/api/graphql";
  const found = isGraphQL ? null : findRoute(method, pathname);
  const route = isGraphQL ? "graphql" : found === null ? pathname : `${method} ${found.template}`;
  const isWrite = isGraphQL ? isMutation(body) : method !== "GET";
  const names = isGraphQL ? ["graphql", isWrite ? "graphql mutation" : "graphql query"] : [route];
  const fault = takeFault(service.faults, names);
  if (fault !== null && !hasEffect(fault)) {
    const answer = faultAnswer(fault, hub.now());
    note(route, answer?.status ?? 0, { isWrite });
    if (answer === null) return void request.socket.destroy();
    return end(response, answer);
  }
  const token = authorise(hub, request);
  const answer =
    "status" in token
      ? token
      : isGraphQL
        ? await graphql(hub, token, body)
        : found === null
          ? NOT_FOUND
          : rest(service, { method, url, body, token, route, ...found });
  const defects =
    isGraphQL || found === null
      ? found === null && !isGraphQL
        ? [`GitHub has no ${method} ${pathname}`]
        : []
      : [
          ...requestDefects(method, found.template, { query: url.searchParams, body }),
          ...responseDefects(method, found.template, answer.status, answer.body),
        ];
  const sent = tagged(service, request, url, answer);
  note(route, fault === null ? sent.status : 0, { defects, isWrite });
  if (fault?.kind === "answer-lost") return void request.socket.destroy();
  // Nobody ever answers: the client gives up by itself, or the double is closed.
  if (fault !== null) return;
  return end(response, sent);
}

function gitRequest(
  hub: Hub,
  request: IncomingMessage,
  response: ServerResponse,
  isLost: boolean,
): void {
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const secret =
    basic === undefined ? undefined : Buffer.from(basic, "base64").toString().split(":")[1];
  const token = secret === undefined ? undefined : hub.tokens.get(secret);
  const isPush = (request.url ?? "").includes("receive-pack");
  if (isPush && token?.canWrite !== true) {
    response.setHeader("www-authenticate", 'Basic realm="GitHub"');
    return end(response, { status: token === undefined ? 401 : 403, body: null });
  }
  serveGit(hub, request, response, isPush ? (token?.user ?? null) : null, isLost);
}

function authorise(hub: Hub, request: IncomingMessage): Token | Answer {
  const given = /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const token = given === undefined ? undefined : hub.tokens.get(given);
  if (given === undefined) return refuse(401, "Requires authentication");
  if (token === undefined) return refuse(401, "Bad credentials");
  if (token.needsSso) {
    const words =
      "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.";
    return {
      ...refuse(403, words),
      headers: { "x-github-sso": "required; url=https://github.invalid/orgs/o/sso" },
    };
  }
  return token;
}

async function graphql(hub: Hub, token: Token, body: Json | undefined): Promise<Answer> {
  const request = body as { readonly query: string; readonly variables?: Record<string, unknown> };
  return { status: 200, body: (await answerGraphQL(hub, token, request)) as Json };
}

interface RestRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: Json | undefined;
  readonly token: Token;
  readonly route: string;
  readonly template: string;
  readonly places: Readonly<Record<string, string>>;
}

function rest({ hub }: Service, request: RestRequest): Answer {
  const { method, url, body, token, template, places } = request;
  const { owner, repo } = places;
  if (owner !== undefined && (owner !== hub.owner || repo !== hub.name)) return NOT_FOUND;
  const isWrite = method !== "GET";
  if (isWrite && hub.archived) return refuse(403, "Repository was archived so is read-only.");
  // What a token may not see is not there.
  if (isWrite && !token.canWrite) return NOT_FOUND;
  const handler = ROUTES[request.route];
  if (handler === undefined) return refuse(501, `The double does not do ${request.route}.`);
  const call = { hub, places, query: url.searchParams, token, body: (body ?? {}) as JsonObject };
  const answer = handler(call);
  const scopes = token.scopes === null ? {} : { "x-oauth-scopes": token.scopes.join(", ") };
  const whole = answer.isList === true ? paged(answer, url) : answer;
  if (whole.status >= 400) return { ...whole, headers: { ...scopes, ...whole.headers } };
  return {
    ...whole,
    body: completed(method, template, whole.status, whole.body),
    headers: { ...scopes, ...whole.headers },
  };
}

function paged(answer: Answer, url: URL): Answer {
  const items = answer.body as readonly Json[];
  const size = Math.min(100, Number(url.searchParams.get("per_page") ?? 30));
  const page = Number(url.searchParams.get("page") ?? 1);
  const body = items.slice((page - 1) * size, page * size);
  if (page * size >= items.length) return { ...answer, body };
  const next = new URL(url);
  next.searchParams.set("page", String(page + 1));
  return { ...answer, body, headers: { link: `<${next.pathname}${next.search}>; rel="next"` } };
}

/** Entity tags: what has not changed is answered with 304 and costs nothing. */
function tagged({ tags }: Service, request: IncomingMessage, url: URL, answer: Answer): Answer {
  if (request.method !== "GET" || answer.status !== 200) return answer;
  const etag = `W/"${createHash("sha256").update(JSON.stringify(answer.body)).digest("hex").slice(0, 32)}"`;
  tags.set(url.href, etag);
  const headers = { ...answer.headers, etag };
  if (request.headers["if-none-match"] === etag) return { status: 304, body: null, headers };
  return { ...answer, headers };
}

function end(response: ServerResponse, answer: Answer): void {
  response.statusCode = answer.status;
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.setHeader("x-github-request-id", randomUUID());
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    const host = response.req.headers.host ?? "";
    response.setHeader(name, name === "link" ? value.replace("</", `<http://${host}/`) : value);
  }
  response.end(answer.body === null ? "" : JSON.stringify(answer.body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function sendWebhook(
  to: string,
  event: string,
  payload: JsonObject,
  secret: string,
  delivery: string = randomUUID(),
): Promise<number> {
  const body = JSON.stringify(payload);
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const answer = await fetch(to, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": delivery,
      "x-hub-signature-256": `sha256=${signature}`,
    },
  });
  return answer.status;
}
