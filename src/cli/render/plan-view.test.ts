import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toPlanJson } from "../../api/plan-json.ts";
import { planProfile, type PlanProfile } from "../../api/plan-profile.ts";
import type { Issue, Milestone } from "../../core/plan/issue.ts";
import type { RunSettings } from "../../core/run/settings.ts";
import { NO_DISCIPLINE } from "../../../test/support/no-discipline.ts";
import { RunStory } from "../../../test/support/run-story.ts";
import { buildPlan } from "../../core/plan/plan.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { columns } from "./plan-text.ts";
import { renderPlan } from "./plan-view.ts";

const GATES = [
  { name: "typecheck", run: "npm run typecheck" },
  { name: "test", run: "npm test" },
];
const PROFILE: PlanProfile = { name: "tdd", gate: "npm test", why: null, exempt: [] };
const OPTIONS = { width: 80, colour: false, gates: GATES, profile: PROFILE };

function anIssue(number: number, draft: Partial<Issue>): Issue {
  return {
    key: `4.${number}`,
    number: `4.${number}`,
    title: `Title ${number}`,
    body: "Done when:\n- it works",
    state: "open",
    closedAs: null,
    labels: [],
    priority: null,
    type: "CODING",
    url: null,
    files: [],
    acceptanceCriteria: [],
    declarations: [],
    statesDependencies: true,
    place: { file: "docs/M4_workers.md", line: number * 10 },
    ...draft,
  };
}

function aMilestone(drafts: readonly Partial<Issue>[]): Milestone {
  return {
    source: { kind: "markdown", reference: "docs/M4_workers.md" },
    title: "M4: Workers",
    number: "m4-workers",
    url: null,
    issues: drafts.map((draft, index) => anIssue(index + 1, draft)),
    documents: [],
    handoff: null,
    findings: [],
  };
}

const criteria = "\n\nDone when:\n- it works";
const CALM = aMilestone([
  { title: "Read the worker settings", state: "closed", closedAs: "completed" },
  { title: "Start workers", body: `Depends on: 4.1${criteria}`, priority: "P0" },
  {
    title:
      "Stop workers, and make sure that nothing they have started is left behind by any of them",
    body: `Depends on: 4.2${criteria}`,
    labels: ["size:L"],
  },
  { title: "Show workers", body: `Depends on: none${criteria}` },
  {
    title: "Try all of it as a user would",
    type: "VALIDATION",
    body: `**Depends on:** Task 4.3, Task 4.4${criteria}`,
  },
]);
const WRONG = aMilestone([
  { title: "Read the settings", body: `Depends on: 4.3${criteria}` },
  { title: "Start workers", body: `Depends on: the login work${criteria}` },
  { title: "Stop workers", body: `Depends on: 4.1${criteria}` },
  { title: "Show workers", body: "" },
  { title: "Describe workers", body: "Related: 4.4\n\nWords, and no criteria." },
  { title: "Colour workers", body: "Files: `src/show.ts`", statesDependencies: false },
  { title: "Sort workers", body: "Files: `src/show.ts`", statesDependencies: false },
]);

/** Of the findings only these: what the linter knows more is no matter of how it is shown. */
const CODES = new Set(["plan/cycle", "plan/dangling", "plan/empty-body", "plan/no-acceptance"]);
function planOf(milestone: Milestone): Plan {
  const plan = buildPlan(milestone);
  return { ...plan, findings: plan.findings.filter(({ code }) => CODES.has(code)) };
}

test.each([
  ["calm", CALM],
  ["wrong", WRONG],
])("the plan of a %s milestone", async (name, milestone) => {
  const text = renderPlan(planOf(milestone), OPTIONS);
  await expect(text).toMatchFileSnapshot(path.resolve(`test/golden/plan-${name}.txt`));
  for (const line of text.split("\n")) expect(columns(line)).toBeLessThanOrEqual(80);
});

const WORDS = ["Read", "Store", "Show", "Sort", "Colour", "Describe"];
const THINGS = ["the worker settings", "every session that has ended", "what a person has said"];

