// Pull requests, reviews, threads and merging.
import { randomUUID } from "node:crypto";
import { list, NOT_FOUND, ok, refuse, textOf, type Answer, type Call, type Route } from "./call.ts";
import type { JsonObject } from "./description.ts";
import {
  changedFiles,
  commitOf,
  isAncestor,
  mergeInto,
  mergeTree,
  tip,
  type MergeWords,
} from "./git-side.ts";
import { addIssue, newId, note, setState, type Hub, type Issue, type PullRequest } from "./hub.ts";
import { followHead, pullShape, reviewShape, threadCommentShape } from "./shapes.ts";

const R = "/repos/{owner}/{repo}";

interface Pull {
  readonly issue: Issue;
  readonly pull: PullRequest;
}

function pullOf(call: Call): Pull | null {
  const issue = call.hub.issues.get(Number(call.places["pull_number"]));
  if (issue?.pull == null) return null;
  followHead(call.hub, issue.pull);
  return { issue, pull: issue.pull };
}

function invalid(message: string, field = "base"): Answer {
  return refuse(422, "Validation Failed", [
    { resource: "PullRequest", code: "custom", field, message },
  ]);
}

function create(call: Call): Answer {
  const { hub, body, token } = call;
  const head = (textOf(body["head"]) ?? "").replace(`${hub.owner}:`, "");
  const base = textOf(body["base"]) ?? "";
  const headSha = tip(hub, head);
  const onto = tip(hub, base);
  if (headSha === null) return invalid("", "head");
  if (onto === null) return invalid("", "base");
  const twin = [...hub.issues.values()].find(
    ({ state, pull }) =>
      pull !== null && state === "open" && pull.head === head && pull.base === base,
  );
  if (twin !== undefined) return invalid(`A pull request already exists for ${hub.owner}:${head}.`);
  if (isAncestor(hub, headSha, onto)) return invalid(`No commits between ${base} and ${head}`);
  const text = textOf(body["body"]) ?? "";
  const issue = addIssue(hub, {
    title: textOf(body["title"]) ?? head,
    body: text,
    author: token.user,
  });
  issue.pull = {
    head,
    base,
    draft: body["draft"] === true,
    merged: false,
    mergedBy: null,
    mergeCommit: null,
    mergedAt: null,
    headSha,
    asked: 0,
    autoMerge: false,
  };
  note(hub, token.user, `pull request ${issue.number} opened from ${head}`);
  return ok(pullShape(hub, issue, true), 201);
}

/** Why the rules of the branch keep it from being merged; null: they do not. */
export function blockedBy(hub: Hub, pull: PullRequest, number: number): string | null {
  const rules = hub.rules.get(pull.base);
  if (rules === undefined) return null;
  for (const context of rules.contexts) {
    const runs = [...hub.checks.values()].filter(
      (run) => run.sha === pull.headSha && run.name === context,
    );
    const run = runs.at(-1);
    const isGreen = ["success", "neutral", "skipped"].includes(run?.conclusion ?? "");
    const status = hub.statuses.findLast(
      (one) => one.sha === pull.headSha && one.context === context,
    );
    if (!isGreen && status?.state !== "success")
      return `Required status check "${context}" is expected.`;
  }
  const approvals = [...hub.reviews.values()].filter(
    (review) => review.pull === number && review.state === "APPROVED",
  );
  if (approvals.length < rules.approvals)
    return `At least ${rules.approvals} approving review is required by reviewers with write access.`;
  return null;
}

