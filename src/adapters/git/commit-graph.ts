import type { RepositoryContext } from "./repository-context.ts";
import { GitFailed } from "./run-git.ts";

/**
 * Lets git walk long histories by generation instead of by date, which a few commits with a wrong clock make slow. A
 * repository that cannot have one (a shallow clone) or no room for it is as good without.
 */
export async function writeCommitGraph(context: RepositoryContext): Promise<void> {
  try {
    await context.git(["commit-graph", "write", "--reachable", "--no-progress"]);
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
  }
}
