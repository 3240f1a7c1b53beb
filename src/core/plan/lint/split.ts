import type { Issue } from "../issue.ts";
import type { Outline } from "./outline.ts";
import { countedFiles } from "./paths.ts";

/** How an issue could be several. */
export interface SplitProposal {
  /** What shows it, to follow the issue's key. */
  readonly why: string;
  /** The parts in words. */
  readonly parts: string;
}

const CRITERIA_MAX = 8;
const LISTED_POINTS_MIN = 6;
/** A change through two layers is the normal case; three areas with several files each are several changes. */
const AREAS_MIN = 3;
const AREA_FILES_MIN = 2;
const PARTS_SHOWN = 4;

/** Proposes parts by checklists, else by unrelated folders, else by criteria; null where it is one thing. */
export function proposeSplit(issue: Issue, { checklists }: Outline): SplitProposal | null {
  const points = checklists.reduce((sum, list) => sum + list.points, 0);
  if (checklists.length > 1 && points >= LISTED_POINTS_MIN) {
    return {
      why: `has ${checklists.length} checklists of its own`,
      parts: inWords(checklists.map((list) => `"${list.title}" (${list.points} points)`)),
    };
  }
  const areas = areasOf(issue.files);
  if (areas.length >= AREAS_MIN) {
    return {
      why: `changes ${areas.length} areas`,
      parts: inWords(areas.map(([area, count]) => `${area} (${count} files)`)),
    };
  }
  const criteria = issue.acceptanceCriteria.length;
  if (criteria <= CRITERIA_MAX) return null;
  const half = Math.ceil(criteria / 2);
  return {
    why: `has ${criteria} acceptance criteria`,
    parts: `criteria 1 to ${half} and ${half + 1} to ${criteria}`,
  };
}

/** Folders of two levels with several files each; documents and tests go with the code they belong to. */
function areasOf(files: readonly string[]): readonly (readonly [string, number])[] {
  if (files.length < AREAS_MIN * AREA_FILES_MIN) return [];
  const counts = new Map<string, number>();
  for (const file of countedFiles(files)) {
    const area = file
      .replace(/^\.?\//u, "")
      .split("/")
      .slice(0, -1)
      .slice(0, 2)
      .join("/");
    if (area === "" || /^docs?(?:\/|$)/iu.test(area)) continue;
    counts.set(area, (counts.get(area) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count >= AREA_FILES_MIN);
}

function inWords(parts: readonly string[]): string {
  const rest = parts.length - PARTS_SHOWN;
  if (rest > 0) return `${parts.slice(0, PARTS_SHOWN).join(", ")} and ${rest} more`;
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}
