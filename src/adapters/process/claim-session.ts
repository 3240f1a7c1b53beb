import path from "node:path";
import { createExclusive, readIfThere, writeAtomic } from "./files.ts";
import { placeOfSession } from "./place.ts";
import { identify } from "./process-table.ts";
import {
  readSessionFile,
  SessionFile,
  sessionFileSchema,
  type Claim,
  type EndCause,
  type SessionExit,
  type SessionFileContent,
} from "./session-files.ts";

/** Takes the attempt for this host; null when somebody else has it, or had it. */
export function claimSession(folder: string): { session: SessionFileContent; claim: Claim } | null {
  const host = identify(process.pid) ?? { pid: process.pid, start: "unknown" };
  const place = placeOfSession(folder).id;
  const nothing = { agent: null, temporary: null, kin: null };
  const claim: Claim = { host, ...nothing, place, startedAt: Date.now() };
  if (readIfThere(path.join(folder, SessionFile.exit)) !== null) return null;
  if (!createExclusive(path.join(folder, SessionFile.claim), JSON.stringify(claim))) return null;
  const session = readSessionFile(folder, SessionFile.session, sessionFileSchema);
  if (session === null) throw new Error(`${folder}/${SessionFile.session} cannot be read`);
  forgetSecrets(folder, session);
  return { session, claim };
}

/** The exit file of a session that could not be hosted; one that is there already is kept. */
export function recordFailure(folder: string, why: string): void {
  recordUnstarted(folder, "lost", `The session could not be hosted: ${why}.`);
}

/** The exit file of a session whose end was asked for before it had begun. */
export function recordForestalled(folder: string): void {
  recordUnstarted(folder, "ended", null);
}

function recordUnstarted(folder: string, cause: EndCause, problem: string | null): void {
  const now = Date.now();
  const exit: SessionExit = {
    cause,
    code: null,
    signal: null,
    stderr: "",
    problem,
    startedAt: now,
    endedAt: now,
    swept: 0,
  };
  createExclusive(path.join(folder, SessionFile.exit), JSON.stringify(exit));
}

/** From here on the environment is known to the host alone: keys do not stay on disk. */
function forgetSecrets(folder: string, session: SessionFileContent): void {
  const env = Object.fromEntries(Object.keys(session.env).map((name) => [name, ""]));
  const text = JSON.stringify({ ...session, env, secrets: [] });
  writeAtomic(path.join(folder, SessionFile.session), text, "fleeting");
}
