// Pull requests, reviews, threads and merging.
import { list, NOT_FOUND, ok, refuse, textOf, type Answer, type Call, type Route } from "./call.ts";
import type { JsonObject } from "./description.ts";
import { changedFiles, commitOf, isAncestor, mergeInto, mergeTree, tip } from "./git-side.ts";
import { addIssue, announce, newId, note, setState, type Hub } from "./hub.ts";
import { mergeAsync, mergeNow, wordsOf, type Pull } from "./merging.ts";
import { noticeRefs } from "./pushes.ts";
import { submitReview } from "./reviewing.ts";
import { followHead, pullShape, reviewShape, threadCommentShape, userShape } from "./shapes.ts";

const R = "/repos/{owner}/{repo}";

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
    autoMerge: null,
    requested: [],
    queued: null,
  };
  note(hub, token.user, `pull request ${issue.number} opened from ${head}`);
  announce(hub, { kind: "pull", action: "opened", number: issue.number, by: token.user });
  return ok(pullShape(hub, issue, true), 201);
}

/** Why a closed pull request stays closed; null: it may be opened again. */
function reopenRefusal(hub: Hub, { pull }: Pull): string | null {
  if (pull.merged) return "The pull request cannot be reopened.";
  const now = tip(hub, pull.head);
  if (now === null) return `The ${pull.head} branch has been deleted.`;
  if (tip(hub, pull.base) === null) return `The ${pull.base} branch has been deleted.`;
  return isAncestor(hub, pull.headSha, now)
    ? null
    : `The ${pull.head} branch was force-pushed or recreated.`;
}

const VERDICTS = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
} as const;

function postReview(call: Call): Answer {
  const found = pullOf(call);
  if (found === null) return NOT_FOUND;
  const { hub, body, token } = call;
  const { event } = body;
  // Without an event GitHub keeps it as pending; the double has no such reviews.
  if (event !== "APPROVE" && event !== "REQUEST_CHANGES" && event !== "COMMENT")
    return refuse(422, "Unprocessable Entity");
  if (event !== "COMMENT" && found.issue.author === token.user)
    return refuse(422, "Unprocessable Entity", [
      event === "APPROVE"
        ? "Can not approve your own pull request"
        : "Can not request changes on your own pull request",
    ]);
  const comments = Array.isArray(body["comments"]) ? (body["comments"] as JsonObject[]) : [];
  const made = submitReview(hub, {
    pull: found.issue.number,
    author: token.user,
    state: VERDICTS[event],
    body: textOf(body["body"]) ?? "",
    commit: textOf(body["commit_id"]) ?? found.pull.headSha,
    threads: comments.map((comment) => ({
      path: textOf(comment["path"]) ?? "",
      line: typeof comment["line"] === "number" ? comment["line"] : null,
      body: textOf(comment["body"]) ?? "",
    })),
  });
  return ok(reviewShape(hub, made));
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
    if (base !== null && tip(hub, base) === null) return invalid("", "base");
    if (base !== null && base !== found.pull.base) {
      found.pull.base = base;
      found.pull.asked = 0;
    }
    const { state } = body;
    const closed = state === "open" && found.issue.state === "closed";
    const refused = closed ? reopenRefusal(hub, found) : null;
    if (refused !== null) return invalid(`state cannot be changed. ${refused}`, "state");
    if ((state === "closed" || state === "open") && state !== found.issue.state)
      setState(hub, found.issue, state, null, token.user);
    found.issue.updatedAt = hub.now();
    note(hub, token.user, `pull request ${found.issue.number} edited`);
    const { number } = found.issue;
    announce(hub, { kind: "pull", action: "edited", number, by: token.user });
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
  [`PUT ${R}/pulls/{pull_number}/merge-async`]: (call) => {
    const found = pullOf(call);
    if (found === null || call.hub.missing.has("merge-async")) return NOT_FOUND;
    return mergeAsync(call, found);
  },
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
  [`POST ${R}/pulls/{pull_number}/reviews`]: postReview,
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
  [`GET ${R}/pulls/{pull_number}/requested_reviewers`]: (call) => {
    const found = pullOf(call);
    if (found === null) return NOT_FOUND;
    const users = found.pull.requested.map((login) => userShape(call.hub, login));
    return ok({ users, teams: [] });
  },
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
    noticeRefs(hub, token.user);
    return ok({ message: "Updating pull request branch.", url: "" }, 202);
  },
};
