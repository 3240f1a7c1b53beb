import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CommitSha } from "../../src/core/shared/names.ts";
import type { Forge, MergeRequest, PullRequest, PullRequestDraft } from "../../src/ports/forge.ts";

/** What a forge has beside branches; what it has not is answered as if it were done, or as if there were nothing. */
export interface ForgeCapabilities {
  /** Task branches live elsewhere and are pushed there; else they are the repository's own. */
  readonly publishes: boolean;
  /** Pull requests are things of their own: looked at, labelled, commented, closed. */
  readonly pullRequests: boolean;
}

type Files = Readonly<Record<string, string>>;

/** What the suite needs beside the port: hands that commit here, and people who push and merge there. */
export interface ForgeWorld {
  readonly forge: Forge;
  /** The forge as a process has it that has just begun. */
  again(): Forge;
  /** A branch there, for pull requests to be merged into, and where it stands. */
  readonly base: string;
  readonly start: CommitSha;
  /** Name of a branch that no other test uses. */
  nameOf(branch: string): string;
  /** A commit here, on no branch. */
  commit(parent: CommitSha, files: Files, message: string): CommitSha;
  /** What merging gives, as one commit. */
  candidate(onto: CommitSha, head: CommitSha, message: string): CommitSha;
  treeOf(commit: CommitSha): string;
  /** True where the commit is in the repository here. */
  isHere(commit: CommitSha): boolean;
  /** Lets the branch be where the task's own work is: published, or simply there. */
  work(branch: string, head: CommitSha): Promise<void>;
  readonly person: {
    /** Somebody commits on the branch there. */
    push(branch: string, files: Files): Promise<CommitSha>;
    /** Somebody moves the branch there to a history of its own. */
    rewind(branch: string): Promise<CommitSha>;
  };
  close(): Promise<void>;
}

const LABEL = { name: "cairn-contract", colour: "#B60205", description: "of a test" };

