import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addIssue, addMilestone, addUser, setState } from "../../../../test/support/github/hub.ts";
import type { Issue as HubIssue, NewIssue } from "../../../../test/support/github/hub.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../../../../test/support/github/world.ts";
import type { Milestone } from "../../../core/plan/issue.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import type { Plan } from "../../../core/plan/plan.ts";
import { readDependencies } from "../../../core/plan/read-dependencies.ts";
import { assertRunnable } from "../../../core/plan/scope-plan.ts";
import { systemClock } from "../../clock/system-clock.ts";
import { createClient } from "../../forge/github/client.ts";
import { explained } from "../../forge/github/explained.ts";
import { createPace } from "../../forge/github/pace.ts";
import { createTransport } from "../../forge/github/transport.ts";
import type { KnownFields } from "./api.ts";
import { createGitHubSource } from "./github-source.ts";
import { issuesReference, milestoneReference } from "./reference.ts";

let world: GitHubWorld;
let phase: number;

beforeEach(async () => {
  world = await gitHubWorld();
  phase = addMilestone(world.hub, "Phase 1").number;
});

afterEach(async () => {
  await world.close();
  // Whatever was asked is in GitHub's own description.
  const defects = world.double.seen.flatMap((seen) => seen.defects);
  if (defects.length > 0) throw new Error(defects.join("\n"));
});

const ALL: KnownFields = { dependencies: true, subIssues: true };

function read(reference: string, has = ALL, token = TOKEN): Promise<Milestone> {
  const { url } = world.double;
  const transport = createTransport({
    apiUrl: url,
    graphqlUrl: `${url}/graphql`,
    token: async () => Promise.resolve(token),
    userAgent: "cairn-test",
  });
  const client = createClient(transport, createPace({ clock: systemClock, retryMs: [] }));
  const attempted = { repository: "ada/mill", doing: "read the milestone" };
  const api = explained(client, () => attempted);
  return createGitHubSource(api, {
    repository: "ada/mill",
    has,
    readText: readDependencies,
  }).read(reference);
}

async function plan(has = ALL): Promise<Plan> {
  return buildPlan(await read(milestoneReference("Phase 1"), has), { unmapped: "independent" });
}

function add(title: string, given: Partial<NewIssue> & Partial<HubIssue> = {}): HubIssue {
  const { blockedBy, parent, body, milestone, author } = given;
  const issue = addIssue(world.hub, {
    title,
    milestone: milestone === undefined ? phase : milestone,
    body: body ?? "Something should be true afterwards.",
    ...(author === undefined ? {} : { author }),
  });
  if (blockedBy !== undefined) issue.blockedBy.push(...blockedBy);
  issue.parent = parent ?? null;
  return issue;
}

const blockers = (of: Plan): Record<string, readonly string[]> =>
  Object.fromEntries(
    of.issues.map(({ key, blockers: held }) => [key, held.map(({ key: by }) => by)]),
  );

const codes = (of: { readonly findings: Milestone["findings"] }): readonly string[] =>
  of.findings.map(({ code }) => code).filter((code) => /^(?:source|plan\/dangling)/u.test(code));

