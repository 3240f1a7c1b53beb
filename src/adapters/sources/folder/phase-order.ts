import type { Declaration, Place } from "../../../core/plan/issue.ts";
import type { MarkdownLine } from "../../../core/shared/markdown-lines.ts";
import { wordsOf } from "../front-matter.ts";
import type { FrontMatter } from "../front-matter.ts";

/** The words by which a plan says that its phases come one after another. */
export interface PhaseOrder {
  readonly place: Required<Place>;
  readonly words: string;
}

const STRICT =
  /\b(?:sequential(?:ly)?|strictly|in (?:strict )?order(?!\s+(?:of|to)\b)|one after (?:the other|another)|(?:is|are) (?:complete|completed|done|finished|over) before|before the next (?:phase|one))\b/iu;
const LOOSE = /\b(?:not|never|no|parallel|may|can|overlap|optional)\b|n't\b/iu;
const NOT_BEFORE = /\b(?:no|not|nothing|never)\b[^.]{0,100}\b(?:until|before)\b/iu;
const LINE_MAX = 300;

/** Finds that sentence outside of tables and code, or `phase_order: strict` in front matter; null: phases are names. */
export function phaseOrder(
  file: string,
  front: FrontMatter,
  lines: readonly MarkdownLine[],
): PhaseOrder | null {
  for (const key of ["phase_order", "phases"]) {
    const said = wordsOf(front.fields[key]) ?? "";
    if (/^(?:strict|sequential|ordered|in order)$/iu.test(said))
      return { place: front.placeOf([key]), words: `${key}: ${said}` };
  }
  for (const { text, prose, heading, number } of lines) {
    if (!prose || heading !== null || text.length > LINE_MAX || text.includes("|")) continue;
    if (!/\bphases?\b/iu.test(text)) continue;
    if (NOT_BEFORE.test(text) || (STRICT.test(text) && !LOOSE.test(text)))
      return { place: { file, line: number, column: 1 }, words: text.trim() };
  }
  return null;
}

interface InPhase {
  readonly key: string;
  readonly phase: string | null;
  readonly waitsFor: readonly string[];
}

/** For each issue what its phase makes it wait for: those of the phase before that nothing else there waits for. */
export function phaseEdges(
  issues: readonly InPhase[],
  order: PhaseOrder,
): ReadonlyMap<string, readonly Declaration[]> {
  const phases = new Map<string, InPhase[]>();
  for (const issue of issues) {
    if (issue.phase === null) continue;
    const members = phases.get(issue.phase) ?? [];
    members.push(issue);
    phases.set(issue.phase, members);
  }
  const edges = new Map<string, readonly Declaration[]>();
  const inOrder = [...phases.values()];
  for (const [index, members] of inOrder.entries()) {
    const before = inOrder[index - 1] ?? [];
    const waitedFor = new Set(before.flatMap((issue) => issue.waitsFor));
    const last = before.filter((issue) => !waitedFor.has(issue.key));
    const ends = last.length > 0 ? last : before;
    for (const { key, waitsFor } of members) {
      const added = ends.filter((blocker) => !waitsFor.includes(blocker.key));
      edges.set(
        key,
        added.map((blocker) => declared(blocker.key, order)),
      );
    }
  }
  return edges;
}

function declared(target: string, { place, words }: PhaseOrder): Declaration {
  return {
    target,
    strength: "hard",
    origin: "text",
    place,
    words: words.slice(0, 200),
    resolved: true,
  };
}
