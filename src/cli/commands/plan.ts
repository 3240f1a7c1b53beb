import { toPlanJson } from "../../api/plan-json.ts";
import { planProfile } from "../../api/plan-profile.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { assertRunnable } from "../../core/plan/scope-plan.ts";
import { plural } from "../../core/report/words.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { ReadPlan } from "../../host/project.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import { renderDot, renderMermaid } from "../render/plan-graph.ts";
import { projectFor } from "./hosting.ts";
import { PLAN_ANSWER_OPTIONS } from "./plan-answer-options.ts";
import { showPlan } from "./show-plan.ts";
import { DISPATCH_OPTION, planRequest } from "./plan-request.ts";
import { compareWith, refuseMixedFlags, savePlanTo, SAVED_PLAN_OPTIONS } from "./plan-saved.ts";

/**
 * What a run would do; nothing is changed but the file that `--output` names. Ends with 0 when a run could start, 2 when
 * it could not (1 with `--strict`, where a critical finding says so), 5 when a person is asked.
 */
export const command: CommandModule = {
  args: [
    {
      words: "[source...]",
      meaning: "Plan, milestone folder (m5), list of issues, tasks of another tool",
    },
  ],
  options: [
    DISPATCH_OPTION,
    { flags: "--wave <n>", meaning: "Only this wave of the plan", group: "Scope" },
    { flags: "--from <key>", meaning: "This issue and everything after it", group: "Scope" },
    {
      flags: "--autonomous",
      meaning: "Take the safe choice where a person would be asked",
      sets: { key: "mode", value: "autonomous" },
    },
    {
      flags: "--strict",
      meaning: "End with 1 when there is a critical finding",
    },
    ...PLAN_ANSWER_OPTIONS,
    ...SAVED_PLAN_OPTIONS,
    { flags: "--mermaid", meaning: "Print the graph as Mermaid text", group: "Output" },
    { flags: "--dot", meaning: "Print the graph for Graphviz", group: "Output" },
  ],
  run: async (context) => {
    const project = await projectFor(context);
    const { mode, planning } = project.loaded.config;
    const isAutonomous = mode === "autonomous";
    const unmapped =
      isAutonomous && planning.unmapped === "propose" ? "serialise" : planning.unmapped;
    const request = { ...planRequest(context), unmapped };
    refuseMixedFlags(context, request);
    const { answeredPlan } = await import("./approve-plan.ts");
    const read = await answeredPlan(context, project, request);
    const against = textOption(context.options, "against");
    if (against !== null) return compareWith(context, project, read, against);
    const output = textOption(context.options, "output");
    const text = output === null || isAskedFor(context) ? textOf(context, read) : null;
    if (text !== null) context.out(text);
    if (output !== null) await savePlanTo(context, project, read, output);
    return verdict(context, read.plan, isAutonomous);
  },
};

/** With `--output` the file is what is wanted, unless another form is named too. */
function isAskedFor(context: CommandContext): boolean {
  const { options, globals } = context;
  return globals.json || isOn(options, "mermaid") || isOn(options, "dot");
}

function textOf(context: CommandContext, read: ReadPlan): string {
  if (context.globals.json) {
    const profile = planProfile(read.plan, read.settings);
    return JSON.stringify(toPlanJson(read.plan, profile), null, 2);
  }
  if (isOn(context.options, "mermaid")) return renderMermaid(read.plan);
  if (isOn(context.options, "dot")) return renderDot(read.plan);
  return showPlan(context, read, read.plan);
}

/** The view has said what is wrong; this says what it means for a run. */
function verdict(context: CommandContext, plan: Plan, isAutonomous: boolean): ExitCode {
  const critical = plan.findings.filter((finding) => finding.severity === "critical").length;
  if (critical > 0 && isOn(context.options, "strict")) {
    context.tell(`A run would not start: ${plural(critical, "critical finding")}.`);
    return ExitCode.failures;
  }
  try {
    assertRunnable(plan);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.tell(`A run would not start: ${error.message}`);
    return error.exitCode;
  }
  if (critical > 0) {
    context.tell(`A run would not start: ${plural(critical, "critical finding")}.`);
    return ExitCode.usage;
  }
  if (plan.status === "ready" || isAutonomous) return ExitCode.done;
  context.tell(
    "A run would ask first: issues that say nothing about dependencies may collide. Write `Depends on:` lines, or use --autonomous.",
  );
  return ExitCode.waitsForPerson;
}
