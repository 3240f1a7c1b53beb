import { tryLock } from "../adapters/sqlite/run-lock.ts";
import { openStore } from "../adapters/sqlite/store.ts";
import type { Command } from "../core/run/commands.ts";
import { emptyRun, evolve } from "../core/run/evolve.ts";
import { tick } from "../core/run/transition.ts";
import type { RunReader } from "../host/open-run.ts";

/**
 * Takes a command into the log as an engine would, without performing anything: what follows from it is begun by the
 * next engine. Where another process has become the engine meanwhile, the command waits in the inbox for that one.
 */
export async function recordCommand(reader: RunReader, command: Command): Promise<void> {
  const { cairnFolder } = reader;
  const { id } = reader.run;
  const store = openStore(cairnFolder);
  try {
    const now = Date.now();
    store.post(id, now, command);
    const holder = { pid: process.pid, run: id, command: `cairn ${command.name}`, startedAt: now };
    const { lock } = tryLock(cairnFolder, holder);
    if (lock === null) return;
    try {
      const run = emptyRun(id);
      for (const event of store.read(id, 0)) evolve(run, event);
      const before = run.seq;
      const said = store.pending(id, run.commandsTaken);
      const messages = said.map((each) => ({ kind: "command" as const, ...each }));
      // A broken invariant must not keep a run from being halted; the next engine looks for it.
      const { events } = tick(run, messages, now, () => undefined);
      if (events.length > 0) store.append(id, before, now, events);
    } finally {
      lock.release();
    }
  } finally {
    store.close();
  }
}
