import type { PromptInput } from "./agent-prompt.ts";
import { fence } from "./prompt-fence.ts";

/** Which paths count as tests, and which need no proof, as patterns. */
export interface TddBrief {
  readonly tests: readonly string[];
  readonly exempt: readonly string[];
}

type Told = Pick<PromptInput, "role" | "issue" | "commits" | "tdd">;

/**
 * How code has to come to be: step by step and provably where it is proven, as advice where it is not. Nothing for
 * tasks that write no code. An agent that does not commit leaves no history that could prove anything.
 */
export function methodSection(input: Told): string {
  const { type } = input.issue;
  if (type === "RESEARCH" || type === "VALIDATION") return "";
  const isProven = input.tdd !== null && input.commits;
  const lines = MENDERS.has(input.role)
    ? fixing(input, isProven)
    : isProven && input.tdd !== null
      ? proven(input.tdd, input.issue.number)
      : advised(input);
  return lines.join("\n");
}

/** Whoever changes work that is there already. */
const MENDERS: ReadonlySet<string> = new Set(["fixer", "conflict-resolver"]);

const UNTOUCHED =
  "Tests that were there before you are never deleted, skipped or weakened: not fewer expectations, not looser ones. Where the issue itself changes what an old test expects, change exactly that expectation and name it in `notes`.";

function proven(tdd: TddBrief, number: string): readonly string[] {
  const exempt =
    tdd.exempt.length === 0 ? "" : ` Paths that need no proof: ${patterns(tdd.exempt)}.`;
  return [
    "## Test first, and provably so",
    "",
    "The history of your branch is measured, commit by commit, in clean checkouts; work that cannot be proven there is thrown away and begun anew. One small behaviour after the other, each in two commits or three:",
    "",
    `1. **Red** — \`test(scope): text (#${number})\`: the test of *one* behaviour, and nothing but files that count as tests (${patterns(tdd.tests)}). Run it and see it fail before you commit. It must fail because the behaviour is missing: a test that cannot be parsed, imported or found proves nothing. Where it calls what does not exist yet, let that call fail inside the test.`,
    `2. **Green** — \`feat(scope): text (#${number})\` or \`fix(scope): text (#${number})\`: the least code that makes it pass, and the test as it was. Run it again.`,
    `3. **Refactor**, where there is something to tidy — \`refactor(scope): text (#${number})\`: no behaviour changes, every test stays green.`,
    "",
    `- No source before a red test that asks for it, no test that passes at once, no red commit with tests of several behaviours.${exempt}`,
    `- ${UNTOUCHED}`,
    "- At the end the whole suite is green; and with your source taken back, your tests must be red again.",
  ];
}

function advised({ commits }: Told): readonly string[] {
  const each = commits ? "each in a commit of its own" : "one small behaviour after the other";
  return [
    "## Test first",
    "",
    `Where behaviour changes and the project has tests, write the failing test first and see it fail for the right reason; then make it pass; then tidy up: ${each}. ${UNTOUCHED}`,
  ];
}

function fixing({ commits, issue }: Told, isProven: boolean): readonly string[] {
  const forms = commits
    ? ` (\`test(scope): text (#${issue.number})\`), then mend it (\`fix(scope): text (#${issue.number})\`)`
    : ", then mend it";
  const measured = isProven
    ? " The branch is measured again: with its source taken back, its new tests must be red."
    : "";
  return [
    "## Tests",
    "",
    `Where a finding is about behaviour, write the test that shows it first and see it fail${forms}. ${UNTOUCHED} A red test is mended in the code, not in the test, unless the test is what is wrong.${measured}`,
  ];
}

/** What the type of a task means for whoever mends or judges its work; code goes without saying. */
export function kindSection({ role, issue }: Told): string {
  const words = MENDERS.has(role) ? FIXED[issue.type] : JUDGED[issue.type];
  return words === "" ? "" : `## What kind of work it is\n\n${words}`;
}

type Words = Readonly<Record<PromptInput["issue"]["type"], string>>;

const FIXED: Words = {
  CODING: "",
  VALIDATION:
    "A validation: it runs what the issue names and reports what it saw. Mend what the findings name; product code only where the issue asks for it.",
  RESEARCH:
    "Research: its result is a document. Mend the document; no code and no tests are asked for.",
  MIXED: "Research with code after it: the document and the code must still say the same.",
};

const JUDGED: Words = {
  CODING: "",
  VALIDATION:
    "A validation: it runs what the issue names and reports what it saw. Judge the evidence: is it what the issue wanted to have run, and does it show what is claimed? A change of product code that the issue does not ask for is `critical`.",
  RESEARCH:
    "Research: its result is a document. No tests are asked for. Judge whether every question of the issue is answered, whether each claim names where it comes from, and whether what was not found out is said.",
  MIXED:
    "Research with code after it. Judge the document (questions answered, claims with their origin) and the code, and whether the code does what the document decided.",
};

function patterns(list: readonly string[]): string {
  return list.map(fence.code).join(", ");
}
