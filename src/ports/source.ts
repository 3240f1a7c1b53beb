import type { Milestone } from "../core/plan/issue.ts";

/** Where a milestone is read from. */
export interface Source {
  readonly kind: Milestone["source"]["kind"];
  /**
   * Reads the milestone named by `reference`. Defects of the text are findings inside the answer, all at once.
   * @throws UserError when there is nothing to read: `source/not-found`, `source/empty`, `source/no-tasks`.
   */
  read(reference: string): Promise<Milestone>;
}
