import { isAgentMail } from "../../src/core/shared/agent-mail.ts";
import type { AgentReport, ReviewStage } from "../../src/core/execute/agent-report.ts";
import type { Action } from "../../src/core/run/actions.ts";
import type { Run, Task } from "../../src/core/run/run.ts";
import type { SessionEnd } from "../../src/ports/dispatch.ts";
import { choose, roll } from "./random.ts";
import type { SimulatedRepository } from "./repository.ts";
import type { Scenario } from "./scenario.ts";

/** What a simulated agent is told; carried by the prompt. Names rounds and attempts, never sessions or times. */
export interface Brief {
  readonly task: string;
  readonly branch: string;
  readonly role: string;
  readonly reminder: string | null;
  readonly retry: boolean;
  readonly stages: readonly ReviewStage[];
  readonly attempt: string;
  readonly kind: string;
  readonly round: string;
  readonly rounds: Readonly<Record<string, number>>;
  /** Findings of reviewers on the forge, by key; null: there are others, too. */
  readonly declinable: readonly string[] | null;
}

export function briefOf(run: Run, task: Task, action: Action): string {
  if (action.type !== "RunSession") throw new Error("only sessions have prompts");
  const kind = task.roundKind ?? "none";
  const brief: Brief = {
    task: task.key,
    branch: task.branch,
    role: action.role,
    reminder: action.reminder,
    retry: task.step.at === "review" && task.step.retry,
    stages: action.stages,
    attempt: `${task.retries}.${task.attemptsFailed}`,
    kind,
    round: `${task.retries}.${task.rounds[kind as "spec"] ?? 0}`,
    rounds: task.rounds,
    declinable: declinableOf(task),
  };
  return JSON.stringify({ ...brief, run: run.id });
}

function declinableOf(task: Task): readonly string[] | null {
  const keys = task.findings.flatMap(({ source, key }) =>
    source === "reviewer" && key !== undefined ? [key] : [],
  );
  return keys.length === task.findings.length ? keys : null;
}

export interface Deed {
  readonly end: SessionEnd;
  readonly report: AgentReport | null;
}

export interface Hands {
  readonly repository: SimulatedRepository;
  readonly scenario: Scenario;
  readonly path: string;
  readonly committer: string;
  /** True the first time it is asked for this name, in the whole run. */
  readonly once: (name: string) => boolean;
}

type Work =
  | "good"
  | "no-commit"
  | "silent"
  | "dirty"
  | "crash"
  | "crash-late"
  | "stall"
  | "output"
  | "garbage"
  | "failed"
  | "leaves"
  | "deletes"
  | "question"
  | "breach"
  | "bad"
  | "fatal"
  | "rewrites"
  | "limited"
  | "lost";

function workOf(scenario: Scenario, brief: Brief): Work {
  const { seed, mischief: m } = scenario;
  return choose<Work>(roll(seed, "work", brief.task, brief.attempt), {
    good: 20,
    "no-commit": m,
    silent: m,
    dirty: 2 * m,
    crash: 2 * m,
    "crash-late": m,
    stall: m,
    output: m,
    garbage: 2 * m,
    failed: m,
    leaves: 2 * m,
    deletes: 2 * m,
    question: 2 * m,
    breach: 2 * m,
    bad: 6 * m,
    fatal: m / 2,
    rewrites: 2 * m,
    limited: 3 * m,
    lost: 3 * m,
  });
}

type Fix =
  | "good"
  | "no-commit"
  | "crash"
  | "abandons"
  | "leaves"
  | "deletes"
  | "garbage"
  | "limited"
  | "lost";

function fixOf(scenario: Scenario, brief: Brief): Fix {
  const { seed, mischief: m } = scenario;
  return choose<Fix>(roll(seed, "fix", brief.task, brief.kind, brief.round), {
    good: 10,
    "no-commit": m,
    crash: m,
    abandons: 3 * m,
    leaves: m,
    deletes: m,
    garbage: m,
    limited: m,
    lost: m,
  });
}

/** A good fixer holds what a bot found to be wrong, and changes nothing. */
function declines({ scenario }: Hands, brief: Brief): boolean {
  const isAsked = brief.declinable !== null && brief.declinable.length > 0;
  return (
    isAsked &&
    fixOf(scenario, brief) === "good" &&
    roll(scenario.seed, "declines", brief.task, brief.round) < 0.4
  );
}

/** What lies in the tree half-way through: lost if anybody cleans up under a live agent. */
export function half(hands: Hands, brief: Brief): void {
  if (brief.stages.length > 0 || brief.reminder !== null) return;
  if (brief.role === "fixer") {
    const work = fixOf(hands.scenario, brief);
    if (declines(hands, brief)) return;
    if (work === "good" || work === "garbage")
      hands.repository.write(hands.path, mended(hands, brief));
    return;
  }
  const work = workOf(hands.scenario, brief);
  if (["good", "dirty", "bad", "garbage"].includes(work)) {
    hands.repository.write(hands.path, written(hands, brief, work === "bad"));
  }
}