/** Sixty issues in phases, with groups, steps and every kind of wait. */
const SIXTY = {
  ...aMilestone(
    Array.from({ length: 60 }, (_, at) => {
      const number = at + 1;
      const waits = at < 6 ? "none" : `4.${Math.floor(at / 2)}${at % 7 === 0 ? ", 4.1" : ""}`;
      return {
        title: `${WORDS[at % 6] ?? ""} ${THINGS[at % 3] ?? ""}${at % 5 === 0 ? ", and tell the person what became of it in one calm line" : ""}`,
        body: `Depends on: ${waits}${at % 9 === 8 ? "" : criteria}`,
        phase: ["Foundation", "Workers", "Views"][Math.floor(at / 20)] ?? "",
        minutes: 20,
        files: at % 4 === 3 ? [`src/area-${at % 8}.ts`] : [`src/file-${number}.ts`],
        priority: at % 10 === 0 ? ("P0" as const) : null,
        steps: Array.from({ length: at % 6 }, () => ({
          title: "A step",
          minutes: 4,
          files: [],
          red: null,
          green: null,
          verify: null,
          place: {},
        })),
        ...(at < 3 ? { state: "closed" as const, closedAs: "completed" as const } : {}),
      };
    }),
  ),
  conflictGroups: [
    { id: "schema", reason: "both change the tables", keys: ["4.9", "4.13"], place: {} },
  ],
};

test.each([
  ["80", { width: 80, ascii: false }, /[^\p{ASCII}…·]/u],
  ["120", { width: 120, ascii: false }, /[^\p{ASCII}…·]/u],
  ["ascii", { width: 80, ascii: true }, /[^\p{ASCII}]/u],
])("sixty issues at %s", async (name, look, foreign) => {
  const text = renderPlan(planOf(SIXTY), { ...OPTIONS, ...look });
  await expect(text).toMatchFileSnapshot(path.resolve(`test/golden/plan-60-${name}.txt`));
  for (const line of text.split("\n")) expect(columns(line)).toBeLessThanOrEqual(look.width);
  expect(text).not.toMatch(foreign);
});

test("what is mended in the same way stands together, the hint once; a long list is cut", () => {
  const milestone = aMilestone(
    Array.from({ length: 12 }, () => ({ body: "Depends on: none\n\nWords.", labels: [] })),
  );
  const text = renderPlan(planOf(milestone), OPTIONS);
  expect(text).toContain(
    `  docs/M4_workers.md:70: 4.7 says nowhere when it is done.
  docs/M4_workers.md:80: 4.8 says nowhere when it is done.
  … and 4 more like these
`,
  );
  expect(text.split("[plan/no-acceptance]")).toHaveLength(2);
});

test("a forecast stands below the numbers of the plan, with what it rests on", () => {
  const forecast = {
    minutes: { low: 45, likely: 70, high: 135 },
    usd: { low: 1.5, likely: 3, high: 8.25 },
    basis: "history of 12 tasks",
    tasks: 4,
    stuck: 0,
    parallel: 3,
  };
  const head = (shown: typeof forecast | (Omit<typeof forecast, "usd"> & { usd: null })): string =>
    renderPlan(buildPlan(CALM), { ...OPTIONS, width: 120, forecast: shown }).split("\n")[3] ?? "";
  expect(head(forecast)).toBe(
    "Forecast, 3 at a time: about 1h 10m (45m to 2h 15m) · about $3.00 ($1.50 to $8.25) · from history of 12 tasks",
  );
  expect(head({ ...forecast, usd: null, basis: "defaults", parallel: 1 })).toBe(
    "Forecast, one at a time: about 1h 10m (45m to 2h 15m) · from defaults",
  );
  expect(head({ ...forecast, tasks: 0 })).toBe("Done: 4.1");
});

test("colour only repeats what the words say", () => {
  const plan = buildPlan(WRONG);
  const coloured = renderPlan(plan, { ...OPTIONS, colour: true });
  expect(coloured).toContain("\u001B[31mCritical");
  expect(stripVTControlCharacters(coloured)).toBe(renderPlan(plan, OPTIONS));
});

test("without gates the view says that nothing is checked", () => {
  expect(renderPlan(buildPlan(CALM), { ...OPTIONS, gates: [] })).toContain(
    "No gates: nothing is checked before a merge.",
  );
});

function storySettings(changes: Partial<RunSettings>): RunSettings {
  return new RunStory().created(changes).run.settings;
}

