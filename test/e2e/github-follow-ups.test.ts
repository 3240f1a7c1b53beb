// An agent does a part of an issue on GitHub: the rest becomes an issue of the milestone, and everything comes home.
import { afterEach, expect, test } from "vitest";
import {
  issuesOf,
  markedComments,
  mergedOn,
  pullsOf,
  defectsOf,
} from "../support/e2e-github-facts.ts";
import { GitHubSample } from "../support/e2e-github.ts";

let sample: GitHubSample | null = null;
afterEach(async () => {
  await sample?.close();
  sample = null;
});

/** Of the first issue it does a part; a second session of it, or any other issue, is done whole. */
const AGENT = `#!/bin/sh
case $CAIRN_ROLE in
*reviewer) echo PASS ;;
*)
  mkdir -p src && cat > "src/task-$CAIRN_TASK.md"
  if [ "$CAIRN_TASK" = "#1" ]; then
    echo '{"status":"partial","summary":"One half.","steps_blocked":[{"step":"the second half, @ada","why":"blocked by #3"}]}'
  fi ;;
esac
`;

test("the rest is an issue of the milestone; whoever waited for the whole waits for both", async () => {
  const one = await GitHubSample.make({
    agent: AGENT,
    config: "profile: plain\nland: auto\n",
    issues: [
      { title: "Read the settings", needs: [] },
      { title: "Check the settings", needs: [1] },
      { title: "Write the log", needs: [], text: "Depends on: none" },
    ],
  });
  sample = one;
  const { hub, double } = one.world;
  // The answer is lost, and GitHub fails once more when it is asked again.
  const on = "POST /repos/{owner}/{repo}/issues";
  double.faults.push({ on, kind: "answer-lost", times: 1 });
  const args = ["run", "Phase 1", "--autonomous", "--parallel", "2"];
  const ended = await one.cairn(args, {}, { hangsAfterMs: 200_000 });
  expect(ended).toMatchObject({ code: 0 });

  const rest = issuesOf(one).filter(({ title }) => title.startsWith("Follow-up of #1"));
  expect(rest).toMatchObject([
    {
      title: "Follow-up of #1: Read the settings",
      milestone: one.milestone,
      blockedBy: ["1"],
      state: "closed",
      stateReason: "completed",
    },
  ]);
  const number = rest[0]?.number ?? 0;
  // What an agent says calls nobody and waits for nobody.
  expect(rest[0]?.body).not.toMatch(/(?<!\w)@ada/u);
  expect(hub.issues.get(2)?.blockedBy).toEqual(["1", String(number)]);

  const { run, events } = one.run();
  expect(events.filter(({ type }) => type === "QuestionAsked")).toEqual([]);
  expect(run.tasks.get(`#${number}`)).toMatchObject({ status: "merged" });
  expect(run.tasks.get(`#${number}`)?.issue.blockers.map(({ key }) => key)).toEqual(["#1"]);
  const merged = mergedOn(one, "main^2");
  expect(merged.toSorted((a, b) => a - b)).toEqual([1, 2, 3, number].toSorted((a, b) => a - b));
  expect(merged.indexOf(2)).toBeGreaterThan(Math.max(merged.indexOf(1), merged.indexOf(number)));

  const part = pullsOf(one).find(({ task }) => task === "#1");
  expect(part?.issue.body).toContain(`This is a part of #1. What is left is in #${number}.`);
  expect(markedComments(one, 1, "closed")[0]?.body).toContain(`what is left is in #${number}.`);
  expect(hub.issues.get(1)?.state).toBe("closed");
  expect(defectsOf(one)).toEqual([]);
  const report = await one.cairn(["report"]);
  expect(report.words).toContain(
    `#${number} (merged) is a follow-up of #1, of which a part is merged.`,
  );
}, 240_000);
