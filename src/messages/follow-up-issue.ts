import type { FollowUpDraft } from "../core/run/follow-ups.ts";
import type { Run } from "../core/run/run.ts";
import { hidden } from "./markers.ts";
import { quotedLine } from "./quoted-words.ts";

/** Of a long text the end is left out: it stands in the original. */
const ORIGINAL_MAX = 20_000;

/**
 * Text of an issue that takes over what a partial result left. Its edges stand in it too, for a service that has none of
 * its own; the original's text goes along, for an agent without a network.
 */
export function followUpBody(run: Run, draft: FollowUpDraft): string {
  const { marker, of, body, dependents } = draft;
  const original = run.tasks.get(of)?.issue.body.trim() ?? "";
  return [
    hidden(marker),
    ...body.split("\n").map(quotedLine),
    "",
    `**Depends on:** ${of}`,
    ...(dependents.length === 0 ? [] : ["", `**Blocks:** ${dependents.join(", ")}`]),
    ...(original === ""
      ? []
      : ["", `**The text of ${of} when its part was done:**`, "", fenced(original)]),
    "",
  ].join("\n");
}

/** As it is, and nothing more: in a fence words call nobody, close nothing and declare nothing. */
function fenced(text: string): string {
  const shown =
    text.length > ORIGINAL_MAX ? `${text.slice(0, ORIGINAL_MAX).toWellFormed()}…` : text;
  const longest = (shown.match(/`+/gu) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${shown}\n${fence}`;
}
