import type { CommitSha } from "../../../core/shared/names.ts";
import { ExitCode, UserError } from "../../../errors.ts";
import type { PushOutcome } from "../../../ports/forge.ts";
import { pushBranch, removeBranch, type PushPlace } from "./branch-pushes.ts";
import type { GitRemote } from "./git-remote.ts";

/** Branches of the repository on GitHub, reached by git alone: none of it counts against the API's limits. */
export interface RemoteBranches {
  /** Tips as they are there now, their commits fetched; null: there is no such branch. */
  tips(names: readonly string[]): Promise<ReadonlyMap<string, CommitSha | null>>;
  tip(name: string): Promise<CommitSha | null>;
  /** By compare-and-swap; `expected` null: it must not be there. May rewrite a branch that is where it is expected. */
  push(name: string, head: CommitSha, expected: CommitSha | null): Promise<PushOutcome>;
  remove(name: string, at: CommitSha): Promise<"deleted" | "gone" | "moved">;
  /** Fetches these commits of these branches where they are not here yet. */
  bring(wanted: readonly WantedCommit[]): Promise<void>;
  isAncestor(ancestor: CommitSha, descendant: CommitSha): Promise<boolean>;
  treeOf(commit: CommitSha): Promise<string>;
  /** Commits on the first-parent line after `from`, newest first; at most the newest 500. */
  since(from: CommitSha, tip: CommitSha): Promise<readonly RemoteCommit[]>;
}

export interface WantedCommit {
  readonly commit: CommitSha;
  readonly branch: string;
}

export interface RemoteCommit {
  readonly commit: CommitSha;
  readonly tree: string;
  readonly message: string;
}

/** Fetched tips stand here: the user's own remote-tracking branches are never touched. */
const KEPT = "refs/cairn/forge/";
/** A branch may move or go between being listed and being fetched. */
const TRIES = 3;
const COMMITS_MAX = 500;

export function createRemoteBranches(remote: GitRemote): RemoteBranches {
  const place: PushPlace = {
    remote,
    tip: (name) => branches.tip(name),
    listed: async (name) => (await listed(remote, [name])).get(name) ?? null,
    keep: (name, commit) => (commit === null ? forget(remote, name) : keep(remote, name, commit)),
  };
  const branches: RemoteBranches = {
    tips: (names) => tips(remote, names),
    tip: async (name) => (await branches.tips([name])).get(name) ?? null,
    push: (name, head, expected) => pushBranch(place, { name, head, expected }),
    remove: (name, at) => removeBranch(place, name, at),
    bring: (wanted) => bring(remote, wanted),
    isAncestor: async (ancestor, descendant) => {
      const { code, told } = await remote.local([
        "merge-base",
        "--is-ancestor",
        ancestor,
        descendant,
      ]);
      if (code > 1) throw gitFailed("compare two commits", told);
      return code === 0;
    },
    treeOf: async (commit) => {
      const { code, text, told } = await remote.local([
        "rev-parse",
        "--verify",
        `${commit}^{tree}`,
      ]);
      if (code !== 0) throw gitFailed("read a commit", told);
      return text.trim();
    },
    since: (from, tip) => since(remote, from, tip),
  };
  return branches;
}

async function tips(
  remote: GitRemote,
  names: readonly string[],
): Promise<ReadonlyMap<string, CommitSha | null>> {
  for (let tried = 1; ; tried += 1) {
    const [there, here] = [await listed(remote, names), await kept(remote)];
    for (const name of names) if (!there.has(name) && here.has(name)) await forget(remote, name);
    const behind = names.filter((name) => there.has(name) && here.get(name) !== there.get(name));
    if (behind.length === 0 || (await fetchInto(remote, behind))) {
      const now = behind.length === 0 ? here : await kept(remote);
      return new Map(names.map((name) => [name, there.has(name) ? (now.get(name) ?? null) : null]));
    }
    if (tried === TRIES)
      throw new UserError("trouble/github", `${behind.join(", ")} cannot be fetched from GitHub.`, {
        hints: ["It went away while it was fetched. Look at the branch there."],
        exitCode: ExitCode.failures,
      });
  }
}

