import { expect, test } from "vitest";
import { RunStory } from "../../test/support/run-story.ts";
import { endSummary } from "./end-summary.ts";

const ISSUES = [
  { key: "1", title: "One" },
  { key: "2", title: "Two" },
  { key: "3", title: "Three", needs: ["2"] },
  { key: "4", title: "Four", needs: ["3"] },
  { key: "5", title: "Five" },
  { key: "6", title: "Six" },
];

/** One home, one skipped by the rules with its chain, one failed, one that only a person may decide. */
function alone(): RunStory {
  const story = new RunStory().begun({ mode: "autonomous", parallel: 6 }, ISSUES).broughtHome("1");
  story.started("2").accepted("2").tell({
    type: "TaskSkipped",
    task: "2",
    reason: "review-rejected",
    detail: "2 is not right\nafter 2 fix rounds.",
    by: "autonomous policy",
  });
  story.started("5").failedFor("5", "No word for 10 minutes.");
  return story
    .started("6")
    .accepted("6")
    .asked("6", {
      kind: "protected-surface",
      text: "6 changes a protected surface.",
      options: ["approve", "skip"],
    });
}

test("an autonomous run ends with what it decided and why, what failed, and what waits", () => {
  const story = alone();
  expect(endSummary(story.run, story.events, { questionsShown: false }).join("\n"))
    .toMatchInlineSnapshot(`
      "1 of 6 merged on milestone/m4-workers; the run is running.
      Decided without a person:
        2  skipped: 2 is not right after 2 fix rounds. With it: 3, 4.
      Failed:
        5  stall: No word for 10 minutes.
      Waits for a person:
        6  6 changes a protected surface.
           cairn approve 6, cairn skip 6 (default)
        next: cairn resume
        next: cairn logs 6
        next: cairn skip 6"
    `);
});

test("what stands on the screen already is not said again", () => {
  const story = alone();
  const lines = endSummary(story.run, story.events, { questionsShown: true });
  expect(lines).not.toContain("Waits for a person:");
  expect(lines).toContain("Decided without a person:");
});

test("what a person has skipped was not decided without one", () => {
  const story = new RunStory().begun({}, ISSUES).started("2");
  story.tell({ type: "TaskSkipped", task: "2", reason: "by-command", detail: "No.", by: "ada" });
  const lines = endSummary(story.run, story.events, { questionsShown: false });
  expect(lines).not.toContain("Decided without a person:");
});

test("defaults that counted, labels and tries begun again are decisions too, each said once", () => {
  const story = new RunStory().begun({ mode: "autonomous", parallel: 6 }, ISSUES);
  story.started("1").tell({
    type: "StepDecided",
    task: "1",
    step: { at: "session", reminder: "answer", continues: null },
    why: "Answered with the agent's own default: the first",
  });
  const labels = ["sensitive-review"];
  story.started("5").accepted("5").tell({ type: "LabelsSet", task: "5", labels });
  story.tell({ type: "LabelsSet", task: "5", labels });
  const lines = endSummary(story.run, story.events, { questionsShown: false });
  expect(lines.filter((line) => line.startsWith("  1  ") || line.startsWith("  5  "))).toEqual([
    "  1  answered with the agent's own default: the first",
    "  5  went on with the label sensitive-review",
  ]);
});

test.each(["stops of the configuration", "engine", "the milestone"])(
  "what %s has skipped is told, with what it took along",
  (by) => {
    const story = new RunStory().begun({}, ISSUES).started("2");
    story.tell({ type: "TaskSkipped", task: "2", reason: "stop", detail: "It is there.", by });
    const lines = endSummary(story.run, story.events, { questionsShown: false });
    expect(lines).toContain("  2  skipped: It is there. With it: 3, 4.");
  },
);

test("what counts as done without a change is no skipped task; what failed names what it took along", () => {
  const story = new RunStory().begun({ parallel: 6 }, ISSUES).started("1").started("2");
  const done = { reason: "done-elsewhere", detail: "Validated.", by: "engine" } as const;
  story.tell({ type: "TaskSkipped", task: "1", ...done }).failedFor("2", "No word.");
  const lines = endSummary(story.run, story.events, { questionsShown: false });
  expect(lines).toContain("  1  counted as done: Validated.");
  expect(lines).toContain("  2  stall: No word. With it: 3, 4.");
});
