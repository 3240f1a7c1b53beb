import type { PullRequestFacts, ReviewNote } from "./forge/facts.ts";
import type { ReviewFinding } from "./forge/severity.ts";

/** One finding with the text it was read from. */
export interface ReadFinding {
  readonly note: ReviewNote;
  readonly finding: ReviewFinding;
  readonly isOpen: boolean;
}

/**
 * The findings without those annotations of a check that say what a thread says, too: a review that comments on lines
 * lists the same findings in its check, and an answer is given on the thread. A thread that is resolved stands for the
 * annotations of its own commit alone: named again on a later one, the finding is back.
 */
export function withoutTwins(
  read: readonly ReadFinding[],
  { head }: Pick<PullRequestFacts, "head">,
): readonly ReadFinding[] {
  const threads = new Set(read.filter(({ note }) => note.where === "thread"));
  return read.filter((one) => {
    if (one.note.where !== "annotation") return true;
    const beside = [...threads].filter((thread) => isBeside(thread, one, head));
    const twin = beside.find(({ finding }) => finding.title === one.finding.title) ?? beside[0];
    // One thread stands for one annotation: two findings may lie on the same line.
    if (twin !== undefined) threads.delete(twin);
    return twin === undefined;
  });
}

function isBeside(thread: ReadFinding, one: ReadFinding, head: string): boolean {
  const { finding, note } = thread;
  const isSamePlace =
    finding.path === one.finding.path &&
    (finding.line === one.finding.line || finding.line === null);
  const commit = one.note.commit ?? head;
  return (
    isSamePlace &&
    finding.author === one.finding.author &&
    (!note.isResolved || note.commit === commit)
  );
}
