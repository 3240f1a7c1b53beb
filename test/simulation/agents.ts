import { isAgentMail } from "../../src/core/shared/agent-mail.ts";
import type { AgentReport, ReviewStage } from "../../src/core/execute/agent-report.ts";
import type { Action } from "../../src/core/run/actions.ts";
import type { Run, Task } from "../../src/core/run/run.ts";
import type { SessionEnd } from "../../src/ports/dispatch.ts";
import { BIG_LINES, HANDOFF, hasMark, type Mark } from "./discipline.ts";
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
  /** The one step of the issue that this session is for, from 0; null: all of it is. */
  readonly step: number | null;
  /** Others come after this one. */
  readonly leavesSteps: boolean;
  /** A secret was found in what it committed. */
  readonly hasLeaked: boolean;
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
    attempt: `${task.retries}.${task.attemptsFailed}${task.restarts === 0 ? "" : `.${task.restarts}`}`,
    kind,
    round: `${task.retries}.${task.rounds[kind as "spec"] ?? 0}`,
    rounds: task.rounds,
    declinable: declinableOf(task),
    step: stepOf(run, task, action.role),
    leavesSteps: task.stepsDone.length + 1 < (task.issue.steps?.length ?? 0),
    hasLeaked: task.findings.some(({ cleanAt }) => cleanAt !== undefined),
  };
  return JSON.stringify({ ...brief, run: run.id });
}

function isMender({ role }: Brief): boolean {
  return role === "fixer" || role === "conflict-resolver";
}

