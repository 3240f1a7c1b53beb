// Milestones of eight issues on the double of GitHub, brought home by the real program over real git and HTTP.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GitHubSample, PHASE_1 } from "../support/e2e-github.ts";
import {
  branchesOf,
  checkoutOf,
  commentsOn,
  countClosings,
  defectsOf,
  issuesOf,
  markedComments,
  mergedOn,
  pullsOf,
} from "../support/e2e-github-facts.ts";
import { untilNothingLives, type Ended } from "../support/e2e-program.ts";

const TAKES_MS = 480_000;
const MILESTONE_BRANCH = "milestone/1-phase-1";

interface Way {
  readonly name: string;
  readonly config: string;
  readonly flags: readonly string[];
  /** What the service's refs are called afterwards. */
  readonly branches: readonly string[];
  readonly milestone: "open" | "closed";
  /** Where the merged issues are found, one commit each. */
  readonly on: string;
  readonly closingComments: number;
}

const DIRECT: Way = {
  name: "--target-policy direct",
  config: "",
  flags: ["--target-policy", "direct"],
  branches: ["main"],
  milestone: "closed",
  on: "main",
  closingComments: 0,
};

const LAND_AUTO: Way = {
  name: "land: auto",
  config: "land: auto\n",
  flags: [],
  branches: ["main"],
  milestone: "closed",
  // The second parent of the landing.
  on: "main^2",
  closingComments: 1,
};

const BY_DEFAULT: Way = {
  name: "the default",
  config: "",
  flags: [],
  branches: ["main", MILESTONE_BRANCH],
  milestone: "open",
  on: MILESTONE_BRANCH,
  closingComments: 1,
};

const WAYS = [DIRECT, LAND_AUTO, BY_DEFAULT] as const;

interface Whole {
  readonly sample: GitHubSample;
  readonly ended: Ended;
  readonly begun: string;
  readonly closings: ReadonlyMap<number, number>;
  readonly report: string;
  readonly status: string;
}

const wholes = new Map<Way, Whole>();

async function bringHome(way: Way): Promise<void> {
  const sample = await GitHubSample.make({ config: way.config });
  const begun = checkoutOf(sample);
  const closings = countClosings(sample);
  const args = ["run", "Phase 1", "--autonomous", "--parallel", "3", ...way.flags];
  // Three of them at once, on a machine that may be busy.
  const ended = await sample.cairn(args, {}, { hangsAfterMs: TAKES_MS - 60_000 });
  const report = await sample.cairn(["report"]);
  const status = await sample.cairn(["status"]);
  const words = { report: report.words, status: status.words };
  wholes.set(way, { sample, ended, begun, closings, ...words });
}

function wholeOf(way: Way): Whole {
  const whole = wholes.get(way);
  if (whole === undefined) throw new Error(`${way.name} has not run`);
  return whole;
}

beforeAll(() => Promise.all(WAYS.map(bringHome)), TAKES_MS);

afterAll(async () => {
  for (const { sample } of wholes.values()) await sample.close();
}, TAKES_MS);

describe.each(WAYS)("a run on GitHub by $name", (way) => {
  test("ends well and leaves nothing alive", async () => {
    const { ended, sample } = wholeOf(way);
    expect(ended).toMatchObject({ code: 0 });
    expect(await untilNothingLives(sample.root, sample.run().run.id)).toEqual([]);
  });

  test("merges eight issues in a legal order", () => {
    const merged = mergedOn(wholeOf(way).sample, way.on);
    expect(merged.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const [at, { needs }] of PHASE_1.entries())
      for (const needed of needs)
        expect(merged.indexOf(needed), `#${at + 1} needs #${needed}`).toBeLessThan(
          merged.indexOf(at + 1),
        );
  });

  test("brings each by one pull request with one status comment", () => {
    const { sample } = wholeOf(way);
    const own = pullsOf(sample).filter(({ task }) => task !== null);
    const tasks = own.flatMap(({ task }) => task ?? []);
    expect(tasks.toSorted()).toEqual(PHASE_1.map((_, at) => `#${at + 1}`));
    for (const { number, pull } of own) {
      expect(pull).toMatchObject({ merged: true, draft: false, mergedBy: "ada" });
      expect(commentsOn(sample, number)).toHaveLength(1);
      expect(markedComments(sample, number, "status")).toHaveLength(1);
    }
  });

  test("closes each issue once", () => {
    const { sample, closings } = wholeOf(way);
    for (const { number, state, stateReason } of issuesOf(sample)) {
      expect([state, stateReason, closings.get(number)]).toEqual(["closed", "completed", 1]);
      expect(commentsOn(sample, number)).toHaveLength(way.closingComments);
      expect(markedComments(sample, number, "closed")).toHaveLength(way.closingComments);
    }
  });

  test("leaves the milestone and the branches as they should be", () => {
    const { sample } = wholeOf(way);
    expect(sample.world.hub.milestones.get(sample.milestone)?.state).toBe(way.milestone);
    expect(branchesOf(sample)).toEqual(way.branches);
  });

  test("never touches the checkout of the user", () => {
    const { sample, begun } = wholeOf(way);
    expect(checkoutOf(sample)).toBe(begun);
    expect(sample.here("for-each-ref", "--format=%(refname)", "refs/heads")).toBe(
      "refs/heads/main",
    );
    expect(sample.here("worktree", "list").split("\n")).toHaveLength(1);
  });

  test("asks for nothing that GitHub does not have", () => {
    const { sample } = wholeOf(way);
    expect(defectsOf(sample)).toEqual([]);
    expect(sample.world.double.seen.length).toBeGreaterThan(50);
  });

  test("tells of its pull requests afterwards", () => {
    const { sample, report, status } = wholeOf(way);
    for (const { number } of pullsOf(sample)) {
      const named = new RegExp(`(?:pull request #?|#|/pull/)${number}\\b`, "u");
      expect(report).toMatch(named);
      expect(status).toMatch(named);
    }
  });
});

test("by default an open and green pull request is left that lands the milestone", () => {
  const { sample } = wholeOf(BY_DEFAULT);
  const { hub } = sample.world;
  const landing = pullsOf(sample).filter(({ task }) => task === null);
  expect(landing).toHaveLength(1);
  const [{ issue, pull, number } = {}] = landing;
  expect(issue?.state).toBe("open");
  expect(pull).toMatchObject({ merged: false, draft: false, base: "main", head: MILESTONE_BRANCH });
  expect(pull?.headSha).toBe(sample.git("rev-parse", MILESTONE_BRANCH));
  const checks = [...hub.checks.values()].filter(({ sha }) => sha === pull?.headSha);
  expect(checks.map(({ name, conclusion }) => `${name} ${conclusion}`).toSorted()).toEqual([
    "build success",
    "test success",
  ]);
  for (const one of issuesOf(sample)) {
    const [comment] = markedComments(sample, one.number, "closed");
    expect(comment?.body).toMatch(/lands with|lands on `main` with/u);
    expect(issue?.body).toContain(`#${one.number} ${one.title}`);
  }
  expect(number).toBeGreaterThan(16);
});

test("landed by Cairn there is no pull request beside those of the issues", () => {
  for (const way of [DIRECT, LAND_AUTO])
    expect(pullsOf(wholeOf(way).sample).filter(({ task }) => task === null)).toEqual([]);
});
