// The repository itself: who may what, branches and their rules, checks and statuses.
import { checksOf, workflowRun } from "./checks.ts";
import { list, NOT_FOUND, ok, refuse, type Call, type Route } from "./call.ts";
import type { JsonObject } from "./description.ts";
import { commitOf, deleteBranch, tip } from "./git-side.ts";
import { note, type BranchRules, type Hub, type Status } from "./hub.ts";
import { noticeRefs } from "./pushes.ts";
import { base, checkShape, detailsOf, iso, page, userShape } from "./shapes.ts";

const R = "/repos/{owner}/{repo}";

function repositoryShape(hub: Hub, login: string): JsonObject {
  const canPush = hub.writers.has(login);
  return {
    id: 1,
    name: hub.name,
    full_name: `${hub.owner}/${hub.name}`,
    owner: userShape(hub, hub.owner),
    private: false,
    archived: hub.archived,
    disabled: false,
    default_branch: hub.defaultBranch,
    html_url: page(hub),
    url: base(hub),
    permissions: {
      admin: login === hub.owner,
      maintain: canPush,
      push: canPush,
      triage: canPush,
      pull: true,
    },
    allow_squash_merge: hub.settings.methods.has("squash"),
    allow_merge_commit: hub.settings.methods.has("merge"),
    allow_rebase_merge: hub.settings.methods.has("rebase"),
    allow_auto_merge: hub.settings.allowAutoMerge,
    delete_branch_on_merge: hub.settings.deleteBranchOnMerge,
    topics: [],
    license: null,
    organization: null,
  };
}

function statusShape(hub: Hub, status: Status): JsonObject {
  return {
    context: status.context,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl ?? null,
    url: `${base(hub)}/statuses/${status.sha}`,
    node_id: `SC_${status.context}`,
    id: 1,
  };
}

function combined(hub: Hub, sha: string): JsonObject {
  const newest = new Map(
    hub.statuses.filter((status) => status.sha === sha).map((status) => [status.context, status]),
  );
  const states = [...newest.values()].map((status) => status.state);
  const state = states.some((one) => one === "failure" || one === "error")
    ? "failure"
    : states.length > 0 && states.every((one) => one === "success")
      ? "success"
      : "pending";
  return {
    sha,
    state,
    total_count: newest.size,
    statuses: [...newest.values()].map((status) => statusShape(hub, status)),
    repository: {
      full_name: `${hub.owner}/${hub.name}`,
      name: hub.name,
      owner: userShape(hub, hub.owner),
      private: false,
    },
    commit_url: `${base(hub)}/commits/${sha}`,
    url: `${base(hub)}/commits/${sha}/status`,
  };
}

/** A fine-grained token has no permission for checks. */
function mayReadChecks(call: Call): boolean {
  return call.token.canReadChecks;
}

const NO_CHECKS = refuse(403, "Resource not accessible by personal access token");

/** What a ruleset demands of a branch. */
function rulesOf(hub: Hub, rules: BranchRules): readonly JsonObject[] {
  const shared = {
    ruleset_source_type: "Repository",
    ruleset_source: `${hub.owner}/${hub.name}`,
    ruleset_id: 1,
  };
  const checks = {
    required_status_checks: rules.contexts.map((context) => ({ context })),
    strict_required_status_checks_policy: rules.isStrict === true,
  };
  const pulls = {
    required_approving_review_count: rules.approvals,
    dismiss_stale_reviews_on_push: rules.dismissesStale === true,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: rules.needsResolution === true,
    allowed_merge_methods: [...hub.settings.methods],
  };
  const queue = {
    check_response_timeout_minutes: 60,
    grouping_strategy: "ALLGREEN",
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: (rules.queueMethod ?? "merge").toUpperCase(),
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 5,
  };
  const needsPull = rules.isProtected || rules.approvals > 0 || rules.needsResolution === true;
  return [
    ...(rules.contexts.length > 0
      ? [{ type: "required_status_checks", ...shared, parameters: checks }]
      : []),
    ...(needsPull ? [{ type: "pull_request", ...shared, parameters: pulls }] : []),
    ...(rules.hasQueue && !hub.missing.has("queue-rules")
      ? [{ type: "merge_queue", ...shared, parameters: queue }]
      : []),
  ];
}

