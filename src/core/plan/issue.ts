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
  /** Set where a text speaks for another issue (`- #5 depends on #4` in an epic): that one waits for `target`. */
  readonly dependent?: string;
}

/** A 2-5 minute piece inside an issue, with its own red, green and commit. */
export interface Step {
  readonly title: string;
  readonly minutes: number | null;
  readonly files: readonly string[];
  /** Text of the failing test, of the code that passes it, and the command that shows it; null where not written. */
  readonly red: string | null;
  readonly green: string | null;
  readonly verify: string | null;
  readonly place: Place;
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
  /** The source gives every dependency itself: the text is not read for more. */
  readonly edgesAreGiven?: true;
  readonly place: Place;
  /** Absent where the source has none. */
  readonly steps?: readonly Step[];
  /** Named group of issues in the plan; its end is a boundary a person may want to look at. */
  readonly phase?: string;
  /** Reference of the issue this one is a part of: it blocks nothing, but what blocks the parent blocks its children. */
  readonly parent?: string;
  /** Takes over what this issue left when only a part of it was done. */
  readonly followUpOf?: TaskKey;
  /** Conflict group that the source itself declares, by its id. */
  readonly group?: string;
  /** What the source says the work takes. */
  readonly minutes?: number;
  /** False where the source says that nobody has groomed it; absent where it does not speak of that. */
  readonly groomed?: boolean;
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
  /** Conflict groups that the source declares. */
  readonly conflictGroups?: readonly DeclaredGroup[];
  /** These groups are all there are: somebody has decided so, and files found in texts make no further ones. */
  readonly groupsAreGiven?: true;
  /** Waves that the source declares, as keys; held against those that follow from the dependencies. */
  readonly waves?: readonly (readonly TaskKey[])[];
  /** Gate commands that the source names; those of the configuration count where it names none. */
  readonly gates?: { readonly preMerge: readonly string[]; readonly postMerge: readonly string[] };
  /** `owner/repo` that bare numbers belong to, where issues carry no address of their own. */
  readonly repository?: string;
  /** Name that the source gives the integration branch. */
  readonly integrationBranch?: string;
}

/** Issues that touch the same files, as a source or a person says. */
export interface DeclaredGroup {
  readonly id: string;
  readonly reason: string;
  readonly keys: readonly TaskKey[];
  readonly place: Place;
}

/** How an issue ended, as a source keeps it: a ticked box, a word in a table, a status. */
export type Mark = "done" | "blocked" | "skipped";

export type SourceKind =
  | "markdown"
  | "json"
  | "folder"
  | "dispatch"
  | "spec-kit"
  | "task-master"
  | "beads"
  | "github";

export interface SourceReference {
  readonly kind: SourceKind;
  /** As the person wrote it, made relative to the repository: `docs/M4_workers.md`. */
  readonly reference: string;
  /** Where the texts and states of a dispatch plan come from. */
  readonly truth?: SourceReference;
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
