import { expect, test } from "vitest";
import { statusJson } from "../../api/status-json.ts";
import { RunStory, STORY_BEGINS } from "../../../test/support/run-story.ts";
import { resumeLines } from "./resume-lines.ts";

const ENGINE = { pid: 4711, command: "cairn run", startedAt: STORY_BEGINS };

test("four lines say what it is, what is done, what moves and what comes next", () => {
  const story = new RunStory()
    .begun()
    .broughtHome("4.1")
    .broughtHome("4.2")
    .started("4.3")
    .accepted("4.3")
    .started("4.5");
  expect(resumeLines(statusJson(story.run, story.now, ENGINE)).join("\n")).toMatchInlineSnapshot(`
    "Milestone   Workers (m4), docs/M4_workers.md: 6 issues
    Done        4.1, 4.2 (from the log of m4-workers-20261121-0640-k3f)
    Under way   4.3 reviewing, 4.5 running
    Next        4.4, then 4.6"
  `);
});

test("while a person is asked, what comes next is the command that answers", () => {
  const story = new RunStory()
    .begun()
    .started("4.1")
    .asked("4.1", { text: "Which port?", kind: "agent", options: [] });
  const lines = resumeLines(statusJson(story.run, story.now, ENGINE));
  expect(lines[2]).toBe("Under way   4.1 asks you");
  expect(lines[3]).toBe('Next        cairn answer 4.1 "…"');
});

test("a run that nobody works on goes on with resume", () => {
  const lines = resumeLines(
    statusJson(new RunStory().begun().started("4.1").run, STORY_BEGINS, null),
  );
  expect(lines[3]).toBe("Next        cairn resume");
});

test("a halted run goes on by a command, although its process is still there", () => {
  const story = new RunStory().begun().tell({ type: "PanicRaised", by: "ada" });
  const lines = resumeLines(statusJson(story.run, story.now, ENGINE));
  expect(lines[3]).toBe("Next        cairn resume --after-panic");
});
