import { describe, expect, test } from "vitest";
import { aRun, aSession, NOW, sessionEnded } from "../../test/support/a-run.ts";
import type { Action } from "../core/run/actions.ts";
import type { RunEvent, StoredEvent } from "../core/run/events.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import { UserError } from "../errors.ts";
import { NO_FAULTS } from "./fault-points.ts";
import { RunEngine, type EngineParts } from "./run-engine.ts";

const SESSION = { at: "session", reminder: null, continues: null } as const;

/** An engine whose performers answer as the test says; performers without an answer never settle. */
function engineFor(
  run: Run,
  answers: (action: Action) => Outcome | Error | null,
  parts: Partial<EngineParts> = {},
): { engine: RunEngine; log: StoredEvent[]; begun: string[] } {
  const log: StoredEvent[] = [];
  const begun: string[] = [];
  const append = (
    _run: string,
    after: number,
    at: number,
    events: readonly RunEvent[],
  ): readonly StoredEvent[] => {
    const stored = events.map((event, index) => ({ ...event, seq: after + index + 1, at }));
    log.push(...stored);
    return stored;
  };
  const engine = new RunEngine(
    {
      log: { append, read: () => [], runs: () => [] },
      inbox: { post: () => 1, pending: () => [], version: () => 0 },
      clock: { now: () => NOW, alarm: () => () => undefined },
      faults: NO_FAULTS,
      perform: async (action) => {
        begun.push(action.key);
        const answer = answers(action);
        if (answer instanceof Error) throw answer;
        return answer ?? new Promise(() => undefined);
      },
      inspect: () => undefined,
      ...parts,
    },
    run,
  );
  return { engine, log, begun };
}

/** Runs until nothing of the engine is left to do in this turn of the event loop. */
async function settled(engine: RunEngine): Promise<unknown> {
  const end = engine.untilAtRest(1).then(
    () => "at rest",
    (error: unknown) => error,
  );
  const turn = new Promise((resolve) => {
    setImmediate(() => setImmediate(() => resolve("under way")));
  });
  return Promise.race([end, turn]);
}

function fullDisk(): never {
  throw new Error("disk full");
}

describe("the engine", () => {
  test("what was used today is told once, before anything is decided", async () => {
    const budget = { sessionUsd: null, taskUsd: null, runUsd: null, dayUsd: 5 };
    const spent = { usd: 5, inputTokens: 0, outputTokens: 0, turns: 0 };
    const day = { ends: NOW + 1_000, spent };
    const run = aRun({ budget }).withTask("1").build();
    const alarms: number[] = [];
    const { engine, log, begun } = engineFor(run, () => null, {
      day: () => day,
      clock: {
        now: () => NOW,
        alarm: (at) => {
          alarms.push(at);
          return () => undefined;
        },
      },
    });
    expect(await settled(engine)).toBe("under way");
    expect(log).toMatchObject([{ type: "EngineStarted", day }]);
    expect(begun).toEqual([]);
    expect(alarms).toEqual([NOW + 1_000]);
  });

  test("what the very first tick decides is recorded and begun", async () => {
    const { engine, log, begun } = engineFor(aRun().withTask("1").build(), () => null);
    expect(await settled(engine)).toBe("under way");
    expect(log.map((event) => event.type)).toEqual(["EngineStarted", "EffectStarted"]);
    expect(begun).toEqual(["workspace:1:n0"]);
  });

  test("effects that a dead engine left open are begun again under their keys, once", async () => {
    const run = aRun()
      .withTask("1", { status: "running", step: SESSION })
      .withEffect(aSession("1"))
      .build();
    const { engine, log, begun } = engineFor(run, () => null);
    expect(await settled(engine)).toBe("under way");
    expect(begun).toEqual(["session:1:s1"]);
    expect(log).toMatchObject([{ type: "EngineStarted", recovering: true }]);
  });

  test("an outcome is appended with all that follows from it, and its effect gets a receipt", async () => {
    const run = aRun()
      .withTask("1", { status: "running", step: SESSION })
      .withEffect(aSession("1"))
      .build();
    const { engine, log } = engineFor(run, (action) =>
      action.type === "RunSession" ? sessionEnded("1") : null,
    );
    await settled(engine);
    expect(log.map((event) => event.type)).toEqual([
      "EngineStarted",
      "EffectFinished",
      "SessionEnded",
      "StepDecided",
      "EffectStarted",
    ]);
  });

  test.each([
    ["a lock", Object.assign(new Error("locked"), { code: "EBUSY" })],
    ["a full disk", Object.assign(new Error("full"), { code: "ENOSPC" })],
    ["a bootstrap that fails", new UserError("workspace/bootstrap", "npm ci failed.")],
  ])(
    "%s delays the effect of a task, quoting its words, and stops nobody else",
    async (_name, error) => {
      const run = aRun().withTask("1").withTask("2").build();
      const { engine, log } = engineFor(run, (action) =>
        "task" in action && action.task === "1" ? error : null,
      );
      expect(await settled(engine)).toBe("under way");
      expect(log.at(-1)).toMatchObject({
        type: "EffectDelayed",
        why: error.message,
        notBefore: NOW + 2_000,
      });
    },
  );

  test("a bug in a performer ends the engine with that very error", async () => {
    const bug = new TypeError("x is not a function");
    const { engine } = engineFor(aRun().withTask("1").build(), () => bug);
    expect(await settled(engine)).toBe(bug);
  });

  test("an append that fails ends the engine before anything is begun", async () => {
    const { engine, begun } = engineFor(aRun().withTask("1").build(), () => null, {
      log: { append: fullDisk, read: () => [], runs: () => [] },
    });
    expect(await settled(engine)).toMatchObject({ message: "disk full" });
    expect(begun).toEqual([]);
  });

  test("a run in which nothing is live and only a person can help is at rest", async () => {
    const run = aRun()
      .withTask("1", { issue: { blockedFromOutside: "#99" } })
      .build();
    const { engine, log } = engineFor(run, () => null);
    expect(await settled(engine)).toBe("at rest");
    expect(log.at(-1)).toMatchObject({
      type: "NothingCanMove",
      waiting: [{ task: "1", why: "#99" }],
    });
  });
});
