import { expect, test } from "vitest";
import { aRun, taskIn } from "../../../test/support/a-run.ts";
import { neighboursOf } from "./neighbours.ts";

const named = (...files: readonly string[]) => ({ issue: { files } });

test("who changes the files that the issue names is told, and who is merged first", () => {
  const run = aRun()
    .withTask("1", { status: "running", ...named("src/a.ts", "docs/") })
    .withTask("2", { status: "queued", changedPaths: ["src/a.ts", "src/b.ts"] })
    .withTask("3", { status: "fixing", changedPaths: ["docs/x.md"] })
    .withTask("4", { status: "running", ...named("src/a.ts") })
    // Elsewhere, not begun, over; and one that named the file and changed another.
    .withTask("5", { status: "running", ...named("src/c.ts", "documents/y.md") })
    .withTask("6", named("src/a.ts"))
    .withTask("7", { status: "merged", changedPaths: ["src/a.ts"] })
    .withTask("8", { status: "reviewing", changedPaths: ["src/d.ts"], ...named("src/a.ts") })
    .build();
  expect(neighboursOf(run, taskIn(run, "1"))).toEqual([
    { task: "2", title: "Task 2", paths: ["src/a.ts"], isReady: true },
    { task: "3", title: "Task 3", paths: ["docs/x.md"], isReady: false },
    { task: "4", title: "Task 4", paths: ["src/a.ts"], isReady: false },
  ]);
});

test("what the branch has changed counts more than what the issue names, and what it stands on is no neighbour", () => {
  const workspace = {
    slot: "w1",
    path: "/w/w1",
    branch: "feat/1",
    forkPoint: "s",
    standsOn: ["2"],
  };
  const run = aRun()
    .withTask("1", { status: "fixing", workspace, changedPaths: ["b.ts"], ...named("a.ts") })
    .withTask("2", { status: "queued", changedPaths: ["b.ts"] })
    .withTask("3", { status: "queued", changedPaths: ["a.ts"] })
    .withTask("4", { status: "queued", changedPaths: ["b.ts"] })
    .build();
  expect(neighboursOf(run, taskIn(run, "1")).map(({ task }) => task)).toEqual(["4"]);
});
