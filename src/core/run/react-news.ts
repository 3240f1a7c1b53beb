import type { Finding } from "../execute/agent-report.ts";
import { hasRoundLeft, roundsUsedUp } from "../review/fix-round.ts";
import type { PullRequestFacts } from "../review/forge/facts.ts";
import {
  isSettled,
  judgePullRequest,
  type PullRequestVerdict,
} from "../review/judge-pull-request.ts";
import { opinionsOf } from "../review/opinions.ts";
import type { CommitSha, Instant, TaskKey } from "../shared/names.ts";
import { owedActions } from "./admission.ts";
import { answerQuestion } from "./answer-question.ts";
import { approveOrAsk, heldByLabel, surfaceLabels } from "./approval.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import { foundAgain } from "./failed-states.ts";
import { judgeOverdue } from "./overdue.ts";
import { reactToLandingNews } from "./react-landing.ts";
import { headMoved } from "./react-merge.ts";
import type { ChecksSeen, Run, Step, Task } from "./run.ts";
import { isTerminal } from "./task-state.ts";

/** What the forge says of pull requests, and where the branch they target stands, if one of them was merged. */
export interface ForgeNews {
  readonly pullRequests: readonly PullRequestFacts[];
  readonly baseTip: CommitSha | null;
  /** Where this run had the base when it asked: a tip that was read before a merge of its own is behind. */
  readonly head?: CommitSha | null;
}

/** News of the forge: what people did there, then what checks and reviewers say. Told twice, counted once. */
export function reactToNews(run: Run, news: ForgeNews, now: Instant): readonly RunEvent[] {
  const tasks = new Map([...run.tasks.values()].map((task) => [task.pullRequest?.number, task]));
  const events: RunEvent[] = [];
  for (const facts of news.pullRequests) {
    const task = tasks.get(facts.number);
    if (task !== undefined) events.push(...aboutTask(run, task, facts, news, now));
    else if (run.landingPullRequest?.number === facts.number)
      events.push(...reactToLandingNews(run, facts, now));
  }
  events.push(...outOfDate(run, events));
  // Two answers in one look wake the run once.
  const woken = events.findIndex(({ type }) => type === "RunResumed");
  return events.filter(({ type }, index) => type !== "RunResumed" || index === woken);
}

function aboutTask(
  run: Run,
  task: Task,
  facts: PullRequestFacts,
  news: ForgeNews,
  now: Instant,
): readonly RunEvent[] {
  if (run.status === "complete" || run.status === "cancelled" || isOurDoing(run, task)) return [];
  if (facts.state === "merged")
    return facts.base === run.settings.integrationBranch
      ? mergedByPerson(run, task, facts, news)
      : mergedElsewhere(task, facts);
  if (isTerminal(task.status)) return [];
  if (facts.state === "closed") {
    const who = facts.endedBy ?? "somebody";
    return [{ type: "TaskCancelled", task: task.key, by: `${who}, who closed its pull request` }];
  }
  if (facts.head !== task.head) return headIsElsewhere(run, task, facts.head, now);
  switch (task.status) {
    case "reviewing":
    case "merging":
      return task.step.at === "checks" ? checksSeen(run, task, facts, now) : [];
    case "queued":
      return whileQueued(run, task, facts, now);
    case "escalated":
      return approvedOnForge(run, task, facts, now);
    default:
      return [];
  }
}

/** Our own merge is under way, or its outcome is not known: the receipt will tell. */
function isOurDoing(run: Run, task: Task): boolean {
  return ownMerges(run).includes(task.key);
}

function ownMerges(run: Run): readonly TaskKey[] {
  return [...owedActions(run)].flatMap((action) =>
    action.type === "MergePullRequest" ? [action.task] : [],
  );
}

/**
 * Row 21. Only what is on the branch by now counts: whoever looks brings the tip along. While a merge of our own moves
 * that branch, or has moved it since, nobody knows which of the two is newer: the next look tells it again.
 */
function mergedByPerson(
  run: Run,
  task: Task,
  { mergeCommit }: PullRequestFacts,
  { baseTip, head }: ForgeNews,
): readonly TaskEvent[] {
  if (task.status === "merged" || mergeCommit === null || baseTip === null) return [];
  const isOld = head !== undefined && head !== (run.integration?.head ?? null);
  if (isOld || ownMerges(run).length > 0) return [];
  return [{ type: "MergedByPerson", task: task.key, commit: mergeCommit, tip: baseTip }];
}

