// The tools that need no run, by the real program: doctor, preflight, integration-test, worktree, state.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { IntegrationTestJson, PreflightJson } from "../../src/api/preflight-json.ts";
import type { WorktreesJson } from "../../src/api/worktree-json.ts";
import { processesOf, RoughWorld, until, WORKS } from "../support/rough-world.ts";

const worlds: RoughWorld[] = [];

afterEach(() => {
  const left = worlds.splice(0).flatMap((world) => world.remove());
  if (left.length > 0) throw new Error(`still alive at the end: ${left.join(", ")}`);
});

/** Gates that read files: `broken.txt` makes one red, `slow.txt` makes one wait. */
const GATES = `gates:
  pre_merge:
    - { name: unit, run: "if [ -e broken.txt ]; then cat broken.txt; exit 1; fi", kind: test }
    - { name: slow, run: "if [ -e slow.txt ]; then sleep 60; fi", kind: other }
`;
/** For runs: the sample agent writes no tests. */
const PLAIN = `profile: plain\n${GATES}`;

function aWorld(options: ConstructorParameters<typeof RoughWorld>[0] = {}): RoughWorld {
  const world = new RoughWorld({ config: GATES, ...options });
  worlds.push(world);
  return world;
}

function commit(
  world: RoughWorld,
  files: Readonly<Record<string, string>>,
  message = "More",
): void {
  for (const [name, text] of Object.entries(files)) world.write(name, text);
  world.git("add", ".");
  world.git("commit", "-q", "-m", message);
}

/** Refs, worktrees and what git shows of the checkout: what a tool without a run must leave as it was. */
function traces(world: RoughWorld): string {
  return [
    world.git("for-each-ref"),
    world.git("worktree", "list", "--porcelain"),
    world.git("status", "--porcelain"),
    fs.readFileSync(path.join(world.root, ".git/config"), "utf8"),
  ].join("\n");
}

function scratchOf(world: RoughWorld): readonly string[] {
  const folder = path.join(world.root, ".cairn/worktrees");
  return fs.existsSync(folder)
    ? fs.readdirSync(folder).filter((name) => name.startsWith("scratch-"))
    : [];
}

/** A preflight whose second gate waits. */
async function inTheMiddle(world: RoughWorld): Promise<ReturnType<RoughWorld["start"]>> {
  const started = world.start(["preflight", "--gates"]);
  await until(() => sleepersIn(world).length > 0, 20_000, "the slow gate runs");
  return started;
}

