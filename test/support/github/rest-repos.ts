// The repository itself: who may what, branches and their rules, checks and statuses.
import { list, NOT_FOUND, ok, refuse, type Call, type Route } from "./call.ts";
import type { JsonObject } from "./description.ts";
import { commitOf, deleteBranch, tip } from "./git-side.ts";
import { note, type Hub, type Status } from "./hub.ts";
import { base, checkShape, iso, page, userShape } from "./shapes.ts";

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
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
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
    target_url: null,
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
    const newest =
      query.get("filter") === "all"
        ? runs
        : [...new Map(runs.map((run) => [run.name, run])).values()];
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
    const runs = [...hub.checks.values()].filter(
      (run) => run.app === "github-actions" && run.sha === sha,
    );
    const shown =
      runs.length === 0
        ? []
        : [{ id: 1, head_sha: sha, status: "completed", name: "CI", event: "pull_request" }];
    return ok({ total_count: shown.length, workflow_runs: shown });
  },
  [`GET ${R}/actions/runs/{run_id}/jobs`]: ({ hub }) => {
    const jobs = [...hub.checks.values()].filter((run) => run.app === "github-actions");
    const shown = jobs.map((run) => ({
      id: run.id,
      run_id: 1,
      name: run.name,
      head_sha: run.sha,
      status: run.status,
      conclusion: run.conclusion,
      started_at: iso(hub.now()),
      completed_at: null,
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
    if (rules === undefined || rules.contexts.length === 0) return list([]);
    const required_status_checks = rules.contexts.map((context) => ({ context }));
    return list([
      {
        type: "required_status_checks",
        ruleset_source_type: "Repository",
        ruleset_source: `${hub.owner}/${hub.name}`,
        ruleset_id: 1,
        parameters: { required_status_checks, strict_required_status_checks_policy: false },
      },
    ]);
  },
  [`GET ${R}/branches/{branch}`]: ({ hub, places }) => {
    const name = places["branch"] ?? "";
    const sha = tip(hub, name);
    if (sha === null) return NOT_FOUND;
    const rules = hub.rules.get(name);
    const contexts = [...(rules?.contexts ?? [])];
    return ok({
      name,
      commit: { sha },
      protected: rules?.isProtected ?? false,
      protection: {
        enabled: rules?.isProtected ?? false,
        required_status_checks: { enforcement_level: "non_admins", contexts, checks: [] },
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
    if (!deleteBranch(hub, branch)) return refuse(422, "Reference does not exist");
    note(hub, token.user, `branch ${branch} deleted`);
    return { status: 204, body: null };
  },
};
