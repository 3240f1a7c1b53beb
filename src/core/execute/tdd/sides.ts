import type { ChangedFile } from "../../review/stops/changed-file.ts";
import { inlineTests } from "../../shared/written-tests/inline-tests.ts";
import type { PathKinds } from "./path-kinds.ts";

/** What a change does on the side of the tests, and on that of the source; one file may be on both. */
export interface Sides {
  /** Files of tests. */
  readonly testFiles: readonly ChangedFile[];
  /** Parts of source files that are tests, as files of their own under the same path. */
  readonly inline: readonly ChangedFile[];
  readonly sources: readonly ChangedFile[];
}

/** Sorts what was changed; a source file in which nothing but its tests changed is no changed source. */
export function sidesOf(files: readonly ChangedFile[], { kindOf }: PathKinds): Sides {
  const testFiles = files.filter(({ path }) => kindOf(path) === "test");
  const inline: ChangedFile[] = [];
  const sources: ChangedFile[] = [];
  for (const file of files.filter(({ path }) => kindOf(path) === "source")) {
    const { path, before, after } = file;
    const old = before === null ? null : inlineTests(path, before);
    const now = after === null ? null : inlineTests(path, after);
    if (old?.tests !== now?.tests)
      inline.push({ ...file, before: old?.tests ?? null, after: now?.tests ?? null });
    const hasTests = old !== null || now !== null;
    const isSame = (old?.rest ?? before?.trimEnd()) === (now?.rest ?? after?.trimEnd());
    if (!hasTests || !isSame) sources.push(file);
  }
  return { testFiles, inline, sources };
}
