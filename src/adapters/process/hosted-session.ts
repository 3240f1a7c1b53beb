import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { isCode, readIfThere, writeAtomic } from "./files.ts";
import { giveBackScore, runOf, startingWith, takeScore } from "./kin-score.ts";
import { placeOfSession } from "./place.ts";
import { isForbidden } from "./panic-file.ts";
import {
  identifyChild,
  readProcesses,
  startTicksOf,
  type ProcessIdentity,
} from "./process-table.ts";
import {
  PLACE_MARK,
  SESSION_MARK,
  SessionFile,
  type Claim,
  type EndCause,
  type SessionExit,
  type SessionFileContent,
} from "./session-files.ts";
import { SessionOutput } from "./session-output.ts";
import { SAME_STEPS_MAX } from "./session-progress.ts";
import { withinTime } from "./within-time.ts";
import { addDescendants, sendSignal, sweep, type Swept } from "./sweep.ts";

const TICK_MS = 200;
// How often the family is looked at, so that a child is known before it leaves its parent. Reads all of /proc.
const FAMILY_EVERY_TICKS = 10;
// Some CLIs stay for seconds after their last event, some for as long as a background task lives.
const AFTER_FINAL_MS = 10_000;
// The pipes of an agent that has exited are usually closed at once; an orphan may hold them for ever.
const PIPES_MS = 500;

/** One agent process from start to exit file, with its limits; everything it started is dead when `over` settles. */
export class HostedSession {
  /** Settles when the exit file is written; rejects only when it could not be. */
  readonly over: Promise<void>;

  readonly #folder: string;
  readonly #session: SessionFileContent;
  readonly #output: SessionOutput;
  readonly #family = new Map<number, number>();
  readonly #startedAt = performance.now();
  #claim: Claim;
  #child: ChildProcess | null = null;
  #identity: ProcessIdentity | null = null;
  #cause: EndCause | null = null;
  #deadline: number | null = null;
  #interrupted = false;
  #hasExited = false;
  #ticks = 0;

  constructor(folder: string, session: SessionFileContent, claim: Claim) {
    this.#folder = folder;
    this.#session = session;
    this.#claim = claim;
    this.#output = new SessionOutput(folder, session);
    this.over = this.#live();
  }

