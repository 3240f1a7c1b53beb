import {
  applyCorrections,
  approvePlan,
  planDiff,
  withProposals,
} from "../../core/plan/apply-corrections.ts";
import { serialisePlan } from "../../core/plan/apply-corrections-serial.ts";
import { examplesFor, readCorrections, type ReadWords } from "../../core/plan/corrections.ts";
import type { PlanFinding } from "../../core/plan/issue.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { changeLines, isNoChange, proposalLines } from "../render/plan-changes.ts";
import { printable } from "../render/plan-text.ts";

/** What the dialogue about a plan needs of the terminal. */
export interface PlanTalk {
  /** One line of a person's words; null when the person leaves. */
  ask(question: string): Promise<string | null>;
  confirm(question: string): Promise<boolean | null>;
  tell(words: string): void;
  /** The whole plan. */
  show(plan: Plan): void;
  /** Asks an agent what the words mean; null where there is none to ask. */
  readonly meaning: null | {
    readonly agent: string;
    readonly ask: (plan: Plan, words: string) => Promise<Meant>;
  };
  readonly width: number;
}

type Meant =
  | { readonly kind: "meant"; readonly words: string; readonly line: string }
  | { readonly kind: "none"; readonly why: string };

/** Findings that a person may take upon themselves, or mend with a few words. */
const PASSABLE: ReadonlySet<string> = new Set([
  "plan/empty-body",
  "plan/no-acceptance",
  "plan/no-tests",
]);

/** Critical findings that words of a person would answer. */
export function passableFindings(plan: Pick<Plan, "findings">): readonly PlanFinding[] {
  return plan.findings.filter(
    (finding) => finding.severity === "critical" && PASSABLE.has(finding.code),
  );
}

/** Critical findings that stop every run. */
export function stoppingFindings(plan: Plan): readonly PlanFinding[] {
  return plan.findings.filter(
    (finding) => finding.severity === "critical" && !PASSABLE.has(finding.code),
  );
}

/**
 * Talks about a plan until it is approved: each correction is echoed as the exact change before it counts, and what is
 * not understood changes nothing. Answers the approved plan, or null when the person gives it up.
 */
export async function discussPlan(
  start: { readonly plan: Plan; readonly by: string },
  talk: PlanTalk,
): Promise<Plan | null> {
  let plans: readonly Plan[] = [start.plan];
  talk.show({ ...start.plan, proposed: [] });
  const proposals = proposalLines(start.plan.proposed, { by: start.by, width: talk.width });
  if (start.plan.status === "needs_review") for (const line of proposals) talk.tell(line);
  for (;;) {
    const plan = plans.at(-1) ?? start.plan;
    const words = await talk.ask(questionFor(plan));
    if (words === null) return null;
    const read = readCorrections(words, plan);
    if (read.kind === "said" && (read.word === "approve" || read.word === "yes"))
      return approvePlan(plan, start.by);
    if (read.kind === "said" && read.word === "abort") return null;
    if (read.kind === "said" && read.word === "undo") {
      plans = undone(plans, talk);
      continue;
    }
    const next = await nextPlan(plan, read, { talk, words });
    if (next === "left") return null;
    if (next !== null) plans = [...plans, next];
  }
}

function questionFor(plan: Plan): string {
  const missing = passableFindings(plan);
  if (missing.length === 0) return "approve | abort | or say what to correct";
  const keys = [...new Set(missing.map((finding) => finding.key ?? ""))];
  const says = keys.length === 1 ? "says" : "say";
  const names = printable(keys.slice(0, 5).join(", "));
  return `${names} ${says} too little: approve | abort | answer | or say what to correct`;
}

function undone(plans: readonly Plan[], talk: PlanTalk): readonly Plan[] {
  const [before, last] = [plans.at(-2), plans.at(-1)];
  if (before === undefined || last === undefined) {
    talk.tell("Nothing was corrected yet.");
    return plans;
  }
  for (const line of changeLines(planDiff(last, before))) talk.tell(`  ${line}`);
  return plans.slice(0, -1);
}

