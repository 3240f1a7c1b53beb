import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRepository, type GitRepository } from "../../src/adapters/git/git-repository.ts";
import { createNpmLockResolver } from "../../src/adapters/resolvers/npm-lock.ts";
import { classifyConflict } from "../../src/core/merge/conflicts/classify.ts";
import { mergeJson } from "../../src/core/merge/resolvers/merge-json.ts";
import { provenResolvers } from "../../src/core/merge/resolvers/proven-resolvers.ts";
import type { Candidate } from "../../src/ports/repository.ts";
import type { ConflictCase } from "./conflicts/case.ts";
import { IMPORTS } from "./conflicts/imports.ts";
import { JSON_FILES } from "./conflicts/json.ts";
import { KINDS } from "./conflicts/kinds.ts";
import { LOCKS } from "./conflicts/locks.ts";
import { RECORDED } from "./conflicts/recorded.ts";
import { TEXTS } from "./conflicts/texts.ts";
import { WHITE_SPACE } from "./conflicts/white-space.ts";
import { writeCases, type CaseCommits } from "./conflicts/write-cases.ts";

const CASES: readonly ConflictCase[] = [
  ...TEXTS,
  ...KINDS,
  ...WHITE_SPACE,
  ...IMPORTS,
  ...JSON_FILES,
  ...LOCKS,
  ...RECORDED,
];
const LIMITS = { files: 3, hunks: 6, lines: 80 };

let root = "";
let repository: GitRepository;
let commits: readonly CaseCommits[] = [];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "cairn-conflicts-"));
  execFileSync("git", ["init", "-q", "-b", "main", root]);
  commits = writeCases(root, CASES);
  repository = await openRepository({
    root,
    cairnFolder: join(root, ".cairn"),
    run: "corpus",
    committer: { name: "Cairn", email: "cairn@example.invalid" },
  });
});

afterAll(async () => {
  await repository.close();
  rmSync(root, { recursive: true, force: true });
});

function candidateOf(one: ConflictCase, { base, ours, theirs }: CaseCommits): Promise<Candidate> {
  const npm = createNpmLockResolver({ run: "corpus", environment: process.env, mergeJson });
  return repository.buildCandidate({
    onto: ours,
    forkPoint: base,
    head: theirs,
    method: "squash",
    message: "feat: theirs",
    authorOf: theirs,
    resolvers: [...provenResolvers(one.growing ?? []), npm],
  });
}

/** What a landed commit has at these paths, one after the other. */
async function textsAt(
  commit: string,
  paths: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const files = await repository.filesAt(commit, (path) => paths.includes(path));
  return Object.fromEntries(files.map(({ path, text }) => [path, text]));
}

function classOf(candidate: Candidate): { readonly class: string; readonly why: string } {
  switch (candidate.kind) {
    case "conflict":
      return classifyConflict(candidate.files ?? [], LIMITS);
    case "clean":
      return { class: candidate.resolved === undefined ? "clean" : "trivial", why: "By rule." };
    // Both sides were the same for all that counts: ours is the result.
    case "empty":
      return { class: "trivial", why: "Nothing is left to merge." };
    case "refused":
      return { class: "refused", why: candidate.why };
  }
}

describe("conflicts are classed by rule and settled only where that is proven", () => {
  test("the corpus is as big as it says", () => {
    expect(CASES.length).toBeGreaterThanOrEqual(100);
    const titles = CASES.map(({ name }) => name);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test.each(CASES.map((one, at) => ({ one, at, name: one.name })))("$name", async ({ one, at }) => {
    const made = commits[at];
    if (made === undefined) throw new Error("The case was not written.");
    if (made.recorded !== null) {
      const before = await candidateOf(one, made);
      if (before.kind !== "conflict") throw new Error(before.kind);
      await repository.recordResolutions(made.recorded, before.files ?? []);
    }
    const candidate = await candidateOf(one, made);
    const classed = classOf(candidate);
    expect(classed.class, classed.why).toBe(one.class);
    expect(classed.why).toMatch(/^\S.*\.$/u);
    if (candidate.kind === "clean") {
      const settled = one.settled ?? {};
      const paths = Object.keys(settled);
      const rules = Object.fromEntries(
        (candidate.resolved ?? []).map(({ path, by }) => [path, by]),
      );
      expect(rules).toEqual(Object.fromEntries(paths.map((path) => [path, settled[path]?.by])));
      const expected = {
        ...one.merged,
        ...Object.fromEntries(paths.map((path) => [path, settled[path]?.text])),
      };
      expect(await textsAt(candidate.commit, Object.keys(expected))).toEqual(expected);
    }
    if (candidate.kind === "conflict" && one.kinds !== undefined) {
      const kinds = (candidate.files ?? []).map(({ path, kind }) => [path, kind]);
      expect(Object.fromEntries(kinds)).toEqual(one.kinds);
    }
  });
});
