// A person at a terminal is asked about a plan: the real program in a pseudo-terminal of its own.
import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processesOf, RoughWorld, until, WORKS } from "../support/rough-world.ts";

/** Of bsdutils: gives a program a terminal, with this process at the keyboard. */
const TERMINAL = "script";
const CAIRN = path.resolve(import.meta.dirname, "../../bin/cairn");

const CALM = { state: "OPEN", labels: [] };
const body = (file: string): string => `Files: ${file}\n\nAcceptance criteria:\n- it works`;
const ISSUES = [
  { number: 115, title: "One", body: body("a.txt"), ...CALM },
  { number: 116, title: "Two", body: body("a.txt"), ...CALM },
  { number: 119, title: "Three", body: body("b.txt"), ...CALM },
];

const PROGRAM = "{ kind: command, command: [./planner.sh] }";
const NAMED_PLANNER = `agents:
  default: sh
  roles: { planner: looks }
  define:
    sh: { kind: command, command: [./agent.sh], commits: true }
    looks: ${PROGRAM}`;

let world: RoughWorld;
let terminals: Terminal[];

beforeEach(() => {
  terminals = [];
});

/** A session host leaves a moment after its last session; whoever is still there then is told by the world. */
async function untilQuiet(folder: string): Promise<void> {
  for (let tries = 0; tries < 100 && processesOf(folder).length > 0; tries += 1)
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
}

afterEach(async () => {
  for (const terminal of terminals) terminal.close();
  await untilQuiet(world.folder);
  const left = world.remove();
  if (left.length > 0) throw new Error(`Still running: ${left.join(", ")}`);
});

function aWorld(options: ConstructorParameters<typeof RoughWorld>[0] = {}): void {
  world = new RoughWorld(options);
  world.write("issues.json", JSON.stringify(ISSUES));
  world.git("add", ".");
  world.git("commit", "-q", "-m", "Issues");
}

/** The program with a terminal of a hundred columns; what it shows is kept without colours. */
class Terminal {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-terminal-"));
  #seen = 0;