/** The rest of the session. */
export function finish(hands: Hands, brief: Brief): Deed {
  if (brief.stages.length > 0) return review(hands, brief);
  return brief.role === "fixer" ? fix(hands, brief) : implement(hands, brief);
}

function implement(hands: Hands, brief: Brief): Deed {
  const { repository, scenario, path, committer } = hands;
  const commit = (): void => void repository.commitIn(path, `work on ${brief.task}`, committer);
  const does = (bad = false): void => {
    repository.write(path, written(hands, brief, bad));
    commit();
  };
  if (brief.reminder !== null) return reminded(hands, brief, { does, commit });
  const name = `${brief.task} ${brief.attempt}`;
  const work = workOf(scenario, brief);
  switch (work) {
    case "good":
      commit(); // Half-way it was written already: if that was wiped there is nothing to commit.
      return {
        end: "finished",
        report: report(isPartial(scenario, brief) ? "partial" : "complete"),
      };
    case "bad":
      commit();
      return { end: "finished", report: report("complete") };
    case "no-commit":
      return { end: "finished", report: report("complete") };
    case "silent":
      return { end: "finished", report: null };
    case "dirty":
      return { end: "finished", report: report("complete") };
    case "garbage":
      commit();
      return { end: "finished", report: null };
    case "crash":
      return { end: "crashed", report: null };
    case "crash-late":
      does();
      return { end: "crashed", report: null };
    case "stall":
    case "output":
    case "fatal":
      return { end: work, report: null };
    case "failed":
      return { end: "finished", report: report("failed") };
    case "question":
      return {
        end: "finished",
        report: { ...report("question"), question: { text: "Which?", options: [], default: "a" } },
      };
    case "leaves":
      does();
      leave(hands);
      return { end: "finished", report: report("complete") };
    case "deletes":
      does();
      lose(hands);
      return { end: "finished", report: report("complete") };
    case "rewrites":
      rewrite(hands, brief);
      return { end: "finished", report: report("complete") };
    case "breach":
      if (hands.once(`breach ${name}`)) breach(hands, brief);
      does();
      return { end: "finished", report: report("complete") };
    case "limited":
    case "lost":
      if (hands.once(`${work} ${name}`)) return { end: work, report: null };
      does();
      return { end: "finished", report: report("complete") };
  }
}

function isPartial({ seed, mischief }: Scenario, brief: Brief): boolean {
  return roll(seed, "partial", brief.task, brief.attempt) < mischief / 8;
}

function reminded(hands: Hands, brief: Brief, can: { does: () => void; commit: () => void }): Deed {
  const at = roll(hands.scenario.seed, "reminded", brief.task, brief.attempt, brief.reminder ?? "");
  switch (brief.reminder) {
    case "commit":
      if (at < 0.7) can.commit();
      return { end: "finished", report: report("complete") };
    case "nothing":
      if (at < 0.5) can.does();
      return { end: "finished", report: report("complete") };
    case "answer":
      can.does();
      return { end: "finished", report: report("complete") };
    default:
      return { end: "finished", report: at < 0.7 ? report("complete") : null };
  }
}

function fix(hands: Hands, brief: Brief): Deed {
  const { repository, scenario, path, committer } = hands;
  const commit = (): void => void repository.commitIn(path, `fix of ${brief.task}`, committer);
  if (brief.reminder !== null)
    return reminded(hands, brief, {
      commit,
      does: () => {
        repository.write(path, mended(hands, brief));
        commit();
      },
    });
  const name = `${brief.task} ${brief.kind} ${brief.round}`;
  const work = fixOf(scenario, brief);
  if (declines(hands, brief)) {
    const declined = (brief.declinable ?? []).map((finding) => ({ finding, why: "It is right." }));
    return { end: "finished", report: { ...report("complete"), declined } };
  }
  switch (work) {
    case "good":
    case "garbage":
      commit();
      return { end: "finished", report: work === "good" ? report("complete") : null };
    case "no-commit":
      return { end: "finished", report: report("failed") };
    case "crash":
      return { end: "crashed", report: null };
    case "abandons": {
      // The merge is given up and something is committed on the old base: merged as it is, it would revert others.
      const checkout = repository.checkouts.get(path);
      if (checkout === undefined || checkout.mergeHead === null) {
        repository.write(path, mended(hands, brief));
        commit();
        return { end: "finished", report: report("complete") };
      }
      checkout.mergeHead = null;
      checkout.dirty = null;
      repository.write(path, {
        [`own-${brief.task}`]: repository.treeAt(path)[`own-${brief.task}`] ?? "",
      });
      checkout.dirty = { ...repository.treeAt(path) };
      commit();
      return { end: "finished", report: report("complete") };
    }
    case "leaves":
      leave(hands);
      return { end: "finished", report: report("complete") };
    case "deletes":
      lose(hands);
      return { end: "finished", report: report("complete") };
    case "limited":
    case "lost":
      if (hands.once(`${work} fix ${name}`)) return { end: work, report: null };
      repository.write(path, mended(hands, brief));
      commit();
      return { end: "finished", report: report("complete") };
  }
}

