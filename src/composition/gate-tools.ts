import { createHash } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { RunSettings } from "../core/run/settings.ts";

/** Nearly every gate ends in one of them, whether its command names it or not. */
const ALWAYS = ["git", "node"];

/**
 * A fingerprint of the programs from the PATH that gate commands name: another one means that what was green before
 * has to be measured again. Files are told apart by size and time, which is what an update changes; nothing is started.
 * Programs inside the repository are part of the tree that is gated.
 */
export function gateTools(
  { preMerge, postMerge }: Pick<RunSettings["gates"], "preMerge" | "postMerge">,
  path: string | undefined,
): string {
  const commands = [...preMerge, ...postMerge].map(({ run }) => run);
  const words = commands.flatMap((run) => run.match(/[A-Za-z0-9_.+/-]+/g) ?? []);
  const names = [...new Set([...ALWAYS, ...words])].filter((word) => !word.includes("/"));
  const files = names.toSorted().map((name) => `${name} ${identityOf(name, path)}`);
  const facts = [process.platform, process.arch, ...files].join("\n");
  return createHash("sha256").update(facts).digest("hex").slice(0, 16);
}

/** Of the first file of that name, links followed; empty: there is none. */
function identityOf(name: string, path: string | undefined): string {
  for (const folder of (path ?? "").split(delimiter)) {
    if (folder === "") continue;
    try {
      const file = realpathSync(join(folder, name));
      const stats = statSync(file);
      const { size, mtimeMs } = stats;
      if (stats.isFile() && (stats.mode & 0o111) !== 0) return `${file} ${size} ${mtimeMs}`;
    } catch {
      continue;
    }
  }
  return "";
}
