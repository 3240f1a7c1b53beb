import type { GateResult } from "../core/execute/gates.ts";
import { judgeGates } from "../core/execute/judge-gates.ts";
import type { BreachFact, Outcome } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import type { CommitSha } from "../core/shared/names.ts";
import { progressMessage } from "../messages/commits.ts";
import { moveBase } from "./move-base.ts";
import type { World } from "./performer.ts";
import { sourceEdits } from "./source-edits.ts";

/** What the gates of the whole said about one commit. */
export interface Measured {
  readonly results: readonly GateResult[];
  readonly breaches?: readonly BreachFact[];
}

type Tested = Extract<Outcome, { of: "TestIntegration" }>;

/**
 * Tests the whole together with what its source keeps in files of its own: marks of what is done (a ticked box, a row of
 * a table), and the issues that joined the run for what partial results left. They are one commit on top, and the branch
 * moves there only when that commit is green. The commit is the same however often it is built, so after a death in
 * between the branch is found where it is. Where the marks themselves are what is red (a formatter that is a gate), or
 * somebody moved the branch, the whole counts without them.
 */
export function testWithMarks(
  world: World,
  run: Run,
  commit: CommitSha,
  measure: (commit: CommitSha) => Promise<Measured>,
): (inside: () => Promise<void>) => Promise<Tested> {
  // What has landed is not made different for the sake of a mark.
  const edits = run.landed === null ? sourceEdits(world, run) : null;
  const { baseline } = run;
  const { integrationBranch } = run.settings;
  return async (inside) => {
    const plain = async (): Promise<Tested> => ({
      of: "TestIntegration",
      commit,
      ...(await measure(commit)),
    });
    const path = edits?.path ?? "";
    const marked =
      edits === null
        ? null
        : await world.repository.commitFiles({
            onto: commit,
            files: edits.files,
            message: progressMessage(path),
          });
    await inside();
    if (edits === null || marked === null) return plain();
    const measured = await measure(marked);
    const breached = measured.breaches !== undefined && measured.breaches.length > 0;
    if (breached || measured.results.some((result) => result.problem === "ended"))
      return { of: "TestIntegration", commit, ...measured };
    if (judgeGates(measured.results, baseline).length > 0) {
      const left = "the gates are red with them";
      // An engine that died behind the move had found them green: the branch does not stay where they are not.
      await moveBase(world, integrationBranch, marked, commit);
      const without = await plain();
      const isGreen = judgeGates(without.results, baseline).length === 0;
      return isGreen ? { ...without, progress: { path, left } } : without;
    }
    const moved = await moveBase(world, integrationBranch, commit, marked);
    if (moved === "stale")
      return { ...(await plain()), progress: { path, left: "somebody moved the branch" } };
    const followUps = edits.taken();
    const written = followUps.length === 0 ? {} : { followUps };
    const progress = { path, from: commit, ...written };
    return { of: "TestIntegration", commit: marked, ...measured, progress };
  };
}
