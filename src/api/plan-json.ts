import type { PlanFinding } from "../core/plan/issue.ts";
import type { Plan, PlannedIssue } from "../core/plan/plan.ts";
import type { PlanProfile } from "./plan-profile.ts";

/** What `cairn plan --json` prints. Fields are only added within one schema version. */
export interface PlanJson {
  readonly schemaVersion: 1;
  readonly source: Plan["source"];
  readonly milestone: Plan["milestone"];
  readonly status: Plan["status"];
  /** In source order, done ones included. */
  readonly issues: readonly PlanIssueJson[];
  /** Keys of open and done issues; every blocker lies in an earlier wave. Empty where a scope leaves a wave out: numbers stay. */
  readonly waves: Plan["waves"];
  readonly criticalPath: Plan["criticalPath"];
  readonly mergeOrder: Plan["mergeOrder"];
  readonly free: Plan["free"];
  readonly done: Plan["done"];
  /** Each as its path; every issue waits for the next, the last for the first. */
  readonly cycles: Plan["cycles"];
  readonly findings: readonly PlanFindingJson[];
  readonly proposed: Plan["proposed"];
  readonly conflictGroups: Plan["conflictGroups"];
  readonly estimates: Plan["estimates"];
  readonly fingerprint: string;
  /** Whether its run proves tests first; absent where a plan is shown without settings. */
  readonly profile?: PlanProfile;
}

export interface PlanIssueJson {
  readonly key: string;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly priority: "P0" | "P1" | "P2" | null;
  readonly type: "CODING" | "VALIDATION" | "RESEARCH" | "MIXED";
  readonly blockers: readonly {
    readonly key: string;
    readonly strength: "hard" | "soft";
    /** Where it was read. */
    readonly from: string;
  }[];
  readonly conflictGroup: string | null;
  /** Done before the run. */
  readonly done: boolean;
  /** What no issue of this plan can free, in words; null: nothing. */
  readonly blockedFromOutside: string | null;
  /** Named group of issues, as the source has it. */
  readonly phase: string | null;
  /** Reference of the issue this one is a part of. */
  readonly parent: string | null;
  /** Estimate of the work. */
  readonly minutes: number | null;
  /** Files the issue says it touches. */
  readonly files: readonly string[];
  readonly steps: readonly PlanStepJson[];
}

export interface PlanStepJson {
  readonly title: string;
  readonly minutes: number | null;
  readonly files: readonly string[];
  /** Command that shows that it is done. */
  readonly verify: string | null;
}

export type PlanFindingJson = Omit<PlanFinding, "column">;

/** The documented object of `cairn plan --json`; lists are empty where nothing is known, never absent. */
export function toPlanJson(plan: Plan, profile?: PlanProfile): PlanJson {
  return {
    schemaVersion: 1,
    source: { kind: plan.source.kind, reference: plan.source.reference },
    milestone: {
      title: plan.milestone.title,
      number: plan.milestone.number,
      url: plan.milestone.url,
    },
    status: plan.status,
    issues: plan.issues.map((issue) => toIssueJson(issue, plan.estimates)),
    waves: plan.waves,
    criticalPath: plan.criticalPath,
    mergeOrder: plan.mergeOrder,
    free: plan.free,
    done: plan.done,
    cycles: plan.cycles,
    findings: plan.findings.map(toFindingJson),
    proposed: plan.proposed,
    conflictGroups: plan.conflictGroups,
    estimates: plan.estimates,
    fingerprint: plan.fingerprint,
    ...(profile === undefined ? {} : { profile }),
  };
}

function toIssueJson(issue: PlannedIssue, estimates: Plan["estimates"]): PlanIssueJson {
  const { key, title, state, priority, type, blockers, conflictGroup } = issue;
  return {
    key,
    title,
    state,
    priority,
    type,
    blockers: blockers.map((blocker) => ({
      key: blocker.key,
      strength: blocker.strength,
      from: blocker.from,
    })),
    conflictGroup,
    done: issue.done,
    blockedFromOutside: issue.blockedFromOutside,
    phase: issue.phase ?? null,
    parent: issue.parent ?? null,
    minutes: estimates[key]?.minutes ?? null,
    files: issue.files,
    steps: (issue.steps ?? []).map((step) => ({
      title: step.title,
      minutes: step.minutes,
      files: step.files,
      verify: step.verify,
    })),
  };
}

function toFindingJson(finding: PlanFinding): PlanFindingJson {
  const { code, severity, key, file, line, message, hint } = finding;
  return {
    code,
    severity,
    ...(key === undefined ? {} : { key }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    message,
    hint,
  };
}
