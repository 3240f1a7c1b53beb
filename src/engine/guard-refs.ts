import type { BreachFact } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import { agentMail, measurementSession } from "../core/shared/agent-mail.ts";
import type { Repository } from "../ports/repository.ts";

export interface Guarded<T> {
  readonly value: T;
  /** Protected refs that were moved meanwhile by what ran, and are back. */
  readonly breaches: readonly BreachFact[];
}

/**
 * Does work that runs an agent's code (gates, installers) and puts back what that did to protected refs; `key` is the
 * action's, under whose address that code works. Also what it did for an engine that died of it, or before it was red.
 */
export async function guardRefs<T>(
  repository: Repository,
  run: Run,
  key: string,
  work: () => Promise<T>,
): Promise<Guarded<T>> {
  const patterns = run.settings.protectedBranches;
  const mail = agentMail(run.id, measurementSession(key));
  await repository.undoBreaches(null, patterns, mail);
  const before = await repository.protectedRefs(patterns);
  const undo = (): ReturnType<Repository["undoBreaches"]> =>
    repository.undoBreaches(before, patterns, mail);
  let value: T;
  try {
    value = await work();
  } catch (error) {
    // Reported when the work is asked for again; until then the refs are not to stand where nobody put them.
    await undo();
    throw error;
  }
  const undone = await undo();
  return { value, breaches: undone.map(({ ref, keptAs }) => ({ ref, keptAs })) };
}

/** The field of an outcome: left out where there is nothing to say. */
export function asBreaches(breaches: readonly BreachFact[]): { breaches?: readonly BreachFact[] } {
  return breaches.length === 0 ? {} : { breaches };
}
