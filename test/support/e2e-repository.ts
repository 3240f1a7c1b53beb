// A throw-away repository with a milestone of two tasks, and what can be said about it from outside.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { openStore } from "../../src/adapters/sqlite/store.ts";
import type { RunEvent } from "../../src/core/run/events.ts";
import { foldLog } from "../../src/core/run/evolve.ts";
import type { Run } from "../../src/core/run/run.ts";
import type { Recording } from "../../src/adapters/agents/scripted/recording.ts";
import { gitIn, startCairn, type Ended, type Started } from "./e2e-program.ts";

/** What a repository is made of. */
export interface Sample {
  readonly plan: string;
  /** Text of `.cairn.yml`. */
  readonly config: string;
  readonly recording?: Recording;
  /** Further files, committed at the beginning. */
  readonly files?: Readonly<Record<string, string>>;
  /** Further programs beside the repository. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** What must be the same after a calm run and after one that was killed. */
export interface Outcome {
  readonly status: string;
  readonly merged: readonly string[];
  readonly tree: string;
  readonly merges: number;
  readonly refs: readonly string[];
  readonly mainTree: string;
  readonly checkout: string;
}

export class SampleRepository {
  readonly folder: string;
  readonly root: string;
  /** One line for each session that the recording has begun and ended, outside of everything Cairn touches. */
  readonly diary: string;
  readonly home: string;
  /** The program that was started last. */
  newestPid: number | null = null;

  constructor(make: (diary: string) => Sample, home: string) {
    this.folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-e2e-")));
    this.root = path.join(this.folder, "sample");
    this.diary = path.join(this.folder, "diary.txt");
    this.home = home;
    const sample = make(this.diary);
    const { recording = {}, files = {}, programs = {} } = sample;
    const inside = { "plan.md": sample.plan, ".cairn.yml": sample.config, ...files };
    fs.mkdirSync(this.root);
    for (const [name, text] of Object.entries(inside)) writeAt(path.join(this.root, name), text);
    for (const [name, text] of Object.entries(programs))
      writeAt(path.join(this.folder, name), text);
    writeAt(path.join(this.folder, "recording.json"), JSON.stringify(recording));
    writeAt(this.diary, "");
    this.git("init", "--quiet", "--initial-branch=main");
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", "chore: begin");
  }

  git(...args: readonly string[]): string {
    return gitIn(this.root, ...args);
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    const started = startCairn(args, { directory: this.root, home: this.home, env });
    this.newestPid = started.pid;
    return started;
  }

  cairn(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /** The newest run as the log has it; null before the first. */
  run(): { readonly run: Run; readonly events: readonly RunEvent[] } | null {
    const cairnFolder = path.join(this.root, ".cairn");
    if (!fs.existsSync(path.join(cairnFolder, "cairn.db"))) return null;
    const store = openStore(cairnFolder, { readonly: true });
    try {
      const [newest] = store.runs();
      if (newest === undefined) return null;
      const events = store.read(newest.run, 0);
      return { run: foldLog(newest.run, events), events };
    } finally {
      store.close();
    }
  }

  outcome(): Outcome {
    const found = this.run();
    if (found === null) throw new Error("there is no run");
    const { run } = found;
    const branch = run.settings.integrationBranch;
    const { head, base } = run.integration ?? { head: "main", base: "main" };
    // Landing may take the branch away; while it is there, it stands where the log says.
    const tip = this.git("for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`) || head;
    return {
      status: run.status,
      merged: run.merged.toSorted(),
      tree: this.git("rev-parse", `${tip}^{tree}`),
      merges: Number(this.git("rev-list", "--count", "--first-parent", `${base}..${tip}`)),
      // What is kept of a branch is named after its commit, and that after the time.
      refs: this.git("for-each-ref", "--format=%(refname)")
        .split("\n")
        .map((ref) => ref.replace(/^(refs\/cairn\/old\/.*)-[0-9a-f]+$/, "$1")),
      mainTree: this.git("rev-parse", "main^{tree}"),
      checkout: `${this.git("symbolic-ref", "HEAD")} ${this.git("status", "--porcelain")}`,
    };
  }

  /** Names of all sessions that have a folder of their own. */
  sessionFolders(): readonly string[] {
    const runs = path.join(this.root, ".cairn/runs");
    if (!fs.existsSync(runs)) return [];
    return fs.readdirSync(runs).flatMap((run) => {
      const sessions = path.join(runs, run, "sessions");
      return fs.existsSync(sessions) ? fs.readdirSync(sessions) : [];
    });
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function writeAt(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
}
