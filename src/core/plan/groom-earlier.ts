import type { TaskKey } from "../shared/names.ts";
import type { DispatchPlan } from "./dispatch-plan.ts";
import { textFingerprint } from "./fingerprint-issue.ts";
import type { ConflictGroup, Plan } from "./plan.ts";

/** What a dispatch plan on disk says, as far as a person may have changed it. */
export interface EarlierPlan {
  /** For the words about what was kept: `plan/milestone-3-dispatch.yaml`. */
  readonly file: string;
  /** In the order of the file. */
  readonly items: readonly EarlierItem[];
  readonly groups: readonly ConflictGroup[];
}

export interface EarlierItem {
  readonly key: TaskKey;
  readonly after: readonly TaskKey[];
  readonly softAfter: readonly TaskKey[];
  /** The issue's text has not changed since the file was written; also where the file does not say. */
  readonly isSame: boolean;
  /** Groups were proposed for it before: where it has none, somebody has decided so. */
  readonly isGroomed: boolean;
}

/** A dispatch plan on disk beside the plan its source makes today, in the keys of that plan. */
export function earlierOf(dispatch: DispatchPlan, fresh: Plan, file: string): EarlierPlan {
  const byKey = new Map(fresh.issues.map((issue) => [issue.key, issue]));
  const toKey = namesOf(fresh);
  const keyOf = (name: string): TaskKey => toKey.get(lower(name)) ?? name;
  const items = dispatch.waves.flatMap((wave) => wave.items);
  return {
    file,
    items: items.map((item) => {
      const key = keyOf(item.key);
      const issue = byKey.get(key);
      return {
        key,
        after: item.after.map(keyOf),
        softAfter: item.softAfter.map(keyOf),
        isSame:
          item.fingerprint === null ||
          issue === undefined ||
          item.fingerprint === textFingerprint(issue),
        isGroomed: item.groomed === true,
      };
    }),
    groups: dispatch.conflictGroups.map(({ id, reason, keys }) => ({
      id,
      reason,
      keys: keys.map(keyOf),
    })),
  };
}

/** People write numbers and titles too. */
function namesOf(plan: Plan): ReadonlyMap<string, TaskKey> {
  const names = new Map<string, TaskKey>();
  for (const { key, number, title } of plan.issues.toReversed())
    for (const name of [title, `#${number}`, number]) names.set(lower(name), key);
  for (const { key } of plan.issues) names.set(lower(key), key);
  return names;
}

function lower(name: string): string {
  return name.trim().toLowerCase();
}
