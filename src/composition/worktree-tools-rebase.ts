import type { TaskNote } from "../adapters/git/task-note.ts";
import { isBusy, rebaseWorktree } from "../adapters/git/task-rebase.ts";
import { signWorktree, statusAt } from "../adapters/git/task-worktrees.ts";
import type { RebasedWorktreeJson } from "../api/worktree-json.ts";
import { ExitCode, UserError } from "../errors.ts";
import { requireTask, type Tools } from "./worktree-tools.ts";

/**
 * Puts the branch of a worktree on top of its base, or of `onto`. A conflict leaves everything as it was.
 * @throws UserError `worktree/unknown`, `worktree/not-usable`, `worktree/dirty`, `worktree/no-base`, `worktree/rebase`
 */
export async function rebaseTask(
  tools: Tools,
  written: string,
  named: string | null,
): Promise<RebasedWorktreeJson> {
  const { path, gitDir, note } = await requireReady(tools, written);
  const onto = named ?? note.base;
  const commit = await tools.repository.resolve(onto);
  if (commit === null)
    throw refuse(
      "no-base",
      `${onto} is no branch and no commit here.`,
      "Name another with --onto.",
    );
  const end = await rebaseWorktree(tools.git, path, commit);
  if (end.kind === "refused") {
    throw new UserError(
      "worktree/rebase",
      `git would not rebase ${note.branch}; everything is as it was.`,
      {
        quote: end.words,
        exitCode: ExitCode.failures,
      },
    );
  }
  const answer = { schemaVersion: 1, key: note.key, branch: note.branch, onto } as const;
  if (end.kind === "conflict") {
    const tip = await tools.repository.resolve(`refs/heads/${note.branch}`);
    return { ...answer, commit: tip ?? note.from, result: "conflict", conflicts: end.paths };
  }
  const isBase = named === null || named === note.base;
  await signWorktree(gitDir, { ...note, base: isBase ? note.base : onto, from: commit });
  return { ...answer, commit: end.tip, result: end.kind, conflicts: [] };
}

/** A worktree in which a rebase may begin. */
async function requireReady(
  tools: Tools,
  written: string,
): Promise<{ readonly path: string; readonly gitDir: string; readonly note: TaskNote }> {
  const found = await requireTask(tools, written);
  const { note, registered, path } = found;
  if (note === null || registered?.isWhole !== true)
    throw refuse(
      "not-usable",
      `The worktree in ${path} is broken.`,
      `Begin it again: cairn worktree create ${written} --clean`,
    );
  if (isBusy(registered.gitDir))
    throw refuse(
      "not-usable",
      `A rebase or merge is under way in ${path}.`,
      `Finish it there, or give it up: git -C ${path} rebase --abort`,
    );
  if (registered.branch !== note.branch)
    throw refuse(
      "not-usable",
      `${path} is not on its branch ${note.branch}.`,
      `git -C ${path} switch ${note.branch}`,
    );
  const modified = (await statusAt(tools.git, found))?.modifiedPaths ?? [];
  if (modified.length > 0) {
    const shown = `${modified.slice(0, 5).join(", ")}${modified.length > 5 ? ", …" : ""}`;
    throw refuse(
      "dirty",
      `Not committed in ${path}: ${shown}.`,
      "Commit it first, or put it aside: git stash",
    );
  }
  return { path, gitDir: registered.gitDir, note };
}

function refuse(code: string, words: string, mend: string): UserError {
  return new UserError(`worktree/${code}`, words, { hints: [mend], exitCode: ExitCode.failures });
}
