import { describe, expect, test } from "vitest";
import type { Issue } from "./issue.ts";
import { buildPlan } from "./plan.ts";
import type { Plan } from "./plan.ts";

type Draft = Partial<Issue> & { readonly number: string };

const DONE_WHEN = "\n\n## Acceptance criteria\n\n- [ ] it works and has a test";

function anIssue({ body = "Text.", ...draft }: Draft): Issue {
  return {
    key: `#${draft.number}`,
    title: `Issue ${draft.number}`,
    body: `${body}${DONE_WHEN}`,
    state: "open",
    closedAs: null,
    labels: [],
    priority: null,
    type: "CODING",
    url: `https://github.com/acme/app/issues/${draft.number}`,
    files: [],
    acceptanceCriteria: [],
    declarations: [],
    statesDependencies: false,
    place: {},
    ...draft,
  };
}

function planOf(...drafts: readonly Draft[]): Plan {
  return buildPlan(
    {
      source: { kind: "json", reference: "issues.json" },
      title: "M",
      number: "3",
      url: null,
      issues: drafts.map(anIssue),
      documents: [],
      handoff: null,
      findings: [],
    },
    { unmapped: "independent" },
  );
}

const EDGE_CODES =
  /^plan\/(?:cycle|dangling|self-edge|closed-not-planned|duplicate-edge|unknown-dependent|unread-requirement)$/u;

/** What a person reads about the edges, worst first. */
const told = (plan: Plan): readonly string[] =>
  plan.findings
    .filter(({ code }) => EDGE_CODES.test(code))
    .map(({ severity, code, message, hint }) => `${severity} ${code}: ${message} ${hint}`);

const blockersOf = (plan: Plan, key: string): readonly string[] =>
  (plan.issues.find((issue) => issue.key === key)?.blockers ?? []).map(
    ({ key: blocker, strength, from }) => `${strength} ${blocker}, ${from}`,
  );

const outsideOf = (plan: Plan, key: string): string | null | undefined =>
  plan.issues.find((issue) => issue.key === key)?.blockedFromOutside;