function sleepersIn(world: RoughWorld): readonly number[] {
  return processesOf(world.folder).filter((pid) =>
    read(`/proc/${pid}/cmdline`).startsWith("sleep\0"),
  );
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Makes one; its folder is all that stdout holds. */
async function create(world: RoughWorld, ...words: readonly string[]): Promise<string> {
  const ended = await world.cairn("worktree", "create", ...words);
  if (ended.code !== 0) throw new Error(ended.told);
  return ended.out.replace(/\n$/, "");
}

async function list(world: RoughWorld): Promise<WorktreesJson["worktrees"]> {
  const { out } = await world.cairn("worktree", "status", "--json");
  const document: WorktreesJson = JSON.parse(out);
  return document.worktrees;
}

describe("doctor and preflight", () => {
  test("say that a run can begin, and leave nothing behind", async () => {
    const world = aWorld();
    const before = traces(world);
    const doctor = await world.cairn("doctor");
    expect(doctor).toMatchObject({ code: 0, told: "" });
    expect(doctor.out).toMatch(/^ok {7}git: git /);
    expect(doctor.out).toMatch(/\nA run can begin: nothing is refused, 2 warnings\.\n$/);
    expect(doctor.out.match(/^warning +\w+/gm)).toEqual(["warning  cost", "warning  sandbox"]);
    const preflight = await world.cairn("preflight");
    expect(preflight).toMatchObject({ code: 0 });
    expect(preflight.out).toMatch(/\nThe baseline is green: main at [0-9a-f]{10}\.\n/);
    expect(traces(world)).toBe(before);
    expect(fs.existsSync(path.join(world.root, ".cairn"))).toBe(false);
  });

  test("a red test gate is named with its words; whether it stops a run is the configuration's", async () => {
    const world = aWorld({ config: `${GATES}baseline: { require_green: none }\n` });
    commit(world, { "broken.txt": "not ok 1 - adds\n" });
    const known = await world.cairn("preflight", "--gates");
    expect(known).toMatchObject({ code: 0 });
    expect(known.out).toMatch(
      /^Red on main at [0-9a-f]{10}: unit\.\n {2}\| unit: adds\nKnown before/,
    );
    const required = await world.cairn(
      "preflight",
      "--gates",
      "--require-green-baseline",
      "--json",
    );
    expect(required).toMatchObject({ code: 1, told: "" });
    const document: PreflightJson = JSON.parse(required.out);
    expect(document).toMatchObject({ requiresGreen: "tests", ready: false, checks: [] });
    expect(document.baseline).toMatchObject({ target: "main", red: ["unit"], redTests: ["unit"] });
  });

  test("by default a red test stops a run, and preflight says so with the key that would not", async () => {
    const world = aWorld();
    commit(world, { "broken.txt": "no\n" });
    const ended = await world.cairn("preflight", "--gates");
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.out).toContain(
      "A run would not begin: unit must be green (baseline.require_green: tests).",
    );
  });

  test("what is refused is named, and the gates are measured all the same", async () => {
    const world = aWorld();
    world.write("docs/M1_trail.md", "# changed\n");
    const ended = await world.cairn("preflight", "--json");
    expect(ended).toMatchObject({ code: 2 });
    const document: PreflightJson = JSON.parse(ended.out);
    const refused = document.checks.filter((check) => check.result === "refused");
    expect(refused.map((check) => check.code)).toEqual(["preflight/dirty"]);
    expect(document.baseline?.red).toEqual([]);
    expect(document.ready).toBe(false);
  });

  test("an unknown word or target is refused", async () => {
    const world = aWorld();
    expect(await world.cairn("doctor", "now")).toMatchObject({ code: 2, out: "" });
    const ended = await world.cairn("preflight", "--gates", "--target", "nowhere");
    expect(ended).toMatchObject({ code: 2, out: "" });
    expect(ended.told).toContain("The target branch nowhere does not exist here.");
    const inside = await world.start(["preflight"], { env: { CAIRN_INSIDE: "m1" } }).ended;
    expect(inside).toMatchObject({ code: 2, out: "" });
    expect(inside.told).toContain("was called inside an agent session");
  });

  test("Ctrl-C ends what it started and removes its worktree", async () => {
    const world = aWorld();
    commit(world, { "slow.txt": "" });
    const before = traces(world);
    const { child, ended } = await inTheMiddle(world);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130 });
    expect(sleepersIn(world)).toEqual([]);
    expect(scratchOf(world)).toEqual([]);
    expect(traces(world)).toBe(before);
  });

  test("killed in the middle: state validate names what is left, --fix ends and removes it", async () => {
    const world = aWorld();
    commit(world, { "slow.txt": "" });
    const before = traces(world);
    const { child, ended } = await inTheMiddle(world);
    child.kill("SIGKILL");
    await ended;
    expect(scratchOf(world)).toHaveLength(1);
    const seen = await world.cairn("state", "validate");
    expect(seen).toMatchObject({ code: 1 });
    expect(seen.out).toContain(
      "off     scratch: Worktrees of measurings that were killed: scratch-",
    );
    expect(await world.cairn("state", "validate", "--fix")).toMatchObject({ code: 0 });
    expect(sleepersIn(world)).toEqual([]);
    expect(scratchOf(world)).toEqual([]);
    expect(traces(world)).toBe(before);
  });
});

