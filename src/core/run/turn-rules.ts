import { stagesAskedAbout } from "../review/stages.ts";
import type { TaskEvent } from "./events.ts";
import { withTexts } from "./issue-texts.ts";
import type { MERGE_RULES } from "./merge-rules.ts";
import type { Task } from "./run.ts";
import { NO_ROUNDS } from "./task-state.ts";
import { restarted, type DISCIPLINE_RULES } from "./discipline-rules.ts";
import type { FORGE_RULES } from "./forge-rules.ts";
import type { WORK_RULES } from "./work-rules.ts";
import {
  ENDED,
  mergeGivenUp,
  NO_STEP,
  OPEN,
  openRound,
  WORKING,
  type TaskEventMap,
  type TaskRules,
} from "./task-rule.ts";

type TurnEvent = Exclude<
  TaskEvent["type"],
  | keyof typeof WORK_RULES
  | keyof typeof FORGE_RULES
  | keyof typeof DISCIPLINE_RULES
  | keyof typeof MERGE_RULES
>;

/** The rest of the table: the graph, questions and people, a branch's turn, and how a task ends. */
const ALREADY_THERE = "Nothing was left to merge: its change is on the branch already.";

export const TURN_RULES: TaskRules<TurnEvent> = {
  BlockerMerged: { from: OPEN, apply: release },
  BlockerFreed: { from: OPEN, apply: release },
  DependencyAdded: {
    from: OPEN,
    apply: (task, event) => ({
      issue: {
        ...task.issue,
        blockers: [
          // One edge for each blocker: the order it asked for before is part of this.
          ...task.issue.blockers.filter((blocker) => blocker.key !== event.blocker),
          { key: event.blocker, strength: "hard", from: event.by },
        ],
      },
    }),
  },
  DependencyRemoved: {
    from: OPEN,
    apply: (task, event) => ({
      issue: {
        ...task.issue,
        blockers: task.issue.blockers.filter((blocker) => blocker.key !== event.blocker),
      },
    }),
  },
  IssueEdited: {
    from: OPEN,
    apply: (task, event) => ({ issue: withTexts(task.issue, event.issue) }),
  },
  IssueClosedElsewhere: {
    from: OPEN,
    apply: (task, event) => ({
      issue: { ...task.issue, state: "closed", closedAs: event.as },
      issueClosed: task.issueClosed ?? "unasked",
    }),
  },
  IssueReopened: {
    from: OPEN,
    apply: (task) => ({
      issue: { ...task.issue, state: "open", closedAs: null },
      issueClosed: null,
    }),
  },
  OutsideBlocked: {
    from: ["waiting", "escalated"],
    apply: (task, event) => ({ issue: { ...task.issue, blockedFromOutside: event.by } }),
  },
  OutsideFreed: {
    from: OPEN,
    apply: (task) => ({ issue: { ...task.issue, blockedFromOutside: null } }),
  },
  TaskNoted: {
    from: OPEN,
    apply: (task, { words }) =>
      task.notes.includes(words) ? {} : { notes: [...task.notes, words] },
  },
  BlockerEnded: {
    from: ["waiting"],
    apply: (_task, event) => ({
      status: "skipped",
      reason: "blocker-ended",
      detail: `${event.path.join(" -> ")} ended without being merged.`,
    }),
  },
  QuestionAsked: {
    from: ["waiting", ...WORKING],
    apply: (task, event, at) => ({
      status: "escalated",
      cameFrom: { status: task.status, step: task.step },
      question: asked(event.question, at),
      issueClosed: event.question.kind === "issue-closed" ? "asked" : task.issueClosed,
      findings: event.findings.length > 0 ? event.findings : task.findings,
    }),
  },
  QuestionAnswered: { from: ["escalated"], apply: answered },
  MergeApproved: {
    from: ["reviewing"],
    apply: () => ({ status: "queued", step: NO_STEP, notBefore: null, limited: false }),
  },
  HeadMoved: {
    from: ["queued"],
    apply: (_task, event) => ({
      status: "reviewing",
      head: event.head,
      approvedHead: null,
      step: { at: "gates", commit: event.head },
    }),
  },
  MergeStarted: {
    from: ["queued"],
    apply: (task) => ({
      status: "merging",
      step: { at: "candidate" },
      mergeTries: task.mergeTries + 1,
    }),
  },
  PullRequestMerged: {
    from: ["merging"],
    apply: (task, event) => ({
      status: "merged",
      step: NO_STEP,
      mergedCommit: event.commit,
      // What others brought in the same instant is not the task's to take back.
      mergedOnto: event.isAsChecked === false ? null : event.from,
      detail: null,
      notes:
        event.isAsChecked === false
          ? [
              ...task.notes,
              "The base moved while the forge merged: this tree was tested only at the end.",
            ]
          : task.notes,
    }),
  },
  BaseMoved: { from: ["merging"], apply: () => ({ status: "queued", step: NO_STEP }) },
  MergeDeferred: {
    from: ["merging"],
    apply: (_task, event) => ({
      status: "queued",
      step: NO_STEP,
      notBefore: event.notBefore,
      detail: event.why,
    }),
  },
  ConflictFound: {
    from: ["merging"],
    apply: (task, event) => ({
      ...openRound(task, "conflict"),
      step: event.step ?? { at: "begin-merge" },
      mergingWith: null,
      conflict: event.conflict ?? null,
      findings: event.paths.map((file) => ({
        source: "conflict" as const,
        severity: "critical" as const,
        file,
        line: null,
        message: "Conflicts with what was merged meanwhile.",
      })),
    }),
  },
  MergedByPerson: {
    from: [...OPEN, ...ENDED],
    apply: (_task, event) => ({
      ...over(),
      status: "merged",
      reason: null,
      detail: event.found === true ? ALREADY_THERE : "Merged by hand.",
      mergedCommit: event.commit,
      mergedOnto: event.found === true ? event.commit : null,
    }),
  },
  TaskCancelled: {
    from: OPEN,
    apply: (_task, event) => ({
      ...over(),
      status: "cancelled",
      reason: "by-command",
      detail: `Cancelled by ${event.by}.`,
    }),
  },
  TaskSkipped: {
    from: OPEN,
    apply: (_task, event) => ({
      ...over(),
      status: "skipped",
      reason: event.reason,
      detail: event.detail,
    }),
  },
  TaskRetried: { from: ENDED, apply: begunAgain },
};

