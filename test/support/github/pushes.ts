// What GitHub does when branches have moved, whoever moved them.
import { branchTips, git } from "./git-side.ts";
import { announce, note, setState, type Hub, type Issue, type PullRequest } from "./hub.ts";
import { namedIn } from "./merge-rules.ts";
import { followHead } from "./shapes.ts";

function openPulls(hub: Hub): readonly { readonly issue: Issue; readonly pull: PullRequest }[] {
  return [...hub.issues.values()].flatMap((issue) =>
    issue.pull === null || issue.state === "closed" ? [] : [{ issue, pull: issue.pull }],
  );
}

/**
 * Looks where all branches are now, and does and tells what follows from each that moved. `way`: a merged branch that is
 * deleted on the page of its pull request, or by the repository's setting, hands its base on to what is based on it; the
 * same by the API or by git closes that.
 */
export function noticeRefs(hub: Hub, by: string, way: "page" | "api" = "api"): void {
  const now = branchTips(hub);
  for (const branch of new Set([...hub.refs.keys(), ...now.keys()])) {
    const before = hub.refs.get(branch) ?? null;
    const after = now.get(branch) ?? null;
    if (before === after) continue;
    if (after === null) hub.refs.delete(branch);
    else hub.refs.set(branch, after);
    note(hub, by, `push to ${branch}`);
    announce(hub, { kind: "push", branch, before, after, by });
    if (after === null) branchGone(hub, { branch, by, way });
    else branchMoved(hub, { branch, before, after, by });
  }
}

interface Moved {
  readonly branch: string;
  readonly before: string | null;
  readonly after: string;
  readonly by: string;
}

function branchMoved(hub: Hub, { branch, before, after, by }: Moved): void {
  const pulls = openPulls(hub);
  const isBase = before !== null && pulls.some(({ pull }) => pull.base === branch);
  // All at once: a question for each pull request makes many of them slow.
  const arrived = new Set(isBase ? git(hub, "rev-list", `${before}..${after}`).split("\n") : []);
  for (const { issue, pull } of pulls) {
    if (pull.head === branch && before !== null) headMoved(hub, issue, pull, by);
    // Whether it can be merged is worked out anew.
    if (pull.base === branch) pull.asked = 0;
    // Its commits came to the base by another way: GitHub books it as merged.
    if (pull.base === branch && arrived.has(pull.headSha)) {
      mergedBySomebody(hub, issue, pull, after, by);
    }
  }
  if (branch !== hub.defaultBranch || before === null) return;
  const messages = git(hub, "log", "--format=%B", `${before}..${after}`);
  for (const named of namedIn(hub, messages))
    if (named.state === "open") setState(hub, named, "closed", "completed", by);
}

function headMoved(hub: Hub, issue: Issue, pull: PullRequest, by: string): void {
  followHead(hub, pull);
  const rules = hub.rules.get(pull.base);
  for (const review of hub.reviews.values())
    if (
      rules?.dismissesStale === true &&
      review.pull === issue.number &&
      review.state === "APPROVED"
    )
      hub.reviews.set(review.id, { ...review, state: "DISMISSED" });
  if (pull.queued !== null) {
    pull.queued = null;
    announce(hub, { kind: "pull", action: "dequeued", number: issue.number, by });
  }
  announce(hub, { kind: "pull", action: "synchronize", number: issue.number, by });
}

function mergedBySomebody(
  hub: Hub,
  issue: Issue,
  pull: PullRequest,
  commit: string,
  by: string,
): void {
  pull.merged = true;
  pull.mergedBy = by;
  pull.mergeCommit = commit;
  pull.mergedAt = hub.now();
  note(hub, by, `pull request ${issue.number} merged from outside`);
  setState(hub, issue, "closed", null, by);
}

interface Gone {
  readonly branch: string;
  readonly by: string;
  readonly way: "page" | "api";
}

/** Without its head or its base a pull request is closed. */
function branchGone(hub: Hub, { branch, by, way }: Gone): void {
  const merged = [...hub.issues.values()].find(
    ({ pull }) => pull !== null && pull.merged && pull.head === branch,
  )?.pull;
  for (const { issue, pull } of openPulls(hub)) {
    if (pull.head !== branch && pull.base !== branch) continue;
    if (pull.base === branch && merged != null && way === "page") {
      pull.base = merged.base;
      pull.asked = 0;
      announce(hub, { kind: "pull", action: "edited", number: issue.number, by });
    } else setState(hub, issue, "closed", null, by);
  }
}
