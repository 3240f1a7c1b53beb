import { expect, test } from "vitest";
import { aRun, happens, NOW } from "../../../test/support/a-run.ts";
import { react } from "./react.ts";
import type { Run } from "./run.ts";

const MEMBERS = ["1", "2"].map((task) => ({ task, forkPoint: "head0", head: `work-${task}` }));

/** Two branches are gated together, and a tree is known to be green, as an engine with these tools found it. */
function gatedWith(tools: string | null): Run {
  const run = aRun().build();
  run.tools = tools;
  happens(run, { type: "TrainPlanned", onto: "head0", members: MEMBERS });
  run.greenTrees.add("green");
  return run;
}

function begun(run: Run, tools: string | undefined): Run {
  const more = tools === undefined ? {} : { tools };
  const started = { kind: "started", pid: 1, recovering: false, ...more } as const;
  for (const event of react(run, started, NOW)) happens(run, event);
  return run;
}

test("with other tools nothing is known to be green, and what is gated together ends", () => {
  const run = begun(gatedWith("node 24"), "node 26");
  expect(run).toMatchObject({ tools: "node 26", train: null, baseGated: null });
  expect(run.greenTrees.size).toBe(0);
});

test.each([
  ["the same tools", "node 24", "node 24"],
  ["an engine that does not look", "node 24", undefined],
  ["a log from before anybody looked", null, "node 24"],
])("%s change nothing", (_what, before, now) => {
  const run = begun(gatedWith(before), now);
  expect([...run.greenTrees]).toEqual(["green"]);
  expect(run.train?.members).toEqual(MEMBERS);
  expect(run.baseGated).toEqual({ commit: "head0", ok: true });
  expect(run.tools).toBe("node 24");
});