/** `#12` after a closing word, where the base is the default branch. */
function closeNamed(hub: Hub, text: string): void {
  for (const match of text.matchAll(/\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\s+#(\d+)/gi)) {
    const named = hub.issues.get(Number(match[1]));
    if (named !== undefined && named.pull === null && named.state === "open")
      setState(hub, named, "closed", "completed");
  }
}

/** Merges now: 405 where it may not, 409 where the head has moved. */
export function mergeNow(
  hub: Hub,
  { issue, pull }: Pull,
  by: string,
  how: MergeWords & { readonly sha: string | null },
): Answer {
  if (pull.merged || issue.state === "closed") return refuse(405, "Pull Request is not mergeable");
  if (pull.draft) return refuse(405, "Pull Request is still a draft");
  if (how.sha !== null && how.sha !== pull.headSha)
    return refuse(409, "Head branch was modified. Review and try the merge again.");
  const held = blockedBy(hub, pull, issue.number);
  if (held !== null) return refuse(405, held);
  const merged = mergeInto(hub, pull.base, pull.headSha, how);
  if (merged === null) return refuse(405, "Pull Request is not mergeable");
  pull.merged = true;
  pull.mergedBy = by;
  pull.mergeCommit = merged;
  pull.mergedAt = hub.now();
  setState(hub, issue, "closed", null);
  if (pull.base === hub.defaultBranch)
    closeNamed(hub, `${issue.title}\n${issue.body ?? ""}\n${how.message}`);
  note(hub, by, `pull request ${issue.number} merged`);
  return ok({ sha: merged, merged: true, message: "Pull Request successfully merged" });
}

function wordsOf(call: Call, issue: Issue): MergeWords & { readonly sha: string | null } {
  const { body } = call;
  const method = textOf(body["merge_method"]);
  const title = textOf(body["commit_title"]) ?? `${issue.title} (#${issue.number})`;
  const text = textOf(body["commit_message"]) ?? "";
  return {
    method: method === "squash" || method === "rebase" ? method : "merge",
    message: text === "" ? title : `${title}\n\n${text}`,
    sha: textOf(body["sha"]),
  };
}

function mergeAsync(call: Call): Answer {
  const { hub, token } = call;
  const found = pullOf(call);
  if (found === null || hub.missing.has("merge-async")) return NOT_FOUND;
  const words = wordsOf(call, found.issue);
  if (words.sha !== null && words.sha !== found.pull.headSha)
    return ok(failed("Head branch was modified."), 409);
  const uuid = randomUUID();
  const answer = mergeNow(hub, found, token.user, words);
  const said = answer.body as { readonly message: string; readonly sha?: string };
  const state =
    answer.status === 200
      ? { status: "merged", details: { message: said.message, sha: said.sha ?? "" } }
      : failed(said.message);
  hub.asyncMerges.set(uuid, { pull: found.issue.number, state });
  const details = {
    message: "Merge requested",
    uuid,
    merge_method: words.method,
    merge_action: textOf(call.body["merge_action"]) ?? "default",
    expected_head_sha: words.sha ?? found.pull.headSha,
  };
  return ok({ status: "pending", details }, 202);
}

function failed(message: string): JsonObject {
  return { status: "failed", details: { message } };
}

export const PULL_ROUTES: Readonly<Record<string, Route>> = {
  [`GET ${R}/pulls`]: ({ hub, query }) => {
    const state = query.get("state") ?? "open";
    const head = query.get("head")?.replace(`${hub.owner}:`, "") ?? null;
    const base = query.get("base");
    const wanted = [...hub.issues.values()].filter(
      (issue) =>
        issue.pull !== null &&
        (state === "all" || issue.state === state) &&
        (head === null || issue.pull.head === head) &&
        (base === null || issue.pull.base === base),
    );
    for (const { pull } of wanted) if (pull !== null) followHead(hub, pull);
    return list(wanted.toReversed().map((issue) => pullShape(hub, issue, false)));
  },
  [`POST ${R}/pulls`]: create,
  [`GET ${R}/pulls/{pull_number}`]: (call) => {
    const found = pullOf(call);
    if (found === null) return NOT_FOUND;
    found.pull.asked += 1;
    return ok(pullShape(call.hub, found.issue, true));
  },
  [`PATCH ${R}/pulls/{pull_number}`]: (call) => {
    const found = pullOf(call);
    if (found === null) return NOT_FOUND;
    const { hub, body, token } = call;
    found.issue.title = textOf(body["title"]) ?? found.issue.title;
    found.issue.body = textOf(body["body"]) ?? found.issue.body;
    const base = textOf(body["base"]);
    if (base !== null) found.pull.base = base;
    const { state } = body;
    if ((state === "closed" || state === "open") && state !== found.issue.state)
      setState(hub, found.issue, state, null);
    found.issue.updatedAt = hub.now();
    note(hub, token.user, `pull request ${found.issue.number} edited`);
    return ok(pullShape(hub, found.issue, true));
  },
  [`GET ${R}/pulls/{pull_number}/files`]: (call) => {
    const found = pullOf(call);
    if (found === null) return NOT_FOUND;
    const onto = tip(call.hub, found.pull.base) ?? found.pull.headSha;
    const files = changedFiles(call.hub, onto, found.pull.headSha);
    return list(files.map((filename) => ({ filename, status: "modified", sha: "0".repeat(40) })));
  },
  [`GET ${R}/pulls/{pull_number}/merge`]: (call) => {
    const found = pullOf(call);
    return found?.pull.merged === true ? { status: 204, body: null } : NOT_FOUND;
  },
  [`PUT ${R}/pulls/{pull_number}/merge`]: (call) => {
    const found = pullOf(call);
    if (found === null) return NOT_FOUND;
    return mergeNow(call.hub, found, call.token.user, wordsOf(call, found.issue));
  },
  [`PUT ${R}/pulls/{pull_number}/merge-async`]: mergeAsync,
  [`GET ${R}/pulls/{pull_number}/merge-async/{uuid}`]: ({ hub, places }) => {
    const found = hub.asyncMerges.get(places["uuid"] ?? "");
    return found === undefined ? NOT_FOUND : ok(found.state);
  },
  [`GET ${R}/pulls/{pull_number}/reviews`]: (call) => {
    const found = pullOf(call);
    if (found === null) return NOT_FOUND;
    const own = [...call.hub.reviews.values()].filter((one) => one.pull === found.issue.number);
    return list(own.map((review) => reviewShape(call.hub, review)));
  },
  [`GET ${R}/pulls/{pull_number}/comments`]: (call) => {
    const found = pullOf(call);
    if (found === null) return NOT_FOUND;
    const own = [...call.hub.threads.values()].filter((one) => one.pull === found.issue.number);
    return list(
      own.flatMap((thread) =>
        thread.comments.map((one) => threadCommentShape(call.hub, thread, one)),
      ),
    );
  },
  [`POST ${R}/pulls/{pull_number}/comments/{comment_id}/replies`]: (call) => {
    const { hub, places, body, token } = call;
    const thread = [...hub.threads.values()].find((one) =>
      one.comments.some((comment) => comment.id === Number(places["comment_id"])),
    );
    if (thread === undefined) return NOT_FOUND;
    const made = {
      id: newId(hub),
      review: null,
      author: token.user,
      body: textOf(body["body"]) ?? "",
      createdAt: hub.now(),
    };
    thread.comments.push(made);
    note(hub, token.user, `reply on ${thread.pull}`);
    return ok(threadCommentShape(hub, thread, made), 201);
  },
  [`GET ${R}/pulls/{pull_number}/requested_reviewers`]: (call) =>
    pullOf(call) === null ? NOT_FOUND : ok({ users: [], teams: [] }),
  [`PUT ${R}/pulls/{pull_number}/update-branch`]: (call) => {
    const found = pullOf(call);
    if (found === null) return NOT_FOUND;
    const { hub, body, token } = call;
    const expected = textOf(body["expected_head_sha"]);
    if (expected !== null && expected !== found.pull.headSha)
      return refuse(422, "expected head sha didn’t match current head ref.");
    const onto = tip(hub, found.pull.base);
    if (onto === null || commitOf(hub, onto) === null)
      return refuse(422, "There are no new commits on the base branch.");
    if (mergeTree(hub, onto, found.pull.headSha) === null)
      return refuse(422, "merge conflict between base and head");
    mergeInto(hub, found.pull.head, onto, {
      method: "merge",
      message: `Merge branch '${found.pull.base}'`,
    });
    note(hub, token.user, `branch of ${found.issue.number} updated`);
    return ok({ message: "Updating pull request branch.", url: "" }, 202);
  },
};
