import type { Work } from "../core/run/outcomes.ts";
import type { Task } from "../core/run/run.ts";
import type { Repository, WorkFacts } from "../ports/repository.ts";

const MARKER = /^<{7} /gm;

/**
 * What is to be known of work on top of a merge of the base, as far as texts tell. `markers`: only files with more of
 * them than they showed before, as their text. `dropped`, where a conflict was to be settled: paths that the branch had
 * changed and of which nothing is left. Nothing in any other round.
 */
export async function afterMerge(
  repository: Pick<Repository, "filesAt">,
  task: Task,
  facts: WorkFacts,
): Promise<Partial<Pick<Work, "dropped" | "markers">>> {
  const { head, mergingWith, roundKind, changedPaths } = task;
  if (mergingWith === null || head === null || facts.missing || facts.head === head) return {};
  const settles = roundKind === "conflict";
  const asked = new Set([
    ...facts.markers,
    ...(settles ? [...changedPaths, ...facts.changedPaths] : []),
  ]);
  if (asked.size === 0) return settles ? { dropped: [] } : {};
  const textsAt = async (commit: string): Promise<Texts> => {
    const files = await repository.filesAt(commit, (path) => asked.has(path));
    return new Map(files.map(({ path, text }) => [path, text]));
  };
  const commits = [head, mergingWith, facts.head, task.workspace?.forkPoint ?? head];
  const [own, base, now, fork] = await Promise.all(commits.map(textsAt));
  if (own === undefined || base === undefined || now === undefined || fork === undefined) return {};
  const markers = facts.markers.filter((path) => {
    const before = Math.max(count(own.get(path)), count(base.get(path)));
    return count(now.get(path)) > before || !now.has(path);
  });
  if (!settles) return { markers };
  const conflicted = new Set(task.conflict?.files.map(({ path }) => path));
  return { markers, dropped: dropped(changedPaths, conflicted, { own, base, now, fork }) };
}

type Texts = ReadonlyMap<string, string>;

/**
 * Where the base had left a path alone, its change has to be there, or where the base moved it. Where both sides changed
 * it a merge may well end as the base has it; of what conflicted that is told all the same.
 */
function dropped(
  paths: readonly string[],
  conflicted: ReadonlySet<string>,
  {
    own,
    base,
    now,
    fork,
  }: { readonly own: Texts; readonly base: Texts; readonly now: Texts; readonly fork: Texts },
): readonly string[] {
  const anywhere = new Set(now.values());
  return paths.filter((path) => {
    const [mine, left] = [own.get(path), now.get(path)];
    if (mine === undefined || left === mine || left !== base.get(path)) return false;
    return (base.get(path) === fork.get(path) && !anywhere.has(mine)) || conflicted.has(path);
  });
}

function count(text = ""): number {
  return text.match(MARKER)?.length ?? 0;
}
