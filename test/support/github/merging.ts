// Merging: at once, asynchronously, by the queue of a branch, and by itself once nothing holds a pull request any more.
import { randomUUID } from "node:crypto";
import { ok, refuse, textOf, type Answer, type Call } from "./call.ts";
import type { JsonObject } from "./description.ts";
import { deleteBranch, git, mergeInto, mergeTree, tip, type MergeWords } from "./git-side.ts";
import { announce, later, note, setState, type Hub, type Issue, type PullRequest } from "./hub.ts";
import { blockedBy, closedByMerging } from "./merge-rules.ts";
import { noticeRefs } from "./pushes.ts";

export interface Pull {
  readonly issue: Issue;
  readonly pull: PullRequest;
}

export interface MergeAsked extends MergeWords {
  /** Head it was asked for; null: whatever it is. */
  readonly sha: string | null;
}

/** What a request says about the commit, completed as GitHub does. */
export function wordsOf(call: Call, issue: Issue): MergeAsked {
  const { body } = call;
  const method = textOf(body["merge_method"]);
  const title = textOf(body["commit_title"]);
  return {
    method: method === "squash" || method === "rebase" ? method : "merge",
    message: messageOf(issue, title, textOf(body["commit_message"])),
    sha: textOf(body["sha"]),
  };
}

function messageOf(issue: Issue, title: string | null, text: string | null): string {
  const first = title ?? `${issue.title} (#${issue.number})`;
  return text === null || text === "" ? first : `${first}\n\n${text}`;
}

const QUEUE_ONLY =
  "Repository rule violations found\n\nChanges must be made through the merge queue";
const METHODS = { merge: "Merge commits", squash: "Squash merges", rebase: "Rebase merges" };

/** Why it may not be merged now, with GitHub's status; null: it may. */
function refusal(
  hub: Hub,
  { issue, pull }: Pull,
  how: MergeAsked,
  isQueue: boolean,
): Answer | null {
  if (pull.merged || issue.state === "closed") return refuse(405, "Pull Request is not mergeable");
  if (pull.draft) return refuse(405, "Pull Request is still a draft");
  if (how.sha !== null && how.sha !== pull.headSha)
    return refuse(409, "Head branch was modified. Review and try the merge again.");
  if (!isQueue && !hub.settings.methods.has(how.method))
    return refuse(405, `${METHODS[how.method]} are not allowed on this repository.`);
  const held = blockedBy(hub, pull, issue.number);
  if (held !== null) return refuse(405, held);
  const onto = tip(hub, pull.base);
  if (onto === null || mergeTree(hub, onto, pull.headSha) === null)
    return refuse(405, "Pull Request is not mergeable");
  return null;
}

/** Merges now: 405 where it may not, 409 where the head has moved. */
export function mergeNow(
  hub: Hub,
  found: Pull,
  by: string,
  how: MergeAsked,
  way: "direct" | "queue" = "direct",
): Answer {
  const { issue, pull } = found;
  if (way === "direct" && hub.rules.get(pull.base)?.hasQueue === true)
    return refuse(405, QUEUE_ONLY);
  const refused = refusal(hub, found, how, way === "queue");
  if (refused !== null) return refused;
  const closes = closedByMerging(hub, issue, pull);
  const merged = mergeInto(hub, pull.base, pull.headSha, how);
  if (merged === null) return refuse(405, "Pull Request is not mergeable");
  pull.merged = true;
  pull.mergedBy = by;
  pull.mergeCommit = merged;
  pull.mergedAt = hub.now();
  pull.queued = null;
  pull.autoMerge = null;
  note(hub, by, `pull request ${issue.number} merged`);
  noticeRefs(hub, by);
  setState(hub, issue, "closed", null, by);
  for (const named of closes)
    if (named.state === "open") setState(hub, named, "closed", "completed", by);
  if (hub.settings.deleteBranchOnMerge && deleteBranch(hub, pull.head)) noticeRefs(hub, by, "page");
  return ok({ sha: merged, merged: true, message: "Pull Request successfully merged" });
}

function failed(message: string): JsonObject {
  return { status: "failed", details: { message } };
}

