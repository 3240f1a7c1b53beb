import { differenceLines } from "../../core/plan/compare-plans-lines.ts";
import { compareOutlines, isSamePlan } from "../../core/plan/compare-plans.ts";
import { outlineOfDispatch } from "../../core/plan/dispatch-plan-document.ts";
import { toDispatch } from "../../core/plan/dispatch-plan.ts";
import { plural } from "../../core/report/words.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { OpenedProject } from "../../composition/open-project.ts";
import type { PlanRequest, ReadPlan } from "../../host/project.ts";
import type { CommandContext, CommandOption } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";

/** Flags that save a plan, or hold it against a saved one. */
export const SAVED_PLAN_OPTIONS: readonly CommandOption[] = [
  { flags: "--output <file>", meaning: "Save the plan as a dispatch plan (YAML)", group: "File" },
  { flags: "--force", meaning: "Write over a file that is no dispatch plan", group: "File" },
  {
    flags: "--against <file>",
    meaning: "Show what changed since this plan was saved; ends with 1 when something did",
    group: "File",
  },
];

/** @throws UserError `cli/usage` for flags that do not go together. */
export function refuseMixedFlags(context: CommandContext, request: PlanRequest): void {
  const output = textOption(context.options, "output");
  const against = textOption(context.options, "against");
  const isPart = request.wave !== undefined || request.from !== undefined;
  if (output !== null && against !== null)
    throw usage("`--output` and `--against` exclude each other.", "Compare first, then save.");
  if (isPart && (output !== null || against !== null))
    throw usage(
      "A saved plan is the whole plan: `--wave` and `--from` do not go with it.",
      "Leave them out; `cairn run` takes them with a saved plan too.",
    );
}

function usage(message: string, hint: string): UserError {
  return new UserError("cli/usage", message, { hints: [hint] });
}

/** Writes what `--output` names, and says so. */
export async function savePlanTo(
  context: CommandContext,
  project: OpenedProject,
  read: ReadPlan,
  output: string,
): Promise<void> {
  const { savePlan } = await import("../../composition/saved-plan.ts");
  const { preMerge, postMerge } = read.settings.gates;
  const saved = await savePlan(placeOf(context, project), read.plan, {
    output,
    force: isOn(context.options, "force"),
    gates: {
      preMerge: preMerge.map(({ run }) => run),
      postMerge: postMerge.map(({ run }) => run),
    },
  });
  const what = `${plural(saved.items, "issue")} in ${plural(saved.waves, "wave")}`;
  // Only a plan in the repository can be run.
  const next = saved.file.startsWith("/") ? "" : ` Work on it: cairn run ${saved.file}`;
  context.tell(
    saved.outcome === "written"
      ? `Wrote ${saved.file}: ${what}.${next}`
      : `${saved.file} says all of this already: ${what}.`,
  );
}

/** Prints what changed since a plan was saved: 0 when nothing did, 1 when something did. */
export async function compareWith(
  context: CommandContext,
  project: OpenedProject,
  read: ReadPlan,
  against: string,
): Promise<ExitCode> {
  const { readSavedPlan } = await import("../../composition/saved-plan.ts");
  const saved = await readSavedPlan(placeOf(context, project), against);
  const difference = compareOutlines(
    outlineOfDispatch(saved),
    outlineOfDispatch(toDispatch(read.plan)),
  );
  const isSame = isSamePlan(difference);
  if (context.globals.json) {
    context.out(JSON.stringify({ schemaVersion: 1, same: isSame, difference }, null, 2));
  } else {
    const lines = isSame
      ? [`Nothing changed since ${against} was saved.`]
      : differenceLines(difference);
    context.out(lines.join("\n"));
  }
  return isSame ? ExitCode.done : ExitCode.failures;
}

function placeOf(context: CommandContext, project: OpenedProject) {
  const { root, cairnFolder, loaded } = project;
  return { root, cairnFolder, directory: context.directory, config: loaded.config };
}
