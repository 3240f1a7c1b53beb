import type { GateResult } from "../core/execute/gates.ts";
import { judgeGates } from "../core/execute/judge-gates.ts";
import type { ActionOf } from "../core/run/actions.ts";
import type { BreachFact } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import type { CommitSha } from "../core/shared/names.ts";
import { BrokenPromise } from "../errors.ts";
import { guardRefs } from "./guard-refs.ts";
import { lostFrom, mergedWork } from "./merged-work.ts";
import { GATE_SLOT } from "./perform-gates.ts";
import type { PerformerOf, World } from "./performer.ts";

/** Effects on the integration branch and the target as wholes. */
export function performIntegration(world: World): {
  PrepareIntegration: PerformerOf<"PrepareIntegration">;
  Land: PerformerOf<"Land">;
} {
  const { repository } = world;
  return {
    PrepareIntegration: (action) => async (inside) => {
      const base = await repository.resolve(action.target);
      if (base === null)
        throw new BrokenPromise(
          `The target ${action.target} does not resolve; preflight should have said so.`,
        );
      await inside();
      const head = await repository.ensureBranch(action.branch, base);
      return { of: "PrepareIntegration", branch: action.branch, head, base };
    },

    Land: (action, run) => {
      const { title } = run.plan?.milestone ?? { title: run.settings.integrationBranch };
      const merged = mergedWork(run);
      const gates = gatesAfter(world, action, run);
      return async (inside) => {
        const target = await repository.resolve(`refs/heads/${action.target}`);
        if (target === null) return refused(`The branch ${action.target} does not exist here.`);
        const lost = await lostFrom(repository, merged, action.head);
        if (lost.length > 0)
          return refused(
            `${lost.join(", ")} would be missing: it was merged, and taken back since.`,
          );
        if (await repository.isAncestor(action.head, target))
          return { of: "Land", result: { kind: "landed", commit: target } };
        const landing = await repository.buildLanding(
          target,
          action.head,
          `Merge milestone: ${title}`,
        );
        if (landing.kind === "conflict")
          return refused(
            `It conflicts with ${action.target} in ${landing.paths.slice(0, 5).join(", ")}.`,
          );
        if (landing.kind !== "clean")
          return refused(`The merge into ${action.target} is ${landing.kind}.`);
        // The gates ran on the integration branch; they run again only if the target brings something of its own.
        if (landing.tree !== (await repository.treeOf(action.head))) {
          const { red, breaches } = await gates(landing.commit);
          if (breaches.length > 0)
            return { ...refused("One of its gates wrote on a protected branch."), breaches };
          if (red.length > 0)
            return refused(
              `With the newest ${action.target}, these gates are red: ${red.join(", ")}.`,
            );
        }
        await inside();
        return land(world, action.target, target, landing.commit);
      };
    },
  };
}

interface Gated {
  readonly red: readonly string[];
  readonly breaches: readonly BreachFact[];
}

/**
 * Runs the gates of the whole on a commit; answers the names of those that are red and were not before the run.
 * @throws an Error of passing trouble when they were ended before they had measured anything.
 */
function gatesAfter(
  world: World,
  action: ActionOf<"Land">,
  run: Run,
): (commit: CommitSha) => Promise<Gated> {
  const { preMerge, postMerge, outputBytes: outputBytesMax } = run.settings.gates;
  const commands = postMerge.length > 0 ? postMerge : preMerge;
  const { baseline } = run;
  const { key } = action;
  return async (commit) => {
    if (commands.length === 0) return { red: [], breaches: [] };
    const directory = await world.repository.checkoutForGates(GATE_SLOT, commit);
    const work = async (): Promise<readonly GateResult[]> => {
      await world.bootstrap.prepare(directory, key);
      const request = { key, directory, commands, outputBytesMax };
      return world.gates.run(request, new AbortController().signal);
    };
    const guarded = await guardRefs(world.repository, run, key, work, commit);
    const { value: results, breaches } = guarded;
    if (results.some((result) => result.problem === "ended")) {
      const words = "The gates of the landing were ended before they had measured anything.";
      throw Object.assign(new Error(words), { code: "trouble/gates-ended" });
    }
    const red = results
      .filter((result) => judgeGates([result], baseline).length > 0)
      .map((result) => result.name);
    return { red, breaches };
  };
}

async function land(
  world: World,
  branch: string,
  from: string,
  to: string,
): ReturnType<ReturnType<PerformerOf<"Land">>> {
  const checkout = await world.repository.checkedOutAt(branch);
  if (checkout !== null) {
    const moved = await world.repository.fastForwardCheckout(checkout, to);
    if (moved === "dirty")
      return refused(
        `${branch} is checked out in ${checkout} with changes that are not committed.`,
      );
    if (moved === "not-fast-forward")
      return refused(`${branch} was moved by somebody else meanwhile.`);
    return { of: "Land", result: { kind: "landed", commit: to } };
  }
  const moved = await world.repository.moveBranch(branch, from, to);
  if (moved === "stale") return refused(`${branch} was moved by somebody else meanwhile.`);
  return { of: "Land", result: { kind: "landed", commit: to } };
}

function refused(why: string): {
  readonly of: "Land";
  readonly result: { readonly kind: "refused"; readonly why: string };
} {
  return { of: "Land", result: { kind: "refused", why } };
}
