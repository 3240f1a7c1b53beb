import { Octokit } from "@octokit/core";
import { RequestError } from "@octokit/request-error";
import { GraphQLRefused, httpFailure } from "./failures.ts";

export { GraphQLRefused } from "./failures.ts";

export interface TransportOptions {
  /** `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** Asked before every request: an installation's token lives for an hour. */
  readonly token: () => Promise<string>;
  readonly userAgent: string;
  /** How long an answer may take; absent: a minute. */
  readonly timeoutMs?: number;
}

export type Parameters = Readonly<Record<string, unknown>>;

export interface Page {
  readonly data: unknown;
  readonly hasNext: boolean;
  /** Of the answer that brought the data: `x-oauth-scopes` and the like. */
  readonly headers: Headers;
}

export type Headers = Readonly<Record<string, string | number | undefined>>;

/** Requests one by one, as they are: nothing is paced, tried again or checked here. */
export interface Transport {
  /** Answered from memory where the service says that nothing has changed; that does not count against its limits. */
  read(route: string, parameters: Parameters): Promise<Page>;
  write(route: string, parameters: Parameters): Promise<unknown>;
  /** @throws GraphQLRefused */
  graphql(document: string, variables: Parameters): Promise<unknown>;
}

/** GitHub itself ends a request after ten seconds; what takes longer is lost on the way. */
const TIMEOUT_MS = 60_000;
const API_VERSION = "2022-11-28";
/** Answers kept with their entity tags; the oldest is forgotten first. */
const TAGS_KEPT = 2_000;

interface Tagged extends Page {
  readonly etag: string;
}

export function createTransport(options: TransportOptions): Transport {
  const octokit = new Octokit({ baseUrl: options.apiUrl, userAgent: options.userAgent });
  const tags = new Map<string, Tagged>();
  const headers = async (): Promise<Record<string, string>> => ({
    authorization: `token ${await options.token()}`,
    "x-github-api-version": API_VERSION,
  });
  const limited = (): { readonly signal: AbortSignal } => ({
    signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
  });
  return {
    read: async (route, parameters) => {
      const key = `${route} ${JSON.stringify(parameters)}`;
      const known = tags.get(key);
      const condition = known === undefined ? {} : { "if-none-match": known.etag };
      try {
        const sent = {
          ...parameters,
          headers: { ...(await headers()), ...condition },
          request: limited(),
        };
        const { data, headers: got } = whole(await octokit.request(route, sent));
        const fresh = {
          etag: got.etag ?? "",
          data,
          hasNext: hasNext(got.link),
          headers: got,
        };
        remember(tags, key, fresh);
        return fresh;
      } catch (error) {
        if (known !== undefined && httpFailure(error)?.status === 304) return known;
        throw error;
      }
    },
    write: async (route, parameters) => {
      const sent = { ...parameters, headers: await headers(), request: limited() };
      return whole(await octokit.request(route, sent)).data;
    },
    graphql: async (query, variables) => {
      const sent = { url: options.graphqlUrl, headers: await headers(), query, variables };
      const answer = await octokit.request({ method: "POST", ...sent, request: limited() });
      return readGraphQL(whole(answer).data, answer.headers);
    },
  };
}

interface Answer {
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  readonly data: unknown;
}

/**
 * The client answers a body that broke off as the text it got, as if all were well.
 * @throws RequestError that counts as an outage.
 */
function whole<T extends Answer>(answer: T): T & { readonly data: unknown } {
  const isJson = /\bjson\b/iu.test(String(answer.headers["content-type"] ?? ""));
  if (!isJson || typeof answer.data !== "string") return answer;
  const request = { method: "GET", url: answer.url, headers: {} } as const;
  throw new RequestError("The answer broke off", 500, { request });
}

function remember(tags: Map<string, Tagged>, key: string, fresh: Tagged): void {
  if (fresh.etag === "" || !isSmall(fresh.data)) return;
  tags.delete(key);
  tags.set(key, fresh);
  const [oldest] = tags.keys();
  if (tags.size > TAGS_KEPT && oldest !== undefined) tags.delete(oldest);
}

/** Logs are texts of many megabytes, and each is asked for once. */
function isSmall(data: unknown): boolean {
  return typeof data === "object" && data !== null && !(data instanceof ArrayBuffer);
}

function hasNext(link: string | undefined): boolean {
  return /;\s*rel="next"/u.test(link ?? "");
}

/** GraphQL answers 200 to what it refuses. */
function readGraphQL(data: unknown, headers: Headers): unknown {
  if (typeof data !== "object" || data === null) return data;
  const errors: unknown = "errors" in data ? data.errors : undefined;
  const answer: unknown = "data" in data ? data.data : data;
  if (Array.isArray(errors) && errors.length > 0) throw new GraphQLRefused(errors, headers, answer);
  return answer;
}
