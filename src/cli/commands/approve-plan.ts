import { assertRunnable } from "../../core/plan/scope-plan.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { OpenedProject } from "../../composition/open-project.ts";
import type { PlanRequest, ReadPlan } from "../../host/project.ts";
import type { CommandContext } from "../command-module.ts";
import { isOn } from "../options.ts";

/**
 * The plan a run begins with: it can be run, has no critical finding, and nothing in it waits for a person any more.
 * @throws UserError `plan/…`: exit 2 for what is wrong, 5 where a person must decide and none can be asked.
 */
export async function approvedPlan(
  context: CommandContext,
  project: OpenedProject,
  request: PlanRequest,
): Promise<ReadPlan> {
  const read = await project.readPlan(request);
  assertRunnable(read.plan);
  if (!isOn(context.options, "skipPlanReview")) refuseCritical(read.plan);
  if (read.plan.status === "ready") return read;
  if (read.settings.mode === "autonomous" && isAskedFor(context, project)) {
    context.tell("Issues without a word about dependencies may collide: they are put in a row.");
    return project.readPlan({ ...request, unmapped: "serialise" });
  }
  return approvedByPerson(context, project, request, read);
}

/** Off a terminal the mode may be autonomous by default; a plan is only decided without a person where that was asked for. */
function isAskedFor(context: CommandContext, project: OpenedProject): boolean {
  return isOn(context.options, "autonomous") || "mode" in project.loaded.origins;
}

async function approvedByPerson(
  context: CommandContext,
  project: OpenedProject,
  request: PlanRequest,
  read: ReadPlan,
): Promise<ReadPlan> {
  if (!context.terminal.stdin || !context.terminal.stdout) throw needsPerson(request, read.plan);
  const { renderPlan } = await import("../render/plan-view.ts");
  const { columns: width } = context.terminal;
  context.out(
    renderPlan(read.plan, { width, colour: context.colour, gates: read.gates }).trimEnd(),
  );
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
  const unmapped = answer === "serialise" ? "serialise" : "independent";
  return project.readPlan({ ...request, unmapped });
}

const NAMES_SHOWN = 8;

function needsPerson(request: PlanRequest, plan: Plan): UserError {
  const silent = plan.issues.filter(
    (issue) => issue.state === "open" && !issue.done && !issue.statesDependencies,
  );
  const names = silent.slice(0, NAMES_SHOWN).map((issue) => issue.key);
  const more = silent.length > NAMES_SHOWN ? ` and ${silent.length - NAMES_SHOWN} more` : "";
  const says = silent.length === 1 ? "says" : "say";
  return new UserError(
    "plan/needs-review",
    `The plan needs a person: ${names.join(", ")}${more} ${says} nothing about dependencies and may collide with others.`,
    {
      hints: [
        `See what is proposed: cairn plan ${request.source}`,
        `Let Cairn put them in a row: cairn run ${request.source} --autonomous`,
        "Or write into each issue what it needs: `Depends on: KEY`, or `Depends on: none`.",
      ],
      exitCode: ExitCode.waitsForPerson,
    },
  );
}

type Finding = Plan["findings"][number];

function refuseCritical(plan: Plan): void {
  const critical = plan.findings.filter((finding) => finding.severity === "critical");
  const [first] = critical;
  if (first === undefined) return;
  throw new UserError(first.code, critical.map(placed).join("\n"), {
    hints: [...new Set(critical.map((finding) => finding.hint))].slice(0, NAMES_SHOWN),
  });
}

function placed(finding: Finding): string {
  const { file, line, message } = finding;
  return file === undefined ? message : `${file}:${line ?? 1}: ${message}`;
}
