import { saysOrder } from "./dependency-words.ts";
import type { LogicalLine } from "./logical-lines.ts";
import type { Relation, Side } from "./read-relations.ts";
import { referenceGroups, writeOutAddresses } from "./references.ts";

const ARROW = /\s*(?:→|⟶|➜|➡️?|⇒|-{1,2}>|={1,2}>)\s*/u;
const ARROWS = new RegExp(ARROW, "gu");
const LINE_MAX = 4000;
// A chain that tells what happened, or that leads from a thing to what it became.
const STORY =
  /\b(?:was|were|been|merged in|landed|replaced|renamed|moved|superseded|split|duplicates?|changed|hierarchy|parent|regress\w*|history)\b/iu;
const SELF =
  /^[^\p{L}\p{N}]*(?:this(?:\s+(?:issue|one|pr|task))?|here|we are here)[^\p{L}\p{N}]*$/iu;
const SELF_MARK = /\(?\b(?:this(?:\s+(?:issue|one|pr|task))|you are here)\b\)?|👈/iu;

/**
 * Reads `#154 → #144 → #155`: each waits for the one before it. `ordered`: the words around say that it is an order;
 * without them three or more bare references are needed, because two may stand for anything.
 */
export function readChain(line: string, ordered: boolean): readonly Relation[] {
  if (line.length > LINE_MAX || !ARROW.test(line)) return [];
  const written = writeOutAddresses(line);
  const segments = written.split(/[;；]\s*|,\s*(?=[^,;]*(?:→|⟶|➜|➡|⇒|->|=>))/u);
  // `#94 → #95, #94 → #96` are two chains, `#94 → #95, #96` is one.
  const isWhole = (part: string): boolean =>
    ARROW.test(part) && part.split("(").length === part.split(")").length;
  const chains = segments.every(isWhole) ? segments : [written];
  const lead = written.slice(0, referenceGroups(written)[0]?.start ?? 0);
  const named = ordered || saysOrder(lead);
  return chains.flatMap((chain) => readOneChain(chain, named));
}

/** What stands behind `Execution order:`: a chain, or nothing but references one after the other. */
export function readSequence(value: string): readonly Relation[] {
  const chain = readChain(value, true);
  if (chain.length > 0 || value.length > LINE_MAX) return chain;
  const written = writeOutAddresses(value).replaceAll(
    /\s*(?:,\s*(?:and\s+)?then|,|>|\bthen)\s+/giu,
    " → ",
  );
  return /^(?:[^\p{L}]|[\w.-]+\/[\w.-]+#)*$/u.test(written) ? readChain(written, true) : [];
}

function readOneChain(chain: string, named: boolean): readonly Relation[] {
  const first = referenceGroups(chain)[0];
  if (first === undefined) return [];
  const lead = chain.slice(0, first.start);
  if (STORY.test(chain)) return [];
  const start = startOf(lead);
  const steps = chain.slice(start).split(ARROWS).map(readStep);
  const known = steps.flatMap((step) => (step === null ? [] : [step]));
  if (known.length !== steps.length || known.length < 2) return [];
  const bare = known.every((step) => step.bare) && known.length > 2 && /^[^.!?]{0,60}$/u.test(lead);
  if (!named && !bare) return [];
  return known
    .slice(1)
    .map((step, index) => ({ dependents: step.side, blockers: known[index]?.side ?? [] }));
}

/** Where the chain itself begins: behind `Order:`, or at its first word where that is "this". */
function startOf(lead: string): number {
  const colon = Math.max(lead.lastIndexOf(":"), lead.lastIndexOf("："));
  if (ARROW.test(lead)) return colon + 1;
  return lead.length;
}

function readStep(words: string): { readonly side: Side; readonly bare: boolean } | null {
  if (SELF.test(words)) return { side: "self", bare: true };
  const groups = referenceGroups(words);
  const [first] = groups;
  if (first === undefined || groups.length > 1) return null;
  const before = words.slice(0, first.start);
  if (!/^[^\p{L}\p{N}]*(?:(?:prs?|issues?)\s+)?$/iu.test(before)) return null;
  const after = words.slice(first.end);
  if (SELF_MARK.test(after)) return { side: "self", bare: true };
  // `#154 (schema)`, `#154 schema`: a short name may stand behind.
  const bare = /^[^\p{L}\p{N}]*$/u.test(after);
  return bare || /^\s*(?:\([^()]*\)|[^.!?]{1,60})[^\p{L}\p{N}]*$/u.test(after)
    ? { side: first.targets, bare }
    : null;
}

/** A numbered list that is worked through from first to last: each point waits for the one before it. */
export class OrderedList {
  readonly #soft: boolean;
  /** Depth of its points; null before the first. */
  #depth: number | null = null;
  #last: readonly string[] = [];

  /** `soft`: the order is only advice and holds nothing. */
  constructor(soft: boolean) {
    this.#soft = soft;
  }

  read(line: LogicalLine): Relation | null {
    if (!line.startsItem || !line.numbered) return null;
    this.#depth ??= line.listDepth;
    const named = line.listDepth === this.#depth ? readPoint(line.text) : [];
    if (named.length === 0) return null;
    const blockers = this.#last;
    this.#last = named;
    return { dependents: named, blockers, soft: this.#soft };
  }

  isOver(line: LogicalLine): boolean {
    return this.#depth !== null && line.listDepth === 0;
  }
}

/** References that a point of a numbered list stands for: `#10 hardening / #13 checklist`. */
function readPoint(line: string): readonly string[] {
  const written = writeOutAddresses(line.slice(0, LINE_MAX)).split(/\(|\s[–—-]\s|:\s/u, 1)[0] ?? "";
  return written.split(/\s[/+&]\s/u).flatMap((part) => {
    const first = referenceGroups(part)[0];
    if (first === undefined) return [];
    return /^[^\p{L}\p{N}]*(?:(?:prs?|issues?|merge|land|finish|implement)\s+)*$/iu.test(
      part.slice(0, first.start),
    )
      ? first.targets
      : [];
  });
}
