// A whole run of the real program against the double of GitHub: git over HTTP, robots for CI and reviews, people.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { scaledClock } from "../../src/adapters/clock/system-clock.ts";
import { openStore } from "../../src/adapters/sqlite/store.ts";
import type { StoredEvent } from "../../src/core/run/events.ts";
import { foldLog } from "../../src/core/run/evolve.ts";
import type { Run } from "../../src/core/run/run.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { gitIn, startCairn, type Ended, type Started } from "./e2e-program.ts";
import { addIssue, addMilestone } from "./github/hub.ts";
import { startRobots, type RobotOptions, type Robots } from "./github/robots.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "./github/world.ts";

/** Minutes of waiting for CI pass in seconds; the program and the double keep the same time. */
export const SCALE = 50;

/** An issue of the milestone; `needs` counts from one. */
export interface SampleIssue {
  readonly title: string;
  readonly needs: readonly number[];
  /** A further paragraph of its text. */
  readonly text?: string;
}

/** Eight issues: two that begin, four that need one of them, two that end it. */
export const PHASE_1: readonly SampleIssue[] = [
  { title: "Read the settings", needs: [] },
  { title: "Write the log", needs: [] },
  { title: "Check the settings", needs: [1] },
  { title: "Rotate the log", needs: [2] },
  { title: "Start the mill", needs: [1, 2] },
  { title: "Stop the mill", needs: [5] },
  { title: "Describe the settings", needs: [3] },
  { title: "Report at the end", needs: [4, 6] },
];

/** Answers every prompt: one file of its own for each task; reviewers pass everything. */
const AGENT = `#!/bin/sh
case $CAIRN_ROLE in
*reviewer) echo PASS ;;
*) mkdir -p src && cat > "src/task-$CAIRN_TASK.md" ;;
esac
`;

export interface GitHubSampleOptions {
  readonly robots?: Omit<RobotOptions, "clock">;
  /** Further lines of `.cairn.yml`. */
  readonly config?: string;
  /** The agent's program; the default writes one file for each task. */
  readonly agent?: string;
  readonly issues?: readonly SampleIssue[];
  /** How much faster than the wall its time runs; `SCALE` unless said otherwise. */
  readonly scale?: number;
}

/** A clone of the double's repository with a milestone, robots at work and a program to run in it. */
export class GitHubSample {
  readonly world: GitHubWorld;
  readonly robots: Robots;
  readonly clock: Clock;
  readonly folder: string;
  readonly root: string;
  readonly home: string;
  readonly milestone: number;
  readonly scale: number;

  private constructor(world: GitHubWorld, clock: Clock, options: GitHubSampleOptions) {
    this.world = world;
    this.clock = clock;
    this.scale = options.scale ?? SCALE;
    this.folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-e2e-github-")));
    this.root = path.join(this.folder, "mill");
    this.home = path.join(this.folder, "home");
    fs.mkdirSync(this.home);
    this.robots = startRobots(world, { clock, ...options.robots });
    this.milestone = addMilestone(world.hub, "Phase 1").number;
    for (const { title, needs, text = "" } of options.issues ?? PHASE_1) {
      const body = `${title}, please.\n\n${text}\n\n## Acceptance criteria\n\n- it is there\n`;
      const issue = addIssue(world.hub, { title, body, milestone: this.milestone });
      issue.blockedBy = needs.map(String);
    }
    this.#clone(options);
  }

  static async make(options: GitHubSampleOptions = {}): Promise<GitHubSample> {
    const clock = scaledClock(options.scale ?? SCALE);
    const world = await gitHubWorld(() => clock.now());
    return new GitHubSample(world, clock, options);
  }

  #clone(options: GitHubSampleOptions): void {
    const { world } = this;
    const url = `${world.double.url}/${world.hub.owner}/${world.hub.name}.git`;
    const config = `version: 1
forge: {kind: github, api_url: ${world.double.url}}
agents:
  default: writer
  roles: {quality-reviewer: writer}
  define: {writer: {kind: command, command: [./agent.sh], commits: false}}
gates:
  pre_merge: [{name: readable, run: test -r readme.md, kind: other}]
${options.config ?? ""}`;
    world.push("main", { ".cairn.yml": config, "agent.sh": options.agent ?? AGENT });
    gitIn(this.folder, "clone", "--quiet", world.hub.gitDir, this.root);
    // Files that the double's hands push are not executable.
    fs.chmodSync(path.join(this.root, "agent.sh"), 0o755);
    gitIn(this.root, "add", "--chmod=+x", "agent.sh");
    gitIn(this.root, "commit", "--quiet", "--message", "chore: the agent can be started");
    gitIn(this.root, "push", "--quiet", "origin", "main");
    gitIn(this.root, "remote", "set-url", "origin", url);
  }

  start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    more: { readonly hangsAfterMs?: number } = {},
  ): Started {
    const own = { GH_TOKEN: TOKEN, CAIRN_CLOCK_SCALE: String(this.scale) };
    const call = { directory: this.root, home: this.home, env: { ...own, ...env }, ...more };
    return startCairn(args, call);
  }

  cairn(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    more: { readonly hangsAfterMs?: number } = {},
  ): Promise<Ended> {
    return this.start(args, env, more).ended;
  }

  /** Whether a run was begun at all. */
  hasRun(): boolean {
    const folder = path.join(this.root, ".cairn");
    if (!fs.existsSync(path.join(folder, "cairn.db"))) return false;
    const store = openStore(folder, { readonly: true });
    try {
      return store.runs().length > 0;
    } finally {
      store.close();
    }
  }

  /** The newest run as the log has it. */
  run(): { readonly run: Run; readonly events: readonly StoredEvent[] } {
    const store = openStore(path.join(this.root, ".cairn"), { readonly: true });
    try {
      const [newest] = store.runs();
      if (newest === undefined) throw new Error("There is no run.");
      const events = store.read(newest.run, 0);
      return { run: foldLog(newest.run, events), events };
    } finally {
      store.close();
    }
  }

  /** In the clone. */
  here(...args: readonly string[]): string {
    return gitIn(this.root, ...args);
  }

  /** `git remote` in the clone. */
  remote(...args: readonly string[]): string {
    return gitIn(this.root, "remote", ...args);
  }

  /** On the service. */
  git(...args: readonly string[]): string {
    return gitIn(this.world.hub.gitDir, ...args);
  }

  async close(): Promise<void> {
    this.robots.stop();
    await this.world.close();
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
