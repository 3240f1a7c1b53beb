import { isAgentMail } from "../../../core/shared/agent-mail.ts";
import type { CommitSha } from "../../../core/shared/names.ts";
import type { Forge, MergeOutcome } from "../../../ports/forge.ts";
import type { Repository } from "../../../ports/repository.ts";

export interface LocalForgeOptions {
  readonly repository: Pick<Repository, "resolve" | "moveBranch" | "isAncestor" | "committerOf">;
  /** Number of the pull request for a head branch: the task's place in the run, so that it is the same after a crash. */
  readonly numberOf: (branch: string) => number;
}

/**
 * A forge without a service: pull requests, checks and reviews are facts of the run's log, branches are those of the
 * repository, and merging moves the base branch there. Nothing is pushed.
 */
export function createLocalForge(options: LocalForgeOptions): Forge {
  const { repository, numberOf } = options;
  return {
    kind: "local",
    openPullRequest: async (draft) =>
      Promise.resolve({ number: numberOf(draft.branch), url: null }),
    updatePullRequest: async () => Promise.resolve(),
    leaveDraft: async () => Promise.resolve(),
    closePullRequest: async () => Promise.resolve(),

    async merge({ base, from, candidate, branch, expectedHead }): Promise<MergeOutcome> {
      const head = await repository.resolve(`refs/heads/${branch}`);
      if (head !== null && head !== expectedHead) return { kind: "head-moved", head };
      const moved = await repository.moveBranch(base, from, candidate);
      if (moved !== "stale") return { kind: "merged", commit: candidate };
      return whereItIs(repository, base, candidate, from);
    },
  };
}

/** Somebody moved the base: on top of our merge whose answer was lost, or instead of it. */
async function whereItIs(
  repository: LocalForgeOptions["repository"],
  base: string,
  candidate: CommitSha,
  from: CommitSha,
): Promise<MergeOutcome> {
  const tip = await repository.resolve(`refs/heads/${base}`);
  if (tip === null) return { kind: "base-rewound", base: null };
  if (await repository.isAncestor(candidate, tip)) return { kind: "merged", commit: candidate };
  if (isAgentMail(await repository.committerOf(tip))) {
    // Not a move to build on: it is put back when that session ends.
    return { kind: "deferred", why: `An agent wrote on ${base}; that is being put back.` };
  }
  const kept = await repository.isAncestor(from, tip);
  return kept ? { kind: "base-moved", base: tip } : { kind: "base-rewound", base: tip };
}
