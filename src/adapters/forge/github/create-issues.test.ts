import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addIssue, addLabel, addMilestone } from "../../../../test/support/github/hub.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../../../../test/support/github/world.ts";
import { desiredMilestone } from "../../../core/plan/create-plan.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import type { Issue } from "../../../core/plan/issue.ts";
import type { Clock } from "../../../ports/clock.ts";
import { createClient, type GitHubClient } from "./client.ts";
import { createIssues, type CreateRequest, type MilestoneCreated } from "./create-issues.ts";
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

let world: GitHubWorld;
let client: GitHubClient;
let clock: Clock;

beforeEach(async () => {
  clock = jumpingClock();
  world = await gitHubWorld(() => clock.now());
  client = freshClient();
});

afterEach(async () => {
  const defects = world.double.seen.flatMap(({ route, defects: found }) =>
    found.map((one) => `${route}: ${one}`),
  );
  await world.close();
  if (defects.length > 0) throw new Error(defects.join("\n"));
});

/** As another process would have it: nothing is remembered. */
function freshClient(): GitHubClient {
  const { url } = world.double;
  const transport = createTransport({
    apiUrl: url,
    graphqlUrl: `${url}/graphql`,
    token: async () => Promise.resolve(TOKEN),
    userAgent: "cairn-test",
  });
  return createClient(transport, createPace({ clock, retryMs: [2_000, 4_000] }));
}

type Given = Partial<Issue> & { readonly key: string };

const AC = "\n\n## Acceptance criteria\n\n- a test shows it";
const PLAN: readonly Given[] = [
  { key: "4.1", body: `Depends on: none${AC}`, labels: ["api"] },
  { key: "4.2", body: `Depends on: 4.1${AC}`, labels: ["api", "needs-human"] },
  { key: "4.3", body: `Depends on: 4.1, 4.2\nSoft dependency: 4.4${AC}` },
  { key: "4.4", body: `Depends on: none${AC}` },
];

function create(
  given: readonly Given[] = PLAN,
  more: Partial<CreateRequest> = {},
): Promise<MilestoneCreated> {
  const plan = buildPlan({
    source: { kind: "markdown", reference: "docs/M4.md" },
    title: "M4: Workers",
    number: "m4",
    url: null,
    issues: given.map((issue) => ({
      number: issue.key,
      title: `Do ${issue.key}`,
      body: "",
      state: "open",
      closedAs: null,
      labels: [],
      priority: null,
      type: "CODING",
      url: null,
      files: [],
      acceptanceCriteria: [],
      declarations: [],
      statesDependencies: false,
      place: {},
      ...issue,
    })),
    documents: [],
    handoff: null,
    findings: [],
  });
  return createIssues({
    client,
    at: { owner: "ada", repo: "mill" },
    desired: desiredMilestone(plan, { title: null, redact: (text) => text }),
    hasEdges: true,
    colours: { "needs-human": "#B60205" },
    dryRun: false,
    ...more,
  });
}

function issues() {
  return [...world.hub.issues.values()];
}

