import type { AgentReport } from "../execute/agent-report.ts";
import { stopTask } from "../review/fix-round.ts";
import type { Instant } from "../shared/names.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import { againstResolution } from "./conflict-rounds.ts";
import { failWork, notDescended, type Failure } from "./fail-work.ts";
import { followUpsOfOriginal } from "./follow-up-chain.ts";
import { agentOf } from "./may-begin.ts";
import type { Work } from "./outcomes.ts";
import { nothingDone } from "./nothing-done.ts";
import { tooManyFollowUps } from "./react-follow-ups.ts";
import type { ReasonCode, Run, Step, Task } from "./run.ts";
import type { RoleAgent } from "./settings.ts";
import { reminder } from "./session-reminder.ts";
import { workerOf } from "./step-action.ts";
import { isWhereItBegan, nextStepDone } from "./step-sessions.ts";

/** What is known at the end of a session. */
interface EndedSession {
  readonly report: AgentReport | null;
  readonly work: Work;
  readonly handoff?: "written" | "missing";
  readonly now: Instant;
}

/** Judges by git what a finished session did; its report is believed only where git agrees. */
export function judgeWork(run: Run, task: Task, session: EndedSession): readonly RunEvent[] {
  const { report, work, now } = session;
  const fail = (reason: ReasonCode, detail: string): readonly RunEvent[] =>
    failWork(run, task, { reason, detail }, [], now);
  if (work.missing) return fail("workspace-lost", "The agent deleted its worktree.");
  if (work.onBranch !== task.branch) {
    return fail(
      "left-branch",
      `The agent left the branch ${task.branch} (now on ${work.onBranch ?? "no branch"}).`,
    );
  }
  if (report?.status === "question") return askForAgent(run, task, report, now);
  if (report?.status === "failed") return fail("agent-failed", report.error ?? report.summary);
  if (report?.status === "partial") {
    const parts = mayGoOnInParts(run, task, work);
    if (parts === "no") return fail("partial", whatIsLeft(report));
    if (parts === "too-many") return tooManyFollowUps(run, task, whatIsLeft(report));
  }
  if (work.dirtyPaths.length > 0) return leftovers(run, task, work, now);
  if (!work.descends) return failWork(run, task, notDescended(task), [], now);
  if (isWhereItBegan(task, work.head))
    return nothingDone(run, task, report, now, () => goesOn(run, task, session));
  const agent = roleAgent(run, task);
  if (report === null && agent.continues && !task.reminded.includes("report")) {
    return [
      reminder(task, "report", "The agent gave no report that can be read; it is asked once."),
    ];
  }
  return goesOn(run, task, session);
}

/** What is committed goes on: to the next step of the issue, or to the gates; never as what was rejected already. */
function goesOn(run: Run, task: Task, session: EndedSession): readonly RunEvent[] {
  const { report, work, now } = session;
  if (isRejectedPatch(task, work)) return failWork(run, task, REJECTED, [], now);
  const against = againstResolution(run, task, work);
  if (against !== null)
    return failWork(run, task, { reason: "conflict", detail: against }, [], now);
  const next = nextStepDone(run, task, report, work);
  if (next !== null) return [next];
  const owed = session.handoff === "missing" ? handoffOwed(run, task) : null;
  if (owed === "fails") return failWork(run, task, NO_HANDOFF, [], now);
  return [owed ?? gatesFor(run, task, work)];
}

const NO_HANDOFF: Failure = {
  reason: "handoff",
  detail: "The section for this task is missing in the handoff file, also after a reminder.",
};
const REJECTED: Failure = {
  reason: "no-commit",
  detail: "The fix changes nothing: this patch was rejected already.",
};

/** One reminder; then the attempt has failed, or Cairn writes the section itself when the run is over. */
function handoffOwed(run: Run, task: Task): TaskEvent | "fails" | null {
  const agent = roleAgent(run, task);
  if (agent.continues && !task.reminded.includes("handoff"))
    return reminder(task, "handoff", "The handoff file has no section for this task; asked once.");
  return run.settings.discipline?.handoff === "require" ? "fails" : null;
}

/** What a reviewer has rejected is not judged again, and never passes by being shown once more. */
function isRejectedPatch(task: Task, work: Work): boolean {
  if (task.status !== "fixing") return false;
  return task.rejections.some(({ patchId }) => patchId === work.patchId);
}

