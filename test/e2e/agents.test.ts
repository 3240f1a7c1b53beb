// Misbehaving agents: each has the outcome the state machine names, and nothing of the person's is touched.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  ONE_TASK,
  PLAN,
  processesOf,
  RoughWorld,
  until,
  WORKS,
  type Ended,
  type StatusDocument,
} from "../support/rough-world.ts";

type Options = ConstructorParameters<typeof RoughWorld>[0];

const RUN = ["run", "@docs/M1_trail.md", "--autonomous", "--progress", "plain"];
const ONE_TRY = "limits: { attempts: 1 }";
/** Does what the marker file says no more: an agent that is bad once and good afterwards. */
const once = (bad: string, then: string): string =>
  `mark="$(git rev-parse --git-common-dir)/../../second-$(basename "$(git symbolic-ref --short HEAD)")"
if [ ! -e "$mark" ]; then touch "$mark"; ${bad}; else ${then}; fi`;

/** A world of its own for one test; nothing may be running in it at the end. */
async function inWorld(options: Options, use: (world: RoughWorld) => Promise<void>): Promise<void> {
  const world = new RoughWorld({ plan: ONE_TASK, config: ONE_TRY, ...options });
  let left: readonly number[] = [];
  try {
    await use(world);
    left = processesOf(world.folder);
  } finally {
    world.remove();
  }
  expect(left).toEqual([]);
}

/** Runs it to its rest. The person's branches, HEAD, index, files and configuration are as before. */
async function brought(
  world: RoughWorld,
): Promise<{ readonly ended: Ended; readonly status: StatusDocument }> {
  const before = world.persons();
  const ended = await world.cairn(...RUN);
  expect(ended.told + ended.out).not.toMatch(/Cairn has a bug|^\s+at .*:\d+/m);
  expect(world.persons()).toBe(before);
  return { ended, status: await world.status() };
}

