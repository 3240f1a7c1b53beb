import type { BreachFact } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import { agentMail, measurementSession } from "../core/shared/agent-mail.ts";
import type { CommitSha } from "../core/shared/names.ts";
import type { Breach, Repository } from "../ports/repository.ts";

export interface Guarded<T> {
  readonly value: T;
  /** Protected refs that were moved meanwhile by what ran, and are back. */
  readonly breaches: readonly BreachFact[];
}

/** Breaches of work that failed: told with the next answer to the same action. */
const untold = new WeakMap<Repository, Map<string, readonly BreachFact[]>>();

/**
 * Does work that runs an agent's code (gates, installers) and puts back what that did to protected refs; `key` is the
 * action's, under whose address that code works, `judged` the commit that is being judged by it. Also what it did for an
 * engine that died of it, or before it failed. What was put back for an earlier answer to the same action is not told
 * again: that answer has stopped the run.
 */
export async function guardRefs<T>(
  repository: Repository,
  run: Run,
  key: string,
  work: () => Promise<T>,
  judged?: CommitSha,
): Promise<Guarded<T>> {
  const patterns = run.settings.protectedBranches;
  const mail = agentMail(run.id, measurementSession(key));
  const waiting = untold.get(repository) ?? new Map<string, readonly BreachFact[]>();
  untold.set(repository, waiting);
  const left = asFacts(await repository.undoBreaches(null, patterns, mail));
  const before = await repository.protectedRefs(patterns);
  const found = async (): Promise<readonly BreachFact[]> => {
    const undone = await repository.undoBreaches(before, patterns, mail, judged);
    const all = [...(waiting.get(key) ?? []), ...left, ...asFacts(undone)];
    return [...new Map(all.map((fact) => [fact.keptAs, fact])).values()];
  };
  let value: T;
  try {
    value = await work();
  } catch (error) {
    waiting.set(key, await found());
    throw error;
  }
  const breaches = await found();
  waiting.delete(key);
  return { value, breaches };
}

function asFacts(breaches: readonly Breach[]): readonly BreachFact[] {
  return breaches
    .filter((breach) => breach.earlier !== true)
    .map(({ ref, keptAs }) => ({ ref, keptAs }));
}

/** The field of an outcome: left out where there is nothing to say. */
export function asBreaches(breaches: readonly BreachFact[]): { breaches?: readonly BreachFact[] } {
  return breaches.length === 0 ? {} : { breaches };
}
