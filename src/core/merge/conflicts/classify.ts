import type { ConflictedFile, ConflictKind } from "./facts.ts";

/** Up to how much an agent is asked to settle; beyond it the work is done anew. */
export interface ConflictLimits {
  readonly files: number;
  readonly hunks: number;
  /** Conflicting lines of both sides together. */
  readonly lines: number;
}

export interface ClassifiedConflict extends ConflictLimits {
  readonly class: "trivial" | "medium" | "heavy";
  /** One sentence for a person. */
  readonly why: string;
}

/** What happened to a path, for kinds that no reader of markers can settle. */
const HEAVY_KINDS: Readonly<Record<Exclude<ConflictKind, "contents" | "add-add">, string>> = {
  "modify-delete": "was deleted on one side and changed on the other",
  rename: "was renamed in ways that do not go together",
  directory: "is a file on one side and a folder on the other",
  mode: "has a different kind or mode on each side",
  binary: "is no text",
  link: "is a link that leads elsewhere on each side",
  submodule: "is a submodule",
  other: "conflicts in a way that git does not spell out",
};

/**
 * The class of a conflict by rule alone. `trivial`: every file has a proven resolver. `medium`: nothing but texts that
 * differ, within the limits; what programs write does not count for them. `heavy`: everything else, and a conflict of
 * which git names no file.
 */
export function classifyConflict(
  files: readonly ConflictedFile[],
  limits: ConflictLimits,
): ClassifiedConflict {
  const counted = files.filter((file) => !file.isGenerated);
  const size: ConflictLimits = {
    files: counted.length,
    hunks: sum(counted.map(({ hunks }) => hunks)),
    lines: sum(counted.map(({ lines }) => lines)),
  };
  if (files.length === 0)
    return { class: "heavy", why: "Git names no file that conflicts.", ...size };
  if (files.every(({ resolvedBy }) => typeof resolvedBy === "string"))
    return { class: "trivial", why: wordsForRules(files), ...size };
  const heavy = heavyWords(files) ?? overWords(size, limits);
  if (heavy !== null) return { class: "heavy", why: heavy, ...size };
  return { class: "medium", why: `Texts conflict in ${sizeWords(size)}.`, ...size };
}

function wordsForRules(files: readonly ConflictedFile[]): string {
  const rules = [...new Set(files.flatMap(({ resolvedBy }) => resolvedBy ?? []))].toSorted();
  return `Every conflict is settled by rule: ${rules.join(", ")}.`;
}

function heavyWords(files: readonly ConflictedFile[]): string | null {
  const heavy = files.flatMap(({ path, kind }) =>
    kind === "contents" || kind === "add-add" ? [] : [`\`${path}\` ${HEAVY_KINDS[kind]}`],
  );
  const [first, ...more] = heavy;
  if (first === undefined) return null;
  return more.length === 0 ? `${first}.` : `${first}; ${more.length} more like it.`;
}

function overWords(size: ConflictLimits, limits: ConflictLimits): string | null {
  const over = (["files", "hunks", "lines"] as const).find((what) => size[what] > limits[what]);
  if (over === undefined) return null;
  return `${size[over]} ${over} conflict, more than the ${limits[over]} that are settled in place.`;
}

function sizeWords({ files, hunks, lines }: ConflictLimits): string {
  if (files === 0) return "files that programs write";
  return [numbered(files, "file"), numbered(hunks, "hunk"), numbered(lines, "line")].join(", ");
}

function numbered(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