describe("integration-test", () => {
  test("tells what is new from what the target shows as well", async () => {
    const world = aWorld();
    commit(world, { "broken.txt": "not ok 1 - adds\n" });
    world.git("switch", "-q", "-c", "work");
    commit(world, { "own.txt": "mine\n" });
    const known = await world.cairn("integration-test", "--target", "main");
    expect(known).toMatchObject({ code: 0 });
    expect(known.out).toMatch(
      /^Nothing new is red: work at [0-9a-f]{10}\.\nPre-existing: unit\. The same command is red on main at [0-9a-f]{10}\.\n$/,
    );
    commit(world, { "broken.txt": "not ok 1 - adds\nnot ok 2 - takes away\n" });
    const worse = await world.cairn("integration-test", "work", "--target", "main", "--json");
    expect(worse).toMatchObject({ code: 1 });
    const document: IntegrationTestJson = JSON.parse(worse.out);
    expect(document).toMatchObject({
      branch: "work",
      run: null,
      target: "main",
      preExisting: [],
      held: ["Gate unit: takes away"],
      passed: false,
    });
    expect(scratchOf(world)).toEqual([]);
  });

  test("on the target itself red is red", async () => {
    const world = aWorld();
    commit(world, { "broken.txt": "no\n" });
    const ended = await world.cairn("integration-test");
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.out).toContain(
      "main is the target itself: there is nothing older to hold it against.",
    );
  });

  test("takes the newest run's branch, with the gates that run was begun with", async () => {
    const world = aWorld({ config: PLAIN });
    expect(await world.cairn("run", "docs/M1_trail.md")).toMatchObject({ code: 0 });
    commit(world, {
      ".cairn.yml": read(path.join(world.root, ".cairn.yml")).replace("unit", "new"),
    });
    const ended = await world.cairn("integration-test", "--json");
    const document: IntegrationTestJson = JSON.parse(ended.out);
    expect(document.branch).toBe("milestone/m1-trail");
    expect(document.run).toMatch(/^m1-trail-/);
    expect(document.results.map((result) => result.name)).toEqual(["unit", "slow"]);
  });

  test("an unknown branch is refused before anything is measured", async () => {
    const world = aWorld();
    const ended = await world.cairn("integration-test", "nowhere");
    expect(ended).toMatchObject({ code: 2, out: "" });
    expect(ended.told).toContain("error: There is no branch nowhere here.");
    expect(scratchOf(world)).toEqual([]);
  });
});

