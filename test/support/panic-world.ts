// Eight agents at work at once, each with children that ignore SIGTERM and hide in every way an unprivileged process can,
// and an observer who does not go by what Cairn goes by.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const CAIRN = path.resolve(import.meta.dirname, "../../bin/cairn");

export const AGENTS = 8;
/** For each agent: itself, and a shell with its `sleep` for each way of hiding and for itself. */
const PROCESSES_OF_AGENT = 13;
const HIDDEN_OF_AGENT = 12;
/** For this long after the first empty scan nothing may turn up again. */
const QUIET_MS = 400;
const LOOK_MS = 10;

const READY_MS = 60_000;

/** What is done to the engine before the panic. */
export type EngineFate = "lives" | "stopped" | "dead";

/** How a command ended, and what it said. */
export interface Said {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly told: string;
}

export interface PanicMeasured {
  /** From the start of the command to the first scan that found nothing, in milliseconds. */
  readonly deadMs: number;
  /** Processes that were alive when it began. */
  readonly alive: number;
  readonly command: Said;
  /** From its start to its end. */
  readonly commandMs: number;
}

let worlds = 0;

export class PanicWorld {
  readonly folder: string = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-panic-")));
  readonly root: string = path.join(this.folder, "repository");
  readonly engine: { readonly child: ChildProcess; readonly ended: Promise<Said> };
  /** In the arguments of everything an agent starts, and of nothing else on this machine. */
  readonly #token: string;
  #calls = 0;

  constructor() {
    worlds += 1;
    this.#token = `7${process.pid}.${worlds}${Date.now() % 100_000}`;
    this.#makeRepository();
    const options = ["--autonomous", "--progress", "plain", "--parallel", String(AGENTS)];
    this.engine = this.#start(["run", "@docs/M1_trail.md", ...options]);
  }

  async cairn(...args: readonly string[]): Promise<Said> {
    return this.#start(args).ended;
  }

  /** All agents are at work and have hidden what they hide. */
  async atWork(): Promise<void> {
    const flags = (): number =>
      fs.readdirSync(this.folder).filter((name) => name.startsWith("at-work-")).length;
    const isReady = (): boolean =>
      flags() === AGENTS && this.#withToken().length >= AGENTS * HIDDEN_OF_AGENT;
    for (const end = performance.now() + READY_MS; performance.now() < end; await wait(50))
      if (isReady()) return;
    throw new Error(`${flags()} agents at work with ${this.#withToken().length} children`);
  }

