import { describe, expect, test } from "vitest";
import {
  aRun,
  aSession,
  happens,
  NOW,
  sessionEnded,
  taskIn,
  tell,
  work,
} from "../../../test/support/a-run.ts";
import type { Finding } from "../execute/agent-report.ts";
import type { RunEvent } from "./events.ts";
import { failWork } from "./fail-work.ts";
import { foundAgain } from "./failed-states.ts";
import type { Run, RunSettings } from "./run.ts";

const SESSION = { at: "session", reminder: null, continues: null } as const;
const ROUNDS = { fixRounds: { pullRequest: 9, conflict: 9, run: 99 } };
const RED: Finding = {
  source: "gate",
  severity: "critical",
  file: "a.ts",
  line: 1,
  message: "a fails",
};

function fixing(changes: Partial<RunSettings> = {}): Run {
  return aRun({ ...ROUNDS, ...changes })
    .withTask("1", {
      status: "fixing",
      step: SESSION,
      roundKind: "pullRequest",
      head: "h",
      patchId: "p",
      findings: [RED],
    })
    .build();
}

/** A fix round of this run fails like that; answers what follows, which is taken into the run. */
function fails(run: Run, detail: string, findings: readonly Finding[] = []): RunEvent {
  const failure = { reason: findings.length > 0 ? "gates-red" : "agent-failed", detail } as const;
  const [event] = failWork(run, taskIn(run, "1"), failure, findings, NOW);
  if (event === undefined) throw new Error("nothing follows");
  if (event.type === "FixFailed") happens(run, event);
  return event;
}

describe("a fix round that fails as one before it", () => {
  test("ends the rounds although more are left, and says how often it came", () => {
    const run = fixing();
    expect(fails(run, "no route to host").type).toBe("FixFailed");
    const event = fails(run, "no route to host");
    expect(event).toMatchObject({
      type: "QuestionAsked",
      question: {
        kind: "rounds",
        text: expect.stringContaining("The same failure came 2 times: no route to host") as string,
      },
    });
    const alone = fixing({ mode: "autonomous" });
    fails(alone, "no route to host");
    expect(fails(alone, "no route to host")).toMatchObject({
      type: "TaskSkipped",
      reason: "agent-failed",
    });
  });

  test("goes on while something else goes wrong each time", () => {
    const run = fixing();
    for (const words of ["a", "b", "c", "d"]) expect(fails(run, words).type).toBe("FixFailed");
  });

  test("gates that stay red alike are looked at three times, the first time in the attempt included", () => {
    const run = aRun(ROUNDS).withTask("1", { status: "running", step: SESSION }).build();
    happens(run, {
      type: "GatesFailed",
      task: "1",
      commit: "c",
      findings: [RED],
      results: [],
      step: SESSION,
    });
    expect(fails(run, "red", [RED]).type).toBe("FixFailed");
    expect(fails(run, "red", [RED])).toMatchObject({
      type: "QuestionAsked",
      question: { text: expect.stringContaining("came 3 times") as string },
    });
    const other = fixing();
    for (const message of ["a", "b", "a", "b"])
      expect(fails(other, "red", [{ ...RED, message }]).type).toBe("FixFailed");
    expect(fails(other, "red", [{ ...RED, message: "a" }]).type).toBe("QuestionAsked");
  });

  test("a conflict round has a counter of its own: its base moves", () => {
    const run = fixing();
    run.tasks.set("1", { ...taskIn(run, "1"), roundKind: "conflict" });
    for (let count = 0; count < 4; count += 1) expect(fails(run, "same").type).toBe("FixFailed");
  });
});

function attempt(run: Run, end: "crashed" | "finished"): RunEvent | undefined {
  const task = taskIn(run, "1");
  run.tasks.set("1", { ...task, status: "running", step: SESSION, notBefore: null });
  const key = `session:1:s${task.sessions + 1}`;
  const session = `1-s${task.sessions + 1}`;
  const action = aSession("1", { key, session });
  happens(run, { type: "EffectStarted", key, action });
  const base = sessionEnded("1", { session, end, detail: "killed" });
  const report = base.report && { ...base.report, status: "failed" as const, error: "no tools" };
  const events = tell(run, key, { ...base, report, work: work("1") });
  return events.find((event) => event.type === "AttemptFailed");
}

function fiveAttempts(): Run {
  return aRun({ attempts: 5 }).withTask("1", { status: "running" }).build();
}

describe("an attempt that fails as one before it", () => {
  test("is the last where the agent says the same twice, not where the machine was at fault", () => {
    const said = fiveAttempts();
    expect(attempt(said, "finished")).toMatchObject({ final: false, detail: "no tools" });
    expect(attempt(said, "finished")).toMatchObject({
      final: true,
      detail: "The same failure came 2 times: no tools",
    });
    expect(taskIn(said, "1").status).toBe("failed");
    const killed = fiveAttempts();
    for (let count = 0; count < 3; count += 1)
      expect(attempt(killed, "crashed")).toMatchObject({ final: false });
  });

  test("a person's retry begins without that memory", () => {
    const run = fiveAttempts();
    attempt(run, "finished");
    attempt(run, "finished");
    expect(taskIn(run, "1").seen).toHaveLength(2);
    happens(run, { type: "TaskRetried", task: "1", by: "ada" });
    expect(taskIn(run, "1").seen).toEqual([]);
  });
});

test("findings of the forge that come a third time are told with their number, ahead of them", () => {
  const run = aRun().withTask("1", { status: "reviewing", head: "h", patchId: "p" }).build();
  const received = {
    type: "CiFailed",
    task: "1",
    head: "h",
    findings: [RED],
    step: SESSION,
  } as const;
  for (let count = 0; count < 2; count += 1) {
    expect(foundAgain(taskIn(run, "1"), [RED])).toEqual([RED]);
    happens(run, received);
    run.tasks.set("1", { ...taskIn(run, "1"), status: "reviewing", roundKind: null });
  }
  expect(foundAgain(taskIn(run, "1"), [RED])).toMatchObject([
    { source: "cairn", message: "The same failure came 3 times: a fails" },
    RED,
  ]);
});