describe("worktree", () => {
  test("create prints the folder alone, on its own branch, clean, at the base", async () => {
    const world = aWorld();
    const folder = await create(world, "12", "--title", "Add a thing");
    expect(folder).toBe(path.join(world.root, ".cairn/worktrees/tasks/12"));
    expect(world.git("-C", folder, "status", "--porcelain", "--branch")).toBe(
      "## feat/issue-12-add-a-thing",
    );
    expect(world.git("-C", folder, "rev-parse", "HEAD")).toBe(world.git("rev-parse", "main"));
    expect(world.git("status", "--porcelain")).toBe("");
    expect(await world.cairn("worktree", "path", "#12")).toMatchObject({ out: `${folder}\n` });
    const again = await world.cairn("worktree", "create", "12");
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(again.told).toContain("There is a worktree for 12 already");
    expect(await create(world, "12", "--reuse")).toBe(folder);
  });

  test.each([["../../../x"], ["-rf"], ["a b"], ["🎉"], [".git"], ["/etc/passwd"]])(
    "the key %j stays in its place",
    async (key) => {
      const world = aWorld();
      const folder = await create(world, "--", key);
      expect(path.dirname(folder)).toBe(path.join(world.root, ".cairn/worktrees/tasks"));
      expect((await list(world)).map((one) => one.key)).toEqual([key]);
      expect(await world.cairn("worktree", "remove", "--", key)).toMatchObject({ code: 0 });
      expect(world.git("branch", "--list", "feat/*")).toBe("");
    },
  );

  test("--clean keeps the commits it takes away, and refuses what was never committed", async () => {
    const world = aWorld();
    const folder = await create(world, "12");
    fs.writeFileSync(path.join(folder, "own.txt"), "mine\n");
    const refused = await world.cairn("worktree", "create", "12", "--clean");
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.told).toContain("holds what was never committed: own.txt.");
    world.git("-C", folder, "add", ".");
    world.git("-C", folder, "commit", "-q", "-m", "Mine");
    const tip = world.git("-C", folder, "rev-parse", "HEAD");
    await create(world, "12", "--clean");
    expect(fs.existsSync(path.join(folder, "own.txt"))).toBe(false);
    expect(world.git("for-each-ref", "--format=%(objectname)", "refs/cairn/old")).toBe(tip);
  });

  test("a rebase that conflicts names the files and leaves everything as it was", async () => {
    const world = aWorld();
    commit(world, { "a.txt": "one\n" });
    const folder = await create(world, "12");
    fs.writeFileSync(path.join(folder, "a.txt"), "mine\n");
    world.git("-C", folder, "commit", "-qam", "Mine");
    commit(world, { "a.txt": "theirs\n" });
    const state = (): string =>
      world.git("-C", folder, "status", "--porcelain", "--branch") +
      world.git("-C", folder, "rev-parse", "HEAD") +
      fs.readFileSync(path.join(folder, "a.txt"), "utf8");
    const before = state();
    const ended = await world.cairn("worktree", "rebase", "12");
    expect(ended).toMatchObject({
      code: 1,
      out: "feat/issue-12 conflicts with main in 1 file; everything is as it was.\n  a.txt\n",
    });
    expect(state()).toBe(before);
    const onto = await world.cairn("worktree", "rebase", "12", "--onto", "main~1");
    expect(onto.out).toBe("feat/issue-12 stands on main~1 already.\n");
  });

  test("a rebase moves the branch and keeps its author", async () => {
    const world = aWorld();
    const folder = await create(world, "12");
    fs.writeFileSync(path.join(folder, "own.txt"), "mine\n");
    world.git("-C", folder, "add", ".");
    world.git("-C", folder, "commit", "-q", "-m", "Mine", "--author", "Bea <bea@example.org>");
    commit(world, { "b.txt": "theirs\n" });
    expect(await world.cairn("worktree", "rebase", "12")).toMatchObject({ code: 0 });
    expect(world.git("-C", folder, "log", "-1", "--format=%an %s")).toBe("Bea Mine");
    expect(world.git("rev-parse", "feat/issue-12~1")).toBe(world.git("rev-parse", "main"));
  });

  test("remove refuses unmerged work, and keeps its commits even when forced", async () => {
    const world = aWorld();
    const folder = await create(world, "12");
    fs.writeFileSync(path.join(folder, "own.txt"), "mine\n");
    world.git("-C", folder, "add", ".");
    world.git("-C", folder, "commit", "-q", "-m", "Mine");
    const tip = world.git("rev-parse", "feat/issue-12");
    const refused = await world.cairn("worktree", "remove", "12");
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.told).toContain("1 commit on feat/issue-12 not merged into main");
    const forced = await world.cairn("worktree", "remove", "12", "--force");
    expect(forced).toMatchObject({ code: 0 });
    expect(forced.out).toContain(`kept as refs/cairn/old/feat/issue-12-${tip.slice(0, 9)}`);
    expect(fs.existsSync(folder)).toBe(false);
    expect(world.git("branch", "--list", "feat/*")).toBe("");
  });

  test("cleanup takes what was squashed into the target, and says why the rest stays", async () => {
    const world = aWorld();
    const folder = await create(world, "12");
    await create(world, "13");
    fs.writeFileSync(path.join(folder, "own.txt"), "mine\n");
    world.git("-C", folder, "add", ".");
    world.git("-C", folder, "commit", "-q", "-m", "Mine");
    world.git("merge", "-q", "--squash", "feat/issue-12");
    world.git("commit", "-q", "-m", "Mine, squashed");
    const dry = await world.cairn("worktree", "cleanup", "--dry-run");
    expect(dry.out).toMatch(/^Would remove\n {2}12 {2}merged, /);
    expect(fs.existsSync(folder)).toBe(true);
    const ended = await world.cairn("worktree", "cleanup");
    expect(ended.out).toMatch(/^Removed\n {2}12 {2}merged, [^]*Kept\n {2}13 {2}in use: /);
    expect((await list(world)).map((one) => one.key)).toEqual(["13"]);
  });

  test("killed between the worktree and its note: an orphan, begun again or cleaned up", async () => {
    const world = aWorld();
    const bin = path.join(world.folder, "bin");
    fs.mkdirSync(bin);
    // git itself, but whoever has a worktree added is killed before he hears of it.
    fs.writeFileSync(
      path.join(bin, "git"),
      `#!/bin/sh\nPATH=\${PATH#${bin}:}\ngit "$@"\ncode=$?\n[ "$1 $2" = "worktree add" ] && kill -9 $PPID\nexit $code\n`,
      { mode: 0o755 },
    );
    const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}` };
    const killed = await world.start(["worktree", "create", "12"], { env }).ended;
    expect(killed).toMatchObject({ signal: "SIGKILL", out: "" });
    const orphan = { kind: "orphan", key: null, note: "its making was interrupted" };
    expect(await list(world)).toMatchObject([orphan]);
    const again = await world.cairn("worktree", "create", "12");
    expect(again).toMatchObject({ code: 1 });
    expect(again.told).toContain("whose making was interrupted");
    expect(again.told).toContain("cairn worktree create 12 --clean");
    await create(world, "12", "--clean");
    expect(await list(world)).toMatchObject([{ kind: "task", key: "12", note: null }]);
    await world.start(["worktree", "create", "14"], { env }).ended;
    const ended = await world.cairn("worktree", "cleanup");
    expect(ended.out).toContain("its making was interrupted");
    expect((await list(world)).map((one) => one.key)).toEqual(["12"]);
  });

  test("cairn clean leaves what was made by hand, also where it is clean", async () => {
    const world = aWorld({ config: PLAIN });
    expect(await world.cairn("run", "docs/M1_trail.md")).toMatchObject({ code: 0 });
    const folder = await create(world, "12");
    expect(await world.cairn("clean", "--force")).toMatchObject({ code: 0 });
    expect(fs.existsSync(path.join(folder, ".git"))).toBe(true);
  });

  test("wrong use is told, and an agent may not", async () => {
    const world = aWorld();
    expect(await world.cairn("worktree", "create")).toMatchObject({ code: 2 });
    expect(await world.cairn("worktree", "status", "12")).toMatchObject({ code: 2 });
    expect(await world.cairn("worktree", "path", "12")).toMatchObject({ code: 2, out: "" });
    const both = await world.cairn("worktree", "create", "12", "--reuse", "--clean");
    expect(both.told).toContain("--reuse and --clean exclude each other.");
    const env = { CAIRN_INSIDE: "m1" };
    expect(await world.start(["worktree", "create", "12"], { env }).ended).toMatchObject({
      code: 2,
    });
    const mark = await world.start(["state", "checkpoint", "x"], { env }).ended;
    expect(mark.told).toContain("was called inside an agent session");
    expect(fs.existsSync(path.join(world.root, ".cairn"))).toBe(false);
  });
});

test("beside a live run: its worktrees are shown and left alone, gates are measured, a mark is taken", async () => {
  const go = path.join(os.tmpdir(), `cairn-tools-go-${process.pid}`);
  const agent = `while [ ! -e ${go} ]; do sleep 0.1; done\n${WORKS}`;
  const world = aWorld({ agent, config: PLAIN });
  try {
    const run = world.start(["run", "docs/M1_trail.md", "--progress", "plain"]);
    await until(
      async () => (await world.cairn("worktree", "path", "1.1")).code === 0,
      30_000,
      "the first task has a workspace",
    );
    const folder = (await world.cairn("worktree", "path", "1.1")).out.trim();
    expect(await world.cairn("worktree", "cleanup", "--all", "--force")).toMatchObject({ code: 0 });
    expect(fs.existsSync(folder)).toBe(true);
    expect(await world.cairn("preflight", "--gates")).toMatchObject({ code: 0 });
    const made = await world.cairn("worktree", "create", "77");
    expect(made).toMatchObject({ code: 0 });
    const mark = await world.cairn("state", "checkpoint", "while it runs");
    expect(mark).toMatchObject({ code: 0 });
    expect(mark.out).toContain('"while it runs"');
    expect(await world.cairn("state", "validate", "--deep")).toMatchObject({ code: 0 });
    fs.writeFileSync(go, "");
    expect(await run.ended).toMatchObject({ code: 0 });
    expect(fs.existsSync(made.out.trim())).toBe(true);
    expect(await world.cairn("state", "validate", "--deep")).toMatchObject({ code: 0 });
  } finally {
    fs.rmSync(go, { force: true });
  }
});
