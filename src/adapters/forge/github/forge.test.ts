import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addIssue, addMilestone } from "../../../../test/support/github/hub.ts";
import {
  BRANCH,
  forgeFixture,
  R,
  RED,
  type ForgeFixture,
} from "../../../../test/support/github/forge-fixture.ts";
import { TOKEN } from "../../../../test/support/github/world.ts";

let at: ForgeFixture;
let world: ForgeFixture["world"];
let shop: ForgeFixture["shop"];
let forge: ForgeFixture["forge"];
let start: string;

beforeEach(async () => {
  at = await forgeFixture();
  ({ world, shop, forge, start } = at);
});

afterEach(() => at.close());

describe("branches", () => {
  test("what somebody pushed is here once its tip was asked for, and nobody's own refs move", async () => {
    const pushed = world.push("side", { "s.txt": "s\n" });
    expect(await forge.tipOf("side")).toBe(pushed);
    expect(shop.git(["cat-file", "-t", pushed])).toBe("commit");
    expect(shop.git(["for-each-ref", "--format=%(refname)"]).split("\n")).toEqual([
      "refs/cairn/forge/main",
      "refs/cairn/forge/side",
    ]);
    expect(await forge.tipOf("nowhere")).toBeNull();
  });

  test("a branch is made once and left where it is", async () => {
    expect(await forge.ensureBranch("milestone/1-a", start)).toBe(start);
    const on = world.push("milestone/1-a", { "m.txt": "m\n" });
    expect(await forge.ensureBranch("milestone/1-a", start)).toBe(on);
  });

  test("advancing swaps exactly what was seen, forwards only", async () => {
    const next = shop.commit(start, { "n.txt": "n\n" }, "next");
    const aside = shop.commit(null, { "o.txt": "o\n" }, "other");
    expect(await forge.advance("main", start, aside)).toMatchObject({ kind: "refused" });
    expect(await forge.advance("main", start, next)).toEqual({ kind: "pushed" });
    expect(await forge.advance("main", start, next)).toEqual({ kind: "already" });
    const theirs = world.push("main", { "p.txt": "p\n" });
    const mine = shop.commit(next, { "q.txt": "q\n" }, "mine");
    expect(await forge.advance("main", next, mine)).toEqual({ kind: "moved", tip: theirs });
    expect(shop.git(["cat-file", "-t", theirs])).toBe("commit");
  });

  test("a task branch is rewritten where it is expected, and a person's push is never overwritten", async () => {
    const one = shop.commit(start, { "a.txt": "1\n" }, "one");
    const two = shop.commit(start, { "a.txt": "2\n" }, "two");
    expect(await forge.push("feat/x", one, null)).toEqual({ kind: "pushed" });
    expect(await forge.push("feat/x", two, one)).toEqual({ kind: "pushed" });
    const theirs = world.push("feat/x", { "b.txt": "theirs\n" });
    expect(await forge.push("feat/x", one, two)).toEqual({ kind: "moved", tip: theirs });
    expect(await at.begin().push("feat/x", one, null)).toEqual({ kind: "moved", tip: theirs });
    expect(await forge.tipOf("feat/x")).toBe(theirs);
  });

  test("a protected branch says no in GitHub's words", async () => {
    world.hub.rules.set("main", { contexts: [], approvals: 0, isProtected: true, hasQueue: false });
    const next = shop.commit(start, { "n.txt": "n\n" }, "next");
    const answer = await forge.advance("main", start, next);
    expect(answer.kind).toBe("refused");
    expect(answer.kind === "refused" ? answer.why : "").toMatch(/GH006|protected branch/iu);
  });

  test("a token that may not write is refused, and shows nowhere", async () => {
    world.hub.tokens.set(TOKEN, { ...tokenOf(), canWrite: false });
    const next = shop.commit(start, { "n.txt": "n\n" }, "next");
    const answer = await forge.push("feat/x", next, null);
    expect(answer).toMatchObject({ kind: "refused" });
    expect(JSON.stringify(answer)).not.toContain(TOKEN);
  });

  test("a token that is none any more is told without showing it", async () => {
    world.hub.tokens.delete(TOKEN);
    const next = shop.commit(start, { "n.txt": "n\n" }, "next");
    const failed = forge.push("feat/x", next, null);
    await expect(failed).rejects.toMatchObject({ code: "github/bad-token" });
    const words = await failed.catch((error: unknown) => JSON.stringify([error, String(error)]));
    expect(words).not.toContain(TOKEN);
    expect(words).not.toContain(Buffer.from(`x-access-token:${TOKEN}`).toString("base64"));
  });

  test("a push whose answer is lost is found to have happened", async () => {
    const next = shop.commit(start, { "n.txt": "n\n" }, "next");
    at.fault("git push", "answer-lost");
    expect(["pushed", "already"]).toContain((await forge.push("feat/x", next, null)).kind);
    expect(at.logged("push to feat/x")).toBe(1);
  });

  test("an outage is waited out, a long one is told as trouble", async () => {
    at.fault("git", "503", 3);
    expect(await forge.tipOf("main")).toBe(start);
    at.fault("git", "503", 50);
    await expect(forge.tipOf("main")).rejects.toMatchObject({ code: "trouble/github" });
  });

  test("a branch is deleted where it was left, once", async () => {
    const one = shop.commit(start, { "a.txt": "1\n" }, "one");
    await forge.push("feat/x", one, null);
    expect(await forge.deleteBranch("feat/x", start)).toBe("moved");
    at.fault("git push", "answer-lost");
    expect(["deleted", "gone"]).toContain(await forge.deleteBranch("feat/x", one));
    expect(await forge.deleteBranch("feat/x", one)).toBe("gone");
    expect(await forge.tipOf("feat/x")).toBeNull();
  });
});