function release(task: Task, event: TaskEventMap["BlockerMerged" | "BlockerFreed"]): Partial<Task> {
  return { released: [...task.released, event.blocker] };
}

function asked(question: TaskEventMap["QuestionAsked"]["question"], at: number): Task["question"] {
  const { timeoutMs, ...words } = question;
  return { ...words, askedAt: at, ...(timeoutMs === undefined ? {} : { until: at + timeoutMs }) };
}

function over(): Partial<Task> {
  return { step: NO_STEP, question: null, cameFrom: null, mergingWith: null };
}

/** Questions whose answer takes a task back to where it was: no round is opened for them. */
const GOES_ON: ReadonlySet<string> = new Set(["agent", "trouble", "scope", "issue-closed"]);

/** Row 25. A round that a person grants is opened, counted and added to what may be used. */
function answered(task: Task, event: TaskEventMap["QuestionAnswered"]): Partial<Task> {
  const goesOn = GOES_ON.has(event.kind);
  const fixes = event.to === "fixing" && !goesOn;
  const kind = event.kind === "conflict" ? "conflict" : (task.roundKind ?? "pullRequest");
  // What a panic made a draft again leaves it first, and its checks are looked at again.
  const isDraft = event.to === "queued" && task.pullRequest?.draft === true;
  const accepts = event.answer === "approve" || event.answer === "force";
  return {
    ...(fixes ? { ...openRound(task, kind), granted: task.granted + 1 } : {}),
    ...mergeGivenUp(event.step),
    status: isDraft ? "reviewing" : event.to,
    step: isDraft ? { at: "undraft" } : event.step,
    question: null,
    cameFrom: null,
    ...(event.kind === "workspace" ? { startOver: true } : {}),
    ...(event.kind === "tdd" ? restarted(task, task.question?.text ?? "", null) : {}),
    // Whoever goes on with it may leave nothing.
    owesFollowUps: event.kind === "partial" ? false : task.owesFollowUps,
    answers: event.kind === "agent" ? [...task.answers, event.answer] : task.answers,
    passed: accepts && OF_STAGE.has(event.kind) ? passedBy(task) : task.passed,
    // What was found may be passed; a surface, and the owner's own merge, are asked about for themselves.
    approvedHead: accepts && OF_HEAD.has(event.kind) ? task.head : task.approvedHead,
    forced: event.answer === "force" ? [...task.forced, ...forgeKeys(task)] : task.forced,
    notBefore: null,
    limited: false,
  };
}

/** What a person passes of a review is what they were asked about, and no other stage. */
function passedBy(task: Task): Task["passed"] {
  const stages = stagesAskedAbout(task);
  return {
    ...task.passed,
    ...Object.fromEntries(stages.map((stage) => [stage, task.patchId ?? ""])),
  };
}

const OF_STAGE: ReadonlySet<string> = new Set(["rounds", "review-unreadable"]);

/** What a person has seen and passes: never what comes up later. */
function forgeKeys(task: Task): readonly string[] {
  return task.findings.flatMap(({ source, key }) =>
    key !== undefined && source !== "ci" ? [key] : [],
  );
}

const OF_HEAD: ReadonlySet<string> = new Set(["protected-surface", "merge", "stop"]);

/** Row 27: the only thing that makes counters smaller. */
function begunAgain(task: Task): Partial<Task> {
  return {
    ...over(),
    status: "waiting",
    reason: null,
    detail: null,
    attemptsFailed: 0,
    rounds: NO_ROUNDS,
    roundKind: null,
    granted: 0,
    notBefore: null,
    limited: false,
    vendorSession: null,
    restarts: 0,
    rejections: [],
    reviewed: {},
    // An open pull request of its branch is found again; one that was closed meanwhile is not gone on with.
    pullRequest: null,
    // What is left of the branch cannot be built on; its old tip is kept.
    startOver: task.startOver || task.reason === "workspace-lost" || task.reason === "reverted",
    mergedCommit: null,
    mergedOnto: null,
    conflict: null,
    passed: {},
    findings: [],
    endedAt: null,
    retries: task.retries + 1,
    // Whoever has it begun again knows that its issue is closed; that of a merged task is, by Cairn itself.
    issueClosed: task.issueClosed === null && task.reason !== "reverted" ? null : "asked",
  };
}
