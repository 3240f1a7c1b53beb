import type { PromptInput } from "./agent-prompt.ts";

type Asked = Pick<PromptInput, "role" | "stages" | "mode" | "commits" | "issue">;

/** How the answer must look at the end of a session; the words match the schema in `agent-result.ts`. */
export function resultContract(input: Asked): string {
  return input.stages.length > 0 ? verdictContract(input.stages) : workContract(input);
}

function workContract(input: Asked): string {
  const isFixer = input.role === "fixer" || input.role === "conflict-resolver";
  return [
    "## Your result",
    "",
    "End with exactly one JSON object, alone or in a fenced block, and nothing after it:",
    "",
    "```json",
    '{"status": "complete", "summary": "one or two sentences", "steps_completed": [], "steps_blocked": [{"step": "", "why": ""}],',
    ' "files_changed": [], "commits": [], "notes": [], "discoveries": [], "error": null, "question": null, "verdicts": null' +
      (isFixer ? "," : "}"),
    ...(isFixer
      ? [' "declined": [{"finding": "its key", "why": "words for whoever wrote it"}]}']
      : []),
    "```",
    "",
    "`complete`: everything asked for is done. `partial`: part of it is done and works, the rest stands in `steps_blocked`, each entry so that somebody else can do it. `failed`: nothing usable, the reason in `error`. `notes`: what was decided and must be known to read the work. `discoveries`: what you found out that later tasks should know.",
    checked(input),
    ...(isFixer ? [DECLINING] : []),
    input.mode === "interactive" ? MAY_ASK : TAKES_DEFAULT,
  ].join("\n");
}

function checked({ role, commits, issue }: Asked): string {
  if (role === "implementer" && issue.type === "VALIDATION") return EVIDENCE;
  return commits
    ? "It is checked against git: `complete` without a commit is not complete."
    : "It is checked against git: `complete` without a changed file is not complete.";
}

const EVIDENCE =
  "A validation may be `complete` without a commit, but never without evidence: one entry in `notes` for each run, with the command, its exit code and the lines of its output that show the result. Where what was run is red, the status is `failed`, and `error` says what is red and where.";

const MAY_ASK =
  'If you cannot go on without a decision that only a person can take, end with `"status": "question"` and `"question": {"text", "options", "default"}`; the default is what you would do without an answer.';

const TAKES_DEFAULT =
  "Nobody can answer questions in this run: where you would ask a person, take the most careful choice yourself, the default you would have offered, and write it with its reason into `notes`.";

const DECLINING =
  "A finding that is wrong is not worked around: decline it in `declined` by its key, with words for whoever wrote it, short and polite, as they are posted below what was written. Only findings of a `reviewer` may be declined; what checks, gates and people ask for is mended. `declined` is empty where nothing is declined.";

function verdictContract(stages: PromptInput["stages"]): string {
  const asked = stages.map((stage) => `\`${stage}\``).join(" and ");
  return [
    "## Your result",
    "",
    `Give one verdict for ${asked}. End with exactly one JSON object, alone or in a fenced block, and nothing after it:`,
    "",
    "```json",
    '{"status": "complete", "summary": "one or two sentences", "verdicts": [',
    ...stages.map(
      (stage, at) =>
        `  {"stage": "${stage}", "verdict": "approve", "findings": []}${at < stages.length - 1 ? "," : ""}`,
    ),
    "]}",
    "```",
    "",
    'Verdicts: `approve`, `request-changes` (with at least one finding), `escalate` (a person must decide; say what). A finding: `{"severity": "critical" | "major" | "minor", "file": "src/a.ts" or null, "line": 12 or null, "message": "what is wrong, and what would be right"}`. `minor` findings alone do not stop a change: approve, and list them.',
  ].join("\n");
}
