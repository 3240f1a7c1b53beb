import { TextReading } from "./read-lines.ts";
import { logicalLines } from "./logical-lines.ts";
import type { Declaration } from "./issue.ts";
import { Gathering } from "./read-gathering.ts";
import type { TextPlace } from "./read-gathering.ts";
import { passagesOf } from "./read-passages.ts";

export interface DependenciesRead {
  readonly declarations: readonly Declaration[];
  /** The text says anything about dependencies of its issue, even `none`. */
  readonly statesDependencies: boolean;
  /** The text says what the issue itself waits for, even `none`; this replaces an order given by the plan. */
  readonly statesBlockers: boolean;
  /** Reference of the issue that this one is a part of: `Parent: #10`, `Part of #10`. */
  readonly parent: string | null;
}

/** One passage that is longer than this is cut, and says so by a declaration that cannot be resolved. */
const PASSAGE_MAX = 40_000;
const TOO_LONG = "(passage too long to be read to its end)";

/**
 * Reads what an issue's text says about dependencies: keyed lines (`Depends on: #12, #13`), sections
 * (`## Blocked by`), tables with a column of blockers, chains (`#1 → #2`) and plain sentences (`#5 should land
 * before #6`), also those about other issues. Code, struck-through text and quotes of other people say nothing; a
 * quote counts where its key is bold (`> **Depends on:** #12`, a common call-out). Never throws, on any text.
 */
export function readDependencies(
  text: string,
  place: TextPlace = { firstLine: 1 },
): DependenciesRead {
  const gathering = new Gathering(place);
  for (const { words, before } of passagesOf(text)) {
    new TextReading(gathering, before).read(logicalLines(words.slice(0, PASSAGE_MAX)));
    if (words.length <= PASSAGE_MAX) continue;
    gathering.say(
      { meaning: "blocked-by", target: TOO_LONG, subject: "self", resolved: false },
      { line: before + 1, words: TOO_LONG },
    );
  }
  const { declarations, statesDependencies, statesBlockers, parent } = gathering;
  return { declarations, statesDependencies, statesBlockers, parent };
}
