// A repository here, the forge of it on a GitHub, and hands for what people do there.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createClient } from "../../../src/adapters/forge/github/client.ts";
import { explainGitHub } from "../../../src/adapters/forge/github/errors.ts";
import { createGitHubForge } from "../../../src/adapters/forge/github/forge.ts";
import type { GitAnswer } from "../../../src/adapters/forge/github/git-remote.ts";
import { createPace } from "../../../src/adapters/forge/github/pace.ts";
import { createTransport } from "../../../src/adapters/forge/github/transport.ts";
import { gitEnvironment } from "../../../src/adapters/git/git-environment.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { Forge } from "../../../src/ports/forge.ts";

export type Files = Readonly<Record<string, string>>;

/** Where a GitHub is, and as whom it is used. */
export interface ForgePlace {
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  readonly gitUrl: string;
  readonly owner: string;
  readonly name: string;
  readonly token: string;
  readonly clock: Clock;
  readonly milestone?: number;
}

/** A repository in a folder of its own; commits are made in it without any checkout. */
export interface Workshop {
  readonly root: string;
  git(args: readonly string[], env?: Readonly<Record<string, string>>): string;
  /** A commit on that one, or a first one; on no branch. */
  commit(parent: string | null, files: Files, message: string): string;
  /** What merging `head` into `onto` gives, as one commit: what a run checks before it merges. */
  candidate(onto: string, head: string, message: string): string;
  close(): void;
}

const CAIRN = { name: "Cairn", email: "cairn@cairn.invalid" };
const ENV = gitEnvironment(CAIRN, {
  PATH: process.env["PATH"],
  HOME: os.tmpdir(),
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
});

/** `there`: a repository that is somebody else's to remove. */
export function workshop(there: string | null = null): Workshop {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-forge-"));
  const root = there ?? path.join(folder, "repo");
  const git: Workshop["git"] = (args, env = {}) =>
    execFileSync("git", [...args], {
      cwd: root,
      env: { ...ENV, ...env },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  if (there === null) {
    fs.mkdirSync(root);
    git(["init", "-q", "-b", "main"]);
  }
  return {
    root,
    git,
    commit: (parent, files, message) => {
      const index = { GIT_INDEX_FILE: path.join(folder, "index") };
      fs.rmSync(index.GIT_INDEX_FILE, { force: true });
      if (parent !== null) git(["read-tree", parent], index);
      for (const [name, text] of Object.entries(files)) {
        const file = path.join(folder, "blob");
        fs.writeFileSync(file, text);
        const blob = git(["hash-object", "-w", file]);
        git(["update-index", "--add", "--cacheinfo", `100644,${blob},${name}`], index);
      }
      const tree = git(["write-tree"], index);
      return git(["commit-tree", tree, ...(parent === null ? [] : ["-p", parent]), "-m", message]);
    },
    candidate: (onto, head, message) => {
      const tree = git(["merge-tree", "--write-tree", onto, head]);
      return git(["commit-tree", tree, "-p", onto, "-m", message]);
    },
    close: () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Everything git was started with by the forge. */
export type GitCalls = string[][];

/** A forge as a process has it that has just begun. */
export function freshForge(place: ForgePlace, shop: Workshop, calls: GitCalls = []): Forge {
  const { apiUrl, graphqlUrl, gitUrl, owner, name, token, clock, milestone } = place;
  const transport = createTransport({
    apiUrl,
    graphqlUrl,
    userAgent: "cairn-test",
    token: async () => Promise.resolve(token),
  });
  const retryMs = [2_000, 4_000, 8_000, 16_000];
  return createGitHubForge({
    client: createClient(transport, createPace({ clock, retryMs })),
    clock,
    address: { owner, name, gitUrl },
    token: async () => Promise.resolve(token),
    retryMs,
    milestone: milestone ?? null,
    git: (args, given) => {
      calls.push([...args]);
      return runGit(shop.root, args, given ?? {});
    },
    explain: (error, doing) =>
      explainGitHub(error, { repository: `${owner}/${name}`, doing, isTriedAgain: true }),
  });
}

/** Never waits in the way of a server in this process. */
export function runGit(
  cwd: string,
  args: readonly string[],
  given: { readonly input?: string; readonly env?: Readonly<Record<string, string>> },
): Promise<GitAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", [...args], { cwd, env: { ...ENV, ...given.env } });
    let text = "";
    let told = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (told += chunk.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 255, text, told }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(given.input ?? "");
  });
}

/** A clock that jumps to whatever is waited for. */
export function jumpingClock(): Clock & { time: number } {
  const clock = {
    time: Date.UTC(2026, 9, 1),
    now: () => clock.time,
    alarm: (at: number, ring: () => void) => {
      const timer = setImmediate(() => {
        clock.time = Math.max(clock.time, at);
        ring();
      });
      return () => clearImmediate(timer);
    },
  };
  return clock;
}
