import { basename, dirname } from "node:path";
import { preflightGit } from "../adapters/git/preflight-git.ts";
import {
  openTaskGit,
  worktreesBelow,
  type FoundWorktree,
  type TaskGit,
} from "../adapters/git/task-worktrees.ts";
import type { StateCheckJson } from "../api/state-checks-json.ts";
import type { Run, Task } from "../core/run/run.ts";
import { isTerminal } from "../core/run/task-state.ts";
import { COMMITTER } from "./session-environment.ts";
import { fine, note, off } from "./state-tools-words.ts";
import { BY_HAND } from "./worktree-tools.ts";

interface WorldRequest {
  readonly root: string;
  readonly worktreesFolder: string;
  /** Those whose log holds. */
  readonly runs: readonly Run[];
}

/** Whether what the runs name is there in git, and whether what is there has somebody it belongs to. */
export async function worldChecks(request: WorldRequest): Promise<readonly StateCheckJson[]> {
  if ((await preflightGit(request.root)).kind !== "repository") return [];
  const git = await openTaskGit(request.root, COMMITTER);
  const found = await worktreesBelow(git, request.worktreesFolder);
  const checks: StateCheckJson[] = [];
  for (const run of request.runs) {
    checks.push(
      ...(isOver(run) ? await landedChecks(git, run) : await openChecks(git, run, found)),
    );
  }
  return [...checks, ...worktreeChecks(request, found), ...(await refChecks(git))];
}

/** An open run goes on with its branches and worktrees. */
async function openChecks(
  git: TaskGit,
  run: Run,
  found: readonly FoundWorktree[],
): Promise<readonly StateCheckJson[]> {
  const name = `run ${run.id}`;
  const checks: StateCheckJson[] = [];
  const { integration } = run;
  if (integration !== null) checks.push(...(await integrationChecks(git, run, integration)));
  for (const task of run.tasks.values()) {
    if (isTerminal(task.status) || task.workspace === null) continue;
    // Without worktrees it works in the user's own checkout.
    if (run.settings.worktrees) checks.push(...workspaceChecks(name, task, found));
    checks.push(...(await branchChecks(git, name, task)));
  }
  return checks;
}

async function integrationChecks(
  git: TaskGit,
  run: Run,
  integration: NonNullable<Run["integration"]>,
): Promise<readonly StateCheckJson[]> {
  const name = `run ${run.id}`;
  const { branch, head } = integration;
  const tip = await commitOf(git, `${baseRefs(run)}/${branch}`);
  if (tip === null) {
    const mend = `Put it back, then go on: git branch ${branch} ${head.slice(0, 10)} && cairn resume`;
    return [off(name, `Its integration branch ${branch} is gone.`, "Merged work was on it.", mend)];
  }
  if (tip === head) return [];
  const isGrown = await contains(git, tip, head);
  if (isGrown)
    return [
      note(name, `${branch} has grown since, by other hands`, "The run takes it up: cairn resume"),
    ];
  return [
    off(
      name,
      `${branch} is at ${tip.slice(0, 10)} and does not contain ${head.slice(0, 10)}, where the run left it.`,
      "Work that was merged is no longer on it.",
      `See what is missing: git log ${tip.slice(0, 10)}..${head.slice(0, 10)}`,
    ),
  ];
}

function workspaceChecks(
  name: string,
  { key, workspace }: Task,
  found: readonly FoundWorktree[],
): readonly StateCheckJson[] {
  if (workspace === null) return [];
  if (found.some((one) => one.path === workspace.path && one.registered?.isWhole === true))
    return [];
  return [
    off(
      name,
      `The worktree of ${key} is gone or broken: ${workspace.path}.`,
      "What was committed is on its branch; the rest is lost.",
      "The run makes it anew: cairn resume",
    ),
  ];
}

