import type { ForgePolicy } from "../run/settings.ts";
import type { Instant } from "../shared/names.ts";
import type { CheckFact, PullRequestFacts } from "./forge/facts.ts";
import { reviewerOfCheck } from "./forge/reviewer-checks.ts";

/** Something that has yet to happen on the forge before a pull request may be merged. */
export interface Awaited {
  readonly what: "check" | "review";
  readonly name: string;
  /** False: waited for by habit; a time limit may pass over it. */
  readonly isRequired: boolean;
}

/** Since when the head has been there for checks and reviewers to see, and the time of this look. */
export interface Look {
  readonly since: Instant;
  readonly now: Instant;
}

/** What the checks of one commit say together. */
export interface CiStatus {
  readonly state: "none" | "pending" | "passed" | "failed";
  readonly waiting: readonly Awaited[];
  /** Checks that count and are red: those that are required, and those that are waited for. */
  readonly failed: readonly CheckFact[];
  readonly words: string;
}

/** Stands for checks that have yet to appear where nobody knows their names. */
const FIRST_CHECK: Awaited = { what: "check", name: "a first check", isRequired: false };

const PASSED: ReadonlySet<string> = new Set(["success", "neutral", "skipped"]);
const FAILED: ReadonlySet<string> = new Set([
  "failure",
  "error",
  "timed_out",
  "cancelled",
  "action_required",
  "startup_failure",
  "stale",
]);

/** What a forge's word for a check comes to; a word that nobody knows is waited for, never taken as green. */
export function asCheckState(conclusion: string): CheckFact["state"] {
  const word = conclusion.toLowerCase();
  if (FAILED.has(word)) return "failed";
  return PASSED.has(word) ? "passed" : "pending";
}

/** True where the branch does not take a commit without this check. */
export function isDemanded(check: CheckFact, facts: PullRequestFacts): boolean {
  return check.isRequired === true || facts.required.includes(check.name);
}

/**
 * The CI status of exactly `facts.head`. A required check that was never reported is waited for, however long; checks of
 * reviewers' bots are no CI unless the branch demands them.
 */
export function ciStatus(facts: PullRequestFacts, policy: ForgePolicy, look: Look): CiStatus {
  if (facts.checks === null) return unreadable(facts);
  const counted = facts.checks.filter(
    (check) => isDemanded(check, facts) || (policy.ci.wait && reviewerOfCheck(check) === null),
  );
  const of = (state: CheckFact["state"]): readonly CheckFact[] =>
    counted.filter((check) => stateOf(check) === state).toSorted(byName);
  const missing = missingIn(facts.required, facts.checks);
  const failed = of("failed");
  const waiting = [
    ...of("pending").map((check) => asAwaited(check.name, isDemanded(check, facts))),
    ...missing.map((name) => asAwaited(name, true)),
  ];
  if (counted.length + missing.length === 0) return nothingSeen(facts.checks, policy, look);
  const silent = [
    ...missing,
    ...of("pending")
      .filter((check) => check.conclusion.toLowerCase() === "expected" && isDemanded(check, facts))
      .map(({ name }) => name),
  ];
  const state = failed.length > 0 ? "failed" : waiting.length > 0 ? "pending" : "passed";
  return {
    state,
    waiting: unique(waiting),
    failed,
    words: [
      failed.length > 0
        ? `CI failed: ${listed(failed.map(({ name }) => name))}`
        : `CI ${of("passed").length} of ${counted.length + missing.length} passed`,
      ...notReported(silent),
    ].join("; "),
  };
}

/** The worse of the forge's word and what its reader made of it. */
export function stateOf(check: CheckFact): CheckFact["state"] {
  return check.state === "failed" ? "failed" : asCheckState(check.conclusion);
}

/** Without the right to read checks nothing can be called green that the branch demands. */
function unreadable(facts: PullRequestFacts): CiStatus {
  const why = facts.checksRefused ?? "the forge does not show its checks";
  const waiting = unique(missingIn(facts.required, []).map((name) => asAwaited(name, true)));
  return {
    state: waiting.length > 0 ? "pending" : "none",
    waiting,
    failed: [],
    words: `CI cannot be read: ${why}`,
  };
}

function nothingSeen(
  checks: readonly CheckFact[],
  policy: ForgePolicy,
  { since, now }: Look,
): CiStatus {
  const empty = { waiting: [], failed: [] };
  if (!policy.ci.wait) {
    const own = checks.filter((check) => reviewerOfCheck(check) === null);
    const passed = own.filter((check) => stateOf(check) === "passed").length;
    const seen = own.length === 0 ? "" : ` (${passed} of ${own.length} passed)`;
    return { ...empty, state: "none", words: `CI is not waited for${seen}` };
  }
  if (now < since + policy.ci.noneAfterMs)
    return { ...empty, state: "pending", waiting: [FIRST_CHECK], words: "CI has not begun" };
  return { ...empty, state: "none", words: "no CI here" };
}

function missingIn(required: readonly string[], checks: readonly CheckFact[]): readonly string[] {
  const seen = new Set(checks.map(({ name }) => name));
  return [...new Set(required)].filter((name) => !seen.has(name)).toSorted();
}

function notReported(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const quoted = listed(names.map((name) => `"${name}"`));
  return [
    names.length === 1
      ? `required check ${quoted} has not been reported`
      : `required checks ${quoted} have not been reported`,
  ];
}

function asAwaited(name: string, isRequired: boolean): Awaited {
  return { what: "check", name, isRequired };
}

/** Each awaited thing once, the required ones first, then by name. */
export function unique(waiting: readonly Awaited[]): readonly Awaited[] {
  const byKey = new Map<string, Awaited>();
  for (const one of waiting) {
    const key = `${one.what} ${one.name}`;
    if (one.isRequired || !byKey.has(key)) byKey.set(key, one);
  }
  const rank = (one: Awaited): string => `${one.isRequired ? 0 : 1} ${one.what} ${one.name}`;
  return [...byKey.values()].toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

const LISTED_MAX = 3;

/** `a, b, c and 4 more`: a line that stays short. */
export function listed(names: readonly string[]): string {
  const left = names.length - LISTED_MAX;
  return names.slice(0, LISTED_MAX).join(", ") + (left > 0 ? ` and ${left} more` : "");
}

function byName(a: CheckFact, b: CheckFact): number {
  return placeOf(a) < placeOf(b) ? -1 : 1;
}

function placeOf({ name, app, annotations, ...rest }: CheckFact): string {
  const { source, conclusion, state, url, title, excerpt } = rest;
  const lines = annotations.map((one) => `${one.path}:${one.line} ${one.level} ${one.message}`);
  return [name, app, source, conclusion, state, url, title, excerpt, ...lines].join("\0");
}
