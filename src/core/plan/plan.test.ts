import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import type { Issue, Milestone } from "./issue.ts";
import { bottomLevels } from "./plan-graph.ts";
import { buildPlan } from "./plan.ts";
import type { Plan, PlanOptions } from "./plan.ts";
import { mayCollide } from "./unmapped.ts";
import { assertRunnable, scopePlan } from "./scope-plan.ts";

type Draft = Partial<Issue> & { readonly number: string };

function anIssue(draft: Draft): Issue {
  return {
    key: `#${draft.number}`,
    title: `Issue ${draft.number}`,
    body: "Acceptance criteria:\n- it works",
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
    ...draft,
  };
}

function aMilestone(drafts: readonly Draft[]): Milestone {
  return {
    source: { kind: "json", reference: "issues.json" },
    title: "M",
    number: "3",
    url: null,
    issues: drafts.map(anIssue),
    documents: [],
    handoff: null,
    findings: [],
  };
}

/** `{ "1": "none", "2": "#1" }`: number and what its `Depends on:` line says. */
function planOf(lines: Readonly<Record<string, string>>, options?: PlanOptions): Plan {
  const drafts = Object.entries(lines).map(([number, needs]) => ({
    number,
    body: `Text.\n\nDepends on: ${needs}`,
  }));
  return buildPlan(aMilestone(drafts), options);
}

const codes = (plan: Plan): readonly string[] =>
  plan.findings
    .filter(({ code }) => code !== "plan/no-acceptance" && code !== "plan/no-tests")
    .map((finding) => `${finding.severity} ${finding.code} ${finding.key}`);

function afterInOrder(target: string): Issue["declarations"] {
  return [{ target, strength: "hard", origin: "order", place: {}, words: "", resolved: true }];
}

function oneIssue(change: Partial<Issue>): Milestone {
  return aMilestone([{ number: "1", ...change }]);
}

interface Node {
  readonly needs: readonly number[];
  readonly done: boolean;
  readonly soft: boolean;
  readonly files: readonly string[];
}

function toMilestone(nodes: readonly Node[]): Milestone {
  return aMilestone(
    nodes.map(({ needs, done, soft, files }, index) => ({
      number: String(index + 1),
      files,
      state: done && index % 3 === 0 ? "closed" : "open",
      closedAs: done && index % 3 === 0 ? "completed" : null,
      body:
        needs.length === 0
          ? "Text."
          : `${soft ? "Related" : "Depends on"}: ${needs.map((need) => `#${need}`).join(", ")}`,
    })),
  );
}

function hard(plan: Plan, key: string): readonly string[] {
  const blockers = plan.issues.find((issue) => issue.key === key)?.blockers ?? [];
  return blockers.filter((blocker) => blocker.strength === "hard").map((blocker) => blocker.key);
}

