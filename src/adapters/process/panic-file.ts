import fs from "node:fs";
import path from "node:path";

/** A person may make it by hand, `touch .cairn/PANIC`, and while it is there nothing is started. */
export const PANIC_FILE = "PANIC";

/** Whether a panic is under way in the repository of this `.cairn` folder. */
export function isPanic(cairnFolder: string): boolean {
  return fs.existsSync(path.join(cairnFolder, PANIC_FILE));
}

/** The same for the folder of a session, which stands in `runs/<run>/sessions/` below that. */
export function isForbidden(sessionFolder: string): boolean {
  return isPanic(path.resolve(sessionFolder, "../../../.."));
}
