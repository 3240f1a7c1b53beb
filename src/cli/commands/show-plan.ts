import { planProfile } from "../../api/plan-profile.ts";
import { forecast } from "../../core/plan/forecast.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { ReadPlan } from "../../host/project.ts";
import type { CommandContext } from "../command-module.ts";
import { renderPlan } from "../render/plan-view.ts";
import { lookOf } from "../render/terminal.ts";

/** A plan as a person reads it, with what a run of it would take. */
export function showPlan(
  context: CommandContext,
  read: Pick<ReadPlan, "gates" | "settings">,
  plan: Plan,
): string {
  const { stdout: isTTY, columns } = context.terminal;
  return renderPlan(plan, {
    width: columns,
    colour: context.colour,
    ascii: lookOf({ isTTY, columns }, context.env).ascii,
    gates: read.gates,
    profile: planProfile(plan, read.settings),
    forecast: forecast(plan, { parallel: read.settings.parallel }),
  }).trimEnd();
}
