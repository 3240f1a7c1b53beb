import type { Finding } from "../execute/agent-report.ts";
import type { Violation } from "../execute/proof.ts";
import { restartWords } from "../execute/tdd/restart-words.ts";
import { UNSCANNED } from "../review/change-facts.ts";
import { stopTask } from "../review/fix-round.ts";
import type { Instant } from "../shared/names.ts";
import { TDD_LABEL } from "./approval.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import { failWork } from "./fail-work.ts";
import type { Run, Step, Task } from "./run.ts";

type Measured = Extract<Outcome, { of: "ProveWork" }>;

/** What follows from how a commit came to be and what it changes: it is published, begun anew, mended, or stops the run. */
export function reactToProof(
  run: Run,
  task: Task,
  outcome: Measured,
  now: Instant,
): readonly RunEvent[] {
  if (task.step.at !== "proof" || task.step.commit !== outcome.commit) return [];
  const { commit, proof, change } = outcome;
  const measured = (step: Step): TaskEvent => ({
    type: "WorkMeasured",
    task: task.key,
    commit,
    proof,
    change,
    step,
  });
  if (change.secrets.length > 0) return secretFound(run, task, outcome, measured, now);
  if (proof?.verdict !== "violated") return [measured(afterProof(task, commit))];
  const counted = proof.violations.filter((violation) => counts(task, violation));
  if (counted.length === 0) return [measured(afterProof(task, commit))];
  const findings = counted.map(asFinding);
  // What is reviewed already is mended, not begun anew.
  if (!isFirstProof(task)) {
    const detail =
      findings[0]?.message ?? "The history breaks the rules of test-driven development.";
    return [measured(task.step), ...failOrAsk(run, task, detail, findings, now)];
  }
  return [measured({ at: "none" }), ...violated(run, task, counted, now)];
}

/** Later rounds mend what reviewers found: no new step has to be proven there, but no test may have paid for it. */
const ALWAYS: ReadonlySet<string> = new Set([
  "test-deleted",
  "test-skipped",
  "test-weakened",
  "revert-stays-green",
]);

function counts(task: Task, violation: Violation): boolean {
  return isFirstProof(task) || ALWAYS.has(violation.kind);
}

/** Before anything of it was published: a round for red gates is a part of the attempt, and excuses nothing. */
function isFirstProof(task: Task): boolean {
  return task.status === "running" || (task.status === "fixing" && task.head === null);
}

function afterProof(task: Task, commit: string): Step {
  // A round after the first one mends the part, and leaves nothing more.
  return isFirstProof(task) && task.owesFollowUps
    ? { at: "follow-up", commit }
    : { at: "publish", commit };
}

/** A head that somebody pushed is nobody's round: a person is asked about it. */
function failOrAsk(
  run: Run,
  task: Task,
  detail: string,
  findings: readonly Finding[],
  now: Instant,
): readonly RunEvent[] {
  if (task.status === "fixing")
    return failWork(run, task, { reason: "tdd", detail }, findings, now);
  return stopTask(run, task, {
    kind: "rounds",
    reason: "tdd",
    text: `What was pushed to ${task.key} breaks the rules of test-driven development: ${detail}`,
    options: ["fix", "approve", "skip", "abort"],
    default: "skip",
    findings,
  });
}

function violated(
  run: Run,
  task: Task,
  violations: readonly Violation[],
  now: Instant,
): readonly RunEvent[] {
  const findings = violations.map(asFinding);
  const restarts = run.settings.discipline?.tdd?.restarts ?? 0;
  const what = restartWords(violations);
  const labels: TaskEvent = {
    type: "LabelsSet",
    task: task.key,
    labels: [...new Set([...task.labels, TDD_LABEL])],
  };
  if (run.settings.mode === "autonomous" && task.restarts < restarts) {
    return [labels, { type: "TddViolated", task: task.key, detail: what, notBefore: now }];
  }
  const times = task.restarts === 0 ? "" : ` (begun anew ${task.restarts} times)`;
  return [
    labels,
    ...stopTask(run, task, {
      kind: "tdd",
      reason: "tdd",
      text: `The work on ${task.key} is not test-driven${times}: ${what}`,
      options: ["restart", "skip", "abort"],
      default: task.restarts < restarts ? "restart" : "skip",
      findings,
    }),
  ];
}

function asFinding(violation: Violation): Finding {
  return {
    source: "cairn",
    severity: "critical",
    file: violation.path,
    line: null,
    message: violation.words,
  };
}

/** Nothing of the branch is pushed; the run halts, and what is found is never shown. */
function secretFound(
  run: Run,
  task: Task,
  outcome: Measured,
  measured: (step: Step) => TaskEvent,
  now: Instant,
): readonly RunEvent[] {
  const places = outcome.change.secrets
    .slice(0, SECRETS_SHOWN)
    .map(({ rule, path, line, fingerprint }) => `${rule} in ${path}:${line} (${fingerprint})`);
  const more = outcome.change.secrets.length - places.length;
  const where = `${places.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  // What is proven in review is a head that somebody else has pushed.
  const isOut = task.status === "reviewing";
  const blocked = isOut ? "Somebody else has pushed them." : "Nothing of them was pushed.";
  const isUnscanned = outcome.change.secrets.every(({ rule }) => rule === UNSCANNED);
  const what = isUnscanned
    ? `The commits of ${task.key} hold files too large to be looked through for secrets`
    : `A secret is in the commits of ${task.key}`;
  const text = `${what}: ${where}. ${blocked}`;
  const halted: RunEvent = {
    type: "CriticalStopRaised",
    what: "secret",
    detail: text,
    task: task.key,
    secrets: outcome.change.secrets.slice(0, SECRETS_KEPT),
  };
  const halts = run.status === "complete" || run.status === "cancelled" ? [] : [halted];
  if (task.status === "running") {
    // The commits stay on this machine under the old tip; the next attempt begins without them.
    const failed = failWork(
      run,
      task,
      { reason: "secret", detail: text, startOver: true },
      [],
      now,
    );
    return [measured({ at: "none" }), ...failed, ...halts];
  }
  const asked = stopTask(run, task, {
    kind: "secret",
    reason: "secret",
    text,
    options: ["retry", "skip", "abort"],
    default: "skip",
    findings: [leak(task, where), ...task.findings],
    always: true,
  });
  return [measured({ at: "none" }), ...asked, ...halts];
}

/** What a fixer is told if a person has it tried again: out of the files is not out of the commits. */
function leak(task: Task, where: string): Finding {
  const clean = task.head ?? task.workspace?.forkPoint ?? null;
  const message = `A secret is in your commits: ${where}. Take it out of the commits themselves, as your rules say${clean === null ? "" : `: back to ${clean}`}. A later commit without it is not enough.`;
  const cleanAt = clean === null ? {} : { cleanAt: clean };
  return { source: "cairn", severity: "critical", file: null, line: null, message, ...cleanAt };
}

const SECRETS_SHOWN = 5;
/** A file of fixtures may have hundreds: whoever has seen so many looks at the file. */
const SECRETS_KEPT = 20;