  /** Whatever an agent has started and is alive: by its arguments, by the mark, by folder, by descent. */
  alive(): readonly number[] {
    const found = new Set([...this.#withToken(), ...this.#marked(), ...this.#inWorktrees()]);
    const parents = parentsOfAll();
    for (let grew = true; grew;) {
      grew = false;
      for (const [pid, parent] of parents) {
        if (found.has(pid) || !found.has(parent)) continue;
        found.add(pid);
        grew = true;
      }
    }
    return [...found];
  }

  /** Does that to the engine, panics by the command and watches. */
  async panic(fate: EngineFate): Promise<PanicMeasured> {
    const alive = this.alive().length;
    if (alive < AGENTS * PROCESSES_OF_AGENT) throw new Error(`only ${alive} processes to kill`);
    if (fate === "stopped") this.engine.child.kill("SIGSTOP");
    if (fate === "dead") {
      this.engine.child.kill("SIGKILL");
      await this.engine.ended;
    }
    const began = performance.now();
    const panicked = this.#start(["panic"]);
    let commandMs = Number.NaN;
    const ended = panicked.ended.finally(() => (commandMs = performance.now() - began));
    const deadMs = await this.untilDead(began);
    return { deadMs, alive, command: await ended, commandMs };
  }

  /** Milliseconds since `began` at the first empty scan; @throws when anything turns up again. */
  async untilDead(began: number): Promise<number> {
    while (this.alive().length > 0) {
      if (performance.now() - began > 20_000)
        throw new Error(`alive: ${this.alive().map(described).join("; ")}`);
      await wait(LOOK_MS);
    }
    const deadMs = performance.now() - began;
    for (const end = performance.now() + QUIET_MS; performance.now() < end; await wait(LOOK_MS)) {
      const again = this.alive();
      if (again.length > 0) throw new Error(`alive again: ${again.map(described).join("; ")}`);
    }
    return deadMs;
  }

  /** From now on agents run this. */
  writeAgent(script: string): void {
    fs.writeFileSync(path.join(this.root, "agent.sh"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** Removes everything; what is alive is killed first. */
  async remove(): Promise<void> {
    this.engine.child.kill("SIGKILL");
    await this.engine.ended;
    for (const pid of this.alive()) killQuietly(pid);
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #makeRepository(): void {
    const tasks = Array.from({ length: AGENTS }, (_, index) => taskText(index + 1));
    fs.mkdirSync(path.join(this.root, "docs"), { recursive: true });
    fs.mkdirSync(path.join(this.folder, "home"));
    const plan = `${["# M1: Trail", ...tasks].join("\n\n")}\n`;
    fs.writeFileSync(path.join(this.root, "docs/M1_trail.md"), plan);
    fs.writeFileSync(path.join(this.root, ".cairn.yml"), CONFIG);
    this.writeAgent(agentText(this.#token));
    for (const args of [
      ["init", "-q", "-b", "main"],
      ["add", "."],
      ["commit", "-q", "-m", "Begin"],
    ])
      execFileSync("git", args, { cwd: this.root, env: this.#environment() });
  }

  /** Its words go to files: a pipe would be held open by whatever outlives it. */
  #start(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Said> } {
    this.#calls += 1;
    const files = ["out", "told"].map((name) => path.join(this.folder, `${this.#calls}-${name}`));
    const streams = files.map((file) => fs.openSync(file, "w"));
    const env = this.#environment();
    const child = spawn(CAIRN, [...args], { cwd: this.root, env, stdio: ["ignore", ...streams] });
    for (const stream of streams) fs.closeSync(stream);
    const ended = new Promise<Said>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        const [out = "", told = ""] = files.map((file) => fs.readFileSync(file, "utf8"));
        resolve({ code, signal, out, told });
      });
    });
    return { child, ended };
  }

  #environment(): Record<string, string> {
    const who = { NAME: "Ada", EMAIL: "ada@example.org" };
    return {
      PATH: process.env["PATH"] ?? "",
      HOME: path.join(this.folder, "home"),
      LANG: "C.UTF-8",
      NO_COLOR: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: who.NAME,
      GIT_AUTHOR_EMAIL: who.EMAIL,
      GIT_COMMITTER_NAME: who.NAME,
      GIT_COMMITTER_EMAIL: who.EMAIL,
      // Of all worlds: a person's second command is not the first that Node compiles.
      XDG_CACHE_HOME: path.join(os.tmpdir(), "cairn-panic-cache"),
    };
  }

  #withToken(): readonly number[] {
    return pids().filter((pid) => readText(pid, "cmdline").includes(this.#token));
  }

  #marked(): readonly number[] {
    const runs = path.join(this.root, ".cairn/runs");
    const marks = (fs.existsSync(runs) ? fs.readdirSync(runs) : []).flatMap((run) => [
      `CAIRN_SESSION_MARK=${run}/`,
      `CAIRN_GATE_MARK=${run}/`,
    ]);
    return pids().filter((pid) => {
      const environment = readText(pid, "environ");
      return marks.some((mark) => environment.includes(mark));
    });
  }

  /** Cairn's own git looks at what a session has left: a child of the engine without a mark is that. */
  #inWorktrees(): readonly number[] {
    const worktrees = path.join(this.root, ".cairn/worktrees");
    const engine = String(this.engine.child.pid);
    return pids().filter((pid) => {
      try {
        const isInside = fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(`${worktrees}/`);
        return isInside && !isDead(pid) && statOf(pid)[1] !== engine;
      } catch {
        return false;
      }
    });
  }
}

const CONFIG = `version: 1
agents:
  default: sh
  define: { sh: { kind: command, command: [./agent.sh], commits: true } }
gates: { pre_merge: ["true"] }
review: { mode: none }
limits: { attempts: 1 }
`;

function taskText(number: number): string {
  return `## Task 1.${number}: Part ${number}\n**Depends on:** none\n\n- [ ] part ${number} is there`;
}

function agentText(token: string): string {
  const loop = `trap "" TERM INT HUP QUIT; while :; do sleep ${token}; done`;
  return [
    `trap "" TERM INT HUP QUIT`,
    `sh -c '${loop}' &`,
    `setsid sh -c '${loop}' &`,
    `(setsid setsid sh -c '${loop}' >/dev/null 2>&1 &)`,
    `(env -i setsid sh -c '${loop}' >/dev/null 2>&1 &)`,
    // By nothing that a process has of itself is this one known any more.
    `(cd / && env -i setsid sh -c '${loop}' >/dev/null 2>&1 &)`,
    `touch "$(git rev-parse --git-common-dir)/../../at-work-$(basename "$PWD")"`,
    `sh -c '${loop}'`,
  ].join("\n");
}

function pids(): readonly number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number);
}

/** Of a dead process that nobody has buried these are empty. */
function readText(pid: number, name: "cmdline" | "environ"): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return "";
  }
}

function statOf(pid: number): readonly string[] {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return ["X", "0"];
  }
}

function described(pid: number): string {
  const parent = statOf(pid)[1] ?? "?";
  return `${pid} (${readText(pid, "cmdline").replaceAll("\0", " ")}, child of ${parent})`;
}

function isDead(pid: number): boolean {
  return ["Z", "X"].includes(statOf(pid)[0] ?? "X");
}

function parentsOfAll(): ReadonlyMap<number, number> {
  return new Map(
    pids()
      .filter((pid) => !isDead(pid))
      .map((pid) => [pid, Number(statOf(pid)[1])]),
  );
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