describe("a milestone", () => {
  beforeEach(() => {
    add("Core");
    add("Store", { blockedBy: ["1"] });
    add("Host", { blockedBy: ["1"] });
    add("Screen", { body: "Depends on: #2, #3\n\n**Type:** CODING" });
    add("Docs", { body: "## Blocked by\n\n- #4" });
    add("Done already");
    add("Free", { body: "Depends on: none" });
    add("After done", { blockedBy: ["6"] });
  });

  test("comes with edges of GitHub and of texts, in one query", async () => {
    const six = world.hub.issues.get(6);
    if (six !== undefined) setState(world.hub, six, "closed", "completed");
    const milestone = await read(`ada/mill milestone ${phase}`);
    expect(world.double.seen.map(({ route }) => route)).toEqual(["graphql"]);
    expect(milestone).toMatchObject({
      source: { kind: "github", reference: "ada/mill milestone 1" },
      title: "Phase 1",
      number: "1",
      url: "https://github.invalid/ada/mill/milestone/1",
      findings: [],
    });
    expect(milestone.issues[1]).toMatchObject({
      key: "#2",
      number: "2",
      url: "https://github.invalid/ada/mill/issues/2",
      declarations: [{ target: "#1", origin: "native", strength: "hard" }],
    });
    const made = buildPlan(milestone);
    expect(blockers(made)).toEqual({
      "#1": [],
      "#2": ["#1"],
      "#3": ["#1"],
      "#4": ["#2", "#3"],
      "#5": ["#4"],
      "#6": [],
      "#7": [],
      "#8": ["#6"],
    });
    expect(made.done).toEqual(["#6"]);
    expect(made.waves[0]).toEqual(["#1", "#6", "#7"]);
    expect(made.findings.filter(({ severity }) => severity === "critical")).toEqual([]);
  });

  test.each(["Phase 1", "phase 1 ", "milestone:1"])("is found as %j", async (title) => {
    expect((await read(milestoneReference(title))).source.reference).toBe("ada/mill milestone 1");
  });

  test("of no such title is refused with the open ones and the nearest", async () => {
    addMilestone(world.hub, "Old times").state = "closed";
    await expect(read(milestoneReference("Phase l"))).rejects.toMatchObject({
      code: "source/not-found",
      message: 'There is no milestone "Phase l" in ada/mill.',
      hints: ['Did you mean "Phase 1"?', "Open milestones:", '1: "Phase 1", 8 open issues'],
      exitCode: 2,
    });
    await expect(read("milestone:7")).rejects.toMatchObject({
      code: "source/not-found",
      message: "There is no milestone 7 in ada/mill.",
    });
  });

  test("whose titles differ by case alone is asked about", async () => {
    addMilestone(world.hub, "PHASE 1");
    await expect(read(milestoneReference("phase 1"))).rejects.toMatchObject({
      code: "source/ambiguous",
    });
    expect(
      await read(milestoneReference("PHASE 1")).catch((error: unknown) => error),
    ).toMatchObject({
      code: "source/empty",
    });
  });

  test("that is all closed says so", async () => {
    for (const issue of world.hub.issues.values())
      setState(world.hub, issue, "closed", "completed");
    const milestone = await read("milestone:1");
    expect(codes(milestone)).toEqual(["source/all-closed"]);
    expect(milestone.findings[0]?.message).toContain(
      'All 8 issues of the milestone "Phase 1" are closed',
    );
  });

  test("holds pull requests, which are left out and told", async () => {
    const sha = world.push("topic", { "a.txt": "a\n" });
    add("A change").pull = {
      ...EMPTY_PULL,
      head: "topic",
      base: "main",
      headSha: sha,
    };
    const milestone = await read("milestone:1");
    expect(milestone.issues).toHaveLength(8);
    expect(milestone.findings).toMatchObject([
      {
        code: "source/pull-request",
        message: "The milestone also holds a pull request (#9); it is left out.",
      },
    ]);
  });

  test("read from an older service has the edges of texts alone, and says so", async () => {
    const made = await plan({ dependencies: false, subIssues: false });
    expect(blockers(made)).toMatchObject({ "#2": [], "#4": ["#2", "#3"], "#8": [] });
    expect(codes(made)).toEqual(["source/no-native-edges", "source/no-sub-issues"]);
  });
});

const EMPTY_PULL = {
  draft: false,
  merged: false,
  mergedBy: null,
  mergeCommit: null,
  mergedAt: null,
  asked: 0,
  autoMerge: null,
  requested: [],
  queued: null,
};

test("130 issues are read to the last, each once, in the order of their numbers", async () => {
  for (let index = 0; index < 130; index += 1)
    add(`issue ${index}`, index === 129 ? { blockedBy: ["1"] } : {});
  const { issues } = await read("milestone:1");
  expect(issues.map(({ number }) => Number(number))).toEqual(
    Array.from({ length: 130 }, (_, index) => index + 1),
  );
  expect(issues[129]?.declarations).toMatchObject([{ target: "#1" }]);
  expect(world.double.seen).toHaveLength(3);
});

test("an empty milestone says so", async () => {
  await expect(read("milestone:1")).rejects.toMatchObject({
    code: "source/empty",
    message: 'The milestone "Phase 1" holds no issues.',
    exitCode: 2,
  });
});

