import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyCorrections, approvePlan, withProposals } from "./apply-corrections.ts";
import { readCorrections, type Correction } from "./corrections.ts";
import type { Issue } from "./issue.ts";
import { buildPlan, type Plan } from "./plan.ts";

type Draft = Partial<Issue> & { readonly needs?: string };

/** Issues by key with what they need; `statesDependencies` unless they say nothing at all. */
function planOf(drafts: Readonly<Record<string, Draft>>): Plan {
  const plan = buildPlan({
    source: { kind: "json", reference: "issues.json" },
    title: "M",
    number: "3",
    url: null,
    issues: Object.entries(drafts).map(([name, { needs, ...draft }]) => ({
      key: name,
      number: name.replace("#", ""),
      title: `Issue ${name}`,
      body: needs === undefined ? "Text." : `Text.\n\nDepends on: ${needs}`,
      state: "open",
      closedAs: null,
      labels: [],
      priority: null,
      type: "CODING",
      url: null,
      files: [],
      acceptanceCriteria: ["it works"],
      declarations: [],
      statesDependencies: false,
      place: {},
      ...draft,
    })),
    documents: [],
    handoff: null,
    findings: [],
  });
  // Groups that are found in files have tests of their own.
  return {
    ...plan,
    conflictGroups: [],
    issues: plan.issues.map((issue) => ({ ...issue, conflictGroup: null })),
  };
}

const CHAIN = planOf({
  "#1": { needs: "none" },
  "#2": { needs: "#1" },
  "#3": { needs: "#2" },
  "#4": { needs: "none" },
});
const CLASH = planOf({
  "#1": { files: ["a.ts"] },
  "#2": { files: ["a.ts"] },
  "#3": { files: ["b.ts"] },
});

function corrected(plan: Plan, words: string): ReturnType<typeof applyCorrections> {
  return applyCorrections(plan, correctionsIn(plan, words));
}

function correctionsIn(plan: Plan, words: string): readonly Correction[] {
  const read = readCorrections(words, plan);
  if (read.kind !== "read") throw new Error(`not read: ${words}`);
  return read.corrections;
}

/** `2<3` for "3 waits for 2", of the plan. */
function edgesOf(plan: Plan): string {
  return plan.issues
    .flatMap(({ key, blockers }) => blockers.map((blocker) => `${blocker.key}<${key}`))
    .join(" ")
    .replaceAll("#", "");
}

function viewsOf({ waves, criticalPath, mergeOrder, free }: Plan): unknown {
  return [waves, criticalPath, mergeOrder, free];
}

/** Of the first issue. */
function codes({ findings }: Plan): readonly string[] {
  return findings.filter((finding) => finding.key === "#1").map((finding) => finding.code);
}

const plain = (words: readonly string[]): string => words.join(" ").replaceAll("#", "");

