import type { PromptInput } from "./agent-prompt.ts";

/** How the answer must look at the end of a session; the words match the schema in `agent-result.ts`. */
export function resultContract(
  input: Pick<PromptInput, "role" | "stages" | "mode" | "commits" | "handoff">,
): string {
  return input.stages.length > 0 ? verdictContract(input.stages) : workContract(input);
}

function workContract(input: Pick<PromptInput, "role" | "mode" | "commits">): string {
  const isFixer = input.role === "fixer";
  const question =
    input.mode === "interactive"
      ? 'If you cannot go on without a decision that only a person can take, end with `"status": "question"` and `"question": {"text", "options", "default"}`.'
      : "Nobody can answer questions in this run: take the most careful choice yourself and write it, with its reason, into `notes`.";
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
    "`complete`: everything asked for is done. `partial`: part of it is, the rest stands in `steps_blocked`. `failed`: nothing usable, the reason in `error`.",
    input.commits
      ? "It is checked against git: `complete` without a commit is not complete."
      : "It is checked against git: `complete` without a changed file is not complete.",
    ...(isFixer ? [DECLINING] : []),
    question,
  ].join("\n");
}

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