/** The promises of `Forge`, for every adapter. */
export function forgeContract(
  name: string,
  capabilities: ForgeCapabilities,
  setup: () => Promise<ForgeWorld>,
): void {
  describe(`forge contract: ${name}`, () => {
    let world: ForgeWorld;
    let forge: Forge;
    beforeEach(async () => {
      world = await setup();
      ({ forge } = world);
    });
    afterEach(async () => {
      await world.close();
    });

    const draftOf = (branch: string, head: CommitSha): PullRequestDraft => ({
      branch,
      base: world.base,
      head,
      title: `feat: ${branch}`,
      body: "What it does.",
      isDraft: false,
      labels: [LABEL],
    });

    interface Task {
      readonly branch: string;
      readonly head: CommitSha;
      readonly pull: PullRequest;
    }

    async function task(): Promise<Task> {
      const branch = world.nameOf("task");
      const head = world.commit(world.start, { "task.txt": `${branch}\n` }, "feat: task");
      await world.work(branch, head);
      return { branch, head, pull: await forge.openPullRequest(draftOf(branch, head)) };
    }

    function requestFor({ branch, head, pull }: Task): MergeRequest {
      const title = `feat: ${branch}`;
      const message = `${title}\n\nIssue: 1\nPull-request: ${pull.number}\n`;
      const { base, start } = world;
      return {
        pullRequest: pull,
        base,
        from: start,
        expectedHead: head,
        branch,
        title,
        message,
        candidate: world.candidate(start, head, message),
        method: "squash",
      };
    }

    async function looked({ branch, pull }: Task) {
      return forge.look([{ number: pull.number, branch }]);
    }

    describe("branches", () => {
      test("a tip is told with its commit, and null where there is no branch", async () => {
        const tip = await world.person.push(world.base, { "p.txt": "p\n" });
        expect(await forge.tipOf(world.base)).toBe(tip);
        expect(world.isHere(tip)).toBe(true);
        expect(await forge.tipOf(world.nameOf("nowhere"))).toBeNull();
      });

      test("a branch is made once and then left where it is", async () => {
        const branch = world.nameOf("integration");
        expect(await forge.ensureBranch(branch, world.start)).toBe(world.start);
        const tip = await world.person.push(branch, { "p.txt": "p\n" });
        expect(await world.again().ensureBranch(branch, world.start)).toBe(tip);
      });

      test("advancing swaps exactly what was seen, once, and never loses anybody's commit", async () => {
        const { base, start } = world;
        const next = world.commit(start, { "n.txt": "n\n" }, "next");
        expect(await forge.advance(base, start, next)).toEqual({ kind: "pushed" });
        expect(await world.again().advance(base, start, next)).toEqual({ kind: "already" });
        const tip = await world.person.push(base, { "p.txt": "p\n" });
        const mine = world.commit(next, { "m.txt": "m\n" }, "mine");
        expect(await forge.advance(base, next, mine)).toEqual({ kind: "moved", tip });
        expect(await forge.tipOf(base)).toBe(tip);
      });

      test("a task branch is published where it is expected, or is there by itself", async () => {
        const branch = world.nameOf("published");
        const [one, two] = [
          world.commit(world.start, { "a.txt": "1\n" }, "one"),
          world.commit(world.start, { "a.txt": "2\n" }, "two"),
        ];
        const answers = [
          await forge.push(branch, one, null),
          await world.again().push(branch, one, null),
          await forge.push(branch, two, one),
        ];
        const published = ["pushed", "already", "pushed"];
        expect(answers.map(({ kind }) => kind)).toEqual(
          capabilities.publishes ? published : ["already", "already", "already"],
        );
      });

      const others = capabilities.publishes ? publishedBranches : ownBranches;
      others();
    });

    function publishedBranches(): void {
      test("a task branch that a person pushed to is not overwritten", async () => {
        const { branch, head } = await task();
        const tip = await world.person.push(branch, { "p.txt": "p\n" });
        const mine = world.commit(head, { "a.txt": "mine\n" }, "mine");
        expect(await forge.push(branch, mine, head)).toEqual({ kind: "moved", tip });
        expect(world.isHere(tip)).toBe(true);
      });

      test("a branch is deleted where it was left, and what somebody added is kept", async () => {
        const { branch, head } = await task();
        const tip = await world.person.push(branch, { "p.txt": "p\n" });
        expect(await forge.deleteBranch(branch, head)).toBe("moved");
        expect(await forge.deleteBranch(branch, tip)).toBe("deleted");
        expect(await world.again().deleteBranch(branch, tip)).toBe("gone");
      });
    }

    function ownBranches(): void {
      test("a branch of the repository itself is left to whoever tidies it", async () => {
        const { branch, head } = await task();
        expect(await forge.deleteBranch(branch, head)).toBe("gone");
        expect(await forge.tipOf(branch)).toBe(head);
      });
    }

    describe("pull requests", () => {
      test("one for each branch, whichever process asks", async () => {
        const { branch, head, pull } = await task();
        expect((await forge.openPullRequest(draftOf(branch, head))).number).toBe(pull.number);
        expect((await world.again().openPullRequest(draftOf(branch, head))).number).toBe(
          pull.number,
        );
      });

      test("what happens to them is done twice without harm", async () => {
        const one = await task();
        const { pull, branch, head } = one;
        const changed = { ...draftOf(branch, head), body: "More of it." };
        const comment = { on: pull.number, marker: "status:contract", body: "under way" };
        for (const each of [forge, forge, world.again()]) {
          await each.leaveDraft(pull);
          await each.updatePullRequest(pull, changed);
          await each.addLabels(pull, [LABEL]);
          await each.comment(comment);
          await each.comment({ ...comment, body: "done" });
          await each.closePullRequest(pull);
        }
        const facts = {
          number: pull.number,
          state: "closed",
          head,
          isDraft: false,
          labels: [LABEL.name],
          notes: [],
        };
        expect(await looked(one)).toMatchObject(capabilities.pullRequests ? [facts] : []);
      });

      test("one that is ready goes back to draft, twice without harm, and leaves it again", async () => {
        const one = await task();
        const isShown = async (isDraft: boolean): Promise<void> => {
          const seen = (await looked(one)).map((facts) => facts.isDraft);
          expect(seen).toEqual(capabilities.pullRequests ? [isDraft] : []);
        };
        await forge.leaveDraft(one.pull);
        for (const each of [forge, forge, world.again()]) {
          await each.returnToDraft(one.pull);
          await isShown(true);
        }
        await forge.leaveDraft(one.pull);
        await isShown(false);
      });

      test("one that is closed is left as it is by a return to draft", async () => {
        const one = await task();
        await forge.leaveDraft(one.pull);
        await forge.closePullRequest(one.pull);
        await forge.returnToDraft(one.pull);
        const facts = { state: "closed", isDraft: false };
        expect(await looked(one)).toMatchObject(capabilities.pullRequests ? [facts] : []);
      });

      test("a look tells of all that are asked for, and of nothing else", async () => {
        const one = await task();
        const two = await task();
        const asked = [one, two].map(({ branch, pull }) => ({ branch, number: pull.number }));
        const facts = await forge.look([...asked, { branch: "none", number: 999_999 }]);
        const numbers = facts.map(({ number, state, head }) => [number, state, head]);
        expect(numbers).toEqual(
          capabilities.pullRequests
            ? [one, two].map(({ pull, head }) => [pull.number, "open", head])
            : [],
        );
      });
    });

    describe("merging", () => {
      test("what was checked becomes the base, once", async () => {
        const one = await task();
        const request = requestFor(one);
        const first = await forge.merge(request);
        if (first.kind !== "merged") throw new Error(JSON.stringify(first));
        expect(first.isAsChecked ?? true).toBe(true);
        expect(world.isHere(first.commit)).toBe(true);
        expect(world.treeOf(first.commit)).toBe(world.treeOf(request.candidate));
        expect(await forge.tipOf(world.base)).toBe(first.commit);
        expect(await world.again().merge(request)).toEqual(first);
        await world.person.push(world.base, { "later.txt": "later\n" });
        expect(await world.again().merge(request)).toEqual(first);
        const facts = await looked(one);
        expect(facts.map(({ state, mergeCommit }) => [state, mergeCommit])).toEqual(
          capabilities.pullRequests ? [["merged", first.commit]] : [],
        );
      });

      test("a base that grew is one to build on", async () => {
        const request = requestFor(await task());
        const base = await world.person.push(world.base, { "p.txt": "p\n" });
        expect(await forge.merge(request)).toEqual({ kind: "base-moved", base });
        expect(world.isHere(base)).toBe(true);
        expect(await forge.tipOf(world.base)).toBe(base);
      });

      test("a base that lost what was there is told from one that grew", async () => {
        const request = requestFor(await task());
        const base = await world.person.rewind(world.base);
        expect(await forge.merge(request)).toEqual({ kind: "base-rewound", base });
      });

      test("a head that was not checked is not merged", async () => {
        const one = await task();
        const head = await world.person.push(one.branch, { "p.txt": "p\n" });
        expect(await forge.merge(requestFor(one))).toEqual({ kind: "head-moved", head });
        expect(await forge.tipOf(world.base)).toBe(world.start);
      });
    });
  });
}
