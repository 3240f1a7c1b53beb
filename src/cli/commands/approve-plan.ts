import { applyCorrections, approvePlan } from "../../core/plan/apply-corrections.ts";
import { serialisePlan } from "../../core/plan/apply-corrections-serial.ts";
import { readCorrections, type Correction } from "../../core/plan/corrections.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { assertRunnable } from "../../core/plan/scope-plan.ts";
import { mayCollide } from "../../core/plan/unmapped.ts";
import { plural } from "../../core/report/words.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { OpenedProject } from "../../composition/open-project.ts";
import type { PlanRequest, ReadPlan } from "../../host/project.ts";
import type { CommandContext } from "../command-module.ts";
import { isOn } from "../options.ts";
import { changeLines, isNoChange, serialLines } from "../render/plan-changes.ts";
import { askPlanner, meaningFrom, mayAskPlanner } from "./approve-plan-agent.ts";
import {
  decidedWords,
  needsPerson,
  refusalOf,
  refuseCritical,
  RULES,
  unclearCorrection,
} from "./approve-plan-words.ts";
import { discussPlan, passableFindings, stoppingFindings } from "./plan-corrections.ts";

/**
 * The plan a run begins with: it can be run, has no critical finding that nobody took upon themselves, and nothing in
 * it waits for a person any more. Where a run of it is under way, nothing is asked: that goes on with its own plan.
 * @throws UserError `plan/…`: exit 2 for what is wrong, 3 when it was not approved, 5 where a person must decide and
 * none can be asked.
 */
export async function approvedPlan(
  context: CommandContext,
  project: OpenedProject,
  request: PlanRequest,
): Promise<ReadPlan> {
  const read = await readToCorrect(context, project, request);
  if (await isUnderWay(project, read.plan)) {
    if (correctionTexts(context).length > 0)
      context.tell(
        "A run of this is under way with the plan it was begun with: --correct is for a new one.",
      );
    return read;
  }
  const base = read.plan;
  const corrected = correctedPlan(context, read);
  assertRunnable(corrected.plan);
  const stopping = stoppingFindings(corrected.plan);
  const skips = isOn(context.options, "skipPlanReview") || !project.loaded.config.planning.review;
  const passable = skips ? [] : passableFindings(corrected.plan);
  if (!skips && stopping.length > 0) refuseCritical([...stopping, ...passable], request);
  const isUnanswered = passable.length > 0 && !isOn(context.options, "approvePlan");
  if (corrected.plan.status === "ready" && !isUnanswered) return corrected;
  if (isOn(context.options, "approvePlan")) {
    const { read: asked, by } = await withPlanner(context, project, corrected, "if asked for");
    return concluded(asked, approvePlan(asked.plan, by), base);
  }
  if (isAutonomous(context, project, read)) {
    if (isUnanswered) refuseCritical(passable, request);
    return inARow(context, corrected, base);
  }
  if (!context.terminal.stdin || !context.terminal.stdout) {
    if (isUnanswered) refuseCritical(passable, request);
    const { read: asked, by } = await withPlanner(context, project, corrected, "if asked for");
    throw needsPerson(request, { plan: asked.plan, by });
  }
  return approvedByPerson(context, project, { read: corrected, base });
}

/**
 * A plan as `--correct` and `--propose` want it, for whoever only looks at it.
 * @throws UserError `plan/unclear-correction`, `plan/refused-correction`.
 */
export async function answeredPlan(
  context: CommandContext,
  project: OpenedProject,
  request: PlanRequest,
): Promise<ReadPlan> {
  const read = correctedPlan(context, await readToCorrect(context, project, request));
  return (await withPlanner(context, project, read, "if asked for")).read;
}

/** Words correct what the source says, not what was put in a row for want of words: that is done behind them. */
async function readToCorrect(
  context: CommandContext,
  project: OpenedProject,
  request: PlanRequest,
): Promise<ReadPlan> {
  const read = await project.readPlan(request);
  if (read.unmapped !== "serialise" || correctionTexts(context).length === 0) return read;
  const asRead = await project.readPlan({ ...request, unmapped: "propose" });
  return { ...asRead, unmapped: "serialise" };
}

/** True while a run of this milestone is not over. */
async function isUnderWay(project: OpenedProject, plan: Plan): Promise<boolean> {
  if (!project.hasStore()) return false;
  const { newestRun, isOpenRun, isSameMilestone } = await import("../../host/runs.ts");
  const store = await project.openStore({ readonly: true });
  try {
    const newest = newestRun(store);
    return newest?.plan != null && isOpenRun(newest) && isSameMilestone(newest.plan, plan);
  } finally {
    store.close();
  }
}

function correctionTexts({ options }: CommandContext): readonly string[] {
  const { correct } = options;
  if (correct === undefined || typeof correct === "boolean") return [];
  return typeof correct === "string" ? [correct] : correct;
}

