// Checks of one commit as GraphQL shows them: check runs and statuses in one list.
import { checksOf, rollupState, statusesOf } from "./checks.ts";
import type { JsonObject } from "./description.ts";
import { connection, Refused, type Asking, type Page } from "./graphql-parts.ts";
import type { CheckRun, Hub, Status } from "./hub.ts";
import { detailsOf, iso, page } from "./shapes.ts";

interface ForPull {
  readonly pullRequestNumber?: number | null;
  readonly pullRequestId?: string | null;
}

/** Whether the base of that pull request demands this context. */
function isRequired(hub: Hub, name: string): (args: ForPull) => boolean {
  return ({ pullRequestNumber, pullRequestId }) => {
    const issue = [...hub.issues.values()].find(
      (one) =>
        one.pull !== null && (one.number === pullRequestNumber || `PR_${one.id}` === pullRequestId),
    );
    if (issue?.pull == null)
      throw new Refused("NOT_FOUND", "Could not resolve to a PullRequest of this commit.");
    return hub.rules.get(issue.pull.base)?.contexts.includes(name) ?? false;
  };
}

function annotationNode(annotation: JsonObject): object {
  return {
    path: annotation["path"],
    annotationLevel: JSON.stringify(annotation["annotation_level"]).slice(1, -1).toUpperCase(),
    message: annotation["message"],
    title: annotation["title"] ?? null,
    rawDetails: annotation["raw_details"] ?? null,
    location: {
      start: { line: annotation["start_line"], column: annotation["start_column"] ?? null },
      end: { line: annotation["end_line"], column: annotation["end_column"] ?? null },
    },
  };
}

function checkNode(hub: Hub, run: CheckRun): object {
  return {
    __typename: "CheckRun",
    id: `CR_${run.id}`,
    databaseId: run.id,
    name: run.name,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    title: run.output.title,
    summary: run.output.summary,
    text: run.output.text,
    detailsUrl: detailsOf(hub, run),
    url: `${page(hub)}/runs/${run.id}`,
    permalink: `${page(hub)}/runs/${run.id}`,
    startedAt: run.startedAt == null ? null : iso(run.startedAt),
    completedAt: run.completedAt == null ? null : iso(run.completedAt),
    isRequired: isRequired(hub, run.name),
    checkSuite: { id: `CS_${run.app}`, app: { slug: run.app, name: run.app } },
    annotations: connection(run.annotations.map((one) => annotationNode(one))),
  };
}

function statusNode(hub: Hub, status: Status): object {
  return {
    __typename: "StatusContext",
    id: `SC_${status.context}`,
    context: status.context,
    state: status.state.toUpperCase(),
    description: status.description,
    targetUrl: status.targetUrl ?? null,
    createdAt: iso(status.at ?? 0),
    isRequired: isRequired(hub, status.context),
  };
}

/** Checks are null at their place for a token that may not read them; statuses and the sum are there. */
export function commitNode(hub: Hub, sha: string): object {
  const state = rollupState(hub, sha);
  const contexts = (args: Page, { token }: Asking): object => {
    const runs = checksOf(hub, sha).map((run) =>
      token.canReadChecks
        ? checkNode(hub, run)
        : new Refused("FORBIDDEN", "Resource not accessible by personal access token"),
    );
    return connection([...runs, ...statusesOf(hub, sha).map((one) => statusNode(hub, one))])(args);
  };
  return {
    __typename: "Commit",
    oid: sha,
    statusCheckRollup: state === null ? null : { id: `SCR_${sha}`, state, contexts },
  };
}
