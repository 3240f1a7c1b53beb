import { describe, expect, test } from "vitest";
import { commit, gateResult, RunStory } from "../../../test/support/run-story.ts";
import { nextCommands } from "../../api/next-commands.ts";
import { reportOf } from "../../api/report-json.ts";
import { reasonOf } from "../../api/run-words.ts";
import { createChangeTeller } from "../../api/tell-changes.ts";
import type { RunEvent } from "../run/events.ts";
import type { RunSettings } from "../run/settings.ts";
import { reportMarkdown } from "./report-markdown.ts";

const RED = [gateResult("typecheck", true), gateResult("test", false)];
const TREE = { tree: commit("tree-before"), results: [gateResult("test", true)], by: "ada" };

function failed(more: Partial<Extract<RunEvent, { type: "IntegrationFailed" }>> = {}): RunEvent {
  const trials = [
    { task: null, commit: commit("base"), ok: true },
    { task: "2", commit: commit("merge-2"), ok: false },
  ];
  const search = { trials, why: "Green until 1, red since 2 was merged." };
  const at = { commit: commit("merge-3"), results: RED };
  return { type: "IntegrationFailed", ...at, culprit: "2", search, ...more };
}

/** Three tasks, 3 needs 2; all are merged, and the whole is red. */
function redWhole(failure = failed(), settings: Partial<RunSettings> = {}): RunStory {
  const issues = [
    { key: "1", title: "One" },
    { key: "2", title: "Two" },
    { key: "3", title: "Three", needs: ["2"] },
  ];
  const story = new RunStory().begun(settings, issues);
  for (const { key } of issues) story.broughtHome(key);
  return story.tell(
    { type: "TasksFinished", mergedAny: true },
    { type: "IntegrationRed", commit: commit("merge-3"), results: RED },
    failure,
  );
}

/** 2 is taken back, by a person's word. */
function takenBack(): RunStory {
  return redWhole().tell(
    { type: "RevertRequested", task: "2", by: "ada" },
    {
      type: "TaskReverted",
      task: "2",
      from: commit("merge-3"),
      commit: commit("revert-2"),
      ...TREE,
    },
  );
}

describe("a red whole", () => {
  test("is said with its culprit, and what to do comes first", () => {
    const { run } = redWhole();
    const at = commit("merge-2").slice(0, 10);
    expect(reasonOf(run)).toBe(
      `The integration test failed on milestone/m4-workers at ${commit("merge-3").slice(0, 10)}: test. Red since 2 was merged (${at}). To go on: cairn revert 2. Or mend it on milestone/m4-workers, by hand or with an agent of your own, then: cairn resume.`,
    );
    expect(nextCommands(run, false)).toEqual(["cairn revert 2", "cairn resume", "cairn report"]);
  });

  test("without a culprit, or where a revert is a person's own, no revert is offered", () => {
    const why = "It was red before anything of this run was merged.";
    const unknown = redWhole(failed({ culprit: null, search: { trials: [], why } })).run;
    expect(reasonOf(unknown)).toContain(why);
    expect(nextCommands(unknown, false)).toEqual(["cairn resume", "cairn report"]);
    const direct = redWhole(failed(), { target: "main", integrationBranch: "main" }).run;
    expect(nextCommands(direct, false)).not.toContain("cairn revert 2");
    expect(reasonOf(direct)).not.toContain("cairn revert");
  });

  test("that nobody could test is not called red", () => {
    const broken = failed({ culprit: null, results: [], why: "The disk is full." });
    const { run } = redWhole(broken);
    expect(reasonOf(run)).toBe("The integration test could not be run: The disk is full.");
  });

  test("shows in the report what was tried", () => {
    const story = redWhole();
    const text = reportMarkdown(reportOf(story.run, story.events, false));
    expect(text).toContain("Green until 1, red since 2 was merged.");
    expect(text).toContain("| 1 | nothing of this run | ");
    expect(text).toMatch(/\| 2 \| 2 \| [0-9a-f]{10} \| red \|/);
  });
});

describe("a task that was taken back", () => {
  test("is told as it happens", () => {
    const story = takenBack();
    const teller = createChangeTeller(story.run.id);
    const told = story.events.flatMap((event) => teller.take(event));
    expect(told).toContainEqual(
      expect.objectContaining({ task: null, to: "running", why: "2 is taken back, by ada" }),
    );
    const why = `Taken back by ada as ${commit("revert-2").slice(0, 10)}.`;
    expect(told).toContainEqual(
      expect.objectContaining({ task: "2", from: "merged", to: "failed", why, severity: "error" }),
    );
  });

  test("leaves those that were merged on top suspect, until it is there again", () => {
    const story = takenBack();
    const suspect = "3 was merged on 2, which was taken back: look whether it still holds.";
    expect(reportOf(story.run, story.events, false).attention).toContain(suspect);
    story.tell({ type: "TaskRetried", task: "2", by: "ada" });
    story.tell({ type: "MergedByPerson", task: "2", commit: commit("again") });
    expect(reportOf(story.run, story.events, false).attention).not.toContain(suspect);
  });

  test("cannot be taken back twice; the others can, the newest first", () => {
    const story = takenBack();
    const { rollBack, taskRollBacks } = reportOf(story.run, story.events, false);
    expect(rollBack).toEqual(["cairn revert 3"]);
    expect(taskRollBacks.map(({ task, before, after }) => [task, before, after])).toEqual([
      ["3", "cairn revert 3", `git revert ${commit("merge-3")}`],
      ["1", "cairn revert 1", `git revert ${commit("merge-1")}`],
    ]);
  });

  test("and that could not be, is said with the reason", () => {
    const story = redWhole().tell(
      { type: "RevertRequested", task: "2", by: "ada" },
      { type: "RevertRefused", task: "2", why: "It is built on (a.txt)" },
    );
    const teller = createChangeTeller(story.run.id);
    const told = story.events.flatMap((event) => teller.take(event));
    expect(told.at(-1)).toMatchObject({
      task: null,
      why: "2 is not taken back: It is built on (a.txt)",
      severity: "warning",
    });
  });
});
