// Records of the hub as GraphQL shows them; fields with arguments are functions.
import { tip } from "./git-side.ts";
import { commitNode } from "./graphql-checks.ts";
import { actor, connection, Refused, type Page } from "./graphql-parts.ts";
import { commentNode, reviewNode, threadNode } from "./graphql-reviews.ts";
import type { Hub, Issue, PullRequest } from "./hub.ts";
import { closedByMerging, mergeability, namedIn, reviewDecision } from "./merge-rules.ts";
import { association, followHead, iso, page } from "./shapes.ts";

const REASONS = {
  completed: "COMPLETED",
  not_planned: "NOT_PLANNED",
  duplicate: "DUPLICATE",
  reopened: "REOPENED",
} as const;

export function repositoryName(hub: Hub): object {
  return {
    nameWithOwner: `${hub.owner}/${hub.name}`,
    name: hub.name,
    owner: actor(hub, hub.owner),
  };
}

export function issueNode(hub: Hub, issue: Issue): object {
  const others = [...hub.issues.values()];
  const milestone = issue.milestone === null ? undefined : hub.milestones.get(issue.milestone);
  const parent = issue.parent === null ? undefined : hub.issues.get(issue.parent);
  return {
    __typename: "Issue",
    id: `I_${issue.id}`,
    databaseId: issue.id,
    number: issue.number,
    title: issue.title,
    body: issue.body ?? "",
    state: issue.state.toUpperCase(),
    stateReason: issue.stateReason === null ? null : REASONS[issue.stateReason],
    url: `${page(hub)}/issues/${issue.number}`,
    createdAt: iso(issue.createdAt),
    updatedAt: iso(issue.updatedAt),
    closedAt: issue.closedAt === null ? null : iso(issue.closedAt),
    author: actor(hub, issue.author),
    authorAssociation: association(hub, issue.author),
    repository: repositoryName(hub),
    labels: connection(issue.labels.map((name) => ({ name }))),
    milestone:
      milestone === undefined
        ? null
        : {
            ...milestone,
            id: `MI_${milestone.id}`,
            state: milestone.state.toUpperCase(),
            url: `${page(hub)}/milestone/${milestone.number}`,
          },
    parent: () => (parent === undefined ? null : issueNode(hub, parent)),
    subIssues: (args: Page) =>
      connection(
        others.filter((one) => one.parent === issue.number).map((one) => issueNode(hub, one)),
      )(args),
    blockedBy: (args: Page) =>
      connection(issue.blockedBy.flatMap((name) => blockerNode(hub, name)))(args),
    blocking: (args: Page) =>
      connection(
        others
          .filter((one) => one.blockedBy.includes(String(issue.number)))
          .map((one) => issueNode(hub, one)),
      )(args),
    comments: connection(
      [...hub.comments.values()]
        .filter((one) => one.issue === issue.number)
        .map((comment) => commentNode(hub, comment)),
    ),
    closedByPullRequestsReferences: (args: Page) =>
      connection(
        others
          .filter((one) => one.pull !== null && namesIssue(hub, one, issue.number))
          .map((one) => pullNode(hub, one)),
      )(args),
    timelineItems: (args: Page & Kinds) => connection(endings(hub, issue, args))(args),
  };
}

interface Kinds {
  readonly itemTypes?: readonly string[] | null;
}

function namesIssue(hub: Hub, from: Issue, number: number): boolean {
  return namedIn(hub, from.body ?? "").some((one) => one.number === number);
}

/** Of all that happens to an issue, who merged and closed it. */
function endings(hub: Hub, issue: Issue, { itemTypes }: Kinds): readonly object[] {
  const { pull } = hub.issues.get(issue.number) ?? issue;
  const at = iso(issue.closedAt ?? 0);
  const merged =
    pull?.mergedBy == null
      ? []
      : [{ __typename: "MergedEvent", actor: actor(hub, pull.mergedBy), createdAt: at }];
  const closed =
    issue.closedBy === null || issue.state === "open"
      ? []
      : [{ __typename: "ClosedEvent", actor: actor(hub, issue.closedBy), createdAt: at }];
  const wanted = (kind: string): boolean => itemTypes?.includes(kind) ?? true;
  return [...(wanted("MERGED_EVENT") ? merged : []), ...(wanted("CLOSED_EVENT") ? closed : [])];
}

