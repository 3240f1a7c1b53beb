import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { tryLock, type RunLock } from "../../src/adapters/sqlite/run-lock.ts";
import { openStore, type Store } from "../../src/adapters/sqlite/store.ts";
import type { CommandContext } from "../../src/cli/command-module.ts";
import { loadCommand } from "../../src/cli/command-table.ts";
import { parseCommand } from "../../src/cli/parse-command.ts";
import { foldLog } from "../../src/core/run/evolve.ts";
import { tick } from "../../src/core/run/transition.ts";
import type { RunStory } from "./run-story.ts";

const GIT_ENV = {
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
};

/** What a command printed and how it ended. */
export interface Shown {
  readonly code: number;
  readonly out: string;
  readonly told: string;
}

/** A real repository with a real log, in which commands run as the program would run them. */
export class CommandWorld {
  readonly root: string = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-views-")));
  readonly cairnFolder: string = path.join(this.root, ".cairn");
  /** Beside what git needs, for the commands: a token of a double, for one. */
  readonly env: Record<string, string> = {};
  #lock: RunLock | null = null;
  #engine: NodeJS.Timeout | null = null;
  #engineStore: Store | null = null;

  constructor() {
    this.git("init", "--quiet", "--initial-branch=main");
    fs.writeFileSync(path.join(this.root, ".gitignore"), ".cairn/\n");
    this.git("add", ".");
    this.git("commit", "--quiet", "--message", "first");
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", [...args], {
      cwd: this.root,
      env: GIT_ENV,
      encoding: "utf8",
    }).trim();
  }

  /** Stores the story's events as an engine would have. */
  store(story: RunStory): void {
    const store = openStore(this.cairnFolder);
    for (const { seq, at, ...event } of story.events)
      store.append(story.run.id, seq - 1, at, [event]);
    store.close();
  }

  /** This process holds the run's lock and, unless it hangs, takes commands as an engine does. */
  hold(run: string, how: "answers" | "hangs"): void {
    const holder = { pid: process.pid, run, command: "cairn run plan.md", startedAt: Date.now() };
    const attempt = tryLock(this.cairnFolder, holder);
    if (attempt.lock === null) throw new Error("the lock is taken");
    this.#lock = attempt.lock;
    if (how === "hangs") return;
    const store = openStore(this.cairnFolder);
    this.#engineStore = store;
    this.#engine = setInterval(() => takeCommands(store, run), 20);
  }

  async run(name: string, ...argv: readonly string[]): Promise<Shown> {
    const module = await loadCommand(name);
    const parsed = parseCommand(name, module, argv);
    const out: string[] = [];
    const told: string[] = [];
    const context: CommandContext = {
      ...parsed,
      directory: this.root,
      env: { ...GIT_ENV, NO_COLOR: "1", ...this.env },
      commandLine: ["cairn", name, ...argv].join(" "),
      terminal: { stdin: false, stdout: false, stderr: false, columns: 80 },
      colour: false,
      out: (text) => void out.push(`${text}\n`),
      tell: (text) => void told.push(`${text}\n`),
    };
    const code = (await module.run(context)) ?? 0;
    return { code, out: out.join(""), told: told.join("") };
  }

  /** The lock is free again, as after the end of an engine. */
  letGo(): void {
    if (this.#engine !== null) clearInterval(this.#engine);
    this.#engine = null;
    this.#engineStore?.close();
    this.#engineStore = null;
    this.#lock?.release();
    this.#lock = null;
  }

  remove(): void {
    this.letGo();
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

function takeCommands(store: Store, id: string): void {
  const run = foldLog(id, store.read(id, 0));
  const pending = store.pending(id, run.commandsTaken);
  if (pending.length === 0) return;
  const before = run.seq;
  const messages = pending.map(
    ({ number, command }) => ({ kind: "command", number, command }) as const,
  );
  const { events } = tick(run, messages, Date.now(), () => undefined);
  store.append(id, before, Date.now(), events);
}
