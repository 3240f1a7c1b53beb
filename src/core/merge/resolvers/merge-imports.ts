import type { ConflictedText } from "../conflicts/facts.ts";
import { parseMarkedText, type Hunk } from "../conflicts/marked-text.ts";
import {
  importLanguage,
  importsOf,
  type ImportHead,
  type ImportLanguage,
  type ImportLine,
} from "./import-lines.ts";

interface Imports {
  readonly ours: readonly ImportLine[];
  readonly theirs: readonly ImportLine[];
}

/**
 * Settles hunks in the head of a JavaScript, TypeScript or Python file in which both sides only add or sort whole
 * import lines: every line of either is there, once. Proven where each line of every hunk is one import that gives
 * names, written on one line; none that was there before is missing on a side; no name is bound twice; and nothing is
 * imported twice from the same place. Which import runs first is open, as it is for whoever merges them by hand; what is
 * imported for its effect alone (`import "x"`) has a place that counts and is never touched. Null where it is not proven.
 */
export function mergeImports({ path, base, ours, theirs, marked }: ConflictedText): string | null {
  const language = importLanguage(path);
  const read = parseMarkedText(marked);
  if (base === null || language === null || read === null || read.hunks.length === 0) return null;
  const sides = {
    ours: importsOf(ours, language).imports,
    theirs: importsOf(theirs, language).imports,
  };
  const order = orderOf(sides);
  const lines: string[] = [];
  for (const part of read.parts) {
    const settled = typeof part === "string" ? [part] : settleHunk(part, language, sides, order);
    if (settled === null) return null;
    lines.push(...settled);
  }
  const merged = lines.join("\n");
  return isSound(read.hunks, importsOf(merged, language), language) ? merged : null;
}

function settleHunk(
  hunk: Hunk,
  language: ImportLanguage,
  sides: Imports,
  order: Order | null,
): readonly string[] | null {
  // Whatever the head does not hold stands in a text or between code, where it may be anything.
  if (!areImports(hunk.ours, language, sides.ours)) return null;
  if (!areImports(hunk.theirs, language, sides.theirs)) return null;
  if (!areImports(hunk.base, language, sides.ours)) return null;
  if (!areImports(hunk.base, language, sides.theirs)) return null;
  const mine = new Set(hunk.ours.map((line) => line.trim()));
  const all = [...hunk.ours, ...hunk.theirs.filter((line) => !mine.has(line.trim()))];
  if (order === null) return all;
  const keyed = all.map((line) => ({ line, key: keyOf(line, language, order) }));
  return keyed.toSorted((a, b) => compare(a.key, b.key)).map(({ line }) => line);
}

function areImports(
  lines: readonly string[],
  language: ImportLanguage,
  head: readonly ImportLine[],
): boolean {
  return lines.every((line) => {
    const read = language.read(line.trimEnd());
    return read !== null && head.some((one) => one.line === read.line);
  });
}

/** Every line of every hunk is in the head of the result, and nothing there is bound or imported twice. */
function isSound(
  hunks: readonly Hunk[],
  { imports, isAll }: ImportHead,
  language: ImportLanguage,
): boolean {
  const lines = hunks.flatMap((hunk) => [...hunk.ours, ...hunk.theirs]);
  if (!isAll || !areImports(lines, language, imports)) return false;
  const names = imports.flatMap((one) => one.names);
  const places = imports.map((one) => one.place);
  return new Set(names).size === names.length && new Set(places).size === places.length;
}

type Order = "line" | "from";

/** How both sides sort their imports; null: not in a way that is known, or too few to tell. */
function orderOf({ ours, theirs }: Imports): Order | null {
  const orders: readonly Order[] = ["from", "line"];
  const fits = (head: readonly ImportLine[], order: Order): boolean =>
    head.every((one, at) => at === 0 || compare(head[at - 1]?.[order] ?? "", one[order]) <= 0);
  return orders.find((order) => fits(ours, order) && fits(theirs, order)) ?? null;
}

function keyOf(line: string, language: ImportLanguage, order: Order): string {
  return language.read(line.trimEnd())?.[order] ?? line;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
