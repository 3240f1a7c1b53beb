import type { CommitSha } from "../../core/shared/names.ts";
import type { RepositoryContext } from "./repository-context.ts";

/** A look at a workspace is as good as a new one for this long: nothing of ours works there between two steps. */
const FRESH_MS = 2_000;

interface Look {
  readonly head: CommitSha;
  readonly at: number;
}

const looks = new WeakMap<RepositoryContext, Map<string, Look>>();

/** Notes what a look has found after a session: the workspace clean at `head`, or (null) not clean. */
export function noteLook(context: RepositoryContext, folder: string, head: CommitSha | null): void {
  const known = looks.get(context) ?? new Map<string, Look>();
  looks.set(context, known);
  if (head === null) known.delete(folder);
  else known.set(folder, { head, at: performance.now() });
}

/** True when a look just now found the workspace clean at `head`. Good for one use: what follows may work there. */
export function wasSeenClean(context: RepositoryContext, folder: string, head: CommitSha): boolean {
  const look = looks.get(context)?.get(folder);
  looks.get(context)?.delete(folder);
  return look !== undefined && look.head === head && performance.now() - look.at < FRESH_MS;
}
