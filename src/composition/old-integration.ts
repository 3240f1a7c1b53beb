import { branchAge } from "../adapters/git/branch-age.ts";
import { openRepository } from "../adapters/git/git-repository.ts";
import { keepTip, openTaskGit, type TaskGit } from "../adapters/git/task-worktrees.ts";
import type { Config } from "../config/load.ts";
import type { CommitSha } from "../core/shared/names.ts";
import { UserError } from "../errors.ts";
import type { ReadPlan } from "../host/project.ts";
import type { Forge } from "../ports/forge.ts";
import { clockFrom } from "./clock.ts";
import { partsOn } from "./earlier-parts.ts";
import type { OpenedGitHub } from "./open-github.ts";
import { worktreesFolderOf } from "./open-world.ts";
import { COMMITTER } from "./session-environment.ts";

/** An integration branch that is there before its run, and that nobody has worked on for `branches.stale_after`. */
export interface OldIntegration {
  readonly branch: string;
  readonly target: string;
  /** The repository on GitHub that has it; null: this one. */
  readonly on: string | null;
  /** Milliseconds since its newest commit. */
  readonly ageMs: number;
  /** Commits that the target lacks. */
  readonly ahead: number;
  /**
   * Deletes it where it was found, if nobody has moved it meanwhile; its commits are kept first.
   * @throws UserError `workspace/branch-in-use` where a checkout of the person's has it.
   */
  drop(): Promise<Dropped>;
}

export type Dropped =
  | {
      readonly kind: "deleted";
      /** Ref that its commits are kept under. */
      readonly keptAs: string;
    }
  /** It could not be deleted and is as it was; `why` is a sentence. */
  | { readonly kind: "stays"; readonly why: string };

export interface IntegrationPlace {
  readonly root: string;
  readonly cairnFolder: string;
  readonly config: Config;
  /** Branches of the service; null: those of this repository count. */
  readonly forge: Pick<Forge, "tipOf" | "deleteBranch"> | null;
  readonly now: number;
}

/** As `findOldIntegration`, of a project as it is opened. @throws UserError `github/…` where the service does not answer. */
export async function oldIntegrationOf(
  read: ReadPlan,
  given: Omit<IntegrationPlace, "forge" | "now"> & {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly openGitHub: () => Promise<OpenedGitHub | null>;
  },
): Promise<OldIntegration | null> {
  const clock = clockFrom(given.env);
  const settings = read.settings.forge;
  const opened = settings === undefined ? null : await given.openGitHub();
  const place = { ...given, forge: null, now: clock.now() };
  if (settings === undefined || opened === null) return findOldIntegration(read, place);
  const { gitHubForge } = await import("./github-world.ts");
  // One try: where the service is away, a run waits for it with words, and a start would in silence.
  const forge = gitHubForge(opened, { root: given.root, clock, settings, retryMs: [] });
  return findOldIntegration(read, { ...place, forge });
}

/**
 * The integration branch of a run that has not begun, where it is old enough to be asked about. Never the target itself,
 * and none that holds what earlier parts of the same milestone have merged: this run counts on it. Null also where the
 * service is away.
 */
export async function findOldIntegration(
  { settings, plan }: ReadPlan,
  place: IntegrationPlace,
): Promise<OldIntegration | null> {
  const { integrationBranch: branch, target } = settings;
  if (branch === target) return null;
  const git = await openTaskGit(place.root, COMMITTER);
  const tip = await tipOf(git, place, branch);
  if (tip === null) return null;
  const base = await tipOf(git, place, target);
  const { newestAt, ahead } = await branchAge(git, tip, base);
  const ageMs = place.now - newestAt;
  if (ageMs <= place.config.branches.staleAfterMs) return null;
  if (partsOn(branch, plan.source, place.cairnFolder, place.forge !== null)) return null;
  const on = place.forge === null ? null : (settings.forge?.repository ?? null);
  return { branch, target, on, ageMs, ahead, drop: () => drop(git, place, branch, tip) };
}

async function tipOf(
  git: TaskGit,
  { forge }: IntegrationPlace,
  branch: string,
): Promise<CommitSha | null> {
  if (forge !== null) return forge.tipOf(branch).catch(nothingWhileAway);
  const ref = `refs/heads/${branch}^{commit}`;
  const answer = await git.in(git.root, ["rev-parse", "--quiet", "--verify", ref], [1, 128]);
  return answer.code === 0 ? answer.text.trim() : null;
}

/** To go on from the branch loses nothing, and whatever is wrong the run meets next. */
function nothingWhileAway(error: unknown): null {
  if (error instanceof UserError && error.code === "trouble/github") return null;
  throw error;
}

async function drop(
  git: TaskGit,
  place: IntegrationPlace,
  branch: string,
  tip: CommitSha,
): Promise<Dropped> {
  const keptAs = await keepTip(git, branch, tip);
  const { forge } = place;
  try {
    if (forge === null) await dropHere(place, branch, tip);
    else if ((await forge.deleteBranch(branch, tip)) === "moved")
      return { kind: "stays", why: `Somebody has pushed to ${branch} meanwhile.` };
  } catch (error) {
    if (!(error instanceof UserError) || !STAYS.has(error.code)) throw error;
    return { kind: "stays", why: error.message };
  }
  return { kind: "deleted", keptAs };
}

/** The service's rules forbid it; or it was moved between the look and the deletion. */
const STAYS: ReadonlySet<string> = new Set(["github/protected", "branch/moved"]);

async function dropHere(place: IntegrationPlace, branch: string, tip: CommitSha): Promise<void> {
  const { root, cairnFolder, config } = place;
  const worktreesFolder = worktreesFolderOf(root, config.workspace.path);
  const run = "old-integration";
  const opened = { root, cairnFolder, worktreesFolder, run, committer: COMMITTER };
  const repository = await openRepository(opened);
  try {
    await repository.deleteBranch(branch, tip);
  } finally {
    await repository.close();
  }
}
