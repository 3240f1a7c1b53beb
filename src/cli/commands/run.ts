import { ExitCode, UserError } from "../../errors.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { exitCodeOf } from "../../core/report/exit-code.ts";
import type { OpenedProject } from "../../composition/open-project.ts";
import type { PlanRequest, ReadPlan } from "../../host/project.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import {
  HOSTING_OPTIONS,
  hostHere,
  lockFor,
  projectFor,
  refuseBadStart,
  sayWhereItStands,
} from "./hosting.ts";

export const command: CommandModule = {
  args: [
    { words: "<source>", meaning: "a markdown plan (@docs/plan.md) or a JSON list of issues" },
  ],
  options: [
    ...HOSTING_OPTIONS,
    { flags: "--dry-run", meaning: "Show the plan and change nothing", group: "Scope" },
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
  ],
  run: async (context) => {
    const project = await projectFor(context);
    const request = planRequest(context);
    const read = await readApprovedPlan(context, project, request);
    if (isOn(context.options, "dryRun")) return showPlan(context, read);
    await refuseBadStart(context, project, read);
    if (isOn(context.options, "detach")) {
      const { detachRun } = await import("./detach.ts");
      return detachRun(context, project);
    }
    return begin(context, project, read);
  },
};

/** What the command line says about source and scope. */
export function planRequest(context: CommandContext): PlanRequest {
  const wave = textOption(context.options, "wave");
  const from = textOption(context.options, "from");
  if (wave !== null && !/^[1-9]\d*$/.test(wave)) {
    throw new UserError("cli/usage", `--wave takes a number from 1, not ${wave}.`, {
      hints: ["`cairn plan` numbers the waves."],
    });
  }
  return {
    source: context.args[0] ?? "",
    ...(wave === null ? {} : { wave: Number(wave) }),
    ...(from === null ? {} : { from }),
  };
}

async function readApprovedPlan(
  context: CommandContext,
  project: OpenedProject,
  request: PlanRequest,
): Promise<ReadPlan> {
  const read = await project.readPlan(request);
  if (isOn(context.options, "dryRun")) return read;
  const { assertRunnable } = await import("../../core/plan/scope-plan.ts");
  assertRunnable(read.plan);
  if (!isOn(context.options, "skipPlanReview")) refuseCritical(read.plan);
  if (read.plan.status === "ready") return read;
  if (read.settings.mode === "autonomous" && isExplicit(context, project)) {
    context.tell("Issues without a word about dependencies may collide: they are put in a row.");
    return project.readPlan({ ...request, unmapped: "serialise" });
  }
  return approvedByPerson(context, project, request, read);
}

/** Off a terminal the mode may be autonomous by default; a plan is only decided without a person where that was asked for. */
function isExplicit(context: CommandContext, project: OpenedProject): boolean {
  return isOn(context.options, "autonomous") || "mode" in project.loaded.origins;
}

async function approvedByPerson(
  context: CommandContext,
  project: OpenedProject,
  request: PlanRequest,
  read: ReadPlan,
): Promise<ReadPlan> {
  if (!context.terminal.stdin || !context.terminal.stdout) {
    throw new UserError(
      "plan/needs-review",
      "The plan needs a person: issues without a word about dependencies may collide.",
      {
        hints: [
          "Look at it: cairn plan SOURCE",
          "Let Cairn put them in a row: --autonomous",
          "Or say it in the issues: `Depends on: none`",
        ],
        exitCode: ExitCode.waitsForPerson,
      },
    );
  }
  await showPlan(context, read);
  const { select, isCancel } = await import("@clack/prompts");
  const answer = await select({
    message: "These issues may collide. How shall they run?",
    options: [
      { value: "serialise", label: "one after another (safe)" },
      { value: "independent", label: "side by side: they are independent" },
      { value: "abort", label: "not at all" },
    ],
  });
  if (isCancel(answer) || answer === "abort") {
    throw new UserError("plan/aborted", "The plan was not approved; nothing was changed.", {
      exitCode: ExitCode.stopped,
    });
  }
  return project.readPlan({
    ...request,
    unmapped: answer === "serialise" ? "serialise" : "independent",
  });
}

