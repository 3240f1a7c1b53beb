import type { WorktreeJson } from "../api/worktree-json.ts";
import { plural } from "../core/report/words.ts";

/** What would be lost with it, in words; null: nothing. */
export function lostWith(shown: WorktreeJson): string | null {
  if (shown.dirty > 0) return `${plural(shown.dirty, "path")} not committed`;
  if (shown.kind === "task" && shown.note?.startsWith("broken") === true)
    return "it is broken, and what lies in it cannot be told from its branch";
  if (shown.merged === false && (shown.ahead ?? 1) > 0) {
    const count = shown.ahead === null ? "commits" : plural(shown.ahead, "commit");
    return `${count} on ${shown.branch ?? "it"} not merged into ${shown.base ?? "anything"}`;
  }
  return null;
}
