import { RequestError } from "@octokit/request-error";

/** Waits that GitHub asks for where it names none. */
const LIMIT_WAIT_MS = 60_000;

export interface HttpFailure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly message: string;
  /** Body of the answer, as it came. */
  readonly data: unknown;
}

/** The answer inside an error of the client; null where there was none. */
export function httpFailure(error: unknown): HttpFailure | null {
  if (!(error instanceof RequestError)) return null;
  const headers = error.response?.headers ?? {};
  return { status: error.status, headers, message: error.message, data: error.response?.data };
}

/** What GraphQL refused; `types` are the service's own words: `NOT_FOUND`, `FORBIDDEN`, `RATE_LIMITED`. */
export class GraphQLRefused extends Error {
  readonly types: readonly string[];
  readonly headers: HttpFailure["headers"];
  /** Where in the answer each refusal stands: `["repository", "p12"]`; empty: all of it. */
  readonly places: readonly (readonly string[])[];
  /** What was answered all the same. */
  readonly data: unknown;

  constructor(
    errors: readonly unknown[],
    headers: HttpFailure["headers"] = {},
    data: unknown = null,
  ) {
    super(errors.map((error) => wordOf(error, "message")).join("; "));
    this.name = "GraphQLRefused";
    this.types = errors.map((error) => wordOf(error, "type"));
    this.headers = headers;
    this.places = errors.map((error) => {
      const path = fieldOf(error, "path");
      return Array.isArray(path) ? path.map(String) : [];
    });
    this.data = data;
  }
}

function wordOf(value: unknown, name: string): string {
  const word = fieldOf(value, name);
  return typeof word === "string" ? word : "";
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1] as unknown;
}

/**
 * Until when a rate limit asks to wait; null: this is none. `retry-after` counts seconds, `x-ratelimit-reset` is a time
 * of day in seconds, by the clock of the service: what its answer says of the time now counts, not this machine's.
 */
export function limitOf(
  error: unknown,
  now: number,
): { readonly at: number; readonly words: string } | null {
  const failure = refusal(error);
  if (failure === null || (failure.status !== 403 && failure.status !== 429)) return null;
  const { headers, message } = failure;
  const after = Number(headers["retry-after"] ?? Number.NaN);
  if (Number.isFinite(after)) return { at: now + after * 1000, words: message };
  const isSecondary = /secondary rate limit|abuse detection/iu.test(message);
  const isPrimary = isSpent(headers) || (!isSecondary && /rate limit/iu.test(message));
  if (isPrimary) return { at: resetOf(headers, now), words: message };
  const isLimit = failure.status === 429 || isSecondary;
  return isLimit ? { at: now + LIMIT_WAIT_MS, words: message } : null;
}

function isSpent(headers: HttpFailure["headers"]): boolean {
  return String(headers["x-ratelimit-remaining"] ?? "") === "0";
}

function resetOf(headers: HttpFailure["headers"], now: number): number {
  const reset = Number(headers["x-ratelimit-reset"] ?? Number.NaN) * 1000;
  if (!Number.isFinite(reset)) return now + LIMIT_WAIT_MS;
  const told = Date.parse(String(headers["date"] ?? ""));
  const sent = Number.isFinite(told) ? told : now;
  return now + Math.max(1000, reset - sent);
}

/** GraphQL answers 200 to requests that are over its limit. */
function refusal(error: unknown): Omit<HttpFailure, "data"> | null {
  if (!(error instanceof GraphQLRefused)) return httpFailure(error);
  const { types, headers, message } = error;
  const isNamed = types.some((type) => type === "RATE_LIMIT" || type === "RATE_LIMITED");
  // The secondary limit has no type. What has another one quotes names, which may be called anything.
  const isSaid = hasUntyped(error) && (/rate limit/iu.test(message) || isSpent(headers));
  return isNamed || isSaid ? { status: 429, headers, message } : null;
}

function hasUntyped({ types }: GraphQLRefused): boolean {
  return types.length > 0 && types.every((type) => type === "");
}

/** True for what may be over in a moment: an outage, a connection that broke, an answer that was lost. */
export function mayPass(error: unknown): boolean {
  if (error instanceof GraphQLRefused) return isTrouble(error);
  const failure = httpFailure(error);
  if (failure !== null) return failure.status >= 500;
  if (!(error instanceof Error)) return false;
  // fetch says little itself: the reason is its cause's code.
  const code = codeOf(error) ?? codeOf(error.cause);
  return code !== null && NETWORK.has(code);
}

/** GraphQL says so with 200; what ran out of its time has no type. */
function isTrouble(error: GraphQLRefused): boolean {
  if (error.types.some((type) => type === "INTERNAL" || type === "SERVICE_UNAVAILABLE"))
    return true;
  return hasUntyped(error) && /something went wrong|timeout/iu.test(error.message);
}

const NETWORK: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_SOCKET",
]);

function codeOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("code" in value)) return null;
  return typeof value.code === "string" ? value.code : null;
}
