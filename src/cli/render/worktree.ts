import type {
  RebasedWorktreeJson,
  RemovedWorktreesJson,
  WorktreeJson,
  WorktreesJson,
} from "../../api/worktree-json.ts";
import { formatDuration, plural, shortCommit } from "../../core/report/words.ts";
import { paint, type Look } from "./look.ts";
import { displayWidth, fit, oneLine } from "./text-width.ts";

/** A key may be anything a person typed. */
const KEY_WIDTH = 24;

/** The table of `cairn worktree status`. */
export function worktreeLines(document: WorktreesJson, now: number, look: Look): readonly string[] {
  const { worktrees } = document;
  if (worktrees.length === 0) return ["No worktrees. Make one: cairn worktree create KEY"];
  const head = ["KEY", "BRANCH", "AHEAD", "BEHIND", "CHANGED", "AGE", "SIZE", "WHOSE"];
  const rows = worktrees.map((one) => rowOf(one, now));
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => displayWidth(row[at] ?? ""))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => padTo(cell, widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return [
    paint(look, "bold", line(head)),
    ...rows.flatMap((row, at) => {
      const note = worktrees[at]?.note ?? null;
      return note === null ? [line(row)] : [line(row), paint(look, "yellow", `  ${note}`)];
    }),
    `${plural(worktrees.length, "worktree")}, ${inWords(document.bytes)} of ${inWords(document.maxBytes)} (workspace.max_size), in ${document.folder}`,
  ];
}

function rowOf(one: WorktreeJson, now: number): readonly string[] {
  const age = one.usedAt === null ? "-" : formatDuration(now - Date.parse(one.usedAt));
  return [
    one.key === null ? "-" : fit(oneLine(one.key), KEY_WIDTH),
    one.branch ?? "-",
    one.ahead === null ? "-" : String(one.ahead),
    one.behind === null ? "-" : String(one.behind),
    one.dirty === 0 ? "no" : plural(one.dirty, "path"),
    age,
    inWords(one.bytes),
    whose(one),
  ];
}

function whose(one: WorktreeJson): string {
  switch (one.kind) {
    case "task":
      return one.merged === true && one.hasOwnWork ? "by hand, merged" : "by hand";
    case "run":
      return `run ${one.run ?? ""}`;
    case "gates":
      return `gates of ${one.run ?? ""}`;
    case "orphan":
      return "nobody";
  }
}

/** What was removed and what stays. */
export function removalLines(document: RemovedWorktreesJson, look: Look): readonly string[] {
  const { removed, kept, dryRun } = document;
  const bytes = removed.reduce((sum, one) => sum + one.bytes, 0);
  const title = dryRun ? "Would remove" : "Removed";
  const gone = removed.flatMap((one) => [
    `  ${nameOf(one)}  ${one.why}, ${inWords(one.bytes)}${branchWords(one)}`,
    ...(one.keptAs === null ? [] : [`    its commits are kept as ${one.keptAs}`]),
  ]);
  return [
    ...(removed.length === 0
      ? ["Nothing to remove."]
      : [title, ...gone, `${plural(removed.length, "worktree")}, ${inWords(bytes)}.`]),
    ...(kept.length === 0 ? [] : ["Kept"]),
    ...kept.map((one) => paint(look, "dim", `  ${nameOf(one)}  ${one.why}`)),
  ];
}

function nameOf(one: { readonly key: string | null; readonly path: string }): string {
  return one.key === null ? one.path : fit(oneLine(one.key), KEY_WIDTH);
}

function branchWords(one: RemovedWorktreesJson["removed"][number]): string {
  if (one.branch === null) return "";
  return one.branchDeleted ? `, with its branch ${one.branch}` : `; the branch ${one.branch} stays`;
}

export function rebaseLines(document: RebasedWorktreeJson): readonly string[] {
  const { branch, onto, commit, conflicts } = document;
  switch (document.result) {
    case "rebased":
      return [`${branch} stands on ${onto} now, at ${shortCommit(commit)}.`];
    case "unchanged":
      return [`${branch} stands on ${onto} already.`];
    case "conflict":
      return [
        `${branch} conflicts with ${onto} in ${plural(conflicts.length, "file")}; everything is as it was.`,
        ...conflicts.slice(0, 20).map((path) => `  ${path}`),
        ...(conflicts.length > 20 ? [`  (${conflicts.length - 20} more)`] : []),
      ];
  }
}

function padTo(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

function inWords(bytes: number): string {
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} kB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
