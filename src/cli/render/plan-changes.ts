import type { PlanDiff, PlanEdge } from "../../core/plan/apply-corrections.ts";
import type { ProposedEdge } from "../../core/plan/plan.ts";
import { clip, printable, wrap } from "./plan-text.ts";

/** More of a list than anybody reads before saying yes. */
const LINES_MAX = 30;
/** Columns of added words in an echo: one sees where they end. */
const WORDS_SHOWN = 200;
/** What a run without a person says at its start. */
const SERIAL_LINES_MAX = 10;

/** What corrections change, edge by edge; one line that says so where they change nothing. */
export function changeLines(diff: PlanDiff, linesMax = LINES_MAX): readonly string[] {
  const lines = [
    ...byDependent(diff.removed, (who, what) => `${who} no longer waits for ${what}`),
    ...byDependent(diff.added, (who, what) => `${who} waits for ${what}`),
    ...diff.withdrawn
      .filter((edge) => !diff.added.some((added) => isSame(added, edge)))
      .map((edge) => `no longer proposed: ${named(edge.dependent)} after ${named(edge.blocker)}`),
    ...diff.dropped.map((key) => `${named(key)} is left out of this run`),
    ...diff.groups.map(({ keys }) => `never worked on at the same time: ${list(keys)}`),
    ...diff.ungrouped.map(({ keys }) => `may be worked on at the same time: ${list(keys)}`),
    ...diff.worded.map(
      ({ key, text }) =>
        `${named(key)}: the words are added to its prompt: "${clip(printable(text), WORDS_SHOWN)}"`,
    ),
  ];
  const shown = lines.slice(0, linesMax);
  const more = lines.length > linesMax ? [`… and ${lines.length - linesMax} more`] : [];
  const { before, after } = diff.waves;
  const waves = before === after ? [] : [`waves ${before} -> ${after}`];
  const nothing = lines.length === 0 ? ["nothing changes"] : [];
  return [...shown, ...more, ...nothing, ...waves, ...diff.notes.map(printable)];
}

/** True when nothing of the plan would be otherwise. */
export function isNoChange(diff: PlanDiff): boolean {
  const { added, removed, withdrawn, dropped, groups, ungrouped, worded } = diff;
  return [added, removed, withdrawn, dropped, groups, ungrouped, worded].every(
    (part) => part.length === 0,
  );
}

/** Edges that were put in because nobody could be asked, with their reasons. */
export function serialLines(
  edges: readonly (PlanEdge & { readonly from: string })[],
): readonly string[] {
  const lines = edges.map(
    ({ blocker, dependent, from }) =>
      `  ${named(dependent)} waits for ${named(blocker)} (${printable(from).slice(0, 120)})`,
  );
  const more =
    lines.length > SERIAL_LINES_MAX ? [`  … and ${lines.length - SERIAL_LINES_MAX} more`] : [];
  return [...lines.slice(0, SERIAL_LINES_MAX), ...more];
}

/** What is proposed and why, with who proposes it. */
export function proposalLines(
  proposed: readonly ProposedEdge[],
  { by, width }: { readonly by: string; readonly width: number },
): readonly string[] {
  if (proposed.length === 0) return [`No order is proposed by ${by}.`];
  const edges = proposed.slice(0, LINES_MAX).flatMap(({ blocker, dependent, reason, files }) => {
    const shared = files.filter((file) => !reason.includes(file)).map(printable);
    const where = shared.length === 0 ? "" : ` [${shared.slice(0, 5).join(", ")}]`;
    const words = `  ${named(dependent)} after ${named(blocker)}: ${printable(reason)}${where}`;
    return wrap(words, width, "    ");
  });
  const more = proposed.length > LINES_MAX ? [`  … and ${proposed.length - LINES_MAX} more`] : [];
  return [`Proposed by ${by}:`, ...edges, ...more];
}

function byDependent(
  edges: readonly PlanEdge[],
  say: (who: string, what: string) => string,
): readonly string[] {
  const rows = Map.groupBy(edges, (edge) => edge.dependent);
  return [...rows].map(([dependent, own]) =>
    say(named(dependent), list(own.map((edge) => edge.blocker))),
  );
}

function isSame(a: PlanEdge, b: PlanEdge): boolean {
  return a.blocker === b.blocker && a.dependent === b.dependent;
}

const KEYS_MAX = 12;

function list(keys: readonly string[]): string {
  const shown = keys.slice(0, KEYS_MAX).map(named).join(", ");
  return keys.length > KEYS_MAX ? `${shown} and ${keys.length - KEYS_MAX} more` : shown;
}

function named(key: string): string {
  return printable(key);
}
