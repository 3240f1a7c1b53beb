import { answersFor } from "../core/review/answers.ts";
import { labelsOf } from "../core/run/approval.ts";
import type { Run, Task } from "../core/run/run.ts";
import type { CommitSha } from "../core/shared/names.ts";
import { statusMarker } from "../messages/markers.ts";
import { pullRequestBody, pullRequestTitle } from "../messages/pull-requests.ts";
import { statusComment } from "../messages/status-comment.ts";
import type { ForgeLabel, PullRequestDraft } from "../ports/forge.ts";
import {
  asWork,
  forkPointOf,
  taskOf,
  workspaceOf,
  type PerformerOf,
  type World,
} from "./performer.ts";

/** Effects on a task's branch on the forge and on its pull request. */
export function performPullRequest(world: World): {
  PublishPullRequest: PerformerOf<"PublishPullRequest">;
  LeaveDraft: PerformerOf<"LeaveDraft">;
  ReturnToDraft: PerformerOf<"ReturnToDraft">;
} {
  const { repository, forge } = world;
  return {
    PublishPullRequest: (action, run) => {
      const task = taskOf(run, action.task);
      const workspace = workspaceOf(task);
      const { path, branch } = workspace;
      const forkPoint = forkPointOf(task);
      const draft = draftOf(run, task, action.head);
      const answers = answersOf(task, action.head);
      const { published } = task;
      // A head that others made may be one that they brought up to date.
      const base = task.status === "reviewing" ? (run.integration?.head ?? forkPoint) : forkPoint;
      return async (inside) => {
        const there = await takeOver(world, { path, branch, published, head: action.head });
        const isUpdated = base !== forkPoint && (await repository.isAncestor(base, action.head));
        const onto = isUpdated ? base : forkPoint;
        const facts = await repository.inspectWork(path, branch, onto, "committed");
        const work = asWork(world, facts, branch);
        await inside();
        const known = task.pullRequest;
        // Whoever looks at it first finds that it is another commit, and has that one gated.
        if (work.head !== action.head || !work.descends)
          return { of: "PublishPullRequest", ...(known ?? NOT_YET), work };
        await pushExactly(world, branch, action.head, there);
        const labelled = { ...draft, labels: forgeLabels(run, { ...task, ...work }) };
        if (known !== null) await forge.updatePullRequest(known, labelled);
        const opened = known ?? (await forge.openPullRequest(labelled));
        for (const answer of answers) await forge.answer({ ...answer, pullRequest: opened });
        const done = { of: "PublishPullRequest", ...opened, work } as const;
        return isUpdated ? { ...done, forkPoint: base } : done;
      };
    },

    LeaveDraft: (action, run) => {
      const task = taskOf(run, action.task);
      const { pullRequest } = task;
      const comment = { marker: statusMarker(run, task), body: statusComment(run, task) };
      return async (inside) => {
        await inside();
        if (pullRequest !== null) {
          await forge.leaveDraft(pullRequest);
          await forge.comment({ on: pullRequest.number, ...comment });
        }
        return { of: "LeaveDraft" };
      };
    },

    ReturnToDraft: (action, run) => {
      const { pullRequest } = taskOf(run, action.task);
      return async (inside) => {
        await inside();
        if (pullRequest !== null) await forge.returnToDraft(pullRequest);
        return { of: "ReturnToDraft" };
      };
    },
  };
}

const NOT_YET = { number: 0, url: null } as const;

function draftOf(run: Run, task: Task, head: CommitSha): PullRequestDraft {
  const { forge, integrationBranch } = run.settings;
  return {
    branch: task.branch,
    base: integrationBranch,
    head,
    title: pullRequestTitle(task),
    body: pullRequestBody(run, task),
    isDraft: forge?.opensDraft ?? true,
    labels: [],
  };
}

/** Labels of every pull request, and of what this one touches and runs into. */
function forgeLabels(run: Run, task: Task): readonly ForgeLabel[] {
  const { forge } = run.settings;
  if (forge === undefined) return [];
  const names = [...new Set([...forge.labels, ...labelsOf(run, task)])];
  return names.map((name) => ({
    name,
    colour: forge.colours[name] ?? "#EDEDED",
    description: "",
  }));
}

function answersOf(task: Task, head: CommitSha): ReturnType<typeof answersFor> {
  if (task.status !== "fixing") return [];
  // Only what this round was about: a fixer's words are the newest report's.
  return answersFor(task.findings, task.report ?? {}, head);
}

interface Takeover {
  readonly path: string;
  readonly branch: string;
  /** Heads that were published before: ours to be replaced. */
  readonly published: readonly CommitSha[];
  readonly head: CommitSha;
}

/**
 * A person may have pushed to the branch on the forge: what is only ahead of ours is taken over, files and all. Answers
 * where the branch is there; null: not there yet. What is neither ours nor built on ours is never overwritten.
 */
export async function takeOver(
  { forge, repository }: World,
  { path, branch, published, head }: Takeover,
): Promise<CommitSha | null> {
  if (forge.kind === "local") return null;
  const [there, here] = await Promise.all([
    forge.tipOf(branch),
    repository.resolve(`refs/heads/${branch}`),
  ]);
  if (there === null || here === null || there === here) return there;
  // What was gated is what is there, by whoever's hand: put back to an older head, too.
  if (there === head) {
    await repository.restoreIfMoved(path, branch, there);
    return there;
  }
  if (published.includes(there) || (await repository.isAncestor(there, here))) return there;
  if (await repository.isAncestor(here, there)) {
    await repository.restoreIfMoved(path, branch, there);
    return there;
  }
  const why = `${branch} on GitHub holds commits that are not in the work here (${there.slice(0, 10)}); they are not overwritten. Merge them, or delete that branch there.`;
  throw Object.assign(new Error(why), { code: "trouble/push" });
}

/** Publishes exactly this head over what was seen there; @throws an Error of passing trouble where it is elsewhere. */
export async function pushExactly(
  { forge }: World,
  branch: string,
  head: CommitSha,
  expected: CommitSha | null,
): Promise<void> {
  const pushed = await forge.push(branch, head, expected);
  if (pushed.kind === "pushed" || pushed.kind === "already") return;
  const why =
    pushed.kind === "refused"
      ? `${branch} could not be pushed: ${pushed.why}`
      : `Somebody has pushed to ${branch} meanwhile.`;
  throw Object.assign(new Error(why), { code: "trouble/push" });
}
