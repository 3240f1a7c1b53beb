import type { GateCommand } from "../execute/gates.ts";

export type AgentRole =
  | "planner"
  | "implementer"
  | "spec-reviewer"
  | "quality-reviewer"
  | "fixer"
  | "conflict-resolver"
  | "test-checker"
  | "summariser";

/** Which program plays a role, and what it can do. */
export interface RoleAgent {
  readonly agent: string;
  readonly model: string | null;
  /** A finished session can be continued with one more prompt. */
  readonly continues: boolean;
  /** False: Cairn commits what the agent leaves in the tree, without asking it first. */
  readonly commits: boolean;
}

/** A program of the owner's under a name, as `agents.define` has it, with every path made whole. */
export interface DefinedAgent {
  readonly kind: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly commits: boolean;
}

/** Ceilings in US dollars and in tokens (input and output together); null means no ceiling. */
export interface Budget {
  readonly sessionUsd: number | null;
  readonly taskUsd: number | null;
  readonly runUsd: number | null;
  /** Absent in runs begun before tokens had ceilings: none. */
  readonly taskTokens?: number | null;
  readonly runTokens?: number | null;
  readonly sessionTokens?: number | null;
  /** From local midnight to midnight, all runs of the repository together. */
  readonly dayUsd?: number | null;
  readonly dayTokens?: number | null;
}

/** What a person may change in a run that has begun; what is not named stays. */
export interface SettingsChanges {
  readonly parallel?: number;
  readonly budget?: Partial<Budget>;
}

/** What a run waits for on its forge before a pull request may be merged. */
export interface ForgePolicy {
  readonly ci: {
    /** False: checks that are not required are not waited for. */
    readonly wait: boolean;
    readonly timeoutMs: number;
    /** Pauses between two looks; the last one repeats. */
    readonly pollMs: readonly number[];
    /** No check seen by then and none required: the gates are the CI. */
    readonly noneAfterMs: number;
  };
  readonly reviews: {
    /** `auto`: those that branch rules require, and bots seen here lately. */
    readonly waitFor: "auto" | readonly string[];
    readonly timeoutMs: number;
  };
}

/** The forge a run works on, where that is not the repository itself. */
export interface ForgeSettings extends ForgePolicy {
  readonly kind: "github";
  /** `owner/repo` */
  readonly repository: string;
  /** Number of the forge's milestone that is brought home; null: a list of issues, or a plan from elsewhere. */
  readonly milestone: number | null;
  /** Keys of the tasks are issues of this forge. */
  readonly hasIssues: boolean;
  /** Pattern of task branches, for issues that join the milestone while it runs. */
  readonly taskBranch: string;
  readonly closes: { readonly issues: boolean; readonly milestone: boolean };
  readonly mergeMethod: "squash" | "merge" | "rebase";
  /** How a branch is brought up to date when the base moved. */
  readonly update: "rebase" | "merge";
  readonly deletesBranch: boolean;
  readonly opensDraft: boolean;
  /** Labels of every pull request. */
  readonly labels: readonly string[];
  /** Label -> colour, for those that are made. */
  readonly colours: Readonly<Record<string, string>>;
}

/** How test-driven development is proven. */
export interface TddPolicy {
  /** Patterns of paths that count as tests. */
  readonly tests: readonly string[];
  /** Patterns of paths that need no proof. */
  readonly exempt: readonly string[];
  readonly restarts: number;
}

/** What a change may run into before it is merged, and what happens then. */
export interface StopPolicy {
  readonly largeDiff: {
    readonly files: number;
    readonly lines: number;
    readonly action: "skip" | "ask" | "label";
  };
  readonly schema: {
    readonly breaking: "skip" | "ask" | "label";
    readonly additive: "skip" | "ask" | "label";
  };
  readonly licence: {
    readonly restrictive: "skip" | "ask" | "label";
    readonly permissive: "skip" | "ask" | "label";
    readonly allowed: readonly string[];
  };
  readonly boundary: {
    readonly action: "skip" | "ask" | "label";
    /** Label of an issue -> patterns of paths it may touch. */
    readonly paths: Readonly<Record<string, readonly string[]>>;
  };
  /** Patterns of paths that go on with the label `sensitive-review`. */
  readonly sensitive: readonly string[];
  readonly coverage: { readonly report: string | null; readonly minimum: number };
}

/** How branches become one. Absent in runs begun before it was built: one after the other. */
export interface MergeSettings {
  /** Branches gated together, at most; `auto`: by gate slots and by how many turn out red. */
  readonly train: number | "auto";
  /** Every landing has been gated by itself, none only inside a green prefix. */
  readonly everyCommitGreen: boolean;
  /** Limits of a conflict that an agent may settle. */
  readonly medium: {
    readonly files: number;
    readonly hunks: number;
    readonly lines: number;
    readonly attempts: number;
  };
  /** What becomes of a conflict beyond them. */
  readonly heavy: "give-back" | "ask" | "skip";
}

