import type { Mark, Milestone } from "../core/plan/issue.ts";
import type { FollowUpDraft, FollowUpName, NamedFollowUp } from "../core/run/follow-ups.ts";
import type { TaskKey } from "../core/shared/names.ts";

/** Where a milestone is read from. */
export interface Source {
  readonly kind: Milestone["source"]["kind"];
  /**
   * Reads the milestone named by `reference`. Defects of the text are findings inside the answer, all at once.
   * @throws UserError when there is nothing to read: `source/not-found`, `source/empty`, `source/no-tasks`.
   */
  read(reference: string): Promise<Milestone>;
}

export type { Mark } from "../core/plan/issue.ts";

/** The file in which a source keeps how far its milestone is. */
export interface ProgressFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  /** Made from nothing where it is not there yet; absent: then there is nothing to mark. */
  readonly isMadeWhenMissing?: true;
  /**
   * The text with those marks set; everything else stays byte for byte. Null where nothing has to change or the text
   * cannot be understood any more. Pure, never throws.
   */
  mark(text: string, marks: ReadonlyMap<TaskKey, Mark>): string | null;
}

/** A service on which issues that take over the rest of a partial result are made. */
export interface FollowUpPlace {
  /**
   * Makes each of them once, with the edges to and from others that the service has; one that is there already is found
   * by its marker. Answers their names in the same order. @throws trouble that may pass, as `trouble/…`.
   */
  add(drafts: readonly FollowUpDraft[]): Promise<readonly FollowUpName[]>;
}

/**
 * How a source in files takes issues that take over the rest of a partial result: named at once, written together with
 * the marks of what is done. All of it is pure and never throws.
 */
export interface FollowUpFiles {
  /** A name that the source can write, next to `of` and none of `taken`; null: it has none left. */
  nameFor(of: TaskKey, taken: ReadonlySet<TaskKey>): FollowUpName | null;
  /** What brings one of them into the files. */
  edits(followUp: NamedFollowUp): readonly TextEdit[];
}

/** A change of one text file. */
export interface TextEdit {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  /** The new text; the same where it is in already, null where the text cannot take it. `text` is null where there is none. */
  readonly edit: (text: string | null) => string | null;
}