describe("blockers outside", () => {
  let elsewhere: number;
  beforeEach(() => {
    elsewhere = addMilestone(world.hub, "Phase 0").number;
  });

  test("an open one holds, and the plan says which", async () => {
    add("Before", { milestone: elsewhere });
    add("By edge", { blockedBy: ["1"] });
    add("By text", { body: "Depends on: #1" });
    const made = await plan();
    expect(made.issues.map(({ blockedFromOutside }) => blockedFromOutside)).toEqual([
      "#1 (not in this plan)",
      "#1 (not in this plan)",
    ]);
    expect(made.findings).toContainEqual(
      expect.objectContaining({
        code: "source/outside-blocker",
        message: '#2, #3 wait for #1 "Before" (open, in the milestone "Phase 0").',
      }),
    );
    expect(() => assertRunnable(made)).toThrow(
      "All open issues are blocked: #2 (by #1, not in this plan), #3 (by #1, not in this plan).",
    );
  });

  test("one that is closed as completed frees, by edge and by text", async () => {
    setState(world.hub, add("Before", { milestone: elsewhere }), "closed", "completed");
    add("By edge", { blockedBy: ["1"] });
    add("By text", { body: "Depends on: ada/mill#1, #2\n\nPart of #1" });
    const made = await plan();
    expect(blockers(made)).toEqual({ "#2": [], "#3": ["#2"] });
    expect(made.issues.map(({ blockedFromOutside }) => blockedFromOutside)).toEqual([null, null]);
    expect(codes(made)).toEqual([]);
  });

  test("one that was given up still holds: somebody has to say what that means", async () => {
    setState(world.hub, add("Before", { milestone: null }), "closed", "not_planned");
    add("By edge", { blockedBy: ["1"] });
    add("By text", { body: "Depends on: #1" });
    const made = await plan();
    expect(made.issues.every(({ blockedFromOutside }) => blockedFromOutside !== null)).toBe(true);
    expect(made.findings).toContainEqual(
      expect.objectContaining({
        message: '#2, #3 wait for #1 "Before" (closed as not planned, in no milestone).',
      }),
    );
  });

  test("a merged pull request named in a text frees; of another repository the edge holds", async () => {
    const pull = add("A change", { milestone: null });
    pull.pull = {
      ...EMPTY_PULL,
      head: "topic",
      base: "main",
      headSha: "0".repeat(40),
      merged: true,
      mergedAt: 1,
    };
    setState(world.hub, pull, "closed", null);
    add("By pull", { body: "Depends on: #1" });
    add("By far", { blockedBy: ["bob/wheel#4"] });
    add("By far text", { body: "Depends on: bob/wheel#5" });
    const made = await plan();
    expect(made.issues.map(({ key, blockedFromOutside }) => [key, blockedFromOutside])).toEqual([
      ["#2", null],
      ["#3", "bob/wheel#4 (not in this plan)"],
      ["#4", "bob/wheel#5 (not in this plan)"],
    ]);
  });
});

