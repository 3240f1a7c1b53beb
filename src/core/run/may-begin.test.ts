import { describe, expect, test } from "vitest";
import {
  aRun,
  aSession,
  happens,
  NOW,
  sessionEnded,
  taskIn,
  tell,
  types,
} from "../../../test/support/a-run.ts";
import { leftForSession } from "./budget.ts";
import { decide } from "./decide.ts";
import { checkInvariants } from "./invariants.ts";
import type { RunEvent } from "./events.ts";
import type { Run } from "./run.ts";
import type { Budget } from "./settings.ts";
import { tick } from "./transition.ts";
import { waitingFor } from "./waiting-for.ts";

const NONE: Budget = { sessionUsd: null, taskUsd: null, runUsd: null };
const HOUR_MS = 3_600_000;
const MIDNIGHT = NOW + 6 * HOUR_MS;

function spent(usd: number, tokens = 0): NonNullable<Run["day"]>["spent"] {
  return { usd, inputTokens: tokens, outputTokens: 0, turns: 1 };
}

function started(run: Run, usd: number, tokens = 0): Run {
  const day = { ends: MIDNIGHT, spent: spent(usd, tokens) };
  return happens(run, { type: "EngineStarted", pid: 1, recovering: false, day });
}

function begun(run: Run, now: number): readonly string[] {
  return decide(run, now).actions.map((action) => action.type);
}

/** What an append began, with the task it is for. */
function begunBy(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === "EffectStarted" && "task" in event.action
      ? [`${event.action.type} ${event.action.task}`]
      : [],
  );
}

function oneAtWork(): Run {
  return aRun({ budget: { ...NONE, dayUsd: 5 }, review: { mode: "none", rounds: 0 } })
    .withTask("1", {
      status: "running",
      step: { at: "session", reminder: null, continues: null },
    })
    .withTask("2")
    .withEffect(aSession("1"))
    .build();
}

function begins(run: Run, at: number): void {
  const action = aSession("1");
  const event = { type: "EffectStarted", key: action.key, action, seq: run.seq, at } as const;
  checkInvariants(run, event);
}

function limited(run: Run, retryAt: number | null): readonly string[] {
  const outcome = sessionEnded("1", { end: "limited", retryAt, detail: "come back later" });
  return begunBy(tell(run, "session:1:s1", outcome));
}

