import { expect, test } from "vitest";
import { RunStory, type StoryIssue } from "../../test/support/run-story.ts";
import { stateJson } from "./state-json.ts";
import { worktreeStateJson } from "./worktree-state-json.ts";

const ISSUES: readonly StoryIssue[] = [
  { key: "1", title: "One" },
  { key: "2", title: "Two" },
  { key: "#3", title: "Three", needs: ["2"] },
];

function story(): RunStory {
  return new RunStory()
    .begun({}, ISSUES)
    .broughtHome("1")
    .started("2")
    .tell(
      { type: "CheckpointNamed", text: "first", by: "ada" },
      { type: "CheckpointNamed", text: "second", by: "ada" },
    );
}

test("a mark is in the fold's document and changes nothing of the run", () => {
  const { run, events } = story();
  const document = stateJson(run, events);
  expect(document.checkpoints.map(({ text, by, seq }) => ({ text, by, seq }))).toEqual([
    { text: "first", by: "ada", seq: run.seq - 1 },
    { text: "second", by: "ada", seq: run.seq },
  ]);
  const before = new RunStory().begun({}, ISSUES).broughtHome("1").started("2");
  const plain = stateJson(before.run, before.events);
  expect(document.tasks).toEqual(plain.tasks);
  expect(document.run).toEqual({ ...plain.run, seq: run.seq, changedAt: document.run.changedAt });
});

test("the document is plain JSON: nothing of the fold is lost on the way", () => {
  const { run, events } = story();
  const document = stateJson(run, events);
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  expect(document.tasks.map(({ key, status }) => [key, status])).toEqual([
    ["1", "merged"],
    ["2", "running"],
    ["#3", "blocked"],
  ]);
  expect(document.run.merged).toEqual(["1"]);
});

test("the familiar document has its own words, keys without a sign, and the newest mark", () => {
  const { run, events } = story();
  const document = worktreeStateJson(run, events);
  const { worktrees, ...head } = document;
  expect(head).toMatchObject({
    checkpoint_version: "1.0",
    phase: "executing",
    checkpoint_description: "second",
    integration_test_status: "pending",
    integration_test_timestamp: null,
  });
  expect(Object.entries(worktrees).map(([key, one]) => [key, one.status])).toEqual([
    ["1", "merged"],
    ["2", "implementing"],
    ["3", "created"],
  ]);
  expect(Object.values(document.pr_statuses)[0]).toEqual({
    state: "MERGED",
    mergeable: "MERGEABLE",
  });
});

test("the whole tested: the familiar document says how it ended and when", () => {
  const { run, events } = new RunStory()
    .begun({}, ISSUES)
    .broughtHome("1")
    .broughtHome("2")
    .tell({ type: "TaskSkipped", task: "#3", reason: "by-command", detail: "not now", by: "ada" })
    .tell(
      { type: "TasksFinished", mergedAny: true },
      { type: "IntegrationPassed", commit: "c".repeat(40), results: [], lands: false },
    );
  const last = events.at(-1);
  expect(worktreeStateJson(run, events)).toMatchObject({
    phase: "cleanup",
    integration_test_status: "passed",
    integration_test_timestamp: new Date(last?.at ?? 0).toISOString(),
  });
});
