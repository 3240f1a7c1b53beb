import path from "node:path";
import type { SessionOutcome, SessionRequest } from "../../../ports/dispatch.ts";
import { createExclusive, readIfThere } from "../../process/files.ts";
import { identify } from "../../process/process-table.ts";
import {
  claimSchema,
  readSessionFile,
  SessionFile,
  type Claim,
  type SessionExit,
} from "../../process/session-files.ts";
import { emptyState } from "./conclude-session.ts";
import { writeExit } from "./lost-session.ts";

/** A claim is linked into place whole: an empty one is what a power cut left. */
export function isUnreadable(folder: string): boolean {
  const text = readIfThere(path.join(folder, SessionFile.claim));
  return text !== null && readSessionFile(folder, SessionFile.claim, claimSchema) === null;
}

export function settleUnreadable(folder: string): void {
  const problem = "The machine went down while the session lived.";
  writeExit(folder, { cause: "lost", problem, startedAt: Date.now(), swept: 0 });
}

/** Whoever claims first decides: a session that was not started yet never will be. False: it was. */
export function forestall(folder: string): boolean {
  return settleUnclaimed(folder, { cause: "ended", problem: null });
}

/** No host lived long enough to take the session; should one take it all the same just now, it has it. */
export function settleUnhosted(folder: string): void {
  const problem = "The program that watches over sessions ended as soon as it began (host.log).";
  settleUnclaimed(folder, { cause: null, problem });
}

function settleUnclaimed(folder: string, exit: Pick<SessionExit, "cause" | "problem">): boolean {
  const host = identify(process.pid) ?? { pid: process.pid, start: "unknown" };
  const nothing = { agent: null, temporary: null, kin: null, place: null };
  const own: Claim = { host, ...nothing, startedAt: Date.now() };
  if (!createExclusive(path.join(folder, SessionFile.claim), JSON.stringify(own))) return false;
  writeExit(folder, { ...exit, startedAt: own.startedAt, swept: 0 });
  return true;
}

/** Not even a word about it could be written: the disk is full, the folder is gone. That may pass. */
export function notHosted(request: SessionRequest, folder: string, why: string): SessionOutcome {
  const now = Date.now();
  return {
    session: request.session,
    end: "lost",
    exitCode: null,
    vendorSession: null,
    report: null,
    lastWords: "",
    usage: emptyState().usage,
    retryAt: null,
    detail: `The session could not be hosted: ${why}.`,
    transcript: path.join(folder, SessionFile.stream),
    startedAt: now,
    endedAt: now,
  };
}
