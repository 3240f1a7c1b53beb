import type { Run } from "../core/run/run.ts";
import type { CommitSha, TaskKey } from "../core/shared/names.ts";
import type { Repository } from "../ports/repository.ts";
import type { PerformerOf, World } from "./performer.ts";

interface Merged {
  readonly key: TaskKey;
  readonly commit: CommitSha;
}

/** What this run has merged, the oldest first. */
export function mergedWork(run: Run): readonly Merged[] {
  return run.merged.flatMap((key) => {
    const commit = run.tasks.get(key)?.mergedCommit ?? null;
    return commit === null ? [] : [{ key, commit }];
  });
}

/** Tasks whose merged commit `tip` does not contain; null: there is no such branch any more, all are lost. */
export async function lostFrom(
  repository: Pick<Repository, "isAncestor">,
  merged: readonly Merged[],
  tip: CommitSha | null,
): Promise<readonly TaskKey[]> {
  const lost: TaskKey[] = [];
  // Each lies just below the one merged after it: a short way, for which git need not be asked.
  let above = tip;
  for (const { key, commit } of merged.toReversed()) {
    if (above !== null && (await repository.isAncestor(commit, above))) above = commit;
    else if (tip === null || !(await repository.isAncestor(commit, tip))) lost.unshift(key);
  }
  return lost;
}

/** The whole is tested only where everything that was merged is still on the branch. */
export function testWhatWasMerged(
  world: World,
  test: PerformerOf<"TestIntegration">,
): PerformerOf<"TestIntegration"> {
  return (action, run) => {
    const tested = test(action, run);
    const merged = mergedWork(run);
    const { integrationBranch } = run.settings;
    return async (inside) => {
      const tip = await world.forge.tipOf(integrationBranch);
      const lost = await lostFrom(world.repository, merged, tip);
      if (lost.length === 0) return tested(inside);
      await inside();
      return { of: "TestIntegration", commit: action.commit, results: [], lost };
    };
  };
}
