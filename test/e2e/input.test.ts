// Bad input gets one clear message, the documented exit code, and leaves everything as it was.
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ONE_TASK, RoughWorld, until, type Ended } from "../support/rough-world.ts";

let world: RoughWorld;

beforeEach(() => {
  world = new RoughWorld();
});

afterEach(() => {
  const left = world.remove();
  if (left.length > 0) throw new Error(`Still running: ${left.join(", ")}`);
});

interface Refusal {
  /** Exit code; 2 unless given. */
  readonly exit?: number;
  readonly code: string;
  readonly says: RegExp;
  /** What to do next. */
  readonly hint: RegExp;
}

const RUN = ["run", "@docs/M1_trail.md"];

const AS_WANTED = "refused as wanted, and nothing changed";

/** Looks at text and JSON of the same refusal, and that nothing was changed by either. */
async function refused(
  args: readonly string[],
  refusal: Refusal,
  options: Parameters<RoughWorld["start"]>[1] = {},
): Promise<typeof AS_WANTED> {
  const before = world.footprint();
  const [plain, json] = await Promise.all([
    world.start(args, options).ended,
    world.start([...args, "--json"], options).ended,
  ]);
  expectWords(plain, refusal);
  const { error } = JSON.parse(json.out) as {
    error: { code: string; message: string; hints: readonly string[] };
  };
  expect(error.code).toBe(refusal.code);
  expect(error.message).toMatch(refusal.says);
  expect(error.hints.join("\n")).toMatch(refusal.hint);
  expect(json.code).toBe(refusal.exit ?? 2);
  expect(world.footprint()).toBe(before);
  return AS_WANTED;
}

function expectWords(ended: Ended, refusal: Refusal): void {
  expect(ended.told).toMatch(/^error: /);
  expect(ended.told.match(/^error: /gm)).toHaveLength(1);
  expect(ended.told).not.toMatch(/^\s+at .*:\d+/m);
  expect(ended.told).not.toContain("Cairn has a bug");
  expect(ended.told).toMatch(refusal.says);
  expect(ended.told).toMatch(/^ {2}→ \S/m);
  expect(ended.told).toMatch(refusal.hint);
  expect(ended.out).toBe("");
  expect(ended.code).toBe(refusal.exit ?? 2);
}

