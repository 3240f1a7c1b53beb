import type { Issue } from "../plan/issue.ts";
import type { TaskKey } from "../shared/names.ts";
import type { Run } from "./run.ts";

/** The issue at which a chain of follow-ups began; itself for one that is nobody's. */
function originalIn(known: ReadonlyMap<TaskKey, TaskKey>, key: TaskKey): TaskKey {
  const seen = new Set<TaskKey>();
  let at = key;
  // A text may name anything, also a circle.
  for (let of = known.get(at); of !== undefined && !seen.has(of); of = known.get(at)) {
    seen.add(at);
    at = of;
  }
  return at;
}

/** Asked of a key: the issue at which its chain of follow-ups began, itself for one that is nobody's. */
export function originalOf(run: Run): (key: TaskKey) => TaskKey {
  const known = followUpsIn(run);
  return (key) => originalIn(known, key);
}

/** How many issues have taken over a rest of the same original, this one's own among them. */
export function followUpsOfOriginal(run: Run, key: TaskKey): number {
  const known = followUpsIn(run);
  const original = originalIn(known, key);
  const all = [...known.keys()];
  return all.filter((one) => one !== original && originalIn(known, one) === original).length;
}

/** Every issue that takes over a rest, with whose; of the plan and of what was added since. */
function followUpsIn(run: Run): ReadonlyMap<TaskKey, TaskKey> {
  const known = new Map<TaskKey, TaskKey>();
  const note = ({ key, followUpOf }: Issue): void => {
    if (followUpOf !== undefined) known.set(key, followUpOf);
  };
  for (const issue of run.plan?.issues ?? []) note(issue);
  for (const { issue } of run.tasks.values()) note(issue);
  return known;
}

/** True for a task that this run added for a rest; what the plan had already is its source's. */
export function isAddedFollowUp(run: Run, key: TaskKey): boolean {
  if (run.tasks.get(key)?.issue.followUpOf === undefined) return false;
  return run.plan?.issues.some((issue) => issue.key === key) !== true;
}
