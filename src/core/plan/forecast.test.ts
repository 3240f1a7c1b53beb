import { describe, expect, test } from "vitest";
import { RunStory, WORKERS } from "../../../test/support/run-story.ts";
import { readLedger } from "../report/ledger.ts";
import { estimateIssues } from "./estimates.ts";
import { readMinutes, readSize, statedMinutes } from "./estimates-words.ts";
import { calibrate } from "./forecast-calibration.ts";
import { forecast } from "./forecast.ts";
import { historyOf } from "./forecast-history.ts";
import type { HistorySample } from "./forecast-history.ts";
import type { Plan, PlannedIssue } from "./plan.ts";

type Draft = Partial<PlannedIssue> & { readonly after?: readonly string[] };

function anIssue(key: string, { after = [], ...draft }: Draft = {}): PlannedIssue {
  return {
    key,
    number: key,
    title: `Issue ${key}`,
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
    statesDependencies: true,
    place: {},
    blockers: after.map((blocker) => ({ key: blocker, strength: "hard", from: "here" })),
    conflictGroup: null,
    done: false,
    blockedFromOutside: null,
    ...draft,
  };
}

function aSample(change: Partial<HistorySample> = {}): HistorySample {
  return { minutes: 10, usd: null, size: null, type: "CODING", stated: null, ...change };
}

const times = (count: number, change: Partial<HistorySample> = {}): readonly HistorySample[] =>
  Array.from({ length: count }, () => aSample(change));

describe("times in words", () => {
  test.each([
    ["2h", 120],
    ["1h 30m", 90],
    ["~30 min", 30],
    ["1.5 hours", 90],
    ["1-2 hours", 120],
    ["45 minutes", 45],
    ["2 days", 960],
    ["half a day", 240],
    ["1 Stunde", 60],
    ["soon", null],
    ["5 files", null],
    ["3 months", null],
    ["0 min", null],
    ["9999 days", null],
  ])("%s", (words, minutes) => {
    expect(readMinutes(words)).toBe(minutes);
  });

  test.each([
    ["XS", "XS"],
    ["small", "S"],
    ["Medium", "M"],
    ["L (2 days)", "L"],
    ["extra large", "XL"],
    ["xxl", "XXL"],
    ["gigantic", null],
    ["some", null],
  ] as const)("size %s", (words, size) => {
    expect(readSize(words)).toBe(size);
  });

  test.each([
    ["Read it (30 min)", "", 30],
    ["Read it (3 of 4)", "", null],
    ["Read it", "Text.\n\n**Estimate:** 2h", 120],
    ["Read it", "- Estimated time: ~45 minutes", 45],
    ["Read it", "| Effort | 3h |", 180],
    ["Read it", "~20 min", 20],
    ["Read it", "It took 3 hours to estimate this.", null],
    ["Read it", "Waits ~30 s, then 20 min.", null],
  ])("%s / %s", (title, body, minutes) => {
    expect(statedMinutes(title, body)).toBe(minutes);
  });

  test("a hostile text is read in a moment", () => {
    const begin = performance.now();
    for (const part of ["~ ", "estimate ", "estimate:", "1", "1-1-", "( ", "* "])
      statedMinutes(part.repeat(50_000), part.repeat(50_000));
    expect(performance.now() - begin).toBeLessThan(500);
  });
});

