// What a run costs: the requests that count against GitHub's limits.
import type { Seen } from "./server.ts";

export interface Counted {
  /** Requests to REST and GraphQL; what was answered with 304 counts nothing, git has no such limit. */
  readonly requests: number;
  /** Those of them that write: everything but GET, and GraphQL mutations. */
  readonly writes: number;
  readonly graphql: number;
  /** By route, the most frequent first. */
  readonly byRoute: Readonly<Record<string, number>>;
}

/** Counts what GitHub would count of these requests. */
export function counted(seen: readonly Seen[]): Counted {
  const counting = seen.filter((one) => one.route !== "git" && one.status !== 304);
  const routes = new Map<string, number>();
  for (const { route } of counting) routes.set(route, (routes.get(route) ?? 0) + 1);
  return {
    requests: counting.length,
    writes: counting.filter((one) => one.isWrite).length,
    graphql: counting.filter((one) => one.route === "graphql").length,
    byRoute: Object.fromEntries([...routes].toSorted(([, a], [, b]) => b - a)),
  };
}
