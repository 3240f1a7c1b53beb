import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ExitCode, UserError } from "../../errors.ts";
import type { OpenedProject } from "../../composition/open-project.ts";
import type { ReadPlan } from "../../host/project.ts";
import type { CommandContext } from "../command-module.ts";

/** How long the background process has to take the lock, in milliseconds. */
const START_MS = 15_000;
const POLL_MS = 100;

/**
 * Starts the same command in the background, its words in `.cairn/engine.log`, and leaves when it holds the run. What
 * was decided at this terminal (mode, order of issues that may collide) goes with it: there is nobody to ask there.
 */
export async function detachRun(
  context: CommandContext,
  project: OpenedProject,
  read: ReadPlan,
): Promise<ExitCode> {
  mkdirSync(project.cairnFolder, { recursive: true });
  const log = join(project.cairnFolder, "engine.log");
  const output = openSync(log, "a");
  const words = [
    ...process.argv.slice(1).filter((word) => word !== "--detach"),
    ...(read.decided ?? []).flatMap((correction) => ["--correct", correction]),
    ...(read.decided === undefined ? [] : ["--approve-plan"]),
  ];
  const child = spawn(process.execPath, [...process.execArgv, ...words], {
    cwd: process.cwd(),
    env: {
      ...context.env,
      CAIRN_MODE: read.settings.mode,
      CAIRN_PLANNING_UNMAPPED: read.unmapped,
    },
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const { engineHolder } = await import("../../composition/engine-holder.ts");
  for (const until = Date.now() + START_MS; Date.now() < until;) {
    const code = await Promise.race([ended, wait(POLL_MS, "running" as const)]);
    if (code !== "running") throw ownWords(log, code);
    if (engineHolder(project.cairnFolder)?.pid !== child.pid) continue;
    child.unref();
    context.tell(`The run goes on in the background (process ${child.pid}); its words: ${log}`);
    context.tell("  watch: cairn attach");
    context.tell("  stop: cairn pause");
    return ExitCode.stillRunning;
  }
  child.unref();
  throw new UserError(
    "run/detach",
    `Process ${child.pid} has not taken up the run after ${START_MS / 1000} s.`,
    {
      hints: [`Its words: ${log}`, "See whether it has by now: cairn status"],
      exitCode: ExitCode.failures,
    },
  );
}

function ownWords(log: string, code: number | null): UserError {
  const words = readFileSync(log, "utf8").split("\n").slice(-20).join("\n").trim();
  return new UserError(
    "run/detach",
    `The background process ended at once (exit ${code ?? "by signal"}).`,
    {
      quote: words,
      hints: ["Start it without --detach to see more."],
      exitCode: ExitCode.failures,
    },
  );
}
