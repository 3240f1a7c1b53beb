import { basename, dirname } from "node:path";
import { isBusy } from "../adapters/git/task-rebase.ts";
import {
  aheadBehind,
  mergeBase,
  statusAt,
  worktreesBelow,
  type FoundWorktree,
} from "../adapters/git/task-worktrees.ts";
import type { WorktreeJson, WorktreesJson } from "../api/worktree-json.ts";
import { isoTime } from "../core/report/words.ts";
import type { Run } from "../core/run/run.ts";
import { bytesOf } from "./ground-facts-surroundings.ts";
import { BY_HAND, type Tools } from "./worktree-tools.ts";

/** A worktree as it is shown, with what its removal needs to know. */
export interface Listed {
  readonly found: FoundWorktree;
  readonly shown: WorktreeJson;
}

/** Each takes a few processes of git. */
const AT_ONCE = 4;

/** Every worktree that Cairn made, and what lies among them. */
export async function listWorktrees(tools: Tools): Promise<readonly Listed[]> {
  const found = await worktreesBelow(tools.git, tools.worktreesFolder);
  const listed: Listed[] = [];
  for (let at = 0; at < found.length; at += AT_ONCE) {
    const some = found.slice(at, at + AT_ONCE);
    const shown = await Promise.all(some.map((one) => show(tools, one)));
    for (const [index, one] of some.entries()) {
      const each = shown[index];
      if (each !== undefined) listed.push({ found: one, shown: each });
    }
  }
  return listed;
}

export async function worktreesDocument(tools: Tools): Promise<WorktreesJson> {
  const worktrees = (await listWorktrees(tools)).map((one) => one.shown);
  const { worktreesFolder: folder, config } = tools;
  const bytes = worktrees.reduce((sum, one) => sum + one.bytes, 0);
  return { schemaVersion: 1, folder, worktrees, bytes, maxBytes: config.workspace.maxBytes };
}

async function show(tools: Tools, found: FoundWorktree): Promise<WorktreeJson> {
  const { git } = tools;
  const owner = ownerOf(tools, found);
  const branch = found.registered?.branch ?? null;
  const status = await statusAt(git, found);
  const base = owner.base;
  const tip = branch === null ? null : await tools.repository.resolve(`refs/heads/${branch}`);
  const counted = branch === null || base === null ? null : await aheadBehind(git, branch, base);
  return {
    kind: owner.kind,
    key: owner.key,
    run: owner.run,
    path: found.path,
    branch,
    base,
    ahead: counted?.ahead ?? null,
    behind: counted?.behind ?? null,
    dirty: status?.dirtyPaths.length ?? 0,
    merged: tip === null ? null : await isMerged(tools, tip, base),
    hasOwnWork: found.note !== null && tip !== null && tip !== found.note.from,
    createdAt: isoOrNull(found.note?.createdAt ?? found.createdAt),
    usedAt: isoOrNull(found.usedAt),
    bytes: bytesOf(found.path),
    note: noteOf(found, owner),
  };
}

interface Owner {
  readonly kind: WorktreeJson["kind"];
  readonly key: string | null;
  readonly run: string | null;
  readonly base: string | null;
  /** Why it is nobody's. */
  readonly why: string | null;
}

function ownerOf(tools: Tools, found: FoundWorktree): Owner {
  const { note, registered } = found;
  const nobody = { kind: "orphan", key: null, run: null, base: tools.target } as const;
  if (registered === null) return { ...nobody, why: "git does not know it as a worktree" };
  if (!found.isThere) return { ...nobody, why: "its folder is gone" };
  if (note !== null) return { kind: "task", key: note.key, run: null, base: note.base, why: null };
  if (dirname(found.path) === tools.tasksFolder || found.run === BY_HAND)
    return { ...nobody, why: "its making was interrupted" };
  return ownerAmongRuns(tools, found) ?? { ...nobody, why: "no run here knows it" };
}

function ownerAmongRuns(tools: Tools, found: FoundWorktree): Owner | null {
  const name = found.run ?? basename(dirname(found.path));
  const run = tools.runs.find((one) => one.id === name);
  if (run === undefined) return null;
  const task = [...run.tasks.values()].find((one) => one.branch === found.runBranch);
  const base = run.integration?.branch ?? run.settings.target;
  if (task === undefined) return { kind: "gates", key: null, run: run.id, base: null, why: null };
  return {
    kind: "run",
    key: task.key,
    run: run.id,
    base,
    why: isOver(run) ? "its run is over" : null,
  };
}

function isOver(run: Run): boolean {
  return run.status === "complete" || run.status === "cancelled";
}

function noteOf(found: FoundWorktree, owner: Owner): string | null {
  if (owner.why !== null) return owner.why;
  const { registered } = found;
  if (registered === null) return null;
  if (!registered.isWhole) return "broken: its `.git` file or index is gone";
  if (isBusy(registered.gitDir)) return "a rebase or merge is under way";
  if (found.note !== null && registered.branch !== found.note.branch)
    return `not on its branch ${found.note.branch}`;
  return null;
}

/** Everything the tip brings is on its base or on the target, also where it was squashed. */
async function isMerged(tools: Tools, tip: string, base: string | null): Promise<boolean> {
  for (const name of new Set([base, tools.target])) {
    const into = name === null ? null : await tools.repository.resolve(name);
    if (into !== null && (await isContained(tools, tip, into))) return true;
  }
  return false;
}

async function isContained(tools: Tools, tip: string, into: string): Promise<boolean> {
  if (await tools.repository.isAncestor(tip, into)) return true;
  const forkPoint = await mergeBase(tools.git, tip, into);
  if (forkPoint === null) return false;
  const candidate = await tools.repository.buildCandidate({
    onto: into,
    forkPoint,
    head: tip,
    method: "squash",
    message: "Only asked for; moved nowhere",
    authorOf: tip,
  });
  return candidate.kind === "empty";
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : isoTime(Math.floor(at));
}
