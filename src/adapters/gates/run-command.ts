import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { GateCommand, GateResult } from "../../core/execute/gates.ts";
import { identifyChild, startTicksOf } from "../process/process-table.ts";
import { secretValues } from "../process/redact.ts";
import { GATE_MARK } from "../process/session-files.ts";
import { sendSignal, sweep } from "../process/sweep.ts";
import { withinTime } from "../process/within-time.ts";
import { GateOutput } from "./gate-output.ts";
import { readFailures } from "./read-failures.ts";

export interface CommandSurroundings {
  readonly directory: string;
  /** Complete: nothing else is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  /** Value of the mark that everything the command starts carries. */
  readonly mark: string;
  readonly outputBytesMax: number;
}

// sh says so when it does not know the command.
const NOT_FOUND = 127;
const GRACE_MS = 2_000;
const PIPES_MS = 500;

/** Runs one command of the owner; everything it started is dead when this resolves. Never rejects for what it does. */
export async function runCommand(
  command: GateCommand,
  around: CommandSurroundings,
  signal: AbortSignal,
): Promise<GateResult> {
  const startedAt = performance.now();
  const output = new GateOutput(around.outputBytesMax, secretValues(around.environment));
  // The one place where a shell is right: these are the owner's own words from the configuration.
  const child = spawn("sh", ["-c", command.run], {
    cwd: around.directory,
    env: { ...around.environment, [GATE_MARK]: around.mark },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = new AbortController();
  const ended = watch(child, output, stop, around.mark);
  const timeout = setTimeout(() => stop.abort("timeout"), command.timeoutMs);
  const forward = (): void => stop.abort("stopped");
  signal.addEventListener("abort", forward, { once: true });
  if (signal.aborted) forward();
  const exit = await ended;
  clearTimeout(timeout);
  signal.removeEventListener("abort", forward);
  output.close();
  const why: unknown = stop.signal.aborted ? stop.signal.reason : null;
  return judge(command, { exit, why, output, durationMs: performance.now() - startedAt });
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Words, when it could not even be started. */
  readonly problem: string | null;
}

/** Resolves when the command and all it started are gone. */
async function watch(
  child: ChildProcess,
  output: GateOutput,
  stop: AbortController,
  mark: string,
): Promise<Exit> {
  const identity = child.pid === undefined ? null : identifyChild(child.pid);
  const gone = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal, problem: null }));
    child.once("error", (error) => resolve({ code: null, signal: null, problem: error.message }));
  });
  const closed = once(child, "close").catch(() => undefined);
  const take = (stream: "stdout" | "stderr", chunk: Buffer): void => {
    output.take(stream, chunk);
    if (!output.isOverLimit()) return;
    child.stdout?.pause();
    child.stderr?.pause();
    stop.abort("output");
  };
  child.stdout?.on("data", (chunk: Buffer) => take("stdout", chunk));
  child.stderr?.on("data", (chunk: Buffer) => take("stderr", chunk));
  stop.signal.addEventListener("abort", () => press(child, gone), { once: true });
  if (stop.signal.aborted) press(child, gone);
  const exit = await gone;
  if (child.pid === undefined) return exit;
  await withinTime(closed, PIPES_MS);
  const sinceTicks = identity === null ? null : startTicksOf(identity);
  await sweep({
    mark: { name: GATE_MARK, value: mark },
    leader: child.pid,
    ...(sinceTicks === null ? {} : { sinceTicks }),
  });
  child.stdout?.destroy();
  child.stderr?.destroy();
  return exit;
}

/** TERM to the group, KILL after the grace. */
function press(child: ChildProcess, gone: Promise<Exit>): void {
  const { pid } = child;
  if (pid === undefined) return;
  sendSignal(-pid, "SIGTERM");
  const timer = setTimeout(() => sendSignal(-pid, "SIGKILL"), GRACE_MS);
  void gone.finally(() => clearTimeout(timer));
}

/** Red with its words, or green: exit 0 within the limits. */
function judge(
  command: GateCommand,
  seen: {
    readonly exit: Exit;
    readonly why: unknown;
    readonly output: GateOutput;
    readonly durationMs: number;
  },
): GateResult {
  const { exit, why, output } = seen;
  const words = wordsFor(command, exit, why);
  return {
    name: command.name,
    kind: command.kind,
    ok: exit.code === 0 && why === null,
    exitCode: exit.code,
    durationMs: Math.round(seen.durationMs),
    failures: exit.code === 0 && why === null ? [] : readFailures(output.text),
    tail: words === null ? output.tail : `${output.tail}\n${words}`.trim(),
    problem: problemOf(exit, why),
  };
}

/** Signals that somebody sent; a crash of the command's own has others. */
const FROM_OUTSIDE: ReadonlySet<string> = new Set(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"]);

function problemOf(exit: Exit, why: unknown): GateResult["problem"] {
  if (why === "timeout" || why === "output") return why;
  if (why !== null || (exit.signal !== null && FROM_OUTSIDE.has(exit.signal))) return "ended";
  return exit.code === NOT_FOUND || exit.problem !== null ? "not-found" : null;
}

function wordsFor(command: GateCommand, exit: Exit, why: unknown): string | null {
  if (why === "timeout")
    return `Ended by Cairn after ${command.timeoutMs / 1000} s (gates.timeout).`;
  if (why === "output") return "Ended by Cairn: too much output (gates.output).";
  if (why !== null) return "Ended by Cairn: the run was stopped.";
  return exit.problem === null ? null : `Could not be started: ${exit.problem}.`;
}
