import type { ActionOf, ActionType } from "../core/run/actions.ts";
import type { Milestone } from "../core/plan/issue.ts";
import type { Outcome, Work } from "../core/run/outcomes.ts";
import type { Run, Task } from "../core/run/run.ts";
import { BrokenPromise } from "../errors.ts";
import type { Bootstrap } from "../ports/bootstrap.ts";
import type { Clock } from "../ports/clock.ts";
import type { Dispatch } from "../ports/dispatch.ts";
import type { Forge } from "../ports/forge.ts";
import type { GateRunner } from "../ports/gate.ts";
import type { Repository, WorkFacts } from "../ports/repository.ts";
import type { Resolver } from "../ports/resolver.ts";
import type { SecretScanner } from "../ports/secrets.ts";
import type { FollowUpFiles, FollowUpPlace, ProgressFile } from "../ports/source.ts";

/** Everything outside the engine that a performer may touch. */
export interface World {
  readonly repository: Repository;
  readonly dispatch: Dispatch;
  readonly gates: GateRunner;
  readonly forge: Forge;
  readonly bootstrap: Bootstrap;
  /** Rules for conflicts that need more than the sides, as a lock file needs its package manager; absent: none. */
  readonly resolvers?: readonly Resolver[];
  readonly clock: Clock;
  /** The file in which the run's source keeps how far it is; null: it keeps none, or nobody wants it written. */
  readonly progressFile: (run: Run) => ProgressFile | null;
  /** Reads the run's milestone again where it lives on a service and may change there; absent: it does not. */
  readonly milestone?: (run: Run) => Promise<Milestone | null>;
  /** The service on which issues for what a partial result leaves are made; absent: the source is no service. */
  readonly followUps?: FollowUpPlace;
  /** How the source's own files take such issues; absent or null: they take none. */
  readonly followUpFiles?: (run: Run) => FollowUpFiles | null;
  /** Pattern of task branches, for issues that join the run; absent: the usual one. */
  readonly taskBranch?: string;
  /** Looks through what a task would push. */
  readonly secrets: SecretScanner;
  /** Takes out what must not be written down, by shape and by value; absent: nothing has any. */
  readonly redact?: (text: string) => string;
  /** What the session is told; the same state gives the same text. */
  readonly prompt: (run: Run, task: Task, action: ActionOf<"RunSession">) => string;
}

/**
 * First half, synchronous: takes what it needs from the run. Second half: asks the world whether it has happened, does
 * it if not, and passes `inside` between asking and the end at least once, where a death would hurt most.
 */
export type PerformerOf<T extends ActionType> = (
  action: ActionOf<T>,
  run: Run,
) => (inside: () => Promise<void>) => Promise<Extract<Outcome, { of: T }>>;

/** The task an action is about. */
export function taskOf(run: Run, key: string): Task {
  const task = run.tasks.get(key);
  if (task === undefined)
    throw new BrokenPromise(`An action names the task ${key}, which is not in the run.`);
  return task;
}

/** The workspace of a task that must have one by now. */
export function workspaceOf(task: Task): NonNullable<Task["workspace"]> {
  if (task.workspace === null) throw new BrokenPromise(`${task.key} has no workspace yet.`);
  return task.workspace;
}

/** What the work of a task is measured from: the base that is being merged in, or its recorded fork point. */
export function forkPointOf(task: Task): string {
  return task.mergingWith ?? workspaceOf(task).forkPoint;
}

/**
 * Git's facts in the words of the core, for the task of `branch`. Another branch that is checked out was named by an
 * agent, and its name goes into sentences: it is told without secrets.
 */
export function asWork(world: Pick<World, "redact">, facts: WorkFacts, branch: string): Work {
  const { onBranch } = facts;
  if (onBranch === null || onBranch === branch || world.redact === undefined) return facts;
  return { ...facts, onBranch: world.redact(onBranch) };
}
