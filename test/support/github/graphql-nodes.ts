// Records of the hub as GraphQL shows them; fields with arguments are functions.
import type { Hub, Issue, Review, Thread } from "./hub.ts";
import { blockedBy } from "./rest-pulls.ts";
import { association, followHead, iso, mergeability, page } from "./shapes.ts";
import { tip } from "./git-side.ts";

interface Page {
  readonly first?: number;
  readonly after?: string;
  readonly last?: number;
}

/** A connection over all items, cut as asked. */
export function connection(items: readonly object[]): (args: Page) => object {
  return ({ first, after, last }) => {
    const start = after === undefined || after === null ? 0 : Number(after) + 1;
    const until = first === undefined || first === null ? items.length : start + first;
    const from = last === undefined || last === null ? start : Math.max(start, items.length - last);
    const nodes = items.slice(from, until);
    return {
      totalCount: items.length,
      nodes,
      edges: nodes.map((node) => ({ node })),
      pageInfo: {
        hasNextPage: until < items.length,
        hasPreviousPage: from > 0,
        endCursor: String(until - 1),
        startCursor: String(from),
      },
    };
  };
}

export function actor(hub: Hub, login: string): object {
  const user = hub.users.get(login);
  // GraphQL writes bots without their suffix.
  return {
    __typename: user?.type ?? "User",
    login,
    id: `U_${user?.id ?? 0}`,
    databaseId: user?.id,
  };
}

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
    closedByPullRequestsReferences: connection(
      others
        .filter(
          (one) =>
            one.pull !== null &&
            new RegExp(String.raw`\b(?:closes|fixes|resolves) #${issue.number}\b`, "i").test(
              one.body ?? "",
            ),
        )
        .map((one) => pullNode(hub, one)),
    ),
  };
}

/** `owner/repo#n` names an issue elsewhere, which is open. */
function blockerNode(hub: Hub, name: string): readonly object[] {
  const own = hub.issues.get(Number(name));
  if (own !== undefined) return [issueNode(hub, own)];
  const [repository = "", number = "0"] = name.split("#");
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

function commentNode(
  hub: Hub,
  comment: {
    readonly id: number;
    readonly author: string;
    readonly body: string;
    readonly createdAt: number;
    readonly issue: number;
  },
): object {
  return {
    id: `IC_${comment.id}`,
    databaseId: comment.id,
    author: actor(hub, comment.author),
    authorAssociation: association(hub, comment.author),
    body: comment.body,
    createdAt: iso(comment.createdAt),
    url: `${page(hub)}/issues/${comment.issue}#issuecomment-${comment.id}`,
  };
}

function reviewNode(hub: Hub, review: Review): object {
  return {
    id: `PRR_${review.id}`,
    databaseId: review.id,
    author: actor(hub, review.author),
    authorAssociation: association(hub, review.author),
    state: review.state,
    body: review.body,
    commit: { oid: review.commit },
    submittedAt: iso(review.submittedAt),
    url: `${page(hub)}/pull/${review.pull}#pullrequestreview-${review.id}`,
  };
}

export function threadNode(hub: Hub, thread: Thread, headSha: string): object {
  return {
    id: thread.id,
    isResolved: thread.resolved,
    isOutdated: thread.commit !== headSha,
    path: thread.path,
    line: thread.line,
    comments: connection(
      thread.comments.map((comment) => ({
        ...commentNode(hub, { ...comment, issue: thread.pull }),
        path: thread.path,
        line: thread.line,
        originalCommit: { oid: thread.commit },
        commit: { oid: thread.commit },
      })),
    ),
  };
}

export function pullNode(hub: Hub, issue: Issue): object {
  const { pull } = issue;
  if (pull === null) return {};
  followHead(hub, pull);
  pull.asked += 1;
  const { mergeable, state } = mergeability(hub, pull);
  const required = hub.rules.get(pull.base)?.contexts ?? [];
  const contexts = [
    ...[...hub.checks.values()]
      .filter((run) => run.sha === pull.headSha)
      .map((run) => ({
        __typename: "CheckRun",
        databaseId: run.id,
        name: run.name,
        status: run.status.toUpperCase(),
        conclusion: run.conclusion?.toUpperCase() ?? null,
        isRequired: required.includes(run.name),
      })),
    ...hub.statuses
      .filter((status) => status.sha === pull.headSha)
      .map((status) => ({
        __typename: "StatusContext",
        context: status.context,
        state: status.state.toUpperCase(),
        description: status.description,
        isRequired: required.includes(status.context),
      })),
  ];
  return {
    __typename: "PullRequest",
    ...issueNode(hub, { ...issue, pull: null }),
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
    mergeable: mergeable === null ? "UNKNOWN" : mergeable ? "MERGEABLE" : "CONFLICTING",
    mergeStateStatus: blockedBy(hub, pull, issue.number) === null ? state.toUpperCase() : "BLOCKED",
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
    reviewRequests: connection([]),
    closingIssuesReferences: connection([]),
    commits: connection([
      { commit: { oid: pull.headSha, statusCheckRollup: { contexts: connection(contexts) } } },
    ]),
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
