import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { desiredMilestone, isSameText, parseIssueMark } from "./create-plan.ts";
import type { DesiredMilestone } from "./create-plan.ts";
import type { Issue, Milestone } from "./issue.ts";
import { buildPlan } from "./plan.ts";
import type { Plan } from "./plan.ts";
import { readDependencies } from "./read-dependencies.ts";

const AC = "\n\n## Acceptance criteria\n\n- a test shows it";
const NOTHING = { hard: [], soft: [], more: false };

function planOf(issues: readonly (Partial<Issue> & { readonly key: string })[]): Plan {
  const milestone: Milestone = {
    source: { kind: "markdown", reference: "docs/M4.md" },
    title: "M4: Workers",
    number: "m4",
    url: null,
    issues: issues.map((issue) => ({
      number: issue.key,
      title: `Do ${issue.key}`,
      body: `**Depends on:** none${AC}`,
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
  };
  return buildPlan(milestone);
}

function desire(plan: Plan, title: string | null = null): DesiredMilestone {
  return desiredMilestone(plan, { title, redact: (text) => text.replaceAll("hunter22", "[…]") });
}

test("a plan is a milestone of its open issues, blockers first", () => {
  const done = { state: "closed", closedAs: "completed" } as const;
  const wanted = desire(
    planOf([
      { key: "4.1", body: `Depends on: 4.3${AC}`, labels: ["api"] },
      { key: "4.2", ...done },
      { key: "4.3", body: `Depends on: 4.2${AC}`, labels: ["api", "P1"] },
    ]),
  );
  expect(wanted.title).toBe("M4: Workers");
  expect(wanted.issues.map(({ key, blockers }) => [key, blockers.map((one) => one.key)])).toEqual([
    ["4.3", ["4.2"]],
    ["4.1", ["4.3"]],
  ]);
  expect(wanted.labels).toEqual(["api", "P1"]);
  expect(wanted.leftOut).toEqual(["One issue is done already."]);
  expect(desire(planOf([{ key: "1" }]), "Mine").title).toBe("Mine");
});

test("the texts name no edge of the plan, and those of the forge that they are told", () => {
  const [issue] = desire(
    planOf([{ key: "4.1" }, { key: "4.2", body: `Depends on: 4.1${AC}` }]),
  ).issues.slice(1);
  const said = (named: Parameters<NonNullable<typeof issue>["bodyWith"]>[0]) =>
    readDependencies(issue?.bodyWith(named) ?? "").declarations.map(({ target, strength }) => [
      target,
      strength,
    ]);
  expect(said({ ...NOTHING, more: true })).toEqual([]);
  expect(said({ hard: [7, 8], soft: [9], more: true })).toEqual([
    ["#7", "hard"],
    ["#8", "hard"],
    ["#9", "soft"],
  ]);
});

test("who said that nothing is waited for has said it on the forge too", () => {
  const [first, second, third] = desire(
    planOf([{ key: "1" }, { key: "2", body: `Blocks: 3${AC}` }, { key: "3", body: `Text.${AC}` }]),
  ).issues;
  expect(readDependencies(first?.bodyWith(NOTHING) ?? "").statesBlockers).toBe(true);
  expect(second?.bodyWith(NOTHING)).toContain("**Depends on:** none");
  expect(third?.bodyWith({ ...NOTHING, more: true })).not.toContain("none");
});

describe("the marker", () => {
  const [issue] = desire(planOf([{ key: "m5/03", title: "Do it", labels: ["b", "A"] }])).issues;
  const body = issue?.bodyWith(NOTHING) ?? "";

  test("names the key and holds as long as nobody has edited title or text", () => {
    expect(parseIssueMark("Do it", body)).toEqual({ key: "m5/03", isAsWritten: true });
    expect(parseIssueMark("Do it", `${body.replaceAll("\n", "\r\n")}\r\n`)).toMatchObject({
      isAsWritten: true,
    });
    expect(parseIssueMark("Do that", body)).toMatchObject({ isAsWritten: false });
    expect(parseIssueMark("Do it", `${body}\n\nAlso this.`)).toEqual({
      key: "m5/03",
      isAsWritten: false,
    });
    expect(parseIssueMark("Do it", `Note.\n${body}`)).toMatchObject({ isAsWritten: false });
    expect(parseIssueMark("Do it", "Do it <!-- cairn:issue -->")).toBeNull();
    expect(parseIssueMark("Do it", "<!-- cairn:issue:%E0%A4%A text=00 labels=00 -->")).toBeNull();
  });

  test("changes with the labels, whatever their order", () => {
    const [same] = desire(planOf([{ key: "m5/03", title: "Do it", labels: ["a", "B"] }])).issues;
    const [other] = desire(planOf([{ key: "m5/03", title: "Do it", labels: ["a"] }])).issues;
    expect(same?.bodyWith(NOTHING)).toBe(body);
    expect(isSameText(other?.bodyWith(NOTHING) ?? "", body)).toBe(false);
  });

  test("of any key and text, hidden whatever they hold", () => {
    const words = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });
    const key = fc.oneof(
      fc.constantFrom("-->", "a--b", "#12", "é ü"),
      fc.stringMatching(/^[\w./#-]{1,20}$/u),
    );
    fc.assert(
      fc.property(key, words, (name, text) => {
        const plan = planOf([
          { key: name, title: `T ${text.trim()}`, body: `${text}\n\nDepends on: none${AC}` },
        ]);
        if (plan.findings.some(({ severity }) => severity === "critical")) return;
        const [one] = desire(plan).issues;
        const written = one?.bodyWith(NOTHING) ?? "";
        expect(parseIssueMark(one?.title ?? "", written)).toEqual({ key: name, isAsWritten: true });
        expect(written.slice(written.lastIndexOf("<!-- cairn"), -4)).not.toContain("--\u{3e}");
      }),
      { numRuns: 200 },
    );
  });
});

test("nothing secret goes out, and nothing that is longer than GitHub takes", () => {
  const wanted = desire(
    planOf([
      {
        key: "1",
        title: `hunter22 ${"t".repeat(400)}`,
        body: `hunter22 ${"🎉".repeat(40_000)}\n\nDepends on: none`,
        acceptanceCriteria: ["it works"],
        labels: ["l".repeat(51), "ok"],
      },
    ]),
  );
  const [issue] = wanted.issues;
  const body = issue?.bodyWith(NOTHING) ?? "";
  expect(`${issue?.title}${body}`).not.toContain("hunter22");
  expect(issue?.title.length).toBeLessThanOrEqual(256);
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body).toContain("is only in docs/M4.md");
  expect(body.isWellFormed()).toBe(true);
  expect(wanted.labels).toEqual(["ok"]);
  expect(wanted.leftOut).toEqual([expect.stringContaining("longer than GitHub takes")]);
});

test.each<readonly [string, Plan]>([
  [
    "create/critical",
    planOf([
      { key: "1", body: `Depends on: 2${AC}` },
      { key: "2", body: `Depends on: 1${AC}` },
    ]),
  ],
  ["create/critical", planOf([{ key: "1", body: `Depends on: 99${AC}` }])],
  ["create/nothing", planOf([{ key: "1", state: "closed", closedAs: "completed" }])],
  [
    "create/already-there",
    { ...planOf([{ key: "1" }]), source: { kind: "github", reference: "Phase 1" } },
  ],
])("%s", (code, plan) => {
  expect(() => desire(plan)).toThrow(expect.objectContaining({ code }));
  expect(() => desire(plan)).toThrow(UserError);
});

test("soft edges may run in a circle: hard ones alone give the order", () => {
  const wanted = desire(
    planOf([
      { key: "1", body: `Soft dependency: 2${AC}` },
      { key: "2", body: `Depends on: 1${AC}` },
    ]),
  );
  expect(wanted.issues.map(({ key }) => key)).toEqual(["1", "2"]);
});
