// What a robot sees of a commit: the files of its tree, by git.
import { execFileSync, spawnSync } from "node:child_process";
import { changedFiles, environment, mergeTree, tip } from "./git-side.ts";
import type { Hub, HubEvent, Issue, PullRequest } from "./hub.ts";

export interface Tree {
  readonly files: readonly string[];
  /** Null: there is no such file. */
  read(path: string): string | null;
  /** Every line that holds this text. */
  find(text: string): readonly { readonly path: string; readonly line: number }[];
}

/** A commit or tree as it is in the repository. */
export function treeAt(hub: Hub, name: string): Tree {
  const options = { cwd: hub.gitDir, env: environment(), encoding: "utf8" } as const;
  return {
    get files() {
      const args = ["ls-tree", "-r", "--name-only", "-z", name];
      return execFileSync("git", args, options).split("\0").filter(Boolean);
    },
    read: (path) => {
      const answer = spawnSync("git", ["cat-file", "blob", `${name}:${path}`], options);
      return answer.status === 0 ? answer.stdout : null;
    },
    find: (text) => {
      const args = ["grep", "-nFI", "--full-name", "-e", text, name, "--"];
      const lines = spawnSync("git", args, options).stdout.split("\n").filter(Boolean);
      return lines.flatMap((line) => {
        const found = /^([^:]+):(\d+):/.exec(line.slice(name.length + 1));
        return found === null ? [] : [{ path: found[1] ?? "", line: Number(found[2]) }];
      });
    },
  };
}

/** One pull request at one head, as a robot is told of it. */
export interface Looked {
  readonly number: number;
  readonly branch: string;
  readonly base: string;
  readonly sha: string;
  readonly title: string;
  readonly body: string;
  /** Files that it changes against its base. */
  readonly changed: readonly string[];
  /** Tree of the head. */
  readonly tree: Tree;
}

/** The open pull request of that number; null: there is none. */
export function openPull(
  hub: Hub,
  number: number,
): { readonly issue: Issue; readonly pull: PullRequest } | null {
  const issue = hub.issues.get(number);
  if (issue?.pull == null || issue.state === "closed") return null;
  return { issue, pull: issue.pull };
}

/** What there is to look at now; null: it is closed. */
export function lookAt(hub: Hub, number: number): Looked | null {
  const found = openPull(hub, number);
  if (found === null) return null;
  const { issue, pull } = found;
  const sha = pull.headSha;
  const onto = tip(hub, pull.base);
  return {
    number,
    branch: pull.head,
    base: pull.base,
    sha,
    title: issue.title,
    body: issue.body ?? "",
    changed: onto === null ? [] : changedFiles(hub, onto, sha),
    tree: treeAt(hub, sha),
  };
}

/** Nothing has been pushed to it, nor was it closed, since it was looked at. */
export function isStill(hub: Hub, looked: Looked): boolean {
  return openPull(hub, looked.number)?.pull.headSha === looked.sha;
}

/** Workflows run on what merging would give; null: it conflicts, and GitHub runs nothing. */
export function mergedTree(hub: Hub, looked: Looked): Tree | null {
  const onto = tip(hub, looked.base);
  const tree = onto === null ? null : mergeTree(hub, onto, looked.sha);
  return tree === null ? null : treeAt(hub, tree);
}

/** The pull request that an event gives a reviewer reason to look at; bots leave drafts alone. Null: none. */
export function reviewReason(hub: Hub, event: HubEvent): number | null {
  if (event.kind !== "pull") return null;
  const reasons = ["opened", "reopened", "synchronize", "ready_for_review"];
  if (!reasons.includes(event.action)) return null;
  return openPull(hub, event.number)?.pull.draft === false ? event.number : null;
}
