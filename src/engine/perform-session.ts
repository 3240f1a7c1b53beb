import type { ActionOf } from "../core/run/actions.ts";
import { leftForSession } from "../core/run/budget.ts";
import { agentOf } from "../core/run/may-begin.ts";
import type { Run, Task } from "../core/run/run.ts";
import { agentMail } from "../core/shared/agent-mail.ts";
import type { Instant } from "../core/shared/names.ts";
import type { SessionOutcome, SessionRequest } from "../ports/dispatch.ts";
import { handoffOf } from "./handoff-owed.ts";
import type { Repository, WorkFacts } from "../ports/repository.ts";
import { takeOver } from "./perform-pull-request.ts";
import { afterMerge } from "./after-merge.ts";
import {
  asWork,
  forkPointOf,
  taskOf,
  workspaceOf,
  type PerformerOf,
  type World,
} from "./performer.ts";

interface Place {
  readonly path: string;
  readonly branch: string;
  readonly forkPoint: string;
}

/** Agent sessions: detached processes that outlive the engine and are adopted, never doubled. */
export function performSession(world: World): {
  PrepareSession: PerformerOf<"PrepareSession">;
  RunSession: PerformerOf<"RunSession">;
  EndSession: PerformerOf<"EndSession">;
} {
  const { repository, dispatch } = world;
  return {
    PrepareSession: (action, run) => {
      const task = taskOf(run, action.task);
      const { path, branch } = workspaceOf(task);
      const forkPoint = forkPointOf(task);
      const patterns = run.settings.protectedBranches;
      const { published, mergingWith, head } = task;
      return async (inside) => {
        // A fix of what a person has pushed begins on what they pushed.
        if (action.clean && mergingWith === null && published.length > 0)
          await takeOver(world, { path, branch, published, head: head ?? "" });
        if (action.clean || !(await isInPlace(repository, { path, branch, forkPoint }))) {
          await repository.restoreUnlessMerging(path, branch);
        }
        await inside();
        return { of: "PrepareSession", protectedRefs: await repository.protectedRefs(patterns) };
      };
    },

    RunSession: (action, run) => {
      const task = taskOf(run, action.task);
      const prompt = world.prompt(run, task, action);
      const request = { ...sessionRequest(run, task, action, world.clock.now()), prompt };
      const { path, branch } = workspaceOf(task);
      const forkPoint = forkPointOf(task);
      const watched = watchedRefs(run, task, action);
      const isReview = action.stages.length > 0;
      const owed = handoffOf(world, run, task, action.role);
      return async (inside) => {
        const { report, usage, secrets, ...ended } = await dispatch.run(request);
        await inside();
        const breaches = await watched.undo(repository);
        const facts = await leftIn(repository, { path, branch, forkPoint }, isReview);
        const { end, vendorSession, lastWords, retryAt, detail } = ended;
        const said = { end, vendorSession, report, lastWords, usage, retryAt, detail };
        const { session } = action;
        const more = { ...secretsOf(secrets), ...(await owed.look(repository, facts)) };
        const seen = isReview ? {} : await afterMerge(repository, task, facts);
        const work = { ...asWork(world, facts, branch), ...seen };
        return { of: "RunSession", session, ...said, work, breaches, ...more };
      };
    },

    EndSession: (action, run) => {
      const { graceMs } = run.settings.sessionLimits;
      const runId = run.id;
      return async (inside) => {
        await inside();
        await dispatch.end(runId, action.session, graceMs);
        return { of: "EndSession" };
      };
    },
  };
}

/** A reviewer may look, not write: what it left in the tree is thrown away, what it committed was taken back. */
async function leftIn(
  repository: Repository,
  { path, branch, forkPoint }: Place,
  isReview: boolean,
): Promise<WorkFacts> {
  const facts = await repository.inspectWork(path, branch, forkPoint);
  const isUntouched = !facts.missing && facts.onBranch === branch && !isDirty(facts);
  if (!isReview || isUntouched) return facts;
  await repository.restoreUnlessMerging(path, branch);
  return repository.inspectWork(path, branch, forkPoint);
}

/** Gates may have left the worktree on another commit; an agent may have deleted it. */
async function isInPlace(
  repository: Repository,
  { path, branch, forkPoint }: Place,
): Promise<boolean> {
  const facts = await repository.inspectWork(path, branch, forkPoint, "committed");
  return !facts.missing && facts.onBranch === branch;
}

function isDirty(facts: { readonly dirtyPaths: readonly string[] }): boolean {
  return facts.dirtyPaths.length > 0;
}

/** Refs this session may not move. A reviewer's own branch is one of them, though moving it stops no run. */
function watchedRefs(
  run: Run,
  task: Task,
  action: ActionOf<"RunSession">,
): { undo(repository: Repository): Promise<readonly { ref: string; keptAs: string }[]> } {
  const refs = task.prepared?.refs ?? {};
  const own = `refs/heads/${task.branch}`;
  const guardsOwn = action.stages.length > 0 && task.head !== null;
  const before = guardsOwn ? { ...refs, [own]: task.head } : refs;
  const patterns = run.settings.protectedBranches;
  const all = guardsOwn ? [...patterns, task.branch] : patterns;
  const committer = agentMail(run.id, action.session);
  return {
    undo: async (repository) => {
      const undone = await repository.undoBreaches(before, all, committer);
      return undone.filter(({ ref }) => ref !== own).map(({ ref, keptAs }) => ({ ref, keptAs }));
    },
  };
}

function secretsOf(secrets: SessionOutcome["secrets"]): Pick<SessionOutcome, "secrets"> {
  return secrets === undefined || secrets.length === 0 ? {} : { secrets };
}

function sessionRequest(
  run: Run,
  task: Task,
  action: ActionOf<"RunSession">,
  now: Instant,
): Omit<SessionRequest, "prompt"> {
  const { agent, model } = agentOf(run, action.role);
  const round = Object.values(task.rounds).reduce((sum, rounds) => sum + rounds, 0);
  return {
    run: run.id,
    session: action.session,
    role: action.role,
    agent,
    model,
    directory: workspaceOf(task).path,
    task: {
      key: task.key,
      title: task.issue.title,
      attempt: task.attemptsFailed + 1,
      round,
    },
    stages: action.stages,
    continues: action.continues,
    limits: { ...run.settings.sessionLimits, ...leftForSession(run, task, now) },
  };
}