describe("estimates", () => {
  const step = { title: "s", files: [], red: null, green: null, verify: null, place: {} };
  const strongest: readonly [string, Draft, number, string][] = [
    ["the source", { minutes: 7, labels: ["size:L"] }, 7, "source"],
    [
      "its steps",
      {
        steps: [
          { ...step, minutes: 3 },
          { ...step, minutes: null },
        ],
        labels: ["size:L"],
      },
      7,
      "steps",
    ],
    ["steps without a time say nothing", { steps: [{ ...step, minutes: null }] }, 20, "default"],
    ["its size", { labels: ["size:L"], body: "Estimate: 5m" }, 45, "size"],
    ["another spelling", { labels: ["size/small"] }, 10, "size"],
    ["its text", { body: "Estimate: 5m", labels: ["estimate:1h"] }, 5, "text"],
    ["a label", { labels: ["estimate:1h"] }, 60, "label"],
    ["nothing", {}, 20, "default"],
  ];
  test.each(strongest)("%s", (_, issue, minutes, source) => {
    expect(estimateIssues([anIssue("1", issue)], {})).toEqual({ 1: { minutes, source } });
  });

  test("from history: the median of its type, of its size, and what a minute cost", () => {
    const history = [
      ...[4, 6, 50].map((minutes) => aSample({ minutes, usd: minutes / 10 })),
      ...times(3, { minutes: 12, size: "S", type: "RESEARCH" }),
    ];
    const issues = [
      anIssue("1"),
      anIssue("2", { labels: ["size:S"] }),
      anIssue("3", { labels: ["size:L"] }),
      anIssue("4", { type: "VALIDATION" }),
      anIssue("5", { minutes: 8 }),
    ];
    expect(estimateIssues(issues, { history })).toEqual({
      1: { minutes: 6, source: "history", usd: 0.6 },
      2: { minutes: 12, source: "size", usd: 1.2 },
      3: { minutes: 45, source: "size", usd: 4.5 },
      4: { minutes: 12, source: "history", usd: 1.2 },
      5: { minutes: 8, source: "source", usd: 0.8 },
    });
  });

  test("two tasks are no history", () => {
    expect(estimateIssues([anIssue("1")], { history: times(2, { usd: 1 }) })).toEqual({
      1: { minutes: 20, source: "default" },
    });
  });
});

const planOf = (
  issues: readonly PlannedIssue[],
  history: readonly HistorySample[] = [],
): Pick<Plan, "issues" | "estimates" | "calibration"> => {
  const calibration = calibrate(history);
  return {
    issues,
    estimates: estimateIssues(issues, { history }),
    ...(calibration === null ? {} : { calibration }),
  };
};

