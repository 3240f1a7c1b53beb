// Panic, with real processes: everything is dead within two seconds, whatever the engine is doing, and nothing is lost.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { panic } from "../../src/composition/panic.ts";
import { GitHubSample } from "../support/e2e-github.ts";
import { AGENTS, PanicWorld, type EngineFate } from "../support/panic-world.ts";
import {
  ONE_TASK,
  processesOf,
  RoughWorld,
  until,
  WORKS,
  type StatusDocument,
} from "../support/rough-world.ts";

const LIMIT_MS = 2_000;
const RUN = ["run", "@docs/M1_trail.md", "--autonomous", "--progress", "plain"];

describe("eight agents with children that hide", () => {
  test.each<[string, EngineFate, object, RegExp]>([
    ["lives", "lives", { code: 3 }, /is halted by its engine\./],
    ["is stopped by SIGSTOP", "stopped", { signal: "SIGKILL" }, /did not answer and was killed/],
    ["is dead", "dead", { signal: "SIGKILL" }, /no engine was at work/],
  ])(
    "an engine that %s: all are dead within two seconds",
    { timeout: 120_000 },
    async (_words, fate, end, said) => {
      const world = new PanicWorld();
      try {
        await world.atWork();
        const before = Date.now();
        const { deadMs, alive, command } = await world.panic(fate);
        expect(deadMs).toBeLessThan(LIMIT_MS);
        expect(command).toMatchObject({ code: 0, told: "" });
        expect(command.out).toMatch(said);
        expect(Number(/(\d+) processes killed/.exec(command.out)?.[1])).toBeGreaterThanOrEqual(
          alive,
        );
        expect(await world.engine.ended).toMatchObject(end);
        expect(fs.existsSync(path.join(world.root, ".cairn/PANIC"))).toBe(false);
        await isInTheLog(world, before);
        await resumesOnlyOnPurpose(world);
      } finally {
        await world.remove();
      }
    },
  );
});

async function isInTheLog(world: PanicWorld, since: number): Promise<void> {
  const { out } = await world.cairn("events");
  const raised = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; at: number | string })
    .filter(({ type }) => type === "PanicRaised");
  expect(raised).toHaveLength(1);
  expect(new Date(raised[0]?.at ?? 0).getTime()).toBeGreaterThanOrEqual(since);
}

async function resumesOnlyOnPurpose(world: PanicWorld): Promise<void> {
  const refused = await world.cairn("resume");
  expect(refused.code).toBe(3);
  expect(refused.told).toContain("cairn resume --after-panic");
  world.writeAgent(WORKS);
  expect(await world.cairn("resume", "--after-panic", "--progress", "quiet")).toMatchObject({
    code: 0,
  });
  const { out } = await world.cairn("status", "--json");
  const { tasks } = JSON.parse(out) as StatusDocument;
  // There was one attempt for each, and it is not used up.
  const seen = tasks.map(({ status, attempt }) => `${status} ${attempt}`);
  expect(seen).toEqual(Array.from({ length: AGENTS }, () => "merged 1"));
}

describe("a panic", () => {
  test("by `touch .cairn/PANIC` needs no command: the engine kills and halts", async () => {
    const world = new RoughWorld({ plan: ONE_TASK, agent: STUBBORN });
    try {
      const run = world.start(RUN);
      await until(() => stubborns(world).length > 1, 20_000, "an agent");
      const began = Date.now();
      fs.writeFileSync(path.join(world.root, ".cairn/PANIC"), "");
      await until(() => stubborns(world).length === 0, 10_000, "all dead");
      expect(Date.now() - began).toBeLessThan(LIMIT_MS);
      const ended = await run.ended;
      expect(ended.code).toBe(3);
      expect(ended.told).toContain("Panic by the file .cairn/PANIC.");
      expect(fs.existsSync(path.join(world.root, ".cairn/PANIC"))).toBe(false);
    } finally {
      world.remove();
    }
  });

  test("by the function behind a button, in another process than the engine's, is heard as what it is", async () => {
    const world = new RoughWorld({ plan: ONE_TASK, agent: STUBBORN });
    try {
      const run = world.start(RUN);
      await until(() => stubborns(world).length > 1, 20_000, "an agent");
      const began = Date.now();
      const end = await panic({ directory: world.root, by: "ada", from: "dashboard" });
      expect(stubborns(world)).toEqual([]);
      expect(Date.now() - began).toBeLessThan(LIMIT_MS);
      expect(end).toMatchObject({ engine: "answered", state: "halted", left: [] });
      expect((await run.ended).code).toBe(3);
      const audit = await world.cairn("audit");
      expect(audit.out).toMatch(/ada \(dashboard\) +panic +accepted/);
    } finally {
      world.remove();
    }
  });

  test("by a file that was made while no engine was there halts the next one before it begins anything", async () => {
    const world = new RoughWorld({ plan: ONE_TASK, agent: STUBBORN });
    try {
      const run = world.start(RUN);
      await until(() => stubborns(world).length > 1, 20_000, "an agent");
      run.child.kill("SIGKILL");
      await run.ended;
      fs.writeFileSync(path.join(world.root, ".cairn/PANIC"), "");
      const resumed = await world.cairn("resume", "--progress", "quiet");
      expect(resumed.code).toBe(3);
      expect(stubborns(world)).toEqual([]);
      world.write("agent.sh", `#!/bin/sh\n${WORKS}\n`, 0o755);
      const again = await world.cairn("resume", "--after-panic", "--progress", "quiet");
      expect(again.code).toBe(0);
      expect((await world.status()).tasks).toMatchObject([{ status: "merged", attempt: 1 }]);
    } finally {
      world.remove();
    }
  });

  test("meets a gate: its children are dead, no further gate begins, and the run does not count it", async () => {
    const config = `gates: { pre_merge: ["sh first.sh", "sh second.sh"] }\nlimits: { attempts: 1 }`;
    const world = new RoughWorld({ plan: ONE_TASK, config });
    const beside = `"$(git rev-parse --git-common-dir)/../.."`;
    world.write(
      "first.sh",
      `if [ -e ${beside}/hold ]; then setsid sh -c '${LOOP}' & ${LOOP}; fi\n`,
    );
    world.write("second.sh", `touch ${beside}/second\n`);
    world.git("add", ".");
    world.git("commit", "-q", "-m", "Gates");
    const second = path.join(world.folder, "second");
    try {
      const run = world.start(RUN);
      await until(() => fs.existsSync(second), 20_000, "the baseline");
      fs.rmSync(second);
      fs.writeFileSync(path.join(world.folder, "hold"), "");
      await until(() => stubborns(world).length > 1, 20_000, "a gate");
      const began = Date.now();
      const panicked = await world.cairn("panic");
      expect(stubborns(world)).toEqual([]);
      expect(Date.now() - began).toBeLessThan(LIMIT_MS);
      expect(panicked.code).toBe(0);
      expect((await run.ended).code).toBe(3);
      expect(fs.existsSync(second)).toBe(false);
      fs.rmSync(path.join(world.folder, "hold"));
      const resumed = await world.cairn("resume", "--after-panic", "--progress", "quiet");
      expect(resumed.code).toBe(0);
      expect((await world.status()).tasks).toMatchObject([{ status: "merged", attempt: 1 }]);
    } finally {
      world.remove();
    }
  });
});