/** Its base was changed before somebody merged it: the work is not where its dependents need it. */
function mergedElsewhere(task: Task, { base, endedBy }: PullRequestFacts): readonly TaskEvent[] {
  if (isTerminal(task.status)) return [];
  const who = endedBy ?? "somebody";
  return [
    {
      type: "TaskCancelled",
      task: task.key,
      by: `${who}, who merged its pull request into ${base}`,
    },
  ];
}

/** Whatever has its turn, and was built on what is no longer the head, takes its turn again. */
function outOfDate(run: Run, events: readonly RunEvent[]): readonly TaskEvent[] {
  const moved = events.findLast((event) => event.type === "MergedByPerson");
  const task = run.merging === null ? undefined : run.tasks.get(run.merging);
  if (moved?.tip === undefined || moved.tip === run.integration?.head || task === undefined)
    return [];
  const isNamed = events.some((event) => "task" in event && event.task === task.key);
  if (isNamed || !["candidate-gates", "update", "move"].includes(task.step.at)) return [];
  return [{ type: "BaseMoved", task: task.key, base: moved.tip }];
}

/** Row 15. A head that was published before is late news; one that nobody here published is a person's. */
function headIsElsewhere(
  run: Run,
  task: Task,
  head: CommitSha,
  now: Instant,
): readonly TaskEvent[] {
  if (task.published.includes(head) && !isLate(task, now)) return [];
  if (task.status === "queued") return [{ type: "HeadMoved", task: task.key, head }];
  if (task.step.at !== "checks") return [];
  if (task.status === "merging") return headMoved(run, task, head);
  if (task.status !== "reviewing") return [];
  const step: Step = { at: "gates", commit: head };
  const why = "Somebody has pushed to its branch: that is what is checked now.";
  return [{ type: "StepDecided", task: task.key, step, why }];
}

/** So long after the newest push an older head is no late news: somebody has put the branch back to it. */
const LATE_MS = 2 * 60_000;

function isLate(task: Task, now: Instant): boolean {
  return task.step.at === "checks" && now >= task.step.since + LATE_MS;
}

function checksSeen(
  run: Run,
  task: Task,
  facts: PullRequestFacts,
  now: Instant,
): readonly RunEvent[] {
  const { forge } = run.settings;
  if (forge === undefined || task.step.at !== "checks") return [];
  const answered = new Set(task.answered);
  const verdict = judgePullRequest(facts, forge, { since: task.step.since, now, answered });
  const critical = holding(task, verdict.critical);
  if (critical.length > 0) return criticalFindings(run, task, critical);
  const seen = seenOf(facts, verdict);
  if (isSettled({ ...verdict, critical })) return checksPassed(run, task, seen, facts.labels);
  if (isKeptByConflict(task, facts, seen)) return checksPassed(run, task, seen, facts.labels);
  const overdue = judgeOverdue(run, task, seen, now);
  if (overdue?.kind === "asks") return overdue.events;
  if (overdue?.kind === "goes-on") return checksPassed(run, task, overdue.seen, facts.labels);
  return isSame(task.checks, seen) ? [] : [{ type: "ChecksNoted", task: task.key, seen }];
}

/**
 * A forge may start no checks for what conflicts with its base: waited for here they would never come. At its turn the
 * conflict is found and mended, and checks that are required are waited for then.
 */
function isKeptByConflict(task: Task, { mergeable }: PullRequestFacts, seen: ChecksSeen): boolean {
  if (task.status !== "reviewing" || mergeable !== "conflict") return false;
  return seen.ci !== "failed" && seen.waiting.every(({ what }) => what === "check");
}

/** A person's `force` passes what reviewers had found by then; a red check is passed by nobody. */
function holding(task: Task, critical: readonly Finding[]): readonly Finding[] {
  return critical.filter(
    ({ source, key }) => source === "ci" || key === undefined || !task.forced.includes(key),
  );
}

/** A round is left, and what was found is not what the rounds before were about again and again. */
function mayFix(run: Run, task: Task, critical: readonly Finding[]): boolean {
  return hasRoundLeft(run, task, "pullRequest") && foundAgain(task, critical) === critical;
}

