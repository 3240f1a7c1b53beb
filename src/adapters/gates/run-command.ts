import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { GateCommand, GateResult } from "../../core/execute/gates.ts";
import { redactText, secretValues } from "../process/redact.ts";
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
  if (command.report !== true)
    return judge(command, await runProgram({ ...around, ...shell }, signal));
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), "cairn-report-"));
  try {
    const file = path.join(folder, "report");
    const args = [...shell.args, "sh", file];
    const result = judge(command, await runProgram({ ...around, ...shell, args }, signal));
    const text = await readReport(file);
    const hidden = [...secretValues(around.environment), ...(around.secrets ?? [])];
    return { ...result, report: text === null ? null : redactText(text, hidden) };
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

/** Of a report that is read; a suite of ten thousand tests writes less. */
const REPORT_BYTES_MAX = 4 * 1024 * 1024;

/** Null where a plain file was not written, or too much. What an agent's tests put there instead is not followed. */
async function readReport(file: string): Promise<string | null> {
  const stat = await fs.lstat(file).catch(() => null);
  if (stat === null || !stat.isFile() || stat.size > REPORT_BYTES_MAX) return null;
  return fs.readFile(file, "utf8");
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
