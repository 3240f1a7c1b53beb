import { judgeGates } from "../core/execute/judge-gates.ts";
import type { ActionOf } from "../core/run/actions.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import type { TaskKey } from "../core/shared/names.ts";
import type { Measured } from "./test-with-marks.ts";

type Found = Omit<Extract<Outcome, { of: "FindCulprit" }>, "of">;
type Search = Pick<ActionOf<"FindCulprit">, "base" | "commit" | "landings">;

/**
 * Looks for the merge that made the whole red, by the same commands on what the branch was after each landing: first on
 * what it was before all of them, then by halves, log2 of the landings in all. What decides is measured twice: a
 * landing that is red once and green once has broken nothing for certain, and is not named.
 */
export async function findCulprit(
  { base, commit, landings }: Search,
  baseline: Run["baseline"],
  measure: (commit: string) => Promise<Measured>,
): Promise<Found> {
  const trials: Found["search"]["trials"][number][] = [];
  const breaches: NonNullable<Measured["breaches"]>[number][] = [];
  const isRed = async (task: TaskKey | null, at: string): Promise<boolean> => {
    const { results, breaches: wrote = [] } = await measure(at);
    breaches.push(...wrote);
    const ok = judgeGates(results, baseline).length === 0;
    trials.push({ task, commit: at, ok });
    return !ok;
  };
  const answer = (culprit: TaskKey | null, why: string): Found => ({
    culprit,
    search: { trials, why },
    ...(breaches.length === 0 ? {} : { breaches }),
  });
  if (await isRed(null, base))
    return answer(null, "It was red before anything of this run was merged.");
  const last = landings.at(-1);
  if (last === undefined)
    return answer(null, "Nothing of this run is merged: others have moved the branch.");
  // Above the last landing there may be commits of others; they are judged by the same measure.
  if (last.commit !== commit && !(await isRed(last.task, last.commit)))
    return answer(
      null,
      "It is green after the last merge of this run: what came after it is not the run's.",
    );
  let green = -1;
  let red = landings.length - 1;
  while (red - green > 1) {
    const middle = Math.floor((green + red) / 2);
    const landing = landings[middle];
    if (landing === undefined) break;
    if (await isRed(landing.task, landing.commit)) red = middle;
    else green = middle;
  }
  const culprit = landings[red];
  if (culprit === undefined) return answer(null, "Nothing was found.");
  if (!(await isRed(culprit.task, culprit.commit)))
    return answer(null, `It was green the second time after ${culprit.task}: a flake is likely.`);
  const before = landings[red - 1];
  const until = before === undefined ? "before it" : `until ${before.task}`;
  return answer(culprit.task, `Green ${until}, red since ${culprit.task} was merged.`);
}
