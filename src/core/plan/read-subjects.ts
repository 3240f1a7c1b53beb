import type { LogicalLine } from "./logical-lines.ts";
import type { Side } from "./read-relations.ts";
import { leadingReferences } from "./references.ts";

interface Held {
  readonly depth: number;
  readonly refs: readonly string[];
}

/**
 * Knows whom a line of a text is about: below `### #12 Parser` or within the point `- #12 Parser` it is about #12,
 * everywhere else about the issue whose text is read.
 */
export class Subjects {
  readonly #headings: Held[] = [];
  readonly #points: Held[] = [];

  heading(line: LogicalLine): void {
    drop(this.#headings, line.heading);
    drop(this.#points, 0);
    const refs = leadingReferences(line.text);
    if (refs.length > 0) this.#headings.push({ depth: line.heading, refs });
  }

  /** The subject that a line inherits; a line that begins a point is noted for those below it. */
  of(line: LogicalLine): Side {
    const { listDepth, startsItem } = line;
    drop(this.#points, startsItem ? listDepth : listDepth + 1);
    const inherited = this.#points.at(-1)?.refs ?? this.#headings.at(-1)?.refs ?? "self";
    if (startsItem) {
      const refs = leadingReferences(line.text);
      if (refs.length > 0) this.#points.push({ depth: listDepth, refs });
    }
    return inherited;
  }
}

/** Leaves what stands higher than the depth. */
function drop(held: Held[], depth: number): void {
  while ((held.at(-1)?.depth ?? -1) >= depth) held.pop();
}
