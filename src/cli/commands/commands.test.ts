import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "../../adapters/sqlite/store.ts";
import { CommandWorld } from "../../../test/support/command-world.ts";
import { RunStory, type StoryIssue } from "../../../test/support/run-story.ts";

const ISSUES: readonly StoryIssue[] = [
  { key: "1", title: "One" },
  { key: "2", title: "Two" },
  { key: "3", title: "Three", needs: ["2"] },
];

let world: CommandWorld;
const children: ChildProcess[] = [];

beforeEach(() => {
  world = new CommandWorld();
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  world.remove();
});

function asking(): RunStory {
  const story = new RunStory().begun({}, ISSUES).broughtHome("1").started("2").accepted("2");
  return story.asked("2", { text: "May the queue be public?" });
}

async function agent(run: string): Promise<ChildProcess> {
  const child = spawn("sleep", ["600"], {
    cwd: world.root,
    detached: true,
    stdio: "ignore",
    env: { PATH: process.env["PATH"], CAIRN_SESSION_MARK: `${run}/2-s1` },
  });
  children.push(child);
  await once(child, "spawn");
  return child;
}

/** A process that holds the run's lock and does nothing. */
async function hangingEngine(run: string): Promise<void> {
  const module = path.resolve(import.meta.dirname, "../../adapters/sqlite/run-lock.ts");
  const script = `import { tryLock } from ${JSON.stringify(module)};
    tryLock(${JSON.stringify(world.cairnFolder)}, { pid: process.pid, run: ${JSON.stringify(run)}, command: "cairn run plan.md", startedAt: Date.now() });
    console.log("locked");
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout, "data");
}

function finished(): RunStory {
  const story = new RunStory()
    .begun({}, ISSUES)
    .broughtHome("1")
    .started("2")
    .failedFor("2", "No word.");
  return story.tell(
    { type: "TasksFinished", mergedAny: true },
    { type: "IntegrationPassed", commit: "c".repeat(40), results: [], lands: false },
  );
}

describe("reading commands", () => {
  test("say where to begin when nothing was run here", async () => {
    for (const name of ["status", "report", "events", "attach", "pause"]) {
      await expect(world.run(name)).rejects.toMatchObject({ code: "run/none", exitCode: 2 });
    }
    expect(fs.existsSync(world.cairnFolder)).toBe(false);
  });

  test("name the runs there are when the one asked for is unknown, and take the beginning of a name", async () => {
    const story = asking();
    world.store(story);
    await expect(world.run("status", "--run", "m9")).rejects.toMatchObject({ code: "run/unknown" });
    const shown = await world.run("status", "--run", "m4", "--json");
    expect(JSON.parse(shown.out)).toMatchObject({ run: { id: story.run.id } });
  });

  test("work from a folder below and from a linked worktree", async () => {
    world.store(asking());
    world.git(
      "worktree",
      "add",
      "--quiet",
      path.join(world.cairnFolder, "worktrees/w1"),
      "-b",
      "side",
    );
    const below = path.join(world.cairnFolder, "worktrees/w1");
    const { openView } = await import("../../composition/views.ts");
    const reader = openView(below);
    expect(reader.root).toBe(world.root);
    reader.close();
  });

  test("status --json is one documented object", async () => {
    world.store(asking());
    const { out, code } = await world.run("status", "--json");
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot("../../../test/golden/status-asking.json.txt");
  });

  test("--exit-status ends as the run would: 5 while it waits, 0 when all is merged, 1 after failures", async () => {
    world.store(asking());
    expect((await world.run("status", "--exit-status")).code).toBe(5);
    const done = new RunStory().begun({}, ISSUES);
    for (const { key } of ISSUES) done.broughtHome(key);
    const over = done.tell(
      { type: "TasksFinished", mergedAny: true },
      { type: "IntegrationPassed", commit: "c".repeat(40), results: [], lands: false },
    );
    const other = new CommandWorld();
    other.store(over);
    expect((await other.run("status", "--exit-status")).code).toBe(0);
    other.remove();
  });

  test("status begins with the four lines, then the tree", async () => {
    world.store(asking());
    const { out } = await world.run("status");
    expect(
      out
        .split("\n")
        .slice(0, 5)
        .map((line) => line.split(" ")[0]),
    ).toEqual(["Milestone", "Done", "Under", "Next", ""]);
    expect(out).toContain("cairn fix 2      have it fixed in one more round");
  });

  test("events are one JSON object per line, from the number asked for", async () => {
    const story = asking();
    world.store(story);
    const lines = (await world.run("events", "--since", "20")).out.trimEnd().split("\n");
    expect(lines).toHaveLength(story.events.length - 20);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      seq: 21,
      at: expect.stringMatching(/^2026-11-21T.*Z$/),
    });
    await expect(world.run("events", "--since", "soon")).rejects.toMatchObject({
      code: "cli/usage",
    });
  });

  test("logs show each session of a task in words, or as it was written", async () => {
    const story = asking();
    world.store(story);
    const folder = path.join(world.cairnFolder, "runs", story.run.id, "sessions/2-s1");
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(
      path.join(folder, "stream.jsonl"),
      '{"type":"turn","words":"write: a.txt"}\n{"type":"usage","usd":1}\n',
    );
    expect((await world.run("logs", "2")).out).toBe(
      "== 2-s1  implementer, finished, 0s, $0.42\nwrite: a.txt\n",
    );
    expect((await world.run("logs", "2", "--raw")).out).toBe(
      '{"type":"turn","words":"write: a.txt"}\n{"type":"usage","usd":1}\n',
    );
    expect((await world.run("logs", "3")).told).toBe("No agent has worked on 3 yet.\n");
    await expect(world.run("logs", "9")).rejects.toMatchObject({ code: "run/unknown-task" });
  });

  test("attach needs somebody at work", async () => {
    world.store(asking());
    await expect(world.run("attach")).rejects.toMatchObject({ code: "run/not-live", exitCode: 5 });
  });
});

describe("words that steer a run", () => {
  test("get the engine's answer while one is live", async () => {
    const story = asking();
    world.store(story);
    world.hold(story.run.id, "answers");
    expect(await world.run("skip", "2", "--reason", "done by hand")).toMatchObject({
      code: 0,
      out: "2 is skipped.\n",
    });
    await expect(world.run("skip", "2")).rejects.toMatchObject({
      code: "command/refused",
      exitCode: 2,
    });
  });

  test("are stored while nobody works on the run, unless they cannot fit", async () => {
    const story = asking();
    world.store(story);
    await expect(world.run("retry", "2")).rejects.toMatchObject({ code: "command/refused" });
    expect((await world.run("approve")).out).toBe("Stored; takes effect with `cairn resume`.\n");
    const store = openStore(world.cairnFolder, { readonly: true });
    expect(
      store.pending(story.run.id, 0).map(({ command }) => [command.name, command.task]),
    ).toEqual([["approve", "2"]]);
    store.close();
  });

  test("approve without a key needs exactly one task that asks", async () => {
    world.store(new RunStory().begun({}, ISSUES));
    await expect(world.run("approve")).rejects.toMatchObject({
      code: "command/not-here",
      message: "No task asks for `approve`.",
      hints: ["Nothing is asked now."],
    });
  });

  test("a word that does not fit is refused with who asks and what they take", async () => {
    const story = asking();
    world.store(story);
    world.hold(story.run.id, "answers");
    const asks =
      "2 asks, and takes: cairn fix 2, cairn approve 2, cairn skip 2 (default), cairn abort";
    await expect(world.run("approve", "99")).rejects.toMatchObject({
      code: "command/not-here",
      hints: [asks, "Its tasks: 1, 2, 3."],
    });
    await expect(world.run("restart", "2")).rejects.toMatchObject({
      code: "command/refused",
      message: expect.stringContaining("Answer with one of: fix, approve, skip, abort."),
      hints: [asks],
    });
    await expect(world.run("approve", "1")).rejects.toMatchObject({
      message: "1 is merged and asks nothing.",
      hints: [asks],
    });
    expect((await world.run("fix")).out).toBe("2: fix.\n");
  });

  test("audit shows who said what from where, and what came of it, also before an engine looked", async () => {
    const story = asking();
    world.store(story);
    expect((await world.run("audit")).told).toMatch(/^Nobody has said anything to /);
    world.hold(story.run.id, "answers");
    await world.run("skip", "2", "done by hand");
    await expect(world.run("fix", "2")).rejects.toMatchObject({ code: "command/refused" });
    world.letGo();
    await world.run("abort");
    const { words } = JSON.parse((await world.run("audit", "--json")).out);
    expect(words).toMatchObject([
      { command: "skip", task: "2", text: "done by hand", from: "terminal", accepted: true },
      { command: "fix", task: "2", accepted: false, answer: "2 is skipped and asks nothing." },
      { command: "abort", task: null, seq: null, at: null, accepted: null },
    ]);
    const { out } = await world.run("audit");
    expect(out).toMatch(/\(terminal\) {2}skip 2 "done by hand" {2}accepted: 2 is skipped\.\n/);
    expect(out).toMatch(/^not taken yet .* abort .* takes effect with `cairn resume`/m);
  });

  test("giving up the whole run is asked for, and refused where nobody can be asked", async () => {
    world.store(asking());
    await expect(world.run("cancel")).rejects.toMatchObject({ code: "cli/usage" });
    await expect(world.run("cancel", "2", "--run")).rejects.toMatchObject({ code: "cli/usage" });
    await expect(world.run("cancel", "--run")).rejects.toMatchObject({ code: "cli/needs-yes" });
    expect((await world.run("cancel", "--run", "--yes")).code).toBe(0);
  });
});

describe("panic", () => {
  test("kills what carries the run's mark without an engine, and says it to the log in its place", async () => {
    const story = asking();
    world.store(story);
    const child = await agent(story.run.id);
    const over = once(child, "exit");
    const started = Date.now();
    const { out, code } = await world.run("panic");
    await over;
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(code).toBe(0);
    expect(out).toMatch(/^Everything is dead after \d\.\d s: 1 process killed, none left\.$/m);
    expect(out).toContain("is halted in its log; no engine was at work. Nothing new starts.");
    expect(out).toContain("cairn resume --after-panic");
    expect(fs.existsSync(path.join(world.cairnFolder, "PANIC"))).toBe(false);
    const store = openStore(world.cairnFolder, { readonly: true });
    const raised = store.read(story.run.id, 0).filter(({ type }) => type === "PanicRaised");
    expect(raised).toHaveLength(1);
    expect(raised[0]?.at).toBeGreaterThanOrEqual(started);
    store.close();
    const status = JSON.parse((await world.run("status", "--json")).out) as { run: object };
    expect(status.run).toMatchObject({ status: "halted" });
    await expect(world.run("resume")).rejects.toMatchObject({ code: "run/halted", exitCode: 3 });
  });

  test("kills an engine that hangs, and halts the run in its place", async () => {
    const story = asking();
    world.store(story);
    await hangingEngine(story.run.id);
    const child = await agent(story.run.id);
    const over = once(child, "exit").then(() => Date.now());
    const started = Date.now();
    const { out, code } = await world.run("panic", "--json");
    expect((await over) - started).toBeLessThan(2_000);
    expect(code).toBe(0);
    const end = JSON.parse(out) as Record<string, unknown>;
    expect(end).toMatchObject({ state: "halted", engine: "killed", killed: 1, left: [] });
    expect(Number(end["deadMs"])).toBeLessThan(2_000);
    expect(fs.existsSync(path.join(world.cairnFolder, "PANIC"))).toBe(false);
  });

  test("a run that is over is not halted", async () => {
    world.store(finished());
    const { out } = await world.run("panic");
    expect(out).toContain("was over already; nothing is halted.");
    expect(out).not.toContain("--after-panic");
    expect(fs.existsSync(path.join(world.cairnFolder, "PANIC"))).toBe(false);
  });

  test("works where nothing was run yet", async () => {
    const { out, code } = await world.run("panic");
    expect(code).toBe(0);
    expect(out).toContain("No milestone was run here yet");
  });

  test("spares processes of other runs", async () => {
    const story = asking();
    world.store(story);
    const other = await agent("another-run");
    await world.run("panic");
    await wait(50);
    expect(other.exitCode ?? other.signalCode).toBeNull();
  });
});

describe("clean", () => {
  test("removes what is merged, keeps unmerged work and says why, removes it only by force", async () => {
    world.store(finished());
    world.git("branch", "feat/issue-1");
    world.git(
      "worktree",
      "add",
      "--quiet",
      "-b",
      "feat/issue-2",
      path.join(world.cairnFolder, "worktrees/w2"),
    );
    fs.writeFileSync(path.join(world.cairnFolder, "worktrees/w2/a.txt"), "a\n");
    const at = (...args: readonly string[]): string =>
      world.git("-C", path.join(world.cairnFolder, "worktrees/w2"), ...args);
    at("add", ".");
    at("commit", "--quiet", "--message", "work");

    const dry = await world.run("clean", "--dry-run");
    expect(dry.out).toContain("Would remove\n");
    expect(dry.out).toMatch(/branch {5}feat\/issue-1\n/);
    expect(dry.out).toMatch(/feat\/issue-2: holds commits that were never merged/);
    expect(world.git("branch", "--list", "feat/*").split("\n")).toHaveLength(2);

    await expect(world.run("clean")).rejects.toMatchObject({ code: "cli/needs-yes" });
    const done = await world.run("clean", "--yes");
    expect(done.code).toBe(0);
    expect(world.git("branch", "--list", "--format=%(refname:short)", "feat/*")).toBe(
      "feat/issue-2",
    );
    expect(fs.existsSync(path.join(world.cairnFolder, "worktrees/w2"))).toBe(false);

    await world.run("clean", "--force");
    expect(world.git("branch", "--list", "feat/*")).toBe("");
  });

  test("removes nothing while an engine is at work", async () => {
    const story = finished();
    world.store(story);
    world.hold(story.run.id, "hangs");
    await expect(world.run("clean", "--yes")).rejects.toMatchObject({
      code: "clean/live",
      exitCode: 8,
    });
  });

  test("removes dependencies that worktrees share when no run is open and no other worktree may need them", async () => {
    const story = asking();
    world.store(story);
    const store = path.join(world.cairnFolder, "store");
    const stored = path.join(store, "a1b2/tree/node_modules/left-pad");
    fs.mkdirSync(stored, { recursive: true });
    fs.writeFileSync(path.join(store, "a1b2/ready"), "");
    fs.writeFileSync(path.join(stored, "index.js"), "x".repeat(3_500));
    // What a process that is alive is moving there.
    fs.mkdirSync(path.join(store, `making-${process.pid}-c3d4`));
    const open = await world.run("clean", "--yes");
    expect(open.out).toContain(`.cairn/store: the run ${story.run.id} is not over`);
    expect(fs.existsSync(stored)).toBe(true);

    const later = story.now + 60_000;
    const log = openStore(world.cairnFolder);
    log.append(story.run.id, story.run.seq, later, [{ type: "RunCancelled", by: "terminal" }]);
    log.close();
    const byHand = path.join(world.cairnFolder, "worktrees/tasks/9");
    fs.mkdirSync(byHand, { recursive: true });
    expect((await world.run("clean", "--yes")).out).toContain("may link into it");
    expect(fs.existsSync(stored)).toBe(true);

    fs.rmSync(byHand, { recursive: true });
    const dry = await world.run("clean", "--dry-run");
    expect(dry.out).toContain("  store      .cairn/store  3.5 kB\n");
    expect(fs.existsSync(stored)).toBe(true);
    expect((await world.run("clean", "--yes")).out).toMatch(/^1 store, 3\.5 kB\.$/m);
    expect(fs.readdirSync(store)).toEqual([`making-${process.pid}-c3d4`]);
    fs.renameSync(path.join(store, `making-${process.pid}-c3d4`), path.join(store, "c3d4"));
    await world.run("clean", "--yes");
    expect(fs.existsSync(store)).toBe(false);
  });

  test("removes the folders of runs that are over only when asked to", async () => {
    const story = finished();
    world.store(story);
    const folder = path.join(world.cairnFolder, "runs", story.run.id);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "report.md"), "x".repeat(2_500));
    await world.run("clean", "--yes");
    expect(fs.existsSync(folder)).toBe(true);
    expect((await world.run("clean", "--runs", "--yes")).out).toContain("2.5 kB");
    expect(fs.existsSync(folder)).toBe(false);
  });
});