describe("edges", () => {
  test("are added with the words they were said in, and the views follow", () => {
    const { plan, diff, refusals } = corrected(CHAIN, "4 needs 3");
    expect(refusals).toEqual([]);
    expect(plan.issues[3]?.blockers).toEqual([
      { key: "#3", strength: "hard", from: 'said by a person: "4 needs 3"' },
    ]);
    expect(plan.waves).toEqual([["#1"], ["#2"], ["#3"], ["#4"]]);
    expect(plan.criticalPath).toEqual(["#1", "#2", "#3", "#4"]);
    expect(plan.mergeOrder).toEqual(["#1", "#2", "#3", "#4"]);
    expect(plan.free).toEqual([]);
    expect(diff).toEqual({
      added: [{ blocker: "#3", dependent: "#4" }],
      removed: [],
      dropped: [],
      groups: [],
      ungrouped: [],
      withdrawn: [],
      worded: [],
      waves: { before: 3, after: 4 },
      notes: [],
    });
  });

  test("the fingerprint and the status stay those of the source's plan", () => {
    const { plan } = corrected(CLASH, "2 needs 1");
    expect([plan.fingerprint, plan.status]).toEqual([CLASH.fingerprint, "needs_review"]);
  });

  test("are taken away, also those that were declared", () => {
    const { plan, diff } = corrected(CHAIN, "2 does not need 1");
    expect(edgesOf(plan)).toBe("2<3");
    expect([diff.removed, diff.waves]).toEqual([
      [{ blocker: "#1", dependent: "#2" }],
      { before: 3, after: 2 },
    ]);
  });

  test.each([
    ["2 needs 1", "1<2 2<3", "2 waits for 1 already."],
    ["4 does not need 1", "1<2 2<3", "4 does not wait for 1 anyway."],
    ["drop 4; 4 does not need 1", "1<2 2<3", "4 does not wait for 1 anyway."],
    ["1 and 2 are independent", "2<3", ""],
    ["1 and 3 are independent", "1<2 2<3", "3 still waits for 1, by way of 2."],
    ["4 first", "4<1 1<2 2<3", ""],
    ["4 last", "1<2 2<3 3<4", ""],
    ["2 does not need 1; 1 needs 2", "2<1 2<3", ""],
    ["4 needs 3; 4 does not need 3", "1<2 2<3", ""],
    ["never 2 and 4 together", "1<2 2<3", ""],
  ])("%s", (words, edges, notes) => {
    const { plan, diff, refusals } = corrected(CHAIN, words);
    expect([refusals, edgesOf(plan), plain(diff.notes)]).toEqual([[], edges, notes]);
  });

  test("a soft edge becomes a hard one, and order alone goes with what is left out", () => {
    const plan = planOf({ "#1": {}, "#2": { body: "Text.\n\nRelated: #1" } });
    expect(plan.issues[1]?.blockers[0]?.strength).toBe("soft");
    expect(corrected(plan, "2 needs 1").diff.added).toEqual([{ blocker: "#1", dependent: "#2" }]);
    expect(edgesOf(corrected(plan, "drop 1").plan)).toBe("");
  });
});

describe("what cannot be", () => {
  test.each([
    ["1 needs 3", "1 -> 3 -> 2 -> 1 would wait for each other."],
    ["2 needs 4; 4 needs 3", "4 -> 3 -> 2 -> 4 would wait for each other."],
    ["4 and 1 are independent; 1 needs 2", "1 -> 2 -> 1 would wait for each other."],
    ["3 first", "1 -> 3 -> 2 -> 1 would wait for each other."],
    ["drop 2", "2 cannot be left out: 3 needs it. Drop it too, or say first: 3 does not need 2."],
    [
      "keep only 3",
      "2 cannot be left out: 3 needs it. Drop it too, or say first: 3 does not need 2.",
    ],
    ["drop 1, 2, 3, 4", "Nothing would be left to do."],
    ["drop 4; 4 needs 1", "4 is left out of this run already."],
  ])("%s", (words, why) => {
    const { plan, refusals, diff } = corrected(CHAIN, words);
    expect(plain(refusals)).toContain(why);
    expect(plan).toBe(CHAIN);
    expect([diff.added, diff.removed, diff.dropped]).toEqual([[], [], []]);
  });

  test("issues that are over wait for nothing, and free nobody when they were not done", () => {
    const plan = planOf({
      "#1": { state: "closed", closedAs: "completed" },
      "#2": { state: "closed", closedAs: "not-planned" },
      "#3": { needs: "none" },
    });
    expect(corrected(plan, "1 needs 3").refusals).toEqual([
      "#1 is done: it waits for nothing any more.",
    ]);
    expect(corrected(plan, "3 needs 2").refusals).toEqual([
      "#2 is closed and not done: nothing would free #3.",
    ]);
    expect(corrected(plan, "3 needs 1").diff.notes).toEqual(["#1 is done: it holds #3 no longer."]);
  });

  test("a cycle that the source has is mended by words", () => {
    const plan = planOf({ "#1": { needs: "#2" }, "#2": { needs: "#1" }, "#3": { needs: "none" } });
    expect(plan.findings.map((finding) => finding.code)).toContain("plan/cycle");
    const { plan: mended, refusals } = corrected(plan, "1 does not need 2");
    expect(refusals).toEqual([]);
    expect(mended.cycles).toEqual([]);
    expect(mended.findings.map((finding) => finding.code)).not.toContain("plan/cycle");
    expect(corrected(plan, "drop 3").plan.findings).toEqual(plan.findings);
  });
});

