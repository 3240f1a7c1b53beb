import { planDiff } from "../../core/plan/apply-corrections.ts";
import type { ReadWords } from "../../core/plan/corrections.ts";
import type { PlanFinding } from "../../core/plan/issue.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { PlanRequest } from "../../host/project.ts";
import { passableFindings } from "./plan-corrections.ts";

const NAMES_SHOWN = 8;
const PROPOSALS_SHOWN = 5;
/** Edges that are still a command line one would copy. */
const WORDS_SHOWN = 12;

/** Who proposes where no agent was asked. */
export const RULES = "the rules";

/** The refusal where a person must decide and none can be asked: what is proposed, and how to answer. */
export function needsPerson(
  request: PlanRequest,
  { plan, by }: { readonly plan: Plan; readonly by: string },
): UserError {
  const silent = plan.issues.filter(
    (issue) => issue.state === "open" && !issue.done && !issue.statesDependencies,
  );
  const names = silent.slice(0, NAMES_SHOWN).map((issue) => issue.key);
  const more = silent.length > NAMES_SHOWN ? ` and ${silent.length - NAMES_SHOWN} more` : "";
  const says = silent.length === 1 ? "says" : "say";
  return new UserError(
    "plan/needs-review",
    `The plan needs a person: ${names.join(", ")}${more} ${says} nothing about dependencies and may collide with others.`,
    {
      hints: [
        summaryOf(plan),
        `Take that: cairn run ${request.source} ${answerFor(plan, by)}`,
        `Correct it first: cairn run ${request.source} --approve-plan --correct "${exampleFor(plan)}"`,
        `Let Cairn put them in a row: cairn run ${request.source} --autonomous`,
        "Or write into each issue what it needs: `Depends on: KEY`, or `Depends on: none`.",
      ],
      exitCode: ExitCode.waitsForPerson,
    },
  );
}

function summaryOf(plan: Plan): string {
  const { proposed } = plan;
  if (proposed.length === 0) return "Proposed: nothing, they would run side by side.";
  const edges = proposed
    .slice(0, PROPOSALS_SHOWN)
    .map(({ blocker, dependent, files }) =>
      files.length === 0
        ? `${dependent} after ${blocker}`
        : `${dependent} after ${blocker} (${files.slice(0, 3).join(", ")})`,
    );
  const left = proposed.length - PROPOSALS_SHOWN;
  return `Proposed: ${edges.join("; ")}${left > 0 ? ` and ${left} more` : ""}.`;
}

/** An agent would not propose the same another time: what it proposed is said in words, and nothing of the rules. */
function answerFor({ proposed }: Plan, by: string): string {
  if (by === RULES) return "--approve-plan";
  if (proposed.length > WORDS_SHOWN) return "--propose --approve-plan";
  const edges = proposed.map(({ blocker, dependent }) => `${dependent} needs ${blocker}`);
  const words = edges.length === 0 ? "" : ` --correct "${edges.join("; ")}"`;
  return `--approve-plan --correct "all independent"${words}`;
}

function exampleFor(plan: Plan): string {
  const open = plan.issues.filter((issue) => issue.state === "open" && !issue.done);
  const [a, b] = open.map((issue) => issue.key);
  return a === undefined || b === undefined ? "B needs A" : `${b} needs ${a}`;
}

/** @throws UserError with every critical finding; those that words would answer say so. */
export function refuseCritical(critical: readonly PlanFinding[], request: PlanRequest): void {
  const [first] = critical;
  if (first === undefined) return;
  const hints = [...new Set(critical.map((finding) => finding.hint))].slice(0, NAMES_SHOWN);
  const [passable] = passableFindings({ findings: critical });
  const answers =
    passable?.key === undefined
      ? []
      : [
          `Give the words to its agent: cairn run ${request.source} --correct "add to ${passable.key}: WORDS"`,
          `Or take it as it is: cairn run ${request.source} --approve-plan`,
        ];
  throw new UserError(first.code, critical.map(placed).join("\n"), {
    hints: [...hints, ...answers],
  });
}

