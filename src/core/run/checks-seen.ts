import type { CommitSha } from "../shared/names.ts";

/** What the forge said of one head, in short. */
export interface ChecksSeen {
  readonly head: CommitSha;
  readonly ci: "none" | "pending" | "passed" | "failed";
  readonly waiting: readonly {
    readonly what: "check" | "review";
    readonly name: string;
    readonly isRequired: boolean;
  }[];
  /** The branch it targets demands checks of whatever is merged. */
  readonly areRequired: boolean;
  /** One line for a person. */
  readonly words: string;
  /** What was not waited for, or could not be read. */
  readonly noted: readonly string[];
}