  constructor(args: readonly string[]) {
    const screen = path.join(this.#folder, "screen");
    const out = fs.openSync(screen, "w");
    const words = [CAIRN, ...args].map((word) => `'${word}'`).join(" ");
    this.#child = spawn(
      TERMINAL,
      ["-q", "-e", "-f", "-c", `stty cols 100 rows 40; exec ${words}`, "/dev/null"],
      {
        cwd: world.root,
        env: {
          PATH: process.env["PATH"],
          HOME: this.#folder,
          TMPDIR: os.tmpdir(),
          LANG: "C.UTF-8",
          TERM: "xterm",
          NO_COLOR: "1",
          SHELL: "/bin/sh",
          GIT_CONFIG_GLOBAL: "/dev/null",
          GIT_CONFIG_NOSYSTEM: "1",
          NODE_COMPILE_CACHE: path.join(os.tmpdir(), "cairn-rough-compile-cache"),
        },
        stdio: ["pipe", out, out],
      },
    );
    fs.closeSync(out);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("exit", (code) => resolve(code));
    });
    terminals.push(this);
  }

  /** Everything that was ever on the screen, without what moves the cursor. */
  words(): string {
    const text = fs.readFileSync(path.join(this.#folder, "screen"), "utf8");
    // oxlint-disable-next-line no-control-regex -- a terminal is told where to write by such characters
    return text.replaceAll(/\u001B\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
  }

  /** Waits for words behind those of the last call. */
  async see(words: string): Promise<void> {
    try {
      await until(() => this.words().includes(words, this.#seen), 20_000, words);
    } catch (error) {
      throw new Error(`${String(error)} On the screen:\n${this.words()}`, { cause: error });
    }
    this.#seen = this.words().indexOf(words, this.#seen) + words.length;
  }

  type(words: string): void {
    this.#child.stdin?.write(`${words}\r`);
  }

  key(letter: string): void {
    this.#child.stdin?.write(letter);
  }

  close(): void {
    if (this.#child.exitCode === null) this.#child.kill("SIGKILL");
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The sign before it is that of a question which is not answered yet. */
const ASKS = "\u25C6  approve | abort | or say what to correct";
const CTRL_C = "\u0003";

/** False also for one that is dead and that nobody has asked about yet. */
function isRunning(pid: string): boolean {
  const file = `/proc/${pid}/stat`;
  return fs.existsSync(file) && !/\) Z /.test(fs.readFileSync(file, "utf8"));
}

/** Pairs of the run's plan: `115<116` for "116 waits for 115". */
async function edgesOfRun(): Promise<readonly string[]> {
  const { out } = await world.cairn("events", "--json");
  const proposed = out
    .split("\n")
    .filter((line) => line.includes('"PlanProposed"'))
    .map((line) => JSON.parse(line) as { plan?: StoredPlan; event?: { plan: StoredPlan } });
  const plan = proposed[0]?.plan ?? proposed[0]?.event?.plan;
  return (plan?.issues ?? []).flatMap((issue) =>
    issue.blockers.map((blocker) => `${blocker.key}<${issue.key} (${blocker.from})`),
  );
}

interface StoredPlan {
  readonly issues: readonly {
    readonly key: string;
    readonly blockers: readonly { readonly key: string; readonly from: string }[];
  }[];
}

describe("at a terminal", () => {
  test("a plan is corrected, nonsense changes nothing, and what was approved is run", async () => {
    aWorld();
    const terminal = new Terminal(["run", "issues.json"]);
    await terminal.see("Proposed by the rules:");
    await terminal.see(ASKS);
    terminal.type("make it faster");
    await terminal.see('"make it faster": It is not clear what waits for what.');
    await terminal.see(ASKS);
    terminal.type("119 needs 116");
    await terminal.see("#119 waits for #116");
    await terminal.see("Take it?");
    terminal.key("y");
    await terminal.see(ASKS);
    terminal.type("approve");
    expect(await terminal.ended).toBe(0);
    expect(terminal.words()).toContain("3 of 3 merged");
    expect(await edgesOfRun()).toEqual([
      "#115<#116 (proposed by the rules, approved: Both touch a.txt, and nothing says which comes first.)",
      '#116<#119 (said by a person: "119 needs 116")',
    ]);
  });

  test("an issue without words gets them from the person who is asked", async () => {
    aWorld();
    world.write("one.json", JSON.stringify([{ ...ISSUES[0], body: "" }]));
    world.git("add", ".");
    world.git("commit", "-q", "-m", "One");
    const terminal = new Terminal(["run", "one.json"]);
    await terminal.see("#115 says too little: approve | abort | answer | or say what to correct");
    terminal.type("answer");
    await terminal.see("#115 One: what should be true afterwards?");
    terminal.type("Make it blue.");
    await terminal.see('#115: the words are added to its prompt: "Make it blue."');
    await terminal.see(ASKS);
    terminal.type("approve");
    expect(await terminal.ended).toBe(0);
    const { out } = await world.cairn("events", "--json");
    expect(out).toContain("## Added by a person\\n\\nMake it blue.\\n");
  });

  test.each([
    ["abort", (terminal: Terminal) => terminal.type("abort")],
    ["Ctrl-C", (terminal: Terminal) => terminal.key(CTRL_C)],
  ])("%s leaves with exit 3, and nothing is written", async (_how, leave) => {
    aWorld();
    const before = world.footprint();
    const terminal = new Terminal(["run", "issues.json"]);
    await terminal.see(ASKS);
    terminal.type("drop 119");
    await terminal.see("Take it?");
    terminal.key("y");
    await terminal.see(ASKS);
    leave(terminal);
    expect(await terminal.ended).toBe(3);
    expect(terminal.words()).toContain("The plan was not approved; nothing was changed.");
    expect(world.footprint()).toBe(before);
  });
});

describe("where nobody can be asked", () => {
  test("exit 5 with what is proposed; words and --approve-plan answer", async () => {
    aWorld();
    const before = world.footprint();
    const asked = await world.cairn("run", "issues.json");
    expect([asked.code, world.footprint()]).toEqual([5, before]);
    expect(asked.told).toContain("Proposed: #116 after #115 (a.txt).");
    const unclear = await world.cairn("run", "issues.json", "--correct", "make it faster");
    expect([unclear.code, world.footprint()]).toEqual([2, before]);
    expect(unclear.told).toContain("Not understood, so nothing was changed");
    const done = await world.cairn(
      "run",
      "issues.json",
      "--correct",
      "115 needs 116",
      "--correct",
      "drop 119",
      "--approve-plan",
    );
    expect([done.code, done.told.includes("plan: #115 waits for #116")]).toEqual([0, true]);
    expect(await edgesOfRun()).toEqual(['#116<#115 (said by a person: "115 needs 116")']);
  });

  test("--autonomous names every edge it puts in", async () => {
    aWorld();
    const { code, told } = await world.cairn("run", "issues.json", "--autonomous");
    expect(code).toBe(0);
    expect(told).toContain("they are put in a row by 1 edge.");
    expect(told).toContain("#116 waits for #115 (made serial: both touch a.txt)");
  });

  test("--autonomous puts nobody in a row whom --correct calls independent", async () => {
    aWorld();
    const words = ["--autonomous", "--correct", "all independent"];
    const { code, told } = await world.cairn("run", "issues.json", ...words);
    expect([code, told.includes("in a row")]).toEqual([0, false]);
    expect(await edgesOfRun()).toEqual([]);
  });

  test("a run that is under way is not asked about again", async () => {
    const begun = "$(git rev-parse --git-common-dir)/begun";
    aWorld({ agent: `touch "${begun}"; sleep 1\n${WORKS}` });
    const first = world.start(["run", "issues.json", "--approve-plan"]);
    const file = path.join(world.root, ".git/begun");
    await until(() => fs.existsSync(file), 20_000, "a task begins");
    first.child.kill("SIGINT");
    expect((await first.ended).code).toBe(130);
    const second = await world.cairn("run", "issues.json", "--correct", "drop 119");
    expect([second.code, second.told.includes("--correct is for a new one")]).toEqual([0, true]);
    expect((await world.status()).tasks.map((task) => task.status)).toEqual([
      "merged",
      "merged",
      "merged",
    ]);
  });

  test("an issue without words gets them by --correct", async () => {
    aWorld();
    const [first] = ISSUES;
    world.write("one.json", JSON.stringify([{ ...first, body: "" }]));
    world.git("add", ".");
    world.git("commit", "-q", "-m", "One");
    const refused = await world.cairn("run", "one.json");
    expect([refused.code, refused.told.includes('--correct "add to #115: WORDS"')]).toEqual([
      2,
      true,
    ]);
    const done = await world.cairn("run", "one.json", "--correct", "add to 115: Make it blue.");
    expect(done.code).toBe(0);
    const { out } = await world.cairn("events", "--json");
    expect(out).toContain("## Added by a person");
  });
});

describe("a planner", () => {
  const answer = JSON.stringify({
    edges: [
      {
        blocker: "#116",
        dependent: "#119",
        reason: "119 calls what 116 adds.",
        files: ["agent.sh"],
      },
      { blocker: "#119", dependent: "#116", reason: "circle", files: [] },
    ],
    groups: [],
    notes: [],
  });

  test("proposes edges that a person approves; its copy of the repository is gone afterwards", async () => {
    aWorld({ config: NAMED_PLANNER });
    world.write("planner.sh", `#!/bin/sh\ncat > /dev/null\npwd >&2\necho '${answer}'\n`, 0o755);
    world.git("add", ".");
    world.git("commit", "-q", "-m", "Planner");
    const terminal = new Terminal(["run", "issues.json"]);
    await terminal.see("looks proposes 1 edge");
    await terminal.see("#119 after #116: 119 calls what 116 adds.");
    await terminal.see(ASKS);
    terminal.type("approve");
    expect(await terminal.ended).toBe(0);
    expect(await edgesOfRun()).toEqual([
      "#116<#119 (proposed by looks, approved: 119 calls what 116 adds.)",
    ]);
  });

  test("is asked once more when its answer cannot be read", async () => {
    aWorld({ config: NAMED_PLANNER });
    const count = path.join(world.folder, "count");
    world.write(
      "planner.sh",
      `#!/bin/sh\ngrep -q 'could not be read' && echo '${answer}'\necho x >> ${count}\n`,
      0o755,
    );
    world.git("add", ".");
    world.git("commit", "-q", "-m", "Planner");
    const { told } = await world.cairn("run", "issues.json", "--propose");
    expect(told).toContain("looks proposes 1 edge");
    expect(fs.readFileSync(count, "utf8")).toBe("x\nx\n");
  });

  test("may be a recording", async () => {
    const recording = [
      { role: "planner", steps: [{ usd: 0.5 }], report: JSON.parse(answer) as unknown },
      { steps: [{ write: "{{task}}.txt", content: "x" }, { commit: "feat(x): {{task}}" }] },
    ];
    aWorld({ config: NAMED_PLANNER.replace(PROGRAM, "{ kind: scripted, command: [./r.json] }") });
    world.write("r.json", JSON.stringify({ "*": recording }));
    world.git("add", ".");
    world.git("commit", "-q", "-m", "Planner");
    const { told, code } = await world.cairn("run", "issues.json", "--propose", "--approve-plan");
    expect([code, /looks proposes 1 edge \(\d+s, \$0\.50\)\./.test(told)]).toEqual([0, true]);
    expect(await edgesOfRun()).toEqual([
      "#116<#119 (proposed by looks, approved: 119 calls what 116 adds.)",
    ]);
  });

  test("of a vendor's kind looks only, and is asked by the schema of a planner", async () => {
    aWorld({ config: NAMED_PLANNER.replace(PROGRAM, "{ kind: claude, command: [./planner.sh] }") });
    const seen = path.join(world.folder, "seen");
    const result = {
      type: "result",
      subtype: "success",
      is_error: false,
      result: "Done.",
      num_turns: 3,
      session_id: "s",
      total_cost_usd: 0.12,
      usage: { input_tokens: 1, output_tokens: 1 },
      structured_output: JSON.parse(answer) as unknown,
    };
    const says = `cat <<'END'\n${JSON.stringify(result)}\nEND`;
    world.write(
      "planner.sh",
      `#!/bin/sh\n{ printf '%s\\n' "$@"; pwd; env; cat; } > ${seen}\n${says}\n`,
      0o755,
    );
    world.git("add", ".");
    world.git("commit", "-q", "-m", "Planner");
    const { told, code } = await world.start(["run", "issues.json", "--propose"], {
      env: { GITHUB_TOKEN: "forge-token-of-a-person" },
    }).ended;
    expect(told).toMatch(/looks proposes 1 edge \(\d+s, \$0\.12\)\./);
    expect([code, told.includes("Proposed: #119 after #116 (agent.sh).")]).toEqual([5, true]);
    expect(told).toContain(
      '--approve-plan --correct "all independent" --correct "#119 needs #116"',
    );
    const words = fs.readFileSync(seen, "utf8");
    expect(words).toContain("--permission-mode\ndontAsk");
    expect(words).toContain('"dependent":{"type":"string"}');
    expect(words).toContain("#115: One");
    expect(words).not.toContain("steps_completed");
    expect(words).not.toContain("forge-token-of-a-person");
    expect(words.split("\n").filter((line) => line === world.root)).toEqual([]);
  });

  test("says what words mean that fit no rule; a person takes it or not", async () => {
    aWorld({ config: NAMED_PLANNER });
    const meant = JSON.stringify({ corrections: ["#119 needs #115"], unclear: null });
    const script = `if grep -q 'What the person says'; then echo '${meant}'; else echo '${answer}'; fi`;
    world.write("planner.sh", `#!/bin/sh\n${script}\n`, 0o755);
    world.git("add", ".");
    world.git("commit", "-q", "-m", "Planner");
    const terminal = new Terminal(["run", "issues.json"]);
    await terminal.see(ASKS);
    terminal.type("the last one builds on the first");
    await terminal.see("Ask looks what that means?");
    terminal.key("y");
    await terminal.see("reads it as: #119 needs #115");
    await terminal.see("#119 waits for #115");
    await terminal.see("Take it?");
    terminal.key("y");
    await terminal.see(ASKS);
    terminal.type("approve");
    expect(await terminal.ended).toBe(0);
    expect(await edgesOfRun()).toEqual([
      '#115<#119 (said by a person: "#119 needs #115")',
      "#116<#119 (proposed by looks, approved: 119 calls what 116 adds.)",
    ]);
  });

  const cases = [
    [
      "that answers nonsense twice",
      "cat > /dev/null; echo hello",
      "gave no answer that can be read",
    ],
    ["that fails", "exit 7", "looks gave no answer: looks ended with exit code 7."],
    [
      "that writes",
      `cat > /dev/null; echo x > new.txt; echo '${answer}'`,
      "meanwhile this has changed: new.txt",
    ],
    [
      "that writes what is dirty already",
      `cat > /dev/null; echo x >> "$HERE/dirty.txt"; echo '${answer}'`,
      "dirty.txt",
    ],
    ["that writes here", `cat > /dev/null; echo x > "$HERE/new.txt"; echo '${answer}'`, "new.txt"],
  ] as const;

  test.each(cases)("%s: the rules' proposal stands", async (_what, script, says) => {
    aWorld({ config: NAMED_PLANNER });
    const text = script.replaceAll("$HERE", world.root);
    world.write("planner.sh", `#!/bin/sh\n${text}\n`, 0o755);
    world.git("add", ".");
    world.git("commit", "-q", "-m", "Planner");
    world.write("dirty.txt", "x");
    const { code, told } = await world.cairn("run", "issues.json", "--propose");
    expect(code).toBe(5);
    expect(told).toContain(says);
    expect(told).toContain("What the rules propose stands.");
    expect(told).toContain("Proposed: #116 after #115 (a.txt).");
  });

  test("is ended with the program where nobody is there to decide", async () => {
    aWorld({ config: NAMED_PLANNER });
    const started = path.join(world.folder, "started");
    const script = `#!/bin/sh\ncat > /dev/null\necho $$ > ${started}\nsleep 300\n`;
    world.write("planner.sh", script, 0o755);
    world.git("add", ".");
    world.git("commit", "-q", "-m", "Planner");
    const before = world.footprint();
    const { child, ended } = world.start(["run", "issues.json", "--propose", "--approve-plan"]);
    await until(() => fs.existsSync(started), 20_000, "the planner starts");
    child.kill("SIGTERM");
    const { code, told } = await ended;
    expect([code, isRunning(fs.readFileSync(started, "utf8").trim())]).toEqual([143, false]);
    expect(told).toContain("The planner was ended; nothing was changed.");
    fs.rmSync(started);
    expect(world.footprint()).toBe(before);
  });

  test("that was killed leaves its copy until the next one is asked", async () => {
    aWorld({ config: NAMED_PLANNER });
    const here = path.join(world.folder, "here");
    const first = `#!/bin/sh\ncat > /dev/null\n[ -e ${here} ] || { pwd > ${here}; sleep 300; }\necho '${answer}'\n`;
    world.write("planner.sh", first, 0o755);
    world.git("add", ".");
    world.git("commit", "-q", "-m", "Planner");
    fs.mkdirSync(path.join(world.root, ".cairn/tmp"), { recursive: true });
    const { child, ended } = world.start(["run", "issues.json", "--propose"]);
    await until(() => fs.existsSync(here) && fs.readFileSync(here, "utf8") !== "", 20_000, "it");
    child.kill("SIGKILL");
    await ended;
    const copy = path.dirname(fs.readFileSync(here, "utf8").trim());
    expect([path.dirname(copy), fs.existsSync(copy)]).toEqual([
      path.join(world.root, ".cairn/tmp"),
      true,
    ]);
    const { told } = await world.cairn("run", "issues.json", "--propose");
    expect(told).toContain("looks proposes 1 edge");
    expect(fs.readdirSync(path.dirname(copy))).toEqual([]);
  });

  test("is ended with all it started by the first Ctrl-C, and the person is asked all the same", async () => {
    aWorld({ config: NAMED_PLANNER });
    const started = path.join(world.folder, "started");
    world.write(
      "planner.sh",
      `#!/bin/sh\ncat > /dev/null\nsetsid sleep 300 &\necho $! > ${started}\nsleep 300\n`,
      0o755,
    );
    world.git("add", ".");
    world.git("commit", "-q", "-m", "Planner");
    const terminal = new Terminal(["run", "issues.json"]);
    await until(() => fs.existsSync(started), 20_000, "the planner starts");
    terminal.key(CTRL_C);
    await terminal.see("What the rules propose stands.");
    await terminal.see(ASKS);
    const pid = fs.readFileSync(started, "utf8").trim();
    expect(isRunning(pid)).toBe(false);
    terminal.type("abort");
    expect(await terminal.ended).toBe(3);
  });
});
