import type { TaskKey } from "../shared/names.ts";
import type { Run } from "./run.ts";

/** Who waits for whom in a run, with edges that are about to be told taken in one by one. */
export class WaitsGraph {
  readonly #blockers = new Map<TaskKey, Set<TaskKey>>();

  constructor(run: Run) {
    for (const { key, issue } of run.tasks.values()) {
      for (const blocker of issue.blockers)
        if (blocker.strength === "hard") this.add(key, blocker.key);
    }
  }

  add(dependent: TaskKey, blocker: TaskKey): void {
    const known = this.#blockers.get(dependent);
    if (known === undefined) this.#blockers.set(dependent, new Set([blocker]));
    else known.add(blocker);
  }

  remove(dependent: TaskKey, blocker: TaskKey): void {
    this.#blockers.get(dependent)?.delete(blocker);
  }

  /**
   * True when `key` waits for `other`, however far down; also where both are the same. Ways lead over keys that
   * `isOnWay` takes.
   */
  waitsFor(key: TaskKey, other: TaskKey, isOnWay: (key: TaskKey) => boolean = always): boolean {
    const seen = new Set<TaskKey>([key]);
    // A set grows while it is walked: each key is looked at once.
    for (const next of seen) {
      if (next === other) return true;
      if (!isOnWay(next)) continue;
      for (const blocker of this.#blockers.get(next) ?? []) seen.add(blocker);
    }
    return false;
  }
}

function always(): boolean {
  return true;
}