describe("named graphs", () => {
  test("contradictory: one text says that B waits for A, another that A waits for B", () => {
    const plan = planOf(
      { number: "1", body: "Text." },
      { number: "2", body: "Depends on: #1\n\nBlocks #1" },
    );
    expect(told(plan)).toEqual([
      "critical plan/cycle: #1 -> #2 -> #1 wait for each other. " +
        'Remove one of these: #1 waits for #2 by #2 line 3 "Blocks #1"; #2 waits for #1 by #2 line 1 "Depends on: #1".',
    ]);
    expect(plan.cycles).toEqual([["#1", "#2"]]);
  });

  test("contradictory: an epic says the contrary of the issue itself", () => {
    const plan = planOf(
      { number: "1", body: "Depends on: #2" },
      { number: "2" },
      { number: "9", body: "- #2 depends on #1" },
    );
    expect(told(plan)).toEqual([
      "critical plan/cycle: #1 -> #2 -> #1 wait for each other. " +
        'Remove one of these: #1 waits for #2 by #1 line 1 "Depends on: #2"; #2 waits for #1 by #9 line 1 "#2 depends on #1".',
    ]);
  });

  test("cyclic: the path is named with every origin", () => {
    const plan = planOf(
      { number: "1", body: "Depends on: #3" },
      { number: "2", body: "Blocked by #1" },
      { number: "3", body: "## Dependencies\n\n- #2" },
    );
    expect(told(plan)).toEqual([
      "critical plan/cycle: #1 -> #3 -> #2 -> #1 wait for each other. " +
        'Remove one of these: #1 waits for #3 by #1 line 1 "Depends on: #3"; #3 waits for #2 by #3 line 3 "#2"; #2 waits for #1 by #2 line 1 "Blocked by #1".',
    ]);
  });

  test("self-referential: left out, and said", () => {
    const plan = planOf({ number: "1", body: "Depends on: #1" });
    expect(told(plan)).toEqual([
      "warning plan/self-edge: #1 says that it waits for itself; that is left out. Remove it, or name the issue that was meant.",
    ]);
    expect(plan.free).toEqual(["#1"]);
    expect(told(planOf({ number: "1" }, { number: "9", body: "- #1 depends on #1" }))).toEqual([
      "warning plan/self-edge: #9 says that #1 waits for itself; that is left out. Remove it, or name the issue that was meant.",
    ]);
  });

  test("cross-repository: another repository's issue holds from outside, the own one's is the issue itself", () => {
    const plan = planOf(
      { number: "1" },
      { number: "2", body: "Depends on: acme/app#1" },
      { number: "3", body: "Depends on: https://github.com/acme/lib/issues/1" },
      { number: "4", body: "Blocked by other/tool#7" },
    );
    expect(blockersOf(plan, "#2")).toEqual(['hard #1, #2 line 1 "Depends on: acme/app#1"']);
    expect([outsideOf(plan, "#3"), outsideOf(plan, "#4")]).toEqual([
      "acme/lib#1 (not in this plan)",
      "other/tool#7 (not in this plan)",
    ]);
    expect(told(plan)).toEqual([
      "critical plan/dangling: #3 waits for acme/lib#1, which is not in this plan. Correct the reference, add acme/lib#1 to the plan, or remove the line.",
      "critical plan/dangling: #4 waits for other/tool#7, which is not in this plan. Correct the reference, add other/tool#7 to the plan, or remove the line.",
    ]);
  });

  test("cross-repository: among several repositories a bare number means the one of its own text", () => {
    const lib = { key: "acme/lib#1", url: "https://github.com/acme/lib/issues/1" };
    const plan = planOf(
      { number: "1" },
      { number: "1", ...lib },
      {
        number: "2",
        key: "acme/lib#2",
        url: "https://github.com/acme/lib/issues/2",
        body: "Depends on: #1",
      },
      { number: "3", body: "Depends on: #1" },
      { number: "4", body: "Depends on: #2" },
    );
    expect(plan.issues.map(({ blockers }) => blockers.map(({ key }) => key))).toEqual([
      [],
      [],
      ["acme/lib#1"],
      ["#1"],
      [],
    ]);
    expect(outsideOf(plan, "#4")).toBe("#2 (not in this plan)");
  });

  test("closed as not planned: nothing will free what waits", () => {
    const plan = planOf(
      { number: "1", state: "closed", closedAs: "not-planned" },
      { number: "2", body: "Depends on: #1" },
    );
    expect(told(plan)).toEqual([
      "critical plan/closed-not-planned: #2 waits for #1, which was closed as not planned: nothing will free it. " +
        "Remove the dependency, name the issue that took the place of #1, or close #2 too.",
    ]);
    expect(outsideOf(plan, "#2")).toBe("#1 (closed as not planned)");
  });

  test("closed as duplicate: asked in its own words", () => {
    const plan = planOf(
      { number: "1", state: "closed", closedAs: "duplicate" },
      { number: "2", body: "Depends on: #1" },
    );
    expect(told(plan)).toEqual([
      "critical plan/closed-not-planned: #2 waits for #1, which was closed as a duplicate: nothing will free it. " +
        "Remove the dependency, name the issue that took the place of #1, or close #2 too.",
    ]);
    expect(outsideOf(plan, "#2")).toBe("#1 (closed as a duplicate)");
  });

  test("dangling: a number of no issue of the plan, and words that name none", () => {
    const plan = planOf(
      { number: "1", body: "Depends on: #99" },
      { number: "2", body: "Blocked by: the login work" },
    );
    expect(told(plan)).toEqual([
      "critical plan/dangling: #1 waits for #99, which is not in this plan. Correct the reference, add #99 to the plan, or remove the line.",
      'critical plan/dangling: #2 declares a blocker that names no issue: "the login work". Write the number of the issue it waits for, or `none`.',
    ]);
    expect([outsideOf(plan, "#1"), outsideOf(plan, "#2")]).toEqual([
      "#99 (not in this plan)",
      '"the login work"',
    ]);
  });
});