/** `owner/repo#n` names an issue elsewhere, which is open; no token sees what is `private`. */
function blockerNode(hub: Hub, name: string): readonly object[] {
  const own = hub.issues.get(Number(name));
  if (own !== undefined) return [issueNode(hub, own)];
  const [repository = "", number = "0"] = name.split("#");
  if (repository.startsWith("private/"))
    return [new Refused("FORBIDDEN", "Resource not accessible by integration")];
  return [
    {
      __typename: "Issue",
      id: name,
      number: Number(number),
      title: name,
      state: "OPEN",
      stateReason: null,
      url: `https://github.invalid/${repository}/issues/${number}`,
      repository: { nameWithOwner: repository },
    },
  ];
}

/** Asking for one of them, or both in one query, makes GitHub work it out. */
function mergeFields(hub: Hub, issue: Issue, pull: PullRequest): object {
  let isAsked = false;
  const ask = (): ReturnType<typeof mergeability> => {
    if (!isAsked) pull.asked += 1;
    isAsked = true;
    return mergeability(hub, issue, pull);
  };
  return {
    mergeable: () => {
      const { mergeable } = ask();
      return mergeable === null ? "UNKNOWN" : mergeable ? "MERGEABLE" : "CONFLICTING";
    },
    mergeStateStatus: () => ask().state.toUpperCase(),
  };
}

/** Its place in the queue; null: it is not there. */
export function queueEntry(hub: Hub, pull: PullRequest): object | null {
  if (pull.queued === null) return null;
  const before = [...hub.issues.values()].filter(
    (one) =>
      one.pull?.queued != null &&
      one.pull.base === pull.base &&
      one.pull.queued.at <= (pull.queued?.at ?? 0),
  );
  return {
    id: `MQE_${pull.queued.at}`,
    position: before.length,
    state: "AWAITING_CHECKS",
    enqueuedAt: iso(pull.queued.at),
    enqueuer: actor(hub, pull.queued.by),
    jump: false,
    solo: false,
  };
}

export function pullNode(hub: Hub, issue: Issue): object {
  const { pull } = issue;
  if (pull === null) return {};
  followHead(hub, pull);
  return {
    ...issueNode(hub, { ...issue, pull: null }),
    __typename: "PullRequest",
    id: `PR_${issue.id}`,
    url: `${page(hub)}/pull/${issue.number}`,
    state: pull.merged ? "MERGED" : issue.state.toUpperCase(),
    merged: pull.merged,
    mergeCommit: pull.mergeCommit === null ? null : { oid: pull.mergeCommit },
    mergedBy: pull.mergedBy === null ? null : actor(hub, pull.mergedBy),
    isDraft: pull.draft,
    headRefName: pull.head,
    headRefOid: pull.headSha,
    baseRefName: pull.base,
    baseRefOid: tip(hub, pull.base),
    ...mergeFields(hub, issue, pull),
    reviewDecision: reviewDecision(hub, pull, issue.number),
    reviews: connection(
      [...hub.reviews.values()]
        .filter((one) => one.pull === issue.number)
        .map((one) => reviewNode(hub, one)),
    ),
    reviewThreads: connection(
      [...hub.threads.values()]
        .filter((one) => one.pull === issue.number)
        .map((one) => threadNode(hub, one, pull.headSha)),
    ),
    autoMergeRequest:
      pull.autoMerge === null
        ? null
        : {
            mergeMethod: pull.autoMerge.method.toUpperCase(),
            enabledAt: iso(pull.autoMerge.at),
            enabledBy: actor(hub, pull.autoMerge.by),
          },
    isInMergeQueue: pull.queued !== null,
    mergeQueueEntry: queueEntry(hub, pull),
    reviewRequests: connection(
      pull.requested.map((login) => ({ requestedReviewer: actor(hub, login) })),
    ),
    closingIssuesReferences: (args: Page) =>
      connection(closedByMerging(hub, issue, pull).map((one) => issueNode(hub, one)))(args),
    headRef: () => {
      const at = tip(hub, pull.head);
      return at === null ? null : { name: pull.head, target: { __typename: "Commit", oid: at } };
    },
    // Only its tip: nothing here asks for the others.
    commits: connection([{ commit: commitNode(hub, pull.headSha) }]),
  };
}

export function milestoneNode(hub: Hub, number: number): object | null {
  const found = hub.milestones.get(number);
  if (found === undefined) return null;
  const items = [...hub.issues.values()].filter((issue) => issue.milestone === number);
  return {
    ...found,
    id: `MI_${found.id}`,
    state: found.state.toUpperCase(),
    url: `${page(hub)}/milestone/${number}`,
    // The connection of a milestone holds issues; its pull requests have one of their own.
    issues: connection(
      items.filter((issue) => issue.pull === null).map((issue) => issueNode(hub, issue)),
    ),
    pullRequests: connection(
      items.filter((issue) => issue.pull !== null).map((issue) => pullNode(hub, issue)),
    ),
  };
}
