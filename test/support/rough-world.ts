// A small repository with a markdown plan and a shell script as agent, and the real program in processes of its own.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { cairnFor } from "./reachable-cairn.ts";
import { setTimeout as wait } from "node:timers/promises";

const PACKAGE = path.resolve(import.meta.dirname, "../..");
const CAIRN = path.join(PACKAGE, "bin/cairn");

const GIT_ENV = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
};

/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly told: string;
}

export interface StartedCairn {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly uid?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export const PLAN = `# M1: Trail

## Task 1.1: One
**Type:** CODING
**File:** a.txt

### Acceptance criteria
- a.txt says one

## Task 1.2: Two
**Type:** CODING
**File:** b.txt

### Acceptance criteria
- b.txt says two
`;

/** One task that says everything a plan should. */
export const ONE_TASK = PLAN.slice(0, PLAN.indexOf("## Task 1.2"));

/** What a calm agent does: a file of the task's own, and a commit. */
export const WORKS = `key=$(basename "$(git symbolic-ref --short HEAD)")
echo "$key" > "$key.txt"
git add . && git commit -q -m "feat(x): $key"`;

export class RoughWorld {
  /** Parent of the repository: nothing but the repository may be in it. */
  readonly folder: string = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-rough-")));
  readonly root: string = path.join(this.folder, "repository");
  readonly #words: string = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-words-"));
  readonly #children: ChildProcess[] = [];
  #calls = 0;

  constructor(
    options: { readonly plan?: string; readonly agent?: string; readonly config?: string } = {},
  ) {
    fs.mkdirSync(this.root);
    this.git("init", "-q", "-b", "main");
    this.write("docs/M1_trail.md", options.plan ?? PLAN);
    this.write("agent.sh", `#!/bin/sh\n${options.agent ?? WORKS}\n`, 0o755);
    this.write(".cairn.yml", configText(options.config ?? ""));
    this.git("add", ".");
    this.git("commit", "-q", "-m", "Begin");
  }

  write(name: string, content: string | Buffer, mode = 0o644): void {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode });
  }

  /** The person's own git, its words without the last line end. */
  git(...args: readonly string[]): string {
    // A test may give the repository to another user.
    return execFileSync("git", ["-c", "safe.directory=*", ...args], {
      cwd: this.root,
      env: { PATH: process.env["PATH"], HOME: this.folder, ...GIT_ENV },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trimEnd();
  }

  /** Its words go to files: a pipe would be held open by whatever outlives it. */
  start(args: readonly string[], options: StartOptions = {}): StartedCairn {
    this.#calls += 1;
    const files = ["out", "told"].map((name) => path.join(this.#words, `${this.#calls}-${name}`));
    const streams = files.map((file) => fs.openSync(file, "w"));
    const program = options.uid === undefined ? CAIRN : cairnFor(options.uid);
    const child = spawn(program, [...args], {
      cwd: options.cwd ?? this.root,
      env: {
        PATH: process.env["PATH"],
        HOME: this.#words,
        TMPDIR: os.tmpdir(),
        LANG: "C.UTF-8",
        NO_COLOR: "1",
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
        NODE_COMPILE_CACHE: path.join(os.tmpdir(), "cairn-rough-compile-cache"),
        ...options.env,
      },
      stdio: ["ignore", ...streams],
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    for (const stream of streams) fs.closeSync(stream);
    this.#children.push(child);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        const [out = "", told = ""] = files.map((file) => fs.readFileSync(file, "utf8"));
        resolve({ code, signal, out, told });
      });
    });
    return { child, ended };
  }

  async cairn(...args: readonly string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  async status(): Promise<StatusDocument> {
    const { out, told } = await this.cairn("status", "--json");
    if (out === "") throw new Error(told);
    return JSON.parse(out) as StatusDocument;
  }

  /** Everything of the person's that a refused command must leave as it was. */
  footprint(): string {
    const gitFolder = path.join(this.root, ".git");
    const read = (name: string): string => {
      const file = path.join(gitFolder, name);
      return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "(none)";
    };
    return [
      `# folder\n${fs.readdirSync(this.folder).join("\n")}`,
      `# repository\n${fs.readdirSync(this.root).join("\n")}`,
      ...(fs.existsSync(gitFolder)
        ? [
            `# status\n${this.git("status", "--porcelain", "--ignored")}`,
            `# refs\n${this.git("for-each-ref")}`,
            `# git folder\n${fs.readdirSync(gitFolder).toSorted().join("\n")}`,
          ]
        : []),
      `# HEAD\n${read("HEAD")}`,
      `# config\n${read("config")}`,
      `# exclude\n${read("info/exclude")}`,
    ].join("\n");
  }

  /** What a run may never touch: the person's branches, HEAD, index and files. */
  persons(): string {
    return [
      this.git("symbolic-ref", "-q", "HEAD"),
      this.git("rev-parse", "main"),
      this.git("status", "--porcelain"),
      this.git("ls-files", "--stage"),
      fs.readFileSync(path.join(this.root, ".git/config"), "utf8"),
    ].join("\n");
  }

  /** Ends what is left and removes everything; answers what of it was still running. */
  remove(): readonly number[] {
    for (const child of this.#children) if (child.exitCode === null) child.kill("SIGKILL");
    const left = processesOf(this.folder);
    for (const pid of left) killQuietly(pid);
    fs.rmSync(this.folder, { recursive: true, force: true });
    fs.rmSync(this.#words, { recursive: true, force: true });
    return left;
  }
}

export interface StatusDocument {
  readonly run: {
    readonly id: string;
    readonly status: string;
    readonly reason: string | null;
  };
  readonly tasks: readonly {
    readonly key: string;
    readonly status: string;
    readonly reason: string | null;
    readonly detail?: string | null;
    readonly waitingFor: { readonly what: string } | null;
    readonly attempt: number;
    readonly session: { readonly id: string } | null;
  }[];
  readonly questions: readonly {
    readonly task: string;
    readonly kind: string;
    readonly text: string;
    readonly options: readonly string[];
  }[];
  readonly waves: readonly (readonly string[])[];
  readonly next: readonly string[];
}

function configText(more: string): string {
  const base = {
    version: "version: 1",
    agents: `agents:
  default: sh
  define: { sh: { kind: command, command: [./agent.sh], commits: true } }`,
    gates: 'gates: { pre_merge: ["true"] }',
    review: "review: { mode: none }",
  };
  const own = Object.entries(base).flatMap(([key, text]) =>
    new RegExp(`^${key}:`, "m").test(more) ? [] : [text],
  );
  return `${[...own, more].join("\n")}\n`;
}

/** Processes that work in a folder, or carry its name in their arguments or environment. */
export function processesOf(folder: string): readonly number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => belongs(pid, folder));
}

function belongs(pid: number, folder: string): boolean {
  try {
    const place = fs.readlinkSync(`/proc/${pid}/cwd`);
    if (place === folder || place.startsWith(`${folder}/`)) return true;
    const text = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return (text + fs.readFileSync(`/proc/${pid}/environ`, "utf8")).includes(folder);
  } catch {
    return false;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

/** Waits until `isSo`, looking every 50 ms. @throws when it is not within `ms`. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  ms: number,
  what: string,
): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    if (await isSo()) return;
    await wait(50);
  }
  throw new Error(`not within ${ms} ms: ${what}`);
}
