import { judgeGates } from "../core/execute/judge-gates.ts";
import type { ActionOf } from "../core/run/actions.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import { revertMessage } from "../messages/commits.ts";
import { findCulprit } from "./find-culprit.ts";
import { moveBase } from "./move-base.ts";
import { GATE_SLOT, measureIn } from "./perform-gates.ts";
import { taskOf, type PerformerOf, type World } from "./performer.ts";
import type { Measured } from "./test-with-marks.ts";

type Reverted = Extract<Outcome, { of: "RevertTask" }>;
type Revert = ActionOf<"RevertTask">;

/** The whole after a wave, the search for what broke it, and taking a merged task back. */
export function performWhole(world: World): {
  TestWave: PerformerOf<"TestWave">;
  FindCulprit: PerformerOf<"FindCulprit">;
  RevertTask: PerformerOf<"RevertTask">;
} {
  return {
    TestWave: ({ key, commit }, run) => {
      const commands = wholeCommands(run);
      return async (inside) => {
        await inside();
        const measured = await measureIn(world, GATE_SLOT, asked(run, key, commit, commands));
        return { of: "TestWave", commit, ...measured };
      };
    },

    FindCulprit: (action, run) => {
      const { baseline, redWhole } = run;
      const red = redWhole?.results ?? [];
      const names = new Set(red.filter((result) => !result.ok).map(({ name }) => name));
      // Only what was red: what was green says nothing about who broke it.
      const commands = wholeCommands(run).filter(({ name }) => names.has(name));
      const measure = (commit: string): Promise<Measured> =>
        measureIn(world, GATE_SLOT, asked(run, `${action.key}:${commit}`, commit, commands));
      return async (inside) => {
        await inside();
        return { of: "FindCulprit", ...(await findCulprit(action, baseline, measure)) };
      };
    },

    RevertTask: (action, run) => {
      const message = revertMessage(taskOf(run, action.task), action.landed);
      const { preMerge } = run.settings.gates;
      const gates = (commit: string): Promise<Measured> =>
        measureIn(world, GATE_SLOT, asked(run, action.key, commit, preMerge));
      const place = { world, run, branch: run.settings.integrationBranch };
      return async (inside) => takeBack(place, action, message, gates, inside);
    },
  };
}

/** The commit is the same however often it is built: after a death behind the move the branch is found where it is. */
async function takeBack(
  { world, run, branch }: { readonly world: World; readonly run: Run; readonly branch: string },
  { onto, landed, before }: Revert,
  message: string,
  gates: (commit: string) => Promise<Measured>,
  inside: () => Promise<void>,
): Promise<Reverted> {
  const { repository, forge } = world;
  const { baseline } = run;
  const made = await repository.buildRevert({ landed, before, tip: onto, message });
  await inside();
  if (made.kind !== "clean") return refused(WHY_NOT[made.kind], "paths" in made ? made.paths : []);
  const tip = await forge.tipOf(branch);
  if (tip !== null && tip !== onto && tip !== made.commit)
    return { of: "RevertTask", result: { kind: "base-moved", base: tip } };
  const { results, breaches } = await gates(made.commit);
  if (breaches !== undefined && breaches.length > 0)
    return { ...refused("A gate wrote on a protected branch.", []), breaches };
  if (results.some((result) => result.problem === "ended"))
    return refused("Its gates were ended from outside before they had measured anything.", []);
  const [finding] = judgeGates(results, baseline);
  if (finding !== undefined)
    return refused(`Without it the gates are red: ${firstLine(finding.message)}`, []);
  const moved = await moveBase(world, branch, onto, made.commit);
  if (moved === "stale") {
    const base = (await forge.tipOf(branch)) ?? onto;
    return { of: "RevertTask", result: { kind: "base-moved", base } };
  }
  const { commit, tree } = made;
  return { of: "RevertTask", result: { kind: "reverted", commit, tree, results } };
}

const WHY_NOT = {
  empty: "Nothing of it is left on the branch.",
  conflict: "What was merged after it was built on it, so it cannot be taken back alone",
  refused: "The landing check refused its revert",
} as const;

function refused(why: string, paths: readonly string[]): Reverted {
  const where = paths.length === 0 ? "" : ` (${paths.slice(0, 5).join(", ")})`;
  return { of: "RevertTask", result: { kind: "refused", why: `${why}${where}` } };
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}

function wholeCommands({ settings }: Run): Run["settings"]["gates"]["preMerge"] {
  const { preMerge, postMerge } = settings.gates;
  return postMerge.length > 0 ? postMerge : preMerge;
}

function asked(
  run: Run,
  key: string,
  commit: string,
  commands: Run["settings"]["gates"]["preMerge"],
): Parameters<typeof measureIn>[2] {
  return { run, key, commit, commands, outputBytesMax: run.settings.gates.outputBytes };
}
