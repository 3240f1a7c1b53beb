import fs from "node:fs";
import path from "node:path";
import type { Run } from "../../src/core/run/run.ts";
import type { GitWorld } from "../contract/git-world.ts";
import { ownOf, WorldBroken } from "./pure-world.ts";
import type { Seen } from "./random-git.ts";
import { checkVerdicts, type RandomMilestone } from "./random-milestone.ts";

/** What the user has: HEAD, index, configuration, files to the byte, and every ref that is not the run's. */
export function userState(world: GitWorld): string {
  const { root } = world;
  const inside = ["HEAD", "index", "config"].map((name) =>
    fs.readFileSync(path.join(root, ".git", name), "base64"),
  );
  const files = fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !/^\.(?:git|cairn)\//.test(path.relative(root, file)))
    .map((file) => [file, fs.readFileSync(file, "base64")]);
  const refs = world
    .git(["for-each-ref", "--format=%(refname) %(objectname)"])
    .split("\n")
    .filter((line) => !/^refs\/(?:cairn\/|heads\/(?:feat|milestone)\/)/.test(line));
  return JSON.stringify([inside, files, refs]);
}

/** @throws WorldBroken where the branch is not what the same merges by hand would have made of it. */
export function checkGitWorld(
  world: GitWorld,
  milestone: RandomMilestone,
  seen: Seen,
  run: Run,
): void {
  if (!["complete", "waiting"].includes(run.status))
    throw new WorldBroken("I8", `the run is ${run.status}: ${run.haltReason ?? ""}`);
  checkOrder(milestone, checkReference(world, seen, run));
  const tip = `refs/heads/${run.integration?.branch ?? ""}`;
  const files = new Set(world.git(["ls-tree", "--name-only", tip]).split("\n"));
  for (const { key, status } of run.tasks.values()) {
    const isOn = files.has(ownOf(key));
    if (isOn !== (status === "merged"))
      throw new WorldBroken("I6", `${key} is ${status} and ${isOn ? "on" : "not on"} the branch`);
  }
  checkVerdicts(milestone, run, (key) => files.has(ownOf(key)));
}

/**
 * Every merge by hand again, with nothing but git: three trees, and the base that the branch truly has. Answers the
 * tasks as they lie on the branch, the oldest first.
 */
function checkReference(world: GitWorld, seen: Seen, run: Run): readonly string[] {
  const { merged, begun } = seen;
  const git: GitWorld["git"] = (args) => world.git(args);
  const branch = `refs/heads/${run.integration?.branch ?? ""}`;
  const start = run.integration?.base ?? "";
  const line = git(["rev-list", "--reverse", "--first-parent", `${start}..${branch}`]).split("\n");
  let below = start;
  const found: string[] = [];
  for (const commit of line.filter((name) => name !== "")) {
    const landing = merged.find((one) => one.commit === commit);
    if (landing === undefined) {
      const author = git(["log", "-1", "--format=%ae", commit]);
      if (author !== "person@example.com")
        throw new WorldBroken("I3", `${commit} of ${author} is on the branch and no merge`);
    } else {
      found.push(landing.task);
      const fork = forkOf(world, { head: landing.head, below, start }, begun.get(landing.task));
      const due = mergedByHand(git, fork, below, landing.head);
      const tree = git(["rev-parse", `${commit}^{tree}`]);
      if (due !== tree)
        throw new WorldBroken("reference", `${commit} (${landing.task}) is not its serial merge`);
    }
    below = commit;
  }
  const lost = merged.filter(({ task }) => !found.includes(task)).map(({ task }) => task);
  if (lost.length > 0) throw new WorldBroken("I3", `lost from the branch: ${lost.join(", ")}`);
  return found;
}

/** Where the work was begun, or the newest commit of the branch that was merged into it since. */
function forkOf(
  world: GitWorld,
  { head, below, start }: Readonly<Record<"head" | "below" | "start", string>>,
  begun = start,
): string {
  const own = new Set(world.git(["rev-list", `${begun}..${head}`]).split("\n"));
  const line = world.git(["rev-list", "--first-parent", `${start}..${below}`]).split("\n");
  return line.find((commit) => commit !== "" && own.has(commit)) ?? begun;
}

/** Works with every git: the base is made the only common ancestor. Null: it does not merge by itself. */
function mergedByHand(
  git: GitWorld["git"],
  base: string,
  ours: string,
  theirs: string,
): string | null {
  const [a, b] = [ours, theirs].map((side) =>
    git(["commit-tree", `${side}^{tree}`, "-p", base, "-m", "side"]),
  );
  try {
    return git(["merge-tree", "--write-tree", a ?? "", b ?? ""]).split("\n")[0] ?? null;
  } catch {
    return null;
  }
}

function checkOrder({ issues }: RandomMilestone, order: readonly string[]): void {
  const done = new Set<string>();
  for (const task of order) {
    const { needs = [] } = issues.find(({ key }) => key === task) ?? {};
    const missing = needs.filter((need) => !done.has(need));
    if (missing.length > 0)
      throw new WorldBroken("I4", `${task} lies below ${missing.join(", ")}, on which it depends`);
    if (done.has(task)) throw new WorldBroken("I10", `${task} was merged twice`);
    done.add(task);
  }
}