async function listed(
  remote: GitRemote,
  names: readonly string[],
): Promise<ReadonlyMap<string, CommitSha>> {
  const refs = names.map((name) => `refs/heads/${name}`);
  const answer = await remote.network("read its branches", (url) => [
    "ls-remote",
    "--refs",
    "--end-of-options",
    url,
    ...refs,
  ]);
  // A pattern also matches longer names that end in it.
  return readRefs(answer.text, "refs/heads/", /^([0-9a-f]{40,64})\t(.+)$/u);
}

async function kept(remote: GitRemote): Promise<ReadonlyMap<string, CommitSha>> {
  const { text } = await remote.local([
    "for-each-ref",
    "--format=%(objectname)%09%(refname)",
    KEPT,
  ]);
  return readRefs(text, KEPT, /^([0-9a-f]{40,64})\t(.+)$/u);
}

function readRefs(text: string, below: string, form: RegExp): ReadonlyMap<string, CommitSha> {
  const found = new Map<string, CommitSha>();
  for (const line of text.split("\n")) {
    const [, commit, ref] = form.exec(line) ?? [];
    if (commit !== undefined && ref?.startsWith(below) === true)
      found.set(ref.slice(below.length), commit);
  }
  return found;
}

/** False: one of them is not there any more. */
async function fetchInto(remote: GitRemote, names: readonly string[]): Promise<boolean> {
  const refspecs = names.map((name) => `+refs/heads/${name}:${KEPT}${name}`);
  const answer = await remote.network("fetch its branches", fetching(refspecs), (said) =>
    /couldn't find remote ref/iu.test(said.told),
  );
  return answer.code === 0;
}

function fetching(refspecs: readonly string[]): (url: string) => readonly string[] {
  return (url) => [
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--no-recurse-submodules",
    "--end-of-options",
    url,
    ...refspecs,
  ];
}

async function keep(remote: GitRemote, name: string, commit: CommitSha): Promise<void> {
  // What it saves is one fetch: a name that cannot stand here is fetched again.
  await remote.local(["update-ref", `${KEPT}${name}`, commit]);
}

async function forget(remote: GitRemote, name: string): Promise<void> {
  await remote.local(["update-ref", "-d", `${KEPT}${name}`]);
}

async function bring(remote: GitRemote, wanted: readonly WantedCommit[]): Promise<void> {
  const missing = await missingOf(remote, wanted);
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(({ branch }) => branch))];
  await tips(remote, names);
  // Pushed away or deleted in the meantime: the commit itself may still be had.
  for (const { commit, branch } of await missingOf(remote, missing))
    await remote.network(
      `fetch a commit of ${branch}`,
      fetching([`+${commit}:${KEPT}${branch}`]),
      (said) => /not our ref|couldn't find remote ref|unadvertised object/iu.test(said.told),
    );
}

async function missingOf(
  remote: GitRemote,
  wanted: readonly WantedCommit[],
): Promise<readonly WantedCommit[]> {
  if (wanted.length === 0) return [];
  const input = wanted.map(({ commit }) => `${commit}^{commit}\n`).join("");
  const { text } = await remote.local(["cat-file", "--batch-check"], input);
  const lines = text.split("\n");
  return wanted.filter((_, index) => !/ commit \d+$/u.test(lines[index] ?? ""));
}

async function since(
  remote: GitRemote,
  from: CommitSha,
  tip: CommitSha,
): Promise<readonly RemoteCommit[]> {
  const { code, text, told } = await remote.local([
    "log",
    "-z",
    "--first-parent",
    `--max-count=${COMMITS_MAX}`,
    "--format=%H%x00%T%x00%B",
    "--end-of-options",
    `${from}..${tip}`,
  ]);
  if (code !== 0) throw gitFailed("read the history of a branch", told);
  const parts = text.split("\0");
  const commits: RemoteCommit[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3)
    commits.push({
      commit: parts[at] ?? "",
      tree: parts[at + 1] ?? "",
      message: parts[at + 2] ?? "",
    });
  return commits;
}

function gitFailed(doing: string, told: string): UserError {
  return new UserError("git/failed", `git cannot ${doing}.`, {
    hints: ["Read git's own words below; `cairn doctor` checks the repository."],
    quote: told.trim(),
    exitCode: ExitCode.failures,
  });
}
