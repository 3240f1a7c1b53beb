import { expect, test } from "vitest";
import { RunStory } from "../../test/support/run-story.ts";
import { createChangeTeller } from "./tell-changes.ts";

const ISSUES = [
  { key: "1.1", title: "One" },
  { key: "1.2", title: "Two", needs: ["1.1"] },
];

/** What a pipe is told of the last events, beside those before. */
function whys(story: RunStory): readonly (string | null)[] {
  const teller = createChangeTeller(story.run.id);
  return story.events.flatMap((event) => teller.take(event)).map(({ why }) => why);
}

test("who was done elsewhere is not called merged", () => {
  const story = new RunStory().begun({}, ISSUES).started("1.1");
  const done = { reason: "done-elsewhere", detail: "Validated.", by: "engine" } as const;
  story.tell({ type: "TaskSkipped", task: "1.1", ...done });
  expect(whys(story).at(-1)).toBe("1.1 is done elsewhere");
});

test("what a run waits for names each task once, and ends each sentence once", () => {
  const story = new RunStory().begun({}, ISSUES);
  story.tell({
    type: "NothingCanMove",
    waiting: [
      { task: "1.1", why: "1.1 is large; the limits are 8 and 400." },
      { task: "1.2", why: "waits for 1.1" },
      { task: "1", why: "1.1 is large" },
    ],
  });
  expect(whys(story).at(-1)).toBe(
    "1.1 is large; the limits are 8 and 400. 1.2: waits for 1.1; 1: 1.1 is large",
  );
});
