import type { Mark } from "../plan/issue.ts";
import type { TaskKey } from "../shared/names.ts";
import type { Run } from "./run.ts";
import { isBroughtHome } from "./stand-in.ts";

/**
 * What the source's own file should say by now: `done` for what is on the branch or was done before, `skipped` for what
 * a person left out. A task that failed gets no mark: it is still to be done, and the next run takes it up.
 */
export function progressMarks(run: Run): ReadonlyMap<TaskKey, Mark> {
  const marks = new Map<TaskKey, Mark>();
  for (const key of run.plan?.done ?? []) marks.set(key, "done");
  for (const task of run.tasks.values()) {
    if (isBroughtHome(run, task)) marks.set(task.key, "done");
    else if (task.status === "skipped" && task.reason === "by-command")
      marks.set(task.key, "skipped");
  }
  return marks;
}
