import type { GateResult } from "../core/execute/gates.ts";
import { judgeGates } from "../core/execute/judge-gates.ts";
import type { ActionOf } from "../core/run/actions.ts";
import type { BreachFact } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import { isBroughtHome } from "../core/run/stand-in.ts";
import type { CommitSha } from "../core/shared/names.ts";
import { landingBody, landingTitle } from "../messages/landing.ts";
import { guardRefs } from "./guard-refs.ts";
import { lostFrom, mergedWork } from "./merged-work.ts";
import { GATE_SLOT } from "./perform-gates.ts";
import type { PerformerOf, World } from "./performer.ts";

/** Effects on the target: the pull request by which a person lands, and landing itself. */
export function performLanding(world: World): {
  OpenLanding: PerformerOf<"OpenLanding">;
  Land: PerformerOf<"Land">;
} {
  return { OpenLanding: openLanding(world), Land: landOn(world) };
}

function openLanding({ forge }: World): PerformerOf<"OpenLanding"> {
  return (action, run) => {
    const draft = {
      branch: run.settings.integrationBranch,
      base: action.target,
      head: action.head,
      title: landingTitle(run),
      body: landingBody(run),
      isDraft: false,
      labels: [],
    };
    return async (inside) => {
      await inside();
      const opened = await forge.openPullRequest(draft);
      await forge.updatePullRequest(opened, draft);
      return { of: "OpenLanding", ...opened };
    };
  };
}

function landOn(world: World): PerformerOf<"Land"> {
  const { repository, forge } = world;
  return (action, run) => {
    const { title } = run.plan?.milestone ?? { title: run.settings.integrationBranch };
    const merged = mergedWork(run);
    const gates = gatesAfter(world, action, run);
    const after = tidyAfter(run, action);
    return async (inside) => {
      const target = await forge.tipOf(action.target);
      if (target === null)
        return refused(`The branch ${action.target} does not exist ${WHERE[forge.kind]}.`);
      const lost = await lostFrom(repository, merged, action.head);
      if (lost.length > 0)
        return refused(`${lost.join(", ")} would be missing: it was merged, and taken back since.`);
      if (await repository.isAncestor(action.head, target)) return landed(world, after, target);
      const landing = await repository.buildLanding(
        target,
        action.head,
        `Merge milestone: ${title}`,
      );
      if (landing.kind === "conflict")
        return refused(
          `It conflicts with ${action.target} in ${landing.paths.slice(0, 5).join(", ")}.`,
        );
      // A person landed it in their own way: all of it is there.
      if (landing.kind === "empty") return landed(world, after, target);
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
      const moved = await forge.advance(action.target, target, landing.commit);
      switch (moved.kind) {
        case "pushed":
        case "already":
          return landed(world, after, landing.commit);
        case "moved":
          return refused(`${action.target} was moved by somebody else meanwhile.`);
        case "refused":
          return refused(moved.why);
      }
    };
  };
}

const WHERE = { local: "here", github: "on GitHub" } as const;

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

/** What a landing leaves to be done on the forge. */
interface AfterLanding {
  /** The milestone branch, to be deleted where it still is at this commit; null: there is none. */
  readonly branch: string | null;
  readonly head: CommitSha;
  readonly closesMilestone: boolean;
}

function tidyAfter(run: Run, action: ActionOf<"Land">): AfterLanding {
  const { integrationBranch, forge } = run.settings;
  const isWhole =
    run.settings.wholeMilestone &&
    [...run.tasks.values()].every((task) => isBroughtHome(run, task));
  return {
    branch: forge === undefined || integrationBranch === action.target ? null : integrationBranch,
    head: action.head,
    closesMilestone: forge?.closes.milestone === true && isWhole,
  };
}

/** The target has it: the branch that brought it goes, and the milestone is closed. Asked first, so done once. */
async function landed(
  { forge }: World,
  after: AfterLanding,
  commit: CommitSha,
): ReturnType<ReturnType<PerformerOf<"Land">>> {
  if (after.branch !== null) await forge.deleteBranch(after.branch, after.head);
  if (after.closesMilestone) await forge.closeMilestone();
  return { of: "Land", result: { kind: "landed", commit } };
}

function refused(why: string): {
  readonly of: "Land";
  readonly result: { readonly kind: "refused"; readonly why: string };
} {
  return { of: "Land", result: { kind: "refused", why } };
}