  /** Asks the agent to end: a signal now, KILL after the grace. The first cause given is kept. */
  end(cause: EndCause | null, graceMs: number): void {
    // It ended by itself; what is left of it is being swept.
    if (this.#hasExited) return;
    this.#cause ??= cause;
    const deadline = performance.now() + graceMs;
    const isFirst = this.#deadline === null;
    this.#deadline = Math.min(this.#deadline ?? Infinity, deadline);
    if (graceMs <= 0) this.#signal("SIGKILL");
    else if (isFirst) this.#signal(this.#session.firstSignal);
  }

  async #live(): Promise<void> {
    const child = this.#start();
    const closed = once(child, "close").catch(() => undefined);
    const gone = exitOf(child, this.#session);
    const timer = setInterval(() => this.#tick(), TICK_MS);
    const exit = await gone;
    // Whoever asked for its end may have killed it before the next look at the file.
    if (this.#cause === null && readIfThere(path.join(this.#folder, SessionFile.end)) !== null) {
      this.#cause = "ended";
    }
    this.#hasExited = true;
    clearInterval(timer);
    if (exit.problem === null) await withinTime(closed, PIPES_MS);
    await this.#conclude(exit);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }

  #start(): ChildProcess {
    const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-s-"));
    const { file, args, env, cwd, mark, stdin } = this.#session;
    const place = placeOfSession(this.#folder).id;
    const kin = takeScore(runOf(mark), place);
    this.#claim = { ...this.#claim, temporary, kin };
    const child = startingWith(kin, () =>
      spawn(file, args, {
        cwd,
        env: { ...env, TMPDIR: temporary, [SESSION_MARK]: mark, [PLACE_MARK]: place },
        detached: true,
        stdio: ["pipe", "pipe", "pipe"],
      }),
    );
    this.#child = child;
    this.#identity = child.pid === undefined ? null : identifyChild(child.pid);
    this.#writeClaim();
    // A panic that began while it was being started may have looked for it too early.
    if (isForbidden(this.#folder)) this.end("ended", 0);
    else this.#obeyEndFile();
    child.stdout.on("data", (chunk: Buffer) =>
      this.#take(child, () => this.#output.takeStdout(chunk)),
    );
    child.stderr.on("data", (chunk: Buffer) =>
      this.#take(child, () => this.#output.takeStderr(chunk)),
    );
    // An agent that never reads its prompt breaks the pipe; its exit says the rest.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
    return child;
  }

  #take(child: ChildProcess, keep: () => void): void {
    keep();
    if (!this.#output.isOverLimit()) return;
    child.stdout?.pause();
    child.stderr?.pause();
    if (!this.#hasExited) this.end("output", this.#session.limits.graceMs);
  }

  #tick(): void {
    this.#ticks += 1;
    const now = performance.now();
    const { limits } = this.#session;
    this.#output.publishNewest();
    this.#obeyEndFile();
    if (now - this.#startedAt > limits.wallMs) this.#endOnce("wall");
    else if (now - this.#output.lastPrintedAt > limits.stallMs) this.#endOnce("stall");
    else if (this.#output.turns > limits.turns) this.#endOnce("turns");
    else if (limits.tokens !== null && this.#output.progress.tokens >= limits.tokens)
      this.#endOnce("cost");
    else if (this.#output.progress.sameSteps >= SAME_STEPS_MAX) this.#endOnce("loop");
    else if (now - (this.#output.finalSeenAt ?? now) > AFTER_FINAL_MS) this.#endOnce(null);
    this.#press(now);
    if (this.#ticks % FAMILY_EVERY_TICKS === 1) this.#lookAtFamily();
  }

  #endOnce(cause: EndCause | null): void {
    if (this.#deadline === null) this.end(cause, this.#session.limits.graceMs);
  }

  #obeyEndFile(): void {
    const asked = readIfThere(path.join(this.#folder, SessionFile.end));
    if (asked === null) return;
    const graceMs = Number.parseInt(asked, 10);
    const grace = Number.isFinite(graceMs) ? graceMs : this.#session.limits.graceMs;
    if (this.#cause === null || grace <= 0) this.end("ended", grace);
  }

  /** After a first SIGINT comes SIGTERM, after the grace comes SIGKILL. */
  #press(now: number): void {
    if (this.#deadline === null) return;
    if (now >= this.#deadline) this.#signal("SIGKILL");
    else if (this.#session.firstSignal === "SIGINT" && !this.#interrupted) {
      this.#interrupted = true;
      const half = (this.#deadline - now) / 2;
      setTimeout(() => this.#signal("SIGTERM"), half).unref();
    }
  }

  #signal(name: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid !== undefined && !this.#hasExited) sendSignal(-pid, name);
  }

  #lookAtFamily(): void {
    const leader = this.#identity?.pid;
    if (leader === undefined) return;
    const rows = readProcesses();
    // A number alone may have gone to a stranger since.
    const known = rows.filter((row) => this.#family.get(row.pid) === row.startTicks);
    const found = new Set([leader, ...known.map((row) => row.pid)]);
    addDescendants(rows, found);
    for (const row of rows) if (found.has(row.pid)) this.#family.set(row.pid, row.startTicks);
  }

  async #conclude(gone: AgentGone): Promise<void> {
    if (gone.problem !== null) this.#cause = gone.isForGood ? "start-failed" : "lost";
    const swept = await this.#sweep();
    giveBackScore(this.#claim.kin);
    this.#output.close();
    if (this.#claim.temporary !== null)
      fs.rmSync(this.#claim.temporary, { recursive: true, force: true });
    const left = swept.left.length > 0 ? `Could not end processes ${swept.left.join(", ")}.` : null;
    const exit: SessionExit = {
      cause: this.#cause,
      code: gone.code,
      signal: gone.signal,
      stderr: this.#output.stderrTail,
      problem: gone.problem ?? left ?? this.#output.problem,
      startedAt: this.#claim.startedAt,
      endedAt: Date.now(),
      swept: swept.ended.length,
      ...(this.#output.secrets.length === 0 ? {} : { secrets: this.#output.secrets }),
    };
    writeAtomic(path.join(this.#folder, SessionFile.exit), JSON.stringify(exit));
  }

  async #sweep(): Promise<Swept> {
    // Without a first process there is nothing to sweep.
    if (this.#identity === null) return { ended: [], left: [] };
    const since = startTicksOf(this.#identity);
    const { kin } = this.#claim;
    const folders = this.#hasOwnFolder() ? [this.#session.cwd] : [];
    const isHasty = this.#deadline !== null && performance.now() >= this.#deadline;
    return sweep(
      {
        mark: { name: SESSION_MARK, value: this.#session.mark },
        place: placeOfSession(this.#folder),
        seen: this.#family,
        ...(this.#hasOwnFolder() ? { directory: this.#session.cwd } : {}),
        leader: this.#identity.pid,
        ...(since === null ? {} : { sinceTicks: since }),
        ...(kin === null || since === null
          ? {}
          : { kin: { score: kin, sinceTicks: since, folders } }),
      },
      { patient: !isHasty },
    );
  }

  /** False where the session works in the checkout itself: engines and hosts work below that, too. */
  #hasOwnFolder(): boolean {
    return !this.#folder.startsWith(`${this.#session.cwd}/`);
  }

  #writeClaim(): void {
    this.#claim = { ...this.#claim, agent: this.#identity };
    // The first claim is on the disk; whom it names besides says nothing after a power cut.
    const text = JSON.stringify(this.#claim);
    writeAtomic(path.join(this.#folder, SessionFile.claim), text, "fleeting");
  }
}

interface AgentGone {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it never ran; null when it did. */
  readonly problem: string | null;
  /** Why it never ran will be so the next time, too. */
  readonly isForGood?: boolean;
}

function exitOf(
  child: ChildProcess,
  { file, cwd }: { readonly file: string; readonly cwd: string },
): Promise<AgentGone> {
  return new Promise((resolve) => {
    // `exit`, not `close`: an orphan may hold the pipes for as long as it lives.
    child.once("exit", (code, signal) => resolve({ code, signal, problem: null }));
    child.once("error", (error) => {
      if (child.pid !== undefined) return;
      const problem = fs.existsSync(cwd)
        ? `The program ${file} could not be started: ${error.message}.`
        : `The working directory ${cwd} does not exist.`;
      // Anything else may pass: no room for another process, a program that is being written.
      const isForGood = isCode(error, "ENOENT") || isCode(error, "EACCES");
      resolve({ code: null, signal: null, problem, isForGood });
    });
  });
}
