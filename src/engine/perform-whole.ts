import { judgeGates } from "../core/execute/judge-gates.ts";
import { isAgentMail } from "../core/shared/agent-mail.ts";
import type { ActionOf } from "../core/run/actions.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import { revertMessage } from "../messages/commits.ts";
import { findCulprit, gatesEnded } from "./find-culprit.ts";
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
      const search = { ...action, gates: commands.map(({ name }) => name) };
      const measure = (commit: string): Promise<Measured> =>
        measureIn(world, GATE_SLOT, asked(run, `${action.key}:${commit}`, commit, commands));
      return async (inside) => {
        await inside();
        return { of: "FindCulprit", ...(await findCulprit(search, baseline, measure)) };
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
  const made = await repository.buildRevert({ landed, before, tip: onto, message });
  await inside();
  if (made.kind !== "clean") return refused(WHY_NOT[made.kind], "paths" in made ? made.paths : []);
  const { commit, tree } = made;
  const tip = await forge.tipOf(branch);
  // An earlier engine had found it green, moved the branch, and died.
  if (tip !== null && (await repository.isAncestor(commit, tip)))
    return {
      of: "RevertTask",
      result: { kind: "reverted", commit, tree, results: [], found: true },
    };
  if (tip !== onto) return elsewhere(world, branch, onto, tip);
  if (await isOnTarget(world, run, landed)) return refused(ON_TARGET, []);
  const { results, breaches } = await gates(commit);
  if (breaches !== undefined && breaches.length > 0)
    return { ...refused("A gate wrote on a protected branch.", []), breaches };
  if (results.some((result) => result.problem === "ended")) throw gatesEnded();
  const [finding] = judgeGates(results, run.baseline);
  if (finding !== undefined)
    return refused(`Without it the gates are red: ${firstLine(finding.message)}`, []);
  const moved = await moveBase(world, branch, onto, commit);
  if (moved === "stale") return elsewhere(world, branch, onto, await forge.tipOf(branch));
  return { of: "RevertTask", result: { kind: "reverted", commit, tree, results } };
}

/** Others have moved the branch. On what an agent wrote nobody builds: that is put back when its session ends. */
async function elsewhere(
  { repository }: World,
  branch: string,
  onto: string,
  tip: string | null,
): Promise<Reverted> {
  if (tip === onto) return refused(`${branch} does not take the revert from here.`, []);
  if (tip === null || !(await repository.isAncestor(onto, tip)))
    return refused(`${branch} was moved back, or deleted, by others.`, []);
  if (isAgentMail(await repository.committerOf(tip)))
    throw new Error(`An agent wrote on ${branch}; that is being put back.`);
  return { of: "RevertTask", result: { kind: "base-moved", base: tip } };
}

/** A person may have landed the branch by hand: what others may have is not for a revert on the branch. */
async function isOnTarget(
  { forge, repository }: World,
  run: Run,
  landed: string,
): Promise<boolean> {
  const target = await forge.tipOf(run.settings.target);
  return target !== null && (await repository.isAncestor(landed, target));
}

const ON_TARGET =
  "It is on the target already, and what others may have is not rewritten; a revert there is a person's: git revert";

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
