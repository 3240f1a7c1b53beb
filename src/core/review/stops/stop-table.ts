import type { RunSettings, StopPolicy } from "../../run/settings.ts";
import type { StopKind } from "../change-facts.ts";

/** Every condition that stops a run or a task, or goes on with a label; those beyond `StopKind` are found elsewhere. */
export type StopCondition =
  | StopKind
  | "protected-branch"
  | "ci-red"
  | "tdd"
  | "spec"
  | "quality"
  | "tests"
  | "phase"
  | "protected-surface"
  | "conflict"
  | "review-timeout";

/**
 * `critical`: never passed, in no mode. `hard`: a person decides. `elevated`: goes on with a label. `soft`: not merged
 * without a person, and no reason to wait for one.
 */
export type StopClass = "critical" | "hard" | "elevated" | "soft";

/** `wait`: it stays open for a person while the rest goes on. `pass`: nothing stops. */
export type StopBehaviour = "halt" | "ask" | "skip" | "label" | "wait" | "pass";

/** What Cairn asks when it meets a condition. */
export interface StopQuestion {
  readonly text: string;
  /** Commands that answer it. */
  readonly options: readonly string[];
  /** Counts when nobody answers in time. */
  readonly default: string;
}

export interface StopRow {
  readonly class: StopClass;
  /** In words that follow `#12`. */
  readonly asks: string;
  readonly options: readonly string[];
  readonly default: string;
  readonly label: string | null;
  /** `fix-then-skip`: rounds or restarts first, as many as the settings allow; then it is skipped. */
  readonly autonomous: "halt" | "fix-then-skip" | "label" | "skip" | "wait" | "pass";
}

const APPROVE = { options: ["approve", "skip", "abort"], default: "skip" } as const;
const FIX = { options: ["fix", "skip", "abort"], default: "skip" } as const;

/**
 * The stop conditions as data. `docs/stop-conditions.md` shows the same table; a test compares them. What an owner's
 * `stops` say instead is in `behaviourOf`.
 */
export const STOP_TABLE: Readonly<Record<StopCondition, StopRow>> = {
  "protected-branch": {
    class: "critical",
    asks: "would change a protected branch.",
    options: ["retry", "skip", "abort"],
    default: "skip",
    label: null,
    autonomous: "halt",
  },
  secret: {
    class: "critical",
    asks: "has a secret in its commits.",
    options: ["retry", "skip", "abort"],
    default: "skip",
    label: null,
    autonomous: "halt",
  },
  "ci-red": {
    class: "critical",
    asks: "has a required check that is red at its merge.",
    ...FIX,
    label: null,
    // Not merged in any case; what else may merge does.
    autonomous: "fix-then-skip",
  },
  tdd: {
    class: "hard",
    asks: "is not test-driven.",
    options: ["restart", "skip", "abort"],
    default: "skip",
    label: "tdd-violation",
    autonomous: "fix-then-skip",
  },
  spec: {
    class: "hard",
    asks: "does not do what its issue says.",
    ...FIX,
    label: null,
    autonomous: "fix-then-skip",
  },
  quality: {
    class: "hard",
    asks: "has defects that a reviewer found.",
    ...FIX,
    label: null,
    autonomous: "fix-then-skip",
  },
  tests: {
    class: "hard",
    asks: "has tests that prove too little or need too much.",
    ...FIX,
    label: null,
    autonomous: "fix-then-skip",
  },
  "schema-breaking": {
    class: "hard",
    asks: "breaks a schema.",
    ...APPROVE,
    label: null,
    autonomous: "skip",
  },
  "licence-restrictive": {
    class: "hard",
    asks: "brings in a licence that is not allowed.",
    ...APPROVE,
    label: null,
    autonomous: "skip",
  },
  "cross-boundary": {
    class: "hard",
    asks: "changes code outside of its boundary.",
    ...APPROVE,
    label: null,
    autonomous: "skip",
  },
  phase: {
    class: "hard",
    asks: "ends a phase.",
    options: ["continue", "skip-phase", "abort"],
    default: "continue",
    label: null,
    autonomous: "pass",
  },
  "protected-surface": {
    class: "hard",
    asks: "changes a protected surface.",
    ...APPROVE,
    // Each surface puts on its own.
    label: null,
    autonomous: "wait",
  },
  "schema-additive": {
    class: "elevated",
    asks: "adds to a schema.",
    ...APPROVE,
    // Not the label of the surface: that one holds the merge, and this only informs.
    label: "sensitive-review",
    autonomous: "label",
  },
  "licence-permissive": {
    class: "elevated",
    asks: "brings in a licence that is allowed.",
    ...APPROVE,
    label: "sensitive-review",
    autonomous: "label",
  },
  sensitive: {
    class: "elevated",
    asks: "changes sensitive code.",
    ...APPROVE,
    label: "sensitive-review",
    autonomous: "label",
  },
  coverage: {
    class: "elevated",
    asks: "has changed lines that no test runs.",
    ...APPROVE,
    label: "needs-test-review",
    autonomous: "label",
  },
  "large-diff": {
    class: "soft",
    asks: "is a large change.",
    ...APPROVE,
    label: "sensitive-review",
    autonomous: "skip",
  },
  conflict: {
    class: "soft",
    asks: "conflicts with what was merged before it.",
    options: ["resolve", "skip", "continue"],
    default: "skip",
    label: "conflict-resolution",
    autonomous: "skip",
  },
  "review-timeout": {
    class: "soft",
    asks: "has waited too long for a review.",
    options: ["continue", "skip", "abort"],
    default: "skip",
    label: null,
    autonomous: "skip",
  },
};

/**
 * What follows from a condition, once the rounds its row allows are used up. An owner's `ask` asks on a terminal and
 * skips in autonomous mode. A large change is asked about on a terminal unless it only gets a label.
 */
export function behaviourOf(
  kind: StopCondition,
  policy: StopPolicy,
  mode: RunSettings["mode"],
): StopBehaviour {
  const chosen = chosenFor(kind, policy);
  if (chosen === "label") return "label";
  if (mode === "interactive" && chosen === "skip" && kind !== "large-diff") return "skip";
  if (chosen !== null) return mode === "interactive" ? "ask" : "skip";
  const row = STOP_TABLE[kind];
  if (row.autonomous === "halt") return "halt";
  if (row.autonomous === "label") return "label";
  if (mode === "interactive") return "ask";
  return row.autonomous === "fix-then-skip" ? "skip" : row.autonomous;
}

/** The question about a condition, with what was found, in the words of whoever found it. */
export function stopQuestion(kind: StopCondition, task: string, found: string): StopQuestion {
  const { asks, options, default: otherwise } = STOP_TABLE[kind];
  return { text: `${task} ${asks} ${found}`.trimEnd(), options, default: otherwise };
}

/** What the settings say of a condition; null: they say nothing, and its class does. */
function chosenFor(kind: StopCondition, policy: StopPolicy): "skip" | "ask" | "label" | null {
  switch (kind) {
    case "large-diff":
      return policy.largeDiff.action;
    case "schema-breaking":
      return policy.schema.breaking;
    case "schema-additive":
      return policy.schema.additive;
    case "licence-restrictive":
      return policy.licence.restrictive;
    case "licence-permissive":
      return policy.licence.permissive;
    case "cross-boundary":
      return policy.boundary.action;
    default:
      return null;
  }
}
