import { pullRequestBody, pullRequestTitle } from "../messages/pull-requests.ts";
import {
  asWork,
  forkPointOf,
  taskOf,
  workspaceOf,
  type PerformerOf,
  type World,
} from "./performer.ts";

/** Effects on a task's pull request. */
export function performPullRequest(world: World): {
  PublishPullRequest: PerformerOf<"PublishPullRequest">;
  LeaveDraft: PerformerOf<"LeaveDraft">;
} {
  const { repository, forge } = world;
  return {
    PublishPullRequest: (action, run) => {
      const task = taskOf(run, action.task);
      const workspace = workspaceOf(task);
      const forkPoint = forkPointOf(task);
      const draft = {
        branch: workspace.branch,
        base: run.settings.integrationBranch,
        head: action.head,
        title: pullRequestTitle(task),
        body: pullRequestBody(run, task),
      };
      return async (inside) => {
        const { path } = workspace;
        const facts = await repository.inspectWork(path, workspace.branch, forkPoint, "committed");
        await inside();
        const known = task.pullRequest;
        if (known !== null) await forge.updatePullRequest(known, draft);
        const { number, url } = known ?? (await forge.openPullRequest(draft));
        return { of: "PublishPullRequest", number, url, work: asWork(facts) };
      };
    },

    LeaveDraft: (action, run) => {
      const { pullRequest } = taskOf(run, action.task);
      return async (inside) => {
        await inside();
        if (pullRequest !== null) await forge.leaveDraft(pullRequest);
        return { of: "LeaveDraft" };
      };
    },
  };
}
