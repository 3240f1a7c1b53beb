import { RequestError } from "@octokit/request-error";

/** Waits that GitHub asks for where it names none. */
const LIMIT_WAIT_MS = 60_000;

interface HttpFailure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly message: string;
}

/** The answer inside an error of the client; null where there was none. */
export function httpFailure(error: unknown): HttpFailure | null {
  if (!(error instanceof RequestError)) return null;
  const headers = error.response?.headers ?? {};
  return { status: error.status, headers, message: error.message };
}

/**
 * Until when a rate limit asks to wait; null: this is none. `retry-after` counts seconds, `x-ratelimit-reset` is a time
 * of day in seconds.
 */
export function limitOf(
  error: unknown,
  now: number,
): { readonly at: number; readonly words: string } | null {
  const failure = httpFailure(error);
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