describe("edges", () => {
  test("references are found by number, key, address and task number", () => {
    const plan = buildPlan(
      aMilestone([
        { number: "1", url: "https://github.com/acme/app/issues/1" },
        { number: "2", body: "Depends on: acme/app#1" },
        { number: "3", body: "Depends on: https://github.com/Acme/App/issues/1" },
        { number: "4.1", key: "4.1", body: "Depends on: Task 2" },
      ]),
    );
    expect(plan.issues.map((issue) => issue.blockers.map((blocker) => blocker.key))).toEqual([
      [],
      ["#1"],
      ["#1"],
      ["#2"],
    ]);
    expect(codes(plan)).toEqual([]);
  });

  test("an edge says where it was read", () => {
    expect(planOf({ 1: "none", 2: "#1" }).issues[1]?.blockers).toEqual([
      { key: "#1", strength: "hard", from: '#2 line 3 "Depends on: #1"' },
    ]);
  });

  test("an unknown or unreadable blocker fails closed", () => {
    const plan = planOf({ 1: "#99", 2: "the login work", 3: "other/repo#1" });
    expect(codes(plan)).toEqual([
      "critical plan/dangling #1",
      "critical plan/dangling #2",
      "critical plan/dangling #3",
    ]);
    expect(plan.issues.map((issue) => issue.blockedFromOutside)).toEqual([
      "#99 (not in this plan)",
      '"the login work"',
      "other/repo#1 (not in this plan)",
    ]);
    expect(plan.free).toEqual([]);
  });

  test("self edges and doubles are left out and named", () => {
    const plan = planOf({ 1: "#1", 2: "#1\n\nBlocked by: #1" });
    expect(codes(plan)).toEqual(["warning plan/self-edge #1", "info plan/duplicate-edge #2"]);
    expect(plan.waves).toEqual([["#1"], ["#2"]]);
  });

  test("a blocker closed as completed frees, one closed otherwise asks", () => {
    const plan = buildPlan(
      aMilestone([
        { number: "1", state: "closed", closedAs: "completed" },
        { number: "2", state: "closed", closedAs: "not-planned" },
        { number: "3", body: "Depends on: #1" },
        { number: "4", body: "Depends on: #2" },
      ]),
    );
    expect(plan.done).toEqual(["#1"]);
    expect(plan.waves).toEqual([["#1", "#4"], ["#3"]]);
    expect(codes(plan)).toEqual(["critical plan/closed-not-planned #4"]);
    expect(plan.issues[3]?.blockedFromOutside).toBe("#2 (closed as not planned)");
  });

  test("`Blocks` holds the issue that it names", () => {
    const plan = buildPlan(aMilestone([{ number: "1" }, { number: "2", body: "Blocks #1" }]));
    expect(plan.waves).toEqual([["#2"], ["#1"]]);
  });

  test("an order of the plan gives way to what a text says, also to `none`", () => {
    const plan = buildPlan(
      aMilestone([
        { number: "1" },
        { number: "2", declarations: afterInOrder("#1") },
        { number: "3", declarations: afterInOrder("#2"), body: "Depends on: none" },
        { number: "4", declarations: afterInOrder("#3"), body: "Depends on: #1" },
        { number: "5", declarations: afterInOrder("#4"), body: "Related: #1" },
      ]),
    );
    expect(plan.waves).toEqual([["#1", "#3"], ["#2", "#4"], ["#5"]]);
  });

  test("soft edges order merges and hold nothing, also in a circle", () => {
    const plan = buildPlan(
      aMilestone([
        { number: "1", body: "Related: #2" },
        { number: "2" },
        { number: "3", body: "Related: #4" },
        { number: "4", body: "Related: #3" },
      ]),
    );
    expect(plan.waves).toEqual([["#1", "#2", "#3", "#4"]]);
    expect(plan.mergeOrder).toEqual(["#2", "#1", "#3", "#4"]);
    expect(plan.cycles).toEqual([]);
  });
});

describe("order", () => {
  test("merge order: the longest remaining path first, then priority, then source order", () => {
    const plan = buildPlan(
      aMilestone([
        { number: "1" },
        { number: "2", priority: "P1" },
        { number: "3", labels: ["P0"] },
        { number: "4", body: "Priority: P2" },
        { number: "5", body: "Depends on: #4", labels: ["size:L"] },
      ]),
    );
    expect(plan.mergeOrder).toEqual(["#4", "#5", "#3", "#2", "#1"]);
    expect(plan.criticalPath).toEqual(["#4", "#5"]);
    expect(plan.free).toEqual(["#1", "#2", "#3"]);
    expect(plan.estimates["#5"]).toEqual({ minutes: 45, source: "size" });
    expect(bottomLevels(plan).get("#4")).toBe(65);
  });

  test("a cycle is named once, with its path, and what stands behind it is in no wave", () => {
    const plan = planOf({ 1: "#3", 2: "#1", 3: "#2", 4: "#3", 5: "none" });
    expect(plan.cycles).toEqual([["#1", "#3", "#2"]]);
    expect(plan.waves).toEqual([["#5"]]);
    expect(plan.findings[0]).toMatchObject({
      code: "plan/cycle",
      severity: "critical",
      key: "#1",
      message: "#1 -> #3 -> #2 -> #1 wait for each other.",
    });
    expect(() => assertRunnable(plan)).toThrow(
      expect.objectContaining({ code: "plan/cycle", exitCode: 2 }),
    );
  });
});