/** The part is there, and whatever is left can become an issue of the source: so many for each original, chains included. */
function mayGoOnInParts(run: Run, task: Task, work: Work): "yes" | "no" | "too-many" {
  const allowed = run.settings.discipline?.followUps ?? 0;
  const isThere = work.head !== task.workspace?.forkPoint || work.dirtyPaths.length > 0;
  if (allowed === 0 || task.status !== "running" || !isThere) return "no";
  return followUpsOfOriginal(run, task.key) < allowed ? "yes" : "too-many";
}

/** After the owner's repairing commands. */
export function judgeAutofixed(
  run: Run,
  task: Task,
  work: Work,
  now: Instant,
): readonly RunEvent[] {
  if (work.missing || !work.descends) return judgeCommitted(run, task, { work }, now);
  if (isRejectedPatch(task, work)) return failWork(run, task, REJECTED, [], now);
  const why = "The owner's repairing commands have run.";
  return [{ type: "StepDecided", task: task.key, step: { at: "gates", commit: work.head }, why }];
}

/**
 * A part is never merged as the whole: what is committed stays on the branch, the next attempt goes on from there and is
 * told what was left, and a task that stays partial ends as failed with those words.
 */
function whatIsLeft(report: AgentReport): string {
  const left = report.stepsBlocked.map(({ step, why }) => `${step} (${why})`);
  return `Only a part was done. Left: ${left.join("; ") || report.summary}.`;
}

function gatesFor(run: Run, task: Task, work: Work): TaskEvent {
  const repairs = (run.settings.discipline?.autofix.length ?? 0) > 0;
  return {
    type: "StepDecided",
    task: task.key,
    step: repairs ? { at: "autofix" } : { at: "gates", commit: work.head },
    why: `${work.commits.length} commit(s) on the branch.`,
  };
}

function roleAgent(run: Run, task: Task): RoleAgent {
  return agentOf(run, workerOf(task));
}

function leftovers(run: Run, task: Task, work: Work, now: Instant): readonly RunEvent[] {
  const agent = roleAgent(run, task);
  const reminded = task.reminded.includes("commit");
  if (agent.commits && agent.continues && !reminded) {
    return [
      reminder(
        task,
        "commit",
        `${work.dirtyPaths.length} path(s) were left uncommitted; the agent is sent back once.`,
      ),
    ];
  }
  if (work.markers.length > 0) {
    return failWork(
      run,
      task,
      { reason: "conflict", detail: `Conflict markers are left in ${work.markers.join(", ")}.` },
      [],
      now,
    );
  }
  return [
    {
      type: "StepDecided",
      task: task.key,
      step: { at: "commit" },
      why: "Cairn commits what the agent left in the tree.",
    },
  ];
}

/** After Cairn committed what was left. */
export function judgeCommitted(
  run: Run,
  task: Task,
  { work, handoff }: Pick<EndedSession, "work" | "handoff">,
  now: Instant,
): readonly RunEvent[] {
  if (work.missing)
    return failWork(
      run,
      task,
      { reason: "workspace-lost", detail: "The worktree is gone." },
      [],
      now,
    );
  if (!work.descends) return failWork(run, task, notDescended(task), [], now);
  const { report } = task;
  const said = { report, work, now, ...(handoff === undefined ? {} : { handoff }) };
  const next = (): readonly RunEvent[] => goesOn(run, task, said);
  return isWhereItBegan(task, work.head) ? nothingDone(run, task, report, now, next) : next();
}

function askForAgent(run: Run, task: Task, report: AgentReport, now: Instant): readonly RunEvent[] {
  const question = report.question;
  if (question === null)
    return failWork(
      run,
      task,
      { reason: "agent-failed", detail: "The agent asked a question without words." },
      [],
      now,
    );
  if (run.settings.mode === "autonomous") {
    if (task.reminded.includes("answer")) {
      return failWork(
        run,
        task,
        { reason: "question", detail: `The agent asked again: ${question.text}` },
        [],
        now,
      );
    }
    const step: Step = { at: "session", reminder: "answer", continues: task.vendorSession };
    return [
      {
        type: "StepDecided",
        task: task.key,
        step,
        why: `Answered with the agent's own default: ${question.default}`,
      },
    ];
  }
  return stopTask(run, task, {
    kind: "agent",
    reason: "question",
    text: question.text,
    options: question.options,
    default: question.default,
  });
}