function placed(finding: PlanFinding): string {
  const { file, line, message } = finding;
  return file === undefined ? message : `${file}:${line ?? 1}: ${message}`;
}

const TAKE_IT = "To take the plan as it is then: --approve-plan";
const FLAG_FOR: ReadonlyMap<Extract<ReadWords, { kind: "said" }>["word"], string> = new Map([
  ["approve", TAKE_IT],
  ["yes", TAKE_IT],
  ["serialise", "To have what may collide put in a row: --autonomous"],
]);

/** `--correct` with words that no rule reads. */
export function unclearCorrection(
  text: string,
  read: Exclude<ReadWords, { kind: "read" }>,
): UserError {
  if (read.kind === "said") {
    return new UserError(
      "plan/unclear-correction",
      `\`--correct "${text}"\` corrects nothing: that is an answer to a question.`,
      { hints: [FLAG_FOR.get(read.word) ?? "Leave it out, or say what to correct."] },
    );
  }
  return new UserError(
    "plan/unclear-correction",
    `Not understood, so nothing was changed: "${read.words}". ${read.why}`,
    { hints: [`Say for example: ${read.suggestions.join(" | ")}`] },
  );
}

export function refusalOf(refusals: readonly string[]): UserError {
  return new UserError(
    "plan/refused-correction",
    ["The corrections cannot be taken, so nothing was changed:", ...refusals].join("\n"),
    { hints: ["Say something else with --correct, or leave it out."] },
  );
}

/**
 * What was decided here as words for a command line, so that a process in the background decides the same: every edge,
 * group and word that the source does not have.
 */
export function decidedWords(base: Plan, plan: Plan): readonly string[] {
  const { added, removed, dropped, groups, ungrouped, worded } = planDiff(base, plan);
  const stay = new Set(plan.issues.map(({ key }) => key));
  const words = [
    // What somebody waits for cannot be left out before that is taken back.
    ...freedOf(base, { stay, dropped: new Set(dropped) }),
    ...ungrouped.map(
      ({ keys }) => `${listed(keys.filter((key) => stay.has(key)))} are independent`,
    ),
    ...removed.map(({ blocker, dependent }) => `${dependent} does not need ${blocker}`),
    ...keptAmong(plan, ungrouped),
    ...added.map(({ blocker, dependent }) => `${dependent} needs ${blocker}`),
    ...groups.map(({ keys }) => `group ${keys.join(", ")}`),
    ...(dropped.length === 0 ? [] : [`drop ${dropped.join(", ")}`]),
    ...worded.map(({ key, text }) => `add to ${key}: ${inOnePiece(text)}`),
  ];
  return words;
}

function freedOf(
  base: Plan,
  { stay, dropped }: { readonly stay: ReadonlySet<string>; readonly dropped: ReadonlySet<string> },
): readonly string[] {
  return base.issues.flatMap(({ key, blockers }) =>
    stay.has(key)
      ? blockers.flatMap((blocker) =>
          blocker.strength === "hard" && dropped.has(blocker.key)
            ? [`${key} does not need ${blocker.key}`]
            : [],
        )
      : [],
  );
}

/** Edges between issues of a group that went: whoever calls those independent takes them away too. */
function keptAmong(plan: Plan, groups: Plan["conflictGroups"]): readonly string[] {
  const insides = groups.map(({ keys }) => new Set(keys));
  return plan.issues.flatMap(({ key, blockers }) =>
    blockers.flatMap((blocker) =>
      blocker.strength === "hard" &&
      insides.some((inside) => inside.has(key) && inside.has(blocker.key))
        ? [`${key} needs ${blocker.key}`]
        : [],
    ),
  );
}

/** Words that a sentence could seem to end in are put into quotation marks. */
function inOnePiece(text: string): string {
  return /[;\n\r]|^"/u.test(text) ? JSON.stringify(text) : text;
}

function listed(keys: readonly string[]): string {
  return keys.length < 2 ? keys.join("") : `${keys.slice(0, -1).join(", ")} and ${keys.at(-1)}`;
}
