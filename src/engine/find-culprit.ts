import { judgeGates } from "../core/execute/judge-gates.ts";
import type { ActionOf } from "../core/run/actions.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import type { TaskKey } from "../core/shared/names.ts";
import type { Measured } from "./test-with-marks.ts";

type Found = Omit<Extract<Outcome, { of: "FindCulprit" }>, "of">;
type Search = Pick<ActionOf<"FindCulprit">, "base" | "commit" | "landings"> & {
  /** Names of the gates that are red at `commit`: what `measure` runs. */
  readonly gates: readonly string[];
};

/**
 * Looks for the merge that made the whole red, by the same commands on what the branch was after each landing: first on
 * what it was before all of them, then by halves, log2 of the landings in all. What decides is measured twice: a
 * landing that is red once and green once has broken nothing for certain, and is not named; nor is one on which others
 * had put something red.
 * @throws an Error of passing trouble when gates were ended before they had measured anything.
 */
export async function findCulprit(
  { base, commit, landings, gates }: Search,
  baseline: Run["baseline"],
  measure: (commit: string) => Promise<Measured>,
): Promise<Found> {
  const trials: Found["search"]["trials"][number][] = [];
  const breaches: NonNullable<Measured["breaches"]>[number][] = [];
  const known = new Set<string>();
  /** Gates that are red there; those that were red before the run are no evidence against anybody in it. */
  const redAt = async (at: string): Promise<readonly string[]> => {
    const { results, breaches: wrote = [] } = await measure(at);
    if (results.some(({ problem }) => problem === "ended")) throw gatesEnded();
    breaches.push(...wrote);
    const red = results.filter((result) => judgeGates([result], baseline).length > 0);
    return red.map(({ name }) => name).filter((name) => !known.has(name));
  };
  const isRed = async (task: TaskKey | null, at: string): Promise<boolean> => {
    const ok = (await redAt(at)).length === 0;
    trials.push({ task, commit: at, ok });
    return !ok;
  };
  const answer = (culprit: TaskKey | null, why: string): Found => ({
    culprit,
    search: { trials, why },
    ...(breaches.length === 0 ? {} : { breaches }),
  });
  for (const name of await redAt(base)) known.add(name);
  const isOld = gates.every((name) => known.has(name));
  trials.push({ task: null, commit: base, ok: !isOld });
  if (isOld) return answer(null, "It was red before anything of this run was merged.");
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
  const { onto } = culprit;
  // Between two landings others may have put something on the branch.
  if (onto !== null && onto !== (before?.commit ?? base) && (await isRed(null, onto)))
    return answer(
      null,
      `It was red just before ${culprit.task} was merged: what others put on the branch before that broke it.`,
    );
  const until = before === undefined ? "before it" : `until ${before.task}`;
  return answer(culprit.task, `Green ${until}, red since ${culprit.task} was merged.`);
}

/** Of gates that were ended from outside: their colour says nothing, and whoever asked asks again. */
export function gatesEnded(): Error {
  const words = "The gates were ended from outside before they had measured anything.";
  return Object.assign(new Error(words), { code: "trouble/gates-ended" });
}
