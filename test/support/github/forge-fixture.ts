// One forge on a GitHub of its own, with the pull request of an issue; for tests of the adapter.
import {
  freshForge,
  jumpingClock,
  workshop,
  type ForgePlace,
  type GitCalls,
  type Workshop,
} from "./forge-world.ts";
import { addIssue, addMilestone, type Issue, type PullRequest as HubPull } from "./hub.ts";
import type { Fault } from "./faults.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "./world.ts";
import type {
  Forge,
  MergeRequest,
  PullRequest,
  PullRequestDraft,
} from "../../../src/ports/forge.ts";

export const R = "/repos/{owner}/{repo}";
export const RED = {
  name: "needs-human",
  colour: "#B60205",
  description: "A person looks first",
};
export const BRANCH = "feat/issue-1-a";
export const TITLE = "feat: a (#1)";

export interface Task {
  readonly head: string;
  readonly pull: PullRequest;
}

export interface ForgeFixture {
  readonly world: GitHubWorld;
  readonly shop: Workshop;
  readonly forge: Forge;
  /** Arguments of every git child. */
  readonly calls: GitCalls;
  /** Tip of `main` at the start. */
  readonly start: string;
  readonly clock: ReturnType<typeof jumpingClock>;
  /** The forge as a process has it that has just begun. */
  begin(): Forge;
  fault(on: string, kind: Fault["kind"], times?: number): void;
  /** What somebody does the next time that anything waits. */
  meanwhile(act: () => void): void;
  draftOf(head: string, given?: Partial<PullRequestDraft>): PullRequestDraft;
  /** An issue, its work pushed, and the pull request of it. */
  opened(given?: Partial<PullRequestDraft>): Promise<Task>;
  requestFor(task: Task, given?: Partial<MergeRequest>): MergeRequest;
  pullOf(pull: PullRequest): { readonly issue: Issue; readonly pull: HubPull };
  /** Routes that wrote, git's left out. */
  writes(): readonly string[];
  /** Routes as GitHub counts them: not what it answers from memory. */
  requests(): readonly string[];
  logged(words: string): number;
  /** Ends it all. @throws for requests that GitHub does not know, and for the token in an argument. */
  close(): Promise<void>;
}

const draftOf: ForgeFixture["draftOf"] = (head, given = {}) => ({
  branch: BRANCH,
  base: "main",
  head,
  title: TITLE,
  body: "Closes #1",
  isDraft: true,
  labels: [RED],
  ...given,
});

export async function forgeFixture(): Promise<ForgeFixture> {
  const clock = jumpingClock();
  // What happens there later happens when it is next asked, not by jumping to it.
  const world = await gitHubWorld(() => clock.now());
  const { hub, double } = world;
  const shop = workshop();
  const calls: GitCalls = [];
  let act: (() => void) | null = null;
  const noticing = {
    now: () => clock.now(),
    alarm: (at: number, ring: () => void) => {
      const now = act;
      act = null;
      now?.();
      return clock.alarm(at, ring);
    },
  };
  const place: ForgePlace = {
    apiUrl: double.url,
    graphqlUrl: `${double.url}/graphql`,
    gitUrl: double.cloneUrl,
    token: TOKEN,
    clock: noticing,
    owner: "ada",
    name: "mill",
    milestone: 1,
  };
  addMilestone(hub, "Phase 1");
  const begin = (): Forge => freshForge(place, shop, calls);
  const forge = begin();
  const start = (await forge.tipOf("main")) ?? "";
  return {
    world,
    shop,
    forge,
    calls,
    start,
    clock,
    begin,
    draftOf,
    fault: (on, kind, times = 1) =>
      void double.faults.push({
        on,
        kind,
        times,
      }),
    meanwhile: (what) => {
      act = what;
    },
    opened: async (given = {}) => {
      addIssue(hub, {
        title: "a",
        milestone: 1,
      });
      const head = shop.commit(start, { "a.txt": "a\n" }, "feat: a");
      await forge.push(BRANCH, head, null);
      return {
        head,
        pull: await forge.openPullRequest(draftOf(head, given)),
      };
    },
    requestFor: ({ head, pull }, given = {}) => {
      const message = `${TITLE}\n\nIssue: 1\nPull-request: ${pull.number}\n`;
      const from = given.from ?? start;
      return {
        pullRequest: pull,
        base: "main",
        from,
        expectedHead: head,
        branch: BRANCH,
        candidate: shop.candidate(from, head, message),
        method: "squash",
        title: TITLE,
        message,
        ...given,
      };
    },
    pullOf: ({ number }) => {
      const issue = hub.issues.get(number);
      if (issue?.pull == null) throw new Error(`#${number} is no pull request`);
      return {
        issue,
        pull: issue.pull,
      };
    },
    writes: () =>
      double.seen.filter((one) => one.isWrite && one.route !== "git").map((one) => one.route),
    requests: () =>
      double.seen
        .filter((one) => one.route !== "git" && one.status !== 304)
        .map((one) => one.route),
    logged: (words) => hub.log.filter(({ what }) => what.includes(words)).length,
    close: async () => {
      const defects = double.seen.flatMap((one) =>
        one.defects.map((what) => `${one.route}: ${what}`),
      );
      await world.close();
      shop.close();
      const shown = calls.flat().filter((word) => word.includes(TOKEN));
      if (defects.length + shown.length > 0) throw new Error([...defects, ...shown].join("\n"));
    },
  };
}