describe("the forecast", () => {
  test("without a history half to double, with what it rests on", () => {
    const plan = planOf([anIssue("1"), anIssue("2"), anIssue("3", { after: ["1"] })]);
    expect(forecast(plan, { parallel: 2 })).toEqual({
      minutes: { low: 20, likely: 40, high: 80 },
      usd: null,
      basis: "defaults",
      tasks: 3,
      stuck: 0,
      parallel: 2,
    });
    expect(forecast(planOf([anIssue("1", { labels: ["size:S"] })]), { parallel: 1 }).basis).toBe(
      "sizes",
    );
  });

  const schedules: readonly [string, readonly PlannedIssue[], number, number][] = [
    ["nothing to do", [], 2, 0],
    ["one slot: the sum", [anIssue("1"), anIssue("2"), anIssue("3")], 1, 60],
    [
      "more slots than issues: the longest chain",
      [anIssue("1"), anIssue("2", { after: ["1"] }), anIssue("3")],
      9,
      40,
    ],
    [
      "the longest chain first",
      [
        anIssue("1"),
        anIssue("2"),
        anIssue("3", { minutes: 30 }),
        anIssue("4", { minutes: 30, after: ["3"] }),
      ],
      2,
      60,
    ],
    [
      "members of a group one after another",
      [
        anIssue("1", { conflictGroup: "g" }),
        anIssue("2", { conflictGroup: "g" }),
        anIssue("3", { conflictGroup: "g" }),
      ],
      3,
      60,
    ],
    [
      "a group holds no slot while it waits",
      [
        anIssue("1", { conflictGroup: "g" }),
        anIssue("2", { conflictGroup: "g" }),
        anIssue("3"),
        anIssue("4"),
      ],
      2,
      40,
    ],
    [
      "what is done takes no time",
      [
        anIssue("1", { done: true, state: "closed", closedAs: "completed" }),
        anIssue("2", { after: ["1"] }),
      ],
      1,
      20,
    ],
  ];
  test.each(schedules)("%s", (_, issues, parallel, minutes) => {
    expect(forecast(planOf(issues), { parallel }).minutes.likely).toBe(minutes);
  });

  test("what can never start is counted, and takes no time", () => {
    const plan = planOf([
      anIssue("1", { after: ["2"] }),
      anIssue("2", { after: ["1"] }),
      anIssue("3", { blockedFromOutside: "#99" }),
      anIssue("4", { after: ["3"] }),
      anIssue("5"),
    ]);
    expect(forecast(plan, { parallel: 2 })).toMatchObject({
      minutes: { likely: 20 },
      tasks: 1,
      stuck: 4,
    });
  });

  test("with a history: its quantiles, for stated and for learnt estimates apart", () => {
    const history = [
      ...[5, 10, 10, 10, 30].map((minutes) => aSample({ minutes, usd: minutes / 10 })),
      ...[4, 4, 5, 5, 5].map((minutes) => aSample({ minutes, stated: 10, usd: minutes / 10 })),
    ];
    const plan = planOf([anIssue("1"), anIssue("2", { minutes: 100, after: ["1"] })], history);
    expect(plan.calibration?.tasks).toBe(10);
    expect(plan.calibration?.stated).toEqual({ low: 0.4, likely: 0.5, high: 0.5 });
    const { minutes, usd, basis } = forecast(plan, { parallel: 1 });
    // The median of all ten is 5; learnt: 5, 10, 10, 10, 30 against it, ninetieth of a hundred 22.
    expect(minutes).toEqual({ low: 50, likely: 60, high: 72 });
    expect(usd).toEqual({ low: 5, likely: 6, high: 7.2 });
    expect(basis).toBe("history of 10 tasks");
    expect(forecast(planOf([anIssue("1")]), { parallel: 1, history }).basis).toBe(
      "history of 10 tasks",
    );
  });

  test("more slots never take longer where nothing depends on anything", () => {
    const plan = planOf(
      Array.from({ length: 40 }, (_, at) => anIssue(String(at), { minutes: 1 + ((at * 7) % 13) })),
    );
    const each = [1, 2, 4, 8, 40].map((parallel) => forecast(plan, { parallel }).minutes.likely);
    expect(each).toEqual(each.toSorted((a, b) => b - a));
  });

  test("10,000 issues with 30,000 edges in well under a second", () => {
    const plan = planOf(
      Array.from({ length: 10_000 }, (_, at) =>
        anIssue(String(at), {
          after: [1, 7, 50].flatMap((back) =>
            at % 5 > 0 && at >= back ? [String(at - back)] : [],
          ),
          conflictGroup: at % 3 === 0 ? `g${at % 90}` : null,
        }),
      ),
    );
    const begin = performance.now();
    expect(forecast(plan, { parallel: 8 }).tasks).toBe(10_000);
    expect(performance.now() - begin).toBeLessThan(1_000);
  });
});

describe("history out of the log", () => {
  test("merged tasks with their minutes and money; who waited for a person is left out", () => {
    const story = new RunStory()
      .begun({}, WORKERS)
      .broughtHome("4.1", 6)
      .started("4.2")
      .wait(4)
      .accepted("4.2")
      .asked("4.2", { text: "?" })
      .wait(600)
      .tell({
        type: "QuestionAnswered",
        task: "4.2",
        answer: "approve",
        kind: "rounds",
        to: "reviewing",
        step: { at: "undraft" },
        by: "ada",
      })
      .reviewed("4.2")
      .merged("4.2")
      .started("4.3")
      .wait(10)
      .failedFor("4.3", "No word.")
      .broughtHome("4.4", 2);
    const asked = new Set(readLedger(story.events).questions.map(({ task }) => task));
    expect(historyOf([{ ...story.run, asked }])).toEqual([
      { minutes: 6, usd: 0.5, size: null, type: "CODING", stated: null },
      { minutes: 2, usd: 0.5, size: null, type: "CODING", stated: null },
    ]);
  });
});
