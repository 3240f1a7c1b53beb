import { readFileSync } from "node:fs";
import type { TaskJson } from "../../api/status-json.ts";
import type { RunReader } from "../../host/open-run.ts";
import { newestWords } from "../render/transcript.ts";

/** Answers the newest words of a task's live session, read from its folder; null where there are none. */
export async function lastWordsIn(reader: RunReader): Promise<(task: TaskJson) => string | null> {
  const { sessionPaths } = await import("../../composition/session-files.ts");
  return (task) => {
    if (task.session === null) return null;
    try {
      return newestWords(readFileSync(sessionPaths(reader, task.session.id).newest, "utf8"));
    } catch {
      // Not there before its first words, and gone with the session: a view without words is still a view.
      return null;
    }
  };
}
