import { existsSync, lstatSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { openRepository } from "../adapters/git/git-repository.ts";
import { keptName } from "../adapters/git/keep-commits.ts";
import type { Leftover } from "../adapters/git/leftovers.ts";
import { engineHolder } from "../adapters/sqlite/run-lock.ts";
import { openStore } from "../adapters/sqlite/store.ts";
import { loadConfig } from "../config/load.ts";
import { foldLog } from "../core/run/evolve.ts";
import type { Run } from "../core/run/run.ts";
import { isTerminal } from "../core/run/task-state.ts";
import { ExitCode, UserError } from "../errors.ts";
import { findMainWorkTree, noRuns } from "../host/open-run.ts";
import { isOpenRun } from "../host/runs.ts";
import { findSharedStore, isByHand, madeByHand, namesIn, type SharedStore } from "./clean-store.ts";
import { worktreesFolderOf } from "./open-world.ts";
import { COMMITTER } from "./session-environment.ts";
import { removeIfEmpty } from "./tidy-run.ts";

/** One thing that `cairn clean` could remove. */
export interface Cleanable {
  readonly kind: "workspace" | "branch" | "ref" | "store" | "run";
  readonly name: string;
  /** Null: takes no room worth naming. */
  readonly bytes: number | null;
  /** Why it stays unless it is forced; null: nothing is lost with it. */
  readonly keptBecause: string | null;
}

export interface CleanEnd {
  readonly removed: readonly Cleanable[];
  readonly kept: readonly Cleanable[];
  /** What could not be removed, with the reason. */
  readonly failed: readonly { readonly name: string; readonly why: string }[];
}

/** What stands here, and its removal. */
export interface Cleaning {
  readonly found: readonly Cleanable[];
  /** Removes what nothing is lost with, and under `force` everything. */
  remove(force: boolean): Promise<CleanEnd>;
  close(): Promise<void>;
}

export interface CleanRequest {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folders of runs that are over, too: reports, transcripts, archived logs. */
  readonly runs: boolean;
}

interface Entry extends Cleanable {
  readonly drop: (force: boolean) => Promise<void> | void;
}

/** Looks for workspaces, branches and refs of every run that the log knows, and shared dependencies. @throws UserError `clean/live`, `run/none`. */
export async function openCleaning(request: CleanRequest): Promise<Cleaning> {
  const root = findMainWorkTree(request.cwd);
  const cairnFolder = join(root, ".cairn");
  refuseWhileLive(cairnFolder);
  const runs = readRuns(cairnFolder);
  const { config } = loadConfig({ root, env: request.env });
  const worktreesFolder = worktreesFolderOf(root, config.workspace.path);
  const repository = await openRepository({
    root,
    cairnFolder,
    worktreesFolder,
    run: runs[0]?.id ?? "clean",
    committer: COMMITTER,
  });
  const repositories = [repository, ...(await openEachRun(root, cairnFolder, worktreesFolder))];
  const found = await Promise.all(
    repositories.map(async (one) => {
      const leftovers = await one.findLeftovers(questionAbout(runs));
      // Branches and refs are the whole repository's: named once. A run's folder of worktrees is no worktree.
      const own = leftovers.filter((leftover) =>
        leftover.kind === "slot"
          ? !isRunFolder(leftover.slot, runs) && !isByHand(leftover.slot)
          : one === repository,
      );
      return own.map((leftover) => ({
        ...describeLeftover(leftover, runs),
        drop: (force: boolean) => one.removeLeftover(leftover, { force }),
      }));
    }),
  );
  const left = found.flat();
  const keeps = left.some(({ kind, keptBecause }) => kind === "workspace" && keptBecause !== null);
  const byHand = madeByHand(worktreesFolder);
  const entries: readonly Entry[] = [
    ...left,
    ...storeEntries(findSharedStore(cairnFolder, runs, byHand, keeps)),
    ...(request.runs ? runFolders(cairnFolder, runs) : []),
  ];
  return {
    found: entries.map(bare),
    remove: (force) => removeAll(entries, force),
    close: async () => {
      await Promise.all(repositories.map((one) => one.close()));
      for (const name of namesIn(worktreesFolder)) removeIfEmpty(join(worktreesFolder, name));
    },
  };
}

/** Every run has a folder of worktrees of its own. */
async function openEachRun(
  root: string,
  cairnFolder: string,
  worktreesFolder: string,
): Promise<readonly Awaited<ReturnType<typeof openRepository>>[]> {
  const folders = namesIn(worktreesFolder).filter(
    (name) => !isByHand(name) && !existsSync(join(worktreesFolder, name, ".git")),
  );
  return Promise.all(
    folders.map((name) =>
      openRepository({
        root,
        cairnFolder,
        worktreesFolder: join(worktreesFolder, name),
        run: name,
        committer: COMMITTER,
      }),
    ),
  );
}

function isRunFolder(slot: string, runs: readonly Run[]): boolean {
  return runs.some((run) => run.id === slot);
}

function refuseWhileLive(cairnFolder: string): void {
  const holder = engineHolder(cairnFolder);
  if (holder === null) return;
  throw new UserError(
    "clean/live",
    `Process ${holder.pid} works on the run ${holder.run}; nothing is removed meanwhile.`,
    {
      hints: ["Stop it first: cairn pause"],
      exitCode: ExitCode.stillRunning,
    },
  );
}

function readRuns(cairnFolder: string): readonly Run[] {
  const store = openReadOnly(cairnFolder);
  try {
    return store.runs().map((row) => foldLog(row.run, store.read(row.run, 0)));
  } finally {
    store.close();
  }
}

function openReadOnly(cairnFolder: string): ReturnType<typeof openStore> {
  try {
    return openStore(cairnFolder, { readonly: true });
  } catch (error) {
    throw error instanceof UserError && error.code === "store/missing" ? noRuns() : error;
  }
}

function questionAbout(
  runs: readonly Run[],
): Parameters<Awaited<ReturnType<typeof openRepository>>["findLeftovers"]>[0] {
  const tasks = runs.flatMap((run) => [...run.tasks.values()]);
  const merged = tasks.filter((task) => task.status === "merged" && task.head !== null);
  const integration = runs.flatMap((run) =>
    run.integration === null ? [] : [run.integration.branch],
  );
  return {
    branches: [...new Set([...tasks.map((task) => task.branch), ...integration])],
    mergedInto: [...new Set([...integration, ...runs.map((run) => run.settings.target)])],
    mergedTips: Object.fromEntries(merged.map((task) => [task.branch, task.head ?? ""])),
  };
}

function describeLeftover(leftover: Leftover, runs: readonly Run[]): Cleanable {
  switch (leftover.kind) {
    case "slot": {
      const dirty = leftover.dirtyPaths.length;
      const lost = dirty > 0 ? `${dirty} changed path(s) were never committed` : null;
      const name =
        leftover.branch === null ? leftover.slot : `${leftover.slot} (${leftover.branch})`;
      return {
        kind: "workspace",
        name,
        bytes: sizeOf(leftover.path),
        keptBecause: lost ?? neededBy(leftover.branch, runs),
      };
    }
    case "branch": {
      const lost = leftover.merged ? null : "holds commits that were never merged";
      return {
        kind: "branch",
        name: leftover.branch,
        bytes: null,
        keptBecause: neededBy(leftover.branch, runs) ?? lost,
      };
    }
    case "ref":
      return {
        kind: "ref",
        name: leftover.ref,
        bytes: null,
        keptBecause: "keeps commits that are nowhere else",
      };
    case "kept": {
      const run = runs.find((one) => keptName(one.id) === leftover.run);
      const isNeeded = run !== undefined && isOpenRun(run);
      return {
        kind: "ref",
        name: `refs/cairn/${leftover.run}/keep/ (${leftover.count})`,
        bytes: null,
        keptBecause: isNeeded ? `the run ${leftover.run} is not over` : null,
      };
    }
  }
}

/** A run that is not over goes on with its branches and workspaces. */
function neededBy(branch: string | null, runs: readonly Run[]): string | null {
  if (branch === null) return null;
  for (const run of runs) {
    if (!isOpenRun(run)) continue;
    const owner = [...run.tasks.values()].find((task) => task.branch === branch);
    const isNeeded =
      owner === undefined ? run.integration?.branch === branch : !isTerminal(owner.status);
    if (isNeeded) return `the run ${run.id} is not over`;
  }
  return null;
}

function storeEntries(store: SharedStore | null): readonly Entry[] {
  if (store === null) return [];
  const { path, keptBecause } = store;
  const drop = (): Promise<void> => store.remove();
  return [{ kind: "store", name: ".cairn/store", bytes: sizeOf(path), keptBecause, drop }];
}

function runFolders(cairnFolder: string, runs: readonly Run[]): readonly Entry[] {
  const parent = join(cairnFolder, "runs");
  return namesIn(parent).map((name) => {
    const folder = join(parent, name);
    const run = runs.find((one) => one.id === name);
    const isNeeded = run !== undefined && isOpenRun(run);
    return {
      kind: "run",
      name,
      bytes: sizeOf(folder),
      keptBecause: isNeeded ? "the run is not over" : null,
      drop: () => rmSync(folder, { recursive: true, force: true }),
    };
  });
}

async function removeAll(entries: readonly Entry[], force: boolean): Promise<CleanEnd> {
  const removed: Cleanable[] = [];
  const failed: { name: string; why: string }[] = [];
  const going = entries.filter((entry) => force || entry.keptBecause === null);
  // Workspaces come first: a branch that is checked out cannot be deleted.
  for (const entry of going) {
    try {
      await entry.drop(force);
      removed.push(bare(entry));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failed.push({ name: entry.name, why: error.message });
    }
  }
  return { removed, kept: entries.filter((entry) => !going.includes(entry)).map(bare), failed };
}

function bare({ kind, name, bytes, keptBecause }: Entry): Cleanable {
  return { kind, name, bytes, keptBecause };
}

/** Bytes of a folder's files, links not followed; what vanishes meanwhile counts as nothing. */
function sizeOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.size;
  return namesIn(path).reduce((sum, name) => sum + sizeOf(join(path, basename(name))), 0);
}
