import type { Outcome } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import {
  followUpDrafts,
  followUpIssue,
  type FollowUpDraft,
  type FollowUpName,
} from "../core/run/follow-ups.ts";
import type { TaskKey } from "../core/shared/names.ts";
import type { FollowUpFiles } from "../ports/source.ts";
import { taskOf, type PerformerOf, type World } from "./performer.ts";

type Added = Extract<Outcome, { of: "AddFollowUps" }>;

/**
 * Issues for what a partial result leaves. On a service they are made here, and found again by their marker; a source
 * in files names them now and is written together with the marks of what is done.
 */
export function performFollowUps(world: World): { AddFollowUps: PerformerOf<"AddFollowUps"> } {
  return {
    AddFollowUps: (action, run) => {
      const drafts = followUpDrafts(run, taskOf(run, action.task));
      const branches = run.settings.forge?.taskBranch ?? world.taskBranch;
      const as = asIssues(run, drafts, branches);
      const named = world.followUps === undefined ? namedInFiles(run, world, drafts) : null;
      return async (inside) => {
        await inside();
        if (world.followUps !== undefined) return added(as(await world.followUps.add(drafts)));
        if (named !== null && "names" in named) return added(as(named.names));
        return { of: "AddFollowUps", result: { kind: "refused", why: named?.why ?? "" } };
      };
    },
  };
}

type Issues = Extract<Added["result"], { kind: "added" }>["issues"];

function added(issues: Issues): Added {
  return { of: "AddFollowUps", result: { kind: "added", issues } };
}

function asIssues(
  run: Run,
  drafts: readonly FollowUpDraft[],
  branches: string | undefined,
): (names: readonly FollowUpName[]) => Issues {
  const makers = drafts.map((draft) => followUpIssue(run, draft, branches));
  return (names) => names.flatMap((name, index) => makers[index]?.(name) ?? []);
}

/** Names for issues that the source's own files will hold; or why they hold none. */
export function namedInFiles(
  run: Run,
  world: World,
  drafts: readonly FollowUpDraft[],
): { readonly names: readonly FollowUpName[] } | { readonly why: string } {
  const files = world.followUpFiles?.(run) ?? null;
  if (files === null) {
    const kind = run.plan?.source.truth?.kind ?? run.plan?.source.kind;
    const what = kind === undefined ? "The source of this run" : `A source of the kind ${kind}`;
    return { why: `${what} takes no follow-up issues here.` };
  }
  const names = namesFor(run, files, drafts);
  const of = drafts[0]?.of ?? "";
  return names.length < drafts.length
    ? { why: `There is no name left for a follow-up of ${of} in its source.` }
    : { names };
}

function namesFor(
  run: Run,
  files: FollowUpFiles,
  drafts: readonly FollowUpDraft[],
): readonly FollowUpName[] {
  const inPlan = (run.plan?.issues ?? []).map(({ key }) => key);
  const taken = new Set<TaskKey>([...run.tasks.keys(), ...inPlan]);
  return drafts.flatMap(({ of }) => {
    const name = files.nameFor(of, taken);
    if (name === null) return [];
    taken.add(name.key);
    return [name];
  });
}
