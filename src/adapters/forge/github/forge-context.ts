import type { Clock } from "../../../ports/clock.ts";
import type { RemoteBranches } from "./branches.ts";
import type { GitHubClient } from "./client.ts";

/** What every part of the forge works with. */
export interface ForgeContext {
  readonly client: GitHubClient;
  readonly branches: RemoteBranches;
  readonly clock: Clock;
  /** Parameters of every route, and variables of every query. */
  readonly at: { readonly owner: string; readonly repo: string };
  /** Number of the milestone that pull requests are put in; null: none. */
  readonly milestone: number | null;
}

/** Route below the repository: `${REPOSITORY}/pulls`. */
export const REPOSITORY = "/repos/{owner}/{repo}";

/** True where the two are one name to GitHub, which keeps the spelling and ignores it. */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