describe("findings", () => {
  test("an empty body is critical, a text without acceptance criteria a warning", () => {
    const plan = buildPlan(
      aMilestone([{ number: "1", body: " " }, { number: "2", body: "Text." }, { number: "3" }]),
    );
    expect(
      plan.findings.map((finding) => `${finding.severity} ${finding.code} ${finding.key}`),
    ).toEqual([
      "critical plan/empty-body #1",
      "warning plan/no-acceptance #2",
      "warning plan/no-tests #2",
    ]);
  });

  test("of two issues with one key the first is in the plan", () => {
    const plan = buildPlan(
      aMilestone([
        { number: "1", title: "A" },
        { number: "1", title: "B" },
      ]),
    );
    expect(plan.issues.map((issue) => issue.title)).toEqual(["A"]);
    expect(codes(plan)).toEqual(["critical plan/duplicate-key #1"]);
  });

  test("all open issues blocked from outside: refused, waiting for a person", () => {
    expect(() => assertRunnable(planOf({ 1: "#99", 2: "#1" }))).toThrow(
      expect.objectContaining({
        code: "plan/all-blocked",
        exitCode: 5,
        message: "All open issues are blocked: #1 (by #99, not in this plan).",
      }),
    );
    expect(() => assertRunnable(planOf({ 1: "#99", 2: "none" }))).not.toThrow();
  });
});

describe("type", () => {
  test.each([
    [{ number: "1" }, "CODING"],
    [{ number: "1", body: "**Type:** VALIDATION" }, "VALIDATION"],
    [{ number: "1", body: "**Type:** `RESEARCH`" }, "RESEARCH"],
    [{ number: "1", labels: ["documentation"] }, "RESEARCH"],
    [{ number: "1", body: "Files: docs/a.md, README.md" }, "RESEARCH"],
    [{ number: "1", body: "Files: docs/a.md, src/a.ts" }, "CODING"],
    [{ number: "1", labels: ["docs"], body: "Type: coding" }, "CODING"],
  ] as const)("%j is %s", (draft, type) => {
    expect(buildPlan(aMilestone([draft])).issues[0]?.type).toBe(type);
  });
});

describe("issues that say nothing about dependencies", () => {
  const silent = [
    { number: "1", body: "Files: `src/a.ts`" },
    { number: "2", body: "Files: `src/a.ts`, `src/b.ts`" },
    { number: "3", body: "Files: `src/c.ts`" },
  ];

  test("that touch one file: needs review, with the edge and its reason proposed", () => {
    const plan = buildPlan(aMilestone(silent));
    expect(plan.status).toBe("needs_review");
    expect(plan.proposed).toEqual([
      {
        blocker: "#1",
        dependent: "#2",
        reason: "Both touch src/a.ts, and nothing says which comes first.",
        files: ["src/a.ts"],
      },
    ]);
  });

  test("whose files are unknown: needs review; known and apart: ready", () => {
    expect(buildPlan(aMilestone([{ number: "1" }, { number: "2" }])).status).toBe("needs_review");
    expect(buildPlan(aMilestone([silent[0] as Draft, silent[2] as Draft])).status).toBe("ready");
    expect(buildPlan(aMilestone([{ number: "1" }])).status).toBe("ready");
  });

  test("an issue that an epic speaks for is not silent", () => {
    const epic = {
      number: "9",
      body: "Depends on: none\n\n- #2 depends on #1\n- #1 depends on #9",
    };
    const parts = [{ number: "1" }, { number: "2" }];
    expect(buildPlan(aMilestone([epic, ...parts])).status).toBe("ready");
  });

  test("a statement by both, or a path between them, settles it", () => {
    expect(planOf({ 1: "none", 2: "none" }).status).toBe("ready");
    expect(
      buildPlan(aMilestone([{ number: "1" }, { number: "2", body: "Depends on: #1" }])).status,
    ).toBe("ready");
  });

  test("serialise puts them in a row, independent takes them as they are", () => {
    expect(buildPlan(aMilestone(silent), { unmapped: "serialise" })).toMatchObject({
      status: "ready",
      waves: [["#1", "#3"], ["#2"]],
    });
    expect(
      buildPlan(
        aMilestone([{ number: "1" }, { number: "2" }, { number: "3", body: "Depends on: none" }]),
        { unmapped: "serialise" },
      ).waves,
    ).toHaveLength(3);
    expect(buildPlan(aMilestone(silent), { unmapped: "independent" })).toMatchObject({
      status: "ready",
      waves: [["#1", "#2", "#3"]],
      proposed: [],
    });
  });
});