describe("the plan", () => {
  test("that is not there: the nearest name is suggested", async () => {
    expect(
      await refused(["run", "@docs/M1_trial.md"], {
        code: "source/not-found",
        says: /There is no file docs\/M1_trial\.md\./,
        hint: /Did you mean docs\/M1_trail\.md\?/,
      }),
    ).toBe(AS_WANTED);
  });

  test.each([
    ["empty", "", "source/empty", /docs\/bad\.md is empty/, /Write the plan into it/],
    [
      "without headings",
      "Only words.\n",
      "source/no-tasks",
      /no task headings/,
      /## Task 4\.1: Title/,
    ],
    [
      "with one key twice",
      "# P\n\n## Task 1.1: A\n\n## Task 1.1: B\n",
      "plan/duplicate-key",
      /docs\/bad\.md:5: 1\.1 is there twice: "A" \(line 3\) and "B"/,
      /another number/,
    ],
    [
      "with a circle",
      "# P\n\n## Task 1.1: A\n**Depends on:** 1.2\n\n## Task 1.2: B\n**Depends on:** 1.1\n",
      "plan/cycle",
      /1\.1 -> 1\.2 -> 1\.1 wait for each other/,
      /docs\/bad\.md:4/,
    ],
    [
      "that is binary",
      Buffer.from([0, 255, 254, 1, 128]),
      "source/not-text",
      /docs\/bad\.md/,
      /UTF-8/,
    ],
  ] as const)("%s", async (_what, content, code, says, hint) => {
    world.write("docs/bad.md", content);
    expect(await refused(["run", "@docs/bad.md"], { code, says, hint })).toBe(AS_WANTED);
  });

  test("that is a folder", async () => {
    expect(
      await refused(["run", "@docs"], {
        code: "source/directory",
        says: /docs is a folder, not a plan file/,
        hint: /Name a file in it/,
      }),
    ).toBe(AS_WANTED);
  });

  test("outside of the repository", async () => {
    expect(
      await refused(["run", "/etc/passwd"], {
        code: "source/outside",
        says: /lies outside of this repository/,
        hint: /Copy the plan/,
      }),
    ).toBe(AS_WANTED);
  });

  test("that nobody could guess", async () => {
    expect(
      await refused(["run", "trail"], {
        code: "source/needs-github",
        says: /`trail` is no file or folder here, so it would be a milestone on GitHub/,
        hint: /cairn run @docs\/plan\.md/,
      }),
    ).toBe(AS_WANTED);
  });

  test("whose open issues all wait for something else: exit 5", async () => {
    world.write("docs/bad.md", "# P\n\n## Task 1.1: A\n**Depends on:** 9.9\n\n- [ ] it works\n");
    expect(
      await refused(["run", "@docs/bad.md"], {
        exit: 5,
        code: "plan/all-blocked",
        says: /All open issues are blocked: 1\.1 \(by 9\.9, not in this plan\)/,
        hint: /cairn plan docs\/bad\.md/,
      }),
    ).toBe(AS_WANTED);
  });

  test("that needs a review where nobody can be asked: exit 5, and --autonomous decides", async () => {
    const common = { body: "Acceptance criteria:\n- it works", state: "OPEN", labels: [] };
    const issues = [1, 2].map((number) => ({ number, title: `Issue ${number}`, ...common }));
    world.write("issues.json", JSON.stringify(issues));
    expect(
      await refused(["run", "issues.json"], {
        exit: 5,
        code: "plan/needs-review",
        says: /The plan needs a person: #1, #2 say nothing about dependencies/,
        hint: /cairn run issues\.json --autonomous/,
      }),
    ).toBe(AS_WANTED);
  });
});

describe("the scope", () => {
  test.each([
    [
      ["--wave", "9"],
      "plan/no-such-wave",
      /There is no wave 9: docs\/M1_trail\.md has 2 waves/,
      /cairn plan/,
    ],
    [["--wave", "two"], "cli/usage", /--wave takes a number from 1, not `two`/, /cairn plan/],
    [["--wave", "2"], "plan/wave-blocked", /Wave 2 cannot start: 1\.2 waits for 1\.1/, /--wave 1/],
    [
      ["--from", "nowhere"],
      "plan/unknown-key",
      /There is no nowhere in docs\/M1_trail\.md/,
      /1\.1, 1\.2/,
    ],
  ] as const)("%j", async (flags, code, says, hint) => {
    expect(await refused([...RUN, ...flags], { code, says, hint })).toBe(AS_WANTED);
  });
});