/** What `--correct` says, all of it or nothing. @throws UserError `plan/unclear-correction`. */
function corrections(context: CommandContext, plan: Plan): readonly Correction[] {
  return correctionTexts(context).flatMap((text) => {
    const words = readCorrections(text, plan);
    if (words.kind === "read") return words.corrections;
    throw unclearCorrection(text, words);
  });
}

/**
 * A plan as `--correct` wants it, said edge by edge; the same plan where nothing is to be corrected.
 * @throws UserError `plan/unclear-correction`, `plan/refused-correction`.
 */
function correctedPlan(context: CommandContext, read: ReadPlan): ReadPlan {
  const said = corrections(context, read.plan);
  if (said.length === 0) return read;
  const { plan, diff, refusals } = applyCorrections(read.plan, said);
  if (refusals.length > 0) throw refusalOf(refusals);
  const isLetGo = said.every(({ kind }) => kind === "parallel") && isNoChange(diff);
  const lines = isLetGo ? ["no order is put between them"] : changeLines(diff);
  for (const line of lines) context.tell(`plan: ${line}`);
  if (read.unmapped === "serialise") {
    const row = serialisePlan(plan, said);
    return concluded(read, row.plan, read.plan);
  }
  const isClear = plan.status === "needs_review" && !mayCollide(plan.issues);
  return concluded(read, isClear ? approvePlan(plan, RULES) : plan, read.plan);
}

/** Off a terminal the mode may be autonomous by default; a plan is only decided without a person where that was asked for. */
function isAutonomous(context: CommandContext, project: OpenedProject, read: ReadPlan): boolean {
  if (read.settings.mode !== "autonomous") return false;
  return isOn(context.options, "autonomous") || "mode" in project.loaded.origins;
}

function inARow(context: CommandContext, read: ReadPlan, base: Plan): ReadPlan {
  const { plan, added } = serialisePlan(read.plan, corrections(context, read.plan));
  if (added.length > 0) {
    context.tell(
      `Issues without a word about dependencies may collide: they are put in a row by ${plural(added.length, "edge")}.`,
    );
    for (const line of serialLines(added)) context.tell(line);
  }
  // Whoever reads the source again puts it in the same row.
  return { ...concluded(read, plan, base), unmapped: "serialise", decided: [] };
}

async function approvedByPerson(
  context: CommandContext,
  project: OpenedProject,
  { read, base }: { readonly read: ReadPlan; readonly base: Plan },
): Promise<ReadPlan> {
  const asked = await withPlanner(context, project, read, "if there is one");
  const [{ showPlan }, prompts] = await Promise.all([
    import("./show-plan.ts"),
    import("@clack/prompts"),
  ]);
  const plan = await discussPlan(
    { plan: asked.read.plan, by: asked.by },
    {
      width: context.terminal.columns,
      ask: async (message) => {
        const words = await prompts.text({ message, defaultValue: "" });
        return prompts.isCancel(words) ? null : words;
      },
      confirm: async (message) => {
        const yes = await prompts.confirm({ message, initialValue: true });
        return prompts.isCancel(yes) ? null : yes;
      },
      tell: (words) => context.tell(words),
      show: (shown) => context.out(showPlan(context, read, shown)),
      meaning: await meaningFrom(context, project, read),
    },
  );
  if (plan !== null) return concluded(read, plan, base);
  throw new UserError("plan/aborted", "The plan was not approved; nothing was changed.", {
    exitCode: ExitCode.stopped,
  });
}

/** The plan with an agent's proposals where one may be asked; else with those of the rules. */
async function withPlanner(
  context: CommandContext,
  project: OpenedProject,
  read: ReadPlan,
  when: "if asked for" | "if there is one",
): Promise<{ readonly read: ReadPlan; readonly by: string }> {
  const rules = { read, by: RULES };
  const isAsked = isOn(context.options, "propose");
  if (context.options["propose"] === false) return rules;
  if (read.plan.status !== "needs_review" || (!isAsked && when === "if asked for")) return rules;
  if (!isAsked && !(await mayAskPlanner(project))) return rules;
  const proposal = await askPlanner(context, project, read);
  if (proposal === null) return rules;
  return { read: { ...read, plan: proposal.plan }, by: proposal.by };
}

/** The plan that was decided on, with what a run of it needs beside it. */
function concluded(read: ReadPlan, plan: Plan, base: Plan): ReadPlan {
  const inside = new Set(plan.issues.map((issue) => issue.key));
  const branches = Object.fromEntries(
    Object.entries(read.branches).filter(([key]) => inside.has(key)),
  );
  const isWhole = plan.issues.length === base.issues.length;
  return {
    ...read,
    plan,
    branches,
    unmapped:
      plan.status === "ready" && read.unmapped === "propose" ? "independent" : read.unmapped,
    settings: { ...read.settings, wholeMilestone: read.settings.wholeMilestone && isWhole },
    decided: decidedWords(base, plan),
  };
}
