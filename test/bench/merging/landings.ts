import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { openRepository, type GitRepository } from "../../../src/adapters/git/git-repository.ts";
import { ENVIRONMENT, makeSample, type MergeSample, type SampleBranch } from "./sample.ts";
import type { Row } from "./row.ts";

const ROUNDS = 3;
const BRANCH = "milestone";
const PAIRS_TRIED = 150;

export interface LandingOptions {
  /** A repository to clone, instead of the synthetic one. */
  readonly repository: string | null;
  /** Also what takes minutes: the scripts that look at all of 200 branches after each landing. */
  readonly full: boolean;
}

/** Landings and forecasts on the real adapter beside bare-git shell scripts, on one repository in one go. */
export async function landingRows(options: LandingOptions): Promise<readonly Row[]> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-bench-landings-")));
  try {
    const sample = makeSample(path.join(folder, "sample"), 200, options.repository);
    const rows: Row[] = [];
    for (const count of [10, 50, 200]) rows.push(await lazyRow(sample, count));
    const most = options.full ? [200] : [];
    for (const count of [50, ...most]) rows.push(await eagerRow(sample, count));
    rows.push(await forecastRow(sample));
    for (const count of [10, 50, ...most]) rows.push(await worktreeRow(sample, folder, count));
    return rows;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const WITH_FULL = "; 200 are tried with --full: minutes";

interface Timed {
  readonly ms: number;
  readonly tree: string;
}

async function lazyRow(sample: MergeSample, count: number): Promise<Row> {
  const branches = sample.branches.slice(0, count);
  const shell: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const theirs = byShell(sample, branches, false);
    const mine = await byCairn(sample, branches, false);
    sameTree(theirs, mine, count);
    shell.push(theirs.ms);
    ours.push(mine.ms);
  }
  const aim = count >= 50 ? 0.6 : 1;
  const note =
    "merge-tree, commit-tree and update-ref for each branch; aims of git 2.49 or later, 1.2 before";
  return rowOf(`landing ${count} in order`, shell, ours, isSince(2_049) ? aim : 1.2, note);
}

async function eagerRow(sample: MergeSample, count: number): Promise<Row> {
  const branches = sample.branches.slice(0, count);
  const shell: number[] = [];
  const ours: number[] = [];
  // With many the script alone takes a minute, which evens out what else the machine does.
  for (let round = 0; round < (count > 50 ? 1 : ROUNDS); round += 1) {
    const theirs = byShell(sample, branches, true);
    const mine = await byCairn(sample, branches, true);
    sameTree(theirs, mine, count);
    shell.push(theirs.ms);
    ours.push(mine.ms);
  }
  const note = `the script asks about every branch that is left, after each landing${WITH_FULL}`;
  const what = `landing ${count}, and the rest looked at again`;
  return rowOf(what, shell, ours, count >= 200 ? 0.05 : 0.1, note);
}

/** The way people do it by hand: a work tree for each branch, all of them rebased after each landing. */
async function worktreeRow(sample: MergeSample, folder: string, count: number): Promise<Row> {
  const branches = sample.branches.slice(0, count);
  const landings = count > WHOLE_MAX ? LANDINGS_TIMED : count;
  const places = branches.map(({ key, head }) => {
    const place = path.join(folder, `trees-${count}`, key);
    sample.git("worktree", "add", "--quiet", "--detach", place, head);
    return place;
  });
  const script = path.join(folder, "rebase.sh");
  fs.writeFileSync(script, REBASE);
  const begun = performance.now();
  const args = [script, sample.base, String(landings), ...places];
  execFileSync("bash", args, { cwd: sample.root, env: ENVIRONMENT });
  const share = rebases(count, landings) / rebases(count, count);
  const ms = (performance.now() - begun) / share;
  for (const place of places) sample.git("worktree", "remove", "--force", place);
  const mine = await byCairn(sample, branches, true);
  const rest = share === 1 ? "" : `; reckoned from its first ${landings} landings`;
  const note = `its work trees were there before${rest}${WITH_FULL}`;
  return rowOf(`landing ${count}, against rebasing in work trees`, [ms], [mine.ms], 0.01, note);
}

/** All of 200 take a quarter of an hour: of more than these only the first landings are timed. */
const WHOLE_MAX = 50;
const LANDINGS_TIMED = 10;

/** Of the first `landings` of `count` branches: each one's own, and those of all behind it. */
function rebases(count: number, landings: number): number {
  return (landings * (2 * count - landings + 1)) / 2;
}

const REBASE = `set -e
tip=$1; landings=$2; shift 2
while [ $# -gt 0 ] && [ $landings -gt 0 ]; do
  landings=$((landings - 1))
  if git -C "$1" -c gc.auto=0 rebase --quiet "$tip" >/dev/null 2>&1; then tip=$(git -C "$1" rev-parse HEAD)
  else git -C "$1" rebase --abort; fi
  shift
  for rest in "$@"; do git -C "$rest" -c gc.auto=0 rebase --quiet "$tip" >/dev/null 2>&1 || git -C "$rest" rebase --abort; done
done
`;

