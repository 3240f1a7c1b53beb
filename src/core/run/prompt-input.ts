import type {
  ConflictBrief,
  PromptInput,
  RelayedResult,
  Reminder,
} from "../execute/agent-prompt.ts";
import type { ActionOf } from "./actions.ts";
import type { Run, Task } from "./run.ts";

/** Earlier results given to a later agent; the newest, so that the prompt stays bounded. */
const RELAY_MAX = 9;

/** Everything a session is told, taken from the state: the same state gives the same prompt. */
export function promptInput(
  run: Run,
  task: Task,
  action: ActionOf<"RunSession">,
  template: string,
): PromptInput {
  const { settings } = run;
  const isReview = action.stages.length > 0;
  const agent = isReview
    ? settings.roles.reviewer
    : action.role === "fixer"
      ? settings.roles.fixer
      : settings.roles.implementer;
  // A reminder only makes sense to an agent that remembers; another one gets the whole story once more.
  const reminder = action.continues === null ? null : reminderOf(task, action);
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
    attempt: task.attemptsFailed + 1,
    earlier: earlierOf(task, action),
    documents: run.plan?.documents ?? [],
    handoff: isReview ? null : (run.plan?.handoff ?? null),
    relay: isReview ? [] : relayOf(run),
    findings: action.role === "fixer" ? task.findings : [],
    conflict: action.role === "fixer" ? conflictOf(run, task) : null,
    baseline: (run.baseline ?? [])
      .filter((gate) => !gate.ok)
      .map((gate) => `The gate ${gate.name} was red before the run began.`),
    facts: isReview ? factsOf(run, task) : [],
    stages: action.stages,
    reminder,
  };
}

function reminderOf(task: Task, action: ActionOf<"RunSession">): Reminder | null {
  switch (action.reminder) {
    case null:
      return null;
    case "report":
      return { kind: "report" };
    case "commit":
      return { kind: "commit", paths: ["everything that git status shows"] };
    case "nothing":
      return { kind: "nothing" };
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
  if (action.reminder === "answer")
    return `It asked: ${questionOf(task)} The answer is: ${answerOf(task)}`;
  return task.attemptsFailed > 0 ? task.detail : null;
}

function relayOf(run: Run): readonly RelayedResult[] {
  return run.merged.slice(-RELAY_MAX).flatMap((key) => {
    const task = run.tasks.get(key);
    if (task?.report == null) return [];
    const { report } = task;
    return [
      {
        task: task.key,
        title: task.issue.title,
        status: "merged",
        summary: report.summary,
        files: task.changedPaths,
        notes: report.notes,
        discoveries: report.discoveries,
      },
    ];
  });
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

function factsOf(run: Run, task: Task): readonly string[] {
  const gates = run.settings.gates.preMerge.map((gate) => gate.name).join(", ");
  return [
    `Changed paths: ${task.changedPaths.join(", ") || "none"}.`,
    gates === "" ? "No gates are configured." : `These gates passed on this commit: ${gates}.`,
    ...(task.report === null ? [] : [`The author's own summary: ${task.report.summary}`]),
  ];
}
