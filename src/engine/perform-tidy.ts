import type { Run, Task } from "../core/run/run.ts";
import { closesIssue, mergedIntoIntegration } from "../messages/closing.ts";
import { closingMarker, statusMarker } from "../messages/markers.ts";
import { statusComment } from "../messages/status-comment.ts";
import { taskOf, type PerformerOf, type World } from "./performer.ts";

/** What is left on the forge when a task is over. Each part asks first; done twice it is done once. */
export function performTidy(world: World): { TidyPullRequest: PerformerOf<"TidyPullRequest"> } {
  const { forge } = world;
  return {
    TidyPullRequest: (action, run) => {
      const task = taskOf(run, action.task);
      // Begun again meanwhile: no last words any more.
      if (task.pullRequest === null) return nothingLeft;
      const { number } = task.pullRequest;
      const { head, branch } = task;
      const status = {
        on: number,
        marker: statusMarker(run, task),
        body: statusComment(run, task),
      };
      const closing = closingOf(run, task);
      const deletes = task.status === "merged" && run.settings.forge?.deletesBranch === true;
      return async (inside) => {
        await forge.comment(status);
        await inside();
        // A head that moved behind the merge is somebody's work, and stays.
        if (deletes && head !== null) await forge.deleteBranch(branch, head);
        if (closing !== null) await forge.closeIssue(closing.issue, closing.comment);
        return { of: "TidyPullRequest" };
      };
    },
  };
}

async function nothingLeft(
  inside: () => Promise<void>,
): Promise<{ readonly of: "TidyPullRequest" }> {
  await inside();
  return { of: "TidyPullRequest" };
}

/** The issue of a merged task is closed by Cairn where closing words in the pull request would not do it. */
function closingOf(
  run: Run,
  task: Task,
): {
  readonly issue: string;
  readonly comment: { readonly on: number; readonly marker: string; readonly body: string };
} | null {
  if (task.status !== "merged" || !closesIssue(run)) return null;
  const on = Number(task.issue.number);
  const body = mergedIntoIntegration(run, task);
  return { issue: task.key, comment: { on, marker: closingMarker(run, task), body } };
}
