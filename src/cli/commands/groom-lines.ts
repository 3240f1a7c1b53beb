import type { Gap } from "../../core/plan/groom-gaps.ts";
import type { ProposedSplit } from "../../core/plan/groom-splits.ts";
import type { ConflictGroup } from "../../core/plan/plan.ts";
import { painter, printable, wrap } from "../render/plan-text.ts";

/** What was groomed, as a person reads it and as `--json` prints it. */
export interface GroomShown {
  readonly title: string;
  /** Of the source of truth. */
  readonly reference: string;
  readonly issues: number;
  readonly waves: number;
  readonly gates: readonly string[];
  readonly groups: readonly ConflictGroup[];
  readonly splits: readonly ProposedSplit[];
  readonly gaps: readonly Gap[];
  /** What the file had otherwise and keeps; what is new against it. */
  readonly kept: readonly string[];
  readonly changed: readonly string[];
}

export interface GroomLook {
  readonly width: number;
  readonly colour: boolean;
}

const LIST_MAX = 30;

/** The screen of `cairn groom`: what was grouped and why, what a person may want to change. Without a line end. */
export function renderGroomed(shown: GroomShown, { width, colour }: GroomLook): string {
  const paint = painter(colour);
  const lines = (title: string, items: readonly string[]): readonly string[] =>
    items.length === 0
      ? []
      : [
          paint.strong(title),
          ...items.slice(0, LIST_MAX).flatMap((item) => wrap(`  ${item}`, width, "    ")),
          ...(items.length > LIST_MAX ? [`  … and ${items.length - LIST_MAX} more`] : []),
        ];
  const sections = [
    [
      paint.strong(printable(shown.title)),
      ...wrap(headWords(shown), width, "").map(paint.faint),
      ...(shown.gates.length === 0
        ? [paint.yellow("No gates: nothing is checked before a merge.")]
        : wrap(`Gates: ${shown.gates.map(printable).join(", ")}`, width, "       ").map(
            paint.faint,
          )),
    ],
    lines(
      "Never worked on at the same time",
      shown.groups.map(({ keys, reason }) => `${list(keys)} · ${printable(reason)}`),
    ),
    splitLines(shown.splits, width, paint.strong),
    gapLines(shown.gaps, width, paint),
    lines("Kept from the file, where it differs from the source", shown.kept.map(printable)),
    lines("New against the file", shown.changed.map(printable)),
  ];
  return sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n");
}

function headWords({ reference, issues, waves, groups }: GroomShown): string {
  const facts = [
    printable(reference),
    `${count(issues, "open issue")} in ${count(waves, "wave")}`,
    groups.length === 0 ? "no conflict groups" : count(groups.length, "conflict group"),
  ];
  return facts.join(" · ");
}

function splitLines(
  splits: readonly ProposedSplit[],
  width: number,
  strong: (words: string) => string,
): readonly string[] {
  if (splits.length === 0) return [];
  return [
    strong("Large enough to be split"),
    ...splits
      .slice(0, LIST_MAX)
      .flatMap(({ key, reason, parts }) => [
        ...wrap(`  ${printable(key)} has ${reason}; it could be:`, width, "    "),
        ...parts.flatMap((part) =>
          wrap(
            `    ${printable(part.title)} (${count(part.files.length, "file")}, ${criteria(part.criteria.length)})`,
            width,
            "      ",
          ),
        ),
      ]),
  ];
}

function gapLines(
  gaps: readonly Gap[],
  width: number,
  paint: ReturnType<typeof painter>,
): readonly string[] {
  if (gaps.length === 0) return [];
  const shown = gaps
    .slice(0, LIST_MAX)
    .flatMap(({ message, hint }) => [
      ...wrap(`  ${printable(message)}`, width, "    "),
      ...wrap(`    ${printable(hint)}`, width, "    ").map(paint.faint),
    ]);
  return [paint.strong("Gaps, perhaps"), ...shown];
}

function list(keys: readonly string[]): string {
  const shown = keys.slice(0, LIST_MAX).map(printable).join(", ");
  return keys.length > LIST_MAX ? `${shown}, … (${keys.length} in all)` : shown;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

function criteria(number: number): string {
  return number === 1 ? "1 criterion" : `${number} criteria`;
}