/** `PUT merge-async`: 202 with a name to ask by; rules are looked at later. */
export function mergeAsync(call: Call, found: Pull): Answer {
  const { hub, token } = call;
  const words = wordsOf(call, found.issue);
  if (words.sha !== null && words.sha !== found.pull.headSha)
    return ok(failed("Head branch was modified."), 409);
  const hasQueue = hub.rules.get(found.pull.base)?.hasQueue === true;
  const action = textOf(call.body["merge_action"]) ?? "default";
  if (action === "merge_queue" && !hasQueue)
    return ok(failed("The base branch has no merge queue."), 400);
  const uuid = randomUUID();
  const details = {
    message: "Merge requested",
    uuid,
    merge_method: words.method,
    merge_action: action,
    expected_head_sha: words.sha ?? found.pull.headSha,
  };
  const pending = { status: "pending", details };
  const record = { pull: found.issue.number, state: pending as JsonObject };
  hub.asyncMerges.set(uuid, record);
  const tell = (state: JsonObject): void => {
    record.state = state;
  };
  const act = (): void => {
    if (hasQueue && action !== "direct_merge") enqueue(hub, found, token.user, tell);
    else tell(resultOf(mergeNow(hub, found, token.user, words)));
  };
  if (hub.settings.asyncMergeMs === 0) act();
  else later(hub, hub.settings.asyncMergeMs, act);
  return ok(pending, 202);
}

function resultOf(answer: Answer): JsonObject {
  const said = answer.body as { readonly message: string; readonly sha?: string };
  return answer.status === 200
    ? { status: "merged", details: { message: said.message, sha: said.sha ?? "" } }
    : failed(said.message);
}

const QUEUE_MS = 60_000;

/** Puts it into the queue of its base; `tell` hears what becomes of it. Answers why it may not be there, or null. */
export function enqueue(
  hub: Hub,
  found: Pull,
  by: string,
  tell: (state: JsonObject) => void = () => undefined,
): string | null {
  const { issue, pull } = found;
  const rules = hub.rules.get(pull.base);
  const method = rules?.queueMethod ?? "merge";
  const how = { method, message: messageOf(issue, null, null), sha: pull.headSha };
  const refused = refusal(hub, found, how, true);
  if (refused !== null) {
    const { message } = refused.body as { readonly message: string };
    tell(failed(message));
    return message;
  }
  const queued = { by, at: hub.now(), head: pull.headSha };
  pull.queued = queued;
  tell({ status: "enqueued", details: { message: "Added to the merge queue" } });
  announce(hub, { kind: "pull", action: "enqueued", number: issue.number, by });
  later(hub, rules?.queueMs ?? QUEUE_MS, () => {
    if (pull.queued !== queued) {
      tell(failed("The pull request was removed from the merge queue."));
      return;
    }
    pull.queued = null;
    const answer = passesQueue(hub, pull)
      ? mergeNow(hub, found, by, how, "queue")
      : refuse(405, "The checks of the merge group failed.");
    tell(resultOf(answer));
    if (answer.status !== 200)
      announce(hub, { kind: "pull", action: "dequeued", number: issue.number, by });
  });
  return null;
}

/** The queue tests the merged tree, not the head. */
function passesQueue(hub: Hub, pull: PullRequest): boolean {
  const onto = tip(hub, pull.base);
  const tree = onto === null ? null : mergeTree(hub, onto, pull.headSha);
  if (onto === null || tree === null || hub.queueJudge === null) return true;
  const parents = ["-p", onto, "-p", pull.headSha] as const;
  return hub.queueJudge(git(hub, "commit-tree", tree, ...parents, "-m", "merge group"));
}

/** Why auto-merge cannot be switched on, in GitHub's words; null: it can. */
export function autoMergeRefusal(hub: Hub, { issue, pull }: Pull): string | null {
  if (!hub.settings.allowAutoMerge)
    return "Pull request Auto merge is not allowed for this repository";
  const rules = hub.rules.get(pull.base);
  if (rules === undefined)
    return "Pull request Protected branch rules not configured for this branch";
  if (pull.draft) return "Pull request Pull request is in draft status";
  if (!rules.hasQueue && blockedBy(hub, pull, issue.number) === null)
    return "Pull request Pull request is in clean status";
  return null;
}

/** Merges, or puts into the queue, whatever waits for nothing any more. */
export function settleAutoMerges(hub: Hub): void {
  for (const issue of hub.issues.values()) {
    const { pull } = issue;
    if (pull?.autoMerge == null || pull.queued !== null || issue.state === "closed") continue;
    const { by, method, title, text } = pull.autoMerge;
    const how = { method, message: messageOf(issue, title, text), sha: null };
    if (refusal(hub, { issue, pull }, how, true) !== null) continue;
    const auto = pull.autoMerge;
    pull.autoMerge = null;
    const isDone =
      hub.rules.get(pull.base)?.hasQueue === true
        ? enqueue(hub, { issue, pull }, by) === null
        : mergeNow(hub, { issue, pull }, by, how).status === 200;
    if (!isDone) pull.autoMerge = auto;
  }
}