function review(hands: Hands, brief: Brief): Deed {
  const { repository, scenario, path, committer } = hands;
  const { seed, mischief: m } = scenario;
  if (hands.once(`review lost ${brief.task}`) && roll(seed, "review lost", brief.task) < m / 4)
    return { end: "lost", report: null };
  if (roll(seed, "reviewer writes", brief.task) < m / 3) {
    repository.write(path, { [`own-${brief.task}`]: "a reviewer was here\n" });
    repository.commitIn(path, "a reviewer's own idea", committer);
  }
  const verdicts = brief.stages.map((stage) => {
    const at = roll(
      seed,
      "review",
      brief.task,
      stage,
      brief.attempt,
      brief.rounds[stage] ?? 0,
      String(brief.retry),
    );
    const verdict = choose(at, {
      approve: 6,
      "request-changes": 3 * m,
      escalate: m / 3,
      unreadable: m,
    });
    return { stage, verdict, findings: [] };
  });
  if (verdicts.some(({ verdict }) => verdict === "unreadable"))
    return { end: "finished", report: report("complete") };
  return {
    end: "finished",
    report: { ...report("complete"), verdicts: verdicts as NonNullable<AgentReport["verdicts"]> },
  };
}

/** The task's line in each of its files; a bad line is one that gates do not like. */
function written(hands: Hands, brief: Brief, bad: boolean): Record<string, string> {
  const tree = hands.repository.treeAt(hands.path);
  const entries = (hands.scenario.files[brief.task] ?? [`own-${brief.task}`]).map(
    (file, index): [string, string] => {
      const lines = linesOf(tree[file]);
      lines.add(brief.task);
      if (bad && index === 0) lines.add(`BAD ${brief.task}`);
      if (isRedInCi(hands.scenario, brief) && index === 0) lines.add(`REDCI ${brief.task}`);
      return [file, asText(lines)];
    },
  );
  return Object.fromEntries(entries);
}

/** Gates are content with it, the service's checks are not. */
function isRedInCi({ seed, habits }: Scenario, brief: Brief): boolean {
  return habits !== null && roll(seed, "redci", brief.task, brief.attempt) < 0.3;
}

/** Markers and bad lines gone; where it was not about a conflict, a line that says what was mended. */
function mended(hands: Hands, brief: Brief): Record<string, string> {
  if (hands.repository.checkouts.get(hands.path)?.missing !== false) return {};
  const tree = hands.repository.treeAt(hands.path);
  const files: Record<string, string> = {};
  for (const [file, text] of Object.entries(tree)) {
    const lines = linesOf(text);
    lines.delete(`BAD ${brief.task}`);
    if (brief.kind === "pullRequest") lines.delete(`REDCI ${brief.task}`);
    if (asText(lines) !== text) files[file] = asText(lines);
  }
  const merging = hands.repository.checkouts.get(hands.path)?.mergeHead !== null;
  if (brief.kind !== "conflict" && !merging) {
    const own = linesOf(files[`own-${brief.task}`] ?? tree[`own-${brief.task}`]);
    own.add(brief.task);
    own.add(`fix ${brief.kind} ${brief.round}`);
    files[`own-${brief.task}`] = asText(own);
  }
  return files;
}

function linesOf(text: string | undefined): Set<string> {
  const lines = (text ?? "")
    .split("\n")
    .filter((line) => line !== "" && !/^(<<<<|====|>>>>)/.test(line));
  return new Set(lines);
}

function asText(lines: ReadonlySet<string>): string {
  return [...lines]
    .toSorted()
    .map((line) => `${line}\n`)
    .join("");
}

function leave(hands: Hands): void {
  const checkout = hands.repository.checkouts.get(hands.path);
  if (checkout !== undefined) checkout.branch = null;
}

function lose(hands: Hands): void {
  const checkout = hands.repository.checkouts.get(hands.path);
  if (checkout !== undefined) checkout.missing = true;
}

function rewrite(hands: Hands, brief: Brief): void {
  const { repository, committer } = hands;
  const root = repository.commit(
    { [`own-${brief.task}`]: "all anew\n" },
    [],
    "all anew",
    committer,
  );
  repository.setRef(brief.branch, root, committer);
  const checkout = repository.checkouts.get(hands.path);
  if (checkout !== undefined) Object.assign(checkout, { head: root, dirty: null, mergeHead: null });
}

function breach(hands: Hands, brief: Brief): void {
  const { repository, committer, scenario } = hands;
  const ref = roll(scenario.seed, "breach of", brief.task) < 0.5 ? "main" : "milestone/1";
  const tip = repository.tip(ref);
  // Two that write on top of each other at one moment are not told apart; that is not what is looked for here.
  if (tip === null || isAgentMail(repository.get(tip).committer)) return;
  const tree = { ...repository.get(tip).tree, [`breach-${brief.task}`]: "!\n" };
  repository.setRef(ref, repository.commit(tree, [tip], "breach", committer), committer);
}

function report(status: AgentReport["status"]): AgentReport {
  return {
    status,
    summary: status,
    stepsCompleted: [],
    stepsBlocked: [],
    filesChanged: [],
    commits: [],
    notes: [],
    discoveries: [],
    error: null,
    question: null,
    verdicts: null,
  };
}