describe("the budget of a day", () => {
  test("holds back new work until midnight, says so, and goes on by itself", () => {
    const run = started(
      aRun({ budget: { ...NONE, dayUsd: 5 } })
        .withTask("1")
        .build(),
      5,
    );
    expect(decide(run, NOW)).toEqual({ actions: [], wakeAt: MIDNIGHT });
    expect(waitingFor(run, taskIn(run, "1"), NOW)).toEqual({
      what: "budget",
      key: "$5.00",
      until: MIDNIGHT,
    });
    // Nobody has to be asked: the run stays under way.
    expect(tick(run, [], NOW, () => undefined).events).toEqual([]);
    expect(run.status).toBe("running");
    const { events, decision } = tick(run, [], MIDNIGHT, () => undefined);
    expect(types(events)).toEqual(["EffectStarted"]);
    expect(decision.actions.map((action) => action.type)).toEqual(["PrepareWorkspace"]);
  });

  test("counts what other runs of the repository used, and every session of this one", () => {
    const within = started(oneAtWork(), 3.5);
    expect(begunBy(tell(within, "session:1:s1", sessionEnded("1")))).toEqual([
      "RunGates 1",
      "PrepareWorkspace 2",
    ]);
    expect(within.day).toEqual({
      ends: MIDNIGHT,
      spent: { ...spent(4.5, 1), outputTokens: 1, turns: 2 },
    });
    const over = started(oneAtWork(), 4);
    expect(begunBy(tell(over, "session:1:s1", sessionEnded("1")))).toEqual(["RunGates 1"]);
  });

  test("in tokens as well; a live turn and what is nobody's turn go on", () => {
    const run = started(
      aRun({ budget: { ...NONE, dayTokens: 1_000 } })
        .withTask("1", { status: "running", step: { at: "gates", commit: "c" } })
        .withTask("2")
        .build(),
      0,
      1_000,
    );
    expect(begun(run, NOW)).toEqual(["RunGates"]);
    expect(waitingFor(run, taskIn(run, "2"), NOW)).toMatchObject({ key: "1000 tokens" });
  });

  test("a run that has nothing left but a question is at rest, whatever midnight brings", () => {
    const run = started(
      aRun({ budget: { ...NONE, dayUsd: 5 } })
        .withTask("1", { status: "escalated" })
        .build(),
      5,
    );
    expect(types(tick(run, [], NOW, () => undefined).events)).toEqual(["NothingCanMove"]);
  });

  test("a budget of the run that only a person can raise is not waited for until midnight", () => {
    const run = started(
      aRun({ budget: { ...NONE, runUsd: 5, dayUsd: 5 } })
        .withTask("1")
        .with({ usage: spent(5) })
        .build(),
      5,
    );
    expect(types(tick(run, [], NOW, () => undefined).events)).toEqual(["NothingCanMove"]);
  });

  test("is no hindrance where nobody has told the day, and none where there is no ceiling", () => {
    const untold = aRun({ budget: { ...NONE, dayUsd: 0 } })
      .withTask("1")
      .build();
    expect(begun(untold, NOW)).toEqual(["PrepareWorkspace"]);
    expect(begun(started(aRun().withTask("1").build(), 1_000), NOW)).toEqual(["PrepareWorkspace"]);
  });

  test("an invariant watches it: no session begins with the day used up", () => {
    const budget = { ...NONE, dayUsd: 5 };
    const build = (usd: number): Run =>
      started(aRun({ budget }).withTask("1", { status: "running" }).build(), usd);
    expect(() => begins(build(5), NOW)).toThrow("1-s1 begins with the day's budget used up");
    expect(() => begins(build(4.9), NOW)).not.toThrow();
    expect(() => begins(build(5), MIDNIGHT)).not.toThrow();
  });
});

describe("what is left for a session", () => {
  test("is what the tightest ceiling leaves, in dollars and in tokens", () => {
    const budget = {
      sessionUsd: 5,
      taskUsd: 10,
      runUsd: 20,
      dayUsd: 6,
      sessionTokens: 900,
      taskTokens: 1_000,
      dayTokens: 5_000,
    };
    const run = started(
      aRun({ budget })
        .withTask("1", { usage: spent(2, 300) })
        .build(),
      4,
      100,
    );
    const task = taskIn(run, "1");
    expect(leftForSession(run, task, NOW)).toEqual({ usd: 2, tokens: 700 });
    expect(leftForSession(run, task, MIDNIGHT)).toEqual({ usd: 5, tokens: 700 });
    const free = aRun().withTask("1").build();
    expect(leftForSession(free, taskIn(free, "1"), NOW)).toEqual({ usd: null, tokens: null });
  });
});

