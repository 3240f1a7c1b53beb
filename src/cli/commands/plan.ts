import { toPlanJson } from "../../api/plan-json.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { assertRunnable } from "../../core/plan/scope-plan.ts";
import { plural } from "../../core/report/words.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { ReadPlan } from "../../host/project.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn } from "../options.ts";
import { renderDot, renderMermaid } from "../render/plan-graph.ts";
import { renderPlan } from "../render/plan-view.ts";
import { projectFor } from "./hosting.ts";
import { planRequest } from "./plan-request.ts";

/** What a run would do; nothing is changed. Ends with 0 when it could start, 2 when it could not, 5 when a person is asked. */
export const command: CommandModule = {
  args: [{ words: "<source>", meaning: "Markdown plan or JSON list of issues" }],
  options: [
    { flags: "--wave <n>", meaning: "Only this wave of the plan", group: "Scope" },
    { flags: "--from <key>", meaning: "This issue and everything after it", group: "Scope" },
    {
      flags: "--autonomous",
      meaning: "Take the safe choice where a person would be asked",
      sets: { key: "mode", value: "autonomous" },
    },
    { flags: "--mermaid", meaning: "Print the graph as Mermaid text", group: "Output" },
    { flags: "--dot", meaning: "Print the graph for Graphviz", group: "Output" },
  ],
  run: async (context) => {
    const project = await projectFor(context);
    const { mode, planning } = project.loaded.config;
    const isAutonomous = mode === "autonomous";
    const unmapped =
      isAutonomous && planning.unmapped === "propose" ? "serialise" : planning.unmapped;
    const read = await project.readPlan({ ...planRequest(context), unmapped });
    context.out(textOf(context, read));
    return verdict(context, read.plan, isAutonomous);
  },
};

function textOf(context: CommandContext, read: ReadPlan): string {
  if (context.globals.json) return JSON.stringify(toPlanJson(read.plan), null, 2);
  if (isOn(context.options, "mermaid")) return renderMermaid(read.plan);
  if (isOn(context.options, "dot")) return renderDot(read.plan);
  const { columns } = context.terminal;
  return renderPlan(read.plan, {
    width: columns,
    colour: context.colour,
    gates: read.gates,
  }).trimEnd();
}

/** The view has said what is wrong; this says what it means for a run. */
function verdict(context: CommandContext, plan: Plan, isAutonomous: boolean): ExitCode {
  try {
    assertRunnable(plan);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.tell(`A run would not start: ${error.message}`);
    return error.exitCode;
  }
  const critical = plan.findings.filter((finding) => finding.severity === "critical").length;
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