describe("what a parent waits for holds its children", () => {
  test("parent-blocks-children: the edge says by which parent and by which words", () => {
    const plan = planOf(
      { number: "1" },
      { number: "10", body: "Epic.\n\nDepends on: #1" },
      { number: "11", body: "Part of #10" },
      { number: "12", body: "Parent: #10\n\nDepends on: #11" },
    );
    expect(blockersOf(plan, "#11")).toEqual([
      'hard #1, via parent #10: #10 line 3 "Depends on: #1"',
    ]);
    expect(blockersOf(plan, "#12")).toEqual([
      'hard #1, via parent #10: #10 line 3 "Depends on: #1"',
      'hard #11, #12 line 3 "Depends on: #11"',
    ]);
    expect(plan.waves).toEqual([["#1"], ["#10", "#11"], ["#12"]]);
    expect(told(plan)).toEqual([]);
  });

  test("parenthood alone holds nothing, neither way", () => {
    const plan = planOf({ number: "10", body: "Epic." }, { number: "11", body: "Part of #10" });
    expect(plan.waves).toEqual([["#10", "#11"]]);
    expect(plan.issues[1]?.parent).toBe("#10");
  });

  test("an epic that waits for its own children does not hold them", () => {
    const plan = planOf(
      { number: "10", body: "## Dependencies\n\n- #11\n- #12" },
      { number: "11", body: "Part of #10" },
      { number: "12", body: "Part of #10" },
    );
    expect(plan.cycles).toEqual([]);
    expect(plan.waves).toEqual([["#11", "#12"], ["#10"]]);
  });

  test("a soft edge of the parent, a closed parent and one outside of the plan hold nothing", () => {
    const plan = planOf(
      { number: "1" },
      { number: "10", body: "Related: #1" },
      { number: "11", body: "Part of #10" },
      { number: "20", body: "Depends on: #1", state: "closed", closedAs: "completed" },
      { number: "21", body: "Part of #20" },
      { number: "31", body: "Part of #30" },
    );
    expect(["#11", "#21", "#31"].map((key) => blockersOf(plan, key))).toEqual([[], [], []]);
  });

  test("what holds the parent from outside holds its children, through several levels", () => {
    const plan = planOf(
      { number: "10", body: "Blocked by: the contract" },
      { number: "11", body: "Part of #10" },
      { number: "12", body: "Part of #11" },
    );
    expect([outsideOf(plan, "#11"), outsideOf(plan, "#12")]).toEqual([
      'via parent #10: "the contract"',
      'via parent #10: "the contract"',
    ]);
  });

  test("parents in a circle, and an issue that is its own parent, end", () => {
    const plan = planOf(
      { number: "1" },
      { number: "10", body: "Part of #11. Depends on #1." },
      { number: "11", body: "Part of #10" },
      { number: "12", body: "Part of #12" },
    );
    expect(blockersOf(plan, "#11").map((words) => words.split(",")[0])).toEqual(["hard #1"]);
    expect(blockersOf(plan, "#12")).toEqual([]);
  });

  test("the source's own word for the parent counts more than the text's", () => {
    const plan = planOf(
      { number: "1" },
      { number: "10", body: "Depends on: #1" },
      { number: "11", body: "Part of #9", parent: "#10" },
    );
    expect(plan.issues[2]?.parent).toBe("#10");
    expect(blockersOf(plan, "#11")).toHaveLength(1);
  });

  test("10,000 children of one parent cost no more than their edges", () => {
    const children = Array.from({ length: 10_000 }, (_, index) => ({
      number: String(index + 100),
      parent: "#10",
    }));
    const plan = planOf({ number: "1" }, { number: "10", body: "Depends on: #1" }, ...children);
    expect(plan.waves.map((wave) => wave.length)).toEqual([1, 10_001]);
  });
});

describe("edges that a text declares for others", () => {
  test("go to those; the speaking issue itself waits for nothing", () => {
    const plan = planOf(
      { number: "1" },
      { number: "2" },
      { number: "3" },
      {
        number: "9",
        body: "Execution order: #1 → #2 → #3\n\n| Issue | Blocked by |\n|---|---|\n| #3 | #1 |",
      },
    );
    expect(["#2", "#3", "#9"].map((key) => blockersOf(plan, key))).toEqual([
      ['hard #1, #9 line 1 "Execution order: #1 → #2 → #3"'],
      ['hard #1, #9 line 5 "#3 | #1"', 'hard #2, #9 line 1 "Execution order: #1 → #2 → #3"'],
      [],
    ]);
    expect(told(plan)).toEqual([]);
  });

  test("the same words twice, by the epic and by the issue, are no double", () => {
    const plan = planOf(
      { number: "1" },
      { number: "2", body: "Depends on: #1" },
      { number: "9", body: "- #2 depends on #1" },
    );
    expect(told(plan)).toEqual([]);
    expect(blockersOf(plan, "#2")).toEqual(['hard #1, #2 line 1 "Depends on: #1"']);
  });

  test("for an issue outside of the plan nothing waits, and that is said", () => {
    const plan = planOf({ number: "1" }, { number: "9", body: "- #77 depends on #1" });
    expect(told(plan)).toEqual([
      "info plan/unknown-dependent: #9 says that #77 waits for #1; #77 is not in this plan. Nothing to do, unless the number is wrong.",
    ]);
    expect(plan.issues.map(({ blockedFromOutside }) => blockedFromOutside)).toEqual([null, null]);
  });

  test("a blocker outside of the plan holds the issue that it was declared for", () => {
    const plan = planOf({ number: "1" }, { number: "9", body: "- #1 depends on #77" });
    expect([outsideOf(plan, "#1"), outsideOf(plan, "#9")]).toEqual([
      "#77 (not in this plan)",
      null,
    ]);
    expect(told(plan)).toEqual([
      "critical plan/dangling: #1 waits for #77, which is not in this plan. Correct the reference, add #77 to the plan, or remove the line.",
    ]);
  });
});