/** The plan after what was said; null: it stays as it is; `left`: the person has gone. */
async function nextPlan(
  plan: Plan,
  read: ReadWords,
  { talk, words }: { readonly talk: PlanTalk; readonly words: string },
): Promise<Plan | null | "left"> {
  if (read.kind === "unclear") {
    sayUnclear(read, talk);
    return askAgent(plan, words, talk);
  }
  if (read.kind === "said") {
    if (read.word === "answer") return addWords(plan, talk);
    if (read.word === "serialise") return accepted(serialised(plan), talk);
    if (read.word === "show") talk.show(plan);
    else if (read.word === "no") talk.tell("Then say what to correct, or abort.");
    else sayHelp(plan, talk);
    return null;
  }
  const { plan: corrected, diff, refusals } = applyCorrections(plan, read.corrections);
  if (refusals.length > 0) {
    for (const why of refusals) talk.tell(`  ${printable(why)}`);
    talk.tell("Nothing was changed.");
    return null;
  }
  return accepted({ plan: corrected, lines: changeLines(diff), same: isNoChange(diff) }, talk);
}

interface Change {
  readonly plan: Plan;
  readonly lines: readonly string[];
  readonly same: boolean;
}

/** Only what was echoed and taken counts. */
async function accepted(change: Change, talk: PlanTalk): Promise<Plan | null | "left"> {
  for (const line of change.lines) talk.tell(`  ${line}`);
  if (change.same) return null;
  const yes = await talk.confirm("Take it?");
  if (yes === null) return "left";
  if (yes) return change.plan;
  talk.tell("Nothing was changed.");
  return null;
}

function serialised(plan: Plan): Change {
  const { plan: row } = serialisePlan(plan);
  const diff = planDiff(plan, row);
  return {
    plan: { ...withProposals(row, []), status: plan.status },
    lines: changeLines(diff),
    same: isNoChange(diff),
  };
}

function sayUnclear(read: Extract<ReadWords, { kind: "unclear" }>, talk: PlanTalk): void {
  const words = printable(read.words);
  talk.tell(words === "" ? `  ${read.why}` : `  "${words}": ${printable(read.why)}`);
  talk.tell(`  Nothing was changed. Say for example: ${read.suggestions.slice(0, 3).join(" | ")}`);
}

/** What fits no rule may be put to the agent; what it makes of it is read by the rules and echoed like everything else. */
async function askAgent(plan: Plan, words: string, talk: PlanTalk): Promise<Plan | null | "left"> {
  if (talk.meaning === null || words.trim() === "") return null;
  const yes = await talk.confirm(`Ask ${talk.meaning.agent} what that means?`);
  if (yes === null) return "left";
  if (!yes) return null;
  const meant = await talk.meaning.ask(plan, words);
  if (meant.kind === "none") {
    talk.tell(`  ${printable(meant.why)}`);
    return null;
  }
  talk.tell(`  ${meant.line} reads it as: ${printable(meant.words)}`);
  const read = readCorrections(meant.words, plan);
  if (read.kind === "read") return nextPlan(plan, read, { talk, words: meant.words });
  talk.tell("  That is no correction either. Nothing was changed.");
  return null;
}

/** Asks for the words that an issue's text lacks, one issue after the other. */
async function addWords(plan: Plan, talk: PlanTalk): Promise<Plan | null | "left"> {
  const keys = [...new Set(passableFindings(plan).flatMap((finding) => finding.key ?? []))];
  if (keys.length === 0) {
    talk.tell("No issue lacks words. To add some all the same: add to KEY: words");
    return null;
  }
  let next = plan;
  for (const key of keys) {
    const title = plan.issues.find((issue) => issue.key === key)?.title ?? "";
    const text = await talk.ask(
      `${printable(`${key} ${title}`)}: what should be true afterwards? (empty: leave it)`,
    );
    if (text === null) return "left";
    if (text.trim() === "") continue;
    const words = `${key}: ${text.trim()}`;
    next = applyCorrections(next, [{ kind: "add-words", key, text: text.trim(), words }]).plan;
  }
  if (next === plan) return null;
  for (const line of changeLines(planDiff(plan, next))) talk.tell(`  ${line}`);
  return next;
}

function sayHelp(plan: Plan, talk: PlanTalk): void {
  talk.tell(
    [
      "  approve: take the plan with what is proposed",
      "  abort: leave; nothing is written",
      "  one after another: put everything that may collide in a row",
      "  all independent: nothing of what is proposed",
      "  undo: take the last correction back; show: the whole plan",
      "  or say it in words, several sentences with `;` between them:",
      ...examplesFor(plan).map((example) => `    ${printable(example)}`),
      "    A then B then C; C first; everything after A; keep only A and B; add to A: words for its agent",
    ].join("\n"),
  );
}
