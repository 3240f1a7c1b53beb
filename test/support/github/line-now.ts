// Where a line that somebody commented on stands in a later commit.
import { execFileSync } from "node:child_process";
import { environment } from "./git-side.ts";
import type { Hub, Thread } from "./hub.ts";

const known = new Map<string, string | null>();

/** Differences of one file between two commits; null: the commits, or the file in one of them, are not there. */
function differences(hub: Hub, from: string, to: string, file: string): string | null {
  const key = [hub.gitDir, from, to, file].join("\n");
  const found = known.get(key);
  if (found !== undefined) return found;
  let text: string | null = null;
  try {
    const args = ["diff", "--no-ext-diff", "--no-renames", "-U0", from, to, "--", file];
    text = execFileSync("git", args, {
      cwd: hub.gitDir,
      env: environment(),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    // Commits that only a test's imagination knows.
  }
  known.set(key, text);
  return text;
}

/** Null: the line was changed or is gone, and what was said about it is outdated. */
export function lineNow(hub: Hub, thread: Thread, head: string): number | null {
  const { line } = thread;
  if (line === null || thread.commit === head) return line;
  const text = differences(hub, thread.commit, head, thread.path);
  if (text === null) return null;
  let shift = 0;
  for (const hunk of text.matchAll(/^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/gm)) {
    const start = Number(hunk[1]);
    const removed = Number(hunk[2] ?? 1);
    const added = Number(hunk[3] ?? 1);
    // A hunk that only adds names the line before it.
    if (removed > 0 && line >= start && line < start + removed) return null;
    if (start + Math.max(removed, 1) - 1 < line) shift += added - removed;
  }
  return line + shift;
}