/** What is proven, scanned and asked beyond gates and reviews. Absent in runs begun before it was built. */
export interface Discipline {
  /** Null: nothing is proven. */
  readonly tdd: TddPolicy | null;
  /** Fix rounds that findings about tests may take; null: tests are not judged. */
  readonly testRounds: number | null;
  readonly stops: StopPolicy;
  /** Issues with steps of their own get a session for each of them. */
  readonly stepSessions: boolean;
  readonly handoff: "write" | "require" | "off";
  /** Issues that a partial result may add, for each issue. */
  readonly followUps: number;
  /** Then a question is answered with its default; null: never. */
  readonly questionTimeoutMs: number | null;
  /** Interactive: nothing of the next phase starts before a person says `continue`. */
  readonly phases: boolean;
  /** Commands run after a session and before the gates; what they change is a commit of its own. */
  readonly autofix: readonly string[];
}

/**
 * The part of the configuration a run was started with. Frozen into its log, so that a resumed run
 * decides as the first one did; `SettingsChanged` carries what a person asked for since.
 */
export interface RunSettings {
  readonly mode: "interactive" | "autonomous";
  /** Live agent sessions of every role together. */
  readonly parallel: number;
  /** Tasks started and not yet over. */
  readonly inFlight: number;
  readonly barrier: boolean;
  /** A task's branch that others have made; absent: the task is skipped. */
  readonly existing?: "ask" | "skip";
  /** Absent: `merged`. */
  readonly start?: "merged" | "stacked";
  readonly worktrees: boolean;
  readonly target: string;
  readonly targetPolicy: "integration" | "direct";
  readonly integrationBranch: string;
  /** False for `--wave` and `--from`: such a run ends without landing. */
  readonly wholeMilestone: boolean;
  readonly roles: Readonly<Record<"implementer" | "fixer" | "reviewer", RoleAgent>> & {
    /** Absent: the reviewer does that as well. */
    readonly specReviewer?: RoleAgent;
    readonly testChecker?: RoleAgent;
    /** Absent: the fixer does that as well. */
    readonly conflictResolver?: RoleAgent;
  };
  /** Agents the run was begun with by name: one given on the command line is not in any file when it is resumed. */
  readonly defined?: Readonly<Record<string, DefinedAgent>>;
  readonly gates: {
    readonly preMerge: readonly GateCommand[];
    readonly postMerge: readonly GateCommand[];
    readonly parallel: number;
    readonly outputBytes: number;
  };
  readonly requireGreenBaseline: "all" | "tests" | "none";
  readonly review: {
    readonly mode: "two-stage" | "one-pass" | "none";
    readonly rounds: number;
    /** What was asked for where `mode` is `none` because nobody can do it; absent: `mode` is what was asked for. */
    readonly withheld?: WithheldReview;
  };
  readonly fixRounds: {
    readonly pullRequest: number;
    readonly conflict: number;
    readonly run: number;
  };
  readonly attempts: number;
  readonly retryMs: readonly number[];
  readonly mergeAuto: boolean;
  readonly mergeMethod: "squash" | "merge";
  readonly merging?: MergeSettings;
  readonly land: "manual" | "auto" | "pull-request";
  /** Absent: the local forge. */
  readonly forge?: ForgeSettings;
  readonly protectedBranches: readonly string[];
  /** Label -> path patterns; a changed path that matches holds the merge for a person. */
  readonly protectedSurfaces: Readonly<Record<string, readonly string[]>>;
  readonly budget: Budget;
  readonly discipline?: Discipline;
  readonly sessionLimits: {
    readonly wallMs: number;
    readonly stallMs: number;
    readonly turns: number;
    readonly outputBytes: number;
    readonly graceMs: number;
  };
}

/** A review that was asked for, and who was to do it and cannot. */
export interface WithheldReview {
  readonly mode: "two-stage" | "one-pass";
  readonly agent: string;
}

const NOBODY: RoleAgent = { agent: "", model: null, continues: false, commits: false };

/** Settings of a run before `RunCreated`, the only event it takes then: nothing may start. */
export const NO_SETTINGS: RunSettings = {
  mode: "interactive",
  parallel: 0,
  inFlight: 0,
  barrier: false,
  worktrees: true,
  target: "",
  targetPolicy: "integration",
  integrationBranch: "",
  wholeMilestone: true,
  roles: { implementer: NOBODY, fixer: NOBODY, reviewer: NOBODY },
  gates: { preMerge: [], postMerge: [], parallel: 0, outputBytes: 0 },
  requireGreenBaseline: "all",
  review: { mode: "none", rounds: 0 },
  fixRounds: { pullRequest: 0, conflict: 0, run: 0 },
  attempts: 0,
  retryMs: [],
  mergeAuto: false,
  mergeMethod: "squash",
  land: "manual",
  protectedBranches: [],
  protectedSurfaces: {},
  budget: { sessionUsd: null, taskUsd: null, runUsd: null },
  sessionLimits: { wallMs: 0, stallMs: 0, turns: 0, outputBytes: 0, graceMs: 0 },
};
