import type { Plan } from "../../core/plan/plan.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { OpenedProject } from "../../composition/open-project.ts";
import type { ReadPlan } from "../../host/project.ts";
import type { CommandContext } from "../command-module.ts";
import { printable } from "../render/plan-text.ts";
import type { PlanTalk } from "./plan-corrections.ts";

/** True where an agent may be asked to plan without having been called for. */
export async function mayAskPlanner(project: OpenedProject): Promise<boolean> {
  const { plannerName } = await import("../../composition/planner.ts");
  return plannerName(project) !== null;
}

/** Asks the planner and says what came of it in one line; null when the rules' proposal stands. */
export async function askPlanner(
  context: CommandContext,
  project: OpenedProject,
  read: ReadPlan,
): Promise<{ readonly plan: Plan; readonly by: string } | null> {
  const { proposePlan, plannerName } = await import("../../composition/planner.ts");
  const name = plannerName(project);
  if (name !== null) {
    const leave = canLeave(context) ? " Ctrl-C goes on without it." : "";
    context.tell(`Asking ${name} which issues need each other.${leave}`);
  }
  const proposal = await interruptible(context, (signal) =>
    proposePlan({ project, read, environment: context.env, signal }, read.plan),
  );
  if (proposal.kind === "none") {
    context.tell(printable(proposal.why));
    return null;
  }
  context.tell(proposal.line);
  for (const note of proposal.notes) context.tell(`  ${printable(note)}`);
  return proposal;
}

/** The agent that may be asked what words mean; null where there is none. */
export async function meaningFrom(
  context: CommandContext,
  project: OpenedProject,
  read: ReadPlan,
): Promise<PlanTalk["meaning"]> {
  const { askMeaning, plannerName } = await import("../../composition/planner.ts");
  const agent = plannerName(project);
  if (agent === null) return null;
  const environment = context.env;
  return {
    agent,
    ask: (plan, words) =>
      interruptible(context, (signal) =>
        askMeaning({ project, read, environment, signal }, plan, words),
      ),
  };
}

/** At a terminal a person who does not want to wait any longer is still there to decide. */
function canLeave(context: CommandContext): boolean {
  return context.terminal.stdin && context.terminal.stdout;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Lets signals end the agent's session with all it started, before they end this program. */
async function interruptible<T>(
  context: CommandContext,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const heard: NodeJS.Signals[] = [];
  const hear = (name: NodeJS.Signals): void => {
    heard.push(name);
    stop.abort();
  };
  for (const name of SIGNALS) process.on(name, hear);
  try {
    const result = await work(stop.signal);
    const [first] = heard;
    if (first === undefined || (first === "SIGINT" && canLeave(context))) return result;
    throw new UserError("plan/interrupted", "The planner was ended; nothing was changed.", {
      exitCode: first === "SIGINT" ? ExitCode.interrupted : ExitCode.terminated,
    });
  } finally {
    for (const name of SIGNALS) process.off(name, hear);
  }
}
