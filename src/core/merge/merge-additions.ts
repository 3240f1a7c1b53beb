/**
 * Three-way merge of a text to which both sides only add lines: everything that either added is there, ours before
 * theirs where both added at the same place, and nothing is lost. Null where a side changed or removed a line: then
 * somebody has to look. Line breaks stay as they are; a last line without one gets one where more follows.
 */
export function mergeAdditions(base: string, ours: string, theirs: string): string | null {
  const [mine, others] = [linesOf(ours), linesOf(theirs)];
  // Of a file that both have made, what they begin with alike, its title mostly, is there once.
  const known = base === "" ? commonBeginning(mine, others) : linesOf(base);
  const left = additionsTo(known, mine);
  const right = additionsTo(known, others);
  if (left === null || right === null) return null;
  const merged: string[] = [];
  for (let gap = 0; gap <= known.length; gap += 1) {
    const [own, other] = [left[gap] ?? [], right[gap] ?? []];
    merged.push(...own);
    // Both wrote the very same: it is one addition.
    const isSame = own.length === other.length && own.every((line, at) => line === other[at]);
    if (!isSame) merged.push(...other);
    const line = known[gap];
    if (line !== undefined) merged.push(line);
  }
  return merged.length === 0 ? "" : `${merged.join("\n")}\n`;
}

function commonBeginning(one: readonly string[], other: readonly string[]): readonly string[] {
  const differs = one.findIndex((line, at) => line !== other[at]);
  return differs < 0 ? one : one.slice(0, differs);
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** What was added before each line of the base, and behind its last; null where a line of the base is not kept, in order. */
function additionsTo(
  base: readonly string[],
  grown: readonly string[],
): readonly (readonly string[])[] | null {
  const gaps: (readonly string[])[] = [];
  let from = 0;
  for (const line of base) {
    const at = grown.indexOf(line, from);
    if (at < 0) return null;
    gaps.push(grown.slice(from, at));
    from = at + 1;
  }
  return [...gaps, grown.slice(from)];
}
