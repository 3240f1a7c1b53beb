/** One place that git could not merge. Lines without their line feeds; a carriage return stays. */
export interface Hunk {
  readonly ours: readonly string[];
  readonly base: readonly string[];
  readonly theirs: readonly string[];
}

/** What git merged, line by line, with hunks where it could not. */
export interface MarkedText {
  readonly parts: readonly (string | Hunk)[];
  readonly hunks: readonly Hunk[];
}

type Side = keyof Hunk;

const OPENS = /^<{7,} \S/u;
const BASE = /^\|{7,}(?: |\r?$)/u;
const SPLITS = /^={7,}\r?$/u;
const CLOSES = /^>{7,} \S/u;

/**
 * Reads git's markers (zdiff3 or diff3). Null where they do not pair up, as in a file that shows markers itself: then
 * nothing is known of its hunks.
 */
export function parseMarkedText(text: string): MarkedText | null {
  const parts: (string | Hunk)[] = [];
  let open: { hunk: Record<Side, string[]>; side: Side } | null = null;
  for (const line of text.split("\n")) {
    if (open === null) {
      if (CLOSES.test(line) || BASE.test(line)) return null;
      if (OPENS.test(line)) open = { hunk: { ours: [], base: [], theirs: [] }, side: "ours" };
      else parts.push(line);
    } else if (OPENS.test(line)) return null;
    else if (open.side === "ours" && BASE.test(line)) open.side = "base";
    else if (open.side === "base" && SPLITS.test(line)) open.side = "theirs";
    else if (open.side === "theirs" && CLOSES.test(line)) {
      parts.push(open.hunk);
      open = null;
    } else if (BASE.test(line) || SPLITS.test(line) || CLOSES.test(line)) return null;
    else open.hunk[open.side].push(line);
  }
  if (open !== null) return null;
  const hunks = parts.filter((part): part is Hunk => typeof part !== "string");
  return { parts, hunks };
}
