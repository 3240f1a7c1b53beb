import { expect, test } from "vitest";
import { aRun, happens, taskIn, tell, work } from "../../../test/support/a-run.ts";
import { NO_DISCIPLINE } from "../../../test/support/no-discipline.ts";
import type { Finding } from "../execute/agent-report.ts";
import type { Action } from "./actions.ts";
import type { Run, Step } from "./run.ts";

const FINDING: Finding = {
  source: "quality",
  severity: "critical",
  file: "a.ts",
  line: 1,
  message: "It is wrong.",
};

function fixing(step: Step, effect: Action): Run {
  const rejections = [{ stage: "quality" as const, patchId: work("1").patchId, findings: [] }];
  const rounds = { spec: 0, quality: 1, tests: 0, pullRequest: 0, conflict: 0 };
  return aRun({ discipline: { ...NO_DISCIPLINE, autofix: ["format"] } })
    .withTask("1", {
      status: "fixing",
      step,
      head: "old",
      roundKind: "quality",
      rounds,
      rejections,
      findings: [FINDING],
    })
    .withEffect(effect)
    .build();
}

test("a rejected patch does not pass by what a fixer left in the tree", () => {
  const run = fixing({ at: "commit" }, { type: "CommitLeftovers", key: "c1", task: "1" });
  tell(run, "c1", { of: "CommitLeftovers", work: work("1") });
  expect(taskIn(run, "1")).toMatchObject({ status: "fixing", rounds: { quality: 2 } });
});

test("a rejected patch does not pass by what repairing commands made of another", () => {
  const run = fixing({ at: "autofix" }, { type: "Autofix", key: "a1", task: "1" });
  tell(run, "a1", { of: "Autofix", work: work("1") });
  expect(taskIn(run, "1")).toMatchObject({ status: "fixing", rounds: { quality: 2 } });
});

test("a round that failed at something else is still about what it was opened for", () => {
  const run = fixing({ at: "commit" }, { type: "CommitLeftovers", key: "c1", task: "1" });
  const failed = (message: string): void => {
    const finding: Finding = { ...FINDING, source: "gate", message };
    const event = { type: "FixFailed", task: "1", reason: "gates-red", detail: "" } as const;
    happens(run, { ...event, findings: [finding], notBefore: null });
  };
  failed("Gate lint");
  failed("Gate test");
  expect(taskIn(run, "1").findings.map(({ message }) => message)).toEqual([
    "Gate test",
    "It is wrong.",
  ]);
});
