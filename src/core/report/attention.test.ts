import { expect, test } from "vitest";
import { RunStory } from "../../../test/support/run-story.ts";
import { profileOf } from "../run/profile.ts";
import type { RunSettings } from "../run/settings.ts";
import { notDoneOf } from "./attention.ts";

function notDone(review: RunSettings["review"]): readonly string[] {
  const { run } = new RunStory().begun({ review });
  return notDoneOf(run, profileOf(run.settings));
}

test("a review that was asked for and that nobody could do is not called one that nobody wanted", () => {
  expect(notDone({ mode: "none", rounds: 2 })).toContain(
    "Not reviewed by Cairn: no review was asked for.",
  );
  const withheld = { mode: "two-stage", agent: "sh" } as const;
  expect(notDone({ mode: "none", rounds: 2, withheld })).toContain(
    "Not reviewed by Cairn: two-stage was asked for, but sh cannot review: name agents.roles.quality-reviewer.",
  );
  expect(notDone({ mode: "two-stage", rounds: 2 }).join(" ")).not.toContain("Not reviewed");
});
