import type { Change } from "../../api/tell-changes.ts";
import { drawable, type Look } from "./look.ts";
import { oneLine, padEnd } from "./text-width.ts";

/** How lines are written; `clock` gives the wall-clock time of an instant: `06:41:09`. */
export interface LineLook extends Pick<Look, "ascii"> {
  readonly clock: (at: number) => string;
  /** Under GitHub Actions failures become annotations. */
  readonly annotate: boolean;
}

const TASK_WIDTH = 6;

/** One change as one line for pipes and logs: `06:41:09  4.2  ready -> running  attempt 1 of 2`. Never cut. */
export function changeLine(change: Change, look: LineLook): string {
  const subject = padEnd(change.task ?? "run", TASK_WIDTH);
  const states =
    change.from === null || change.from === change.to
      ? change.to
      : `${change.from} -> ${change.to}`;
  const why = change.why === null ? "" : `  ${oneLine(change.why)}`;
  const line = drawable(
    { ...look, width: 0, colour: false },
    `${look.clock(change.at)}  ${subject}  ${states}${why}`,
  );
  return look.annotate && change.severity !== "info" ? `${line}\n${annotation(change)}` : line;
}

// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
function annotation(change: Change): string {
  const title = `${change.task ?? "run"} ${change.to}`;
  return `::${change.severity} title=${escapeProperty(title)}::${escapeData(change.why ?? change.to)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
