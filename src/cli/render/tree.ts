import type { StatusJson, TaskJson } from "../../api/status-json.ts";
import type { TaskStatus } from "../../core/run/run.ts";
import { paint } from "./look.ts";
import { headLines, questionLines } from "./tree-head.ts";
import { byKey, columnsFor, taskLines, waveLine, type TreeLook } from "./tree-tasks.ts";

export type { TreeLook } from "./tree-tasks.ts";

/** How much of a wave is drawn. */
type Folding = (wave: readonly TaskJson[]) => boolean;

const HOME: ReadonlySet<TaskStatus> = new Set(["merged", "skipped", "failed", "cancelled"]);
const NOT_BEGUN: ReadonlySet<TaskStatus> = new Set(["blocked", "ready"]);

// Tried in this order until the tree fits: whole, without finished waves, with nothing but what moves.
const FOLDINGS: readonly Folding[] = [
  () => false,
  (wave) => wave.every((task) => HOME.has(task.status)),
  (wave) =>
    wave.every((task) => HOME.has(task.status)) || wave.every((task) => NOT_BEGUN.has(task.status)),
];

/**
 * A run as a person sees it: what needs them first, then waves and tasks. Pure: the same state and look give the same
 * lines, none wider than the look allows but for commands, which are there to be copied.
 */
export function renderTree(status: StatusJson, look: TreeLook): readonly string[] {
  let lines: readonly string[] = [];
  // Where nobody works, time stands still: ages are those of the last event.
  const now = status.run.engine === null ? Date.parse(status.run.changedAt) : look.now;
  for (const folding of FOLDINGS) {
    lines = drawn(status, { ...look, now }, folding);
    if (look.height === undefined || lines.length <= look.height) return lines;
  }
  return cut(lines, look.height ?? lines.length, look);
}

function drawn(status: StatusJson, look: TreeLook, isFolded: Folding): readonly string[] {
  const columns = columnsFor(status.tasks, look);
  const tasks = byKey(status);
  const waves = status.waves.flatMap((keys, index) => {
    const wave = keys.map((key) => tasks.get(key)).filter((task) => task !== undefined);
    if (wave.length === 0) return [];
    const folded = isFolded(wave);
    return [
      waveLine(index, wave, look, folded),
      ...(folded ? [] : wave.flatMap((task) => taskLines(task, columns, look))),
    ];
  });
  const parts = [
    headLines(status, look).filter((line) => line !== ""),
    questionLines(status, look),
    waves,
  ];
  return parts
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index === 0 ? part : ["", ...part]));
}

function cut(lines: readonly string[], height: number, look: TreeLook): readonly string[] {
  const kept = lines.slice(0, Math.max(1, height - 1));
  const more = `${lines.length - kept.length} more lines: cairn status`;
  return [...kept, paint(look, "dim", look.ascii ? more : `… ${more}`)];
}
