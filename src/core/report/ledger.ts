import type { Finding, ReviewStage } from "../execute/agent-report.ts";
import type { GateResult } from "../execute/gates.ts";
import type { EventOf, StoredEvent } from "../run/events.ts";
import type { AgentRole } from "../run/settings.ts";
import type { CommitSha, Instant, SessionId, TaskKey } from "../shared/names.ts";
import type { Usage } from "../shared/money.ts";

/** One agent session as the log tells it. */
export interface SessionEntry {
  readonly session: SessionId;
  readonly task: TaskKey;
  readonly role: AgentRole;
  /** The attempt it belongs to, from 1; a person's `retry` begins no new count. */
  readonly attempt: number;
  /** The fix round it belongs to, from 1; 0: none was opened yet. A review belongs to the work it judges. */
  readonly round: number;
  readonly end: string;
  readonly usage: Usage;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant;
}

export interface GateEntry {
  readonly task: TaskKey;
  readonly commit: CommitSha;
  readonly passed: boolean;
  readonly results: readonly GateResult[];
  readonly at: Instant;
}

export interface ReviewEntry {
  readonly task: TaskKey;
  readonly stage: ReviewStage;
  readonly passed: boolean;
  readonly findings: readonly Finding[];
  readonly at: Instant;
}

/** Why a fix round was opened. */
export interface RoundEntry {
  readonly task: TaskKey;
  readonly because: string;
  readonly at: Instant;
}

/** What a person was asked, and who answered; null: nobody has. */
export interface Asked {
  readonly text: string;
  readonly askedAt: Instant;
  readonly answer: string | null;
  readonly by: string | null;
}

export interface QuestionEntry extends Asked {
  readonly task: TaskKey;
}

/** Something that halted the whole run. */
export interface HaltEntry {
  readonly task: TaskKey | null;
  readonly what: EventOf<"CriticalStopRaised">["what"] | "panic";
  readonly detail: string;
  readonly at: Instant;
  /** Who let the run go on; null: nobody has. */
  readonly resumedBy: string | null;
}

/** What the fold forgets and a report needs: who did what, in the order of the log. */
export interface Ledger {
  readonly sessions: readonly SessionEntry[];
  readonly gates: readonly GateEntry[];
  readonly reviews: readonly ReviewEntry[];
  readonly rounds: readonly RoundEntry[];
  readonly questions: readonly QuestionEntry[];
  /** Asked by the run itself: whether the next phase begins. */
  readonly phaseEnds: readonly Asked[];
  readonly halts: readonly HaltEntry[];
  /** Commands that were taken, by name. */
  readonly commands: Readonly<Record<string, number>>;
  /** How often the proof of a history failed. */
  readonly violations: number;
  readonly engineStarts: number;
  /** How the landing was handed over, in the words of the event. */
  readonly handedOver: string | null;
}

interface Draft {
  readonly sessions: SessionEntry[];
  readonly gates: GateEntry[];
  readonly reviews: ReviewEntry[];
  readonly rounds: RoundEntry[];
  readonly questions: QuestionEntry[];
  readonly phaseEnds: Asked[];
  readonly halts: HaltEntry[];
  readonly commands: Record<string, number>;
  readonly begun: Map<SessionId, Instant>;
  readonly attemptsFailed: Map<TaskKey, number>;
  violations: number;
  engineStarts: number;
  handedOver: string | null;
  /** The newest command that was taken: what it led to follows it in the log. */
  said: string;
}

/** Reads the whole log of one run once. */
export function readLedger(events: Iterable<StoredEvent>): Ledger {
  const draft: Draft = {
    sessions: [],
    gates: [],
    reviews: [],
    rounds: [],
    questions: [],
    phaseEnds: [],
    halts: [],
    commands: {},
    begun: new Map(),
    attemptsFailed: new Map(),
    violations: 0,
    engineStarts: 0,
    handedOver: null,
    said: "",
  };
  for (const event of events) take(draft, event);
  return draft;
}