async function branchChecks(
  git: TaskGit,
  name: string,
  { key, workspace }: Task,
): Promise<readonly StateCheckJson[]> {
  if (workspace === null) return [];
  if ((await commitOf(git, `refs/heads/${workspace.branch}`)) !== null) return [];
  return [
    off(
      name,
      `The branch of ${key} is gone: ${workspace.branch}.`,
      "Its commits may still be found among those that nothing names.",
      `Look: git fsck --lost-found; begin it again: cairn retry ${key}`,
    ),
  ];
}

/** Where branches that work is merged into are kept: what was last seen of those on GitHub has refs of its own. */
function baseRefs(run: Run): string {
  return run.settings.forge === undefined ? "refs/heads" : "refs/cairn/forge";
}

async function landedChecks(git: TaskGit, run: Run): Promise<readonly StateCheckJson[]> {
  if (run.landed === null) return [];
  const { commit, target } = run.landed;
  const tip = await commitOf(git, `${baseRefs(run)}/${target}`);
  if (tip !== null && (await contains(git, tip, commit))) return [];
  return [
    off(
      `run ${run.id}`,
      `It landed on ${target} as ${commit.slice(0, 10)}, which ${target} does not contain now.`,
      "The target was put back or deleted since.",
      `See where it is: git branch --contains ${commit.slice(0, 10)}`,
    ),
  ];
}

function worktreeChecks(
  request: WorldRequest,
  found: readonly FoundWorktree[],
): readonly StateCheckJson[] {
  const known = new Set(request.runs.map((run) => run.id));
  const names = found.flatMap((one) => {
    const place = basename(dirname(one.path));
    if (place === "tasks" || one.run === BY_HAND)
      return one.note === null ? [{ one, mend: "cairn worktree cleanup" }] : [];
    if (basename(one.path).startsWith("scratch-") || known.has(one.run ?? place)) return [];
    return [{ one, mend: "cairn clean" }];
  });
  if (names.length === 0) return [fine("worktrees", `${found.length} there, each with an owner`)];
  return names.map(({ one, mend }) =>
    off(
      "worktrees",
      `${one.path} belongs to nobody.`,
      "Its run or its making is not known.",
      `Remove it: ${mend}`,
    ),
  );
}

async function refChecks(git: TaskGit): Promise<readonly StateCheckJson[]> {
  const format = "--format=%(objectname) %(refname)";
  const answer = await git.in(git.root, ["for-each-ref", format, "refs/cairn/"], [128]);
  // One look at all of them; only where an object is missing does each have to be asked for.
  const typed = ["for-each-ref", "--format=%(objecttype)", "refs/cairn/"];
  const isWhole = (await git.in(git.root, typed, [1, 128])).code === 0;
  const lines = answer.text.split("\n").filter((line) => line !== "");
  const breaches = lines.filter((line) => line.includes(" refs/cairn/breach/"));
  const missing: string[] = [];
  for (const line of isWhole ? [] : lines) {
    const [id = "", name = ""] = line.split(" ");
    if ((await commitOf(git, id)) === null) missing.push(name);
  }
  return [
    ...missing.map((name) =>
      off(
        "refs",
        `${name} names a commit that is not there.`,
        "An object is lost.",
        "Check the repository: git fsck",
      ),
    ),
    breaches.length === 0
      ? fine("refs", `${lines.length} under refs/cairn`)
      : note(
          "refs",
          `${breaches.length} under refs/cairn/breach keep what agents put on protected branches`,
          "Look at one: git log REF; forget them: cairn clean --force",
        ),
  ];
}

async function commitOf(git: TaskGit, name: string): Promise<string | null> {
  const args = ["rev-parse", "-q", "--verify", "--end-of-options", `${name}^{commit}`];
  const answer = await git.in(git.root, args, [1, 128]);
  return answer.code === 0 ? answer.text.trim() : null;
}

async function contains(git: TaskGit, tip: string, commit: string): Promise<boolean> {
  const answer = await git.in(git.root, ["merge-base", "--is-ancestor", commit, tip], [1, 128]);
  return answer.code === 0;
}

function isOver(run: Run): boolean {
  return run.status === "complete" || run.status === "cancelled";
}
