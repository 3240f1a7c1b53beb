import type { Run, Task } from "../core/run/run.ts";
import { standIn } from "../core/run/stand-in.ts";
import {
  broughtByOther,
  closesIssue,
  mergedIntoIntegration,
  takenBack,
} from "../messages/closing.ts";
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
      const { closes, reopens } = issuesOf(run, task);
      const deletes = task.status === "merged" && run.settings.forge?.deletesBranch === true;
      return async (inside) => {
        await forge.comment(status);
        await inside();
        // A head that moved behind the merge is somebody's work, and stays.
        if (deletes && head !== null) await forge.deleteBranch(branch, head);
        for (const { issue, comment } of closes) await forge.closeIssue(issue, comment);
        for (const { issue, comment } of reopens) await forge.reopenIssue(issue, comment);
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

interface IssueWords {
  readonly issue: string;
  readonly comment: { readonly on: number; readonly marker: string; readonly body: string };
}

/**
 * Issues of a merged task, and of those whose place it took, are closed by Cairn where closing words in the pull request
 * would not do it; what was taken back is open again.
 */
function issuesOf(
  run: Run,
  task: Task,
): { readonly closes: readonly IssueWords[]; readonly reopens: readonly IssueWords[] } {
  const none = { closes: [], reopens: [] };
  if (!closesIssue(run)) return none;
  const about = (of: Task, body: string): IssueWords => ({
    issue: of.key,
    comment: { on: Number(of.issue.number), marker: closingMarker(run, of), body },
  });
  const before = replacedBy(run, task);
  if (task.status === "merged") {
    const own = about(task, mergedIntoIntegration(run, task));
    return { ...none, closes: [own, ...before.map((of) => about(of, broughtByOther(run, task)))] };
  }
  if (task.reason !== "reverted") return none;
  return { ...none, reopens: [task, ...before].map((of) => about(of, takenBack(run, task))) };
}

/** Tasks whose place this one took, and whose place those had taken. */
function replacedBy(run: Run, task: Task): readonly Task[] {
  return [...run.tasks.values()].filter(
    (other) => other.supersededBy !== null && standIn(run, other).key === task.key,
  );
}
