import type { GroupChange, PlanDifference } from "./compare-plans.ts";

const TITLE_MAX = 120;
const KEYS_SHOWN = 12;

/**
 * The difference in calm words, one line for each change and none where nothing changed: `+ 4.7 Write the docs`,
 * `~ 4.2 text edited`, `4.3 no longer waits for 4.1`. Another order is told where nothing else changed it.
 */
export function differenceLines(difference: PlanDifference): readonly string[] {
  const lines = [
    ...difference.added.map(
      ({ key, title, followUpOf }) =>
        `+ ${key} ${oneLine(title)}${followUpOf === undefined ? "" : ` (follow-up of ${oneLine(followUpOf)})`}`,
    ),
    ...difference.removed.map(({ key, title }) => `- ${key} ${oneLine(title)}`),
    ...difference.retitled.map(
      ({ key, before, after }) =>
        `~ ${key} is now called "${oneLine(after)}", it was "${oneLine(before)}"`,
    ),
    ...difference.edited.map((key) => `~ ${key} text edited`),
    ...difference.closed.map(({ key, as }) => `${key} ${CLOSED[as]}`),
    ...difference.reopened.map((key) => `${key} is open again`),
    ...difference.edgesAdded.map(
      ({ dependent, blocker, strength }) =>
        `${dependent} now ${strength === "hard" ? "waits for" : "comes after"} ${blocker}`,
    ),
    ...difference.edgesRemoved.map(
      ({ dependent, blocker, strength }) =>
        `${dependent} no longer ${strength === "hard" ? "waits for" : "comes after"} ${blocker}`,
    ),
    ...difference.groups.flatMap(groupLines),
  ];
  const { order } = difference;
  return lines.length > 0 || order === null ? lines : [`The order is now ${keyList(order)}`];
}

const CLOSED = {
  completed: "is done",
  "not-planned": "was closed as not planned",
  duplicate: "was closed as a duplicate",
} as const;

function groupLines({ id, before, after }: GroupChange): readonly string[] {
  if (before.length === 0) return [`${keyList(after)} are now the conflict group ${oneLine(id)}`];
  if (after.length === 0)
    return [`The conflict group ${oneLine(id)} (${keyList(before)}) is no more`];
  return [
    ...after.filter((key) => !before.includes(key)).map((key) => `${key} joins ${oneLine(id)}`),
    ...before.filter((key) => !after.includes(key)).map((key) => `${key} leaves ${oneLine(id)}`),
  ];
}

function keyList(keys: readonly string[]): string {
  const rest = keys.length - KEYS_SHOWN;
  return `${keys.slice(0, KEYS_SHOWN).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** Titles come from anybody: no line of theirs begins one of ours. */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
  return line.length > TITLE_MAX ? `${line.slice(0, TITLE_MAX - 1)}…` : line;
}
