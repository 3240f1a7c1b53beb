import type { Figure } from "../figures.ts";
import { drainRows } from "./drain.ts";
import { landingRows } from "./landings.ts";
import type { Row } from "./row.ts";
import { spaceRows } from "./spaces.ts";

/** How branches become one, beside what a shell script does on the same repository. */
export async function benchMerging(tell: (line: string) => void): Promise<readonly Figure[]> {
  tell("landings and forecasts …");
  const landings = await landingRows();
  tell("queues …");
  const drains = drainRows();
  tell("worktrees and dependencies …");
  const spaces = await spaceRows();
  return [...landings, ...drains, ...spaces].map(asFigure);
}

function asFigure({ what, baseline, ours, unit = "ms", ratio, aim, note = "" }: Row): Figure {
  const times = `${ours.toFixed(0)} against ${baseline.toFixed(0)} ${unit}`;
  return { what, value: ratio, unit: "x", aim, note: `${times}; ${note}` };
}
