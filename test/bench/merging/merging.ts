import { execFileSync } from "node:child_process";
import {
  mergeModeOf,
  readGitVersion,
  type MergeMode,
} from "../../../src/adapters/git/git-version.ts";
import type { Figure } from "../figures.ts";
import { drainRows } from "./drain.ts";
import { landingRows, type LandingOptions } from "./landings.ts";
import type { Row } from "./row.ts";
import { spaceRows } from "./spaces.ts";
import { wholeRunRows } from "./whole-run.ts";

/** How branches become one, beside what a shell script does on the same repository. */
export async function benchMerging(
  tell: (line: string) => void,
  options: LandingOptions = { repository: null, full: false },
): Promise<readonly Figure[]> {
  const version = execFileSync("git", ["--version"], { encoding: "utf8" }).trim();
  const mode = mergeModeOf(readGitVersion(version));
  tell(`${version}, which merges in mode ${LETTERS[mode]} (${mode})`);
  tell("landings and forecasts …");
  const landings = await landingRows(options);
  tell("queues …");
  const drains = drainRows();
  tell("whole runs …");
  const runs = wholeRunRows();
  tell("worktrees and dependencies …");
  const spaces = await spaceRows();
  return [...landings, ...drains, ...runs, ...spaces].map(asFigure);
}

/** As the design names them. */
const LETTERS: Readonly<Record<MergeMode, string>> = {
  persistent: "A",
  "merge-base": "B",
  "synthetic-parent": "C",
};

function asFigure({ what, baseline, ours, unit = "ms", ratio, aim, note = "" }: Row): Figure {
  const times = `${ours.toFixed(0)} against ${baseline.toFixed(0)} ${unit}`;
  return { what, value: ratio, unit: "x", aim, note: `${times}; ${note}` };
}
