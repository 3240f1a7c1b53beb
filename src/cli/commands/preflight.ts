import type { BaselineJson, PreflightJson } from "../../api/preflight-json.ts";
import type { OpenedProject } from "../../composition/open-project.ts";
import { ExitCode } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn } from "../options.ts";
import { baselineLines, checkLines, checkSummary } from "../render/preflight.ts";
import { allChecks, GROUND_OPTIONS } from "./preflight-checks.ts";
import { tellGates, untilSignal } from "./preflight-progress.ts";
import { projectFor } from "./hosting.ts";
import { lookFor } from "./with-run.ts";

type Requires = PreflightJson["requiresGreen"];

/** `cairn preflight` */
export const command: CommandModule = {
  args: [],
  options: [
    { flags: "--gates", meaning: "Run the gates alone, without the checks of the machine" },
    {
      flags: "--require-green-baseline",
      meaning: "End with exit code 1 when a test gate is red, whatever the configuration asks for",
    },
    ...GROUND_OPTIONS,
  ],
  run: async (context) => {
    const project = await projectFor(context);
    const { checks, target } = await checksFor(context, project);
    const isText = !context.globals.json;
    const look = lookFor(context);
    if (isText) for (const line of checkLines(checks, look)) context.out(line);
    const baseline = target === null ? null : await baselineOf(context, project, target);
    const requiresGreen = requiredOf(context, project);
    const isRefused = checks.some((check) => check.result === "refused");
    const isRed = baseline !== null && stopsAt(baseline, requiresGreen);
    const document: PreflightJson = {
      schemaVersion: 1,
      checks,
      baseline,
      requiresGreen,
      ready: !isRefused && !isRed,
    };
    if (isText) {
      if (baseline !== null)
        for (const line of baselineLines(baseline, requiresGreen, look)) context.out(line);
      if ((!isRed || isRefused) && checks.length > 0) context.out(checkSummary(checks));
    } else context.out(JSON.stringify(document, null, 2));
    if (isRefused) return ExitCode.usage;
    return isRed ? ExitCode.failures : ExitCode.done;
  },
};

/** The checks, and the branch whose head can be measured; with `--gates` only what the gates need. */
async function checksFor(
  context: CommandContext,
  project: OpenedProject,
): Promise<{ readonly checks: PreflightJson["checks"]; readonly target: string | null }> {
  if (!isOn(context.options, "gates")) {
    const { checks, facts } = await allChecks(context, project);
    const { target, git } = facts;
    const canMeasure = git.isNewEnough && git.hasCommits && git.isWritable && target.exists;
    return { checks, target: canMeasure ? target.name : null };
  }
  const [{ refuseBadGround, groundChecks }, facts] = await Promise.all([
    import("../../host/checks.ts"),
    project.groundFacts(null),
  ]);
  const needed = new Set(["git", "repository", "target", "disk"]);
  const checks = groundChecks(facts, { allowDirty: true });
  refuseBadGround(checks.filter((check) => needed.has(check.name)));
  return { checks: [], target: facts.target.name };
}

async function baselineOf(
  context: CommandContext,
  project: OpenedProject,
  target: string,
): Promise<BaselineJson> {
  const { takeBaseline } = await import("../../composition/preflight.ts");
  const { env } = context;
  return untilSignal((signal) =>
    takeBaseline({ project, env, target, signal, tell: tellGates(context) }),
  );
}

/** As a run would ask: tests must be green unless the profile is plain. */
function requiredOf(context: CommandContext, project: OpenedProject): Requires {
  const { baseline, profile } = project.loaded.config;
  const configured =
    baseline.requireGreen === "tests" && profile === "plain" ? "none" : baseline.requireGreen;
  const isForced = isOn(context.options, "requireGreenBaseline");
  return isForced && configured === "none" ? "tests" : configured;
}

function stopsAt(baseline: BaselineJson, requires: Requires): boolean {
  if (requires === "none") return false;
  return (requires === "all" ? baseline.red : baseline.redTests).length > 0;
}
