import { ExitCode } from "../../errors.ts";
import { exitCodeOf } from "../../core/report/exit-code.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { Run } from "../../core/run/run.ts";
import type { OpenedProject } from "../../composition/open-project.ts";
import type { ReadPlan } from "../../host/project.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn } from "../options.ts";
import { hostHere, lockFor, projectFor, refuseBadStart, sayWhereItStands } from "./hosting.ts";
import { HOSTING_OPTIONS } from "./hosting-options.ts";
import { PLAN_ANSWER_OPTIONS } from "./plan-answer-options.ts";
import { DISPATCH_OPTION, planRequest } from "./plan-request.ts";

export const command: CommandModule = {
  args: [
    {
      words: "[source...]",
      meaning: "Plan, milestone folder (m5), list of issues, tasks of another tool",
    },
  ],
  options: [
    ...HOSTING_OPTIONS,
    { flags: "--dry-run", meaning: "Show the plan and change nothing", group: "Scope" },
    DISPATCH_OPTION,
    { flags: "--wave <n>", meaning: "Run one wave of the plan", group: "Scope" },
    {
      flags: "--from <key>",
      meaning: "Begin at this issue, whatever is marked done",
      group: "Scope",
    },
    {
      flags: "--new",
      meaning: "Begin another run although one of this milestone is over",
      group: "Scope",
    },
    { flags: "--detach", meaning: "Work in the background; follow it with cairn attach" },
    { flags: "--allow-dirty", meaning: "Go on without changes that are not committed" },
    {
      flags: "--existing <how>",
      meaning: "Task branches that exist already: ask, clean or skip",
      sets: { key: "branches.existing" },
    },
    {
      flags: "--no-worktree",
      meaning: "Work in the checkout itself, one task at a time",
      sets: { key: "workspace.worktrees", value: false },
    },
    {
      flags: "--skip-plan-review",
      meaning: "Begin although the plan has critical findings that do not stop it",
    },
    ...PLAN_ANSWER_OPTIONS,
    {
      flags: "--approve-plan",
      meaning: "Take the plan with what is proposed, and ask nobody",
      group: "Plan",
    },
  ],
  run: async (context) => {
    // A plan is the dry run of a run: the same words, the same exit code.
    if (isOn(context.options, "dryRun")) {
      const { command: plan } = await import("./plan.ts");
      return plan.run(context);
    }
    const project = await projectFor(context);
    if (isOn(context.options, "subagent")) context.tell(SUBAGENT);
    const { approvedPlan } = await import("./approve-plan.ts");
    const read = await approvedPlan(context, project, planRequest(context));
    const before = await newest(project);
    const { anotherIsOpen, isOpenRun, isSameMilestone } = await import("../../host/runs.ts");
    const isSame = before?.plan != null && isSameMilestone(before.plan, read.plan);
    if (before !== null && isOpenRun(before) && isSame) return goOn(context, project, read);
    if (before !== null && isSame && !isOn(context.options, "new") && isCovered(before, read))
      return alreadyOver(context, project, before, read);
    // Never left open behind a newer one: `resume` and `land` speak of the newest.
    if (before !== null && isOpenRun(before)) throw anotherIsOpen(before);
    if (Object.keys(read.branches).length === 0) {
      context.tell("Every issue of this milestone is done; there is nothing to run.");
      return ExitCode.done;
    }
    const said = await refuseBadStart(context, project, read);
    const warnings = await project.checkForge();
    for (const words of said) context.tell(words);
    for (const words of warnings) context.tell(`Warning: ${words}`);
    const { settleOldIntegration } = await import("./old-integration.ts");
    await settleOldIntegration(context, project, read);
    if (isOn(context.options, "detach")) return inBackground(context, project, read);
    return begin(context, project, read);
  },
};

/** People bring the flag along from programs in which it is a choice. */
const SUBAGENT =
  "--subagent changes nothing but review.mode (two-stage): Cairn itself only dispatches, and whoever works or reviews always has a fresh session.";

async function newest(project: OpenedProject): Promise<Run | null> {
  if (!project.hasStore()) return null;
  const { newestRun } = await import("../../host/runs.ts");
  const store = await project.openStore({ readonly: true });
  try {
    return newestRun(store);
  } finally {
    store.close();
  }
}

