import { mergedParents, type HistoryCommit } from "../core/execute/tdd/history.ts";
import type { Run, Task } from "../core/run/run.ts";
import type { CommitSha } from "../core/shared/names.ts";
import { forkPointOf, type World } from "./performer.ts";

/** The commits of a task up to `commit`, oldest first, and what its work is measured from. */
export async function taskHistory(
  { repository }: Pick<World, "repository">,
  { integration, settings }: Run,
  task: Task,
  commit: CommitSha,
): Promise<{ readonly base: CommitSha; readonly commits: readonly HistoryCommit[] }> {
  const forkPoint = forkPointOf(task);
  const known = [integration?.head, integration?.base, await repository.resolve(settings.target)];
  const lines = new Set(
    known.filter((other): other is CommitSha => typeof other === "string" && other !== commit),
  );
  const commits = await repository.historyOf(forkPoint, commit, [...lines]);
  for (const parent of mergedParents(forkPoint, commits)) {
    // Anybody can write a merge of anything. Only what came after the fork point, on a line of Cairn's or of the target,
    // is a base that moved; measured from another one, tests that the task deletes would never have been there.
    if (!(await repository.isAncestor(forkPoint, parent))) continue;
    for (const line of lines)
      if (line === parent || (await repository.isAncestor(parent, line)))
        return { base: parent, commits };
  }
  return { base: forkPoint, commits };
}