test("the plan says with what tests first is proven, for whom it is not, or why for nobody", () => {
  const plan = buildPlan(
    aMilestone([{}, { type: "RESEARCH" }, { type: "VALIDATION", state: "closed" }]),
  );
  const lines = (settings: RunSettings): string =>
    renderPlan(plan, { ...OPTIONS, profile: planProfile(plan, settings) });
  const { gates } = storySettings({});
  const discipline = { ...NO_DISCIPLINE, tdd: { tests: [], exempt: [], restarts: 2 } };
  const proven = storySettings({ discipline });
  expect(lines(proven)).toContain(
    "Tests first: proven with `true` (tdd)\n  Exempt by type: 4.2 RESEARCH\n",
  );
  expect(toPlanJson(plan, planProfile(plan, proven)).profile).toEqual({
    name: "tdd",
    gate: "true",
    why: null,
    exempt: [{ key: "4.2", type: "RESEARCH" }],
  });
  const { roles } = proven;
  const plain = { discipline: NO_DISCIPLINE };
  expect(lines(storySettings(plain))).toContain("not proven (plain): the configuration says so.");
  expect(lines(storySettings({ ...plain, gates: { ...gates, preMerge: [] } }))).toContain(
    "not proven (plain): no gate runs tests.",
  );
  const implementer = { ...roles.implementer, agent: "codex", commits: false };
  expect(lines(storySettings({ ...plain, roles: { ...roles, implementer } }))).toContain(
    "codex makes no commits of its own",
  );
  expect(toPlanJson(plan)).not.toHaveProperty("profile");
});

test("foreign words cannot command the terminal", () => {
  const evil = "\u001B]0;owned\u0007\u001B[2J a\r\nb \u202Etxt";
  fc.assert(
    fc.property(
      fc.oneof(fc.constant(evil), fc.string({ unit: "binary", minLength: 1 })),
      (title) => {
        const milestone = aMilestone([{ title, body: `Depends on: ${title}` }]);
        expect(renderPlan(buildPlan({ ...milestone, title }), OPTIONS)).not.toMatch(
          /(?!\n)\p{Cc}|[\u202A-\u202E]/u,
        );
      },
    ),
  );
});

test("a huge plan is shown by its beginning and its numbers", () => {
  const many = aMilestone(
    Array.from({ length: 3000 }, () => ({ body: `Depends on: none${criteria}` })),
  );
  const text = renderPlan(buildPlan(many), OPTIONS);
  expect(text.split("\n").length).toBeLessThan(120);
  expect(text).toContain("… and 2940 more");
});

test("the JSON object has every documented field, also when nothing is known", () => {
  const json = toPlanJson(buildPlan(CALM));
  expect(Object.keys(json)).toEqual([
    "schemaVersion",
    "source",
    "milestone",
    "status",
    "issues",
    "waves",
    "criticalPath",
    "mergeOrder",
    "free",
    "done",
    "cycles",
    "findings",
    "proposed",
    "conflictGroups",
    "estimates",
    "fingerprint",
  ]);
  expect(json).toMatchObject({
    schemaVersion: 1,
    status: "ready",
    waves: [["4.1", "4.4"], ["4.2"], ["4.3"], ["4.5"]],
    proposed: [],
    conflictGroups: [],
    cycles: [],
  });
  expect(json.issues[1]).toEqual({
    key: "4.2",
    title: "Start workers",
    state: "open",
    priority: "P0",
    type: "CODING",
    blockers: [{ key: "4.1", strength: "hard", from: 'docs/M4_workers.md:21 "Depends on: 4.1"' }],
    conflictGroup: null,
    done: false,
    blockedFromOutside: null,
    phase: null,
    parent: null,
    minutes: 20,
    files: [],
    steps: [],
  });
  expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  const sixty = toPlanJson(buildPlan(SIXTY)).issues[8];
  expect(sixty).toMatchObject({
    key: "4.9",
    conflictGroup: "schema",
    phase: "Foundation",
    files: ["src/file-9.ts"],
    steps: [
      { title: "A step", minutes: 4, files: [], verify: null },
      { title: "A step", minutes: 4, files: [], verify: null },
    ],
  });
});
