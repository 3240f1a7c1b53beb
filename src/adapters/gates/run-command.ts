import type { GateCommand, GateResult } from "../../core/execute/gates.ts";
import { runProgram, type BoundedProgram, type ProgramEnd } from "../process/run-program.ts";
import { readFailures } from "./read-failures.ts";

/** Where and with what a command runs. */
export type CommandSurroundings = Omit<BoundedProgram, "file" | "args" | "timeoutMs">;

// sh says so when it does not know the command.
const NOT_FOUND = 127;

/** Runs one command of the owner; everything it started is dead when this resolves. Never rejects for what it does. */
export async function runCommand(
  command: GateCommand,
  around: CommandSurroundings,
  signal: AbortSignal,
): Promise<GateResult> {
  const { run, timeoutMs } = command;
  // A shell is right here: these are the owner's own words from the configuration.
  const shell = { file: "sh", args: ["-c", run], timeoutMs };
  return judge(command, await runProgram({ ...around, ...shell }, signal));
}

/** Red with its words, or green: exit 0 within the limits. */
function judge(command: GateCommand, end: ProgramEnd): GateResult {
  const { output, why } = end;
  const isGreen = end.code === 0 && why === null;
  const words = wordsFor(command, end);
  return {
    name: command.name,
    kind: command.kind,
    ok: isGreen,
    exitCode: end.code,
    durationMs: Math.round(end.durationMs),
    failures: isGreen ? [] : readFailures(output.text),
    tail: words === null ? output.tail : `${output.tail}\n${words}`.trim(),
    problem: problemOf(end),
  };
}

/** Signals that somebody sent; a crash of the command's own has others. */
const FROM_OUTSIDE: ReadonlySet<string> = new Set(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"]);

function problemOf({ code, signal, problem, why }: ProgramEnd): GateResult["problem"] {
  if (why === "timeout" || why === "output") return why;
  if (why !== null || (signal !== null && FROM_OUTSIDE.has(signal))) return "ended";
  return code === NOT_FOUND || problem !== null ? "not-found" : null;
}

function wordsFor(command: GateCommand, { problem, why }: ProgramEnd): string | null {
  if (why === "timeout")
    return `Ended by Cairn after ${command.timeoutMs / 1000} s (gates.timeout).`;
  if (why === "output") return "Ended by Cairn: too much output (gates.output).";
  if (why !== null) return "Ended by Cairn: the run was stopped.";
  return problem === null ? null : `Could not be started: ${problem}.`;
}
