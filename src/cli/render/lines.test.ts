import { expect, test } from "vitest";
import { createChangeTeller } from "../../api/tell-changes.ts";
import { aFinding, commit, gateResult, RunStory } from "../../../test/support/run-story.ts";
import { changeLine, type LineLook } from "./lines.ts";

const LOOK: LineLook = {
  ascii: false,
  annotate: false,
  clock: (at) => new Date(at).toISOString().slice(11, 19),
};

function linesOf(story: RunStory, look: Partial<LineLook> = {}): string {
  const teller = createChangeTeller(story.run.id);
  const lines = story.events
    .flatMap((event) => teller.take(event))
    .map((change) => changeLine(change, { ...LOOK, ...look }));
  return `${lines.join("\n")}\n`;
}

function eventful(): RunStory {
  return new RunStory()
    .begun()
    .wait(0.2)
    .started("4.1")
    .wait(2)
    .sessionEnded("4.1", 0.3, "stall")
    .tell({
      type: "AttemptFailed",
      task: "4.1",
      reason: "stall",
      detail: "No word from the agent for 10m.",
      final: false,
      notBefore: null,
    })
    .started("4.1")
    .wait(1)
    .accepted("4.1")
    .session("4.1", "spec-reviewer")
    .sessionEnded("4.1", 0.1)
    .tell({
      type: "ReviewRejected",
      task: "4.1",
      stage: "spec",
      patchId: "patch-4.1",
      findings: [aFinding("The heartbeat has no limit.")],
      step: { at: "session", reminder: null, continues: null },
    })
    .session("4.1", "fixer")
    .sessionEnded("4.1", 0.2)
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
    .wait(3)
    .accepted("4.2")
    .asked("4.2", { text: "May the queue\nbe public?" })
    .tell({
      type: "QuestionAnswered",
      task: "4.2",
      answer: "skip",
      kind: "rounds",
      to: "reviewing",
      step: { at: "undraft" },
      by: "ada",
    })
    .tell({
      type: "TaskSkipped",
      task: "4.2",
      reason: "by-command",
      detail: "Skipped by ada.",
      by: "ada",
    })
    .wait(0.1)
    .tell(
      { type: "TasksFinished", mergedAny: true },
      {
        type: "IntegrationPassed",
        commit: commit("merge-4.1"),
        results: [gateResult("test", true)],
        lands: false,
      },
    );
}

test("each change of a status is one line with time, task, old and new status and the reason", async () => {
  await expect(linesOf(eventful())).toMatchFileSnapshot("../../../test/golden/lines-eventful.txt");
});

test("under GitHub Actions what failed or needs a person is annotated, on one line each", async () => {
  const annotated = linesOf(eventful(), { annotate: true });
  await expect(annotated).toMatchFileSnapshot("../../../test/golden/lines-actions.txt");
});

test("the teller's state is the fold of the log", () => {
  const story = eventful();
  const teller = createChangeTeller(story.run.id);
  for (const event of story.events) teller.take(event);
  expect(teller.run.status).toBe("complete");
  expect(teller.run.seq).toBe(story.run.seq);
});
