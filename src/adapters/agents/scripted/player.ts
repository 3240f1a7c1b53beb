// Plays a recorded agent session as a real process: real files, real commits, a real stream. Started hundreds of times
// in a test run, so it loads nothing but what Node has built in.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  chooseSession,
  fillIn,
  reportOf,
  type Circumstances,
  type RecordedStep,
  type Recording,
} from "./recording.ts";

/** This file as it runs: TypeScript in a checkout, JavaScript in the package. */
export const playerFile = import.meta.filename;

const NOT_RECORDED = 3;

async function play(recordingFile: string): Promise<void> {
  const now = circumstances(process.env);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a recording is written beside the test that plays it
  const recording = JSON.parse(fs.readFileSync(recordingFile, "utf8")) as Recording;
  const chosen = chooseSession(recording, now);
  print({ type: "session", session: now.session });
  if (chosen === null) {
    process.stderr.write(
      `${recordingFile} has no session for task ${now.task}, role ${now.role}, attempt ${now.attempt}.\n`,
    );
    process.exit(NOT_RECORDED);
  }
  const session = fillIn(chosen, now);
  for (const step of session.steps ?? []) await perform(step);
  const report = reportOf(session, now);
  if (report !== null) print({ type: "report", report });
}

async function perform(step: RecordedStep): Promise<void> {
  const words = wordsOf(step);
  if (words !== null) print({ type: "turn", words });
  if ("write" in step) write(step.write, step.content, "w");
  else if ("append" in step) write(step.append, step.content, "a");
  else if ("delete" in step) fs.rmSync(path.resolve(step.delete), { recursive: true, force: true });
  else if ("run" in step) run("sh", ["-c", step.run]);
  else if ("commit" in step) {
    run("git", ["add", "--all"]);
    run("git", ["commit", "--quiet", "--message", step.commit]);
  } else if ("sleepMs" in step) await wait(step.sleepMs);
  else if ("usd" in step) print({ type: "usage", ...step });
  else if ("exit" in step) process.exit(step.exit);
}

/** What the agent is heard saying; null while it only thinks, or uses money. */
function wordsOf(step: RecordedStep): string | null {
  if ("say" in step) return step.say;
  if ("sleepMs" in step || "usd" in step) return null;
  const [kind = "step", what = ""] = Object.entries(step)[0] ?? [];
  return `${kind}: ${String(what)}`.slice(0, 500);
}

function write(file: string, content: string, flag: "w" | "a"): void {
  fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  fs.writeFileSync(path.resolve(file), content, { flag });
}

function run(file: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: "utf8", stdio: "pipe" });
  print({ type: "ran", status, output: `${stdout}${stderr}`.slice(-4_000) });
}

function circumstances(env: NodeJS.ProcessEnv): Circumstances {
  return {
    task: env["CAIRN_TASK"] ?? "",
    title: env["CAIRN_TASK_TITLE"] ?? "",
    role: env["CAIRN_ROLE"] ?? "implementer",
    attempt: Number(env["CAIRN_ATTEMPT"] ?? "1"),
    round: Number(env["CAIRN_ROUND"] ?? "0"),
    session: env["CAIRN_SESSION"] ?? "",
    stages: (env["CAIRN_STAGES"] ?? "").split(",").filter((stage) => stage !== ""),
  };
}

function print(event: object): void {
  // Synchronous: what was said must be out before a recorded exit.
  fs.writeSync(1, `${JSON.stringify(event)}\n`);
}

if (import.meta.main) await play(process.argv[2] ?? "");
