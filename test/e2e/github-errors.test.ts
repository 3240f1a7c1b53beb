// Every way in which GitHub says no to a user: the words on the screen, and the exit code.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { GitHubSample, SCALE } from "../support/e2e-github.ts";
import type { Ended } from "../support/e2e-program.ts";
import { addIssue, addMilestone, addToken } from "../support/github/hub.ts";
import { markedCi } from "../support/github/robot-ci.ts";

const RUN = ["run", "Phase 1", "--autonomous", "--target-policy", "direct"];
const ONE = [{ title: "Only one", needs: [] }];

let sample: GitHubSample;
beforeAll(async () => {
  sample = await GitHubSample.make({ issues: ONE });
  const { hub } = sample.world;
  addToken(hub, "ghp_sso", { user: "ada", needsSso: true });
  addToken(hub, "ghp_narrow", { user: "ada", scopes: ["read:org"] });
  addToken(hub, "ghp_guest", { user: "eve" });
  const later = addMilestone(hub, "Phase 2").number;
  addIssue(hub, { title: "Much later", milestone: later });
});
afterEach(() => {
  sample.world.hub.archived = false;
  sample.world.double.faults.length = 0;
});
afterAll(() => sample.close());

const called = (args: readonly string[], token?: string): Promise<Ended> =>
  sample.cairn(args, token === undefined ? {} : { GH_TOKEN: token });

/** What a user reads, without what differs from run to run. */
function screen({ words, code }: Ended): string {
  const address = /127\.0\.0\.1(?::\d+)?/gu;
  return `${words.trimEnd().replace(address, "HOST")}\nexit ${code}`;
}

/** The lines of `cairn doctor` about the forge. */
function forgeLines({ words, code }: Ended): string {
  const lines = words.trimEnd().split("\n");
  const begin = lines.findIndex((line) => /^\w+ +forge: /u.test(line));
  const length = lines.slice(begin + 1).findIndex((line) => !line.startsWith(" "));
  const own = lines.slice(begin, begin + 1 + length).map((line) => line.trim());
  return [...own, lines.at(-1), `exit ${code}`].join("\n").replace(/127\.0\.0\.1/gu, "HOST");
}

describe.each([
  ["no token", ""],
  ["a token that is not accepted", "ghp_wrong"],
  ["single sign-on", "ghp_sso"],
  ["a scope that is missing", "ghp_narrow"],
  ["no write access", "ghp_guest"],
])("%s", (_name, token) => {
  test("run", async () => {
    const end = await called(RUN, token);
    expect(end.code).toBe(4);
    expect(screen(end)).toMatchSnapshot();
  });

  test("doctor", async () => {
    const end = await called(["doctor"], token);
    expect(end.code).toBe(4);
    expect(forgeLines(end)).toMatchSnapshot();
  });
});

test.each([
  ["no token", "", 4],
  ["a token that is not accepted", "ghp_wrong", 4],
  ["single sign-on", "ghp_sso", 4],
  // Reading needs no right to write.
  ["no write access", "ghp_guest", 0],
])("plan: %s", async (_name, token, code) => {
  expect(await called(["plan", "Phase 1"], token)).toMatchObject({ code });
});

test("an archived repository", async () => {
  sample.world.hub.archived = true;
  expect(screen(await called(RUN))).toMatchSnapshot("run");
  expect(forgeLines(await called(["doctor"]))).toMatchSnapshot("doctor");
});

test("a repository that the token may not see", async () => {
  const other = await GitHubSample.make({ issues: ONE });
  try {
    const elsewhere = `${other.world.double.url}/ada/secret.git`;
    other.remote("set-url", "origin", elsewhere);
    expect(screen(await other.cairn(RUN))).toMatchSnapshot();
  } finally {
    await other.close();
  }
});

test.each([
  [["run", "Phase one", "--autonomous"]],
  [["plan", "Fase 1"]],
  [["run", "999", "--autonomous"]],
  [["plan", "1", "998", "999"]],
  [["run", "1", "Phase 1", "--autonomous"]],
  [["plan", "1", "plan.md"]],
])("%j", async (args) => {
  const end = await called(args);
  expect(end.code).toBe(2);
  expect(screen(end)).toMatchSnapshot();
});

test("a limit at the start is waited for, and said", async () => {
  sample.world.double.faults.push({ on: "*", kind: "primary", times: 1, wait: 2 * SCALE });
  const end = await called(["plan", "Phase 1"]);
  expect(end.code).toBe(0);
  expect(end.words.split("\n")[0]?.replace(/\d\d:\d\d:\d\d/u, "TIME")).toMatchSnapshot();
});

test("an outage", async () => {
  sample.world.double.faults.push({ on: "*", kind: "503", times: 100 });
  const end = await called(RUN);
  expect(end.code).toBe(1);
  expect(screen(end)).toMatchSnapshot();
});

describe("rules of the branch", () => {
  const rules = { contexts: [], approvals: 0, isProtected: true, hasQueue: false };

  test("a review that does not come in time: the pull request is left open, and the task says why", async () => {
    const config = "review: {mode: none, timeout: 5m}\nci: {poll: [20s]}\n";
    const other = await GitHubSample.make({ issues: ONE, config });
    try {
      other.world.hub.rules.set("main", { ...rules, approvals: 1 });
      const end = await other.cairn(RUN);
      expect(end.code).toBe(1);
      expect(detailOf(other)).toEqual([
        "skipped",
        "#1 has waited long enough: an approving review has not come.",
      ]);
    } finally {
      await other.close();
    }
  }, 60_000);

  test("what refuses the merge itself is asked about in GitHub's words, and the run waits", async () => {
    const other = await GitHubSample.make({ issues: ONE, config: "review: {mode: none}\n" });
    const { world } = other;
    try {
      world.hub.rules.set("main", { ...rules, needsResolution: true });
      world.hub.watchers.add((event) => {
        if (event.kind !== "pull" || event.action !== "ready_for_review") return;
        const sha = world.hub.issues.get(event.number)?.pull?.headSha ?? "";
        const place = { path: "src/task-#1.md", line: 1 };
        world.thread(event.number, "bob", place, "Is this the place for it?", sha);
      });
      const end = await other.cairn(RUN);
      expect(end.code).toBe(5);
      const words = "A conversation must be resolved before this pull request can be merged.";
      const asked = `GitHub does not let #1 be merged: ${words}`;
      expect(detailOf(other)).toEqual(["escalated", asked]);
      expect(end.words).toContain(`run     running -> waiting  #1: ${asked}`);
    } finally {
      await other.close();
    }
  }, 60_000);
});

/** Status of the only task, and what it says of it. */
function detailOf(other: GitHubSample): readonly (string | null)[] {
  const task = other.run().run.tasks.get("#1");
  return [task?.status ?? null, task?.question?.text ?? task?.detail ?? null];
}

test("a fine-grained token without the permission Checks works through jobs and statuses", async () => {
  const other = await GitHubSample.make({
    issues: ONE,
    config: "review: {mode: none}\n",
    robots: { ci: markedCi },
  });
  try {
    const fine = { user: "ada", scopes: null, canReadChecks: false };
    addToken(other.world.hub, "github_pat_fine", fine);
    const end = await other.cairn(RUN, { GH_TOKEN: "github_pat_fine" });
    expect(end.code).toBe(0);
  } finally {
    await other.close();
  }
}, 60_000);
