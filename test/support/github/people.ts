// People who meddle while a run is under way: each does in one step what a click or a push on GitHub does.
import fs from "node:fs";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { deleteBranch } from "./git-side.ts";
import { addIssue, addUser, announce, note, setState } from "./hub.ts";
import type { Hub, Issue, NewIssue } from "./hub.ts";
import { mergeNow } from "./merging.ts";
import { noticeRefs } from "./pushes.ts";
import { addComment, resolveThread, submitReview } from "./reviewing.ts";
import { openPull } from "./robot-tree.ts";
import type { GitHubWorld } from "./world.ts";

export interface Person {
  /** Puts other commits on a branch, from `from` on, whatever was there. */
  forcePush(branch: string, files: Readonly<Record<string, string>>, from?: string): string;
  /** Adds a commit to a branch. */
  push(branch: string, files: Readonly<Record<string, string>>): string;
  /** On the page of its pull request. */
  deleteBranch(branch: string): void;
  /** The green button. @throws Error when GitHub refuses. */
  merge(pull: number, method?: "merge" | "squash" | "rebase"): string;
  /** Closes an issue, or a pull request without merging it. */
  close(number: number, reason?: Issue["stateReason"]): void;
  reopen(number: number): void;
  edit(number: number, changes: Partial<Pick<Issue, "title" | "body" | "labels">>): void;
  open(issue: Omit<NewIssue, "author">): Issue;
  /** Sets what an issue waits for: numbers, or `owner/repo#n`. */
  rewire(number: number, blockedBy: readonly (number | string)[]): void;
  /** Puts an issue into a milestone, or takes it out. */
  move(number: number, milestone: number | null): void;
  comment(number: number, body: string): number;
  review(pull: number, state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED", body?: string): void;
  resolve(thread: string): void;
  /** Marks as draft or as ready. */
  draft(pull: number, isDraft: boolean): void;
  askForReview(pull: number, login: string): void;
}

/** Hands of one person with write access. */
export function person(world: GitHubWorld, login: string): Person {
  const { hub } = world;
  addUser(hub, login);
  hub.writers.add(login);
  return { ...branches(world, login), ...issues(hub, login), ...pulls(hub, login) };
}

function found(hub: Hub, number: number): Issue {
  const issue = hub.issues.get(number);
  if (issue === undefined) throw new Error(`There is no issue ${number}.`);
  return issue;
}

function pullAt(hub: Hub, number: number): NonNullable<ReturnType<typeof openPull>> {
  const open = openPull(hub, number);
  if (open === null) throw new Error(`There is no open pull request ${number}.`);
  return open;
}

function branches(
  world: GitHubWorld,
  by: string,
): Pick<Person, "forcePush" | "push" | "deleteBranch"> {
  const { hub } = world;
  const write = (branch: string, files: Readonly<Record<string, string>>, from: string): string => {
    const work = fs.mkdtempSync(path.join(world.folder, "person-"));
    const run = (...args: readonly string[]): string =>
      execFileSync("git", ["-c", `user.name=${by}`, "-c", "user.email=p@example.org", ...args], {
        cwd: work,
        env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      }).trim();
    run("init", "-q");
    run("fetch", "-q", hub.gitDir, `refs/heads/${from}`);
    run("reset", "-q", "--hard", "FETCH_HEAD");
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
      fs.writeFileSync(path.join(work, name), text);
    }
    run("add", "-A");
    run("commit", "-q", "--allow-empty", "-m", `${by} on ${branch}`);
    run("push", "-q", "--force", hub.gitDir, `HEAD:refs/heads/${branch}`);
    const sha = run("rev-parse", "HEAD");
    fs.rmSync(work, { recursive: true, force: true });
    noticeRefs(hub, by);
    return sha;
  };
  return {
    forcePush: (branch, files, from = hub.defaultBranch) => write(branch, files, from),
    push: (branch, files) => write(branch, files, branch),
    deleteBranch: (branch) => {
      if (!deleteBranch(hub, branch)) throw new Error(`There is no branch ${branch}.`);
      noticeRefs(hub, by, "page");
    },
  };
}

function issues(
  hub: Hub,
  by: string,
): Pick<Person, "close" | "reopen" | "edit" | "open" | "rewire" | "move" | "comment"> {
  const edited = (issue: Issue, action: "edited" | "milestoned" = "edited"): void => {
    issue.updatedAt = hub.now();
    note(hub, by, `issue ${issue.number} ${action}`);
    const { number } = issue;
    if (issue.pull === null) announce(hub, { kind: "issue", action, number, by });
    else announce(hub, { kind: "pull", action: "edited", number, by });
  };
  return {
    close: (number, reason = null) => {
      setState(hub, found(hub, number), "closed", reason, by);
      note(hub, by, `${number} closed`);
    },
    reopen: (number) => {
      setState(hub, found(hub, number), "open", null, by);
      note(hub, by, `${number} reopened`);
    },
    edit: (number, changes) => {
      const issue = found(hub, number);
      Object.assign(issue, changes);
      edited(issue);
    },
    open: (given) => {
      const made = addIssue(hub, { ...given, author: by });
      note(hub, by, `issue ${made.number} opened`);
      announce(hub, { kind: "issue", action: "opened", number: made.number, by });
      return made;
    },
    rewire: (number, blockedBy) => {
      const issue = found(hub, number);
      issue.blockedBy = blockedBy.map(String);
      edited(issue);
    },
    move: (number, milestone) => {
      const issue = found(hub, number);
      issue.milestone = milestone;
      edited(issue, "milestoned");
    },
    comment: (number, body) => addComment(hub, found(hub, number).number, by, body).id,
  };
}

function pulls(
  hub: Hub,
  by: string,
): Pick<Person, "merge" | "review" | "resolve" | "draft" | "askForReview"> {
  return {
    merge: (number, method = "merge") => {
      const open = pullAt(hub, number);
      const message = `${open.issue.title} (#${number})`;
      const answer = mergeNow(hub, open, by, { method, message, sha: null });
      const said = answer.body as { readonly sha?: string; readonly message: string };
      if (said.sha === undefined) throw new Error(said.message);
      return said.sha;
    },
    review: (number, state, body = "") => {
      const { pull } = pullAt(hub, number);
      submitReview(hub, { pull: number, author: by, state, body, commit: pull.headSha });
    },
    resolve: (id) => {
      const thread = hub.threads.get(id);
      if (thread === undefined) throw new Error(`There is no thread ${id}.`);
      resolveThread(hub, thread, by);
    },
    draft: (number, isDraft) => {
      pullAt(hub, number).pull.draft = isDraft;
      const action = isDraft ? "converted_to_draft" : "ready_for_review";
      announce(hub, { kind: "pull", action, number, by });
    },
    askForReview: (number, login) => {
      addUser(hub, login);
      pullAt(hub, number).pull.requested.push(login);
      announce(hub, { kind: "pull", action: "review_requested", number, by });
    },
  };
}