/**
 * The run that is over had every task of this plan: the other waves of a milestone are runs of their own. One that was
 * given up is no answer to somebody who asks for it again.
 */
function isCovered(before: Run, read: ReadPlan): boolean {
  if (before.status === "cancelled") return false;
  return Object.keys(read.branches).every((key) => before.tasks.has(key));
}

async function inBackground(
  context: CommandContext,
  project: OpenedProject,
  read: ReadPlan,
): Promise<ExitCode> {
  const { detachRun } = await import("./detach.ts");
  return detachRun(context, project, read);
}

async function begin(
  context: CommandContext,
  project: OpenedProject,
  read: ReadPlan,
): Promise<ExitCode> {
  const runs = await import("../../host/runs.ts");
  const store = await project.openStore();
  const id = runs.newRunId(store, read.plan, project.clock.now());
  await lockFor(context, project, store, id);
  const run = runs.createRun(store, project.clock, id, read, project.version);
  return hostHere({ context, project, store, run });
}

/** Continues the open run of this milestone; where an engine is at work on it, this only attaches. */
async function goOn(
  context: CommandContext,
  project: OpenedProject,
  read: ReadPlan,
): Promise<ExitCode> {
  const runs = await import("../../host/runs.ts");
  const store = await project.openStore();
  const run = runs.requireNewestRun(store);
  const lock = await project.lock(store, run.id, context.commandLine);
  if ("heldBy" in lock) {
    store.close();
    if (lock.heldBy?.run !== run.id) throw runs.otherEngine(lock.heldBy);
    const { command: attach } = await import("./attach.ts");
    return (await attach.run({ ...context, options: {} })) ?? ExitCode.done;
  }
  if (run.plan !== null && run.plan.fingerprint !== read.plan.fingerprint)
    await tellChanges(context, run.plan, read.plan);
  if (isOn(context.options, "detach")) {
    // The background process takes the lock that this one only tried.
    lock.release();
    store.close();
    return inBackground(context, project, read);
  }
  await sayWhereItStands(context, run);
  const { commandFromHere } = await import("../../host/host-run.ts");
  const resume = (id: string): void => {
    store.post(id, project.clock.now(), commandFromHere("resume"));
  };
  const isResting = run.status === "paused" || run.status === "waiting";
  return hostHere({ context, project, store, run, ...(isResting ? { first: resume } : {}) });
}

async function alreadyOver(
  context: CommandContext,
  project: OpenedProject,
  run: Run,
  read: ReadPlan,
): Promise<ExitCode> {
  const store = await project.openStore({ readonly: true });
  // A retry that was asked for since opens it again.
  const isAsked = store.pending(run.id, run.commandsTaken).length > 0;
  store.close();
  if (isAsked) return goOn(context, project, read);
  const { source } = planRequest(context);
  context.tell(
    `This milestone was run already: ${run.id} is ${run.status}, ${run.merged.length} of ${run.tasks.size} merged.`,
  );
  context.tell("  look: cairn report");
  if (Object.keys(read.branches).length > 0) context.tell(`  again: cairn run ${source} --new`);
  return exitCodeOf(run, false);
}

const CHANGES_SHOWN = 12;

/** What a source says by now that it did not say when the run began. */
async function tellChanges(context: CommandContext, before: Plan, after: Plan): Promise<void> {
  const { comparePlans } = await import("../../core/plan/compare-plans.ts");
  const { differenceLines } = await import("../../core/plan/compare-plans-lines.ts");
  const lines = differenceLines(comparePlans(asWritten(before), after));
  context.tell("The plan has changed since this run began:");
  for (const line of lines.slice(0, CHANGES_SHOWN)) context.tell(`  ${line}`);
  if (lines.length > CHANGES_SHOWN) context.tell(`  … and ${lines.length - CHANGES_SHOWN} more`);
  context.tell("The run goes on with the plan it was begun with.");
  context.tell("  to take the new one: cairn cancel --run, cairn resume, then run again");
}

/** Without the edges that a person or the safe choice added at the start: no source ever had them. */
function asWritten(plan: Plan): Plan {
  return {
    ...plan,
    issues: plan.issues.map((issue) => ({
      ...issue,
      blockers: issue.blockers.filter((blocker) => !ADDED.test(blocker.from)),
    })),
  };
}

const ADDED = /^(?:said by|proposed|made serial)/;
