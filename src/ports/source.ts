import type { Mark, Milestone } from "../core/plan/issue.ts";
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
