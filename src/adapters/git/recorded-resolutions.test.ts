import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Candidate } from "../../ports/repository.ts";
import { openRepository, type GitRepository } from "./git-repository.ts";

let root = "";
let repository: GitRepository;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "cairn-recorded-"));
  git(["init", "-q", "-b", "main", root]);
  git(["config", "user.name", "t"]);
  git(["config", "user.email", "t@example.invalid"]);
  repository = await openRepository({
    root,
    cairnFolder: join(root, ".cairn"),
    run: "r",
    committer: { name: "Cairn", email: "cairn@example.invalid" },
  });
});

afterAll(async () => {
  await repository.close();
  rmSync(root, { recursive: true, force: true });
});

function git(args: readonly string[], input = ""): string {
  return execFileSync("git", [...args], { cwd: root, input })
    .toString("utf8")
    .trim();
}

/** A commit whose only file has this text. */
function commit(text: string, ...parents: readonly string[]): string {
  const blob = git(["hash-object", "-w", "--stdin"], text);
  const tree = git(["mktree"], `100644 blob ${blob}\ta.txt\n`);
  return git(["commit-tree", tree, "-m", "x", ...parents.flatMap((one) => ["-p", one])]);
}

function candidate(base: string, ours: string, theirs: string): Promise<Candidate> {
  const message = "feat: theirs";
  const sides = { onto: ours, forkPoint: base, head: theirs, authorOf: theirs };
  return repository.buildCandidate({ ...sides, method: "squash", message });
}

function filesOf(found: Candidate) {
  if (found.kind !== "conflict") throw new Error(found.kind);
  return found.files ?? [];
}

test("a recorded resolution settles the same three blobs, and stays when the repository is cleaned", async () => {
  const base = commit("one\n");
  const [ours, theirs] = [commit("ours\n", base), commit("theirs\n", base)];
  const files = filesOf(await candidate(base, ours, theirs));
  await repository.recordResolutions(commit("both\n", ours), files);
  const resolved = [{ path: "a.txt", by: "recorded resolution" }];
  const found = await candidate(base, ours, theirs);
  expect(found).toMatchObject({ kind: "clean", resolved });
  // The same again is nothing more, and a newer one takes its place.
  await repository.recordResolutions(commit("both\n", ours), files);
  expect(await candidate(base, ours, theirs)).toEqual(found);
  await repository.recordResolutions(commit("both, better\n", ours), files);
  const newer = await candidate(base, ours, theirs);
  if (newer.kind !== "clean") throw new Error(newer.kind);
  expect(git(["show", `${newer.commit}:a.txt`])).toBe("both, better");
  expect(git(["for-each-ref", "refs/cairn/resolutions/"]).split("\n")).toHaveLength(1);
  const left = await repository.findLeftovers({ branches: [], mergedInto: [] });
  expect(left.filter((one) => one.kind === "ref")).toEqual([]);
});

test("a merge onto something else than our side is not recorded: it holds more than the conflict", async () => {
  const base = commit("two\n");
  const [ours, theirs] = [commit("two, ours\n", base), commit("two, theirs\n", base)];
  const files = filesOf(await candidate(base, ours, theirs));
  const moved = commit("two, ours, and more\n", ours);
  await repository.recordResolutions(commit("two, all of it\n", moved), files);
  expect((await candidate(base, ours, theirs)).kind).toBe("conflict");
});

test("a file that the merge took away, and a merge that has no parent, record nothing", async () => {
  const base = commit("three\n");
  const [ours, theirs] = [commit("three, ours\n", base), commit("three, theirs\n", base)];
  const files = filesOf(await candidate(base, ours, theirs));
  const empty = git(["mktree"], "");
  await repository.recordResolutions(git(["commit-tree", empty, "-m", "x", "-p", ours]), files);
  await repository.recordResolutions(commit("three, all\n"), files);
  expect((await candidate(base, ours, theirs)).kind).toBe("conflict");
});
