import type { Clock } from "../../../ports/clock.ts";
import type { Forge, PushOutcome } from "../../../ports/forge.ts";
import type { CommitSha } from "../../../core/shared/names.ts";
import { ExitCode, UserError } from "../../../errors.ts";
import type { ForgeAddress } from "./address.ts";
import { createRemoteBranches, type RemoteBranches } from "./branches.ts";
import type { GitHubClient } from "./client.ts";
import { createComments, type Comments } from "./comments.ts";
import type { ForgeContext } from "./forge-context.ts";
import { createGitRemote, type RunGit } from "./git-remote.ts";
import { createLabels } from "./labels.ts";
import { createLook, type Look } from "./look.ts";
import { createBranchRules } from "./look-rules.ts";
import { createMerge, type Merge } from "./merge.ts";
import { createKnownPulls } from "./pulls-known.ts";
import { createPulls, type Pulls } from "./pulls.ts";
import { createThreads, type Threads } from "./threads.ts";

export interface GitHubForgeOptions {
  readonly client: GitHubClient;
  readonly clock: Clock;
  readonly address: Pick<ForgeAddress, "owner" | "name" | "gitUrl">;
  /** For git, which has it for the time of one child. */
  readonly token: () => Promise<string>;
  /** Waits before git is tried again; the client has its own. */
  readonly retryMs: readonly number[];
  /** Number of the milestone of pull requests, closed at the end; null: none. */
  readonly milestone: number | null;
  readonly git: RunGit;
  /** Says what an error of GitHub means; `doing` goes on after "Cannot". */
  readonly explain: (error: unknown, doing: string) => Error;
}

/**
 * A repository on GitHub: branches by git, the rest by its API. What this process has seen or written is not asked for
 * again; whatever an earlier one may have done is found by exact branch, commit or hidden mark.
 */
export function createGitHubForge(options: GitHubForgeOptions): Forge {
  const { explain } = options;
  const { branches, pulls, comments, threads, merge, look } = partsOf(options);
  const say = async <T>(doing: string, act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw explain(error, doing);
    }
  };
  return {
    kind: "github",
    tipOf: (branch) => say(`read the branch ${branch}`, () => branches.tip(branch)),
    ensureBranch: (branch, at) =>
      say(`make the branch ${branch}`, () => ensureBranch(branches, branch, at)),
    advance: (branch, from, to) =>
      say(`move the branch ${branch}`, () => advance(branches, branch, from, to)),
    push: (branch, head, expected) =>
      say(`push ${branch}`, () => branches.push(branch, head, expected)),
    openPullRequest: (draft) =>
      say(`open the pull request of ${draft.branch}`, () => pulls.open(draft)),
    updatePullRequest: (pull, draft) =>
      say(`edit #${pull.number}`, () => pulls.update(pull, draft)),
    leaveDraft: (pull) =>
      say(`make #${pull.number} ready for review`, () => pulls.leaveDraft(pull)),
    returnToDraft: (pull) =>
      say(`make #${pull.number} a draft again`, () => pulls.returnToDraft(pull)),
    addLabels: (pull, labels) => say(`label #${pull.number}`, () => pulls.addLabels(pull, labels)),
    merge: (request) => say(`merge #${request.pullRequest.number}`, () => merge(request)),
    closePullRequest: (pull) => say(`close #${pull.number}`, () => pulls.close(pull)),
    deleteBranch: (branch, at) =>
      say(`delete the branch ${branch}`, () => branches.remove(branch, at)),
    look: (asked) =>
      say(`look at ${asked.map(({ number }) => `#${number}`).join(", ")}`, () => look(asked)),
    comment: (comment) => say(`comment on #${comment.on}`, () => comments.upsert(comment)),
    answer: (answer) =>
      say(`answer a finding on #${answer.pullRequest.number}`, () => threads.answer(answer)),
    closeIssue: (issue, comment) =>
      say(`close the issue ${issue}`, () => comments.closeIssue(issue, comment)),
    reopenIssue: (issue, comment) =>
      say(`open the issue ${issue} again`, () => comments.reopenIssue(issue, comment)),
    closeMilestone: () => say("close the milestone", () => comments.closeMilestone()),
  };
}

function partsOf({
  client,
  clock,
  address,
  token,
  retryMs,
  milestone,
  git,
}: GitHubForgeOptions): Readonly<{
  branches: RemoteBranches;
  pulls: Pulls;
  comments: Comments;
  threads: Threads;
  merge: Merge;
  look: Look;
}> {
  const remote = createGitRemote({ git, url: address.gitUrl, token, clock, retryMs });
  const branches = createRemoteBranches(remote);
  const at = { owner: address.owner, repo: address.name };
  const context: ForgeContext = { client, clock, branches, at, milestone };
  const known = createKnownPulls(context);
  const pulls = createPulls({ context, known, labels: createLabels(context) });
  const threads = createThreads(context);
  const rules = createBranchRules(context);
  return {
    branches,
    pulls,
    threads,
    comments: createComments(context, known),
    merge: createMerge({ context, rules, known, leaveDraft: (pull) => pulls.leaveDraft(pull) }),
    look: createLook({ context, rules, known, threads }),
  };
}

async function ensureBranch(
  branches: RemoteBranches,
  branch: string,
  at: CommitSha,
): Promise<CommitSha> {
  const there = await branches.tip(branch);
  if (there !== null) return there;
  const pushed = await branches.push(branch, at, null);
  switch (pushed.kind) {
    case "pushed":
    case "already":
      return at;
    case "moved":
      // Somebody made it at the same moment; gone again: the next try makes it.
      return pushed.tip ?? ensureBranch(branches, branch, at);
    case "refused":
      throw refusedBranch(branch, pushed.why);
  }
}

/** The lease makes it exact; that it goes forward is seen here. */
async function advance(
  branches: RemoteBranches,
  branch: string,
  from: CommitSha,
  to: CommitSha,
): Promise<PushOutcome> {
  if (!(await branches.isAncestor(from, to)))
    return {
      kind: "refused",
      why: `${to} does not contain ${from}: ${branch} would be moved back.`,
    };
  return branches.push(branch, to, from);
}

function refusedBranch(branch: string, why: string): UserError {
  return new UserError("github/protected", `GitHub does not let ${branch} be made.`, {
    hints: [
      "Look at the rules for new branches there, or choose another name: branches.integration",
    ],
    quote: why,
    exitCode: ExitCode.failures,
  });
}