function byTitle(title: string) {
  const found = issues().filter((issue) => issue.title === title);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} of ${title}`);
  return found[0];
}

function titleOf(number: string): string {
  return world.hub.issues.get(Number(number))?.title ?? "?";
}

/** `title <- titles of its blockers`, labels, milestone: what a person sees. */
function picture(): readonly string[] {
  return issues()
    .map(({ title, labels, milestone, blockedBy }) =>
      JSON.stringify([title, labels, milestone, blockedBy.map(titleOf).toSorted()]),
    )
    .toSorted();
}

/** The service as it was before the first write. */
function forgetAll(): void {
  const { hub, double } = world;
  const defects = double.seen.flatMap((one) => one.defects);
  if (defects.length > 0) throw new Error(defects.join("\n"));
  double.seen.length = 0;
  for (const map of [hub.issues, hub.milestones, hub.labels]) map.clear();
  hub.nextNumber = 1;
}

function writes(): number {
  return world.double.seen.filter(({ method, route }) => method !== "GET" && route !== "graphql")
    .length;
}

const WHOLE = [
  '["Do 4.1",["api"],1,[]]',
  '["Do 4.2",["api","needs-human"],1,["Do 4.1"]]',
  '["Do 4.3",[],1,["Do 4.1","Do 4.2"]]',
  '["Do 4.4",[],1,[]]',
];

test("a plan becomes a milestone with issues, labels in their colours, and edges", async () => {
  const made = await create();
  expect(picture()).toEqual(WHOLE);
  expect(world.hub.milestones.get(1)).toMatchObject({ title: "M4: Workers", state: "open" });
  expect(world.hub.labels.get("needs-human")?.color).toBe("b60205");
  expect(made).toMatchObject({
    number: 1,
    outcome: "created",
    labels: ["api", "needs-human"],
    edges: "native",
  });
  expect(made.issues.map(({ key, outcome, newBlockers }) => [key, outcome, newBlockers])).toEqual([
    ["4.1", "created", []],
    ["4.4", "created", []],
    ["4.2", "created", ["4.1"]],
    ["4.3", "created", ["4.1", "4.2"]],
  ]);
  expect(made.issues[0]?.url).toMatch(/\/issues\/1$/u);
  expect(made.writes).toBe(writes());
  expect(byTitle("Do 4.3").body).toContain(`**Soft dependency:** #${byTitle("Do 4.4").number}`);
});

test("the second time nothing is written", async () => {
  await create();
  const before = writes();
  client = freshClient();
  const again = await create();
  expect(writes()).toBe(before);
  expect(again).toMatchObject({ outcome: "found", labels: [], writes: 0 });
  expect(new Set(again.issues.map(({ outcome }) => outcome))).toEqual(new Set(["unchanged"]));
});

/** Without what only an issue that is there has. */
function bare(one: MilestoneCreated) {
  const unnamed = one.issues.map((issue) => ({ ...issue, number: null, url: null }));
  return { ...one, number: null, url: null, issues: unnamed };
}

test("a dry run says the same and writes nothing", async () => {
  const would = await create(PLAN, { dryRun: true });
  expect(writes()).toBe(0);
  const made = await create();
  expect(bare(would)).toEqual(bare(made));
});

test("killed after any write and begun again: no twin, and everything is there", async () => {
  await create();
  const all = writes();
  expect(all).toBeGreaterThan(8);
  for (let alive = 0; alive < all; alive += 1) {
    forgetAll();
    client = freshClient();
    let left = alive;
    const onStep = (): void => {
      if (left === 0) throw new Error("killed");
      left -= 1;
    };
    await expect(create(PLAN, { onStep })).rejects.toThrow("killed");
    expect(writes()).toBe(alive);
    client = freshClient();
    await create();
    expect(picture()).toEqual(WHOLE);
    expect(writes()).toBe(all);
  }
}, 60_000);

test.each([
  "POST /repos/{owner}/{repo}/milestones",
  "POST /repos/{owner}/{repo}/labels",
  "POST /repos/{owner}/{repo}/issues",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by",
])("an answer to %s that is lost, and one that never came: done once", async (on) => {
  world.double.faults.push({ on, kind: "answer-lost", times: 1 }, { on, kind: "502", times: 1 });
  await create();
  expect(picture()).toEqual(WHOLE);
  expect([...world.hub.milestones.keys()]).toEqual([1]);
});

