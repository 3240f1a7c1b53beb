import fs from "node:fs";
import path from "node:path";
import { beadsProgress } from "../../src/adapters/sources/beads/beads-source.ts";
import { folderProgress } from "../../src/adapters/sources/folder/folder-progress.ts";
import { readTracking } from "../../src/adapters/sources/folder/tracking.ts";
import { readHandoff } from "../../src/adapters/sources/markdown/handoff.ts";
import { markdownProgress } from "../../src/adapters/sources/markdown/markdown-progress.ts";
import { specKitProgress } from "../../src/adapters/sources/spec-kit/spec-kit-source.ts";
import { taskMasterProgress } from "../../src/adapters/sources/task-master/task-master-source.ts";
import type { Issue, Mark, Milestone } from "../../src/core/plan/issue.ts";
import { scanMarkdown } from "../../src/core/shared/markdown-lines.ts";
import type { ProgressFile } from "../../src/ports/source.ts";
import type { Complaints } from "./check-plan.ts";

type Marks = ReadonlyMap<string, Mark>;

interface Marked {
  readonly text: string;
  /** Null: nothing was to be changed. */
  readonly marked: string | null;
  readonly marks: Marks;
  readonly milestone: Milestone;
}

interface Kept {
  readonly progress: (milestone: Milestone) => ProgressFile | null;
  readonly markOf: (index: number) => Mark;
  /** What a mark broke, beyond what is asked of all. */
  readonly complaints: (marked: Marked) => Complaints;
}

const KEPT: Readonly<Record<string, Kept>> = {
  "spec-kit": boxes(({ source }) => specKitProgress(source.reference)),
  "task-master": boxes(({ source }) => taskMasterProgress(source.reference)),
  beads: boxes(({ source }) => beadsProgress(source.reference)),
  markdown: {
    progress: ({ handoff, issues }) =>
      handoff === null ? null : markdownProgress(handoff, titlesOf(issues)),
    markOf: () => "done",
    complaints: complaintsAboutHandoff,
  },
  folder: {
    progress: ({ source, issues }) => folderProgress(source.reference, issues),
    markOf: (index) => (["done", "blocked", "skipped"] as const)[index % 3] ?? "done",
    complaints: complaintsAboutTracking,
  },
};

/** Marks never throw, are set once, close what they mark, and leave all other bytes as they are. */
export function complaintsAboutMarks(root: string, milestone: Milestone): Complaints {
  const kept = KEPT[milestone.source.kind];
  const progress = kept?.progress(milestone) ?? null;
  if (kept === undefined || progress === null) return [];
  const file = path.join(root, progress.path);
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  const marks: Marks = new Map(
    milestone.issues.map((issue, index) => [issue.key, kept.markOf(index)]),
  );
  const marked = progress.mark(text, marks);
  const again = marked === null ? null : progress.mark(marked, marks);
  return [
    ...kept.complaints({ text, marked, marks, milestone }),
    ...(again === null ? [] : ["marks are set twice"]),
  ];
}

/** Sources that have a box or a status for each issue: one that is open can always be closed. */
function boxes(progress: Kept["progress"]): Kept {
  return {
    progress,
    markOf: () => "done",
    complaints: ({ marked, milestone }) => {
      if (marked !== null) return [];
      // Of doubled keys the first one counts.
      const first = new Map(
        milestone.issues.map((issue) => [issue.key, issue] as const).toReversed(),
      );
      const open = [...first.values()].find((issue) => issue.state === "open");
      return open === undefined ? [] : [`${open.key} cannot be marked as done`];
    },
  };
}

function titlesOf(issues: readonly Issue[]): ReadonlyMap<string, string> {
  return new Map(issues.map((issue) => [issue.key, issue.title]));
}

/** Below what was written, and nowhere else. */
function complaintsAboutHandoff({ text, marked, marks }: Marked): Complaints {
  const known = new Set(readHandoff(marked ?? text));
  const open = scanMarkdown(text).openedAt === null ? [...marks.keys()] : [];
  const missing = open.filter((key) => !known.has(key.toLowerCase()));
  const isKept = marked === null || text.trim() === "" || marked.startsWith(text);
  return [
    ...missing.map((key) => `${key} is not called done by the handoff`),
    ...(isKept ? [] : ["a mark changed what stood in the handoff"]),
  ];
}

/** Lines about issues may change, and rows are added; all other lines stay, in their order. */
function complaintsAboutTracking({ text, marked, marks }: Marked): Complaints {
  // In a file without any words there is no line to keep.
  if (marked === null || text.trim() === "") return [];
  const about = new Set(readTracking(text).entries.map((entry) => entry.line));
  const [before, after] = [linesOf(text), linesOf(marked)];
  const others = before.filter((_, index) => !about.has(index + 1));
  let found = 0;
  for (const line of after) {
    // The last line may get an end.
    const isLast = found === others.length - 1;
    const isSame = line === others[found] || (isLast && bare(line) === bare(others[found] ?? ""));
    if (isSame) found += 1;
  }
  const added = after.length - before.length;
  return [
    ...(found === others.length ? [] : ["a mark changed another line of the plan"]),
    // A heading, blank lines and the top of a table, if there was none.
    ...(added >= 0 && added <= marks.size + 6 ? [] : [`marks added ${added} lines`]),
  ];
}

/** With their ends. */
function linesOf(text: string): readonly string[] {
  return text.split(/(?<=\r\n|\n|\r(?!\n))/u);
}

function bare(line: string): string {
  return line.replace(/[\r\n]+$/u, "");
}
