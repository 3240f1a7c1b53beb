import type { Instant } from "../shared/names.ts";
import { hasMoney, usedUpByDay } from "./budget.ts";
import type { Run, Task } from "./run.ts";
import type { AgentRole, RoleAgent } from "./settings.ts";
import { roleAt } from "./step-action.ts";
import { isTerminal, taskStatus } from "./task-state.ts";

/** What holds new turns back for a time, and passes by itself. */
interface Hold {
  readonly what: "budget" | "provider";
  /** The day's ceiling, or the agent whose provider asked to come back later. */
  readonly key: string;
  readonly until: Instant;
}

/** True when a new turn of this task may begin: money is left, and its agent's provider has not sent everybody away. */
export function mayBegin(run: Run, task: Task, now: Instant): boolean {
  return hasMoney(run, task) && holdOf(run, task, now) === null;
}

/** What holds the next turn of this task back at `now` until a known time; null: nothing of the kind. */
export function holdOf(run: Run, task: Task, now: Instant): Hold | null {
  const day = usedUpByDay(run, now);
  if (day !== null) return { what: "budget", key: day.ceiling, until: day.until };
  const agent = nextAgent(run, task);
  const until = agent === null ? 0 : (run.limitedUntil.get(agent) ?? 0);
  return agent === null || until <= now ? null : { what: "provider", key: agent, until };
}

/** When tasks that are only held back go on: the engine looks again then, and the run is not at rest before. */
export function holdsEnd(run: Run, now: Instant): readonly Instant[] {
  if (run.status !== "running" || !holdsAny(run, now)) return [];
  const instants: Instant[] = [];
  for (const task of run.tasks.values()) {
    if (isTerminal(task.status) || task.session !== null || nextAgent(run, task) === null) continue;
    if (task.status === "waiting" && taskStatus(run, task) !== "ready") continue;
    const hold = hasMoney(run, task) ? holdOf(run, task, now) : null;
    if (hold !== null) instants.push(hold.until);
  }
  return instants;
}

/** The agent that plays a role; reviewers of a stage that has none of its own are the reviewer. */
export function agentOf(run: Run, role: AgentRole): RoleAgent {
  const { roles } = run.settings;
  switch (role) {
    case "fixer":
      return roles.fixer;
    case "conflict-resolver":
      return roles.conflictResolver ?? roles.fixer;
    case "spec-reviewer":
      return roles.specReviewer ?? roles.reviewer;
    case "quality-reviewer":
      return roles.reviewer;
    case "test-checker":
      return roles.testChecker ?? roles.reviewer;
    case "planner":
    case "implementer":
    case "summariser":
      return roles.implementer;
  }
}

/** Who has the next turn of this task; null: its next step is nobody's turn. */
export function nextAgent(run: Run, task: Task): string | null {
  if (task.status === "waiting") return run.settings.roles.implementer.agent;
  const { step } = task;
  if (task.status === "escalated" || (step.at !== "session" && step.at !== "review")) return null;
  return agentOf(run, roleAt(task, step)).agent;
}

function holdsAny(run: Run, now: Instant): boolean {
  if (usedUpByDay(run, now) !== null) return true;
  for (const until of run.limitedUntil.values()) if (until > now) return true;
  return false;
}