export const REPOSITORY_ROUTES: Readonly<Record<string, Route>> = {
  "GET /user": ({ hub, token }) => ok({ ...userShape(hub, token.user), name: token.user }),
  "GET /rate_limit": () =>
    ok({ resources: {}, rate: { limit: 5000, remaining: 4999, reset: 0, used: 1 } }),
  [`GET ${R}`]: ({ hub, token }) => ok(repositoryShape(hub, token.user)),
  [`GET ${R}/collaborators/{username}/permission`]: ({ hub, places }) => {
    const login = places["username"] ?? "";
    const permission = login === hub.owner ? "admin" : hub.writers.has(login) ? "write" : "read";
    return ok({ permission, role_name: permission, user: userShape(hub, login) });
  },
  [`GET ${R}/commits/{ref}/check-runs`]: (call) => {
    if (!mayReadChecks(call)) return NO_CHECKS;
    const { hub, places, query } = call;
    const sha = commitOf(hub, places["ref"] ?? "") ?? "";
    const runs = [...hub.checks.values()].filter((run) => run.sha === sha);
    const newest = query.get("filter") === "all" ? runs : checksOf(hub, sha);
    return ok({
      total_count: newest.length,
      check_runs: newest.map((run) => checkShape(hub, run)),
    });
  },
  [`GET ${R}/commits/{ref}/status`]: ({ hub, places }) => {
    const sha = commitOf(hub, places["ref"] ?? "");
    return sha === null ? NOT_FOUND : ok(combined(hub, sha));
  },
  [`GET ${R}/check-runs/{check_run_id}`]: (call) => {
    if (!mayReadChecks(call)) return NO_CHECKS;
    const found = call.hub.checks.get(Number(call.places["check_run_id"]));
    return found === undefined ? NOT_FOUND : ok(checkShape(call.hub, found));
  },
  [`GET ${R}/check-runs/{check_run_id}/annotations`]: (call) => {
    if (!mayReadChecks(call)) return NO_CHECKS;
    const found = call.hub.checks.get(Number(call.places["check_run_id"]));
    return found === undefined ? NOT_FOUND : list(found.annotations);
  },
  [`GET ${R}/actions/runs`]: ({ hub, query }) => {
    const sha = query.get("head_sha");
    const shas = new Set([...hub.checks.values()].map((run) => run.sha));
    const runs = [...shas].flatMap((one) => {
      const run = sha === null || sha === one ? workflowRun(hub, one) : null;
      return run === null ? [] : [{ ...run, sha: one }];
    });
    const workflow_runs = runs.map(({ id, jobs, sha: head_sha }) => {
      const isOver = jobs.every((job) => job.status === "completed");
      const isRed = jobs.some((job) => job.conclusion === "failure");
      return {
        id,
        head_sha,
        name: "CI",
        event: "pull_request",
        status: isOver ? "completed" : "in_progress",
        conclusion: isOver ? (isRed ? "failure" : "success") : null,
      };
    });
    return ok({ total_count: workflow_runs.length, workflow_runs });
  },
  [`GET ${R}/actions/runs/{run_id}/jobs`]: ({ hub, places }) => {
    const run_id = Number(places["run_id"]);
    const first = hub.checks.get(run_id);
    const found = first === undefined ? null : workflowRun(hub, first.sha);
    if (found === null || found.id !== run_id) return NOT_FOUND;
    const shown = found.jobs.map((run) => ({
      id: run.id,
      run_id,
      name: run.name,
      head_sha: run.sha,
      status: run.status,
      conclusion: run.conclusion,
      html_url: detailsOf(hub, run),
      started_at: iso(run.startedAt ?? hub.now()),
      completed_at: run.completedAt == null ? null : iso(run.completedAt),
    }));
    return ok({ total_count: shown.length, jobs: shown });
  },
  [`GET ${R}/actions/jobs/{job_id}/logs`]: ({ hub, places }) => {
    const found = hub.checks.get(Number(places["job_id"]));
    if (found === undefined) return NOT_FOUND;
    return { status: 302, body: null, headers: { location: `/_logs/${found.id}` } };
  },
  [`GET ${R}/rules/branches/{branch}`]: ({ hub, places }) => {
    const rules = hub.rules.get(places["branch"] ?? "");
    if (rules === undefined || rules.source === "protection") return list([]);
    return list(rulesOf(hub, rules));
  },
  [`GET ${R}/branches/{branch}`]: ({ hub, places }) => {
    const name = places["branch"] ?? "";
    const sha = tip(hub, name);
    if (sha === null) return NOT_FOUND;
    const rules = hub.rules.get(name);
    // Any active rule makes a branch protected; only a classic protection is told here.
    const isClassic = rules !== undefined && rules.source !== "ruleset";
    const contexts = isClassic ? [...rules.contexts] : [];
    return ok({
      name,
      commit: { sha },
      protected: rules?.isProtected ?? false,
      protection: {
        enabled: isClassic && rules.isProtected,
        required_status_checks: {
          enforcement_level: contexts.length === 0 ? "off" : "non_admins",
          contexts,
          checks: contexts.map((context) => ({ context, app_id: null })),
        },
      },
    });
  },
  [`GET ${R}/git/ref/{ref}`]: ({ hub, places }) => {
    const ref = places["ref"] ?? "";
    const sha = tip(hub, ref.replace(/^heads\//, ""));
    if (sha === null) return NOT_FOUND;
    return ok({ ref: `refs/${ref}`, node_id: "REF", object: { sha, type: "commit", url: "" } });
  },
  [`DELETE ${R}/git/refs/{ref}`]: ({ hub, places, token }) => {
    const branch = (places["ref"] ?? "").replace(/^heads\//, "");
    if (hub.rules.get(branch)?.isProtected === true)
      return refuse(422, "Cannot delete this protected branch");
    if (!deleteBranch(hub, branch)) return refuse(422, "Reference does not exist");
    note(hub, token.user, `branch ${branch} deleted`);
    noticeRefs(hub, token.user);
    return { status: 204, body: null };
  },
};