describe("scope", () => {
  const plan = planOf({ 1: "none", 2: "#1", 3: "#2", 4: "none" });

  test("--wave is that wave and nothing else", () => {
    const scoped = scopePlan(plan, { wave: 1 });
    expect(scoped.issues.map((issue) => issue.key)).toEqual(["#1", "#4"]);
    expect(scoped.waves).toEqual([["#1", "#4"], [], []]);
    expect(scoped.fingerprint).toBe(plan.fingerprint);
  });

  test("a wave keeps its number when the ones before it are done, and can be run under it", () => {
    const later = buildPlan(
      aMilestone([
        { number: "1", body: "Depends on: none", state: "closed", closedAs: "completed" },
        { number: "2", body: "Depends on: #1" },
        { number: "3", body: "Depends on: #2" },
        { number: "4", body: "Depends on: none", state: "closed", closedAs: "completed" },
      ]),
    );
    expect(later.waves).toEqual(plan.waves);
    const second = scopePlan(later, { wave: 2 });
    expect(second.issues.map((issue) => issue.key)).toEqual(["#2"]);
    expect(second.waves).toEqual([[], ["#2"], []]);
    expect(() => scopePlan(later, { wave: 3 })).toThrow(
      expect.objectContaining({
        code: "plan/wave-blocked",
        hints: ["Bring home what comes before it: --wave 2, or the whole plan."],
      }),
    );
  });

  test("a circle through a done issue is none, and an open issue behind it has a wave", () => {
    const odd = buildPlan(
      aMilestone([
        { number: "1", body: "Depends on: #2", state: "closed", closedAs: "completed" },
        { number: "2", body: "Depends on: #1" },
        { number: "3", body: "Depends on: #1" },
      ]),
    );
    expect(odd.cycles).toEqual([]);
    expect(odd.waves).toEqual([["#1"], ["#2", "#3"]]);
  });

  test("a wave is refused while a blocker before it is open, with the names; force takes it as done", () => {
    expect(() => scopePlan(plan, { wave: 2 })).toThrow(
      expect.objectContaining({
        code: "plan/wave-blocked",
        message: "Wave 2 cannot start: #2 waits for #1.",
        exitCode: 2,
      }),
    );
    const forced = scopePlan(plan, { wave: 2, force: true });
    expect(forced.issues).toMatchObject([{ key: "#2", blockers: [] }]);
    expect(forced.findings.at(-1)).toMatchObject({
      code: "plan/scope",
      message: "Taken as done by `--wave 2`: #1.",
    });
  });

  test("--from is the issue and everything after it, done marks ignored, unfinished ones before it named", () => {
    const withDone = buildPlan(
      aMilestone([
        { number: "1" },
        { number: "2", body: "Depends on: #1" },
        { number: "3", state: "closed", closedAs: "completed" },
        { number: "4", body: "Depends on: #3" },
      ]),
    );
    const scoped = scopePlan(withDone, { from: "2" });
    expect(scoped.issues.map((issue) => [issue.key, issue.done, issue.state])).toEqual([
      ["#2", false, "open"],
      ["#3", false, "open"],
      ["#4", false, "open"],
    ]);
    expect(scoped.waves).toEqual([["#3"], ["#2", "#4"]]);
    expect(scoped.findings.at(-1)?.message).toBe("Taken as done by `--from #2`: #1.");
  });

  test.each([
    [{ wave: 9 }, "plan/no-such-wave"],
    [{ wave: 0 }, "plan/no-such-wave"],
    [{ from: "#77" }, "plan/unknown-key"],
    [{ wave: 1, from: "#1" }, "plan/scope"],
  ])("%j is refused with %s", (scope, code) => {
    expect(() => scopePlan(plan, scope)).toThrow(UserError);
    expect(() => scopePlan(plan, scope)).toThrow(expect.objectContaining({ code }));
  });
});

describe("fingerprint", () => {
  const base = { 1: "none", 2: "#1" };

  test("changes with a body, an edge, a title or a state, and with nothing else", () => {
    const same = planOf(base).fingerprint;
    expect(planOf({ 2: "#1", 1: "none" }).fingerprint).toBe(same);
    expect(same).toMatch(/^[0-9a-f]{64}$/u);
    expect(planOf({ 1: "none", 2: "none" }).fingerprint).not.toBe(same);
    const prints = [
      {},
      { title: "other" },
      { body: "other" },
      { state: "closed", closedAs: "completed" } as const,
    ].map((change) => buildPlan(oneIssue(change)).fingerprint);
    expect(new Set(prints).size).toBe(4);
    expect(buildPlan(oneIssue({ labels: ["x"] })).fingerprint).toBe(prints[0]);
  });
});

