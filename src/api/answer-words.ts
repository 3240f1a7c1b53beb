import type { Question } from "../core/run/run.ts";

/** What an answer means where its question gives it no meaning of its own. */
const USUAL: Readonly<Record<string, string>> = {
  approve: "let it pass as it is",
  fix: "have it fixed in one more round",
  force: "pass what was found, and go on",
  resolve: "have the conflict resolved in one more round",
  continue: "go on as it is",
  restart: "begin it again from a clean branch",
  retry: "try it once more",
  clean: "remove what lies in the way, and begin",
  skip: "leave it out, with what depends on it",
  "skip-phase": "leave out every task of the next phase",
  "done-elsewhere": "count it as done; what depends on it may begin",
  abort: "stop the run; it can be resumed",
};

/** By kind of question, where an answer means something more exact. */
const BY_KIND: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  rounds: { approve: "take the work in spite of what was found" },
  tests: { approve: "take the tests as they are" },
  "review-unreadable": { approve: "take the work without this review" },
  "protected-surface": { approve: "let exactly this commit be merged" },
  merge: { approve: "let it be merged" },
  conflict: { continue: "try the merge again as it is" },
  "landing-check": { continue: "try the merge again as it is" },
  overdue: { continue: "wait as long once more" },
  "issue-closed": { continue: "go on with the work although the issue is closed" },
  scope: {
    approve: "take the issue into this run",
    skip: "leave the issue out of this run",
  },
  "nothing-to-do": { retry: "ask the agent once more" },
  stop: { approve: "let the change pass in spite of this" },
  workspace: { clean: "begin the branch anew; its commits are kept under refs/cairn/old/" },
  phase: { continue: "begin the next phase" },
};

/** One line on what an answer to this kind of question does; null: the words are the asker's own. */
export function meaningOf(kind: Question["kind"] | "phase", answer: string): string | null {
  // An agent's options mean what the agent says: whatever is chosen, its session goes on with it.
  if (kind === "agent") return null;
  const own = BY_KIND[kind];
  if (own !== undefined && Object.hasOwn(own, answer)) return own[answer] ?? null;
  return Object.hasOwn(USUAL, answer) ? (USUAL[answer] ?? null) : null;
}
