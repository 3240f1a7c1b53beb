import type { Finding } from "./agent-report.ts";

/** What an attempt or a fix round came to, as far as it tells whether the task goes round in circles. */
export interface FailedState {
  readonly reason: string;
  /** The program's own words; what counts where nothing was found. */
  readonly detail: string;
  readonly findings: readonly Finding[];
  /** Of what was accepted last; null: nothing yet. */
  readonly patchId: string | null;
}

/** What was found in new work may need more than one look: this often the same is found before it is a circle. */
const SAME_FINDINGS_MAX = 3;
/** Where nothing has changed since, once more is enough. */
const SAME_ERROR_MAX = 2;
/** States a task remembers: more than all its fix rounds together. */
const REMEMBERED_MAX = 40;

/**
 * How often the task has come to this very state, this time included, where that is too often; null: it may go on. What
 * lies between does not matter, so that a task that swings between two states is found as well.
 */
export function repeats(seen: readonly string[], state: FailedState): number | null {
  const mark = markOf(state);
  const times = 1 + seen.filter((earlier) => earlier === mark).length;
  return times >= (state.findings.length > 0 ? SAME_FINDINGS_MAX : SAME_ERROR_MAX) ? times : null;
}

/** The memory with one more state; the oldest are forgotten. */
export function remembered(seen: readonly string[], state: FailedState): readonly string[] {
  return [...seen, markOf(state)].slice(-REMEMBERED_MAX);
}

/**
 * Equal for equal states. The same findings are the same state whatever the patch has become meanwhile; words alone are
 * only where the patch is the same as well.
 */
function markOf({ reason, detail, findings, patchId }: FailedState): string {
  if (findings.length === 0) return digest(["error", reason, patchId ?? "", steady(detail)]);
  const found = findings.map(({ file, message }) => `${file ?? ""}\n${steady(message)}`);
  return digest(["found", ...found.toSorted()]);
}

const MOMENTARY: readonly RegExp[] = [
  /\b\d{4}-\d{2}-\d{2}T[\d:.]+Z?/g,
  /\b\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?\b/g,
  /\b\d+(?:[.,]\d+)?\s?(?:ms|s|sec|seconds|m|min|minutes)\b/g,
  /\b[0-9a-f]{7,64}\b/gi,
  /\bpid \d+/gi,
];

/** Without what is never the same twice: times, durations, commits, process numbers. Counts stay: fewer is better. */
function steady(words: string): string {
  return MOMENTARY.reduce((text, pattern) => text.replaceAll(pattern, "~"), words);
}

/** FNV-1a over two halves: told apart by accident only, and a fold keeps thousands of them. */
function digest(parts: readonly string[]): string {
  const text = parts.join("\u0000");
  let [low, high] = [0x81_1c_9d_c5, 0xcb_f2_9c_e4];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01_00_01_93);
    high = Math.imul(high ^ (code + at), 0x01_00_01_93);
  }
  return [low, high].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
