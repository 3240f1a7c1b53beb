import { join } from "node:path";
import { attemptFolder } from "../adapters/dispatch/local/attempt-folder.ts";
import { SessionFile } from "../adapters/process/session-files.ts";
import type { RunReader } from "../host/open-run.ts";

/** Where a session leaves what a person may want to read. */
export interface SessionPaths {
  readonly stream: string;
  /** Newest lines of the stream while the session lives. */
  readonly newest: string;
  /** There when the session is over. */
  readonly exit: string;
}

/** Paths of a session's files; it need not exist. */
export function sessionPaths(reader: RunReader, session: string): SessionPaths {
  const folder = attemptFolder(reader.cairnFolder, reader.run.id, session);
  return {
    stream: join(folder, SessionFile.stream),
    newest: join(folder, SessionFile.newest),
    exit: join(folder, SessionFile.exit),
  };
}
