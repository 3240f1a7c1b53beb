import { followUpsToWrite } from "../core/run/follow-ups.ts";
import { progressMarks } from "../core/run/progress-marks.ts";
import type { Run } from "../core/run/run.ts";
import type { TaskKey } from "../core/shared/names.ts";
import type { TextEdit } from "../ports/source.ts";
import type { World } from "./performer.ts";

/** What is to be written into the source's own files. */
export interface SourceEdits {
  /** The file that is named to a person. */
  readonly path: string;
  /** One for each path. */
  readonly files: readonly TextEdit[];
  /** Follow-ups that the texts could take, once the edits were made. */
  readonly taken: () => readonly TaskKey[];
}

/**
 * Marks of what is done, and the issues that joined the run for what partial results left; null where the source keeps
 * neither in the repository.
 */
export function sourceEdits(world: World, run: Run): SourceEdits | null {
  const marked = world.progressFile(run);
  const files = world.followUpFiles?.(run) ?? null;
  const marks = progressMarks(run);
  const taken = new Set<TaskKey>();
  const edits: TextEdit[] = (files === null ? [] : followUpsToWrite(run)).flatMap((followUp) =>
    (files?.edits(followUp) ?? []).map(({ path, edit }, index) => ({
      path,
      edit: (text: string | null) => {
        const after = edit(text);
        // The first of them holds the issue itself, the others only name it.
        if (after !== null && index === 0) taken.add(followUp.key);
        return after;
      },
    })),
  );
  // Behind the follow-ups: those that are done by now are marked, too.
  if (marked !== null)
    edits.push({
      path: marked.path,
      edit: (text) =>
        text === null && marked.isMadeWhenMissing !== true ? null : marked.mark(text ?? "", marks),
    });
  const path = marked?.path ?? edits[0]?.path;
  return path === undefined ? null : { path, files: byPath(edits), taken: () => [...taken] };
}

/** Edits of one file as one, each on what the ones before it left. */
function byPath(edits: readonly TextEdit[]): readonly TextEdit[] {
  const grouped = [...Map.groupBy(edits, ({ path }) => path)];
  return grouped.map(([path, all]) => ({
    path,
    edit: (text) => {
      const after = all.reduce((before, { edit }) => edit(before) ?? before, text);
      return after === text ? null : after;
    },
  }));
}