describe.concurrent("an agent that", () => {
  test("hangs is ended at its stall limit", async () => {
    const config = `${ONE_TRY}\nagents: { default: sh, define: { sh: { kind: command, command: [./agent.sh], commits: true } }, limits: { stall: 1s, grace: 1s } }`;
    await inWorld({ agent: "sleep 600", config }, async (world) => {
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(1);
      expect(status.tasks[0]).toMatchObject({ status: "failed", reason: "stall" });
    });
  });

  test("forks grandchildren in sessions of their own that ignore SIGTERM leaves none of them", async () => {
    const stubborn = `trap "" TERM; while :; do sleep 1; done`;
    const agent = `setsid sh -c '${stubborn}' >/dev/null 2>&1 &\n(setsid setsid sh -c '${stubborn}' >/dev/null 2>&1 &)\n${WORKS}`;
    await inWorld({ agent }, async (world) => {
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(0);
      expect(status.tasks[0]).toMatchObject({ status: "merged" });
    });
  });

  test("writes 100 MB is stopped at its limit, and no file holds more than that", async () => {
    await inWorld(
      { agent: "head -c 100000000 /dev/zero | tr '\\0' 'x' | fold -w 200" },
      async (world) => {
        const { ended, status } = await brought(world);
        expect(ended.code).toBe(1);
        expect(status.tasks[0]).toMatchObject({ status: "failed", reason: "output" });
        const sizes = fs
          .readdirSync(path.join(world.root, ".cairn"), { recursive: true, encoding: "utf8" })
          .map((name) => fs.statSync(path.join(world.root, ".cairn", name)).size);
        expect(Math.max(...sizes)).toBeLessThan(70_000_000);
      },
    );
  });

  test("exits 0 without a commit has not done it", async () => {
    await inWorld({ agent: "echo All done!" }, async (world) => {
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(1);
      expect(status.tasks[0]).toMatchObject({ status: "failed", reason: "no-commit" });
    });
  });

  test("exits non-zero has failed, and its words are kept", async () => {
    await inWorld({ agent: "echo no licence >&2; exit 7" }, async (world) => {
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(1);
      expect(status.tasks[0]).toMatchObject({ status: "failed", reason: "agent-crashed" });
      expect(status.tasks[0]?.detail).toContain("exit code 7");
      expect(status.tasks[0]?.detail).toContain("no licence");
    });
  });

  test("answers garbage beside its commit is judged by git alone", async () => {
    const agent = `head -c 5000 /dev/urandom\necho '{"status": 12, "summary": [' > "$CAIRN_RESULT_FILE"\n${WORKS}`;
    await inWorld({ agent }, async (world) => {
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(0);
      expect(status.tasks[0]).toMatchObject({ status: "merged" });
    });
  });

  test("deletes its own worktree is tried again from what is committed", async () => {
    const agent = once('here=$PWD; cd /; rm -rf "$here"', WORKS);
    await inWorld({ agent, config: "limits: { attempts: 2 }" }, async (world) => {
      const { ended, status } = await brought(world);
      expect(status.tasks[0]).toMatchObject({ status: "merged", attempt: 2 });
      expect(ended.code).toBe(0);
    });
  });

  test("switches branches has left its task's", async () => {
    await inWorld({ agent: `git switch -q -c mine\n${WORKS}` }, async (world) => {
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(1);
      expect(status.tasks[0]).toMatchObject({ status: "failed", reason: "left-branch" });
    });
  });

  test("leaves its work uncommitted is sent back once, then Cairn commits it", async () => {
    await inWorld({ agent: "echo one > a.txt; git add a.txt" }, async (world) => {
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(0);
      expect(status.tasks[0]).toMatchObject({ status: "merged" });
      expect(world.git("show", "milestone/m1-trail:a.txt")).toBe("one");
    });
  });

  test("tries to push is refused by the hook and has no address to push to", async () => {
    const agent = `${WORKS}\ngit push origin HEAD:main; echo "push ended $?"\ngit push "$(git rev-parse --git-common-dir)" HEAD:refs/heads/pushed; echo "second $?"`;
    await inWorld({ agent }, async (world) => {
      world.git("init", "-q", "--bare", path.join(world.root, ".git/far.git"));
      world.git("remote", "add", "origin", path.join(world.root, ".git/far.git"));
      world.git("push", "-q", "origin", "main");
      const before = world.git("ls-remote", "origin");
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(0);
      expect(status.tasks[0]).toMatchObject({ status: "merged" });
      expect(world.git("ls-remote", "origin")).toBe(before);
      expect(world.git("branch", "--list", "pushed")).toBe("");
    });
  });

  test("starts Cairn is refused by it", async () => {
    const cairn = path.resolve(import.meta.dirname, "../../bin/cairn");
    const agent = `${cairn} run @docs/M1_trail.md > said.txt 2>&1; echo $? >> said.txt\n${WORKS}`;
    await inWorld({ agent }, async (world) => {
      const { status } = await brought(world);
      expect(status.tasks[0]).toMatchObject({ status: "merged" });
      const said = world.git("show", "milestone/m1-trail:said.txt");
      expect(said).toMatch(/was called inside an agent session/);
      expect(said).toMatch(/^2$/m);
    });
  });
});

describe.concurrent("an agent that writes on a protected branch", () => {
  test("through git as it finds it is refused by the hook, and its task goes on", async () => {
    const agent = `${WORKS}\ngit branch -f main HEAD && echo MOVED\ngit update-ref refs/heads/main HEAD && echo MOVED\ntrue`;
    await inWorld({ agent }, async (world) => {
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(0);
      expect(status.tasks[0]).toMatchObject({ status: "merged" });
      expect((await world.cairn("logs", "1.1")).out).not.toContain("MOVED");
    });
  });

  test.each([
    ["past the hook", "git -c core.hooksPath=/dev/null update-ref refs/heads/main HEAD"],
    [
      "in the person's own checkout",
      'cd "$(git rev-parse --git-common-dir)/.." && git -c core.hooksPath=/dev/null commit -q --allow-empty -m mine',
    ],
  ])("%s: put back, kept aside, the run halted until it is acknowledged", async (_how, how) => {
    await inWorld({ agent: `${WORKS}\n${once(how, ":")}` }, async (world) => {
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(5);
      expect(status.run).toMatchObject({ status: "halted" });
      expect(world.git("for-each-ref", "--format=%(refname)", "refs/cairn/breach/")).not.toBe("");
      expect(ended.told).toContain("cairn resume --acknowledge");
      const refused = await world.cairn("resume");
      expect(refused.code).toBe(5);
      expect(refused.told).toMatch(/halted: .*main/);
      const resumed = await world.cairn("resume", "--acknowledge", "--progress", "plain");
      expect(resumed.code).toBe(0);
      expect((await world.status()).tasks[0]).toMatchObject({ status: "merged" });
    });
  });
});

