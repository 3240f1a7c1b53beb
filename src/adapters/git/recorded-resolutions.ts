import { createHash } from "node:crypto";
import type { ConflictedFile } from "../../core/merge/conflicts/facts.ts";
import type { CommitSha } from "../../core/shared/names.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { entriesAt } from "./entries-at.ts";

type Triple = Pick<ConflictedFile, "path" | "base" | "ours" | "theirs">;

/** One ref for each triple of blobs, pointing at the blob that settled it: so it is kept, and every run finds it. */
export const RESOLUTIONS = "refs/cairn/resolutions/";

/** What the same three blobs were merged to before; null: they never were, or it is no text. */
export async function recordedText(
  context: RepositoryContext,
  triple: Triple,
): Promise<string | null> {
  const ref = refOf(triple);
  if (ref === null) return null;
  const found = await context.objects.find(ref);
  if (found?.type !== "blob") return null;
  const bytes = await context.objects.content(found.id);
  return bytes === null || bytes.includes(0) ? null : bytes.toString("utf8");
}

/**
 * Records how the conflicts in these files were settled, as the merged commit has them. Only where the commit before it
 * still had our side: else the result holds more than this merge.
 */
export async function recordResolutions(
  context: RepositoryContext,
  merged: CommitSha,
  files: readonly Triple[],
): Promise<void> {
  const [parent] = (await context.objects.commit(merged)).parents;
  if (parent === undefined) return;
  const paths = files.map(({ path }) => path);
  const [now, before] = await Promise.all([
    entriesAt(context, merged, paths),
    entriesAt(context, parent, paths),
  ]);
  for (const file of files) {
    const ref = refOf(file);
    const result = now.get(file.path);
    if (ref === null || result === undefined || !result.mode.startsWith("100")) continue;
    if (before.get(file.path)?.blob !== file.ours?.blob) continue;
    const known = (await context.objects.find(ref))?.id ?? null;
    // Somebody may record the same at the same time: then it is there, which is all that is wanted.
    if (known !== result.blob) await context.refs.move(ref, known, result.blob);
  }
}

/** Null where a side is missing or no plain file: nothing that a text could settle. */
function refOf({ base, ours, theirs }: Triple): string | null {
  const sides = [ours, theirs, ...(base === null ? [] : [base])];
  if (sides.some((side) => side?.mode.startsWith("100") !== true)) return null;
  const ids = [base?.blob ?? "none", ours?.blob, theirs?.blob].join(" ");
  return RESOLUTIONS + createHash("sha1").update(ids).digest("hex");
}
