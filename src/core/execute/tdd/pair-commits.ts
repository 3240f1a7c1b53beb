import type { CommitSha } from "../../shared/names.ts";
import type { ChangedFile } from "../../review/stops/changed-file.ts";
import type { Violation } from "../proof.ts";
import { isBroughtBy } from "./brought-by.ts";
import { changedTests, textsOf, type ChangedTest } from "./changed-tests.ts";
import { believedRole } from "./believed-role.ts";
import type { CommitChange, CommitRole } from "./history.ts";
import { importedBy } from "./old-tests.ts";
import type { PathKinds } from "./path-kinds.ts";
import { sidesOf } from "./sides.ts";
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
  /** What the green commit changed, and those before it that prepared it. */
  readonly greenFiles: readonly ChangedFile[];
}

export interface Pairing {
  readonly pairs: readonly Pair[];
  readonly violations: readonly Violation[];
}

/** What a commit is for the pairing: by what it changes, not by what it says. */
interface Sorted {
  readonly role: CommitRole;
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
  const all = commits.map((commit) => sort(commit, kinds));
  for (const [index, sorted] of all.entries()) {
    const { commit } = sorted;
    const fault = faultOf(sorted, open !== null, touched);
    if (fault !== null) violations.push(fault);
    for (const path of commit.paths) touched.add(path);
    const { role } = sorted;
    if (role === "merge" || role === "autofix") continue;
    const isGreen = sorted.sources.length > 0;
    if (!isGreen) {
      if (sorted.tests.length > 0 && fault === null) open = joined(open, sorted);
      continue;
    }
    if (open === null || (role === "refactor" && fault === null)) continue;
    const greenFiles: readonly ChangedFile[] = [...open.greenFiles, ...commit.files];
    if (isPrelude(open, all.slice(index))) {
      open = { ...open, greenFiles };
      continue;
    }
    pairs.push({ ...open, green: commit.sha, greenFiles });
    open = null;
  }
  if (open !== null && !open.isSoft) pairs.push(withoutSource(open, commits));
  return { pairs, violations };
}

function sort(commit: CommitChange, kinds: PathKinds): Sorted {
  const { testFiles, inline, sources } = sidesOf(commit.files, kinds);
  const tests = [...testFiles, ...inline];
  const after = textsOf(tests, "after");
  // What has no text here, as the paths of a merge, is sorted by its name alone.
  const read = new Set(commit.files.map(({ path }) => path));
  const unread = commit.paths.filter((path) => !read.has(path) && kinds.kindOf(path) === "source");
  return {
    role: believedRole(commit, kinds),
    commit,
    tests: changedTests(textsOf(tests, "before"), after),
    texts: after,
    sources: [...sources.map(({ path }) => path), ...unread],
  };
}

/** Whether a commit changes a file that the tests of a pair import. */
function isAsked({ texts }: Pair, { commit }: Sorted): boolean {
  const files = commit.files.map((file) => ({ ...file, before: null }));
  return [...texts.values()]
    .flatMap((text) => importedBy(text))
    .some((module) => /[/.]/.test(module) && isBroughtBy(module, files));
}

/** A step's code may take several commits: what its tests do not ask for waits for what they do, up to the next test. */
function isPrelude(open: Pair, [first, ...later]: readonly Sorted[]): boolean {
  if (first === undefined || isAsked(open, first)) return false;
  const end = later.findIndex(({ tests }) => tests.some((test) => test.isFirm));
  const own = end < 0 ? later : later.slice(0, end);
  return own.some((one) => one.sources.length > 0 && one.role === "work" && isAsked(open, one));
}

/** What the place of a commit in its history says against it. */
function faultOf(
  { role, commit, tests, sources }: Sorted,
  hasRed: boolean,
  touched: ReadonlySet<string>,
): Violation | null {
  const { sha } = commit;
  const [path = null] = sources;
  const at = { commit: sha, path, test: null };
  const bringsTests = tests.some((test) => test.isFirm);
  switch (role) {
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
    greenFiles: open?.greenFiles ?? [],
  };
}

/** Tests for what is no source to us (settings, documents): the last commit after them has to make them pass. */
function withoutSource(open: Pair, commits: readonly CommitChange[]): Pair {
  const start = commits.findIndex((commit) => commit.sha === open.red);
  const later = commits.slice(start + 1).filter(({ parents }) => parents.length < 2);
  const last = later.findLast((commit) => commit.paths.length > 0);
  if (last === undefined) return open;
  return { ...open, green: last.sha, greenFiles: later.flatMap((commit) => commit.files) };
}
