import { giveBackDraft, inItsPlace } from "../core/run/give-back.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import { followUpIssue } from "../core/run/follow-ups.ts";
import { BrokenPromise } from "../errors.ts";
import { namedInFiles } from "./perform-follow-ups.ts";
import { taskOf, type PerformerOf, type World } from "./performer.ts";

type GivenBack = Extract<Outcome, { of: "GiveBack" }>;

/**
 * An issue for a conflict too heavy to settle. On a service it is made here, and found again by its marker, so that a
 * lost answer makes no second one; where the source is a file it is named now, and lives in this run alone.
 */
export function performGiveBack(world: World): { GiveBack: PerformerOf<"GiveBack"> } {
  return {
    GiveBack: (action, run) => {
      const task = taskOf(run, action.task);
      if (task.step.at !== "give-back")
        throw new BrokenPromise(`${task.key} gives a conflict back that it has not met.`);
      const draft = giveBackDraft(run, task, task.step.conflict);
      const as = followUpIssue(run, draft, run.settings.forge?.taskBranch ?? world.taskBranch);
      const named = world.followUps === undefined ? namedInFiles(run, world, [draft]) : null;
      return async (inside) => {
        await inside();
        if (named !== null && "why" in named) return refused(named.why);
        const names = named === null ? await world.followUps?.add([draft]) : named.names;
        const name = names?.[0];
        if (name === undefined) return refused("Its source took no issue for it.");
        return { of: "GiveBack", result: { kind: "added", ...inItsPlace(task, as(name)) } };
      };
    },
  };
}

function refused(why: string): GivenBack {
  return { of: "GiveBack", result: { kind: "refused", why } };
}
