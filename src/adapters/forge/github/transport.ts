import { Octokit } from "@octokit/core";
import { httpFailure } from "./failures.ts";

export interface TransportOptions {
  /** `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** Asked before every request: an installation's token lives for an hour. */
  readonly token: () => Promise<string>;
  readonly userAgent: string;
}

export type Parameters = Readonly<Record<string, unknown>>;

export interface Page {
  readonly data: unknown;
  readonly hasNext: boolean;
}

/** Requests one by one, as they are: nothing is paced, tried again or checked here. */
export interface Transport {
  /** Answered from memory where the service says that nothing has changed; that does not count against its limits. */
  read(route: string, parameters: Parameters): Promise<Page>;
  write(route: string, parameters: Parameters): Promise<unknown>;
  /** @throws GraphQLRefused */
  graphql(document: string, variables: Parameters): Promise<unknown>;
}

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
  return {
    read: async (route, parameters) => {
      const key = `${route} ${JSON.stringify(parameters)}`;
      const known = tags.get(key);
      const condition = known === undefined ? {} : { "if-none-match": known.etag };
      try {
        const sent = { ...parameters, headers: { ...(await headers()), ...condition } };
        const { data, headers: got } = await octokit.request(route, sent);
        const fresh = { etag: got.etag ?? "", data: data as unknown, hasNext: hasNext(got.link) };
        remember(tags, key, fresh);
        return fresh;
      } catch (error) {
        if (known !== undefined && httpFailure(error)?.status === 304) return known;
        throw error;
      }
    },
    write: async (route, parameters) =>
      (await octokit.request(route, { ...parameters, headers: await headers() })).data as unknown,
    graphql: async (query, variables) => {
      const sent = { url: options.graphqlUrl, headers: await headers(), query, variables };
      const answer = await octokit.request({ method: "POST", ...sent });
      return readGraphQL(answer.data);
    },
  };
}

function remember(tags: Map<string, Tagged>, key: string, fresh: Tagged): void {
  if (fresh.etag === "") return;
  tags.delete(key);
  tags.set(key, fresh);
  const [oldest] = tags.keys();
  if (tags.size > TAGS_KEPT && oldest !== undefined) tags.delete(oldest);
}

function hasNext(link: string | undefined): boolean {
  return /;\s*rel="next"/u.test(link ?? "");
}

/** GraphQL answers 200 to what it refuses. */
function readGraphQL(data: unknown): unknown {
  if (typeof data !== "object" || data === null) return data;
  const errors: unknown = "errors" in data ? data.errors : undefined;
  if (Array.isArray(errors) && errors.length > 0) throw new GraphQLRefused(errors);
  return "data" in data ? data.data : data;
}

/** What GraphQL refused; `types` are the service's own words: `NOT_FOUND`, `FORBIDDEN`, `RATE_LIMITED`. */
export class GraphQLRefused extends Error {
  readonly types: readonly string[];

  constructor(errors: readonly unknown[]) {
    super(errors.map((error) => wordOf(error, "message")).join("; "));
    this.name = "GraphQLRefused";
    this.types = errors.map((error) => wordOf(error, "type"));
  }
}

function wordOf(value: unknown, name: string): string {
  if (typeof value !== "object" || value === null) return "";
  const word: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
  return typeof word === "string" ? word : "";
}