function refuseCritical(plan: Plan): void {
  const critical = plan.findings.filter((finding) => finding.severity === "critical");
  const [first] = critical;
  if (first === undefined) return;
  const place = (finding: Plan["findings"][number]): string =>
    finding.file === undefined ? "" : `${finding.file}:${finding.line ?? 1}: `;
  const words = critical.map((finding) => `${place(finding)}${finding.message}`).join("\n");
  throw new UserError(first.code, words, {
    hints: [...new Set(critical.map((finding) => finding.hint))].slice(0, 8),
  });
}

async function showPlan(context: CommandContext, read: ReadPlan): Promise<ExitCode> {
  if (context.globals.json) {
    const { toPlanJson } = await import("../../api/plan-json.ts");
    context.out(JSON.stringify(toPlanJson(read.plan), null, 2));
    return ExitCode.done;
  }
  const { renderPlan } = await import("../render/plan-view.ts");
  context.out(
    renderPlan(read.plan, {
      width: context.terminal.columns,
      colour: context.colour,
      gates: read.gates,
    }).trimEnd(),
  );
  return ExitCode.done;
}

async function begin(
  context: CommandContext,
  project: OpenedProject,
  read: ReadPlan,
): Promise<ExitCode> {
  const runs = await import("../../host/runs.ts");
  const before = project.hasStore() ? await newest(project) : null;
  if (before?.plan != null && runs.isSameMilestone(before.plan, read.plan)) {
    if (runs.isOpenRun(before)) return goOn(context, project, read);
    if (!isOn(context.options, "new")) return alreadyOver(context, before);
  }
  if (before !== null && runs.isOpenRun(before) && !isOn(context.options, "new")) {
    throw new UserError(
      "run/open",
      `Another milestone is not over yet: ${before.plan?.milestone.title ?? before.id} (${before.status}).`,
      {
        hints: [
          "Finish it: cairn resume",
          "Give it up: cairn cancel --run",
          "Begin this one beside it: --new",
        ],
        exitCode: ExitCode.stillRunning,
      },
    );
  }
  if (Object.keys(read.branches).length === 0) {
    context.tell("Every issue of this milestone is done; there is nothing to run.");
    return ExitCode.done;
  }
  const store = await project.openStore();
  const id = runs.newRunId(store, read.plan, project.clock.now());
  await lockFor(context, project, store, id);
  const run = runs.createRun(store, project.clock, id, read, project.version);
  return hostHere({ context, project, store, run });
}

async function newest(project: OpenedProject) {
  const { newestRun } = await import("../../host/runs.ts");
  const store = await project.openStore({ readonly: true });
  try {
    return newestRun(store);
  } finally {
    store.close();
  }
}

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
  if (run.plan?.fingerprint !== read.plan.fingerprint) {
    context.tell(
      "The plan has changed since this run began; it goes on with the plan it was begun with. A new one: --new.",
    );
  }
  await sayWhereItStands(context, run);
  const { commandFromHere } = await import("../../host/host-run.ts");
  const resumes = run.status === "paused" || run.status === "waiting";
  return hostHere({
    context,
    project,
    store,
    run,
    ...(resumes
      ? {
          first: (id: string) =>
            void store.post(id, project.clock.now(), commandFromHere("resume")),
        }
      : {}),
  });
}

function alreadyOver(
  context: CommandContext,
  run: NonNullable<Awaited<ReturnType<typeof newest>>>,
): ExitCode {
  context.tell(
    `This milestone was run already: ${run.id} is ${run.status}, ${run.merged.length} of ${run.tasks.size} merged.`,
  );
  context.tell("  look: cairn report");
  context.tell("  again: cairn run SOURCE --new");
  return exitCodeOf(run, false);
}