describe("the configuration", () => {
  test.each([
    [
      "version: 1\nparalel: 2\n",
      /\.cairn\.yml:2:1: unknown key `paralel`\. Did you mean `parallel`\?/,
    ],
    [
      "version: 1\nparallel: many\n",
      /\.cairn\.yml:2:11: `parallel` is "many": expected a whole number/,
    ],
    ["version: 1\nparallel: [1\nfoo", /\.cairn\.yml:3:1: /],
  ])("%j: with file, line and column", async (text, says) => {
    world.write(".cairn.yml", text);
    expect(await refused(RUN, { code: "config/invalid", says, hint: /cairn config schema/ })).toBe(
      AS_WANTED,
    );
  });

  test("an agent that is not there", async () => {
    expect(
      await refused([...RUN, "--agent", "nobody"], {
        code: "config/invalid",
        says: /the agent `nobody`, which is not there: expected claude, codex/,
        hint: /cairn config/,
      }),
    ).toBe(AS_WANTED);
    expect(
      await refused([...RUN, "--agent", "./nobody.sh"], {
        code: "preflight/unknown-agent",
        says: /There is no program \.\/nobody\.sh/,
        hint: /the path of a program/,
      }),
    ).toBe(AS_WANTED);
  });

  test("an agent whose program is missing", async () => {
    world.git("rm", "-q", "agent.sh");
    world.git("commit", "-q", "-m", "gone");
    expect(
      await refused(RUN, {
        code: "preflight/no-agent",
        says: /The program of the agent sh cannot be started: .*agent\.sh is not there/,
        hint: /agents\.define\.sh\.command/,
      }),
    ).toBe(AS_WANTED);
  });

  test("variables for agents that lead into production, by name or by value; no value is shown", async () => {
    const file = path.join(world.root, ".cairn.yml");
    const config = fs.readFileSync(file, "utf8");
    const handsOn = "  env: [SHOP_PROD_KEY, SHOP_REGION, STORE_URL]\n  define: {";
    world.write(".cairn.yml", config.replace("  define: {", handsOn));
    world.git("commit", "-q", "-a", "-m", "variables");
    const env = {
      SHOP_PROD_KEY: "hidden-1",
      SHOP_REGION: "eu",
      STORE_URL: "postgres://app:hidden-2@db.prod.internal/app",
    };
    const says = /agents\.env hands on .*: SHOP_PROD_KEY, STORE_URL\./;
    const refusal = { code: "config/production-variable", says, hint: /agents\.env/ };
    expect(await refused(RUN, refusal, { env })).toBe(AS_WANTED);
    const { out, told } = await world.start(RUN, { env }).ended;
    expect(`${out}${told}`).not.toMatch(/hidden-|SHOP_REGION/);
  });

  test("gates that do not exist: a program, and a script of package.json", async () => {
    world.write("package.json", '{"scripts": {"lint": "true"}}');
    const config = fs.readFileSync(path.join(world.root, ".cairn.yml"), "utf8");
    world.write(".cairn.yml", config.replace('["true"]', '["no-such-program --all", npm run lnt]'));
    world.git("add", ".");
    world.git("commit", "-q", "-m", "gates");
    expect(
      await refused(RUN, {
        code: "preflight/no-gate",
        says: /needs the program no-such-program, which is not there\.\n.*needs the script lnt in package\.json \(there is lint\)/,
        hint: /gates\.pre_merge/,
      }),
    ).toBe(AS_WANTED);
  });

  test("a target branch that is not there", async () => {
    expect(
      await refused([...RUN, "--target", "trunk"], {
        code: "preflight/no-target",
        says: /The target branch trunk does not exist here/,
        hint: /git branch trunk/,
      }),
    ).toBe(AS_WANTED);
  });
});

