// The integration branch of a milestone is there before its run, and old: asked at a terminal, resumed elsewhere.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Terminal } from "../support/e2e-terminal.ts";
import { ONE_TASK, RoughWorld } from "../support/rough-world.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let world: RoughWorld;
let home: string;
const terminals: Terminal[] = [];
let branch: string;
let tip: string;

beforeEach(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-old-home-")));
  world = new RoughWorld({ plan: ONE_TASK, config: "target: main\nprofile: plain\n" });
  branch = "milestone/m1-trail";
  tip = oldCommit("main");
  world.git("branch", branch, tip);
});

afterEach(() => {
  for (const each of terminals.splice(0)) each.close();
  const left = world.remove();
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  if (left.length > 0) throw new Error(`still alive at the end: ${left.join(", ")}`);
});

/** What somebody began thirty days and a few hours ago, with a file of its own. */
function oldCommit(on: string): string {
  const made = Date.now() - 30 * DAY_MS - 2.5 * HOUR_MS;
  const when = `@${Math.floor(made / 1_000)} +0000`;
  const git = (args: readonly string[], input = ""): string =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
      cwd: world.root,
      input,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], GIT_COMMITTER_DATE: when, GIT_AUTHOR_DATE: when },
    }).trim();
  const blob = git(["hash-object", "-w", "--stdin"], "old\n");
  const tree = git(["mktree"], `${git(["ls-tree", on])}\n100644 blob ${blob}\told.txt\n`);
  return git(["commit-tree", tree, "-p", on, "-m", "Old work"]);
}

function terminal(...args: readonly string[]): Terminal {
  const started = new Terminal(args, { directory: world.root, home });
  terminals.push(started);
  return started;
}

const FOUND =
  "milestone/m1-trail is there already, with 1 commit that main lacks; the newest commit is 30d 2h old.";

test("a person leaves the question: nothing is changed; says delete: begun anew, the commits kept", async () => {
  const before = world.footprint();
  const first = terminal("run", "docs/M1_trail.md");
  await first.see("there already, with 1 commit");
  first.press("\u0003");
  expect(await first.ended).toBe(3);
  expect(first.words()).toContain("Nothing was changed.");
  expect(world.footprint()).toBe(before);

  const second = terminal("run", "docs/M1_trail.md");
  await second.see("resume (go on from it)");
  second.press("\u001B[B");
  await second.see("delete (begin anew from main; its commits are kept under");
  second.press("\r");
  const keptAs = `refs/cairn/old/${branch}-${tip.slice(0, 9)}`;
  await second.see(`${branch} is deleted; its commits are kept as ${keptAs}.`);
  expect(await second.ended).toBe(0);
  expect(world.git("rev-parse", keptAs)).toBe(tip);
  const names = world.git("ls-tree", "--name-only", branch).split("\n");
  expect(names).toContain("issue-1.1-one.txt");
  expect(names).not.toContain("old.txt");
}, 60_000);

test("where nobody can be asked the run goes on from it, and says so in one line", async () => {
  const ended = await world.cairn("run", "docs/M1_trail.md");
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.told.split("\n")).toContain(`${FOUND} The run goes on from ${branch} as it is.`);
  expect(world.git("ls-tree", "--name-only", branch).split("\n")).toContain("old.txt");
  expect(world.git("for-each-ref", "refs/cairn/old/")).toBe("");
}, 60_000);
