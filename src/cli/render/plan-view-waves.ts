import type { Plan, PlannedIssue } from "../../core/plan/plan.ts";
import { clip, columns, printable, wrap } from "./plan-text.ts";
import { count, moreLines } from "./plan-view-lines.ts";
import type { Lines, View } from "./plan-view-lines.ts";

const WAVE_LINES_MAX = 60;
const KEY_WIDTH_MAX = 14;
const REASONS_MAX = 4;

/** One section for each wave that has work left; a wave outside of the scope has none. */
export function waveSections(view: View): readonly Lines[] {
  return view.plan.waves.map((wave, index) => waveSection(view, wave, index + 1));
}

function waveSection(view: View, all: readonly string[], number: number): Lines {
  const { width, paint, byKey } = view;
  const keys = all.filter((key) => byKey.get(key)?.done !== true);
  const done = all.length - keys.length;
  if (all.length === 0) return [];
  if (keys.length === 0) return [paint.faint(`Wave ${number} · ${count(done, "issue")}, done`)];
  const keyWidth = Math.min(KEY_WIDTH_MAX, Math.max(...keys.map((key) => columns(printable(key)))));
  const shown = keys.slice(0, WAVE_LINES_MAX).flatMap((key) => {
    const issue = byKey.get(key);
    return issue === undefined ? [] : issueLines(view, issue, keyWidth);
  });
  return [
    clip(
      `${paint.strong(`Wave ${number}`)} ${paint.faint(`· ${count(keys.length, "issue")}${done > 0 ? `, ${done} done` : ""}`)}`,
      // Colours take no columns.
      width + 20,
    ),
    ...shown,
    ...moreLines(keys.length, WAVE_LINES_MAX),
  ];
}

function issueLines(view: View, issue: PlannedIssue, keyWidth: number): Lines {
  const { plan, width, paint } = view;
  const key = clip(printable(issue.key), keyWidth);
  const indent = "  ";
  const pad = " ".repeat(Math.max(0, keyWidth - columns(key)));
  const steps = issue.steps?.length ?? 0;
  const marks = [
    ...(issue.priority === null ? [] : [issue.priority]),
    ...(issue.type === "CODING" ? [] : [issue.type]),
    ...(steps === 0 ? [] : [count(steps, "step")]),
  ];
  const tail = marks.length === 0 ? "" : `  ${marks.join(" · ")}`;
  const room = width - indent.length - keyWidth - 2 - columns(tail);
  const first = `${indent}${pad}${key}  ${clip(printable(issue.title), room)}${paint.faint(tail)}`;
  const below = indent + " ".repeat(keyWidth + 2);
  const reasons = waitReasons(plan, issue).flatMap((reason) =>
    wrap(`${below}${reason}`, width, `${below}  `).map(paint.faint),
  );
  return [first, ...reasons];
}

/** Why it does not start at once: only what is still open. */
function waitReasons(plan: Plan, issue: PlannedIssue): Lines {
  const done = new Set(plan.done);
  const open = issue.blockers.filter(
    (blocker) => blocker.strength === "hard" && !done.has(blocker.key),
  );
  const outside =
    issue.blockedFromOutside === null
      ? []
      : [`cannot start: waits for ${printable(issue.blockedFromOutside)}`];
  const byOrigin = Map.groupBy(open, (blocker) => blocker.from);
  const reasons = [...byOrigin].map(([from, blockers]) => {
    const keys = blockers.map((blocker) => printable(blocker.key));
    const shown = `${keys.slice(0, 12).join(", ")}${keys.length > 12 ? ", …" : ""}`;
    return `waits for ${shown} (${clip(shortOrigin(plan, from), 60)})`;
  });
  const rest = reasons.length - REASONS_MAX;
  const more = rest > 0 ? [`and for ${count(rest, "more reason")}`] : [];
  return [...outside, ...reasons.slice(0, REASONS_MAX), ...more];
}

/** Nearly every edge was read in the plan's own file: its name would only be noise. */
function shortOrigin(plan: Plan, from: string): string {
  const file = `${plan.source.reference}:`;
  return printable(from.startsWith(file) ? `line ${from.slice(file.length)}` : from);
}
