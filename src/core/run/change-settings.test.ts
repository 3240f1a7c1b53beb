import { describe, expect, test } from "vitest";
import { aRun, NOW, taskIn, types } from "../../../test/support/a-run.ts";
import { decide } from "./decide.ts";
import type { RunEvent } from "./events.ts";
import type { Run } from "./run.ts";
import type { SettingsChanges } from "./settings.ts";
import { tick } from "./transition.ts";
import { waitingFor } from "./waiting-for.ts";

function resume(run: Run, settings?: SettingsChanges): readonly RunEvent[] {
  const command = {
    name: "resume",
    task: null,
    text: null,
    flags: settings === undefined ? {} : { settings },
    by: "ada",
    from: "terminal",
  } as const;
  const number = run.commandsTaken + 1;
  return tick(run, [{ kind: "command", number, command }], NOW, () => undefined).events;
}

function answerTo(events: readonly RunEvent[]): unknown {
  return events.find((event) => event.type === "CommandTaken");
}

const BUDGET = { sessionUsd: null, taskUsd: null, runUsd: 5 };

function spent(changes: Partial<Run> = {}): Run {
  const usage = { usd: 5, inputTokens: 600, outputTokens: 400, turns: 1 };
  return aRun({ budget: BUDGET })
    .withTask("1")
    .with({ status: "waiting", usage, ...changes })
    .build();
}

describe("settings that a person changes", () => {
  test("a run that waits for money goes on when its budget is raised", () => {
    const run = spent();
    expect(types(resume(run))).toContain("NothingCanMove");
    const events = resume(run, { budget: { runUsd: 10 } });
    expect(types(events).slice(0, 3)).toEqual(["CommandTaken", "SettingsChanged", "RunResumed"]);
    expect(types(events)).toContain("EffectStarted");
    expect(run.settings.budget).toEqual({ sessionUsd: null, taskUsd: null, runUsd: 10 });
  });

  test("more at once: the tasks in flight follow where their number was not chosen", () => {
    const run = aRun({ parallel: 2, inFlight: 5 }).withTask("1", { status: "escalated" }).build();
    const events = resume(run, { parallel: 4 });
    expect(types(events).slice(0, 2)).toEqual(["CommandTaken", "SettingsChanged"]);
    expect(run.settings).toMatchObject({ parallel: 4, inFlight: 9, mode: "interactive" });
    const chosen = aRun({ parallel: 2, inFlight: 3 }).build();
    resume(chosen, { parallel: 4 });
    expect(chosen.settings.inFlight).toBe(3);
  });

  test("nothing is changed by a word that is refused", () => {
    for (const run of [spent(), spent({ status: "halted" })]) {
      const before = run.settings;
      const events = resume(run, { parallel: 0, budget: { runUsd: 9 } });
      expect(types(events)).toEqual(["CommandTaken"]);
      expect(answerTo(events)).toMatchObject({ accepted: false });
      expect(run.settings).toBe(before);
    }
    const alone = aRun({ worktrees: false, parallel: 1 }).build();
    expect(answerTo(resume(alone, { parallel: 2 }))).toMatchObject({ accepted: false });
  });
});

describe("ceilings in tokens", () => {
  test("stop new turns of the run and of the task, input and output together", () => {
    for (const budget of [{ runTokens: 1_000 }, { taskTokens: 1_000 }]) {
      const run = spent({ status: "running" });
      run.settings = { ...run.settings, budget: { ...BUDGET, runUsd: null, ...budget } };
      const usage = { usd: null, inputTokens: 600, outputTokens: 400, turns: 1 };
      run.tasks.set("1", { ...taskIn(run, "1"), usage });
      expect(decide(run, NOW).actions).toEqual([]);
      expect(waitingFor(run, taskIn(run, "1"), NOW)).toEqual({ what: "budget" });
    }
  });
});
