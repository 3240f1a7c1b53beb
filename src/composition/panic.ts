import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createLocalDispatch } from "../adapters/dispatch/local/local-dispatch.ts";
import { openStore } from "../adapters/sqlite/store.ts";
import type { RunReader } from "../host/open-run.ts";
import { commandOf } from "./views.ts";

/** What a panic did. */
export interface PanicEnd {
  /** Processes of the run that were found and killed. */
  readonly killed: number;
  /** `recorded`: the engine has halted the run; `stored`: nobody is at work, it is halted by the next engine; `silent`: an engine holds the run and does not answer. */
  readonly state: "recorded" | "stored" | "silent";
  readonly enginePid: number | null;
}

// The engine looks for the file every tenth of a second; after this it hangs.
const ENGINE_MS = 1_500;
// Long enough for an engine that is well, short enough that everything is dead in time where it is not.
const ENGINE_HEAD_START_MS = 400;
const POLL_MS = 25;

/**
 * Kills every process of the run from this process, without asking an engine first: it may be dead, stopped or hung.
 * Then sees to it that the run is halted.
 */
export async function panic(reader: RunReader): Promise<PanicEnd> {
  const file = join(reader.cairnFolder, "PANIC");
  const engine = reader.engine();
  mkdirSync(reader.cairnFolder, { recursive: true });
  writeFileSync(file, `${commandOf({ name: "panic" }).by}\n`);
  // A live engine kills by itself and knows why; the first look is short, for it may hang.
  const isAwake = engine !== null && (await isHalted(reader, ENGINE_HEAD_START_MS));
  const killed = await killAll(reader);
  if (engine !== null) {
    if (isAwake || (await isHalted(reader, ENGINE_MS)))
      return { killed, state: "recorded", enginePid: engine.pid };
    // Left lying: whoever wakes up there sees it before anything else.
    if (reader.engine() !== null)
      return { killed: killed + (await killAll(reader)), state: "silent", enginePid: engine.pid };
  }
  const inbox = openStore(reader.cairnFolder);
  inbox.post(reader.run.id, Date.now(), commandOf({ name: "panic" }));
  inbox.close();
  rmSync(file, { force: true });
  return { killed, state: "stored", enginePid: null };
}

async function killAll(reader: RunReader): Promise<number> {
  // Agents are only asked for by name when a session is started; killing needs none of them.
  const dispatch = createLocalDispatch({
    cairnFolder: reader.cairnFolder,
    agents: {},
    environment: {},
  });
  const killed = await dispatch.panic(reader.run.id);
  await dispatch.close();
  return killed;
}

async function isHalted(reader: RunReader, waitMs: number): Promise<boolean> {
  for (const until = Date.now() + waitMs; Date.now() < until;) {
    if (reader.advance().some((event) => event.type === "PanicRaised")) return true;
    if (reader.engine() === null) return false;
    await wait(POLL_MS);
  }
  return false;
}
