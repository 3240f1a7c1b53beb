import { ExitCode, UserError } from "../../errors.ts";
import { nearestName } from "../shared/nearest-name.ts";
import type { TaskKey } from "../shared/names.ts";
import type { PlanFinding } from "./issue.ts";
import { graphViews } from "./plan-graph.ts";
import type { Plan, PlannedIssue } from "./plan.ts";

export interface Scope {
  /** Wave of the plan as it is shown, from 1; done issues count, so that numbers stay. */
  readonly wave?: number;
  /** First issue, in source order; done marks from there on are ignored. */
  readonly from?: TaskKey;
  /** Takes unfinished blockers of a wave as freed. */
  readonly force?: boolean;
}

/**
 * The part of a plan that one run is about; issues outside are not in it. Blockers outside are done, or were
 * freed by the person who chose the scope: those are named in a finding `plan/scope`. The fingerprint stays the
 * whole plan's.
 * @throws UserError `plan/scope`, `plan/unknown-key`, `plan/no-such-wave`, `plan/wave-blocked`.
 */
export function scopePlan(plan: Plan, scope: Scope): Plan {
  if (scope.wave !== undefined && scope.from !== undefined) {
    throw new UserError("plan/scope", "`--wave` and `--from` exclude each other.", {
      hints: ["Choose one of them."],
    });
  }
  if (scope.from !== undefined) return fromKey(plan, scope.from);
  if (scope.wave !== undefined) return oneWave(plan, scope.wave, scope.force === true);
  return plan;
}

function fromKey(plan: Plan, wanted: string): Plan {
  const start = plan.issues.findIndex((issue) => isCalled(issue, wanted));
  if (start < 0) throw unknownKey(plan, wanted);
  const key = plan.issues[start]?.key ?? wanted;
  const freed = plan.issues
    .slice(0, start)
    .filter((issue) => issue.state === "open" && !issue.done);
  const scoped = plan.issues
    .slice(start)
    .map((issue) =>
      issue.done ? { ...issue, done: false, state: "open" as const, closedAs: null } : issue,
    );
  return narrowed(
    plan,
    scoped,
    freed.map((issue) => issue.key),
    `--from ${key}`,
  );
}

function oneWave(plan: Plan, number: number, force: boolean): Plan {
  const keys = plan.waves[number - 1];
  if (keys === undefined) throw noSuchWave(plan, number);
  const wave = new Set(keys);
  const scoped = plan.issues.filter((issue) => wave.has(issue.key));
  const open = new Set(
    plan.issues.flatMap((issue) => (issue.done || wave.has(issue.key) ? [] : [issue.key])),
  );
  const waiting = scoped.flatMap((issue) =>
    issue.done
      ? []
      : issue.blockers
          .filter((blocker) => blocker.strength === "hard" && open.has(blocker.key))
          .map((blocker) => [issue.key, blocker.key] as const),
  );
  if (waiting.length > 0 && !force) throw waveBlocked(plan, number, waiting);
  return narrowed(
    plan,
    scoped,
    [...new Set(waiting.map(([, blocker]) => blocker))],
    `--wave ${number}`,
  );
}

function noSuchWave(plan: Plan, number: number): UserError {
  const count = plan.waves.length;
  const has = count === 1 ? "one wave" : `${count} waves`;
  return new UserError(
    "plan/no-such-wave",
    `There is no wave ${number}: ${plan.source.reference} has ${has}.`,
    { hints: [`See them: cairn plan ${plan.source.reference}`] },
  );
}

function waveBlocked(
  plan: Plan,
  number: number,
  waiting: readonly (readonly [TaskKey, TaskKey])[],
): UserError {
  const names = waiting.slice(0, 5).map(([issue, blocker]) => `${issue} waits for ${blocker}`);
  const more = waiting.length > 5 ? ` and ${waiting.length - 5} more` : "";
  const open = plan.waves.findIndex((keys) => keys.some((key) => !plan.done.includes(key)));
  return new UserError(
    "plan/wave-blocked",
    `Wave ${number} cannot start: ${names.join(", ")}${more}.`,
    { hints: [`Bring home what comes before it: --wave ${open + 1}, or the whole plan.`] },
  );
}