/** Works slowly until somebody puts `go` beside the repository. */
const PATIENT = `touch "$(git rev-parse --git-common-dir)/../../at-work"
while [ ! -e "$(git rev-parse --git-common-dir)/../../go" ]; do sleep 0.1; done
${WORKS}`;

const atWork = (world: RoughWorld): Promise<void> =>
  until(() => fs.existsSync(path.join(world.folder, "at-work")), 15_000, "an agent at work");

describe.concurrent("a person", () => {
  test("pauses with Ctrl-C: the live session ends its turn, nothing new starts, resume goes on", async () => {
    await inWorld({ plan: PLAN, agent: PATIENT }, async (world) => {
      const run = world.start(RUN);
      await atWork(world);
      run.child.kill("SIGINT");
      await wait(300);
      fs.writeFileSync(path.join(world.folder, "go"), "");
      const ended = await run.ended;
      expect(ended.told).toContain("Pausing");
      expect(ended).toMatchObject({ code: 130, signal: null });
      const paused = await world.status();
      expect(paused.run.status).toBe("paused");
      expect(paused.tasks.map((task) => task.session)).toEqual([null, null]);
      expect(paused.tasks[1]).toMatchObject({ attempt: 0 });
      expect(await world.cairn("resume", "--progress", "quiet")).toMatchObject({ code: 0 });
    });
  });

  test("aborts with a second Ctrl-C: sessions are ended, no attempt is lost", async () => {
    await inWorld({ agent: PATIENT }, async (world) => {
      const run = world.start(RUN);
      await atWork(world);
      run.child.kill("SIGINT");
      await wait(300);
      run.child.kill("SIGINT");
      expect(await run.ended).toMatchObject({ code: 130, signal: null });
      expect((await world.status()).run.status).toBe("paused");
      fs.writeFileSync(path.join(world.folder, "go"), "");
      expect(await world.cairn("resume", "--progress", "quiet")).toMatchObject({ code: 0 });
      expect((await world.status()).tasks[0]).toMatchObject({ status: "merged", attempt: 1 });
    });
  });

  test("skips, retries and cancels from another process", async () => {
    await inWorld({ plan: PLAN, agent: PATIENT }, async (world) => {
      const run = world.start(RUN);
      await atWork(world);
      expect(await world.cairn("skip", "1.1", "--reason", "not now")).toMatchObject({ code: 0 });
      expect(await run.ended).toMatchObject({ code: 1 });
      const skipped = await world.status();
      expect(skipped.tasks).toMatchObject([
        { status: "skipped", reason: "by-command" },
        { status: "skipped", reason: "blocker-ended" },
      ]);
      fs.writeFileSync(path.join(world.folder, "go"), "");
      expect(await world.cairn("retry", "1.1")).toMatchObject({ code: 0 });
      expect(await world.cairn("cancel", "1.2", "--yes")).toMatchObject({ code: 0 });
      await world.cairn("resume", "--progress", "quiet");
      expect((await world.status()).tasks).toMatchObject([
        { status: "merged" },
        { status: "cancelled" },
      ]);
    });
  });

  test("answers what an agent asks", async () => {
    const question = JSON.stringify({
      status: "question",
      summary: "",
      question: { text: "Which colour?", options: ["red", "blue"], default: "red" },
    });
    const agent = once(`echo '${question}' > "$CAIRN_RESULT_FILE"`, WORKS);
    await inWorld({ agent, config: `${ONE_TRY}\nmode: interactive` }, async (world) => {
      const asked = await world.cairn("run", "@docs/M1_trail.md", "--progress", "plain");
      expect(asked.code).toBe(5);
      const { questions, tasks } = await world.status();
      expect(tasks[0]).toMatchObject({ status: "escalated" });
      expect(questions).toMatchObject([{ text: "Which colour?", options: ["red", "blue"] }]);
      expect(await world.cairn("answer", "1.1", "blue")).toMatchObject({ code: 0 });
      expect(await world.cairn("resume", "--progress", "quiet")).toMatchObject({ code: 0 });
    });
  });

  test("approves a protected surface before it is merged, also in autonomous mode", async () => {
    const agent = `echo '{}' > package.json\n${WORKS}`;
    await inWorld({ agent }, async (world) => {
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(5);
      expect(status.tasks[0]).toMatchObject({ status: "escalated" });
      expect(status.questions[0]?.text).toContain("needs-dep-review");
      expect(status.next).toEqual([
        "cairn logs 1.1",
        "cairn skip 1.1",
        "cairn approve 1.1",
        "cairn report",
      ]);
      expect(await world.cairn("approve", "1.1")).toMatchObject({ code: 0 });
      expect(await world.cairn("resume", "--progress", "quiet")).toMatchObject({ code: 0 });
    });
  });

  test(
    "panics: two agents and their stubborn grandchildren are dead within two seconds",
    { concurrent: false },
    async () => {
      const stubborn = `trap "" TERM INT HUP; while :; do sleep 1; done`;
      const agent = `setsid sh -c '${stubborn}' &\nsetsid setsid sh -c '${stubborn}' &\ntouch "$(git rev-parse --git-common-dir)/../../at-work-$(basename "$PWD")"\n${stubborn}`;
      const plan = `# M1: Trail\n\n## Task 1.1: One\n**Depends on:** none\n\n- [ ] one\n\n## Task 1.2: Two\n**Depends on:** none\n\n- [ ] two\n`;
      await inWorld({ plan, agent }, async (world) => {
        const run = world.start([...RUN, "--parallel", "2"]);
        const atWorks = (): number =>
          fs.readdirSync(world.folder).filter((name) => name.startsWith("at-work-")).length;
        await until(() => atWorks() === 2, 20_000, "two agents at work");
        const stubborns = (): readonly number[] =>
          processesOf(path.join(world.root, ".cairn")).filter((pid) => isShell(pid));
        await until(() => stubborns().length >= 6, 5_000, "their grandchildren");
        const began = Date.now();
        const panicked = world.start(["panic"]);
        await until(() => stubborns().length === 0, 10_000, "all dead");
        // The program itself takes a part of this to start on a busy machine.
        expect(Date.now() - began).toBeLessThan(2_000);
        expect(await panicked.ended).toMatchObject({ code: 0 });
        expect(await run.ended).toMatchObject({ code: 3 });
        const status = await world.status();
        expect(status.run.status).toBe("halted");
        const refused = await world.cairn("resume");
        expect(refused).toMatchObject({ code: 3 });
        expect(refused.told).toContain("cairn resume --after-panic");
        world.write("agent.sh", `#!/bin/sh\n${WORKS}\n`, 0o755);
        const resumed = await world.cairn("resume", "--after-panic", "--progress", "quiet");
        expect(resumed).toMatchObject({ code: 0 });
        // A panic costs no attempt: there was only one for each.
        expect((await world.status()).tasks).toMatchObject([{ attempt: 1 }, { attempt: 1 }]);
      });
    },
  );
});

