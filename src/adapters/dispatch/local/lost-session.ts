import fs from "node:fs";
import path from "node:path";
import { cleanFolder } from "../../process/clean-folder.ts";
import { createExclusive } from "../../process/files.ts";
import { placeOfSession } from "../../process/place.ts";
import { isAlive, startTicksOf } from "../../process/process-table.ts";
import {
  SESSION_MARK,
  SessionFile,
  type Claim,
  type SessionExit,
} from "../../process/session-files.ts";
import { secretValues } from "../../process/redact.ts";
import { sweep } from "../../process/sweep.ts";

/** Ends what a dead host left behind and writes the exit file in its place. */
export async function settleLost(folder: string, mark: string, claim: Claim): Promise<void> {
  const since = claim.agent === null ? null : startTicksOf(claim.agent);
  const place = placeOfSession(folder);
  // A copy of somebody's claim: only what carries this folder's own mark is ended.
  const isOwn = claim.place === null || claim.place === place.id;
  const leader = isOwn && claim.agent !== null && isAlive(claim.agent) ? claim.agent.pid : null;
  const swept = await sweep({
    mark: { name: SESSION_MARK, value: mark },
    place,
    ...(since === null ? {} : { sinceTicks: since }),
    ...(leader === null ? {} : { leader }),
    ...(claim.kin === null || since === null || !isOwn
      ? {}
      : { kin: { score: claim.kin, sinceTicks: since, folders: [] } }),
  });
  // Its host would have done that at the end.
  cleanFolder(folder, { values: secretValues(process.env) });
  if (isOwn && claim.temporary !== null)
    fs.rmSync(claim.temporary, { recursive: true, force: true });
  writeExit(folder, {
    cause: "lost",
    problem: `The process that watched over the session (pid ${claim.host.pid}) died with it; ${swept.ended.length} left-over processes were ended.`,
    startedAt: claim.startedAt,
    swept: swept.ended.length,
  });
}

/** Writes the exit file of a session that has no host; one that is there already is kept. */
export function writeExit(
  folder: string,
  exit: Pick<SessionExit, "cause" | "problem" | "startedAt" | "swept">,
): void {
  const complete: SessionExit = {
    ...exit,
    code: null,
    signal: null,
    stderr: "",
    endedAt: Date.now(),
  };
  createExclusive(path.join(folder, SessionFile.exit), JSON.stringify(complete));
}
