import type { Work } from "../core/run/outcomes.ts";
import type { Task } from "../core/run/run.ts";
import type { Repository, WorkFacts } from "../ports/repository.ts";

const MARKER = /^<{7} /m;

/**
 * What is to be known of work on top of a merge of the base, as far as texts tell. `markers`: only what that merge left,
 * not what a file showed before it as its text. `dropped`, where a conflict was to be settled: paths that the branch had
 * changed and of which nothing is left, gone or as in the base. Nothing in any other round.
 */
export async function afterMerge(
  repository: Pick<Repository, "filesAt">,
  { head, mergingWith, roundKind, changedPaths }: Task,
  facts: WorkFacts,
): Promise<Partial<Pick<Work, "dropped" | "markers">>> {
  if (mergingWith === null || head === null || facts.missing || facts.head === head) return {};
  const settles = roundKind === "conflict";
  const asked = new Set([...facts.markers, ...(settles ? changedPaths : [])]);
  if (asked.size === 0) return settles ? { dropped: [] } : {};
  const textsAt = async (commit: string): Promise<ReadonlyMap<string, string>> => {
    const files = await repository.filesAt(commit, (path) => asked.has(path));
    return new Map(files.map(({ path, text }) => [path, text]));
  };
  const [before, base] = await Promise.all([textsAt(head), textsAt(mergingWith)]);
  const markers = facts.markers.filter(
    (path) => ![before, base].some((texts) => MARKER.test(texts.get(path) ?? "")),
  );
  if (!settles) return { markers };
  const now = await textsAt(facts.head);
  const dropped = [...before].flatMap(([path, text]) => {
    const left = now.get(path);
    if (left === text || !changedPaths.includes(path)) return [];
    return left === undefined || left === base.get(path) ? [path] : [];
  });
  return { markers, dropped };
}
