import type { ConflictBrief, PromptInput, Reminder } from "../execute/agent-prompt.ts";
import type { ActionOf } from "./actions.ts";
import { agentOf } from "./may-begin.ts";
import { neighboursOf } from "./neighbours.ts";
import { relayFor } from "./relay.ts";
import { reviewFacts } from "./review-facts.ts";
import type { Run, Task } from "./run.ts";

/** Everything a session is told, taken from the state: the same state gives the same prompt. */
export function promptInput(
  run: Run,
  task: Task,
  action: ActionOf<"RunSession">,
  template: string,
): PromptInput {
  const { settings } = run;
  const isReview = action.stages.length > 0;
  const isFixer = action.role === "fixer" || action.role === "conflict-resolver";
  const agent = isReview ? settings.roles.reviewer : agentOf(run, action.role);
  // A reminder only makes sense to an agent that remembers; another one gets the whole story once more.
  const reminder = action.continues === null ? null : reminderOf(run, task, action);
  const steps = stepsOf(run, task, action);
  return {
    template,
    role: action.role,
    run: run.id,
    session: action.session,
    issue: task.issue,
    trusted: true,
    branch: task.branch,
    base: task.workspace?.forkPoint ?? settings.integrationBranch,
    head: task.head,
    protectedBranches: settings.protectedBranches,
    commits: agent.commits,
    mode: settings.mode,
    // How the work came to be is the author's: whoever judges it sees what is there.
    attempt: isReview ? 1 : task.attemptsFailed + task.restarts + 1,
    earlier: isReview ? null : earlierOf(task, action),
    steps,
    tdd: tddOf(run, task),
    documents: run.plan?.documents ?? [],
    handoff: isReview || leavesSteps(steps) ? null : handoffOf(run),
    relay: isReview ? [] : relayFor(run, task),
    others: isReview ? [] : neighboursOf(run, task),
    findings: isFixer ? task.findings : [],
    conflict: isFixer ? conflictOf(run, task) : null,
    baseline: (run.baseline ?? [])
      .filter((gate) => !gate.ok)
      .map((gate) => `The gate ${gate.name} was red before the run began.`),
    facts: isReview ? reviewFacts(run, task) : [],
    stages: action.stages,
    again: againOf(task, action),
    reminder,
  };
}

/** The steps are the implementer's; a session of its own for each has one of them to do. */
function stepsOf(run: Run, task: Task, action: ActionOf<"RunSession">): PromptInput["steps"] {
  if (action.role !== "implementer") return { list: [], current: null, done: [] };
  const list = task.issue.steps ?? [];
  const isDone = (at: number): boolean => task.stepsDone.some(({ step }) => step === at);
  const next = list.findIndex((_step, at) => !isDone(at));
  const isOwn = run.settings.discipline?.stepSessions === true && next >= 0;
  return { list, current: isOwn ? next : null, done: task.stepsDone };
}

/** Others have steps to do after this session: what is said of the whole task is theirs. */
function leavesSteps({ list, current, done }: PromptInput["steps"]): boolean {
  return current !== null && new Set(done.map(({ step }) => step)).size + 1 < list.length;
}

/** Code is what has to be proven: also where research comes before it. */
function tddOf(run: Run, task: Task): PromptInput["tdd"] {
  const policy = run.settings.discipline?.tdd ?? null;
  const { type } = task.issue;
  if (policy === null || type === "RESEARCH" || type === "VALIDATION") return null;
  return { tests: policy.tests, exempt: policy.exempt };
}

function handoffOf(run: Run): string | null {
  return run.settings.discipline?.handoff === "off" ? null : (run.plan?.handoff ?? null);
}

/** What the stage looked at last, unless that is what it is to look at now: then it never came to a verdict. */
function againOf(task: Task, action: ActionOf<"RunSession">): PromptInput["again"] {
  // The last look of that stage, unless it has passed since.
  const rejection = task.rejections.findLast(
    ({ stage, patchId }) =>
      action.stages.includes(stage) && task.reviewed[stage]?.patchId === patchId,
  );
  const stage = rejection?.stage ?? action.stages.find((asked) => task.reviewed[asked]);
  const looked = stage === undefined ? undefined : task.reviewed[stage];
  if (looked === undefined || looked.head === "" || looked.head === task.head) return null;
  return { head: looked.head, findings: rejection?.findings ?? [] };
}

function reminderOf(run: Run, task: Task, action: ActionOf<"RunSession">): Reminder | null {
  switch (action.reminder) {
    case null:
      return null;
    case "report":
      return { kind: "report" };
    case "commit":
      return { kind: "commit", paths: ["everything that git status shows"] };
    case "nothing":
      return { kind: "nothing" };
    case "handoff":
      return { kind: "handoff", file: run.plan?.handoff ?? "the handoff file" };
    case "answer":
      return { kind: "answer", question: questionOf(task), answer: answerOf(task) };
  }
}

function questionOf(task: Task): string {
  return task.report?.question?.text ?? "see your last message";
}

function answerOf(task: Task): string {
  return task.answers.at(-1) ?? task.report?.question?.default ?? "take your own default";
}

function earlierOf(task: Task, action: ActionOf<"RunSession">): string | null {
  if (action.reminder === "nothing")
    return "It was reported complete, but the branch carries no change.";
  if (action.reminder === "handoff")
    return "Its work is on the branch, but the section that the handoff file is owed is missing.";
  if (action.reminder === "answer")
    return `It asked: ${questionOf(task)} The answer is: ${answerOf(task)}`;
  return task.attemptsFailed > 0 || task.restarts > 0 ? task.detail : null;
}

function conflictOf(run: Run, task: Task): ConflictBrief | null {
  const paths = task.findings.flatMap((finding) =>
    finding.source === "conflict" && finding.file !== null ? [finding.file] : [],
  );
  if (paths.length === 0) return null;
  const others = run.merged.filter(
    (key) => run.tasks.get(key)?.changedPaths.some((path) => paths.includes(path)) === true,
  );
  return {
    with: run.settings.integrationBranch,
    paths,
    intents: others.map((key) => `${key} ${run.tasks.get(key)?.issue.title ?? ""}`),
    messages: "",
  };
}
