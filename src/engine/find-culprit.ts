import { judgeGates } from "../core/execute/judge-gates.ts";
import type { ActionOf } from "../core/run/actions.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import type { TaskKey } from "../core/shared/names.ts";
import type { Measured } from "./test-with-marks.ts";

type Found = Omit<Extract<Outcome, { of: "FindCulprit" }>, "of">;
type Part = Pick<ActionOf<"FindCulprit">, "base" | "commit" | "landings">;
type Search = Part & {
  /** Names of the gates that are red at `commit`: what `measure` runs. */
  readonly gates: readonly string[];
};

/**
 * Looks for the merge that made the whole red, by the same commands on what the branch was after each landing: first on
 * what it was before all of them, then by halves, log2 of the landings in all. What decides is measured twice: a
 * landing that is red once and green once has broken nothing for certain, and is not named; nor is one on which others
 * had put something red. What was taken back meanwhile is not blamed once more: see `withoutTakenBack`.
 * @throws an Error of passing trouble when gates were ended before they had measured anything.
 */
export async function findCulprit(
  { gates, ...whole }: Search,
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
  for (const name of await redAt(whole.base)) known.add(name);
  const isOld = gates.every((name) => known.has(name));
  trials.push({ task: null, commit: whole.base, ok: !isOld });
  if (isOld) return answer(null, "It was red before anything of this run was merged.");
  const part = await withoutTakenBack(whole, isRed);
  if (typeof part === "string") return answer(null, part);
  const { culprit, why } = await searched(part, isRed);
  return answer(culprit, why);
}

type IsRed = (task: TaskKey | null, at: string) => Promise<boolean>;

interface Verdict {
  readonly culprit: TaskKey | null;
  readonly why: string;
}

function verdict(culprit: TaskKey | null, why: string): Verdict {
  return { culprit, why };
}

/** By halves, in a part of the branch that begins green, ends red, and in which nothing was taken back. */
async function searched({ base, commit, landings }: Part, isRed: IsRed): Promise<Verdict> {
  const last = landings.at(-1);
  if (last === undefined)
    return verdict(null, "Nothing of this run is merged: others have moved the branch.");
  // Above the last landing there may be commits of others; they are judged by the same measure.
  if (last.commit !== commit && !(await isRed(last.task, last.commit)))
    return verdict(
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
  if (culprit === undefined) return verdict(null, "Nothing was found.");
  if (!(await isRed(culprit.task, culprit.commit)))
    return verdict(null, `It was green the second time after ${culprit.task}: a flake is likely.`);
  const before = landings[red - 1];
  const { onto } = culprit;
  // Between two landings others may have put something on the branch.
  if (onto !== null && onto !== (before?.commit ?? base) && (await isRed(null, onto)))
    return verdict(
      null,
      `It was red just before ${culprit.task} was merged: what others put on the branch before that broke it.`,
    );
  const until = before === undefined ? "before it" : `until ${before.task}`;
  return verdict(culprit.task, `Green ${until}, red since ${culprit.task} was merged.`);
}

/**
 * The part of the branch to search: states that hold what was taken back later are red for a reason that is gone. Green
 * where the newest was taken back: what came after. Red there, and red before that task was merged: what came before.
 * Else words, since nothing in between tells the one from the other.
 */
async function withoutTakenBack(whole: Part, isRed: IsRed): Promise<Part | string> {
  let part = whole;
  for (;;) {
    const { base, commit, landings } = part;
    const at = landings.findLastIndex(({ takesBack }) => takesBack === true);
    const back = landings[at];
    if (back === undefined) return part;
    const { task } = back;
    if (back.commit !== commit && !(await isRed(task, back.commit))) {
      const after = landings.slice(at + 1);
      if (after.length > 0) return { base: back.commit, commit, landings: after };
      return `It is green where ${task} was taken back: what came after that is not the run's.`;
    }
    const from = landings.slice(0, at).findLastIndex((landing) => landing.task === task);
    const before = landings[from]?.onto ?? base;
    const earlier = landings.slice(0, Math.max(from, 0));
    if (before === base || !(await isRed(earlier.at(-1)?.task ?? null, before))) {
      const others = landings.slice(from + 1, at).map((landing) => landing.task);
      const who = [...others, "the taking back itself"].join(", or ");
      return `Green before ${task} was merged, and red where it was taken back again: ${who} broke it.`;
    }
    part = { base, commit: before, landings: earlier };
  }
}

/** Of gates that were ended from outside: their colour says nothing, and whoever asked asks again. */
export function gatesEnded(): Error {
  const words = "The gates were ended from outside before they had measured anything.";
  return Object.assign(new Error(words), { code: "trouble/gates-ended" });
}