describe("properties of any plan", () => {
  const graph = fc.integer({ min: 1, max: 25 }).chain((size) =>
    fc.array(
      fc.record({
        needs: fc.array(fc.integer({ min: 1, max: size + 1 }), { maxLength: 3 }),
        done: fc.boolean(),
        soft: fc.boolean(),
        files: fc.subarray(["a.ts", "b.ts", "c.ts"]),
      }),
      { minLength: size, maxLength: size },
    ),
  );
  test("waves and merge order respect every hard edge; every open issue is in one wave or on or behind a cycle", () => {
    fc.assert(
      fc.property(
        graph,
        fc.constantFrom("propose" as const, "serialise" as const),
        (nodes, unmapped) => {
          const plan = buildPlan(toMilestone(nodes), { unmapped });
          const wave = new Map(
            plan.waves.flatMap((keys, index) => keys.map((key) => [key, index] as const)),
          );
          const merge = new Map(plan.mergeOrder.map((key, index) => [key, index]));
          const done = new Set(plan.done);
          const inWaves = plan.waves.flat().filter((key) => !done.has(key));
          expect(plan.mergeOrder.toSorted()).toEqual(inWaves.toSorted());
          for (const issue of plan.issues.filter((candidate) => candidate.state === "open")) {
            const open = hard(plan, issue.key).filter((key) => !done.has(key));
            const at = wave.get(issue.key);
            // Without a wave exactly where a blocker has none.
            const before = hard(plan, issue.key).map((key) => wave.get(key) ?? Infinity);
            expect(at ?? Infinity).toBe(Math.max(-1, ...before) + 1);
            const mergedAt = merge.get(issue.key) ?? Infinity;
            const late = open.filter((key) => (merge.get(key) ?? -1) >= mergedAt);
            expect(late).toEqual([]);
          }
        },
      ),
    );
  });

  test("every knot is reported once, as a real circle; without one every open issue has a wave", () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const plan = buildPlan(toMilestone(nodes));
        const seen = plan.cycles.flat();
        expect(new Set(seen).size).toBe(seen.length);
        for (const cycle of plan.cycles) {
          expect(cycle.length).toBeGreaterThan(1);
          for (const [index, key] of cycle.entries())
            expect(hard(plan, key)).toContain(cycle[(index + 1) % cycle.length]);
        }
        const open = plan.issues.filter((issue) => issue.state === "open").length;
        const inWaves = plan.waves.flat().filter((key) => !plan.done.includes(key));
        expect(inWaves.length === open).toBe(plan.cycles.length === 0);
        expect(plan.findings.filter((finding) => finding.code === "plan/cycle")).toHaveLength(
          plan.cycles.length,
        );
      }),
    );
  });

  test("the critical path is a chain of edges, at most the sum and at least the longest issue", () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const plan = buildPlan(toMilestone(nodes));
        const minutes = (keys: readonly string[]): number =>
          keys.reduce((sum, key) => sum + (plan.estimates[key]?.minutes ?? 0), 0);
        for (const [index, key] of plan.criticalPath.slice(1).entries()) {
          expect(hard(plan, key)).toContain(plan.criticalPath[index]);
        }
        expect(minutes(plan.criticalPath)).toBeLessThanOrEqual(minutes(plan.mergeOrder));
        expect(plan.criticalPath.length).toBeLessThanOrEqual(plan.waves.length);
        expect(Math.max(0, ...bottomLevels(plan).values())).toBe(minutes(plan.criticalPath));
      }),
    );
  });

  test("a serialised plan leaves no pair that may collide", () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const plan = buildPlan(toMilestone(nodes), { unmapped: "serialise" });
        fc.pre(plan.cycles.length === 0);
        expect(mayCollide(plan.issues)).toBe(false);
      }),
    );
  });

  test("10,000 issues in one chain, and in one circle, are planned", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [
        String(index + 1),
        index === 0 ? "none" : `#${index}`,
      ]),
    );
    expect(planOf(chain).waves).toHaveLength(10_000);
    expect(planOf({ ...chain, 1: "#10000" }).cycles[0]).toHaveLength(10_000);
  });
});
