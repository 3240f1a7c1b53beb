import { createHmac, timingSafeEqual } from "node:crypto";
import http from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ExitCode, UserError } from "../../../errors.ts";
import { isLoopback } from "./address.ts";
import { readNews } from "./webhook-news.ts";
import type { ForgeNews } from "./webhook-news.ts";

export type { ForgeNews } from "./webhook-news.ts";

export interface WebhookOptions {
  /** `127.0.0.1:0`, `[::1]:8080`, `0.0.0.0:8080`; port 0: a free one. */
  readonly listen: string;
  /** What the variable holds; absent or blank refuses to start. */
  readonly secret: string | undefined;
  /** Name of the variable with the secret, to say what to set. */
  readonly secretName?: string;
  /** `owner/repo`; events of others are passed over. Absent: all are taken. */
  readonly repository?: string;
  /** Told at once, in the order of arrival, as often as it comes; must not throw. */
  readonly onNews: (news: ForgeNews) => void;
  /** Sentences for a person. */
  readonly onWarning?: (words: string) => void;
}

export interface Webhooks {
  /** Where the forge, or what relays from it, sends to. */
  readonly url: string;
  close(): Promise<void>;
}

const PATH = "/webhook";
/** GitHub's own limit: it sends nothing that is larger. */
const BODY_BYTES_MAX = 25 * 1024 * 1024;
/** GitHub lets one ask for a delivery again for three days; a run has not more of them in that time. */
const DELIVERIES_KEPT = 5_000;
/** GitHub has given up by then. */
const REQUEST_MS = 10_000;
/** Bodies are held until their signature is known: not many at once. */
const CONNECTIONS_MAX = 32;

/**
 * Listens for webhooks of GitHub and says what they hint at. Only what is signed with the secret is read, each delivery
 * once. A hint shortens the wait for the next look and is never taken for the truth, so that late, doubled, lost and
 * replayed ones do no harm.
 * @throws UserError `webhook/no-secret`, `webhook/listen` for an address that is none, or where nothing can listen.
 */
export async function startWebhooks(options: WebhookOptions): Promise<Webhooks> {
  const { secret, secretName = "CAIRN_WEBHOOK_SECRET", onWarning } = options;
  if (secret === undefined || secret.trim() === "") throw noSecret(secretName);
  const { host, port } = readListen(options.listen);
  if (!isLoopback(hostForUrl(host)))
    onWarning?.(
      `Webhooks are received at ${options.listen}, which other machines may reach without encryption; behind a proxy on this machine use 127.0.0.1.`,
    );
  const receive = receiver(options, secret);
  const server = http.createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
    receive(request, response).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      onWarning?.(`A webhook could not be taken: ${why}`);
      end(response, 500);
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listening(server, host, port, options.listen);
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${hostForUrl(host)}:${taken}${PATH}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers one request after the other; remembers what was delivered. */
function receiver(
  { onNews, repository }: WebhookOptions,
  secret: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const delivered = new Set<string>();
  return async (request, response) => {
    const refused = refusalOf(request);
    if (refused !== null) return end(response, refused);
    const body = await readBody(request);
    if (body === null) return end(response, 413);
    if (!isSigned(body, request.headers["x-hub-signature-256"], secret)) return end(response, 401);
    const delivery = headerOf(request, "x-github-delivery");
    if (delivery !== "" && delivered.has(delivery)) return end(response, 204);
    const payload = readPayload(body, headerOf(request, "content-type"));
    const news = readNews(headerOf(request, "x-github-event"), payload, repository ?? null);
    if (news === "unreadable") return end(response, 400);
    if (delivery !== "") remember(delivered, delivery);
    if (news === null) return end(response, 204);
    end(response, 202);
    onNews(news);
  };
}

/** What is refused before a byte of the body is read; null: nothing. */
function refusalOf(request: IncomingMessage): 403 | 404 | 405 | 413 | null {
  if (new URL(request.url ?? "/", "http://local").pathname !== PATH) return 404;
  if (request.method !== "POST") return 405;
  // Only browsers send it, and no page has any business here.
  if (request.headers.origin !== undefined) return 403;
  return Number(request.headers["content-length"] ?? 0) > BODY_BYTES_MAX ? 413 : null;
}

/** The raw bytes, which are what was signed; null: there are too many. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes: unknown = chunk;
    if (!Buffer.isBuffer(bytes)) continue;
    size += bytes.length;
    if (size > BODY_BYTES_MAX) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function isSigned(
  body: Buffer,
  header: string | readonly string[] | undefined,
  secret: string,
): boolean {
  const hex = /^sha256=([0-9a-f]{64})$/u.exec(typeof header === "string" ? header : "")?.[1];
  const due = createHmac("sha256", secret).update(body).digest();
  return hex !== undefined && timingSafeEqual(Buffer.from(hex, "hex"), due);
}

/** JSON, or the form with one field of it that GitHub sends unless told otherwise; undefined: neither. */
function readPayload(body: Buffer, type: string): unknown {
  const text = body.toString("utf8");
  const isForm = /^application\/x-www-form-urlencoded\b/iu.test(type);
  try {
    const payload: unknown = JSON.parse(
      isForm ? (new URLSearchParams(text).get("payload") ?? "") : text,
    );
    return payload;
  } catch {
    return undefined;
  }
}

function remember(delivered: Set<string>, delivery: string): void {
  delivered.add(delivery);
  const [oldest] = delivered;
  if (delivered.size > DELIVERIES_KEPT && oldest !== undefined) delivered.delete(oldest);
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}

function end(response: ServerResponse, status: number): void {
  if (response.headersSent) return;
  const headers = status === 405 ? { allow: "POST" } : {};
  // What was not read to its end is not read any more.
  const isCut = status >= 400 && status !== 400 && status !== 401;
  response.writeHead(status, { ...headers, ...(isCut ? { connection: "close" } : {}) }).end();
}

interface Listen {
  readonly host: string;
  readonly port: number;
}

function readListen(written: string): Listen {
  const at = /^(?:\[([0-9a-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/iu.exec(written.trim());
  const host = at?.[1] ?? at?.[2];
  const port = Number(at?.[3] ?? Number.NaN);
  if (host !== undefined && port <= 65_535) return { host, port };
  throw new UserError(
    "webhook/listen",
    `\`${written.slice(0, 100)}\` is no address to listen on for webhooks.`,
    { hints: ["forge: {webhook: {listen: 127.0.0.1:0}} takes a free port of this machine."] },
  );
}

function hostForUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function listening(
  server: http.Server,
  host: string,
  port: number,
  written: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      reject(
        new UserError("webhook/listen", `Nothing can listen for webhooks at ${written}.`, {
          hints: [
            "Free the port, or name another: forge: {webhook: {listen: 127.0.0.1:0}} takes a free one.",
            "Without `forge.webhook` Cairn asks for news itself.",
          ],
          quote: error.message,
          exitCode: ExitCode.usage,
          cause: error,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}

function noSecret(name: string): UserError {
  return new UserError(
    "webhook/no-secret",
    `Webhooks are configured, and ${name} holds no secret: anybody could send them.`,
    {
      hints: [
        `Set ${name}=… to the secret of the webhook; openssl rand -hex 32 makes one.`,
        "Or leave `forge.webhook` out: Cairn asks for news itself.",
      ],
    },
  );
}
