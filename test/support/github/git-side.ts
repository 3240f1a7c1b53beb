// What GitHub does in the repository itself: real git on a bare repository.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { Hub } from "./hub.ts";

const IDENTITY = {
  GIT_AUTHOR_NAME: "GitHub",
  GIT_AUTHOR_EMAIL: "noreply@github.com",
  GIT_COMMITTER_NAME: "GitHub",
  GIT_COMMITTER_EMAIL: "noreply@github.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

/** Nobody's configuration, and GitHub as the author. */
export function environment(): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", ...IDENTITY };
}

export function git(hub: Pick<Hub, "gitDir">, ...args: readonly string[]): string {
  return execFileSync("git", [...args], {
    cwd: hub.gitDir,
    env: environment(),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

/**
 * All branches with their tips. Read from the files themselves, as this is looked at with every request and a process
 * for each makes the double the slowest part of a run; packed refs are left to git.
 */
export function branchTips(hub: Pick<Hub, "gitDir">): ReadonlyMap<string, string> {
  const loose = hasPackedRefs(hub) ? null : looseTips(path.join(hub.gitDir, "refs/heads"), "");
  if (loose !== null) return new Map(loose);
  const form = "--format=%(refname:lstrip=2) %(objectname)";
  const lines = git(hub, "for-each-ref", form, "refs/heads").split("\n").filter(Boolean);
  return new Map(lines.map((line) => line.split(" ", 2) as [string, string]));
}

function hasPackedRefs({ gitDir }: Pick<Hub, "gitDir">): boolean {
  return fs.existsSync(path.join(gitDir, "packed-refs"));
}

/** Null: something moved meanwhile, or is no plain ref. */
function looseTips(folder: string, below: string): readonly (readonly [string, string])[] | null {
  const tips: (readonly [string, string])[] = [];
  try {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const inside = path.join(folder, entry.name);
      const name = `${below}${entry.name}`;
      if (name.endsWith(".lock")) continue;
      const found = entry.isDirectory()
        ? looseTips(inside, `${name}/`)
        : looseTip(fs.readFileSync(inside, "utf8"), name);
      if (found === null) return null;
      tips.push(...found);
    }
  } catch {
    return null;
  }
  return tips;
}

function looseTip(text: string, name: string): readonly (readonly [string, string])[] | null {
  const sha = text.trim();
  return SHA.test(sha) ? [[name, sha]] : null;
}

const SHA = /^[0-9a-f]{40}$/u;
/** What git said of commits by their names is true for ever; by folder and question. */
const said = new Map<string, string | null>();

function once(
  { gitDir }: Pick<Hub, "gitDir">,
  shas: readonly string[],
  question: string,
  ask: () => string | null,
): string | null {
  if (!shas.every((sha) => SHA.test(sha))) return ask();
  const key = [gitDir, question, ...shas].join(" ");
  const known = said.get(key);
  if (known !== undefined) return known;
  const answer = ask();
  said.set(key, answer);
  return answer;
}

/** Tip of a branch; null: there is none. */
export function tip(hub: Pick<Hub, "gitDir">, branch: string): string | null {
  if (!hasPackedRefs(hub)) {
    const tips = branchTips(hub);
    const known = tips.get(branch);
    if (known !== undefined) return known;
  }
  const args = ["rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`];
  const answer = spawnSync("git", args, { cwd: hub.gitDir, env: environment(), encoding: "utf8" });
  return answer.status === 0 ? answer.stdout.trim() : null;
}

export function commitOf(hub: Pick<Hub, "gitDir">, name: string): string | null {
  const args = ["rev-parse", "--verify", "--quiet", `${name}^{commit}`];
  const answer = spawnSync("git", args, { cwd: hub.gitDir, env: environment(), encoding: "utf8" });
  return answer.status === 0 ? answer.stdout.trim() : null;
}

export function isAncestor(hub: Hub, ancestor: string, descendant: string): boolean {
  const args = ["merge-base", "--is-ancestor", ancestor, descendant];
  const ask = (): string =>
    String(spawnSync("git", args, { cwd: hub.gitDir, env: environment() }).status);
  return once(hub, [ancestor, descendant], "is-ancestor", ask) === "0";
}

export function changedFiles(hub: Hub, base: string, head: string): readonly string[] {
  const ask = (): string => git(hub, "diff", "--name-only", `${base}...${head}`);
  return (once(hub, [base, head], "changed", ask) ?? "").split("\n").filter(Boolean);
}

/** The tree of merging head into base; null: they conflict. */
export function mergeTree(hub: Hub, base: string, head: string): string | null {
  const args = ["merge-tree", "--write-tree", base, head];
  return once(hub, [base, head], "merge-tree", () => {
    const options = { cwd: hub.gitDir, env: environment(), encoding: "utf8" } as const;
    const answer = spawnSync("git", args, options);
    return answer.status === 0 ? (answer.stdout.split("\n")[0] ?? null) : null;
  });
}

export interface MergeWords {
  readonly method: "merge" | "squash" | "rebase";
  readonly message: string;
}

/** Merges head into the branch and answers the new tip; null: they conflict. */
export function mergeInto(hub: Hub, branch: string, head: string, how: MergeWords): string | null {
  const base = tip(hub, branch);
  if (base === null) return null;
  const tree = mergeTree(hub, base, head);
  if (tree === null) return null;
  const made =
    how.method === "rebase" ? replay(hub, base, head) : commit(hub, tree, base, head, how);
  if (made === null) return null;
  git(hub, "update-ref", `refs/heads/${branch}`, made, base);
  return made;
}

function commit(hub: Hub, tree: string, base: string, head: string, how: MergeWords): string {
  const parents = how.method === "merge" ? ["-p", base, "-p", head] : ["-p", base];
  return git(hub, "commit-tree", tree, ...parents, "-m", how.message);
}

/** Each commit of the branch on top of the base, as GitHub's rebase does. */
function replay(hub: Hub, base: string, head: string): string | null {
  let onto = base;
  for (const each of git(hub, "rev-list", "--reverse", `${base}..${head}`).split("\n")) {
    if (each === "") continue;
    const left = git(hub, "commit-tree", `${onto}^{tree}`, "-p", `${each}^`, "-m", "side");
    const tree = mergeTree(hub, left, each);
    if (tree === null) return null;
    onto = git(
      hub,
      "commit-tree",
      tree,
      "-p",
      onto,
      "-m",
      git(hub, "log", "-1", "--format=%B", each),
    );
  }
  return onto;
}

/** False: it was gone. */
export function deleteBranch(hub: Hub, branch: string): boolean {
  const at = tip(hub, branch);
  if (at === null) return false;
  git(hub, "update-ref", "-d", `refs/heads/${branch}`, at);
  return true;
}
