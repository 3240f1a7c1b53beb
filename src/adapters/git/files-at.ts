import type { CommitSha } from "../../core/shared/names.ts";
import type { FileText } from "../../ports/repository.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { fields } from "./run-git.ts";

/** Of one file, and of one answer, since it is held in memory. */
const TEXT_BYTES_MAX = 1024 * 1024;
const TEXTS_BYTES_MAX = 64 * 1024 * 1024;
/** Where git looks for the NUL byte by which it knows a binary file. */
const SNIFFED_BYTES = 8000;

/** The plain files of a commit that `wants` accepts, in byte order, with their texts; longer ones are left out. */
export async function filesAt(
  context: RepositoryContext,
  commit: CommitSha,
  wants: (path: string) => boolean,
): Promise<readonly FileText[]> {
  const listed = await context.git(["ls-tree", "-r", "-z", "--full-tree", commit, "--"]);
  const files: FileText[] = [];
  let bytesLeft = TEXTS_BYTES_MAX;
  for (const line of fields(listed.text)) {
    const [facts, path] = splitAt(line, line.indexOf("\t"));
    const [mode = "", , blob = ""] = facts.split(" ");
    if (!mode.startsWith("100") || !wants(path)) continue;
    const found = await context.objects.find(blob);
    if (found === null || found.bytes > Math.min(TEXT_BYTES_MAX, bytesLeft)) continue;
    const bytes = await context.objects.content(blob);
    if (bytes === null || bytes.subarray(0, SNIFFED_BYTES).includes(0)) continue;
    bytesLeft -= bytes.length;
    files.push({ path, text: bytes.toString("utf8") });
  }
  return files;
}

function splitAt(line: string, at: number): readonly [string, string] {
  return [line.slice(0, at), line.slice(at + 1)];
}
