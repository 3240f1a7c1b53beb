import { describe, expect, test } from "vitest";
import { reportText } from "./report-text.ts";
import { reportDocument, reportOf, type ReportFormat } from "../../api/report-json.ts";
import {
  aFinding,
  commit,
  gateResult,
  RunStory,
  WORKERS,
} from "../../../test/support/run-story.ts";
import { exitCodeOf } from "./exit-code.ts";
import { reportHtml } from "./report-html.ts";
import { reportMarkdown } from "./report-markdown.ts";

/** Merged after a fix, failed with its dependents, asked and answered, integration test green with an old failure gone. */
function mixed(): RunStory {
  return new RunStory()
    .created()
    .tell({ type: "EngineStarted", pid: 4711, recovering: false })
    .planned()
    .tell({
      type: "IntegrationReady",
      branch: "milestone/m4-workers",
      head: commit("base"),
      base: commit("base"),
    })
    .tell({
      type: "BaselineRecorded",
      commit: commit("base"),
      tree: commit("tree"),
      results: [
        gateResult("typecheck", true),
        gateResult("test", false, ["queue > survives a crash", "old > flaky"]),
      ],
    })
    .tell({ type: "PlanApproved", by: "plan gate" })
    .started("4.1")
    .wait(3)
    .accepted("4.1")
    .session("4.1", "spec-reviewer")
    .wait(1)
    .sessionEnded("4.1", 0.06)
    .tell({
      type: "ReviewRejected",
      task: "4.1",
      stage: "spec",
      patchId: "patch-4.1",
      findings: [aFinding("The heartbeat has no limit.")],
      step: { at: "session", reminder: null, continues: null },
    })
    .session("4.1", "fixer")
    .wait(2)
    .sessionEnded("4.1", 0.19, "finished", { computed: { usd: 0.19, asOf: "2026-11-18" } })
    .tell({
      type: "FixAccepted",
      task: "4.1",
      head: commit("head-4.1"),
      patchId: "patch-4.1",
      changedPaths: [],
      step: { at: "review", stages: ["spec"], retry: false },
    })
    .reviewed("4.1")
    .merged("4.1")
    .started("4.2")
    .wait(4)
    .accepted("4.2", null)
    .asked("4.2", { text: "May the queue be public?", kind: "rounds" })
    .tell(
      {
        type: "CommandTaken",
        number: 1,
        command: {
          name: "approve",
          task: "4.2",
          text: null,
          flags: {},
          by: "ada",
          from: "terminal",
        },
        accepted: true,
        answer: "4.2: approve.",
      },
      {
        type: "QuestionAnswered",
        task: "4.2",
        answer: "approve",
        kind: "rounds",
        to: "reviewing",
        step: { at: "undraft" },
        by: "ada",
      },
    )
    .reviewed("4.2")
    .merged("4.2")
    .started("4.3")
    .wait(10)
    .failedFor("4.3", "No word from the agent for 10m, <twice> | in *one* line.")
    .broughtHome("4.4")
    .broughtHome("4.5")
    .tell({ type: "TasksFinished", mergedAny: true })
    .wait(1)
    .tell({
      type: "IntegrationPassed",
      commit: commit("merge-4.5"),
      results: [gateResult("typecheck", true), gateResult("test", true)],
      lands: false,
    });
}

