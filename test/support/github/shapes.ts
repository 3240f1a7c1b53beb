// Records of the hub as the REST API shows them; the description fills in what is not said here.
import { workflowRun } from "./checks.ts";
import type { JsonObject } from "./description.ts";
import { changedFiles, git, tip } from "./git-side.ts";
import { mergeability } from "./merge-rules.ts";
import type {
  CheckRun,
  Comment,
  Hub,
  Issue,
  Label,
  Milestone,
  PullRequest,
  Review,
  ThreadComment,
  Thread,
} from "./hub.ts";

export function base(hub: Hub): string {
  return `https://api.github.invalid/repos/${hub.owner}/${hub.name}`;
}

export function page(hub: Hub): string {
  return `https://github.invalid/${hub.owner}/${hub.name}`;
}

export function iso(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

export function userShape(hub: Hub, login: string): JsonObject {
  const user = hub.users.get(login);
  const isBot = user?.type === "Bot";
  return {
    login: isBot ? `${login}[bot]` : login,
    id: user?.id ?? 0,
    node_id: `U_${user?.id ?? 0}`,
    type: user?.type ?? "User",
    site_admin: false,
  };
}

export function association(hub: Hub, login: string): string {
  if (hub.missing.has("associations")) return "NONE";
  if (login === hub.owner) return "OWNER";
  return hub.writers.has(login) ? "COLLABORATOR" : "NONE";
}

export function labelShape(hub: Hub, label: Label): JsonObject {
  return {
    id: 1,
    node_id: `LA_${label.name}`,
    url: `${base(hub)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    description: label.description,
    default: false,
  };
}

export function milestoneShape(hub: Hub, milestone: Milestone): JsonObject {
  const own = [...hub.issues.values()].filter((issue) => issue.milestone === milestone.number);
  return {
    id: milestone.id,
    node_id: `MI_${milestone.id}`,
    number: milestone.number,
    title: milestone.title,
    description: milestone.description,
    state: milestone.state,
    html_url: `${page(hub)}/milestone/${milestone.number}`,
    url: `${base(hub)}/milestones/${milestone.number}`,
    open_issues: own.filter((issue) => issue.state === "open").length,
    closed_issues: own.filter((issue) => issue.state === "closed").length,
    creator: userShape(hub, hub.owner),
    closed_at: null,
    due_on: null,
  };
}

export function issueShape(hub: Hub, issue: Issue): JsonObject {
  const milestone = issue.milestone === null ? undefined : hub.milestones.get(issue.milestone);
  const children = [...hub.issues.values()].filter((other) => other.parent === issue.number);
  const kind = issue.pull === null ? "issues" : "pull";
  return {
    id: issue.id,
    node_id: `I_${issue.id}`,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: issue.stateReason,
    user: userShape(hub, issue.author),
    author_association: association(hub, issue.author),
    labels: issue.labels.map((name) => labelShape(hub, labelOf(hub, name))),
    milestone: milestone === undefined ? null : milestoneShape(hub, milestone),
    assignee: null,
    assignees: [],
    locked: false,
    comments: [...hub.comments.values()].filter((comment) => comment.issue === issue.number).length,
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
    closed_at: issue.closedAt === null ? null : iso(issue.closedAt),
    closed_by: issue.closedBy === null ? null : userShape(hub, issue.closedBy),
    url: `${base(hub)}/issues/${issue.number}`,
    html_url: `${page(hub)}/${kind}/${issue.number}`,
    ...(hub.missing.has("dependencies")
      ? {}
      : { issue_dependencies_summary: dependencies(hub, issue) }),
    sub_issues_summary: {
      total: children.length,
      completed: children.filter((child) => child.state === "closed").length,
      percent_completed: 0,
    },
    ...(issue.pull === null
      ? {}
      : {
          pull_request: {
            url: `${base(hub)}/pulls/${issue.number}`,
            html_url: null,
            diff_url: null,
            patch_url: null,
          },
        }),
  };
}

function dependencies(hub: Hub, issue: Issue): JsonObject {
  const open = issue.blockedBy.filter((name) => hub.issues.get(Number(name))?.state !== "closed");
  const blocking = [...hub.issues.values()].filter((other) =>
    other.blockedBy.includes(String(issue.number)),
  );
  return {
    blocked_by: open.length,
    total_blocked_by: issue.blockedBy.length,
    blocking: blocking.filter((other) => other.state === "open").length,
    total_blocking: blocking.length,
  };
}

export function labelOf(hub: Hub, name: string): Label {
  return hub.labels.get(name.toLowerCase()) ?? { name, color: "ededed", description: "" };
}

export function commentShape(hub: Hub, comment: Comment): JsonObject {
  const kind = hub.issues.get(comment.issue)?.pull == null ? "issues" : "pull";
  return {
    id: comment.id,
    node_id: `IC_${comment.id}`,
    body: comment.body,
    user: userShape(hub, comment.author),
    author_association: association(hub, comment.author),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    html_url: `${page(hub)}/${kind}/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${base(hub)}/issues/${comment.issue}`,
    url: `${base(hub)}/issues/comments/${comment.id}`,
  };
}

/** The head of an open pull request follows its branch. */
export function followHead(hub: Hub, pull: PullRequest): void {
  const own = [...hub.issues.values()].find((issue) => issue.pull === pull);
  // Pushes to the branch of a closed one change nothing on it.
  if (pull.merged || own?.state === "closed") return;
  const now = tip(hub, pull.head);
  if (now === null || now === pull.headSha) return;
  pull.headSha = now;
  pull.asked = 0;
}

export function pullShape(hub: Hub, issue: Issue, isWhole: boolean): JsonObject {
  const { pull } = issue;
  if (pull === null) return {};
  const { mergeable, state } = mergeability(hub, issue, pull);
  const {
    issue_dependencies_summary: _,
    sub_issues_summary: __,
    pull_request: ___,
    ...shared
  } = issueShape(hub, issue);
  const side = (ref: string, sha: string): JsonObject => ({
    label: `${hub.owner}:${ref}`,
    ref,
    sha,
    user: userShape(hub, hub.owner),
    repo: {
      full_name: `${hub.owner}/${hub.name}`,
      name: hub.name,
      owner: userShape(hub, hub.owner),
      default_branch: hub.defaultBranch,
    },
  });
  const onto = tip(hub, pull.base) ?? pull.headSha;
  const sizes = isWhole
    ? {
        merged: pull.merged,
        mergeable,
        mergeable_state: state,
        merged_by: pull.mergedBy === null ? null : userShape(hub, pull.mergedBy),
        changed_files: pull.merged ? 0 : changedFiles(hub, onto, pull.headSha).length,
        commits: pull.merged
          ? 0
          : Number(git(hub, "rev-list", "--count", `${onto}..${pull.headSha}`)),
        maintainer_can_modify: false,
      }
    : {};
  return {
    ...shared,
    node_id: `PR_${issue.id}`,
    draft: pull.draft,
    head: side(pull.head, pull.headSha),
    base: side(pull.base, onto),
    merge_commit_sha: pull.mergeCommit,
    merged_at: pull.mergedAt === null ? null : iso(pull.mergedAt),
    auto_merge:
      pull.autoMerge === null
        ? null
        : {
            enabled_by: userShape(hub, pull.autoMerge.by),
            merge_method: pull.autoMerge.method,
            commit_title: pull.autoMerge.title ?? "",
            commit_message: pull.autoMerge.text ?? "",
          },
    requested_reviewers: pull.requested.map((login) => userShape(hub, login)),
    url: `${base(hub)}/pulls/${issue.number}`,
    ...sizes,
  };
}

export function reviewShape(hub: Hub, review: Review): JsonObject {
  return {
    id: review.id,
    node_id: `PRR_${review.id}`,
    user: userShape(hub, review.author),
    body: review.body,
    state: review.state,
    commit_id: review.commit,
    submitted_at: iso(review.submittedAt),
    author_association: association(hub, review.author),
    html_url: `${page(hub)}/pull/${review.pull}#pullrequestreview-${review.id}`,
    pull_request_url: `${base(hub)}/pulls/${review.pull}`,
  };
}

export function threadCommentShape(hub: Hub, thread: Thread, comment: ThreadComment): JsonObject {
  const first = thread.comments[0];
  return {
    id: comment.id,
    node_id: `PRRC_${comment.id}`,
    pull_request_review_id: comment.review,
    path: thread.path,
    line: thread.line,
    body: comment.body,
    user: userShape(hub, comment.author),
    commit_id: thread.commit,
    original_commit_id: thread.commit,
    author_association: association(hub, comment.author),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.createdAt),
    html_url: `${page(hub)}/pull/${thread.pull}#discussion_r${comment.id}`,
    pull_request_url: `${base(hub)}/pulls/${thread.pull}`,
    ...(first === undefined || first.id === comment.id ? {} : { in_reply_to_id: first.id }),
  };
}

/** A workflow's job has its own page; other apps lead to theirs. */
export function detailsOf(hub: Hub, run: CheckRun): string {
  if (run.app !== "github-actions") return `https://${run.app}.invalid/runs/${run.id}`;
  return `${page(hub)}/actions/runs/${workflowRun(hub, run.sha)?.id ?? 0}/job/${run.id}`;
}

export function checkShape(hub: Hub, run: CheckRun): JsonObject {
  return {
    id: run.id,
    node_id: `CR_${run.id}`,
    name: run.name,
    head_sha: run.sha,
    status: run.status,
    conclusion: run.conclusion,
    external_id: "",
    started_at: iso(run.startedAt ?? hub.now()),
    completed_at: run.status === "completed" ? iso(run.completedAt ?? hub.now()) : null,
    html_url: `${page(hub)}/runs/${run.id}`,
    details_url: detailsOf(hub, run),
    output: {
      ...run.output,
      annotations_count: run.annotations.length,
      annotations_url: `${base(hub)}/check-runs/${run.id}/annotations`,
    },
    app: { slug: run.app, name: run.app, id: 1 },
    check_suite: { id: 1 },
    pull_requests: [],
  };
}
