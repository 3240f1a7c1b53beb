import type { PlanFinding } from "../core/plan/issue.ts";
import type { Plan } from "../core/plan/plan.ts";

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
}

export type PlanFindingJson = Omit<PlanFinding, "column">;

/** The documented object of `cairn plan --json`; lists are empty where nothing is known, never absent. */
export function toPlanJson(plan: Plan): PlanJson {
  return {
    schemaVersion: 1,
    source: { kind: plan.source.kind, reference: plan.source.reference },
    milestone: {
      title: plan.milestone.title,
      number: plan.milestone.number,
      url: plan.milestone.url,
    },
    status: plan.status,
    issues: plan.issues.map(({ key, title, state, priority, type, blockers, conflictGroup }) => ({
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
    })),
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