describe("on GitHub", () => {
  test("a live engine puts the pull request it waits for back to draft; after the resume it is merged", async () => {
    // Its required check never begins until a person says so: the pull request is ready, and waits.
    const sample = await GitHubSample.make({
      issues: [{ title: "Read the settings", needs: [] }],
      robots: { ci: null },
    });
    const { hub } = sample.world;
    const rules = { contexts: ["build"], approvals: 0, isProtected: true, hasQueue: false };
    hub.rules.set("main", rules);
    try {
      const run = sample.start(["run", "Phase 1", "--autonomous", "--target-policy", "direct"]);
      const pull = () => [...hub.issues.values()].find((issue) => issue.pull !== null);
      await until(() => pull()?.pull?.draft === false, 60_000, "a pull request that is ready");
      fs.writeFileSync(path.join(sample.root, ".cairn/PANIC"), "ada\nmcp\n");
      expect((await run.ended).code).toBe(3);
      expect(pull()?.pull?.draft).toBe(true);
      expect(pull()?.state).toBe("open");
      sample.world.check(pull()?.pull?.headSha ?? "", "build", "success");
      const resumed = await sample.cairn(["resume", "--after-panic", "--progress", "quiet"]);
      expect(resumed).toMatchObject({ code: 0 });
      expect(pull()?.pull?.merged).toBe(true);
    } finally {
      await sample.close();
    }
  }, 120_000);
});

describe("Ctrl-C", () => {
  test("a third time kills what ignores the second and leaves at once; no attempt is lost", async () => {
    const world = new RoughWorld({
      plan: ONE_TASK,
      agent: STUBBORN,
      config:
        "limits: { attempts: 1 }\nagents: { default: sh, define: { sh: { kind: command, command: [./agent.sh], commits: true } }, limits: { grace: 60s } }",
    });
    try {
      const run = world.start(RUN);
      await until(() => stubborns(world).length > 1, 20_000, "an agent");
      for (let times = 1; times <= 2; times += 1) {
        run.child.kill("SIGINT");
        await wait(400);
      }
      expect(stubborns(world).length).toBeGreaterThan(1);
      const began = Date.now();
      run.child.kill("SIGINT");
      const ended = await run.ended;
      expect(Date.now() - began).toBeLessThan(LIMIT_MS);
      expect(ended).toMatchObject({ code: 130, signal: null });
      expect(ended.told).toMatch(/Pausing[^]*Ending the sessions/);
      expect(stubborns(world)).toEqual([]);
      world.write("agent.sh", `#!/bin/sh\n${WORKS}\n`, 0o755);
      expect(await world.cairn("resume", "--progress", "quiet")).toMatchObject({ code: 0 });
      expect((await world.status()).tasks).toMatchObject([{ status: "merged", attempt: 1 }]);
    } finally {
      world.remove();
    }
  });
});

const LOOP = `trap "" TERM INT HUP; while :; do sleep 0.2; done`;
const STUBBORN = `setsid sh -c '${LOOP}' &\n${LOOP}`;

/** Shells and what they sleep with, below the repository's worktrees. */
function stubborns(world: RoughWorld): readonly number[] {
  const worktrees = path.join(world.root, ".cairn/worktrees");
  return processesOf(worktrees).filter((pid) => {
    try {
      return /^(?:sh|dash|bash|sleep|agent\.sh)$/m.test(
        fs.readFileSync(`/proc/${pid}/comm`, "utf8"),
      );
    } catch {
      return false;
    }
  });
}
