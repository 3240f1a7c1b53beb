import type { TaskKey } from "../shared/names.ts";

export type Priority = "P0" | "P1" | "P2";
export type IssueType = "CODING" | "VALIDATION" | "RESEARCH" | "MIXED";

/** Where a sentence stands: a file with its line (from 1), or an issue's body. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** One declared dependency "the issue needs `target`", as read, before it is known whether the target exists. */
export interface Declaration {
  /** Reference as normalised: `#12`, `owner/repo#12`, `4.1`; or the words that could not be read. */
  readonly target: string;
  readonly strength: "hard" | "soft";
  /** `text`: written by a person; `native`: an edge of the forge; `order`: from the order of the plan. */
  readonly origin: "text" | "native" | "order";
  readonly place: Place;
  /** The words it was read from, at most 200 characters. */
  readonly words: string;
  /** False when the words declare a blocker but name no issue: fails closed. */
  readonly resolved: boolean;
  /** True for `Blocks #5`: the target needs this issue. */
  readonly reverse?: true;
}

/** One unit of work as its source has it. */
export interface Issue {
  readonly key: TaskKey;
  /** Number on the forge or in the plan: `153`, `4.2`; used in branch names. */
  readonly number: string;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  /** Why it is closed: only `completed` frees its dependents. */
  readonly closedAs: "completed" | "not-planned" | "duplicate" | null;
  readonly labels: readonly string[];
  readonly priority: Priority | null;
  readonly type: IssueType;
  readonly url: string | null;
  /** Files the issue says it touches. */
  readonly files: readonly string[];
  readonly acceptanceCriteria: readonly string[];
  readonly declarations: readonly Declaration[];
  /** True when the issue says anything about dependencies, even `none`. */
  readonly statesDependencies: boolean;
  readonly place: Place;
}

/** What a source answers: the issues in source order, with every defect found on the way. */
export interface Milestone {
  readonly source: SourceReference;
  readonly title: string;
  /** `m4`, `3`, `issues-153-154`; used in branch names. */
  readonly number: string;
  readonly url: string | null;
  readonly issues: readonly Issue[];
  /** Documents every agent should read, from front matter (`design:`, `architecture:`). */
  readonly documents: readonly string[];
  /** Handoff file beside a markdown plan (repository path), whether or not it exists yet. */
  readonly handoff: string | null;
  readonly findings: readonly PlanFinding[];
}

export interface SourceReference {
  readonly kind: "markdown" | "json";
  /** As the person wrote it, made relative to the repository: `docs/M4_workers.md`. */
  readonly reference: string;
}

export interface PlanFinding {
  /** Stable: `plan/cycle`, `plan/dangling`, `plan/duplicate-key`. */
  readonly code: string;
  readonly severity: "critical" | "warning" | "info";
  readonly key?: TaskKey;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  readonly hint: string;
}