function isShell(pid: number): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim().endsWith("sh");
  } catch {
    return false;
  }
}

describe.concurrent("a run", () => {
  test("does not begin where the baseline must be green and is red", async () => {
    const config = `gates: { pre_merge: ["test -e never.txt"] }\nbaseline: { require_green: all }`;
    await inWorld({ config }, async (world) => {
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(2);
      expect(ended.told).toMatch(
        /^error: Red on main before anything started: test -e never\.txt\.$/m,
      );
      expect(ended.told).toMatch(/^ {2}→ .*require_green: none/m);
      expect(status.run.status).toBe("cancelled");
      expect(status.tasks[0]).toMatchObject({ status: "ready", attempt: 0 });
      world.write("never.txt", "");
      world.git("add", "never.txt");
      world.git("commit", "-q", "-m", "green");
      expect(await world.cairn(...RUN)).toMatchObject({ code: 0 });
    });
  });

  test("waits when its budget is reached, and says so", async () => {
    const config = "limits: { attempts: 1, budget: { run: 0 } }";
    await inWorld({ plan: PLAN, config }, async (world) => {
      const { ended, status } = await brought(world);
      expect(ended.code).toBe(5);
      expect(status.run.status).toBe("waiting");
      expect(status.run.reason).toBe(
        "The run's budget of $0.00 is used up; not finished: 1.1, 1.2.",
      );
    });
  });
});