describe("epics", () => {
  test("are nobody's task; what blocks one holds its children, what waits for it waits for them", async () => {
    add("First");
    add("Epic", { blockedBy: ["1", "3"], body: "Depends on: #6\n\n- #4 depends on #3" });
    add("Part one", { parent: 2 });
    add("Part two", { parent: 2 });
    add("Last", { blockedBy: ["2"] });
    add("Also first");
    add("Last by text", { body: "Depends on: #2" });
    const made = await plan();
    expect(made.issues.map(({ key }) => key)).not.toContain("#2");
    expect(blockers(made)).toEqual({
      "#1": [],
      "#3": ["#1", "#6"],
      "#4": ["#1", "#3", "#6"],
      "#5": ["#3", "#4"],
      "#6": [],
      "#7": ["#3", "#4"],
    });
    expect(codes(made)).toEqual(["source/epic"]);
    expect(made.findings.find(({ code }) => code === "source/epic")?.severity).toBe("info");
  });

  test("outside the milestone hold their children, too", async () => {
    add("Epic", { milestone: null, blockedBy: ["2"] });
    add("First");
    add("Part", { parent: 1 });
    expect(blockers(await plan())).toEqual({ "#2": [], "#3": ["#2"] });
  });

  test("that an issue blocks are held by it", async () => {
    add("Epic");
    add("Part", { parent: 1 });
    add("First", { body: "Blocks #1" });
    expect(blockers(await plan())).toEqual({ "#2": ["#3"], "#3": [] });
  });

  test("with open parts elsewhere hold what waits for them", async () => {
    add("Epic");
    add("Part here", { parent: 1 });
    add("Part elsewhere", { parent: 1, milestone: null });
    add("Waits", { blockedBy: ["1"] });
    const made = await plan();
    expect(blockers(made)).toEqual({ "#2": [], "#4": ["#2"] });
    expect(made.issues[1]?.blockedFromOutside).toBe("#3 (not in this plan)");
    expect(made.findings).toContainEqual(
      expect.objectContaining({
        code: "source/epic",
        severity: "warning",
        message:
          "#1 is an epic with 2 sub-issues and nobody's task; open and not in this plan: #3.",
      }),
    );
  });

  test("that are closed hold nothing, and nothing but epics is refused", async () => {
    const epic = add("Epic", { blockedBy: ["2"] });
    add("Elsewhere", { milestone: null });
    add("Part", { parent: 1, milestone: null });
    await expect(read("milestone:1")).rejects.toMatchObject({
      code: "source/only-epics",
      hints: ["Name those: cairn run 3"],
    });
    setState(world.hub, epic, "closed", "completed");
    add("Waits", { blockedBy: ["1"], parent: 1 });
    expect(blockers(await plan())).toEqual({ "#4": [] });
  });
});

describe("issues by number", () => {
  beforeEach(() => {
    add("Core", { milestone: null });
    add("Store", { blockedBy: ["1"] });
    add("Host");
  });

  test("come in the order they were named, with the name of the list", async () => {
    const milestone = await read(issuesReference([3, "1", 3]));
    expect(milestone).toMatchObject({
      source: { reference: "ada/mill issues 3,1" },
      title: "Issues 3, 1",
      number: "issues-1-3",
    });
    expect(milestone.issues.map(({ key }) => key)).toEqual(["#3", "#1"]);
    expect(await read(milestone.source.reference)).toEqual(milestone);
    expect(await read("issues 2")).toMatchObject({ title: "Store", number: "issues-2" });
  });

  test("of many are named by the first, the last and the count, and asked for in parts", async () => {
    for (let index = 4; index <= 60; index += 1) add(`issue ${index}`);
    const all = Array.from({ length: 60 }, (_, index) => index + 1);
    const milestone = await read(issuesReference(all));
    expect(milestone).toMatchObject({ number: "issues-1-to-60-of-60", title: "60 issues" });
    expect(milestone.issues).toHaveLength(60);
  });

  test("that are not there, or pull requests, are named", async () => {
    await expect(read("issues 1,999")).rejects.toMatchObject({
      message: "Issue #999 not found in ada/mill.",
      exitCode: 2,
    });
    await expect(read("issues 998,999")).rejects.toThrow(
      "Issues #998, #999 not found in ada/mill.",
    );
    add("A change").pull = { ...EMPTY_PULL, head: "main", base: "main", headSha: "0".repeat(40) };
    await expect(read("issues 1,4")).rejects.toMatchObject({
      code: "source/pull-request",
      message: "#4 of ada/mill is a pull request, no issue.",
    });
  });

  test("a token that is not accepted is told as that, and never as a missing issue", async () => {
    await expect(read("issues 1", ALL, "ghp_wrong")).rejects.toMatchObject({
      code: "github/bad-token",
      exitCode: 4,
    });
  });
});

test("texts of people without write access are told", async () => {
  addUser(world.hub, "mallory");
  add("Mine");
  add("Theirs", { author: "mallory" });
  const { findings } = await read("milestone:1");
  expect(findings).toMatchObject([
    {
      code: "source/stranger",
      severity: "warning",
      message: "#2 was written by people without write access here (mallory).",
    },
  ]);
});

test.each(["", "milestone", "issues 1,x", 'milestone "a', "bob/wheel milestone 1"])(
  "%j is no reference",
  async (reference) => {
    await expect(read(reference)).rejects.toMatchObject({
      code: reference.startsWith("bob") ? "source/other-repository" : "source/bad-reference",
      exitCode: 2,
    });
  },
);