test("a long circle is named by its two ends", () => {
  const keys = Array.from({ length: 200 }, (_, at): [string, Draft] => [
    `#${at + 1}`,
    { needs: at === 0 ? "none" : `#${at}` },
  ]);
  expect(corrected(planOf(Object.fromEntries(keys)), "1 needs 200").refusals).toEqual([
    "#1 -> #200 -> #199 -> #198 -> #197 -> #196 -> … -> #3 -> #2 -> #1 would wait for each other.",
  ]);
});

describe("scope, groups and words", () => {
  test("what is left out is in no list any more", () => {
    const { plan, diff } = corrected(CHAIN, "drop 3 and 4");
    expect(plan.issues.map((issue) => issue.key)).toEqual(["#1", "#2"]);
    expect(plan.waves).toEqual([["#1"], ["#2"]]);
    expect(Object.keys(plan.estimates)).toEqual(["#1", "#2"]);
    expect([diff.dropped, diff.removed]).toEqual([["#3", "#4"], []]);
  });

  test("a group is made, grows, and goes", () => {
    const made = corrected(CHAIN, "never 2 and 4 together").plan;
    const group = {
      id: "said-1",
      reason: 'said by a person: "never 2 and 4 together"',
      keys: ["#2", "#4"],
    };
    expect(made.conflictGroups).toEqual([group]);
    expect(made.issues.map((issue) => issue.conflictGroup)).toEqual([
      null,
      "said-1",
      null,
      "said-1",
    ]);
    const grown = corrected(made, "group 1 and 4");
    expect(grown.diff.groups.map(({ id, keys }) => [id, keys])).toEqual([
      ["said-1", ["#1", "#2", "#4"]],
    ]);
    expect(grown.diff.notes).toEqual([
      "#1, #2, #4 are one conflict group now: #1 and #4 had others in theirs.",
    ]);
    const gone = corrected(made, "2 and 4 are independent");
    expect([gone.plan.conflictGroups, gone.diff.ungrouped]).toEqual([[], [group]]);
    expect(gone.plan.issues[1]?.conflictGroup).toBeNull();
    const shared = corrected(grown.plan, "2 and 4 are independent");
    expect(plain(shared.diff.notes)).toContain("2, 4 stay in the conflict group said-1");
  });

  test("words of a person are a section of the issue's text, and answer what was missing in it", () => {
    const plan = planOf({ "#1": { body: "", acceptanceCriteria: [] }, "#2": {} });
    expect(codes(plan)).toEqual(["plan/empty-body"]);
    const { plan: told, diff } = corrected(plan, "add to 1: Make it blue.");
    expect(told.issues[0]?.body).toBe("## Added by a person\n\nMake it blue.\n");
    expect([codes(told), diff.worded]).toEqual([[], [{ key: "#1", text: "Make it blue." }]]);
    expect(told.fingerprint).toBe(plan.fingerprint);
    const twice = applyCorrections(plan, [
      ...correctionsIn(plan, "add to 1: Make it blue."),
      ...correctionsIn(plan, "add to 1: And round."),
      ...correctionsIn(plan, "add to 1: Make it blue."),
    ]);
    expect(twice.diff.notes).toEqual(["#1 has these words already."]);
    expect(twice.plan.issues[0]?.body).toBe(
      "## Added by a person\n\nMake it blue.\n\nAnd round.\n",
    );
  });

  test("a plan of a later wave keeps the wave's number", () => {
    const plan: Plan = { ...CHAIN, waves: [[], ["#2"], ["#3"]] };
    expect(corrected(plan, "add to 4: x").plan.waves[0]).toEqual([]);
  });
});