async function forecastRow(sample: MergeSample): Promise<Row> {
  const { base, branches } = sample;
  const pairs = sharing(branches);
  const all = (branches.length * (branches.length - 1)) / 2;
  const step = Math.max(1, Math.floor(pairs.length / PAIRS_TRIED));
  const tried = pairs.filter((_pair, at) => at % step === 0);
  const heads = new Map(branches.map(({ key, head }) => [key, head]));
  const begun = performance.now();
  const conflicts = tried.map(([a, b]) => clash(sample, heads.get(a) ?? "", heads.get(b) ?? ""));
  const each = (performance.now() - begun) / tried.length;
  const mine = await withRepository(sample, async (repository) => {
    const from = performance.now();
    const asked = branches.map(({ key, head }) => ({ key, head, forkPoint: base }));
    const found = await repository.forecast(base, asked, pairs);
    const ms = performance.now() - from;
    const wrong = tried.filter(([a, b], at) => {
      const ours = found.find((one) => one.a === a && one.b === b);
      return (ours?.paths.length ?? 0) > 0 !== conflicts[at];
    });
    if (wrong.length > 0) throw new Error(`${wrong.length} pairs were foretold wrongly.`);
    return ms;
  });
  const note = `one process for each of ${all} pairs, from ${tried.length} that were timed; ours asks about the ${pairs.length} that share a path`;
  return rowOf(`forecast of ${branches.length} branches`, [each * all], [mine], 0.03, note);
}

function clash({ root }: MergeSample, a: string, b: string): boolean {
  const args = ["merge-tree", "--write-tree", "--name-only", a, b];
  const { status } = spawnSync("git", args, { cwd: root, env: ENVIRONMENT, stdio: "ignore" });
  if (status !== 0 && status !== 1) throw new Error(`merge-tree ended with ${status}`);
  return status === 1;
}

function sharing(branches: readonly SampleBranch[]): readonly (readonly [string, string])[] {
  return branches.flatMap((one, at) => {
    const paths = new Set(one.paths);
    return branches
      .slice(at + 1)
      .filter((other) => other.paths.some((name) => paths.has(name)))
      .map((other) => [one.key, other.key] as const);
  });
}

/** An older git finds the base by itself, which is the right one here: all branches were cut from it. */
function byShell(sample: MergeSample, branches: readonly SampleBranch[], eager: boolean): Timed {
  sample.git("update-ref", `refs/heads/${BRANCH}`, sample.base);
  const script = path.join(sample.root, ".git", "land.sh");
  fs.writeFileSync(script, LAND);
  const how = [eager ? "eager" : "lazy", isSince(2_040) ? "yes" : "no"];
  const args = [script, sample.base, ...how, ...branches.map(({ head }) => head)];
  const begun = performance.now();
  execFileSync("bash", args, { cwd: sample.root, env: ENVIRONMENT });
  const ms = performance.now() - begun;
  return { ms, tree: sample.git("rev-parse", `${BRANCH}^{tree}`) };
}

const LAND = `base=$1; mode=$2; direct=$3; shift 3
tip=$base
on_tip() { if [ $direct = yes ]; then ours="--merge-base=$base $tip"; else ours=$tip; fi; }
while [ $# -gt 0 ]; do
  head=$1; shift
  on_tip
  if tree=$(git merge-tree --write-tree $ours "$head"); then
    new=$(git commit-tree "$tree" -p "$tip" -p "$head" -m "merge")
    git update-ref refs/heads/${BRANCH} "$new" "$tip"
    tip=$new
  fi
  if [ "$mode" = eager ]; then
    on_tip
    for rest in "$@"; do git merge-tree --write-tree $ours "$rest" >/dev/null; done
  fi
done
exit 0
`;

function byCairn(
  sample: MergeSample,
  branches: readonly SampleBranch[],
  eager: boolean,
): Promise<Timed> {
  sample.git("update-ref", `refs/heads/${BRANCH}`, sample.base);
  return withRepository(sample, async (repository) => {
    const begun = performance.now();
    let onto = sample.base;
    for (const [at, { head, paths }] of branches.entries()) {
      const message = "merge";
      const request = { onto, forkPoint: sample.base, head, method: "merge", message } as const;
      const made = await repository.buildCandidate({ ...request, authorOf: head });
      if (made.kind !== "clean") continue;
      const moved = await repository.moveBranch(BRANCH, onto, made.commit);
      if (moved !== "moved") throw new Error(moved);
      onto = made.commit;
      if (!eager) continue;
      const landed = new Set(paths);
      const rest = branches
        .slice(at + 1)
        .filter((other) => other.paths.some((name) => landed.has(name)))
        .map(({ key, head: tip }) => ({ key, head: tip, forkPoint: sample.base }));
      await repository.forecast(
        onto,
        rest,
        rest.map(({ key }) => [key, null] as const),
      );
    }
    const ms = performance.now() - begun;
    return { ms, tree: await repository.treeOf(onto) };
  });
}

async function withRepository<T>(
  sample: MergeSample,
  work: (repository: GitRepository) => Promise<T>,
): Promise<T> {
  const repository = await openRepository({
    root: sample.root,
    cairnFolder: path.join(sample.root, ".cairn"),
    run: "bench",
    committer: { name: "Bench", email: "bench@cairn.invalid" },
  });
  try {
    return await work(repository);
  } finally {
    await repository.close();
  }
}

function sameTree(a: Timed, b: Timed, count: number): void {
  if (a.tree !== b.tree) throw new Error(`${count} landings ended in ${a.tree} and ${b.tree}.`);
}

/** `version`: major times 1,000 and minor. 2.40 takes a merge base, 2.49 answers one merge after the other. */
function isSince(version: number): boolean {
  const [, major = "0", minor = "0"] =
    /(\d+)\.(\d+)/.exec(execFileSync("git", ["--version"], { encoding: "utf8" })) ?? [];
  return Number(major) * 1_000 + Number(minor) >= version;
}

function rowOf(
  what: string,
  baselines: readonly number[],
  mine: readonly number[],
  aim: number,
  note: string,
): Row {
  const [baseline, ours] = [Math.min(...baselines), Math.min(...mine)];
  return { what, baseline, ours, ratio: ours / baseline, aim, note };
}
