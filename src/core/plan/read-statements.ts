import { isNoEdge, readKey, statementsOf } from "./dependency-words.ts";
import type { KeyedWords } from "./dependency-words.ts";
import type { LogicalLine } from "./logical-lines.ts";
import type { Side } from "./read-relations.ts";
import { leadingReferences, referenceGroups } from "./references.ts";

/** A statement of a line, and whom it is about. */
export interface AboutStatement {
  readonly text: string;
  readonly key: KeyedWords | null;
  /** About a parent, or about what is closed by it. */
  readonly isNoEdge: boolean;
  readonly aside: boolean;
  readonly subject: Side;
  /** Whom the sentences behind it are about. */
  readonly tail: Side;
}

/**
 * Cuts a line into statements. In `#62 — parser (requires: #61)` the key is about #62, in `Depends on #12 (blocked
 * by #11)` the second one is about #12; elsewhere a key is about whom the line is about.
 */
export function statementsAbout(line: LogicalLine, inherited: Side): readonly AboutStatement[] {
  const statements = statementsOf(line.text).map((statement, index) => ({
    ...statement,
    key: readKey(statement.text, line.bold && index === 0),
    isNoEdge: isNoEdge(statement.text),
  }));
  const [first] = statements;
  const isPlain = first !== undefined && first.key === null && !first.isNoEdge;
  const leads = isPlain ? leadingReferences(first.text) : [];
  return statements.map(({ text, key, isNoEdge: noEdge, asideOf, sentence }, index) => {
    const isAbout = leads.length > 0 && index > 0 && (!sentence || line.startsItem);
    const tail = isAbout ? leads : inherited;
    const owner = asideOf === null ? [] : lastReferences(asideOf);
    const aside = asideOf !== null;
    return {
      text,
      key,
      isNoEdge: key === null && noEdge,
      aside,
      subject: owner.length > 0 ? owner : tail,
      tail,
    };
  });
}

/** Whom the sentences of a line are about: of a point `- #12: …` that issue. */
export function subjectOf(line: LogicalLine, inherited: Side): Side {
  const leads = line.startsItem ? leadingReferences(line.text) : [];
  return leads.length > 0 ? leads : inherited;
}

/** What the words name last: a bracket behind them is about that. */
function lastReferences(words: string): readonly string[] {
  return isNoEdge(words) ? [] : (referenceGroups(words).at(-1)?.targets ?? []);
}
