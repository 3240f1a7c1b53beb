// Issues, milestones, labels, comments, dependencies and sub-issues.
import type { Json } from "./description.ts";
import { issueAt, list, NOT_FOUND, ok, refuse, textOf, type Call, type Route } from "./call.ts";
import { addIssue, addLabel, addMilestone, announce, note, setState, type Issue } from "./hub.ts";
import { addComment, editComment } from "./reviewing.ts";
import { commentShape, issueShape, labelOf, labelShape, milestoneShape } from "./shapes.ts";

const R = "/repos/{owner}/{repo}";

function names(value: Json | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: Json) => (typeof item === "string" ? [item] : []));
}

function addLabels(call: Call, issue: Issue, labels: readonly string[]): void {
  for (const name of labels) {
    // Labels that are not there are made, grey.
    const label = addLabel(call.hub, { name, color: "ededed", description: "" });
    if (!issue.labels.includes(label.name)) issue.labels.push(label.name);
  }
  issue.updatedAt = call.hub.now();
}

function patchIssue(call: Call, issue: Issue): void {
  const { body, hub } = call;
  const title = textOf(body["title"]);
  if (title !== null) issue.title = title;
  if ("body" in body) issue.body = textOf(body["body"]);
  if (typeof body["milestone"] === "number") issue.milestone = body["milestone"];
  if (body["milestone"] === null) issue.milestone = null;
  if ("labels" in body) {
    issue.labels = [];
    addLabels(call, issue, names(body["labels"]));
  }
  const state = body["state"];
  if ((state === "open" || state === "closed") && state !== issue.state) {
    setState(
      hub,
      issue,
      state,
      textOf(body["state_reason"]) as Issue["stateReason"],
      call.token.user,
    );
    note(hub, call.token.user, `issue ${issue.number} ${state}`);
  }
  issue.updatedAt = hub.now();
  const kind = issue.pull === null ? "issue" : "pull";
  announce(hub, { kind, action: "edited", number: issue.number, by: call.token.user });
}

/** By number here, by `owner/repo#n` elsewhere. */
function issueById(call: Call, id: Json | undefined): Issue | null {
  return [...call.hub.issues.values()].find((issue) => issue.id === Number(id)) ?? null;
}

