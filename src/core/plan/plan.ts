import type { TaskKey } from "../shared/names.ts";
import type { Issue, IssueType, PlanFinding, Priority, SourceReference } from "./issue.ts";

export interface Blocker {
  readonly key: TaskKey;
  readonly strength: "hard" | "soft";
  /** Where the edge was read: `plan.md:12 "Depends on: 4.1"`, `order of the plan`. */
  readonly from: string;
}

/** An issue inside a plan: the issue and the edges that were resolved for it. */
export interface PlannedIssue extends Issue {
  readonly blockers: readonly Blocker[];
  readonly conflictGroup: string | null;
  /** Done before the run: closed as completed, or marked done in a handoff. */
  readonly done: boolean;
  /** Blocked by something that no task of this plan can free; the words name it. */
  readonly blockedFromOutside: string | null;
}

export interface ConflictGroup {
  readonly id: string;
  readonly reason: string;
  readonly keys: readonly TaskKey[];
}

export interface ProposedEdge {
  readonly blocker: TaskKey;
  readonly dependent: TaskKey;
  readonly reason: string;
  readonly files: readonly string[];
}

/** Issues + graph + waves + critical path + fingerprint: a value that can be saved, reviewed, edited. */
export interface Plan {
  readonly source: SourceReference;
  readonly milestone: {
    readonly title: string;
    readonly number: string;
    readonly url: string | null;
  };
  readonly status: "ready" | "needs_review";
  /** In source order, done ones included. */
  readonly issues: readonly PlannedIssue[];
  /** Open issues only. A view and a report: scheduling goes by readiness. */
  readonly waves: readonly (readonly TaskKey[])[];
  readonly criticalPath: readonly TaskKey[];
  readonly mergeOrder: readonly TaskKey[];
  /** Open issues that nothing in the plan blocks and that block nothing. */
  readonly free: readonly TaskKey[];
  readonly done: readonly TaskKey[];
  /** Each cycle once, as its path without the repeated first key. */
  readonly cycles: readonly (readonly TaskKey[])[];
  readonly findings: readonly PlanFinding[];
  readonly proposed: readonly ProposedEdge[];
  readonly conflictGroups: readonly ConflictGroup[];
  readonly estimates: Readonly<Record<TaskKey, { readonly minutes: number }>>;
  /** Equal for equal plans whatever the order of reading; changes when any body, edge or state does. */
  readonly fingerprint: string;
  readonly documents: readonly string[];
  readonly handoff: string | null;
}

export type { Issue, IssueType, PlanFinding, Priority };