describe("the repository", () => {
  test("is none", async () => {
    fs.rmSync(path.join(world.root, ".git"), { recursive: true });
    for (const args of [RUN, ["plan", "docs/M1_trail.md"], ["status"], ["doctor"]])
      expect(
        await refused(args, {
          code: "repository/none",
          says: /is not inside a git repository/,
          hint: /-C DIR[\s\S]*git init/,
        }),
      ).toBe(AS_WANTED);
  });

  test("is bare", async () => {
    world.git("clone", "-q", "--bare", ".", path.join(world.folder, "bare.git"));
    expect(
      await refused(
        RUN,
        { code: "repository/bare", says: /bare\.git is a bare repository/, hint: /git clone/ },
        { cwd: path.join(world.folder, "bare.git") },
      ),
    ).toBe(AS_WANTED);
  });

  test("has no commit yet", async () => {
    fs.rmSync(path.join(world.root, ".git"), { recursive: true });
    world.git("init", "-q", "-b", "main");
    expect(
      await refused(RUN, {
        code: "preflight/no-commits",
        says: /no commits yet/,
        hint: /git commit/,
      }),
    ).toBe(AS_WANTED);
  });

  test("has changes that are not committed; the plan's own do not count", async () => {
    fs.appendFileSync(path.join(world.root, "agent.sh"), "# more\n");
    fs.appendFileSync(path.join(world.root, "docs/M1_trail.md"), "\nMore words.\n");
    expect(
      await refused(RUN, {
        code: "preflight/dirty",
        says: /Modified and not committed: agent\.sh\.$/m,
        hint: /git stash.*--allow-dirty/,
      }),
    ).toBe(AS_WANTED);
  });

  test("has a detached HEAD and no named target; with one it is fine", async () => {
    world.git("checkout", "-q", "--detach");
    expect(
      await refused(RUN, {
        code: "preflight/no-target",
        says: /HEAD is detached and no target branch is named/,
        hint: /--target main/,
      }),
    ).toBe(AS_WANTED);
    const named = await world.cairn(
      ...RUN,
      "--target",
      "main",
      "--autonomous",
      "--progress",
      "quiet",
    );
    expect(named).toMatchObject({ code: 0 });
    expect(world.git("rev-parse", "HEAD")).toBe(world.git("rev-parse", "main"));
  });

  test("is in the middle of a merge", async () => {
    world.git("checkout", "-q", "-b", "other");
    world.write("x.txt", "other\n");
    world.git("add", ".");
    world.git("commit", "-q", "-m", "other");
    world.git("checkout", "-q", "main");
    world.write("x.txt", "main\n");
    world.git("add", ".");
    world.git("commit", "-q", "-m", "main");
    expect(() => world.git("merge", "-q", "other")).toThrow(/./);
    expect(
      await refused(RUN, {
        code: "preflight/in-progress",
        says: /A merge is under way here/,
        hint: /git merge --abort/,
      }),
    ).toBe(AS_WANTED);
  });

  // Root may write everywhere: then somebody else is asked.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;

  test("is read-only", async () => {
    if (uid !== undefined)
      for (const file of everything(world.folder)) fs.lchownSync(file, uid, uid);
    for (const file of everything(world.root)) if (!isLink(file)) fs.chmodSync(file, 0o555);
    try {
      expect(
        await refused(
          RUN,
          { code: "preflight/read-only", says: /read-only for you/, hint: /clone/ },
          { ...(uid === undefined ? {} : { uid }), env: { HOME: "/nonexistent" } },
        ),
      ).toBe(AS_WANTED);
    } finally {
      for (const file of everything(world.root)) if (!isLink(file)) fs.chmodSync(file, 0o755);
    }
  });

  test.runIf(uid !== undefined)("belongs to somebody else: git's own words", async () => {
    fs.chmodSync(world.folder, 0o755);
    expect(
      await refused(
        RUN,
        {
          code: "preflight/git-refuses",
          says: /git refuses to work here: detected dubious ownership/,
          hint: /clone of your own/,
        },
        { uid: uid ?? 0, env: { HOME: "/nonexistent" } },
      ),
    ).toBe(AS_WANTED);
  });
});

function everything(folder: string): readonly string[] {
  fs.chmodSync(folder, 0o755);
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  return [...names.map((name) => path.join(folder, name)).toReversed(), folder];
}

function isLink(file: string): boolean {
  return fs.lstatSync(file).isSymbolicLink();
}