function take(draft: Draft, event: StoredEvent): void {
  switch (event.type) {
    case "EffectStarted":
      if (event.action.type === "RunSession") draft.begun.set(event.action.session, event.at);
      break;
    case "SessionEnded":
      draft.sessions.push(sessionEntry(draft, event));
      break;
    case "AttemptFailed":
      draft.attemptsFailed.set(event.task, (draft.attemptsFailed.get(event.task) ?? 0) + 1);
      break;
    case "GatesPassed":
      draft.gates.push({ ...gateEntry(event), passed: true });
      break;
    case "GatesFailed":
      draft.gates.push({ ...gateEntry(event), passed: false });
      draft.rounds.push({ task: event.task, because: "gates", at: event.at });
      break;
    case "WorkMeasured":
      if (event.proof?.verdict === "violated") draft.violations += 1;
      break;
    case "ReviewPassed":
      for (const stage of event.stages) draft.reviews.push(reviewEntry(event, stage, true));
      break;
    case "ReviewRejected":
      draft.reviews.push(reviewEntry(event, event.stage, false));
      draft.rounds.push({ task: event.task, because: `${event.stage} review`, at: event.at });
      break;
    case "CiFailed":
    case "FindingsReceived":
      takeForgeRound(draft, event);
      break;
    case "ConflictFound":
      draft.rounds.push({ task: event.task, because: "conflict", at: event.at });
      break;
    case "FixFailed":
      draft.rounds.push({ task: event.task, because: "a fix that failed", at: event.at });
      break;
    case "CommandTaken":
      if (event.accepted) countCommand(draft, event.command.name);
      break;
    case "EngineStarted":
      draft.engineStarts += 1;
      break;
    case "LandingHandedOver":
      draft.handedOver = event.how;
      break;
    default:
      takeQuestion(draft, event);
      takeHalt(draft, event);
  }
}

/** From the queue a task first goes back to review, by the same event in the same append: both are one round. */
function takeForgeRound(
  draft: Draft,
  event: StoredEvent & EventOf<"CiFailed" | "FindingsReceived">,
): void {
  const { task, at } = event;
  const because = event.type === "CiFailed" ? "red checks" : "reviewers' findings";
  const last = draft.rounds.at(-1);
  if (last?.task === task && last.because === because && last.at === at) return;
  draft.rounds.push({ task, because, at });
}

function takeQuestion(draft: Draft, event: StoredEvent): void {
  const { questions, phaseEnds } = draft;
  const asked = (text: string): Asked => ({ text, askedAt: event.at, answer: null, by: null });
  switch (event.type) {
    case "QuestionAsked":
      questions.push({ task: event.task, ...asked(event.question.text) });
      return;
    case "PhaseEnded":
      phaseEnds.push(asked(`The phase "${event.phase}" is over. Does "${event.next}" begin?`));
      return;
    case "QuestionAnswered":
      return answered(questions, ({ task }) => task === event.task, event);
    case "PhaseContinued":
      return answered(phaseEnds, () => true, { answer: draft.said, by: event.by });
    default:
  }
}

/** The newest open one of them. */
function answered<T extends Asked>(
  all: T[],
  isMeant: (entry: T) => boolean,
  { answer, by }: { readonly answer: string; readonly by: string },
): void {
  const open = all.findLastIndex((entry) => isMeant(entry) && entry.answer === null);
  const asked = all[open];
  if (asked !== undefined) all[open] = { ...asked, answer, by };
}

function takeHalt(draft: Draft, event: StoredEvent): void {
  const { halts } = draft;
  switch (event.type) {
    case "CriticalStopRaised": {
      const { task, what, detail, at } = event;
      return void halts.push({ task, what, detail, at, resumedBy: null });
    }
    case "PanicRaised": {
      const detail = `Panic by ${event.by}.`;
      return void halts.push({ task: null, what: "panic", detail, at: event.at, resumedBy: null });
    }
    case "RunResumed":
      for (const [index, halt] of halts.entries())
        if (halt.resumedBy === null) halts[index] = { ...halt, resumedBy: event.by };
      return;
    default:
  }
}

function countCommand(draft: Draft, name: string): void {
  draft.said = name;
  draft.commands[name] = (draft.commands[name] ?? 0) + 1;
}

function sessionEntry(
  draft: Draft,
  event: EventOf<"SessionEnded"> & { readonly at: Instant },
): SessionEntry {
  return {
    session: event.session,
    task: event.task,
    role: event.role,
    attempt: (draft.attemptsFailed.get(event.task) ?? 0) + 1,
    round: draft.rounds.filter((round) => round.task === event.task).length,
    end: event.end,
    usage: event.usage,
    startedAt: draft.begun.get(event.session) ?? null,
    endedAt: event.at,
  };
}

function gateEntry(
  event: (EventOf<"GatesPassed"> | EventOf<"GatesFailed">) & { readonly at: Instant },
): Omit<GateEntry, "passed"> {
  return { task: event.task, commit: event.commit, results: event.results, at: event.at };
}

function reviewEntry(
  event: (EventOf<"ReviewPassed"> | EventOf<"ReviewRejected">) & { readonly at: Instant },
  stage: ReviewStage,
  passed: boolean,
): ReviewEntry {
  return { task: event.task, stage, passed, findings: event.findings, at: event.at };
}