describe("proposals", () => {
  test("become edges when the plan is approved, with who proposed them", () => {
    expect(CLASH.proposed.map(({ blocker, dependent }) => [blocker, dependent])).toEqual([
      ["#1", "#2"],
    ]);
    const plan = approvePlan(CLASH, "the rules");
    expect([plan.status, plan.proposed, plan.waves]).toEqual(["ready", [], [["#1", "#3"], ["#2"]]]);
    expect(plan.issues[1]?.blockers).toEqual([
      {
        key: "#1",
        strength: "hard",
        from: "proposed by the rules, approved: Both touch a.ts, and nothing says which comes first.",
      },
    ]);
  });

  test.each([
    ["1 and 2 are independent", 1],
    ["2 does not need 1", 1],
    ["2 needs 1", 1],
    ["1 needs 2", 1],
    ["1 needs 3; 3 needs 2", 1],
    ["drop 2", 1],
    ["all independent", 1],
    ["3 needs 1", 0],
  ])("%s", (words, withdrawn) => {
    const { diff, plan } = corrected(CLASH, words);
    expect(diff.withdrawn).toHaveLength(withdrawn);
    expect(approvePlan(plan, "the rules").cycles).toEqual([]);
  });

  test("of somebody else stand only where they close no circle", () => {
    const edge = { reason: "r", files: [] };
    const plan = withProposals(CHAIN, [
      { blocker: "#4", dependent: "#1", ...edge },
      { blocker: "#3", dependent: "#1", ...edge },
      { blocker: "#1", dependent: "#2", ...edge },
      { blocker: "#9", dependent: "#1", ...edge },
    ]);
    expect(plan.proposed).toEqual([{ blocker: "#4", dependent: "#1", ...edge }]);
  });
});

const key = fc.integer({ min: 1, max: 8 }).map((number) => `#${number}`);
const pair = fc.tuple(key, key).filter(([a, b]) => a !== b);
/** Each issue may need earlier ones: no cycles to begin with. */
const acyclic = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 })), {
    maxLength: 12,
  })
  .map((edges) => {
    const needs = new Map<number, number[]>();
    for (const [a, b] of edges) if (a < b) needs.set(b, [...(needs.get(b) ?? []), a]);
    const drafts = Array.from({ length: 8 }, (_, index): [string, Draft] => {
      const list = needs.get(index + 1)?.map((other) => `#${other}`);
      return [`#${index + 1}`, list === undefined ? {} : { needs: list.join(", ") }];
    });
    return planOf(Object.fromEntries(drafts));
  });
const anything = fc.oneof(
  pair.map(([blocker, dependent]): Correction => ({
    kind: "needs",
    blocker,
    dependent,
    words: "w",
  })),
  pair.map(([blocker, dependent]): Correction => ({
    kind: "needs-not",
    blocker,
    dependent,
    words: "w",
  })),
  pair.map((keys): Correction => ({ kind: "independent", keys, words: "w" })),
  pair.map((keys): Correction => ({ kind: "apart", keys, words: "w" })),
  key.map((one): Correction => ({ kind: "drop", keys: [one], words: "w" })),
  key.map((one): Correction => ({ kind: "first", keys: [one], words: "w" })),
  key.map((one): Correction => ({ kind: "last", keys: [one], words: "w" })),
);

describe("whatever is said", () => {
  test("there is never a cycle, and every issue is there once or left out", () => {
    fc.assert(
      fc.property(acyclic, fc.array(anything, { maxLength: 6 }), (plan, corrections) => {
        const { plan: after, refusals, diff } = applyCorrections(plan, corrections);
        expect(after.cycles).toEqual([]);
        expect(approvePlan(after, "x").cycles).toEqual([]);
        const keys = after.issues.map((issue) => issue.key);
        expect([...keys, ...diff.dropped].toSorted()).toEqual(
          plan.issues.map((issue) => issue.key).toSorted(),
        );
        expect(after.waves.flat().toSorted()).toEqual(keys.toSorted());
        const inside = new Set(keys);
        for (const issue of after.issues)
          for (const blocker of issue.blockers) expect(inside.has(blocker.key)).toBe(true);
        expect(refusals.length === 0 || after === plan).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("an edge that is said and unsaid leaves the graph as it was", () => {
    fc.assert(
      fc.property(acyclic, pair, (plan, [blocker, dependent]) => {
        const known = plan.issues
          .find((issue) => issue.key === dependent)
          ?.blockers.some((other) => other.key === blocker);
        fc.pre(known !== true);
        const said = applyCorrections(plan, [{ kind: "needs", blocker, dependent, words: "w" }]);
        fc.pre(said.refusals.length === 0);
        const unsaid = applyCorrections(said.plan, [
          { kind: "needs-not", blocker, dependent, words: "w" },
        ]);
        expect(edgesOf(unsaid.plan)).toBe(edgesOf(plan));
        expect(viewsOf(unsaid.plan)).toEqual(viewsOf(plan));
        expect(unsaid.diff.removed).toEqual(said.diff.added);
      }),
    );
  });
});
