import { expect, test } from "vitest";
import { aRun, NOW, say, taskIn, tell } from "../../../test/support/a-run.ts";
import { NO_DISCIPLINE } from "../../../test/support/no-discipline.ts";
import type { Run, RunSettings, StoredStatus } from "./run.ts";

const FORGE = { kind: "github", opensDraft: true } as unknown as RunSettings["forge"] & object;
const SECRET = { rule: "github-token", path: "a.ts", line: 3, fingerprint: "f00" };

function leaked(status: StoredStatus, settings: Partial<RunSettings> = {}): Run {
  const action = { type: "ProveWork", key: "p1", task: "1", commit: "c2" } as const;
  const run = aRun({ discipline: NO_DISCIPLINE, ...settings })
    .withTask("1", {
      status,
      step: { at: "proof", commit: "c2" },
      head: "c1",
      roundKind: status === "fixing" ? "quality" : null,
    })
    .withEffect(action)
    .build();
  const change = { files: 1, lines: 1, stops: [], tests: [], coverage: null, secrets: [SECRET] };
  tell(run, "p1", { of: "ProveWork", commit: "c2", proof: null, change });
  return run;
}

test("a secret in a fix round is tried again by the fixer, who is told where the commits are clean", () => {
  const run = leaked("fixing");
  say(run, "retry", "1");
  const task = taskIn(run, "1");
  expect(task).toMatchObject({ status: "fixing", step: { at: "session" } });
  expect(task.findings[0]?.message).toContain("github-token in a.ts:3");
  expect(task.findings[0]).toMatchObject({ source: "cairn", cleanAt: "c1" });
});

test("a secret that somebody pushed is measured again, by no session", () => {
  const local = leaked("reviewing");
  say(local, "retry", "1");
  expect(taskIn(local, "1").step).toEqual({ at: "gates", commit: "c1" });
  const there = leaked("reviewing", { forge: FORGE });
  say(there, "retry", "1");
  expect(taskIn(there, "1").step).toEqual({ at: "checks", head: "c1", since: NOW });
});

test("the end of a phase may be let pass while the run is halted, and in none that is over", () => {
  const asks = { phase: "Build", next: "Ship", askedAt: NOW };
  const halted = aRun({ discipline: { ...NO_DISCIPLINE, phases: true } })
    .with({ status: "halted", panicked: true, phases: { passed: new Set(), asks } })
    .withTask("1", { issue: { phase: "Ship" } })
    .build();
  say(halted, "continue");
  expect(halted).toMatchObject({ status: "halted", phases: { asks: null } });
  const over = aRun({})
    .with({ status: "cancelled", phases: { passed: new Set(), asks } })
    .build();
  const [taken] = say(over, "continue");
  expect(taken).toMatchObject({ type: "CommandTaken", accepted: false });
});
