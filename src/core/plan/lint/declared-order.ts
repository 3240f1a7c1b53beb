import type { TaskKey } from "../../shared/names.ts";
import type { DeclaredGroup, Milestone, PlanFinding } from "../issue.ts";
import type { PlannedIssue } from "../plan.ts";

/** Waves that a source declares, held against dependencies and conflict groups: each contradiction is critical. */
export function lintWaves(
  issues: readonly PlannedIssue[],
  { waves = [], conflictGroups = [] }: Milestone,
): readonly PlanFinding[] {
  if (waves.length === 0) return [];
  const byKey = new Map(issues.map((issue) => [issue.key, issue]));
  const waveOf = new Map<TaskKey, number>();
  const found: PlanFinding[] = [];
  for (const [index, keys] of waves.entries()) {
    for (const key of keys) {
      const known = waveOf.get(key);
      if (known === undefined) waveOf.set(key, index);
      const issue = byKey.get(key);
      if (known === undefined && issue !== undefined) continue;
      found.push({
        code: issue === undefined ? "plan/wave-unknown" : "plan/wave-twice",
        severity: "critical",
        key,
        ...issue?.place,
        message:
          issue === undefined
            ? `Wave ${index + 1} names ${key}, which is not in this plan.`
            : `${key} is in wave ${(known ?? 0) + 1} and again in wave ${index + 1}.`,
        hint:
          issue === undefined
            ? "Correct the key, add the issue, or take it out of the wave."
            : "Leave it in one of them.",
      });
    }
  }
  const open = issues.filter((issue) => issue.state === "open" && !issue.done);
  const declared = new Set(conflictGroups.map(({ id }) => id));
  return [...found, ...againstEdges(open, byKey, waveOf), ...againstGroups(open, waveOf, declared)];
}

function againstEdges(
  open: readonly PlannedIssue[],
  byKey: ReadonlyMap<TaskKey, PlannedIssue>,
  waveOf: ReadonlyMap<TaskKey, number>,
): readonly PlanFinding[] {
  return open.flatMap((issue) =>
    issue.blockers.flatMap((blocker): readonly PlanFinding[] => {
      const [own, other] = [waveOf.get(issue.key), waveOf.get(blocker.key)];
      const isHard = blocker.strength === "hard" && byKey.get(blocker.key)?.done === false;
      if (!isHard || own === undefined || other === undefined || other < own) return [];
      return [
        {
          code: "plan/wave-order",
          severity: "critical",
          key: issue.key,
          ...issue.place,
          message: `${issue.key} is in wave ${own + 1} and waits for ${blocker.key} in wave ${other + 1} (${blocker.from}).`,
          hint: "Put it into a later wave than what it waits for, or remove the dependency.",
        },
      ];
    }),
  );
}

/** Members of one group never run together: in one wave they make it longer than it says. */
function againstGroups(
  open: readonly PlannedIssue[],
  waveOf: ReadonlyMap<TaskKey, number>,
  declared: ReadonlySet<string>,
): readonly PlanFinding[] {
  const first = new Map<string, TaskKey>();
  return open.flatMap((issue): readonly PlanFinding[] => {
    const wave = waveOf.get(issue.key);
    // Groups that follow from files came after the waves, and are no contradiction in what a person wrote.
    const listed = declared.has(issue.conflictGroup ?? "") ? issue.conflictGroup : null;
    const group = issue.group ?? listed;
    if (wave === undefined || group === null) return [];
    const place = `${wave} ${group}`;
    const other = first.get(place);
    if (other === undefined) {
      first.set(place, issue.key);
      return [];
    }
    return [
      {
        code: "plan/wave-clash",
        severity: "critical",
        key: issue.key,
        ...issue.place,
        message: `${issue.key} and ${other} are both in wave ${wave + 1} and in the conflict group ${group}: they never run at the same time.`,
        hint: "Put one of them into another wave, or out of the group.",
      },
    ];
  });
}

/** Conflict groups that a source declares: members it does not have, members of two, groups of one. */
export function lintGroups(
  issues: readonly PlannedIssue[],
  { conflictGroups = [] }: Milestone,
): readonly PlanFinding[] {
  if (conflictGroups.length === 0) return [];
  const keys = new Set(issues.map((issue) => issue.key));
  const groupOf = new Map<TaskKey, string>();
  const found: PlanFinding[] = [];
  for (const group of conflictGroups) {
    for (const key of new Set(group.keys)) {
      const other = groupOf.get(key);
      if (!keys.has(key)) found.push(unknownMember(group, key));
      else if (other === undefined) groupOf.set(key, group.id);
      else found.push(twice(group, key, other));
    }
    if (new Set(group.keys).size < 2) found.push(single(group));
  }
  return [...found, ...unknownGroups(issues, conflictGroups)];
}

function unknownMember({ id, place }: DeclaredGroup, key: TaskKey): PlanFinding {
  return {
    code: "plan/group-unknown",
    severity: "critical",
    key,
    ...place,
    message: `The conflict group ${id} names ${key}, which is not in this plan.`,
    hint: "Correct the key, add the issue, or take it out of the group.",
  };
}

function twice({ id, place }: DeclaredGroup, key: TaskKey, other: string): PlanFinding {
  return {
    code: "plan/group-twice",
    severity: "critical",
    key,
    ...place,
    message: `${key} is in two conflict groups, ${other} and ${id}; only ${other} counts.`,
    hint: "Leave it in one of them, or make one group of both.",
  };
}

function single({ id, place }: DeclaredGroup): PlanFinding {
  return {
    code: "plan/group-single",
    severity: "info",
    ...place,
    message: `The conflict group ${id} has one member: it keeps nothing apart.`,
    hint: "Add what it must not run beside, or remove the group.",
  };
}

function unknownGroups(
  issues: readonly PlannedIssue[],
  groups: readonly DeclaredGroup[],
): readonly PlanFinding[] {
  const ids = new Set(groups.map(({ id }) => id));
  return issues.flatMap(({ key, group, place }): readonly PlanFinding[] => {
    if (group === undefined || ids.has(group)) return [];
    return [
      {
        code: "plan/group-unknown",
        severity: "critical",
        key,
        ...place,
        message: `${key} names the conflict group ${group}, which the plan does not list.`,
        hint: "Correct the name, or list the group.",
      },
    ];
  });
}
