import type { GitHubClient } from "./client.ts";
import { explainGitHub } from "./errors.ts";
import type { Attempted } from "./errors.ts";

/** The reading part of a client; what it throws are sentences for a person. */
export type ReadingClient = Pick<GitHubClient, "get" | "find" | "list" | "query">;

/** Reads through that client and explains what goes wrong, as `explainGitHub` does. */
export function explained(client: ReadingClient, attempted: () => Attempted): ReadingClient {
  const told = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      throw explainGitHub(error, attempted());
    }
  };
  return {
    get: async (route, parameters, schema) => told(client.get(route, parameters, schema)),
    find: async (route, parameters, schema) => told(client.find(route, parameters, schema)),
    list: async (route, parameters, item) => told(client.list(route, parameters, item)),
    query: async (document, variables, schema) => told(client.query(document, variables, schema)),
  };
}
