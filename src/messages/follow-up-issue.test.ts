import { describe, expect, test } from "vitest";
import { aRun, NOW, sessionEnded, taskIn } from "../../test/support/a-run.ts";
import { statusJson } from "../api/status-json.ts";
import { parseFollowUpOf } from "../core/plan/follow-up-line.ts";
import { readDependencies } from "../core/plan/read-dependencies.ts";
import { followUpLines, unwrittenFollowUps } from "../core/report/follow-ups.ts";
import type { ReportTask } from "../core/report/report.ts";
import { followUpDrafts } from "../core/run/follow-ups.ts";
import { reviewFacts } from "../core/run/review-facts.ts";
import type { Run } from "../core/run/run.ts";
import { taskLines } from "../cli/render/tree-tasks.ts";
import { mergedIntoIntegration } from "./closing.ts";
import { followUpBody } from "./follow-up-issue.ts";
import { pullRequestBody } from "./pull-requests.ts";
import { statusComment } from "./status-comment.ts";

const REPORT = {
  ...sessionEnded("#1").report!,
  status: "partial" as const,
  stepsBlocked: [{ step: "send it to @ada", why: "fixes #9" }],
};

/** A part of #1 is merged, its rest #57 is to be done. */
function inParts(): Run {
  return aRun()
    .withTask("#1", {
      status: "merged",
      report: REPORT,
      followUps: ["#57"],
      issue: { body: "Depends on: #3\n\n```\ncode\n```\n\n## Dependencies\n\n- #4\n\n@bob" },
    })
    .withTask("#2", { dependsOn: ["#1", "#57"] })
    .withTask("#57", { dependsOn: ["#1"], issue: { followUpOf: "#1", title: "The rest" } })
    .build();
}

function bodyOf(run = inParts()): string {
  const [draft] = followUpDrafts(run, taskIn(run, "#1"));
  return draft === undefined ? "" : followUpBody(run, { ...draft, dependents: ["#2"] });
}

const of = (key: string) => {
  const run = inParts();
  return { run, task: taskIn(run, key) };
};

function over(kind: "markdown" | "github", changes: Partial<Run> = {}): Run {
  const run = inParts();
  const plan = { source: { kind, reference: "plan.md" }, issues: [] };
  return Object.assign(run, { plan, status: "complete", endedAt: NOW, ...changes });
}

describe("the text of the issue", () => {
  test("begins with its mark, names its original, and declares exactly its own edges", () => {
    const body = bodyOf();
    expect(body.split("\n")[0]).toBe("<!-- cairn:follow-up:run:#1:0:2 -->");
    expect(parseFollowUpOf(body)).toBe("#1");
    const { declarations } = readDependencies(body);
    expect(declarations.map(({ target, reverse = false }) => [target, reverse])).toEqual([
      ["#1", false],
      ["#2", true],
    ]);
  });

  test("calls nobody and closes nothing, and carries the original's text along", () => {
    const body = bodyOf();
    const said = body.slice(0, body.indexOf("````text"));
    expect(said).toContain("- send it to ada (fixes `#9`)");
    expect(body).toContain("````text\nDepends on: #3");
  });
});

describe("what is said of a task that was done in parts", () => {
  test("on the forge: in its pull request, its comment and at its issue's end", () => {
    const { run, task } = of("#1");
    expect(pullRequestBody(run, task)).toContain("This is a part of #1. What is left is in #57.");
    expect(statusComment(run, task)).toContain("| What is left | is in #57 |");
    expect(mergedIntoIntegration(run, task)).toContain("what is left is in #57.");
    expect(mergedIntoIntegration(run, taskIn(run, "#2"))).not.toContain("left");
  });

  test("to reviewers: what belongs to the rest is no defect of the part", () => {
    const { run, task } = of("#1");
    expect(reviewFacts(run, task)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('What is left is planned as #57 "The rest"'),
        "Left to #57: send it to @ada (fixes #9)",
      ]),
    );
  });

  test("in status and tree, of the part and of the rest", () => {
    const { run } = of("#1");
    const status = statusJson(run, NOW, null);
    const [part, waiting, rest] = status.tasks;
    expect([part?.followUps, waiting?.followUps, rest?.followUpOf]).toEqual([
      ["#57"],
      undefined,
      "#1",
    ]);
    const columns = { key: 4, title: 20, pull: 0, age: false, cost: false };
    const look = { width: 100, colour: false, unicode: true, now: NOW, clock: () => "" };
    const drawn = (task = part): string =>
      task === undefined ? "" : taskLines(task, columns, look as never).join("\n");
    expect(drawn()).toContain("the rest is #57");
    expect(drawn(rest)).toContain("follow-up of #1");
    expect(drawn(waiting)).not.toContain("follow-up");
  });

  test("in the report, with what became of both", () => {
    const tasks = [
      { key: "4.1", outcome: "merged" },
      { key: "4.1b", outcome: "failed", followUpOf: "4.1" },
      { key: "9b", outcome: "remaining", followUpOf: "9" },
    ] as const;
    expect(followUpLines(tasks as unknown as readonly ReportTask[])).toEqual([
      "4.1b (failed) is a follow-up of 4.1, of which a part is merged.",
      "9b (remaining) is a follow-up of 9.",
    ]);
  });
});

describe("follow-ups that no file of the source holds", () => {
  test("are named once nothing is written any more", () => {
    expect(unwrittenFollowUps(over("markdown"))).toEqual(["#57"]);
    expect(unwrittenFollowUps(over("markdown", { status: "running", endedAt: null }))).toEqual([]);
  });

  test("are none on a service, where they were written, or where the part is not merged", () => {
    const progress = { path: "plan.md", from: "c", followUps: ["#57"] };
    expect(unwrittenFollowUps(over("github"))).toEqual([]);
    expect(unwrittenFollowUps(over("markdown", { progress }))).toEqual([]);
    const run = over("markdown");
    run.tasks.set("#1", { ...taskIn(run, "#1"), status: "failed" });
    expect(unwrittenFollowUps(run)).toEqual([]);
  });

  test("are told where a gate did not like the text", () => {
    const progress = { path: "plan.md", left: "the gates are red with them" };
    expect(unwrittenFollowUps(over("markdown", { progress }))).toEqual(["#57"]);
  });
});
