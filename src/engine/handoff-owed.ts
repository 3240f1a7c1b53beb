import type { AgentRole, Run, Task } from "../core/run/run.ts";
import type { Repository, WorkFacts } from "../ports/repository.ts";
import { forkPointOf, type World } from "./performer.ts";

/** Looks whether the work holds what a task owes the next ones; answers nothing where nothing is owed. */
export interface OwedHandoff {
  look(
    repository: Repository,
    facts: WorkFacts,
  ): Promise<{ readonly handoff?: "written" | "missing" }>;
}

const NOTHING: OwedHandoff = { look: () => Promise.resolve({}) };

/** The section about this task in the plan's handoff file, as far as whoever worked in this role owes it. */
export function handoffOf(world: World, run: Run, task: Task, role: AgentRole | null): OwedHandoff {
  const { discipline } = run.settings;
  const file = run.plan?.handoff ?? null;
  const isOwed = discipline !== undefined && discipline.handoff !== "off" && file !== null;
  const progress = isOwed ? world.progressFile(run) : null;
  // Other sources keep their marks elsewhere: what they owe is not written by agents.
  if (progress === null || progress.path !== file || role !== "implementer") return NOTHING;
  const forkPoint = forkPointOf(task);
  const marks = new Map([[task.key, "done" as const]]);
  return {
    look: async (repository, facts) => {
      if (facts.missing || facts.head === forkPoint) return {};
      const changes = await repository.changesBetween(forkPoint, facts.head, (at) => at === file);
      const after = changes.find(({ path }) => path === file)?.after ?? null;
      // Nothing is left to be marked: the section is there.
      const isThere = after !== null && progress.mark(after, marks) === null;
      return { handoff: isThere ? "written" : "missing" };
    },
  };
}
