import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { PANIC_FILE } from "../adapters/process/panic-file.ts";
import { sendSignal } from "../adapters/process/sweep.ts";
import { engineHolder } from "../adapters/sqlite/run-lock.ts";
import type { PanicEnd } from "../api/panic-end.ts";
import type { Command } from "../core/run/commands.ts";
import type { RunId } from "../core/shared/names.ts";
import { UserError } from "../errors.ts";
import { findMainWorkTree, type RunReader } from "../host/open-run.ts";
import { isStillHolder } from "./engine-identity.ts";
import { killEverything, type PanicPlace } from "./panic-kill.ts";

// What is needed to kill is loaded before, everything else behind it: the two seconds begin with the command.

/** Who panics, where, and from what. */
export interface PanicRequest {
  /** Any folder of the repository. */
  readonly directory: string;
  /** For the log: a user's name. */
  readonly by: string;
  readonly from: Command["from"];
  /** Run that is halted; absent: the engine's, else the newest. Killed is what belongs to any run here. */
  readonly run?: RunId;
}

// The engine looks for the file every tenth of a second; after this it hangs.
const ENGINE_MS = 1_500;
const ENGINE_DEATH_MS = 1_000;
const POLL_MS = 25;

/**
 * Kills everything that any run of this repository has started, from this process and without asking an engine first: it
 * may be dead, stopped or hung. Then sees to it that the run is halted, by its engine or in its place; it goes on only by
 * `cairn resume --after-panic`. For whoever has a button: command line, dashboard, MCP, Telegram.
 * @throws UserError `repository/none`; after the killing, whatever keeps the log from being read or written.
 */
export async function panic(request: PanicRequest): Promise<PanicEnd> {
  const root = findMainWorkTree(request.directory);
  const cairnFolder = join(root, ".cairn");
  const file = join(cairnFolder, PANIC_FILE);
  forbidStarts(cairnFolder, request);
  const holder = engineHolder(cairnFolder);
  const dead = new Killing({ root, cairnFolder, enginePid: holder?.pid ?? null, runs: [] });
  await dead.once();
  const known = await openRun(request, holder?.run);
  try {
    if (known !== null) await dead.once(known.runs().map(({ run }) => run));
    const engine = known === null ? "none" : await stopEngine(known, dead);
    const end = { run: known?.run.id ?? null, engine, enginePid: holder?.pid ?? null };
    if (engine === "silent") return { ...end, ...dead.counted(), state: "silent" };
    if (engine !== "answered" && known !== null) await halt(known, request);
    rmSync(file, { force: true });
    const isHalted = known !== null && known.run.status === "halted";
    return { ...end, ...dead.counted(), state: isHalted ? "halted" : "over" };
  } finally {
    known?.close();
  }
}

/** Kills as often as it is asked to, and counts. */
class Killing {
  readonly #began = performance.now();
  readonly #ended = new Set<number>();
  #place: PanicPlace;
  #left: readonly number[] = [];
  #deadMs = 0;

  constructor(place: PanicPlace) {
    this.#place = place;
  }

  /** With names of runs that have become known since; they are remembered. */
  async once(runs: readonly RunId[] = this.#place.runs): Promise<void> {
    this.#place = { ...this.#place, runs };
    const { ended, left } = await killEverything(this.#place);
    if (ended.length > 0 || this.#deadMs === 0)
      this.#deadMs = Math.max(1, Math.round(performance.now() - this.#began));
    for (const pid of ended) this.#ended.add(pid);
    this.#left = left;
  }

  counted(): Pick<PanicEnd, "killed" | "left" | "deadMs"> {
    return { killed: this.#ended.size, left: this.#left, deadMs: this.#deadMs };
  }
}

/** While the file is there no engine, host or planner starts anything; a live engine also halts its run by it. */
function forbidStarts(cairnFolder: string, { by, from }: PanicRequest): void {
  // Where nothing was run yet, nothing is left behind either.
  if (!existsSync(cairnFolder)) return;
  try {
    writeFileSync(join(cairnFolder, PANIC_FILE), `${by}\n${from}\n`);
  } catch {
    // A disk that is full, a folder of somebody else's: what can be killed is killed all the same.
    return;
  }
}

/** Null: nothing was run here, which does not keep a planner from being killed. */
async function openRun(request: PanicRequest, held: RunId | undefined): Promise<RunReader | null> {
  const { openView } = await import("./views.ts");
  try {
    return openView(request.directory, request.run ?? held);
  } catch (error) {
    if (error instanceof UserError && error.code === "run/none") return null;
    throw error;
  }
}

/** Waits until the engine has halted the run; one that does not answer is killed. What it started meanwhile is, too. */
async function stopEngine(reader: RunReader, dead: Killing): Promise<PanicEnd["engine"]> {
  const engine = reader.engine();
  if (engine === null) return "none";
  const hasAnswered = await isAnswered(reader);
  // A dashboard may live in the engine's own process.
  const isOther = engine.pid !== process.pid;
  const holder = engineHolder(reader.cairnFolder);
  if (!hasAnswered && isOther && holder !== null && isStillHolder(holder))
    sendSignal(holder.pid, "SIGKILL");
  const isGone = hasAnswered || (await until(() => reader.engine() === null, ENGINE_DEATH_MS));
  await dead.once();
  reader.advance();
  if (hasAnswered) return "answered";
  return isGone ? "killed" : "silent";
}

/** The engine may have been quicker than this process was in opening the log. */
async function isAnswered(reader: RunReader): Promise<boolean> {
  const isHalted = (): boolean => {
    reader.advance();
    return reader.run.panicked || isOver(reader);
  };
  await until(() => isHalted() || reader.engine() === null, ENGINE_MS);
  return isHalted();
}

function isOver({ run }: RunReader): boolean {
  return run.status === "complete" || run.status === "cancelled";
}

async function until(condition: () => boolean, waitMs: number): Promise<boolean> {
  for (const end = performance.now() + waitMs; performance.now() < end; await wait(POLL_MS))
    if (condition()) return true;
  return condition();
}

/** Where no engine is, this process says it to the log in its place. */
async function halt(reader: RunReader, { by, from }: PanicRequest): Promise<void> {
  if (isOver(reader)) return;
  const { recordCommand } = await import("./record-command.ts");
  await recordCommand(reader, { name: "panic", task: null, text: null, flags: {}, by, from });
  reader.advance();
}
