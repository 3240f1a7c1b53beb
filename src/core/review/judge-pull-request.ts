import type { Finding } from "../execute/agent-report.ts";
import type { ForgePolicy } from "../run/settings.ts";
import { changeRequests } from "./change-requests.ts";
import {
  ciStatus,
  isDemanded,
  listed,
  stateOf,
  unique,
  type Awaited,
  type CiStatus,
  type Look,
} from "./ci-status.ts";
import type { CheckFact, PullRequestFacts } from "./forge/facts.ts";
import { reviewerOfCheck } from "./forge/reviewer-checks.ts";
import { approversOf } from "./opinions.ts";
import { reviewerFindings } from "./reviewer-findings.ts";
import { reviewersStatus } from "./reviewers.ts";

/** What a pull request still needs, what is wrong with it and what is only worth knowing. */
export interface PullRequestVerdict {
  readonly ci: CiStatus;
  readonly waiting: readonly Awaited[];
  /** Each of them opens a fix round. */
  readonly critical: readonly Finding[];
  readonly noted: readonly string[];
  /** People who approved exactly this head. */
  readonly approvedBy: readonly string[];
  /** One short line for a view of the status. */
  readonly words: string;
}

export interface Judging extends Look {
  /** Keys of findings that were mended, declined or passed by a person before. */
  readonly answered: ReadonlySet<string>;
}

const APPROVAL = "an approving review";
const EXCERPT_MAX = 4_000;
const ANNOTATIONS_MAX = 20;
const NOTED_MAX = 50;

/**
 * What the forge's facts come to for exactly `facts.head`. The order of the facts does not matter, and texts that name no
 * finding change nothing. Whatever cannot be read or rated counts against the merge.
 */
export function judgePullRequest(
  facts: PullRequestFacts,
  policy: ForgePolicy,
  judging: Judging,
): PullRequestVerdict {
  const ci = ciStatus(facts, policy, judging);
  const reviewers = reviewersStatus(facts, policy, judging);
  const requests = changeRequests(facts, judging.answered);
  const found = reviewerFindings(facts, judging.answered);
  const approvedBy = approversOf(facts.reviews, facts.head);
  const approval: readonly Awaited[] =
    approvedBy.length < facts.approvals
      ? [{ what: "review", name: APPROVAL, isRequired: true }]
      : [];
  const waiting = unique([...ci.waiting, ...reviewers.waiting, ...requests.waiting, ...approval]);
  const critical = [...checkFindings(ci.failed), ...requests.critical, ...found.critical];
  const noted = [...reviewers.noted, ...found.noted, ...checksPassedOver(facts, policy)];
  return {
    ci,
    waiting,
    critical,
    noted: [...new Set(noted)].toSorted().slice(0, NOTED_MAX),
    approvedBy,
    words: [ci.words, ...countWords(critical), ...waitingWords(waiting)].join("; "),
  };
}

/** Nothing is wrong and nothing is waited for. */
export function isSettled(verdict: PullRequestVerdict): boolean {
  const { ci, waiting, critical } = verdict;
  if (waiting.length > 0 || critical.length > 0) return false;
  return ci.state === "passed" || ci.state === "none";
}

/** Something is waited for, and none of it is required: a time limit may pass over it. */
export function onlyHabit(verdict: PullRequestVerdict): boolean {
  return verdict.waiting.length > 0 && verdict.waiting.every(({ isRequired }) => !isRequired);
}

/** One finding for each name of a red check; checks of one name are told together. */
function checkFindings(failed: readonly CheckFact[]): readonly Finding[] {
  const byName = new Map<string, readonly CheckFact[]>();
  for (const check of failed) byName.set(check.name, [...(byName.get(check.name) ?? []), check]);
  return [...byName].map(([name, checks]) => {
    const first = checks.flatMap(({ annotations }) => annotations)[0];
    const url = checks.find((check) => check.url !== null)?.url ?? null;
    return {
      source: "ci",
      severity: "critical",
      file: first?.path ?? null,
      line: first?.line ?? null,
      message: checks.map(describe).join("\n\n"),
      key: `check:${name}`,
      ...(url === null ? {} : { url }),
    };
  });
}

function describe(check: CheckFact): string {
  const title = check.title === null ? "" : `: ${check.title}`;
  return [
    `CI check "${check.name}" ended as ${check.conclusion}${title}`,
    check.excerpt.trim().slice(-EXCERPT_MAX),
    ...check.annotations
      .slice(0, ANNOTATIONS_MAX)
      .map(
        ({ path, line, level, message }) =>
          `${path}${line === null ? "" : `:${line}`} (${level}): ${message}`,
      ),
    check.url ?? "",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** Checks that decide nothing: not waited for, or green with warnings. */
function checksPassedOver(facts: PullRequestFacts, policy: ForgePolicy): readonly string[] {
  return (facts.checks ?? []).flatMap((check) => {
    const isWaitedFor = isDemanded(check, facts) || policy.ci.wait;
    const state = stateOf(check);
    if (reviewerOfCheck(check) !== null) return [];
    if (!isWaitedFor && state !== "passed")
      return [`check "${check.name}" (${check.conclusion}) was not waited for`];
    const warnings = check.annotations.filter(({ level }) => level !== "notice").length;
    return state === "passed" && warnings > 0
      ? [`check "${check.name}" passed with ${warnings} warning${warnings === 1 ? "" : "s"}`]
      : [];
  });
}

function countWords(critical: readonly Finding[]): readonly string[] {
  const count = critical.filter(({ source }) => source !== "ci").length;
  return count === 0 ? [] : [`${count} critical finding${count === 1 ? "" : "s"}`];
}

function waitingWords(waiting: readonly Awaited[]): readonly string[] {
  const names = waiting.filter(({ what }) => what === "review").map(({ name }) => name);
  const logins = names.filter((name) => name !== APPROVAL);
  const parts = [
    ...(logins.length === 0 ? [] : [`the review of ${listed(logins)}`]),
    ...(names.includes(APPROVAL) ? [APPROVAL] : []),
  ];
  return parts.length === 0 ? [] : [`waits for ${parts.join(" and ")}`];
}
