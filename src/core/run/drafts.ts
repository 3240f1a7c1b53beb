import type { TaskKey } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import { owedActions } from "./admission.ts";
import type { Run } from "./run.ts";
import { isTerminal } from "./task-state.ts";

/**
 * After a panic nothing under way looks ready to anybody; a merge whose outcome is unknown is left alone. What met trouble
 * on its way is begun again, also when the run goes on: nobody knows which of the two the pull request is now.
 */
export function draftActions(run: Run): readonly Action[] {
  if (run.settings.forge === undefined) return [];
  const owed = [...run.delayed.values()].flatMap(({ action }) =>
    action.type === "ReturnToDraft" ? [action] : [],
  );
  const isAsked = run.status === "halted" && run.panicked;
  return isAsked ? [...owed, ...toBeDrafts(run)] : run.status === "running" ? owed : [];
}

function toBeDrafts(run: Run): readonly Action[] {
  // Where nothing is opened as a draft, none is one by itself.
  const isDraftAtFirst = run.settings.forge?.opensDraft === true;
  const busy = new Set<TaskKey>();
  for (const action of owedActions(run))
    if (action.type === "MergePullRequest" || action.type === "ReturnToDraft")
      busy.add(action.task);
  return [...run.tasks.values()].flatMap((task): readonly Action[] => {
    const { pullRequest, key, stepNo } = task;
    if (pullRequest === null || isTerminal(task.status) || busy.has(key)) return [];
    if (pullRequest.draft && isDraftAtFirst) return [];
    return [{ type: "ReturnToDraft", key: `draft:${key}:n${stepNo}`, task: key }];
  });
}

/** Tasks that wait until it is known whether their pull request is a draft. */
export function owesDraft(run: Run): readonly TaskKey[] {
  return [...run.delayed.values()].flatMap(({ action }) =>
    action.type === "ReturnToDraft" ? [action.task] : [],
  );
}
