import { expect, test } from "vitest";
import { aRun, say, taskIn, tell, types } from "../../../test/support/a-run.ts";
import type { Run, RunSettings } from "./run.ts";

const KEY = "workspace:1:n0";
const TAKEN = {
  of: "PrepareWorkspace",
  refused: "The branch `feat/1` already exists.",
  code: "workspace/branch-exists",
} as const;

function preparing(settings: Partial<RunSettings>): Run {
  return aRun(settings)
    .withTask("1")
    .withEffect({
      type: "PrepareWorkspace",
      key: KEY,
      task: "1",
      slot: "w1",
      branch: "feat/1",
      base: "base",
      mode: "create",
      attempt: 1,
    })
    .build();
}

test("a branch that others have made is asked about, and `clean` begins it anew", () => {
  const run = preparing({ existing: "ask", mode: "interactive" });
  tell(run, KEY, TAKEN);
  expect(taskIn(run, "1")).toMatchObject({
    status: "escalated",
    question: { kind: "workspace", options: ["clean", "skip", "abort"], default: "skip" },
  });
  expect(say(run, "fix", "1")).toMatchObject([{ type: "CommandTaken", accepted: false }]);
  expect(say(run, "answer", "1", "clean")).toContainEqual(
    expect.objectContaining({
      type: "EffectStarted",
      action: expect.objectContaining({ type: "PrepareWorkspace", task: "1", mode: "restart" }),
    }),
  );
});

test("nobody is asked where the settings leave such tasks out, where nobody is there, or where nothing can be cleaned", () => {
  const left = preparing({ existing: "skip", mode: "interactive" });
  tell(left, KEY, TAKEN);
  const alone = preparing({ existing: "ask", mode: "autonomous" });
  tell(alone, KEY, TAKEN);
  for (const run of [left, alone])
    expect(taskIn(run, "1")).toMatchObject({ status: "skipped", reason: "branch-exists" });
  const used = preparing({ existing: "ask", mode: "interactive" });
  expect(types(tell(used, KEY, { ...TAKEN, code: "workspace/folder-in-use" }))).toContain(
    "TaskSkipped",
  );
});