function criticalFindings(
  run: Run,
  task: Task,
  critical: readonly Finding[],
): readonly TaskEvent[] {
  const isCi = critical.some((finding) => finding.source === "ci");
  if (!mayFix(run, task, critical)) {
    const mayForce = !isCi;
    const reason = isCi ? "ci-red" : "findings";
    return roundsUsedUp(run, task, "pullRequest", reason, foundAgain(task, critical), mayForce);
  }
  const step: Step = { at: "session", reminder: null, continues: null };
  const received = { task: task.key, head: task.head ?? "", findings: critical, step };
  return [{ type: isCi ? "CiFailed" : "FindingsReceived", ...received }];
}

/** Checks and reviewers are done with it, or are not waited for any longer. */
function checksPassed(
  run: Run,
  task: Task,
  seen: ChecksSeen,
  labels: readonly string[],
): readonly RunEvent[] {
  const passed: TaskEvent = { type: "ChecksPassed", task: task.key, seen };
  const held = heldByLabel(run, task, labels);
  if (held.length > 0) return [passed, ...held];
  if (task.status === "merging") {
    const why = "Its checks are green on the new base.";
    return [passed, { type: "StepDecided", task: task.key, step: { at: "candidate" }, why }];
  }
  return [passed, ...approveOrAsk(run, task)];
}

/** Row 15: what comes up behind the approval takes it back. */
function whileQueued(
  run: Run,
  task: Task,
  facts: PullRequestFacts,
  now: Instant,
): readonly RunEvent[] {
  const { forge } = run.settings;
  if (forge === undefined) return [];
  const held = heldByLabel(run, task, facts.labels);
  if (held.length > 0) return held;
  const answered = new Set(task.answered);
  const verdict = judgePullRequest(facts, forge, { since: now, now, answered });
  const critical = holding(task, verdict.critical);
  if (critical.length === 0) return [];
  if (!mayFix(run, task, critical)) {
    const why = "Something was found that holds it, and its fix rounds are used up.";
    const withdrawn: TaskEvent = { type: "ApprovalWithdrawn", task: task.key, why };
    return [withdrawn, ...criticalFindings(run, task, critical)];
  }
  // Back to review, and from there into a fix round: two rows of the table, one append.
  const [received] = criticalFindings(run, task, critical);
  return received === undefined ? [] : [received, received];
}

/** A person who may write approved this very head on the forge: that answers the question about it. */
function approvedOnForge(
  run: Run,
  task: Task,
  facts: PullRequestFacts,
  now: Instant,
): readonly RunEvent[] {
  const kind = task.question?.kind;
  if (kind === undefined || !OF_HEAD.has(kind)) return [];
  const { forge } = run.settings;
  if (forge === undefined) return [];
  const askedAt = task.question?.askedAt ?? now;
  const opinions = [...opinionsOf(facts.reviews).values()].filter(({ author }) => !author.isBot);
  if (opinions.some(({ state }) => state === "changes-requested")) return [];
  // A label that was put on after an approval holds in spite of it.
  // Nobody could know of a stop condition before it was asked about.
  const isByPaths =
    kind === "merge" ||
    (kind === "protected-surface" && surfaceLabels(run, task.changedPaths).length > 0);
  const from = isByPaths ? askedAt - APPROVED_BEFORE_MS : askedAt;
  const by = opinions.find(
    ({ state, commit, at }) => state === "approved" && commit === task.head && at >= from,
  )?.author.login;
  if (by === undefined) return [];
  const words = { name: "approve", task: task.key, text: null, flags: {}, by } as const;
  return answerQuestion(run, task, { ...words, from: "forge" }).events;
}

const OF_HEAD: ReadonlySet<string> = new Set(["protected-surface", "merge", "stop"]);

/** An approval given while the checks were waited for counts for the question that came after them. */
const APPROVED_BEFORE_MS = 24 * 60 * 60_000;

function seenOf(facts: PullRequestFacts, verdict: PullRequestVerdict): ChecksSeen {
  return {
    head: facts.head,
    ci: verdict.ci.state,
    waiting: verdict.waiting,
    areRequired: facts.required.length > 0 && !facts.hasQueue,
    words: verdict.words,
    noted: verdict.noted,
  };
}

function isSame(a: ChecksSeen | null, b: ChecksSeen): boolean {
  return a !== null && JSON.stringify(a) === JSON.stringify(b);
}
