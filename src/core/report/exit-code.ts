import { ExitCode } from "../../errors.ts";
import type { Run, Task } from "../run/run.ts";

/**
 * What a process that ends while the run is in this state exits with (docs/state-machine.md). `isLive: false` asks
 * for an observer's answer: a run that nobody works on does not go on by itself, so a person is waited for.
 */
export function exitCodeOf(run: Run, isLive = true): ExitCode {
  switch (run.status) {
    case "planning":
      return ExitCode.waitsForPerson;
    case "running":
    case "draining":
    case "verifying":
    case "landing":
      return isLive ? ExitCode.stillRunning : ExitCode.waitsForPerson;
    case "paused":
    case "cancelled":
      return ExitCode.stopped;
    case "waiting":
      return ExitCode.waitsForPerson;
    case "halted":
      return run.panicked ? ExitCode.stopped : ExitCode.waitsForPerson;
    case "complete":
      return [...run.tasks.values()].every((task) => isHomeIn(run, task))
        ? ExitCode.done
        : ExitCode.failures;
  }
}

/** Merged, or found to be done by other hands. */
export function isHome(task: Pick<Task, "status" | "reason">): boolean {
  return (
    task.status === "merged" || (task.status === "skipped" && task.reason === "done-elsewhere")
  );
}

/** The same, also where another task took its place after a conflict and is home. */
function isHomeIn(run: Run, task: Task): boolean {
  let at: Task | undefined = task;
  // No chain is longer than there are tasks.
  for (let left = run.tasks.size; left > 0 && at !== undefined && !isHome(at); left -= 1)
    at = at.supersededBy === null ? undefined : run.tasks.get(at.supersededBy);
  return at !== undefined && isHome(at);
}