describe("what is there already", () => {
  test("a milestone of that title is taken, closed or not, and only an exact one", async () => {
    addMilestone(world.hub, "M4: workers");
    addMilestone(world.hub, "M4: Workers").state = "closed";
    const made = await create();
    expect(made).toMatchObject({ number: 2, outcome: "found", isClosed: true });
    expect(world.hub.milestones.get(2)?.state).toBe("closed");
    expect(issues().every(({ milestone }) => milestone === 2)).toBe(true);
  });

  test("a label keeps its colour, whatever the case of its name", async () => {
    addLabel(world.hub, { name: "Needs-Human", color: "123456", description: "mine" });
    expect((await create()).labels).toEqual(["api"]);
    expect(world.hub.labels.get("needs-human")?.color).toBe("123456");
  });

  test("an issue of that title that somebody else made is taken and left alone", async () => {
    addMilestone(world.hub, "M4: Workers");
    addIssue(world.hub, { title: "Do 4.2", body: "By hand.", milestone: 1 });
    const made = await create();
    expect(made.issues.find(({ key }) => key === "4.2")).toMatchObject({
      number: 1,
      outcome: "taken",
    });
    expect(byTitle("Do 4.2")).toMatchObject({ body: "By hand.", labels: [], blockedBy: ["2"] });
  });

  test("text and labels that the plan has changed are brought up, a person's labels stay", async () => {
    await create();
    const { number } = byTitle("Do 4.2");
    world.hub.issues.get(number)?.labels.push("mine");
    const changed = PLAN.map((issue) =>
      issue.key === "4.2" ? { ...issue, title: "Do it well", labels: ["api", "extra"] } : issue,
    );
    const made = await create(changed);
    expect(made.issues.filter(({ outcome }) => outcome !== "unchanged")).toMatchObject([
      { key: "4.2", number, outcome: "updated" },
    ]);
    expect(made.labels).toEqual(["extra"]);
    expect(byTitle("Do it well").labels.toSorted()).toEqual([
      "api",
      "extra",
      "mine",
      "needs-human",
    ]);
    expect((await create(changed)).writes).toBe(0);
  });

  test.each(["title", "body"] as const)(
    "a %s that a person has edited stays, and it is said",
    async (field) => {
      await create();
      const issue = byTitle("Do 4.2");
      issue[field] = `${issue[field]} and by hand`;
      const edited = issue[field];
      const changed = PLAN.map((one) =>
        one.key === "4.2" ? { ...one, body: `New.\n${one.body}` } : one,
      );
      const made = await create(changed);
      expect(made.writes).toBe(0);
      expect(made.issues.find(({ key }) => key === "4.2")).toMatchObject({ outcome: "edited" });
      expect(issue[field]).toBe(edited);
    },
  );

  test("a closed issue stays as it is", async () => {
    await create();
    byTitle("Do 4.2").state = "closed";
    const made = await create(PLAN.map((one) => ({ ...one, body: `New.\n${one.body}` })));
    expect(made.issues.find(({ key }) => key === "4.2")).toMatchObject({ outcome: "closed" });
    expect(byTitle("Do 4.2").body).not.toContain("New.");
  });

  test("an issue that is done by now still stands before those that wait for it", async () => {
    await create();
    const done = PLAN.map((one) =>
      one.key === "4.1"
        ? { ...one, state: "closed" as const, closedAs: "completed" as const }
        : one,
    );
    expect((await create(done)).writes).toBe(0);
    byTitle("Do 4.2").blockedBy.length = 0;
    expect((await create(done)).issues.find(({ key }) => key === "4.2")?.newBlockers).toEqual([
      "4.1",
    ]);
  });

  test("an edge that somebody made in the meantime is no failure", async () => {
    const number = 1;
    await create(PLAN, {
      onStep: (words) => {
        if (words === "4.2 waits for 4.1") byTitle("Do 4.2").blockedBy.push(String(number));
      },
    });
    expect(picture()).toEqual(WHOLE);
  });
});

describe("a service without edges", () => {
  beforeEach(() => {
    world.hub.missing.add("dependencies");
  });

  test("has them in the texts, by number", async () => {
    const made = await create(PLAN, { hasEdges: false });
    expect(made).toMatchObject({ edges: "text" });
    const [one, two] = [byTitle("Do 4.1").number, byTitle("Do 4.2").number];
    expect(byTitle("Do 4.3").body).toContain(`**Depends on:** #${one}, #${two}`);
    expect(byTitle("Do 4.1").body).not.toMatch(/#\d/u);
    client = freshClient();
    expect((await create(PLAN, { hasEdges: false })).writes).toBe(0);
  });
});
