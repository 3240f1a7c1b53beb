import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Files } from "../../../test/contract/repository.contract.ts";
import { CAIRN, gitWorld, identity, type GitWorld } from "../../../test/contract/git-world.ts";
import type { Candidate } from "../../ports/repository.ts";
import { openRepository, type GitRepository } from "./git-repository.ts";
import { mergeModeOf, readGitVersion } from "./git-version.ts";

const NAMES = ["a.txt", "b.txt", "dir/c.txt", "dir/d.txt"];
const LINES = 12;

/** One side of a merge: for each file a few replaced lines, or its removal, or nothing. */
const side = fc
  .tuple(
    ...NAMES.map(() =>
      fc.oneof(
        { weight: 4, arbitrary: fc.constant("keep" as const) },
        {
          weight: 5,
          arbitrary: fc.array(fc.tuple(fc.nat(LINES - 1), fc.constantFrom("x", "y", "z")), {
            minLength: 1,
            maxLength: 3,
          }),
        },
        { weight: 1, arbitrary: fc.constant("remove" as const) },
      ),
    ),
  )
  .map((edits): Files => {
    const files: Record<string, string | null> = {};
    for (const [at, edit] of edits.entries()) {
      const name = NAMES[at] ?? "";
      if (edit === "remove") files[name] = null;
      else if (edit !== "keep") files[name] = contentOf(name, new Map(edit));
    }
    return files;
  });

function contentOf(name: string, replaced: ReadonlyMap<number, string> = new Map()): string {
  const lines = Array.from({ length: LINES }, (_, line) => replaced.get(line) ?? `${name} ${line}`);
  return `${lines.join("\n")}\n`;
}

/** What a person would get: the same merge in a checkout. */
function mergeByHand(
  world: GitWorld,
  at: string,
  onto: string,
  head: string,
): { tree: string | null; paths: readonly string[] } {
  world.git(["checkout", "-q", "-f", "--detach", onto], { cwd: at });
  world.git(["reset", "-q", "--hard"], { cwd: at });
  world.git(["clean", "-fdq"], { cwd: at });
  const answer = spawnSync("git", ["merge", "-q", "--squash", head], {
    cwd: at,
    env: identity("p@example.com"),
  });
  const listing = world
    .git(["ls-files", "-u", "-z"], { cwd: at })
    .split("\0")
    .filter((entry) => entry !== "");
  const paths = [...new Set(listing.map((entry) => entry.slice(entry.indexOf("\t") + 1)))].toSorted(
    (a, b) => (a < b ? -1 : 1),
  );
  return { tree: answer.status === 0 ? world.git(["write-tree"], { cwd: at }) : null, paths };
}

test("a candidate is what `git merge --squash` makes in a checkout, or the same conflict, with any git", async () => {
  const world = await gitWorld();
  const at = path.join(world.root, "..", "by-hand");
  const kinds = new Set<string>();
  try {
    await world.repository.ensureBranch("work", world.start);
    const forkPoint = await world.commitOn(
      "work",
      Object.fromEntries(NAMES.map((name) => [name, contentOf(name)])),
      "fork",
    );
    world.git(["worktree", "add", "-q", "--detach", at, forkPoint]);
    const newer = await openNewer(world);
    let round = 0;
    await fc.assert(
      fc.asyncProperty(side, side, async (theirs, mine) => {
        round += 1;
        await world.repository.ensureBranch(`onto/${round}`, forkPoint);
        await world.repository.ensureBranch(`head/${round}`, forkPoint);
        const onto = await world.commitOn(`onto/${round}`, theirs, "theirs");
        const head = await world.commitOn(`head/${round}`, mine, "mine");
        const request = {
          onto,
          forkPoint,
          head,
          method: "squash",
          message: "m",
          authorOf: head,
        } as const;
        const candidate = await world.repository.buildCandidate(request);
        kinds.add(candidate.kind);
        expect(withoutIds(await newer.buildCandidate(request))).toEqual(candidate);
        expect(await outcomeOf(world, candidate, onto)).toEqual(mergeByHand(world, at, onto, head));
      }),
      { numRuns: 30, seed: 20_261_121 },
    );
    expect([...kinds].toSorted()).toEqual(expect.arrayContaining(["clean", "conflict"]));
    await newer.close();
  } finally {
    await world.close();
    fs.rmSync(at, { recursive: true, force: true });
  }
});

/** A refusal equals nothing git does by hand: the landing check must not object to a merge over the right base. */
async function outcomeOf(world: GitWorld, candidate: Candidate, onto: string): Promise<unknown> {
  switch (candidate.kind) {
    case "clean":
      return { tree: candidate.tree, paths: [] };
    case "empty":
      return { tree: await world.repository.treeOf(onto), paths: [] };
    case "conflict":
      return { tree: null, paths: candidate.paths };
    case "refused":
      return candidate;
  }
}

/**
 * The repository as it merges with git 2.40 and later. Where the installed git is older, a `git` before it on the path
 * gives `--merge-base` its meaning by hand, so that at least what Cairn asks and reads is tried.
 */
async function openNewer(world: GitWorld): Promise<GitRepository> {
  const version = readGitVersion(world.git(["--version"]));
  const bin = path.join(world.root, "..", "bin");
  fs.mkdirSync(bin);
  const real = spawnSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).stdout.trim();
  const script = `#!/bin/sh
case "$*" in
"merge-tree --write-tree --messages -z --merge-base="*)
  base=\${5#--merge-base=}
  ours=$('${real}' commit-tree "$6^{tree}" -p "$base" -m x)
  exec '${real}' merge-tree --write-tree --messages -z "$ours" "$7" ;;
esac
exec '${real}' "$@"
`;
  fs.writeFileSync(path.join(bin, "git"), script, { mode: 0o755 });
  const before = process.env["PATH"];
  if (mergeModeOf(version) === "synthetic-parent") process.env["PATH"] = `${bin}:${before}`;
  try {
    return await openRepository({
      root: world.root,
      cairnFolder: path.join(world.root, ".cairn"),
      run: "m1-test",
      committer: CAIRN,
      mergeMode: "merge-base",
    });
  } finally {
    process.env["PATH"] = before;
  }
}

/** The made-up commit of the `git` on the path is not known to Cairn; a real one names ours. */
function withoutIds(candidate: Candidate): Candidate {
  if (candidate.kind !== "conflict") return candidate;
  return { ...candidate, messages: candidate.messages.replaceAll(/[0-9a-f]{40}/g, "the base") };
}
