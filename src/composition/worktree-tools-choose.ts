import type { RemovedWorktreesJson, WorktreeJson } from "../api/worktree-json.ts";
import { formatDuration } from "../core/report/words.ts";
import { lostWith } from "./worktree-tools-lost.ts";

export interface ChoiceRules {
  readonly now: number;
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  readonly all: boolean;
  readonly force: boolean;
}

export interface Choice {
  readonly removed: readonly { readonly path: string; readonly why: string }[];
  readonly kept: RemovedWorktreesJson["kept"];
}

/** What a cleanup removes: finished, too old, left over; then, over the room there is, the oldest of the rest. */
export function chooseRemovals(worktrees: readonly WorktreeJson[], rules: ChoiceRules): Choice {
  const going = new Map<string, string>();
  for (const one of worktrees) {
    const why = reasonToGo(one, rules);
    if (why !== null && (rules.force || lostWith(one) === null)) going.set(one.path, why);
  }
  for (const one of overRoom(worktrees, going, rules)) {
    going.set(one.path, "all worktrees together take more than workspace.max_size");
  }
  const staying = worktrees.filter((one) => !going.has(one.path));
  return {
    removed: [...going].map(([path, why]) => ({ path, why })),
    kept: staying.map((one) => ({ path: one.path, key: one.key, why: reasonToStay(one, rules) })),
  };
}

/** Null: nothing speaks for its removal, or it is not for this tool to remove. */
function reasonToGo(one: WorktreeJson, rules: ChoiceRules): string | null {
  if (!isOwn(one)) return null;
  if (one.kind === "orphan") return one.note ?? "left over";
  if (one.merged === true && one.hasOwnWork) return "merged";
  const age = ageOf(one, rules.now);
  if (age > rules.maxAgeMs) return `not used for ${formatDuration(age)}`;
  return rules.all ? "nothing is lost with it" : null;
}

function overRoom(
  worktrees: readonly WorktreeJson[],
  going: ReadonlyMap<string, string>,
  rules: ChoiceRules,
): readonly WorktreeJson[] {
  const staying = worktrees.filter((one) => !going.has(one.path));
  let bytes = staying.reduce((sum, one) => sum + one.bytes, 0);
  const chosen: WorktreeJson[] = [];
  const candidates = staying
    .filter((one) => isOwn(one) && (rules.force || lostWith(one) === null))
    .toSorted((a, b) => ageOf(b, rules.now) - ageOf(a, rules.now));
  for (const one of candidates) {
    if (bytes <= rules.maxBytes) break;
    chosen.push(one);
    bytes -= one.bytes;
  }
  return chosen;
}

function reasonToStay(one: WorktreeJson, rules: ChoiceRules): string {
  if (one.run !== null) {
    const whose = `belongs to the run ${one.run}`;
    return one.note === null ? whose : `${whose}, which is over: cairn clean removes it`;
  }
  if (!isOwn(one)) return `${one.note ?? "left over"}: cairn clean removes it`;
  const lost = lostWith(one);
  if (lost !== null) return lost;
  return `in use: made or moved ${formatDuration(ageOf(one, rules.now))} ago`;
}

/** Made by hand, or left over from it. */
function isOwn(one: WorktreeJson): boolean {
  return one.kind === "task" || (one.kind === "orphan" && /\/tasks\/[^/]+$/.test(one.path));
}

function ageOf(one: WorktreeJson, now: number): number {
  return one.usedAt === null ? Infinity : now - Date.parse(one.usedAt);
}
