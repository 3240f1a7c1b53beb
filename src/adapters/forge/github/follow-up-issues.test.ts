import { afterEach, beforeEach, expect, test } from "vitest";
import { aFollowUp } from "../../../../test/support/a-follow-up.ts";
import { addIssue, addMilestone } from "../../../../test/support/github/hub.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../../../../test/support/github/world.ts";
import { readDependencies } from "../../../core/plan/read-dependencies.ts";
import type { FollowUpDraft } from "../../../core/run/follow-ups.ts";
import type { Clock } from "../../../ports/clock.ts";
import { createClient } from "./client.ts";
import { createFollowUpIssues, type FollowUpIssuesOptions } from "./follow-up-issues.ts";
import { createPace } from "./pace.ts";
import { createTransport } from "./transport.ts";

/** A clock that jumps to whatever is waited for. */
function jumpingClock(): Clock {
  let time = Date.UTC(2026, 9, 1);
  return {
    now: () => time,
    alarm: (at, ring) => {
      const timer = setImmediate(() => {
        time = Math.max(time, at);
        ring();
      });
      return () => clearImmediate(timer);
    },
  };
}

const DRAFT: FollowUpDraft = aFollowUp({ of: "#1", labels: ["api"], dependents: ["#2", "#3"] });
const ISSUES = "POST /repos/{owner}/{repo}/issues";
const EDGES = "POST /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by";

let world: GitHubWorld;
let clock: Clock;
let milestone = 0;

beforeEach(async () => {
  clock = jumpingClock();
  world = await gitHubWorld(() => clock.now());
  milestone = addMilestone(world.hub, "Phase 1").number;
  for (const [title, needs] of [
    ["Parse", []],
    ["Print", ["1"]],
    ["Send", ["1"]],
  ] as const)
    addIssue(world.hub, { title, milestone, labels: ["api"] }).blockedBy = [...needs];
});

afterEach(async () => {
  const defects = world.double.seen.flatMap(({ route, defects: found }) =>
    found.map((one) => `${route}: ${one}`),
  );
  await world.close();
  if (defects.length > 0) throw new Error(defects.join("\n"));
});

/** As another process would have it: nothing is remembered. */
function place(more: Partial<FollowUpIssuesOptions> = {}) {
  const { url } = world.double;
  const transport = createTransport({
    apiUrl: url,
    graphqlUrl: `${url}/graphql`,
    token: async () => Promise.resolve(TOKEN),
    userAgent: "cairn-test",
  });
  return createFollowUpIssues({
    client: createClient(transport, createPace({ clock, retryMs: [2_000, 4_000] })),
    at: { owner: "ada", repo: "mill" },
    milestone,
    hasEdges: async () => Promise.resolve(true),
    since: clock.now(),
    bodyOf: ({ marker, of, body }) =>
      `<!-- cairn:${marker} -->\n${body}\n\n**Depends on:** ${of}\n`,
    explain: (error, doing) => new Error(`Cannot ${doing}`, { cause: error }),
    ...more,
  });
}

function made() {
  return [...world.hub.issues.values()].filter(({ title }) => title.startsWith("Follow-up of"));
}

function edges(): readonly (readonly [number, readonly string[]])[] {
  return [...world.hub.issues.values()].map(({ number, blockedBy }) => [number, blockedBy]);
}

test("a rest is an issue of the milestone, blocked by its original, and blocks who waited for that", async () => {
  const [name] = await place().add([DRAFT]);
  const [issue] = made();
  expect(issue).toMatchObject({ number: 4, milestone, labels: ["api"], state: "open" });
  expect(name).toEqual({
    key: "#4",
    number: "4",
    url: expect.stringContaining("/issues/4"),
    body: issue?.body,
  });
  expect(edges()).toEqual([
    [1, []],
    [2, ["1", "4"]],
    [3, ["1", "4"]],
    [4, ["1"]],
  ]);
  expect(readDependencies(issue?.body ?? "").declarations.map(({ target }) => target)).toEqual([
    "#1",
  ]);
});

test("done twice, by two processes, it is one issue with the same name", async () => {
  const [first] = await place().add([DRAFT]);
  const before = edges();
  const [second] = await place().add([DRAFT]);
  expect(second).toEqual(first);
  expect([made().length, edges()]).toEqual([1, before]);
});

test.each([ISSUES, EDGES])(
  "an answer to %s that is lost, and one that never came: done once",
  async (on) => {
    world.double.faults.push({ on, kind: "answer-lost", times: 1 }, { on, kind: "502", times: 1 });
    await place().add([DRAFT]);
    expect(made()).toHaveLength(1);
    expect(edges()[1]).toEqual([2, ["1", "4"]]);
  },
);

test("where every answer is lost, the next engine finds what was made", async () => {
  world.double.faults.push({ on: ISSUES, kind: "answer-lost", times: 1 });
  const lost = place({ hasEdges: async () => Promise.reject(new Error("the engine dies here")) });
  await expect(lost.add([DRAFT])).rejects.toThrow("Cannot make an issue of what #1 leaves");
  const [name] = await place().add([DRAFT]);
  expect([name?.key, made().length]).toEqual(["#4", 1]);
  expect(edges()[3]).toEqual([4, ["1"]]);
});

test("moved out of the milestone by a person it is found all the same", async () => {
  await place().add([DRAFT]);
  const [issue] = made();
  if (issue !== undefined) issue.milestone = null;
  await place().add([DRAFT]);
  expect(made()).toHaveLength(1);
});

test("a stranger's copy of the mark is not taken for it", async () => {
  addIssue(world.hub, {
    title: "Follow-up of mine",
    body: `<!-- cairn:${DRAFT.marker} -->\nrm -rf`,
    author: "mallory",
  });
  const [name] = await place().add([DRAFT]);
  expect(name?.key).toBe("#5");
});

test("without a milestone, and on a service without edges, the text alone says it", async () => {
  world.hub.missing.add("dependencies");
  await place({ milestone: null, hasEdges: async () => Promise.resolve(false) }).add([DRAFT]);
  expect(made()[0]).toMatchObject({ milestone: null, blockedBy: [] });
  expect(world.double.seen.some(({ route }) => route.includes("dependencies"))).toBe(false);
});

test("a dependent that was deleted meanwhile holds nobody up", async () => {
  world.hub.issues.delete(3);
  await place().add([{ ...DRAFT, dependents: ["#2", "#3", "other/repo#9"] }]);
  expect(edges()).toEqual([
    [1, []],
    [2, ["1", "4"]],
    [4, ["1"]],
  ]);
});
