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
 * of day in seconds.
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
  if (String(headers["x-ratelimit-remaining"] ?? "") === "0") {
    const reset = Number(headers["x-ratelimit-reset"] ?? Number.NaN) * 1000;
    return {
      at: Number.isFinite(reset) ? Math.max(reset, now + 1000) : now + LIMIT_WAIT_MS,
      words: message,
    };
  }
  const isLimit = failure.status === 429 || /secondary rate limit|abuse detection/iu.test(message);
  return isLimit ? { at: now + LIMIT_WAIT_MS, words: message } : null;
}

/** GraphQL answers 200 to requests that are over its limit. */
function refusal(error: unknown): Omit<HttpFailure, "data"> | null {
  if (!(error instanceof GraphQLRefused)) return httpFailure(error);
  if (!error.types.includes("RATE_LIMITED")) return null;
  return { status: 429, headers: error.headers, message: error.message };
}

/** True for what may be over in a moment: an outage, a connection that broke, an answer that was lost. */
export function mayPass(error: unknown): boolean {
  const failure = httpFailure(error);
  if (failure !== null) return failure.status >= 500;
  if (!(error instanceof Error)) return false;
  // fetch says little itself: the reason is its cause's code.
  const code = codeOf(error) ?? codeOf(error.cause);
  return code !== null && NETWORK.has(code);
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
