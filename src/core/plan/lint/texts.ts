import type { Issue, PlanFinding } from "../issue.ts";
import { isTestPath } from "./paths.ts";

/** Longer ones are not only a template. */
const TEMPLATE_MAX = 3_000;
const COMMENT = /<!--[\s\S]*?-->/gu;
/** Rules, quote marks and boxes without a word behind them. */
const FORM_LINE = /^(?:[-*_][-*_ ]*|[-*+] \[[ xX]?\]|>+)?$/u;
const TESTS =
  /\b(?:unit|e2e|smoke|regression|integration)?-?tests?\b|\btest(?:ed|ing|able|cases?)\b|\bverif(?:y|ied|ies|ication)\b|\baccept(?:ance|ed)\b|\bspecs?\b|\bassert|\btdd\b|\bcoverage\b|\bakzept|\bprüf/iu;

/** What is missing in one open issue's text: at most one critical finding, or up to two warnings. */
export function lintText(issue: Issue): readonly PlanFinding[] {
  const where = { key: issue.key, ...issue.place };
  if (issue.acceptanceCriteria.length > 0) return [];
  const hasSteps = (issue.steps ?? []).length > 0;
  if (!hasSteps && isEmptyText(issue.body)) {
    return [
      {
        code: "plan/empty-body",
        severity: "critical",
        ...where,
        message: `${issue.key} has a title and no text: an agent would have to guess.`,
        hint: "Write what should be true afterwards, or give the words when the run asks for them.",
      },
    ];
  }
  const acceptance: PlanFinding = {
    code: "plan/no-acceptance",
    severity: "warning",
    ...where,
    message: `${issue.key} says nowhere when it is done.`,
    hint: 'Add a section "Acceptance criteria" with one point for each thing that can be checked.',
  };
  if (expectsTests(issue)) return [acceptance];
  return [
    acceptance,
    {
      code: "plan/no-tests",
      severity: "warning",
      ...where,
      message: `${issue.key} is to change code, and nothing in it says how that is tested.`,
      hint: "Name the test file, the command that shows that it works, or what a test should expect.",
    },
  ];
}

/** True also for a form that nobody has filled in: headings, comments and empty boxes alone. */
function isEmptyText(body: string): boolean {
  if (body.length > TEMPLATE_MAX) return body.trim() === "";
  const said = body.includes("<!--") ? body.replaceAll(COMMENT, "") : body;
  let headings = 0;
  for (const line of said.split("\n")) {
    const words = line.trim();
    if (/^#{1,6}(?:\s|$)/u.test(words)) headings += 1;
    else if (!FORM_LINE.test(words)) return false;
  }
  // A single heading is a sentence of its own; several are the form's.
  return headings !== 1 || said !== body;
}

/** Only code needs tests; any word of them will do, anywhere. */
function expectsTests(issue: Issue): boolean {
  return (
    issue.type !== "CODING" ||
    issue.files.some(isTestPath) ||
    (issue.steps ?? []).some((step) => step.red !== null || step.verify !== null) ||
    TESTS.test(issue.title) ||
    TESTS.test(issue.body)
  );
}
