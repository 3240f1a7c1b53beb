import type { Plan, PlannedIssue } from "../../core/plan/plan.ts";
import { printable, wrap } from "./plan-text.ts";
import type { Paint } from "./plan-text.ts";

/** What every section of the view is drawn from. */
export interface View {
  readonly plan: Plan;
  readonly width: number;
  readonly paint: Paint;
  readonly byKey: ReadonlyMap<string, PlannedIssue>;
}

export type Lines = readonly string[];

/** More of a list than anybody reads; `--json` has all of it. */
export const LIST_MAX = 30;

/** `Merge order: 4.1, 4.2`, wrapped below its first key. */
export function listLines(
  label: string,
  keys: readonly string[],
  separator: string,
  width: number,
): Lines {
  const indent = " ".repeat(label.length + 2);
  return wrap(`${label}: ${names(keys, separator)}`, width, indent);
}

/** Keys in one line; of a long list the beginning and the number. */
export function names(keys: readonly string[], separator = ", "): string {
  const shown = keys.slice(0, LIST_MAX).map(printable).join(separator);
  return keys.length > LIST_MAX ? `${shown}${separator}… (${keys.length} in all)` : shown;
}

export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** Says that a list goes on; nothing where it does not. */
export function moreLines(all: number, shown: number): Lines {
  return all > shown ? [`  … and ${all - shown} more`] : [];
}