const tokenOf = () => {
  const token = world.hub.tokens.get(TOKEN);
  if (token === undefined) throw new Error("no token");
  return token;
};

describe("pull requests", () => {
  test("opened as a draft with labels and milestone, in three writes beside a label that is made", async () => {
    const { head, pull } = await at.opened();
    const { issue, pull: made } = at.pullOf(pull);
    expect(made).toMatchObject({ head: BRANCH, base: "main", draft: true, headSha: head });
    expect(issue).toMatchObject({ labels: ["needs-human"], milestone: 1, body: "Closes #1" });
    expect(world.hub.labels.get("needs-human")).toMatchObject({ color: "b60205" });
    expect(at.writes()).toEqual([
      `POST ${R}/pulls`,
      `POST ${R}/labels`,
      `POST ${R}/issues/{issue_number}/labels`,
      `PATCH ${R}/issues/{issue_number}`,
    ]);
    expect(pull.url).toContain(`/pull/${pull.number}`);
  });

  test("found again by another life, which gives it what is missing and nothing more", async () => {
    const { head, pull } = await at.opened({ labels: [] });
    const { issue } = at.pullOf(pull);
    issue.labels.push("by-a-person");
    issue.milestone = addMilestone(world.hub, "Another").number;
    expect(await at.begin().openPullRequest(at.draftOf(head))).toEqual(pull);
    expect(issue).toMatchObject({ labels: ["by-a-person", "needs-human"], milestone: 2 });
    const before = at.writes().length;
    expect(await at.begin().openPullRequest(at.draftOf(head))).toEqual(pull);
    expect(at.writes()).toHaveLength(before);
    expect(await forge.openPullRequest(at.draftOf(head))).toEqual(pull);
  });

  test("many are opened behind one list of what is there", async () => {
    await at.opened();
    for (const name of ["b", "c", "d"]) {
      const head = shop.commit(start, { [name]: name }, name);
      await forge.push(`feat/${name}`, head, null);
      await forge.openPullRequest(at.draftOf(head, { branch: `feat/${name}` }));
    }
    expect(at.requests().filter((route) => route === `GET ${R}/pulls`)).toHaveLength(1);
  });

  test("a closed one is another's, unless it is of this very head", async () => {
    const { head, pull } = await at.opened();
    await forge.closePullRequest(pull);
    expect(at.pullOf(pull).issue.state).toBe("closed");
    expect((await at.begin().openPullRequest(at.draftOf(head))).number).toBe(pull.number);
    const next = shop.commit(head, { "a.txt": "more\n" }, "more");
    await forge.push(BRANCH, next, head);
    expect((await at.begin().openPullRequest(at.draftOf(next))).number).not.toBe(pull.number);
  });

  test("a merged one with this head is answered as it is", async () => {
    const task = await at.opened({ isDraft: false });
    expect(await forge.merge(at.requestFor(task))).toMatchObject({ kind: "merged" });
    const before = at.writes().length;
    expect(await at.begin().openPullRequest(at.draftOf(task.head))).toEqual(task.pull);
    expect(at.writes()).toHaveLength(before);
  });

  test("one that somebody opened after the list was read is found by its branch", async () => {
    await at.opened();
    const head = shop.commit(start, { "b.txt": "b\n" }, "b");
    await forge.push("feat/b", head, null);
    const theirs = await at.begin().openPullRequest(at.draftOf(head, { branch: "feat/b" }));
    expect(await forge.openPullRequest(at.draftOf(head, { branch: "feat/b" }))).toEqual(theirs);
  });

  test("title, body and labels follow, and only what has changed", async () => {
    const { head, pull } = await at.opened();
    const { issue } = at.pullOf(pull);
    issue.labels.push("by-a-person");
    const blue = { name: "needs-dep-review", colour: "#0000FF", description: "" };
    const next = at.draftOf(head, { title: "feat: b (#1)", body: "More", labels: [RED, blue] });
    const before = at.writes().length;
    await forge.updatePullRequest(pull, next);
    expect(at.writes().slice(before)).toEqual([
      `POST ${R}/labels`,
      `POST ${R}/issues/{issue_number}/labels`,
      `PATCH ${R}/issues/{issue_number}`,
    ]);
    expect(issue).toMatchObject({
      title: "feat: b (#1)",
      body: "More",
      labels: ["needs-human", "by-a-person", "needs-dep-review"],
    });
    await at.begin().updatePullRequest(pull, next);
    expect(at.writes()).toHaveLength(before + 3);
  });

  test("a label that somebody adds while it is changed stays", async () => {
    const { head, pull } = await at.opened({ labels: [] });
    const { issue } = at.pullOf(pull);
    // The write waits out a limit: by then it is there.
    at.fault(`POST ${R}/labels`, "secondary");
    at.meanwhile(() => void issue.labels.push("by-a-person"));
    await forge.updatePullRequest(pull, at.draftOf(head));
    expect(issue.labels).toEqual(["by-a-person", "needs-human"]);
  });

  test("what is too long for GitHub is cut, its marks kept, and not written again for that", async () => {
    const long = "🟠 words\n".repeat(9_000);
    const given = { title: `feat: ${"é".repeat(300)}`, body: `First\n${long}Closes #1\n` };
    const { head, pull } = await at.opened(given);
    const { issue } = at.pullOf(pull);
    expect(issue.title).toHaveLength(256);
    expect(issue.body?.length).toBeLessThanOrEqual(65_000);
    expect(issue.body).toMatch(/^First\n[^]*…[^]*\nCloses #1\n$/u);
    const comment = { on: pull.number, marker: "status:run:1", body: long };
    await forge.comment(comment);
    const [written] = world.hub.comments.values();
    expect(written?.body.length).toBeLessThanOrEqual(65_000);
    expect(written?.body).toMatch(/^<!-- cairn:status:run:1 -->\n/u);
    const place = { path: "a.txt", line: 1 };
    const threadId = world.thread(pull.number, "coderabbitai", place, "_🟠 Major_", head);
    const answer = { pullRequest: pull, key: "k", threadId, body: long, resolves: false };
    await forge.answer(answer);
    const answered = world.hub.threads.get(threadId)?.comments.at(-1)?.body ?? "";
    expect(answered).toMatch(/^<!-- cairn:answer:k -->\n/u);
    expect(answered.length).toBeLessThanOrEqual(65_000);
    const before = at.writes().length;
    await at.begin().updatePullRequest(pull, at.draftOf(head, given));
    await at.begin().comment(comment);
    expect(at.writes()).toHaveLength(before);
  });

  test("left as a draft once, whoever was faster", async () => {
    const { pull } = await at.opened();
    await forge.leaveDraft(pull);
    expect(at.pullOf(pull).pull.draft).toBe(false);
    const before = at.writes().length;
    await forge.leaveDraft(pull);
    await at.begin().leaveDraft(pull);
    expect(at.writes()).toHaveLength(before);
  });

  test("returned to draft once, whoever was faster; never by what was seen before", async () => {
    const { pull } = await at.opened();
    await forge.returnToDraft(pull);
    expect(at.logged("is a draft")).toBe(0);
    await forge.leaveDraft(pull);
    // Another process has made it a draft since, then ready: what this one noted is old.
    await at.begin().returnToDraft(pull);
    await at.begin().leaveDraft(pull);
    await forge.returnToDraft(pull);
    expect(at.pullOf(pull).pull.draft).toBe(true);
    const before = at.writes().length;
    await at.begin().returnToDraft(pull);
    expect(at.writes()).toHaveLength(before);
  });

  test("labels that are missing are added, others left alone", async () => {
    const { pull } = await at.opened({ labels: [] });
    await forge.addLabels(pull, [RED]);
    const before = at.writes().length;
    await forge.addLabels(pull, [RED]);
    expect(at.pullOf(pull).issue.labels).toEqual(["needs-human"]);
    expect(at.writes()).toHaveLength(before);
  });
});

describe("answers that are lost, outages and limits", () => {
  const kinds = ["answer-lost", "502", "secondary"] as const;

  test.each(kinds)("%s on every write of opening: once, all of it", async (kind) => {
    const issue = `${R}/issues/{issue_number}`;
    const writes = [`POST ${R}/pulls`, `POST ${R}/labels`, `POST ${issue}/labels`];
    for (const on of [...writes, `PATCH ${issue}`]) at.fault(on, kind);
    const { pull } = await at.opened();
    expect(at.logged("opened from")).toBe(1);
    expect(at.pullOf(pull).issue).toMatchObject({ labels: ["needs-human"], milestone: 1 });
    at.fault("graphql mutation", kind);
    await forge.leaveDraft(pull);
    expect(at.pullOf(pull).pull.draft).toBe(false);
    expect(at.logged("is ready")).toBe(1);
    at.fault("graphql mutation", kind);
    await forge.returnToDraft(pull);
    expect(at.pullOf(pull).pull.draft).toBe(true);
    expect(at.logged("is a draft")).toBe(1);
  });

  test.each(kinds)("%s while commenting and closing: once, all of it", async (kind) => {
    const { pull } = await at.opened();
    const on = { on: pull.number, marker: "status:run:1", body: "under way" };
    at.fault(`POST ${R}/issues/{issue_number}/comments`, kind);
    await forge.comment(on);
    at.fault(`PATCH ${R}/issues/comments/{comment_id}`, kind);
    await forge.comment({ ...on, body: "done" });
    at.fault(`POST ${R}/issues/{issue_number}/comments`, kind);
    at.fault(`PATCH ${R}/issues/{issue_number}`, kind);
    await forge.closeIssue("1", { on: 1, marker: "closed:run:1", body: "merged" });
    at.fault(`PATCH ${R}/milestones/{milestone_number}`, kind);
    await forge.closeMilestone();
    expect([...world.hub.comments.values()].map(({ issue, body }) => [issue, body])).toEqual([
      [pull.number, "<!-- cairn:status:run:1 -->\ndone"],
      [1, "<!-- cairn:closed:run:1 -->\nmerged"],
    ]);
    expect(world.hub.issues.get(1)).toMatchObject({ state: "closed", stateReason: "completed" });
    expect(world.hub.milestones.get(1)?.state).toBe("closed");
    expect(at.logged("issue 1 closed")).toBe(1);
  });

  test.each(kinds)(
    "%s while opening an issue again: once, and its comment says why",
    async (kind) => {
      addIssue(world.hub, { title: "a" });
      const closing = { on: 1, marker: "closed:run:1" };
      await forge.closeIssue("1", { ...closing, body: "merged" });
      at.fault(`PATCH ${R}/issues/comments/{comment_id}`, kind);
      at.fault(`PATCH ${R}/issues/{issue_number}`, kind);
      await forge.reopenIssue("1", { ...closing, body: "taken back" });
      expect(world.hub.issues.get(1)?.state).toBe("open");
      const again = at.writes().length;
      await forge.reopenIssue("1", { ...closing, body: "taken back" });
      expect(at.writes().length).toBe(again);
      expect([...world.hub.comments.values()].map(({ issue, body }) => [issue, body])).toEqual([
        [1, "<!-- cairn:closed:run:1 -->\ntaken back"],
      ]);
    },
  );

  test.each(kinds)("%s while merging: merged once, and said so", async (kind) => {
    const task = await at.opened({ isDraft: false });
    at.fault(`PUT ${R}/pulls/{pull_number}/merge-async`, kind);
    expect(await forge.merge(at.requestFor(task))).toEqual({
      kind: "merged",
      commit: world.hub.issues.get(task.pull.number)?.pull?.mergeCommit,
    });
    expect(at.logged(`pull request ${task.pull.number} merged`)).toBe(1);
  });

  test.each(kinds)("%s while answering a thread: answered once, and resolved", async (kind) => {
    const { head, pull } = await at.opened();
    const place = { path: "a.txt", line: 1 };
    const id = world.thread(pull.number, "coderabbitai", place, "_🟠 Major_", head);
    at.fault(`POST ${R}/pulls/{pull_number}/comments/{comment_id}/replies`, kind);
    at.fault("graphql mutation", kind);
    const answer = { pullRequest: pull, key: "k1", threadId: id, body: "Mended.", resolves: true };
    await forge.answer(answer);
    await at.begin().answer(answer);
    const thread = world.hub.threads.get(id);
    expect(thread?.comments.map(({ body }) => body)).toEqual([
      "_🟠 Major_",
      "<!-- cairn:answer:k1 -->\nMended.",
    ]);
    expect(thread?.resolved).toBe(true);
  });

  test("an outage that lasts is trouble to be tried again, without the token in its words", async () => {
    at.fault("*", "502", 50);
    const failed = forge.closeMilestone();
    await expect(failed).rejects.toMatchObject({ code: "trouble/github" });
    await expect(failed).rejects.toThrow("Cannot close the milestone in ada/mill");
  });
});

describe("comments", () => {
  test("one for each marker, edited in place, by another life too; the same words are not written", async () => {
    const { pull } = await at.opened();
    const comment = { on: pull.number, marker: "status:run:1", body: "one" };
    await forge.comment(comment);
    const before = at.requests().length;
    await forge.comment(comment);
    expect(at.requests()).toHaveLength(before);
    await at.begin().comment({ ...comment, body: "two" });
    await at.begin().comment({ ...comment, body: "two" });
    await forge.comment({ ...comment, marker: "status:run:12", body: "other" });
    expect([...world.hub.comments.values()].map(({ body }) => body.split("\n")[1])).toEqual([
      "two",
      "other",
    ]);
    expect(at.logged("comment")).toBe(3);
  });

  test("somebody who copies the mark is not edited", async () => {
    const { pull } = await at.opened();
    const body = "<!-- cairn:status:run:1 -->\nmine";
    const now = world.hub.now();
    world.hub.comments.set(9, {
      id: 9,
      issue: pull.number,
      author: "eve",
      body,
      createdAt: now,
      updatedAt: now,
    });
    await at.begin().comment({ on: pull.number, marker: "status:run:1", body: "ours" });
    expect([...world.hub.comments.values()].map((one) => one.body)).toEqual([
      body,
      "<!-- cairn:status:run:1 -->\nours",
    ]);
  });

  test("one that a person deleted is written anew", async () => {
    const { pull } = await at.opened();
    const comment = { on: pull.number, marker: "status:run:1", body: "one" };
    await forge.comment(comment);
    world.hub.comments.clear();
    await forge.comment({ ...comment, body: "two" });
    expect(world.hub.comments.size).toBe(1);
  });

  test("a closed issue stays as it is", async () => {
    const { issues } = world.hub;
    addIssue(world.hub, { title: "a" });
    const issue = issues.get(1);
    if (issue === undefined) throw new Error("no issue");
    issue.state = "closed";
    await forge.closeIssue("#1", { on: 1, marker: "closed:run:1", body: "merged" });
    expect(at.writes()).toEqual([]);
  });
});

describe("request economy", () => {
  test.each([
    ["direct", "main", 7],
    ["integration", "milestone/1-phase", 9],
  ])("%s: an issue without a fix round", async (policy, base, most) => {
    await forge.ensureBranch(base, start);
    // What a run asks once, whatever it holds.
    await at.opened({ base });
    await forge.look([{ number: 2, branch: BRANCH }]);
    world.double.seen.length = 0;
    addIssue(world.hub, { title: "b", milestone: 1 });
    const head = shop.commit(start, { "b.txt": "b\n" }, "feat: b");
    const branch = "feat/issue-3-b";
    await forge.push(branch, head, null);
    const draft = at.draftOf(head, { branch, base, body: "Closes #3" });
    const pull = await forge.openPullRequest(draft);
    const status = { on: pull.number, marker: "status:run:3" };
    await forge.leaveDraft(pull);
    await forge.comment({ ...status, body: "reviewed" });
    await forge.look([{ number: pull.number, branch }]);
    world.check(head, "test", "success");
    await forge.look([{ number: pull.number, branch }]);
    const task = { head, pull };
    expect(await forge.merge(at.requestFor(task, { base, branch }))).toMatchObject({
      kind: "merged",
    });
    if (policy === "integration")
      await forge.closeIssue("3", { on: 3, marker: "closed:run:3", body: "lands with main" });
    await forge.comment({ ...status, body: "merged" });
    expect(await forge.deleteBranch(branch, head)).toBe("deleted");
    expect(world.hub.issues.get(3)?.state).toBe("closed");
    expect(at.writes().length).toBeLessThanOrEqual(most);
    expect(at.requests().length).toBeLessThanOrEqual(12);
  });
});
