import type { CommitSha } from "../../shared/names.ts";
import type { ChangedFile } from "../../review/stops/changed-file.ts";
import type { Violation } from "../proof.ts";
import { changedTests, textsOf, type ChangedTest } from "./changed-tests.ts";
import { roleOf, type CommitChange } from "./history.ts";
import type { PathKinds } from "./path-kinds.ts";
import { violation } from "./violation-words.ts";

/** A red commit (or several in a row) and the commit that is to make its tests pass. */
export interface Pair {
  /** Subject of the first red commit. */
  readonly subject: string;
  /** The last red one: there all of its tests are there, and no code of them. */
  readonly red: CommitSha;
  /** Null: nothing came after the tests. */
  readonly green: CommitSha | null;
  /** New and changed tests, as they are at the red commit. */
  readonly tests: readonly ChangedTest[];
  /** No test is new or expects something else: if they pass there, they were only tidied. */
  readonly isSoft: boolean;
  /** Texts of the files with these tests, at the red commit. */
  readonly texts: ReadonlyMap<string, string>;
  /** What the green commit changed. */
  readonly greenFiles: readonly ChangedFile[];
}

export interface Pairing {
  readonly pairs: readonly Pair[];
  readonly violations: readonly Violation[];
}

/** What a commit is for the pairing: by what it changes, not by what it says. */
interface Sorted {
  readonly commit: CommitChange;
  readonly tests: readonly ChangedTest[];
  readonly texts: ReadonlyMap<string, string>;
  readonly sources: readonly string[];
}

/**
 * Pairs red and green commits, oldest first: a red one brings or changes tests and no source, the next one with source
 * is its green. What says of itself that it changes no behaviour may stand anywhere, if it brings no test.
 */
export function pairCommits(commits: readonly CommitChange[], kinds: PathKinds): Pairing {
  const pairs: Pair[] = [];
  const violations: Violation[] = [];
  const touched = new Set<string>();
  let open: Pair | null = null;
  for (const commit of commits) {
    const sorted = sort(commit, kinds);
    const fault = faultOf(sorted, open !== null, touched);
    if (fault !== null) violations.push(fault);
    for (const path of commit.paths) touched.add(path);
    const role = roleOf(commit);
    if (role === "merge" || role === "autofix") continue;
    const isGreen = sorted.sources.length > 0;
    if (!isGreen) {
      if (sorted.tests.length > 0 && fault === null) open = joined(open, sorted);
      continue;
    }
    if (open === null || (role === "refactor" && fault === null)) continue;
    pairs.push({ ...open, green: commit.sha, greenFiles: commit.files });
    open = null;
  }
  if (open !== null && !open.isSoft) pairs.push(withoutSource(open, commits));
  return { pairs, violations };
}

function sort(commit: CommitChange, kinds: PathKinds): Sorted {
  const tests = commit.files.filter(({ path }) => kinds.kindOf(path) === "test");
  const after = textsOf(tests, "after");
  return {
    commit,
    tests: changedTests(textsOf(tests, "before"), after),
    texts: after,
    sources: commit.paths.filter((path) => kinds.kindOf(path) === "source"),
  };
}

/** What the place of a commit in its history says against it. */
function faultOf(
  { commit, tests, sources }: Sorted,
  hasRed: boolean,
  touched: ReadonlySet<string>,
): Violation | null {
  const { sha } = commit;
  const [path = null] = sources;
  const at = { commit: sha, path, test: null };
  const bringsTests = tests.some((test) => test.isFirm);
  switch (roleOf(commit)) {
    case "merge": {
      // Who mends a conflict edits files that the task had changed before; whatever else is new in a merge was put there.
      const hidden = sources.find((source) => !touched.has(source));
      return hidden === undefined
        ? null
        : violation("code-before-test", { ...at, path: hidden }, "in-merge", commit.subject);
    }
    case "autofix":
      return null;
    case "leftovers":
      if (path === null) return null;
      return violation("code-before-test", at, "leftovers", commit.subject);
    case "refactor":
    case "chore":
      if (path === null || !bringsTests) return null;
      return violation("code-before-test", at, "together", commit.subject);
    case "work":
      if (path === null) return null;
      if (bringsTests) return violation("code-before-test", at, "together", commit.subject);
      return hasRed ? null : violation("code-before-test", at, "no-red", commit.subject);
  }
}

function joined(open: Pair | null, { commit, tests, texts }: Sorted): Pair {
  const again = new Set(tests.map((test) => `${test.path}\n${test.name}`));
  const earlier = (open?.tests ?? []).filter((test) => !again.has(`${test.path}\n${test.name}`));
  const all = [...earlier, ...tests];
  const firm = all.filter((test) => test.isFirm);
  return {
    subject: open?.subject ?? commit.subject,
    red: commit.sha,
    green: null,
    tests: firm.length > 0 ? firm : all,
    isSoft: firm.length === 0,
    texts: new Map([...(open?.texts ?? []), ...texts]),
    greenFiles: [],
  };
}

/** Tests for what is no source to us (settings, documents): the last commit after them has to make them pass. */
function withoutSource(open: Pair, commits: readonly CommitChange[]): Pair {
  const start = commits.findIndex((commit) => commit.sha === open.red);
  const later = commits.slice(start + 1).filter((commit) => roleOf(commit) !== "merge");
  const last = later.findLast((commit) => commit.paths.length > 0);
  if (last === undefined) return open;
  return { ...open, green: last.sha, greenFiles: later.flatMap((commit) => commit.files) };
}
