// What GitHub sends to a receiver: signed, sometimes late, sometimes twice.
import { randomUUID } from "node:crypto";
import { completed, type JsonObject } from "./description.ts";
import { isAncestor } from "./git-side.ts";
import { later, type Hub, type HubEvent } from "./hub.ts";
import type { GitHubDouble } from "./server.ts";
import {
  base,
  checkShape,
  commentShape,
  issueShape,
  page,
  pullShape,
  reviewShape,
  userShape,
} from "./shapes.ts";

export interface Deliver {
  readonly to: string;
  readonly secret: string;
  /** Milliseconds after it happened. */
  readonly late?: number;
  /** Each delivery comes again under the same id. */
  readonly twice?: boolean;
}

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly action: string | null;
  /** Null: nobody took it. */
  readonly status: number | null;
}

const R = "/repos/{owner}/{repo}";

interface Payload {
  readonly event: string;
  readonly body: JsonObject;
}

function whole(template: string, shape: JsonObject): JsonObject {
  return completed("GET", `${R}${template}`, 200, shape) as JsonObject;
}

function pullOf(hub: Hub, number: number): JsonObject | null {
  const issue = hub.issues.get(number);
  if (issue?.pull == null) return null;
  return whole("/pulls/{pull_number}", pullShape(hub, issue, true));
}

function issueOf(hub: Hub, number: number): JsonObject | null {
  const issue = hub.issues.get(number);
  return issue === undefined ? null : whole("/issues/{issue_number}", issueShape(hub, issue));
}

/** What happened as GitHub tells it; null: it has no such event, or the double does not send it. */
export function payloadOf(hub: Hub, event: HubEvent): Payload | null {
  const shared = {
    repository: {
      id: 1,
      name: hub.name,
      full_name: `${hub.owner}/${hub.name}`,
      owner: userShape(hub, hub.owner),
      url: base(hub),
      html_url: page(hub),
      default_branch: hub.defaultBranch,
    },
    sender: userShape(hub, event.by),
  };
  switch (event.kind) {
    case "push":
      return { event: "push", body: { ...pushBody(hub, event), ...shared } };
    case "pull": {
      const { action, number } = event;
      const pull_request = pullOf(hub, number);
      if (pull_request === null) return null;
      return { event: "pull_request", body: { action, number, pull_request, ...shared } };
    }
    case "issue": {
      const issue = issueOf(hub, event.number);
      if (issue === null) return null;
      return { event: "issues", body: { action: event.action, issue, ...shared } };
    }
    case "comment": {
      const found = hub.comments.get(event.id);
      const issue = found === undefined ? null : issueOf(hub, found.issue);
      if (found === undefined || issue === null) return null;
      const comment = whole("/issues/comments/{comment_id}", commentShape(hub, found));
      return { event: "issue_comment", body: { action: event.action, issue, comment, ...shared } };
    }
    case "review": {
      const review = hub.reviews.get(event.id);
      const pull_request = review === undefined ? null : pullOf(hub, review.pull);
      if (review === undefined || pull_request === null) return null;
      const shape = reviewShape(hub, review);
      // Here, and only here, the state is written small.
      const told = { ...shape, state: review.state.toLowerCase() };
      const body = { action: "submitted", review: told, pull_request, ...shared };
      return { event: "pull_request_review", body };
    }
    case "check": {
      const run = hub.checks.get(event.id);
      if (run === undefined) return null;
      const check_run = whole("/check-runs/{check_run_id}", checkShape(hub, run));
      return { event: "check_run", body: { action: event.action, check_run, ...shared } };
    }
    case "status": {
      const found = hub.statuses.findLast(
        ({ sha, context }) => sha === event.sha && context === event.context,
      );
      if (found === undefined) return null;
      const { sha, context, state, description } = found;
      return { event: "status", body: { sha, context, state, description, ...shared } };
    }
    case "thread": {
      const thread = hub.threads.get(event.id);
      const pull_request = thread === undefined ? null : pullOf(hub, thread.pull);
      if (thread === undefined || pull_request === null) return null;
      const told = { node_id: thread.id, comments: [] };
      const body = { action: "resolved", thread: told, pull_request, ...shared };
      return { event: "pull_request_review_thread", body };
    }
  }
}

const NOTHING = "0".repeat(40);

function pushBody(hub: Hub, event: Extract<HubEvent, { kind: "push" }>): JsonObject {
  const { branch, before, after, by } = event;
  return {
    ref: `refs/heads/${branch}`,
    before: before ?? NOTHING,
    after: after ?? NOTHING,
    created: before === null,
    deleted: after === null,
    forced: before !== null && after !== null && !isAncestor(hub, before, after),
    base_ref: null,
    compare: `${page(hub)}/compare/${(before ?? NOTHING).slice(0, 12)}...${(after ?? NOTHING).slice(0, 12)}`,
    commits: [],
    head_commit: null,
    pusher: { name: by, email: null },
  };
}

/** Sends everything that happens to a receiver; `deliveries` fills as it is taken. */
export function webhookRobot(
  double: GitHubDouble,
  deliver: Deliver,
  deliveries: Delivery[],
): { readonly watch: (event: HubEvent) => void; readonly idle: () => Promise<void> } {
  const { hub } = double;
  const underWay = new Set<Promise<void>>();
  const send = async ({ event, body }: Payload, id: string): Promise<void> => {
    const action = typeof body["action"] === "string" ? body["action"] : null;
    const status = await double
      .webhook(deliver.to, event, body, deliver.secret, id)
      .catch(() => null);
    deliveries.push({ id, event, action, status });
  };
  const start = (payload: Payload, id: string): void => {
    const sent = send(payload, id).finally(() => underWay.delete(sent));
    underWay.add(sent);
  };
  return {
    watch: (event) => {
      const payload = payloadOf(hub, event);
      if (payload === null) return;
      const id = randomUUID();
      const times = deliver.twice === true ? 2 : 1;
      for (let time = 0; time < times; time += 1) {
        if (deliver.late === undefined) start(payload, id);
        else
          later(hub, deliver.late, () => {
            start(payload, id);
          });
      }
    },
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
