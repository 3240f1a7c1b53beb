import { expect, test } from "vitest";
import { RunStory } from "../../test/support/run-story.ts";
import { openQuestions, statusJson } from "./status-json.ts";

const SURFACE = {
  kind: "protected-surface",
  text: "1 changes it.",
  options: ["approve", "skip", "abort"],
} as const;

test("what the run itself asks stands apart from what its tasks ask", () => {
  const story = new RunStory().begun({}, [{ key: "1", title: "One" }]);
  expect(statusJson(story.run, story.now, null)).not.toHaveProperty("phaseQuestion");
  story.started("1").accepted("1").asked("1", SURFACE);
  story.tell({ type: "PhaseEnded", phase: "Ground", next: "Roof" });
  const status = statusJson(story.run, story.now, null);
  expect(status.questions.map(({ task, kind }) => [task, kind])).toEqual([["1", SURFACE.kind]]);
  expect(status.phaseQuestion).toMatchObject({ kind: "phase", title: "Ground" });
  expect(openQuestions(status).map(({ kind }) => kind)).toEqual(["phase", SURFACE.kind]);
});

test("nobody is told to approve what they have not seen", () => {
  const story = new RunStory().begun({}, [{ key: "1", title: "One" }]);
  story.started("1").accepted("1").asked("1", SURFACE);
  const { next } = statusJson(story.run, story.now, null);
  expect(next).toEqual(["cairn resume", "cairn logs 1", "cairn skip 1", "cairn approve 1"]);
});