describe("the command", () => {
  test.each([
    [["rnu"], "cli/unknown-command", /There is no command `rnu`/, /Did you mean `cairn run`\?/],
    [
      [...RUN, "--paralel", "2"],
      "cli/usage",
      /Unknown option '--paralel'/,
      /Did you mean --parallel\?/,
    ],
    [
      ["run"],
      "cli/usage",
      /Nothing to work on was named/,
      /Name a plan: cairn run @docs\/plan\.md/,
    ],
    [
      [...RUN, "--progress", "loud"],
      "cli/usage",
      /--progress cannot be "loud"/,
      /auto, tty, plain/,
    ],
  ] as const)("%j", async (args, code, says, hint) => {
    expect(await refused(args, { code, says, hint })).toBe(AS_WANTED);
  });

  test.each([
    ["resume"],
    ["status"],
    ["report"],
    ["land"],
    ["answer", "1.1", "yes"],
    ["logs", "1.1"],
    ["pause"],
  ])("%s %s where nothing was run", async (...args) => {
    expect(
      await refused(args, {
        code: "run/none",
        says: /No milestone was run here yet/,
        hint: /cairn plan SOURCE/,
      }),
    ).toBe(AS_WANTED);
  });

  test("is not started from inside a session; what only reads is", async () => {
    const inside = { env: { CAIRN_INSIDE: "1" } };
    expect(
      await refused(
        RUN,
        { code: "cli/inside-session", says: /inside an agent session/, hint: /only read/ },
        inside,
      ),
    ).toBe(AS_WANTED);
    expect(await world.start(["plan", "docs/M1_trail.md"], inside).ended).toMatchObject({
      code: 0,
    });
  });

  test("of a second engine: exit 8, with the first one's process; the same milestone attaches", async () => {
    world.write("agent.sh", "#!/bin/sh\nsleep 600\n", 0o755);
    world.write("docs/other.md", ONE_TASK.replace("M1: Trail", "Other"));
    world.git("add", ".");
    world.git("commit", "-q", "-m", "slow");
    const first = world.start([...RUN, "--autonomous", "--progress", "quiet"]);
    await until(() => fs.existsSync(path.join(world.root, ".cairn/runs")), 10_000, "a session");
    const second = await world.cairn("run", "@docs/other.md");
    expectWords(second, {
      exit: 8,
      code: "run/open",
      says: /Another milestone is not over yet: M1: Trail/,
      hint: /cairn resume/,
    });
    const resumed = await world.cairn("resume");
    expectWords(resumed, {
      exit: 8,
      code: "run/other-engine",
      says: new RegExp(`An engine is at work in this repository: process ${first.child.pid}`),
      hint: /cairn attach/,
    });
    const attached = world.start([...RUN, "--progress", "plain"]);
    let seen = 0;
    await until(() => (seen = readsLog(attached.child.pid) ? seen + 1 : 0) > 8, 15_000, "attached");
    await world.cairn("abort");
    expect(await first.ended).toMatchObject({ code: 3 });
    expect(await attached.ended).toMatchObject({ code: 3 });
  });
});

/** The process has the log open: for longer than a glance, it follows it. */
function readsLog(pid: number | undefined): boolean {
  try {
    const folder = `/proc/${pid ?? 0}/fd`;
    const files = fs.readdirSync(folder).map((name) => fs.readlinkSync(path.join(folder, name)));
    return files.some((file) => file.endsWith("cairn.db-shm"));
  } catch {
    return false;
  }
}

test("plan, run --dry-run and doctor change nothing", async () => {
  const before = world.footprint();
  const plan = await world.cairn("plan", "docs/M1_trail.md");
  const dry = await world.cairn(...RUN, "--dry-run");
  expect(plan).toMatchObject({ code: 0 });
  expect(dry).toEqual(plan);
  expect(await world.cairn("doctor")).toMatchObject({ code: 0 });
  expect(world.footprint()).toBe(before);
});

test("a wave is run under its own number, one after the other, and the whole lands", async () => {
  const run = (...flags: readonly string[]): Promise<Ended> =>
    world.cairn(...RUN, "--autonomous", "--progress", "quiet", ...flags);
  expect(await run("--wave", "1")).toMatchObject({ code: 0 });
  expect((await world.cairn("plan", "docs/M1_trail.md")).out).toContain("Wave 1 · 1 issue, done");
  expect(await run("--wave", "2")).toMatchObject({ code: 0 });
  expect((await world.status()).waves).toEqual([[], ["1.2"]]);
  const subjects = world.git("log", "--format=%s", "main..milestone/m1-trail").split("\n");
  const marks = "docs: mark what is done in docs/HANDOFF_M1.md";
  expect(subjects.filter((subject) => subject !== marks)).toHaveLength(2);
  expect(subjects).toHaveLength(4);
});
