// The program that agent sessions are children of. One for each engine, in a session of its own: neither Ctrl-C in the
// engine's terminal nor the engine's death reaches it. It exits when its stdin has ended and no session is left.
import { createInterface } from "node:readline";
import fs from "node:fs";
import path from "node:path";
import { claimSession, recordFailure, recordForestalled } from "./claim-session.ts";
import { HostedSession } from "./hosted-session.ts";
import { isForbidden } from "./panic-file.ts";
import { SessionFile } from "./session-names.ts";
import { hostOrderSchema, readMessage, type hostWordSchema } from "./session-files.ts";
import type { z } from "zod";

/** This file as it runs, for whoever starts the host: TypeScript in a checkout, JavaScript in the package. */
export const sessionHostFile = import.meta.filename;

const sessions = new Map<string, HostedSession>();

function serve(): void {
  for (const name of ["SIGINT", "SIGHUP", "SIGQUIT"] as const) process.on(name, () => undefined);
  process.on("SIGTERM", endAll);
  // One session's trouble must not take the others with it; the log of the host says what it was.
  process.on("uncaughtException", (error) => console.error(error));
  // The engine may be dead: nobody reads, and that is no reason to leave its sessions alone.
  process.stdout.on("error", () => undefined);
  createInterface({ input: process.stdin }).on("line", obey);
}

function obey(line: string): void {
  const order = readMessage(line, hostOrderSchema);
  if (order === null) return;
  if ("start" in order) start(order.start);
  else sessions.get(order.end)?.end("ended", order.graceMs);
}

function start(folder: string): void {
  try {
    const claimed = claimSession(folder);
    if (claimed === null) return;
    if (isForbidden(folder) || fs.existsSync(path.join(folder, SessionFile.end))) {
      recordForestalled(folder);
      say({ over: folder });
      return;
    }
    const session = new HostedSession(folder, claimed.session, claimed.claim);
    sessions.set(folder, session);
    session.over
      .then(() => say({ over: folder }))
      .catch((error: unknown) => giveUp(folder, error))
      .finally(() => sessions.delete(folder));
  } catch (error) {
    giveUp(folder, error);
  }
}

/** A full disk, a folder that is gone: said to the engine, and written down where that is still possible. */
function giveUp(folder: string, error: unknown): void {
  const why = String(error);
  try {
    recordFailure(folder, why);
  } catch {
    // The engine hears of it all the same.
  }
  say({ refused: folder, why });
}

/** The machine goes down: sessions are lost, and said to be. */
function endAll(): void {
  for (const session of sessions.values()) session.end("lost", 1_000);
  process.stdin.destroy();
}

function say(word: z.infer<typeof hostWordSchema>): void {
  process.stdout.write(`${JSON.stringify(word)}\n`);
}

if (import.meta.main) serve();
