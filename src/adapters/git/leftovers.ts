import fs from "node:fs/promises";
import path from "node:path";
import type { CommitSha, RunId } from "../../core/shared/names.ts";
import { UserError } from "../../errors.ts";
import { compareAndSwap, deleteBranch, tipOf } from "./branches.ts";
import { isSlotName, removeSlot } from "./checkout-slot.ts";
import { readRecursionLock } from "./recursion-lock.ts";
import { keeperOf, letGo } from "./keep-commits.ts";
import { RESOLUTIONS } from "./recorded-resolutions.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { readStatus } from "./status.ts";
import { isAncestor } from "./workspaces.ts";
import { exists, readWorktrees } from "./worktrees.ts";

/** Something of ours that stands in the repository. */
export type Leftover =
  | {
      readonly kind: "slot";
      readonly slot: string;
      readonly path: string;
      /** Run and branch it was prepared for; null for gates and broken ones. */
      readonly run: RunId | null;
      readonly branch: string | null;
      /** Not committed; would be lost. */
      readonly dirtyPaths: readonly string[];
    }
  | {
      readonly kind: "branch";
      readonly branch: string;
      readonly tip: CommitSha;
      /** Its commits are on one of the branches it was held against. */
      readonly merged: boolean;
    }
  | { readonly kind: "ref"; readonly ref: string; readonly commit: CommitSha }
  /** Commits that Cairn made for a run (`keptName`) and could make again, as many as `count`. */
  | { readonly kind: "kept"; readonly run: string; readonly count: number };

export interface LeftoverQuestion {
  /** Branches of ours by name: task and integration branches the log knows. */
  readonly branches: readonly string[];
  /** Branches that work merges into. */
  readonly mergedInto: readonly string[];
  /** Tips that the log says were merged: a squashed branch is nobody's ancestor. */
  readonly mergedTips?: Readonly<Record<string, CommitSha>>;
}

/** Slots in the worktrees folder, the named branches that exist, and everything under `refs/cairn/`. */
export async function findLeftovers(
  context: RepositoryContext,
  question: LeftoverQuestion,
): Promise<readonly Leftover[]> {
  const [slots, branches, refs] = await Promise.all([
    findSlots(context),
    findBranches(context, question),
    findRefs(context),
  ]);
  return [...slots, ...branches, ...refs];
}

/**
 * Removes one; gone already is fine.
 * @throws UserError `clean/unmerged`, `clean/uncommitted` when work would be lost and `force` was not given.
 */
export async function removeLeftover(
  context: RepositoryContext,
  leftover: Leftover,
  options: { readonly force: boolean },
): Promise<void> {
  switch (leftover.kind) {
    case "slot":
      if (leftover.dirtyPaths.length > 0 && !options.force) {
        throw losesWork("uncommitted", `${leftover.path} holds work that was never committed`);
      }
      return context.oneByOne(() => removeSlot(context, leftover.slot));
    case "branch":
      if (!leftover.merged && !options.force) {
        throw losesWork("unmerged", `\`${leftover.branch}\` holds commits that were never merged`);
      }
      return deleteBranch(context, leftover.branch, leftover.tip);
    case "ref":
      // These refs are all that holds the commits an agent lost or was not allowed to make.
      if (!options.force) throw losesWork("unmerged", `${leftover.ref} keeps commits alive`);
      await compareAndSwap(context, leftover.ref, leftover.commit, null);
      return;
    case "kept":
      await letGo(context, leftover.run);
  }
}

async function findSlots(context: RepositoryContext): Promise<readonly Leftover[]> {
  const registered = await readWorktrees(context.commonDir);
  const folder = context.worktreesFolder;
  const there: readonly string[] = await fs.readdir(folder).catch(() => []);
  const known = registered.filter((one) => !one.isMain && path.dirname(one.path) === folder);
  const names = new Set([
    ...there.filter(isSlotName),
    ...known.map((one) => path.basename(one.path)),
  ]);
  return Promise.all(
    [...names]
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map(async (slot): Promise<Leftover> => {
        const worktree = known.find((one) => path.basename(one.path) === slot);
        const lock = worktree === undefined ? null : await readRecursionLock(worktree.gitDir);
        const at = path.join(folder, slot);
        const dirtyPaths =
          worktree?.isWhole === true && (await exists(at))
            ? (await readStatus(context, at)).dirtyPaths
            : [];
        return {
          kind: "slot",
          slot,
          path: at,
          run: lock?.run ?? null,
          branch: worktree?.branch ?? null,
          dirtyPaths,
        };
      }),
  );
}

async function findBranches(
  context: RepositoryContext,
  question: LeftoverQuestion,
): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const branch of question.branches) {
    const tip = await tipOf(context, branch);
    if (tip !== null) {
      found.push({
        kind: "branch",
        branch,
        tip,
        merged: await isMerged(context, branch, tip, question),
      });
    }
  }
  return found;
}

async function isMerged(
  context: RepositoryContext,
  branch: string,
  tip: CommitSha,
  question: LeftoverQuestion,
): Promise<boolean> {
  if (question.mergedTips?.[branch] === tip) return true;
  for (const name of question.mergedInto) {
    const into = name === branch ? null : await tipOf(context, name);
    if (into !== null && (await isAncestor(context, tip, into))) return true;
  }
  return false;
}

async function findRefs(context: RepositoryContext): Promise<readonly Leftover[]> {
  const answer = await context.git([
    "for-each-ref",
    "--format=%(objectname) %(refname)",
    "refs/cairn/",
  ]);
  const refs: Leftover[] = [];
  const kept = new Map<string, number>();
  for (const line of answer.text.split("\n").filter((one) => one !== "")) {
    const space = line.indexOf(" ");
    const ref = line.slice(space + 1);
    // How conflicts were settled is knowledge of the repository's, not what a run has left.
    if (ref.startsWith(RESOLUTIONS)) continue;
    const run = keeperOf(ref);
    if (run === null) refs.push({ kind: "ref", ref, commit: line.slice(0, space) });
    else kept.set(run, (kept.get(run) ?? 0) + 1);
  }
  return [...refs, ...[...kept].map(([run, count]) => ({ kind: "kept" as const, run, count }))];
}

function losesWork(code: "unmerged" | "uncommitted", what: string): UserError {
  return new UserError(`clean/${code}`, `${what}.`, {
    hints: ["`cairn clean --force` removes it all the same; nothing brings it back."],
  });
}
