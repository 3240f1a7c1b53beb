import { isAgentMail } from "../../../core/shared/agent-mail.ts";
import type { CommitSha } from "../../../core/shared/names.ts";
import type { Forge, MergeOutcome, PushOutcome } from "../../../ports/forge.ts";
import type { Repository } from "../../../ports/repository.ts";

export interface LocalForgeOptions {
  readonly repository: Pick<
    Repository,
    | "resolve"
    | "moveBranch"
    | "ensureBranch"
    | "isAncestor"
    | "committerOf"
    | "checkedOutAt"
    | "fastForwardCheckout"
  >;
  /** Number of the pull request for a head branch: the task's place in the run, so that it is the same after a crash. */
  readonly numberOf: (branch: string) => number;
}

const nothing = async (): Promise<void> => Promise.resolve();

/**
 * A forge without a service: pull requests, checks and reviews are facts of the run's log, branches are those of the
 * repository, and merging moves the base branch there. Nothing is pushed.
 */
export function createLocalForge(options: LocalForgeOptions): Forge {
  const { repository, numberOf } = options;
  return {
    kind: "local",
    tipOf: async (branch) => repository.resolve(`refs/heads/${branch}`),
    ensureBranch: async (branch, at) => repository.ensureBranch(branch, at),
    advance: async (branch, from, to) => advance(repository, branch, from, to),
    push: async () => Promise.resolve({ kind: "already" }),
    openPullRequest: async (draft) =>
      Promise.resolve({ number: numberOf(draft.branch), url: null }),
    updatePullRequest: nothing,
    leaveDraft: nothing,
    returnToDraft: nothing,
    addLabels: nothing,
    closePullRequest: nothing,
    // Whoever tidies a run removes its merged branches, here where they are.
    deleteBranch: async () => Promise.resolve("gone"),
    look: async () => Promise.resolve([]),
    comment: nothing,
    answer: nothing,
    closeIssue: nothing,
    reopenIssue: nothing,
    closeMilestone: nothing,

    async merge({ base, from, candidate, branch, expectedHead }): Promise<MergeOutcome> {
      const head = await repository.resolve(`refs/heads/${branch}`);
      if (head !== null && head !== expectedHead) {
        // What was pushed behind a merge whose answer was lost does not undo it.
        const tip = await repository.resolve(`refs/heads/${base}`);
        const isMerged = tip !== null && (await repository.isAncestor(candidate, tip));
        return isMerged ? { kind: "merged", commit: candidate } : { kind: "head-moved", head };
      }
      const moved = await repository.moveBranch(base, from, candidate);
      if (moved !== "stale") return { kind: "merged", commit: candidate };
      return whereItIs(repository, base, candidate, from);
    },
  };
}

/** A branch that is checked out moves only with a clean checkout; what it would lose there is named. */
async function advance(
  repository: LocalForgeOptions["repository"],
  branch: string,
  from: CommitSha,
  to: CommitSha,
): Promise<PushOutcome> {
  const checkout = await repository.checkedOutAt(branch);
  if (checkout !== null) {
    const moved = await repository.fastForwardCheckout(checkout, to);
    if (moved === "moved") return { kind: "pushed" };
    if (moved === "not-fast-forward")
      return { kind: "moved", tip: await repository.resolve(`refs/heads/${branch}`) };
    const why = `${branch} is checked out in ${checkout} with changes that are not committed.`;
    return { kind: "refused", why };
  }
  const moved = await repository.moveBranch(branch, from, to);
  if (moved === "stale")
    return { kind: "moved", tip: await repository.resolve(`refs/heads/${branch}`) };
  return { kind: moved === "moved" ? "pushed" : "already" };
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
