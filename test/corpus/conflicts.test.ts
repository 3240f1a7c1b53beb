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

function classOf(candidate: Candidate): { readonly class: string; readonly why: string } {
  switch (candidate.kind) {
    case "conflict":
      return classifyConflict(candidate.files ?? [], LIMITS);
    case "clean":
      return { class: candidate.resolved === undefined ? "clean" : "trivial", why: "By rule." };
    case "empty":
      return { class: "empty", why: "Nothing is left to merge." };
    case "refused":
      return { class: "refused", why: candidate.why };
  }
}

interface Seen {
  readonly class: string;
  readonly rules: Readonly<Record<string, string>>;
  readonly texts: Readonly<Record<string, string>>;
  readonly kinds: Readonly<Record<string, string>> | null;
}

function expectedOf(one: ConflictCase): Seen {
  const settled = Object.entries(one.settled ?? {});
  return {
    class: one.class,
    rules: Object.fromEntries(settled.map(([path, { by }]) => [path, by])),
    texts: {
      ...one.merged,
      ...Object.fromEntries(settled.map(([path, { text }]) => [path, text])),
    },
    kinds: one.kinds ?? null,
  };
}

/** What became of it, as far as the case says anything; everything that was settled by rule is told. */
async function seenOf(one: ConflictCase, candidate: Candidate): Promise<Seen> {
  const { class: found } = classOf(candidate);
  const isClean = candidate.kind === "clean";
  const resolved = isClean ? (candidate.resolved ?? []) : [];
  const paths = Object.keys(expectedOf(one).texts);
  const files = isClean
    ? await repository.filesAt(candidate.commit, (path) => paths.includes(path))
    : [];
  const conflicted = candidate.kind === "conflict" ? (candidate.files ?? []) : [];
  return {
    class: found,
    rules: Object.fromEntries(resolved.map(({ path, by }) => [path, by])),
    texts: Object.fromEntries(files.map(({ path, text }) => [path, text])),
    kinds:
      one.kinds === undefined
        ? null
        : Object.fromEntries(conflicted.map(({ path, kind }) => [path, kind])),
  };
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
    expect(await seenOf(one, candidate)).toEqual(expectedOf(one));
    expect(classOf(candidate).why).toMatch(/^\S.*\.$/u);
  });
});