function narrowed(
  plan: Plan,
  issues: readonly PlannedIssue[],
  freed: readonly TaskKey[],
  by: string,
): Plan {
  const inside = new Set(issues.map((issue) => issue.key));
  const scoped = issues.map((issue) => ({
    ...issue,
    blockers: issue.blockers.filter((blocker) => inside.has(blocker.key)),
  }));
  const note = {
    code: "plan/scope",
    severity: "warning",
    message: `Taken as done by \`${by}\`: ${freed.join(", ")}.`,
    hint: "They are not in this run. Run the whole plan to bring them home too.",
  } as const;
  return {
    ...plan,
    issues: scoped,
    ...graphViews(scoped, plan.estimates),
    // A part of a plan keeps the numbers of the whole.
    waves: plan.waves.map((keys) => keys.filter((key) => inside.has(key))),
    done: scoped.filter((issue) => issue.done).map((issue) => issue.key),
    findings: [
      ...plan.findings.filter((finding) => finding.key === undefined || inside.has(finding.key)),
      ...(freed.length > 0 ? [note] : []),
    ],
    proposed: plan.proposed.filter(
      (edge) => inside.has(edge.blocker) && inside.has(edge.dependent),
    ),
    conflictGroups: plan.conflictGroups
      .map((group) => ({ ...group, keys: group.keys.filter((key) => inside.has(key)) }))
      .filter((group) => group.keys.length > 0),
    estimates: Object.fromEntries(
      Object.entries(plan.estimates).filter(([key]) => inside.has(key)),
    ),
  };
}

function isCalled(issue: PlannedIssue, wanted: string): boolean {
  const name = wanted
    .trim()
    .replace(/^task\s+/iu, "")
    .toLowerCase();
  return [issue.key, issue.number, `#${issue.number}`].some(
    (known) => known.toLowerCase() === name,
  );
}

function unknownKey(plan: Plan, wanted: string): UserError {
  const keys = plan.issues.map((issue) => issue.key);
  const near = nearestName(wanted, keys);
  return new UserError("plan/unknown-key", `There is no ${wanted} in ${plan.source.reference}.`, {
    hints: [
      near === null
        ? `It has ${keys.slice(0, 10).join(", ")}${keys.length > 10 ? ", …" : ""}.`
        : `Did you mean ${near}?`,
    ],
  });
}

/**
 * Refuses a plan that cannot be run as it is. Critical findings of other kinds are the plan review's question.
 * @throws UserError `plan/cycle`, `plan/duplicate-key` (exit 2), `plan/all-blocked` (exit 5).
 */
export function assertRunnable(plan: Plan): void {
  for (const code of ["plan/cycle", "plan/duplicate-key"]) {
    const found = plan.findings.filter((finding) => finding.code === code);
    if (found.length === 0) continue;
    throw new UserError(code, found.map(placed).join("\n"), {
      hints: found.slice(0, 5).map((finding) => finding.hint),
    });
  }
  const open = plan.issues.filter((issue) => issue.state === "open" && !issue.done);
  const keys = new Set(open.map((issue) => issue.key));
  const first = open.filter(
    (issue) =>
      !issue.blockers.some((blocker) => blocker.strength === "hard" && keys.has(blocker.key)),
  );
  if (first.length === 0 || first.some((issue) => issue.blockedFromOutside === null)) return;
  const names = first.map((issue) => `${issue.key} (by ${withoutBrackets(issue)})`);
  throw new UserError("plan/all-blocked", `All open issues are blocked: ${names.join(", ")}.`, {
    hints: [
      `Correct the references, or finish what they wait for; where each was read: cairn plan ${plan.source.reference}`,
    ],
    exitCode: ExitCode.waitsForPerson,
  });
}

function withoutBrackets(issue: PlannedIssue): string {
  return (issue.blockedFromOutside ?? "").replaceAll(/ \(([^()]*)\)/gu, ", $1");
}

function placed(finding: PlanFinding): string {
  const { file, line, message } = finding;
  return file === undefined ? message : `${file}:${line ?? 1}: ${message}`;
}