export const ISSUE_ROUTES: Readonly<Record<string, Route>> = {
  [`GET ${R}/milestones`]: ({ hub, query }) => {
    const state = query.get("state") ?? "open";
    const all = [...hub.milestones.values()];
    const wanted = all.filter((milestone) => state === "all" || milestone.state === state);
    return list(wanted.map((milestone) => milestoneShape(hub, milestone)));
  },
  [`POST ${R}/milestones`]: ({ hub, body, token }) => {
    const title = textOf(body["title"]) ?? "";
    if ([...hub.milestones.values()].some((known) => known.title === title))
      return refuse(422, "Validation Failed", [
        { resource: "Milestone", code: "already_exists", field: "title" },
      ]);
    note(hub, token.user, `milestone ${title}`);
    return ok(
      milestoneShape(hub, addMilestone(hub, title, textOf(body["description"]) ?? "")),
      201,
    );
  },
  [`GET ${R}/milestones/{milestone_number}`]: ({ hub, places }) => {
    const found = hub.milestones.get(Number(places["milestone_number"]));
    return found === undefined ? NOT_FOUND : ok(milestoneShape(hub, found));
  },
  [`PATCH ${R}/milestones/{milestone_number}`]: ({ hub, places, body, token }) => {
    const found = hub.milestones.get(Number(places["milestone_number"]));
    if (found === undefined) return NOT_FOUND;
    if (body["state"] === "open" || body["state"] === "closed") found.state = body["state"];
    found.title = textOf(body["title"]) ?? found.title;
    note(hub, token.user, `milestone ${found.number} ${found.state}`);
    return ok(milestoneShape(hub, found));
  },
  [`GET ${R}/labels`]: ({ hub }) =>
    list([...hub.labels.values()].map((label) => labelShape(hub, label))),
  [`GET ${R}/labels/{name}`]: ({ hub, places }) => {
    const found = hub.labels.get((places["name"] ?? "").toLowerCase());
    return found === undefined ? NOT_FOUND : ok(labelShape(hub, found));
  },
  [`POST ${R}/labels`]: ({ hub, body, token }) => {
    const name = textOf(body["name"]) ?? "";
    if (hub.labels.has(name.toLowerCase()))
      return refuse(422, "Validation Failed", [
        { resource: "Label", code: "already_exists", field: "name" },
      ]);
    note(hub, token.user, `label ${name}`);
    const color = textOf(body["color"]) ?? "ededed";
    return ok(
      labelShape(
        hub,
        addLabel(hub, { name, color, description: textOf(body["description"]) ?? "" }),
      ),
      201,
    );
  },
  [`GET ${R}/issues`]: ({ hub, query }) => {
    const state = query.get("state") ?? "open";
    const milestone = query.get("milestone");
    const label = query.get("labels");
    const since = Date.parse(query.get("since") ?? "") || 0;
    const wanted = [...hub.issues.values()].filter(
      (issue) =>
        (state === "all" || issue.state === state) &&
        issue.updatedAt >= since &&
        (milestone === null || milestone === "*" || issue.milestone === Number(milestone)) &&
        (label === null || label.split(",").every((name) => issue.labels.includes(name))),
    );
    return list(wanted.toReversed().map((issue) => issueShape(hub, issue)));
  },
  [`POST ${R}/issues`]: (call) => {
    const { hub, body, token } = call;
    const made = addIssue(hub, {
      title: textOf(body["title"]) ?? "",
      body: textOf(body["body"]) ?? "",
      milestone: typeof body["milestone"] === "number" ? body["milestone"] : null,
      author: token.user,
    });
    addLabels(call, made, names(body["labels"]));
    note(hub, token.user, `issue ${made.number} opened`);
    announce(hub, { kind: "issue", action: "opened", number: made.number, by: token.user });
    return ok(issueShape(hub, made), 201);
  },
  [`GET ${R}/issues/{issue_number}`]: (call) => {
    const issue = issueAt(call);
    return issue === null ? NOT_FOUND : ok(issueShape(call.hub, issue));
  },
  [`PATCH ${R}/issues/{issue_number}`]: (call) => {
    const issue = issueAt(call);
    if (issue === null) return NOT_FOUND;
    patchIssue(call, issue);
    return ok(issueShape(call.hub, issue));
  },
  [`GET ${R}/issues/{issue_number}/comments`]: (call) => {
    const issue = issueAt(call);
    if (issue === null) return NOT_FOUND;
    const own = [...call.hub.comments.values()].filter((one) => one.issue === issue.number);
    return list(own.map((comment) => commentShape(call.hub, comment)));
  },
  [`POST ${R}/issues/{issue_number}/comments`]: (call) => {
    const { hub, body, token } = call;
    const issue = issueAt(call);
    if (issue === null) return NOT_FOUND;
    const made = addComment(hub, issue.number, token.user, textOf(body["body"]) ?? "");
    return ok(commentShape(hub, made), 201);
  },
  [`GET ${R}/issues/comments/{comment_id}`]: ({ hub, places }) => {
    const found = hub.comments.get(Number(places["comment_id"]));
    return found === undefined ? NOT_FOUND : ok(commentShape(hub, found));
  },
  [`PATCH ${R}/issues/comments/{comment_id}`]: ({ hub, places, body, token }) => {
    const found = hub.comments.get(Number(places["comment_id"]));
    if (found === undefined) return NOT_FOUND;
    editComment(hub, found, token.user, textOf(body["body"]) ?? found.body);
    return ok(commentShape(hub, found));
  },
  [`GET ${R}/issues/{issue_number}/labels`]: (call) => {
    const issue = issueAt(call);
    if (issue === null) return NOT_FOUND;
    return list(issue.labels.map((name) => labelShape(call.hub, labelOf(call.hub, name))));
  },
  [`POST ${R}/issues/{issue_number}/labels`]: (call) => {
    const issue = issueAt(call);
    if (issue === null) return NOT_FOUND;
    addLabels(call, issue, names(call.body["labels"]));
    note(call.hub, call.token.user, `labels on ${issue.number}`);
    return list(issue.labels.map((name) => labelShape(call.hub, labelOf(call.hub, name))));
  },
  [`DELETE ${R}/issues/{issue_number}/labels/{name}`]: (call) => {
    const issue = issueAt(call);
    const name = call.places["name"] ?? "";
    if (issue === null || !issue.labels.includes(name)) return NOT_FOUND;
    issue.labels = issue.labels.filter((label) => label !== name);
    note(call.hub, call.token.user, `label off ${issue.number}`);
    return list(issue.labels.map((label) => labelShape(call.hub, labelOf(call.hub, label))));
  },
  [`GET ${R}/issues/{issue_number}/dependencies/blocked_by`]: (call) => {
    const issue = issueAt(call);
    if (issue === null || call.hub.missing.has("dependencies")) return NOT_FOUND;
    const blockers = issue.blockedBy.flatMap((name) => call.hub.issues.get(Number(name)) ?? []);
    return list(blockers.map((blocker) => issueShape(call.hub, blocker)));
  },
  [`POST ${R}/issues/{issue_number}/dependencies/blocked_by`]: (call) => {
    const issue = issueAt(call);
    if (issue === null || call.hub.missing.has("dependencies")) return NOT_FOUND;
    // The database id, not the number.
    const blocker = issueById(call, call.body["issue_id"]);
    if (blocker === null) return refuse(422, "Validation Failed");
    const name = String(blocker.number);
    if (issue.blockedBy.includes(name)) return refuse(422, "Issue dependency already exists");
    issue.blockedBy.push(name);
    note(call.hub, call.token.user, `${issue.number} blocked by ${name}`);
    return ok(issueShape(call.hub, issue), 201);
  },
  [`DELETE ${R}/issues/{issue_number}/dependencies/blocked_by/{issue_id}`]: (call) => {
    const issue = issueAt(call);
    const blocker = issueById(call, call.places["issue_id"]);
    if (issue === null || blocker === null || call.hub.missing.has("dependencies"))
      return NOT_FOUND;
    issue.blockedBy = issue.blockedBy.filter((name) => name !== String(blocker.number));
    note(call.hub, call.token.user, `${issue.number} no more blocked by ${blocker.number}`);
    return ok(issueShape(call.hub, issue));
  },
  [`GET ${R}/issues/{issue_number}/sub_issues`]: (call) => {
    const issue = issueAt(call);
    if (issue === null || call.hub.missing.has("sub-issues")) return NOT_FOUND;
    const children = [...call.hub.issues.values()].filter((one) => one.parent === issue.number);
    return list(children.map((child) => issueShape(call.hub, child)));
  },
  [`POST ${R}/issues/{issue_number}/sub_issues`]: (call) => {
    const issue = issueAt(call);
    const child = issueById(call, call.body["sub_issue_id"]);
    if (issue === null || call.hub.missing.has("sub-issues")) return NOT_FOUND;
    if (child === null) return refuse(422, "Validation Failed");
    child.parent = issue.number;
    note(call.hub, call.token.user, `${child.number} part of ${issue.number}`);
    return ok(issueShape(call.hub, issue), 201);
  },
  [`GET ${R}/issues/{issue_number}/parent`]: (call) => {
    const parent = call.hub.issues.get(issueAt(call)?.parent ?? -1);
    return parent === undefined ? NOT_FOUND : ok(issueShape(call.hub, parent));
  },
};
