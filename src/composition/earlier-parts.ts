import { existsSync } from "node:fs";
import { join } from "node:path";
import { gitEnvironment } from "../adapters/git/git-environment.ts";
import { runGit } from "../adapters/git/run-git.ts";
import { openStore } from "../adapters/sqlite/store.ts";
import type { SourceReference } from "../core/plan/issue.ts";
import { foldLog } from "../core/run/evolve.ts";
import type { Run } from "../core/run/run.ts";
import type { TaskKey } from "../core/shared/names.ts";
import { COMMITTER } from "./session-environment.ts";

/** More runs than the waves of a milestone have. */
const RUNS_READ_MAX = 50;

/**
 * Tasks that runs of a part of this milestone (`--wave`, `--from`) have merged and that are still there: on the
 * integration branch, or landed. Nothing is written.
 */
export async function mergedInParts(
  source: SourceReference,
  place: { readonly root: string; readonly cairnFolder: string },
): Promise<ReadonlySet<TaskKey>> {
  const parts = runsOfParts(source, place.cairnFolder);
  if (parts.length === 0) return new Set();
  const branches = await branchesOf(place.root);
  const kept = parts.filter(
    (run) => run.landed !== null || branches.has(run.settings.integrationBranch),
  );
  return new Set(kept.flatMap((run) => run.merged));
}

/**
 * True where that branch holds what earlier runs have merged, nobody has landed, and the next run will not do again: runs
 * of a part of this milestone, and with `closesIssues` all, since what they closed is done.
 */
export function partsOn(
  branch: string,
  source: SourceReference,
  cairnFolder: string,
  closesIssues: boolean,
): boolean {
  return runsOfParts(source, cairnFolder, closesIssues).some(
    (run) =>
      run.landed === null && run.merged.length > 0 && run.settings.integrationBranch === branch,
  );
}

function runsOfParts(
  source: SourceReference,
  cairnFolder: string,
  alsoWhole = false,
): readonly Run[] {
  if (!existsSync(join(cairnFolder, "cairn.db"))) return [];
  const log = openStore(cairnFolder, { readonly: true });
  try {
    return log
      .runs()
      .slice(0, RUNS_READ_MAX)
      .flatMap(({ run }) => {
        // The first two events say what the run is about; only a part of this milestone is folded whole.
        const head = foldLog(run, log.read(run, 0, 2));
        const isPart = head.plan !== null && (alsoWhole || !head.settings.wholeMilestone);
        if (!isPart || head.plan?.source.reference !== source.reference) return [];
        const whole = foldLog(run, log.read(run, 0));
        return whole.status === "complete" ? [whole] : [];
      });
  } finally {
    log.close();
  }
}

async function branchesOf(root: string): Promise<ReadonlySet<string>> {
  const answer = await runGit({
    cwd: root,
    env: gitEnvironment(COMMITTER),
    args: ["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/"],
  });
  return new Set(answer.text.split("\n"));
}