function stepOf(run: Run, task: Task, role: string): number | null {
  const isStepwise = run.settings.discipline?.stepSessions === true && role === "implementer";
  const steps = task.issue.steps?.length ?? 0;
  return isStepwise && steps > 0 ? Math.min(task.stepsDone.length, steps - 1) : null;
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

/** Attempts behave alike each time they are asked for; later steps of one are told apart. */
function placeOf({ task, attempt, step }: Brief): string {
  return `${task} ${attempt}${step === null || step === 0 ? "" : ` step ${step}`}`;
}

function workOf(scenario: Scenario, brief: Brief): Work {
  const { seed, mischief: m } = scenario;
  const later = brief.step === null || brief.step === 0 ? [] : [brief.step];
  return choose<Work>(roll(seed, "work", brief.task, brief.attempt, ...later), {
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
  if (isMender(brief)) {
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
  return isMender(brief) ? fix(hands, brief) : implement(hands, brief);
}

function implement(hands: Hands, brief: Brief): Deed {
  const { repository, scenario, path, committer } = hands;
  const commit = (): void => void repository.commitIn(path, `work on ${brief.task}`, committer);
  const does = (bad = false): void => {
    repository.write(path, written(hands, brief, bad));
    commit();
  };
  if (brief.reminder !== null) return reminded(hands, brief, { does, commit });
  const name = placeOf(brief);
  const work = workOf(scenario, brief);
  switch (work) {
    case "good": {
      const isPart = isPartial(hands, brief);
      if (isPart) leaveTheRest(hands, brief);
      commit(); // Half-way it was written already: if that was wiped there is nothing to commit.
      return { end: "finished", report: report(isPart ? "partial" : "complete") };
    }
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

/** Whoever is sent back for the rest does it. */
function isPartial({ scenario, once }: Hands, brief: Brief): boolean {
  const { seed, mischief, settings } = scenario;
  const often = (settings.discipline?.followUps ?? 0) > 0 ? mischief / 2 + 0.08 : mischief / 8;
  const place = placeOf(brief);
  const isPart = roll(seed, "partial", brief.task, brief.attempt) < often;
  return isPart && (settings.discipline === undefined || once(`partial ${place}`));
}

/** What is there says that it is a part, as long as nobody has done the rest. */
function leaveTheRest({ repository, path }: Hands, { task }: Brief): void {
  const own = linesOf(repository.treeAt(path)[`own-${task}`]);
  if (own.has(task)) repository.write(path, { [`own-${task}`]: asText(own.add(`PART ${task}`)) });
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
    case "handoff":
      if (at < 0.7) {
        hands.repository.write(hands.path, handedOver(hands, brief));
        can.commit();
      }
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
  if (brief.hasLeaked && takesBack(hands, brief))
    return { end: "finished", report: report("complete") };
  if (reverts(scenario, brief)) return undone(hands, brief, commit);
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

/** Now and then a fixer of reviewers' findings ends where it began. */
function reverts({ seed, mischief, settings }: Scenario, brief: Brief): boolean {
  const isOfReview = ["spec", "quality", "tests"].includes(brief.kind);
  if (settings.discipline === undefined || !isOfReview) return false;
  return roll(seed, "reverts", brief.task, brief.kind, brief.round) < mischief * 0.4;
}

/** Something was committed, and what lies in the tree takes it back: committed too, it is the patch that was rejected. */
function undone(hands: Hands, brief: Brief, commit: () => void): Deed {
  const { repository, path } = hands;
  const tip = repository.tip(brief.branch);
  if (tip === null) return { end: "finished", report: report("complete") };
  repository.write(path, mended(hands, brief));
  commit();
  repository.write(path, repository.get(tip).tree);
  return { end: "finished", report: report("complete") };
}

/** Commits anew on what was there before the secret, without it. */
function takesBack({ repository, path, committer }: Hands, { task, branch }: Brief): boolean {
  const checkout = repository.checkouts.get(path);
  const own = `own-${task}`;
  const tree = checkout?.missing === false ? repository.treeAt(path) : {};
  if (checkout === undefined || !hasMark(tree[own], "SECRET", task)) return false;
  let clean = repository.tip(branch);
  while (clean !== null && hasMark(repository.get(clean).tree[own], "SECRET", task))
    clean = repository.get(clean).parents[0] ?? null;
  if (clean === null) return false;
  const lines = linesOf(tree[own]);
  lines.delete(`SECRET ${task}`);
  const anew = repository.commit(
    { ...tree, [own]: asText(lines) },
    [clean],
    `anew ${task}`,
    committer,
  );
  repository.setRef(branch, anew, committer);
  Object.assign(checkout, { head: anew, dirty: null, mergeHead: null });
  return true;
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
      approve: stage === "tests" ? 3 : 6,
      "request-changes": stage === "tests" ? 3 : 3 * m,
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
      if (index === 0) markWork(hands.scenario, brief, lines);
      return [file, asText(lines)];
    },
  );
  const { settings, seed } = hands.scenario;
  const owes = (settings.discipline?.handoff ?? "off") !== "off" && !brief.leavesSteps;
  const forgets = roll(seed, "forgets", placeOf(brief)) < 0.2;
  return { ...Object.fromEntries(entries), ...(owes && !forgets ? handedOver(hands, brief) : {}) };
}

/** The task's section in the handoff file. */
function handedOver({ repository, path }: Hands, { task }: Brief): Record<string, string> {
  const checkout = repository.checkouts.get(path);
  if (checkout?.missing !== false) return {};
  const lines = linesOf(repository.treeAt(path)[HANDOFF]);
  return { [HANDOFF]: asText(lines.add(`${task} done`)) };
}

/** How often an agent does what the discipline is against, as a part of how ill it behaves and beside that. */
const ILLS: Readonly<
  Record<Exclude<Mark, "PART" | "STEP" | "WEAKENED">, readonly [number, number]>
> = {
  UNPROVEN: [1, 0],
  SECRET: [0.15, 0],
  BIG: [0, 0.12],
  WEAKTEST: [0.3, 0.25],
  UGLY: [0, 0.3],
};

function markWork(scenario: Scenario, brief: Brief, lines: Set<string>): void {
  const { discipline } = scenario.settings;
  if (discipline === undefined) return;
  const { task } = brief;
  lines.delete(`PART ${task}`);
  // Out of the files is not out of the commits.
  if (roll(scenario.seed, "hides", placeOf(brief)) < 0.6) lines.delete(`SECRET ${task}`);
  if (brief.step !== null) lines.add(`STEP ${task} ${brief.step}`);
  for (const [mark, [ofMischief, beside]] of Object.entries(ILLS)) {
    if (mark === "UGLY" && discipline.autofix.length === 0) continue;
    const often = ofMischief * scenario.mischief + beside;
    if (roll(scenario.seed, mark, placeOf(brief)) < often) addMark(lines, mark, task);
  }
}

function addMark(lines: Set<string>, mark: string, task: string): void {
  lines.add(`${mark} ${task}`);
  if (mark === "BIG") for (let at = 1; at < BIG_LINES; at += 1) lines.add(`BIG ${task} ${at}`);
}

/** Fixers mend the tests they were told of, and weaken others; never where the order of merges made the round. */
function markFix(scenario: Scenario, brief: Brief, lines: Set<string>): void {
  const { seed, mischief, settings } = scenario;
  if (settings.discipline === undefined) return;
  const { task, kind, round } = brief;
  lines.delete(`WEAKENED ${task}`);
  if (kind === "tests") lines.delete(`WEAKTEST ${task}`);
  const is = (mark: Mark): boolean => roll(seed, mark, "fix", task, kind, round) < mischief * 0.3;
  if (is("WEAKENED")) lines.add(`WEAKENED ${task}`);
  if (is("UGLY") && settings.discipline.autofix.length > 0) lines.add(`UGLY ${task}`);
  if (roll(seed, "SECRET fix", task, kind, round) < mischief * 0.1) lines.add(`SECRET ${task}`);
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
    markFix(hands.scenario, brief, own);
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