describe("a provider that sends everybody away", () => {
  const SESSION = { at: "session", reminder: null, continues: null } as const;
  const OTHER = { agent: "other", model: null, continues: true, commits: true };
  const until = NOW + HOUR_MS;

  function two(): ReturnType<typeof aRun> {
    return aRun()
      .withTask("1", { status: "running", step: SESSION })
      .withTask("2")
      .withEffect(aSession("1"));
  }

  test("is not asked by other tasks before the time it named, and costs no attempt", () => {
    const run = two().build();
    expect(limited(run, until)).toEqual([]);
    expect(taskIn(run, "1")).toMatchObject({
      status: "waiting",
      attemptsFailed: 0,
      notBefore: until,
    });
    expect(decide(run, NOW)).toEqual({ actions: [], wakeAt: until });
    expect(waitingFor(run, taskIn(run, "2"), NOW)).toEqual({
      what: "provider",
      key: "scripted",
      until,
    });
    // One after the other at first.
    expect(begun(run, until)).toEqual(["PrepareWorkspace"]);
  });

  test("without a time only the task that met it waits: the provider may be busy for it alone", () => {
    const run = two().build();
    expect(limited(run, null)).toEqual(["PrepareWorkspace 2"]);
    expect(run.limitedUntil.size).toBe(0);
  });

  test("holds back its own agent only: a reviewer from elsewhere goes on", () => {
    const { implementer, fixer } = aRun().build().settings.roles;
    const roles = { implementer, fixer, reviewer: OTHER };
    const review = { at: "review", stages: ["spec"], retry: false } as const;
    const run = aRun({ roles, parallel: 3 })
      .withTask("1", { status: "running", step: SESSION })
      .withTask("2", { status: "reviewing", step: review, head: "c" })
      .withTask("3", { status: "fixing", step: SESSION, head: "c" })
      .withEffect(aSession("1"))
      .build();
    expect(limited(run, until)).toEqual(["PrepareSession 2"]);
    expect(waitingFor(run, taskIn(run, "3"), NOW)).toMatchObject({ what: "provider", until });
  });

  test("an earlier word of the same provider does not shorten the wait", () => {
    const run = aRun().withTask("1", { status: "running", step: SESSION }).withTask("2").build();
    const event = { type: "ProviderLimited", task: "1", agent: "scripted", detail: "" } as const;
    happens(run, { ...event, until });
    happens(run, {
      type: "AttemptStarted",
      task: "1",
      attempt: 1,
      workspace: taskIn(run, "1").workspace ?? never(),
    });
    happens(run, { ...event, until: NOW + 1 });
    expect(run.limitedUntil.get("scripted")).toBe(until);
  });
});

function never(): never {
  throw new Error("the task has no workspace");
}

function ends(run: Run, key: string, end: "finished" | "limited", now = NOW): readonly string[] {
  const retryAt = end === "limited" ? NOW + HOUR_MS : null;
  const outcome = sessionEnded(key, { session: `${key}-s1`, end, retryAt });
  return begunBy(tell(run, `session:${key}:s1`, outcome, now));
}

describe("a provider that asks an agent to slow down", () => {
  const PROMPT = { at: "session", reminder: null, continues: null } as const;

  /** Four sessions at work, and four tasks more. */
  function fourAtWork(): Run {
    const builder = aRun({
      parallel: 4,
      inFlight: 9,
      review: { mode: "none", rounds: 0 },
      gates: { preMerge: [], postMerge: [], parallel: 4, outputBytes: 1 },
    });
    for (const key of ["1", "2", "3", "4"])
      builder.withTask(key, { status: "running", step: PROMPT }).withEffect(aSession(key));
    for (const key of ["5", "6", "7", "8"]) builder.withTask(key);
    return builder.build();
  }

  test("gets half of what was live, once for a burst, and one more for each session that ends well", () => {
    const run = fourAtWork();
    ends(run, "1", "limited");
    ends(run, "2", "limited");
    expect(run.agentRoom.get("scripted")?.sessions).toBe(2);
    // Back in time: two are live already.
    const later = NOW + HOUR_MS;
    expect(decide(run, later).actions).toEqual([]);
    expect(waitingFor(run, taskIn(run, "5"), later)).toEqual({ what: "provider", key: "scripted" });
    const goOn = ends(run, "3", "finished", later).filter((one) => !one.startsWith("RunGates"));
    // One has ended, and there is room for one more.
    expect(goOn).toHaveLength(2);
    expect(run.agentRoom.get("scripted")?.sessions).toBe(3);
    ends(run, "4", "finished", later);
    // As many as ever.
    expect(run.agentRoom.size).toBe(0);
  });

  test("never less than one, and no other agent is held", () => {
    const run = aRun({ parallel: 2, review: { mode: "two-stage", rounds: 1 } })
      .withTask("1", { status: "running", step: PROMPT })
      .withTask("2")
      .withEffect(aSession("1"))
      .build();
    ends(run, "1", "limited");
    expect(run.agentRoom.get("scripted")?.sessions).toBe(1);
    expect(begunBy(tick(run, [], NOW + HOUR_MS, () => undefined).events)).toHaveLength(1);
    run.settings = {
      ...run.settings,
      roles: {
        ...run.settings.roles,
        implementer: { ...run.settings.roles.implementer, agent: "b" },
      },
    };
    expect(decide(run, NOW + HOUR_MS).actions).toHaveLength(1);
  });
});
