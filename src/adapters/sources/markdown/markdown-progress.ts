import type { Mark } from "../../../core/plan/issue.ts";
import { scanMarkdown, squeezeBlanks } from "../../../core/shared/markdown-lines.ts";
import type { TaskKey } from "../../../core/shared/names.ts";
import type { ProgressFile } from "../../../ports/source.ts";
import { readHandoff } from "./handoff.ts";

const TITLE_MAX = 200;

/**
 * Keeps how far a markdown plan is in its handoff, `handoff` being the repository path that the milestone names: a
 * section "Task 4.1 Complete" for each task that is done and that the text does not call done yet.
 */
export function markdownProgress(
  handoff: string,
  titles: ReadonlyMap<TaskKey, string> = new Map(),
): ProgressFile {
  return {
    path: handoff,
    isMadeWhenMissing: true,
    mark: (text, marks) => markHandoff(text, marks, titles),
  };
}

function markHandoff(
  text: string,
  marks: ReadonlyMap<TaskKey, Mark>,
  titles: ReadonlyMap<TaskKey, string>,
): string | null {
  const known = new Set(readHandoff(text));
  const missing = [...marks].flatMap(([key, mark]) =>
    mark === "done" && !known.has(key.toLowerCase()) ? [key] : [],
  );
  const sections = missing.flatMap((key) => sectionFor(key, titles.get(key)) ?? []);
  // What is written below a fence that is never closed would be code.
  if (sections.length === 0 || scanMarkdown(text).openedAt !== null) return null;
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const start = text.trim() === "" ? `# Handoff${end}` : text;
  const gap = /(?:\r\n|\n|\r)$/u.test(start) ? end : end + end;
  return start + gap + sections.join(end + end) + end;
}

/** The heading a later reading takes for done, with the title where that does not say otherwise; null: no words do. */
function sectionFor(key: TaskKey, title: string | undefined): string | null {
  const words = squeezeBlanks((title ?? "").replaceAll(/\s/gu, " "))
    .trim()
    .slice(0, TITLE_MAX);
  const plain = `## Task ${key} Complete`;
  const candidates =
    words === "" || words === `Task ${key}` ? [plain] : [`${plain}: ${words}`, plain];
  return (
    candidates.find((line) => {
      const [read, ...more] = readHandoff(line);
      return read === key.toLowerCase() && more.length === 0;
    }) ?? null
  );
}
