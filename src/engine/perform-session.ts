import { buildPrompt } from "../core/execute/agent-prompt.ts";
import { promptInput } from "../core/execute/prompt-input.ts";
import type { ActionOf } from "../core/run/actions.ts";
import type { Run, Task } from "../core/run/run.ts";
import type { RoleAgent } from "../core/run/settings.ts";
import type { SessionRequest } from "../ports/dispatch.ts";
import { asWork, taskOf, workspaceOf, type PerformerOf, type World } from "./performer.ts";

/** Agent sessions: detached processes that outlive the engine and are adopted, never doubled. */
export function performSession(world: World): {
  RunSession: PerformerOf<"RunSession">;
  EndSession: PerformerOf<"EndSession">;
} {
  const { repository, dispatch } = world;
  return {
    RunSession: (action, run) => {
      const task = taskOf(run, action.task);
      const workspace = workspaceOf(task);
      const request = sessionRequest(run, task, action, workspace.path);
      const patterns = run.settings.protectedBranches;
      const startsClean = action.role === "fixer" && action.reminder === null;
      return async (inside) => {
        const before = await repository.protectedRefs(patterns);
        if (startsClean) await repository.restoreUnlessMerging(workspace.path, workspace.branch);
        const outcome = await dispatch.run(request);
        await inside();
        const breaches = await repository.undoBreaches(before, patterns, committerOf(action.session));
        if (action.stages.length > 0 && task.head !== null) {
          // A reviewer may look, not write: whatever it changed is taken back.
          await repository.restoreIfMoved(workspace.path, workspace.branch, task.head);
        }
        const facts = await repository.inspectWork(workspace.path, workspace.branch, workspace.forkPoint);
        return {
          of: "RunSession",
          session: action.session,
          end: outcome.end,
          vendorSession: outcome.vendorSession,
          report: outcome.report,
          lastWords: outcome.lastWords,
          usage: outcome.usage,
          retryAt: outcome.retryAt,
          detail: outcome.detail,
          work: asWork(facts),
          breaches: breaches.map((breach) => ({ ref: breach.ref, keptAs: breach.keptAs })),
        };
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

/** Committer address by which a session's commits are known; also set in the session's environment. */
export function committerOf(session: string): string {
  return `${session}@agents.cairn.invalid`;
}

function agentFor(run: Run, action: ActionOf<"RunSession">): RoleAgent {
  const { roles } = run.settings;
  if (action.stages.length > 0) return roles.reviewer;
  return action.role === "fixer" ? roles.fixer : roles.implementer;
}

function sessionRequest(run: Run, task: Task, action: ActionOf<"RunSession">, directory: string): SessionRequest {
  const { agent, model } = agentFor(run, action);
  const { budget, sessionLimits } = run.settings;
  const rounds = task.rounds;
  return {
    run: run.id,
    session: action.session,
    role: action.role,
    agent,
    model,
    directory,
    prompt: buildPrompt(promptInput(run, task, action)),
    task: {
      key: task.key,
      title: task.issue.title,
      attempt: task.attemptsFailed + 1,
      round: rounds.spec + rounds.quality + rounds.pullRequest + rounds.conflict,
    },
    continues: action.continues,
    limits: { ...sessionLimits, usd: sessionBudget(run, task, budget.sessionUsd) },
  };
}

/** The session's own ceiling, or what the task and the run have left, whichever is least. */
function sessionBudget(run: Run, task: Task, sessionUsd: number | null): number | null {
  const { taskUsd, runUsd } = run.settings.budget;
  const left = [
    sessionUsd,
    taskUsd === null ? null : taskUsd - (task.usage.usd ?? 0),
    runUsd === null ? null : runUsd - (run.usage.usd ?? 0),
  ].filter((amount) => amount !== null);
  return left.length === 0 ? null : Math.max(0, Math.min(...left));
}
