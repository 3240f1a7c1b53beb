// Starts the real program as a person would, with its words in a file: a pipe would be held open by what outlives it.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isNodeError } from "./e2e-errors.ts";

export const PACKAGE = path.resolve(import.meta.dirname, "../..");
/** No run of a test takes as long: it hangs, and is ended so that the test can say so. */
const HANGS_AFTER_MS = 150_000;
const PROGRAM = path.join(PACKAGE, "bin/cairn");

/** Nothing of the person's own git configuration. */
export const GIT_ALONE = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
const IDENTITY = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
};

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Both streams. */
  readonly words: string;
}

export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it has said so far. */
  words(): string;
}

export interface Call {
  readonly directory: string;
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  /** For a run that takes long: after this it hangs. */
  readonly hangsAfterMs?: number;
}

let calls = 0;

/** Starts `cairn` with these arguments and an environment of its own. */
export function startCairn(args: readonly string[], call: Call): Started {
  calls += 1;
  const file = path.join(call.home, `words-${process.pid}-${calls}.txt`);
  const words = fs.openSync(file, "w");
  const child = spawn(PROGRAM, args, {
    cwd: call.directory,
    env: {
      PATH: process.env["PATH"],
      HOME: call.home,
      TMPDIR: os.tmpdir(),
      LANG: "C.UTF-8",
      NO_COLOR: "1",
      ...GIT_ALONE,
      ...call.env,
    },
    stdio: ["ignore", words, words],
    timeout: call.hangsAfterMs ?? HANGS_AFTER_MS,
    killSignal: "SIGKILL",
  });
  fs.closeSync(words);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      resolve({ code, signal, words: fs.readFileSync(file, "utf8") });
      fs.rmSync(file, { force: true });
    });
  });
  return { pid: child.pid ?? 0, ended, words: () => fs.readFileSync(file, "utf8") };
}

/** Runs git in a folder and answers its words. */
export function gitIn(directory: string, ...args: readonly string[]): string {
  return execFileSync("git", [...args], {
    cwd: directory,
    env: { PATH: process.env["PATH"], HOME: directory, ...GIT_ALONE, ...IDENTITY },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

/** A process with the reason why it belongs to a run. */
export interface LeftOver {
  readonly pid: number;
  readonly why: string;
}

/**
 * Live processes that a run below `folder` has started: whatever carries a mark of the run in its environment, and
 * session hosts, which work in the repository's `.cairn` folder. `run` may also be one session's `<run>/<session>`.
 */
export function processesBelow(folder: string, run: string | null): readonly LeftOver[] {
  // A session's mark is the whole value; a run's begins it.
  const wanted = run?.includes("/") === true ? `${run}\0` : `${run ?? ""}/`;
  const marks = ["CAIRN_SESSION_MARK", "CAIRN_GATE_MARK"].map((name) => `${name}=${wanted}`);
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name): LeftOver[] => {
      const pid = Number(name);
      const marked =
        run !== null &&
        marks.some((mark) => `\0${readProc(pid, "environ")}\0`.includes(`\0${mark}`));
      if (marked && !isZombie(pid)) return [{ pid, why: "mark" }];
      const isHost = readProc(pid, "cmdline").includes("session-host");
      return isHost && directoryOf(pid).startsWith(folder) ? [{ pid, why: "session host" }] : [];
    });
}

/** Waits until nothing of a run is alive any more; answers what still is. */
export async function untilNothingLives(
  folder: string,
  run: string | null,
): Promise<readonly LeftOver[]> {
  // A host that has lost its engine leaves within a moment of its last session.
  for (let left = processesBelow(folder, run), tries = 0; ; tries += 1) {
    if (left.length === 0 || tries === 50) return left;
    await wait(100);
    left = processesBelow(folder, run);
  }
}

function readProc(pid: number, name: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch (error) {
    if (isNodeError(error)) return "";
    throw error;
  }
}

function isZombie(pid: number): boolean {
  return / Z /.test(readProc(pid, "stat").replace(/^.*\)/s, ""));
}

function directoryOf(pid: number): string {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch (error) {
    if (isNodeError(error)) return "";
    throw error;
  }
}
