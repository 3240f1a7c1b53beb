import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identify } from "../adapters/process/process-table.ts";
import { placeOf } from "../adapters/process/place.ts";
import { SESSION_MARK } from "../adapters/process/session-names.ts";
import { writeStarterNote } from "../adapters/process/starter-note.ts";
import { sweep } from "../adapters/process/sweep.ts";

/** Name of a planner's folder; its process is in it. */
export const PLANNER_FOLDER = /^cairn-planner-(\d{1,10})-\w{1,16}$/;

/** In that folder: which process that is. */
export const PLANNER_NOTE = "starter.json";

/**
 * A new folder for a planner, its process in the name: in `.cairn/tmp` where that is there, so that it goes with
 * `.cairn`, else in the temporary folder.
 */
export function makePlannerFolder(cairnFolder: string): string {
  const own = join(cairnFolder, "tmp");
  const parent = existsSync(own) ? own : tmpdir();
  const folder = realpathSync(mkdtempSync(join(parent, `cairn-planner-${process.pid}-`)));
  writeStarterNote(join(folder, PLANNER_NOTE), cairnFolder);
  return folder;
}

/** Removes the folders of planners whose process is gone, and ends what those had started. */
export async function removeDeadPlanners(cairnFolder: string): Promise<void> {
  for (const parent of [join(cairnFolder, "tmp"), tmpdir()]) {
    for (const name of deadIn(parent)) {
      const mark = { name: SESSION_MARK, value: `${name}/`, isPrefix: true };
      const place = placeOf(join(parent, name, "cairn"));
      await sweep({ mark, place }, { patient: false });
      removeFolder(join(parent, name));
    }
  }
}

function deadIn(parent: string): readonly string[] {
  return namesIn(parent).filter((name) => {
    const pid = PLANNER_FOLDER.exec(name)?.[1];
    return pid !== undefined && identify(Number(pid)) === null;
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** In a temporary folder others have theirs too: what is not ours to remove stays. */
function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    return;
  }
}