describe("the report of a run with failures", () => {
  const formats: readonly ReportFormat[] = ["md", "html", "json", "metrics"];
  test.each(formats)("as %s", async (format) => {
    const story = mixed();
    const text = reportDocument(format, story.run, story.events, false);
    await expect(text).toMatchFileSnapshot(`../../../test/golden/report-mixed.${format}.txt`);
  });

  test("as text for a terminal: no markup, and no line but a command wider than it", async () => {
    const story = mixed();
    const report = reportOf(story.run, story.events, false);
    await expect(reportText(report, 80)).toMatchFileSnapshot(
      "../../../test/golden/report-mixed.text.txt",
    );
    const lines = (width: number): readonly string[] =>
      reportText(report, width)
        .split("\n")
        .filter((line) => !line.startsWith("  $ "));
    expect(Math.max(...lines(100).map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines(400).join("\n")).toContain(
      "No word from the agent for 10m, <twice> | in *one* line.",
    );
  });

  test("costs by task and by role add up to the total, sessions without a price are counted", () => {
    const story = mixed();
    const { costs } = reportOf(story.run, story.events, false);
    const sum = (lines: typeof costs.byTask): number =>
      lines.reduce((total, line) => total + (line.usage.usd ?? 0), 0);
    expect(sum(costs.byTask)).toBeCloseTo(story.run.usage.usd ?? 0, 10);
    expect(sum(costs.byRole)).toBeCloseTo(story.run.usage.usd ?? 0, 10);
    expect(costs.unpriced).toBe(1);
  });

  test("a failure that the baseline had and the whole has no more is gone, a new one has appeared", () => {
    const story = mixed();
    const { baseline } = reportOf(story.run, story.events, false);
    expect(baseline).toContainEqual({
      name: "test",
      before: "red",
      after: "green",
      appeared: [],
      gone: ["queue > survives a crash", "old > flaky"],
    });
  });
});

test("a report on a run that is still under way says what remains", () => {
  const story = new RunStory().begun().broughtHome("4.1").started("4.2");
  const text = reportMarkdown(reportOf(story.run, story.events, true));
  expect(text).toContain("Running: 1 merged, 5 remaining of 6 tasks.");
  expect(text).toContain("cairn pause");
});

test("what was gated together stands below the order of merges, with what was red there", () => {
  const story = new RunStory().begun();
  const cars = ["4.1", "4.2"].map((task) => {
    const head = commit(task);
    return { task, head, forkPoint: commit("base"), commit: head, tree: task };
  });
  expect(reportText(reportOf(story.run, story.events, true), 100)).not.toContain("gated together");
  story
    .tell({ type: "TrainPlanned", onto: commit("base"), members: cars })
    .tell({ type: "TrainBuilt", cars, left: [] })
    .tell({ type: "TrainGated", length: 1, ok: true, results: [] })
    .tell({ type: "TrainGated", length: 2, ok: false, results: [gateResult("test", false)] })
    .tell({ type: "TrainEnded", why: "red", alone: { task: "4.2", red: ["test"] } });
  expect(reportText(reportOf(story.run, story.events, true), 100)).toContain(
    "2 of the branches gated together with others, in 1 train; 1 red there, and gated once more alone.",
  );
});

test("a landed run says how the landing is taken back", () => {
  const story = new RunStory().begun();
  for (const { key } of WORKERS) story.broughtHome(key);
  story.tell(
    { type: "TasksFinished", mergedAny: true },
    { type: "IntegrationPassed", commit: commit("merge-4.6"), results: [], lands: true },
    { type: "Landed", commit: commit("landed"), target: "main" },
  );
  const report = reportOf(story.run, story.events, false);
  expect(report.rollBack).toEqual(["git switch main", `git revert -m 1 ${commit("landed")}`]);
  expect(report.attention).toEqual([]);
});

test("titles and words of agents can open neither a tag nor a table cell nor a link", () => {
  const title = "<script>alert(1)</script> | [x](javascript:alert(1)) `rm` \n# Heading";
  const story = new RunStory().begun({}, [{ key: "1", title, criteria: [title] }]).broughtHome("1");
  const report = reportOf(story.run, story.events, false);
  const html = reportHtml(report);
  expect(html).not.toContain("<script>");
  expect(html).not.toContain('href="javascript');
  const markdown = reportMarkdown(report);
  expect(markdown).not.toContain("<script>");
  expect(markdown).not.toMatch(/^# Heading/m);
  expect(markdown).not.toMatch(/[^\\]\]\(javascript/);
  const row = markdown.split("\n").find((line) => line.startsWith("| 1 ")) ?? "";
  expect(row.replaceAll("\\|", "").split("|")).toHaveLength(9);
});

function begun(): RunStory {
  return new RunStory().begun({}, [
    { key: "1", title: "One" },
    { key: "2", title: "Two", needs: ["1"] },
  ]);
}

describe("exit codes", () => {
  const cases: readonly (readonly [string, () => RunStory, number])[] = [
    ["planning", () => new RunStory().created(), 5],
    ["running", begun, 8],
    ["draining", () => begun().tell({ type: "DrainRequested", by: "ada" }), 8],
    ["paused", () => begun().tell({ type: "RunAborted", by: "ada" }), 3],
    [
      "waiting",
      () =>
        begun()
          .started("1")
          .accepted("1")
          .asked("1", { text: "?" })
          .tell({ type: "NothingCanMove", waiting: [] }),
      5,
    ],
    [
      "halted by a critical stop",
      () => begun().tell({ type: "CriticalStopRaised", what: "breach", detail: "x", task: null }),
      5,
    ],
    ["halted by a panic", () => begun().tell({ type: "PanicRaised", by: "ada" }), 3],
    [
      "cancelled",
      () =>
        begun().tell(
          { type: "TaskCancelled", task: "2", by: "ada" },
          { type: "TaskCancelled", task: "1", by: "ada" },
          { type: "RunCancelled", by: "ada" },
        ),
      3,
    ],
    [
      "complete, all merged",
      () =>
        begun()
          .broughtHome("1")
          .broughtHome("2")
          .tell(
            { type: "TasksFinished", mergedAny: true },
            { type: "IntegrationPassed", commit: commit("x"), results: [], lands: false },
          ),
      0,
    ],
    [
      "complete, one done elsewhere",
      () =>
        begun()
          .broughtHome("1")
          .tell(
            { type: "TaskSkipped", task: "2", reason: "done-elsewhere", detail: "", by: "engine" },
            { type: "TasksFinished", mergedAny: true },
            { type: "IntegrationPassed", commit: commit("x"), results: [], lands: false },
          ),
      0,
    ],
    [
      "complete, one failed",
      () =>
        begun().started("1").failedFor("1", "x").tell({ type: "TasksFinished", mergedAny: false }),
      1,
    ],
  ];
  test.each(cases)("%s", (_name, story, code) => {
    expect(exitCodeOf(story().run)).toBe(code);
  });

  test("a run that nobody works on waits for a person, whatever its log says", () => {
    expect(exitCodeOf(begun().run, false)).toBe(5);
  });
});
