import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { CommandOutput } from "./command-output.ts";
import { scoreOfCommands, startingWith } from "./kin-score.ts";
import { placeOfWorkTree, type Place } from "./place.ts";
import { identifyChild, startTicksOf } from "./process-table.ts";
import { secretValues } from "./redact.ts";
import { GATE_MARK, PLACE_MARK } from "./session-files.ts";
import { sendSignal, sweep } from "./sweep.ts";
import { withinTime } from "./within-time.ts";

/** A program the owner asked for, which may run what an agent wrote. */
export interface BoundedProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly directory: string;
  /** Complete: nothing else is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  /** Values that are not to be shown, beside those of variables named like secrets. */
  readonly secrets?: readonly string[];
  /** Value of the mark that everything the program starts carries. */
  readonly mark: string;
  readonly outputBytesMax: number;
  readonly timeoutMs: number;
  /** Asked right before and right after the start; absent: always. What may not run ends as `stopped`. */
  readonly mayStart?: () => boolean;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Words, when it could not even be started. */
  readonly problem: string | null;
  /** Why it was ended by us; null: it ended by itself. */
  readonly why: "timeout" | "output" | "stopped" | null;
  readonly output: Pick<CommandOutput, "text" | "tail">;
  readonly durationMs: number;
}

type Exit = Pick<ProgramEnd, "code" | "signal" | "problem">;

const GRACE_MS = 2_000;
const PIPES_MS = 500;

/** Runs one program; everything it started is dead when this resolves. Never rejects for what it does. */
export async function runProgram(
  program: BoundedProgram,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const { environment, mark, secrets = [] } = program;
  const startedAt = performance.now();
  const hidden = [...secretValues(environment), ...secrets];
  const output = new CommandOutput(program.outputBytesMax, hidden);
  const mayStart = program.mayStart ?? ((): boolean => true);
  if (!mayStart())
    return { code: null, signal: null, problem: null, why: "stopped", output, durationMs: 0 };
  const place = placeOfWorkTree(program.directory);
  const placed = place === null ? {} : { [PLACE_MARK]: place.id };
  const child = startingWith(scoreOfCommands(mark, place?.id), () =>
    spawn(program.file, program.args, {
      cwd: program.directory,
      env: { ...environment, ...placed, [GATE_MARK]: mark },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
  let why: ProgramEnd["why"] = null;
  const stop = new AbortController();
  const end = (reason: NonNullable<ProgramEnd["why"]>): void => {
    why ??= reason;
    stop.abort();
  };
  const ended = watch(child, { output, stop: stop.signal, mark, place, end });
  // A panic that began meanwhile may have looked for it too early.
  if (!mayStart()) {
    end("stopped");
    if (child.pid !== undefined) sendSignal(-child.pid, "SIGKILL");
  }
  const timeout = setTimeout(() => end("timeout"), program.timeoutMs);
  const forward = (): void => end("stopped");
  signal.addEventListener("abort", forward, { once: true });
  if (signal.aborted) forward();
  const exit = await ended;
  clearTimeout(timeout);
  signal.removeEventListener("abort", forward);
  output.close();
  return { ...exit, why, output, durationMs: performance.now() - startedAt };
}

/** Resolves when the program and all it started are gone. */
async function watch(
  child: ChildProcess,
  around: {
    readonly output: CommandOutput;
    readonly stop: AbortSignal;
    readonly mark: string;
    readonly place: Place | null;
    readonly end: (why: "output") => void;
  },
): Promise<Exit> {
  const { output, stop, mark, place } = around;
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
    around.end("output");
  };
  child.stdout?.on("data", (chunk: Buffer) => take("stdout", chunk));
  child.stderr?.on("data", (chunk: Buffer) => take("stderr", chunk));
  stop.addEventListener("abort", () => press(child, gone), { once: true });
  if (stop.aborted) press(child, gone);
  const exit = await gone;
  if (child.pid === undefined) return exit;
  await withinTime(closed, PIPES_MS);
  const sinceTicks = identity === null ? null : startTicksOf(identity);
  await sweep({
    mark: { name: GATE_MARK, value: mark },
    ...(place === null ? {} : { place }),
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
