import type { CheckJson, CiStatusJson } from "../../api/ci-status-json.ts";
import { shortCommit } from "../../core/report/words.ts";
import { drawable, paint, type Look, type Style } from "./look.ts";
import { displayWidth, oneLine, padEnd } from "./text-width.ts";

const STYLES: Readonly<Record<CheckJson["state"], Style>> = {
  failed: "red",
  pending: "yellow",
  passed: "green",
};
const STATE_WIDTH = 8;
const NAME_WIDTH_MAX = 50;
const REQUIRED = "required";

/** The screen of `cairn ci-status`: one line for each check, worst first; addresses are never cut. Without a line end. */
export function renderCiStatus(status: CiStatusJson, look: Look): string {
  const { pullRequest, checks } = status;
  const draft = pullRequest.isDraft ? ", draft" : "";
  const widths = checks.map(({ name }) => displayWidth(clean(look, name)));
  const width = Math.min(NAME_WIDTH_MAX, Math.max(0, ...widths));
  return [
    paint(look, "bold", `#${pullRequest.number} ${clean(look, pullRequest.title)}`),
    `${pullRequest.url}  ${pullRequest.state}${draft}, at ${shortCommit(pullRequest.head)}`,
    ...(checks.length === 0 ? [] : ["", ...checks.map((check) => checkLine(check, width, look))]),
    "",
    ...reviewLines(status).map((line) => clean(look, line)),
    clean(look, `${status.words}.`),
  ].join("\n");
}

function checkLine(check: CheckJson, width: number, look: Look): string {
  const state = paint(look, STYLES[check.state], padEnd(check.state, STATE_WIDTH));
  const name = padEnd(clean(look, check.name), width);
  const said = [
    padEnd(check.isRequired === true ? REQUIRED : requiredWord(check), REQUIRED.length),
    ...(isPlain(check) ? [] : [clean(look, `(${check.conclusion})`)]),
    ...(check.url === null ? [] : [check.url]),
  ];
  return `  ${state}  ${name}  ${said.join("  ")}`.trimEnd();
}

function requiredWord({ isRequired }: CheckJson): string {
  return isRequired === null ? "?" : "";
}

/** The forge's word says no more than ours. */
function isPlain({ state, conclusion }: CheckJson): boolean {
  return (
    (state === "passed" && conclusion === "success") ||
    (state === "failed" && conclusion === "failure") ||
    conclusion === state
  );
}

function reviewLines({ reviews, checks }: CiStatusJson): readonly string[] {
  const { required, approvedBy, changesRequestedBy, waitingFor, critical } = reviews;
  const approvals =
    required > 0
      ? [`Approvals: ${approvedBy.length} of ${required}${named(approvedBy)}.`]
      : approvedBy.length > 0
        ? [`Approved by ${approvedBy.join(", ")}.`]
        : [];
  return [
    ...(checks.some(({ isRequired }) => isRequired === null)
      ? ["?: GitHub does not say whether it is required."]
      : []),
    ...approvals,
    ...(changesRequestedBy.length === 0
      ? []
      : [`Changes requested by ${changesRequestedBy.join(", ")}.`]),
    ...(waitingFor.length === 0 ? [] : [`Waits for the review of ${waitingFor.join(", ")}.`]),
    ...(critical === 0
      ? []
      : [`Reviewers' critical findings: ${critical}; each would open a fix round.`]),
  ];
}

function named(logins: readonly string[]): string {
  return logins.length === 0 ? "" : ` (${logins.join(", ")})`;
}

function clean(look: Look, words: string): string {
  return drawable(look, oneLine(words));
}
