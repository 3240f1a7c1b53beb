import { describe, expect, test } from "vitest";
import {
  aRun,
  aSession,
  NOW,
  say,
  sessionEnded,
  taskIn,
  tell,
  types,
  work,
} from "../../../test/support/a-run.ts";
import { reactToCommand } from "./react-command.ts";
import type { Run, RunSettings, Task } from "./run.ts";

const SESSION = { at: "session", reminder: null, continues: null } as const;

function running(settings: Partial<RunSettings> = {}, task: Partial<Task> = {}): Run {
  return aRun(settings)
    .withTask("1", { status: "running", step: SESSION, ...task })
    .withEffect(aSession("1"))
    .build();
}

function reviewing(stage: "spec" | "quality", task: Partial<Task> = {}): Run {
  const step = { at: "review", stages: [stage], retry: false } as const;
  return aRun()
    .withTask("1", { status: "reviewing", head: "work-1", patchId: "patch-1", step, ...task })
    .withEffect(aSession("1", { role: "spec-reviewer", stages: [stage] }))
    .build();
}

const verdict = (stage: "spec" | "quality", says: "approve" | "request-changes" | "escalate") =>
  sessionEnded("1", {
    report: { ...sessionEnded("1").report!, verdicts: [{ stage, verdict: says, findings: [] }] },
  });

describe("the end of an attempt", () => {
  test("a commit goes to the gates, whatever the agent says of it", () => {
    const run = running();
    tell(run, "session:1:s1", sessionEnded("1"));
    expect(taskIn(run, "1").step).toEqual({ at: "gates", commit: "work-1" });
  });

  test("a part is never taken for the whole: the attempt fails with what was left, the commits stay", () => {
    const run = running();
    const { report } = sessionEnded("1");
    const stepsBlocked = [{ step: "the second half", why: "no access" }];
    const partial = { ...report!, status: "partial", stepsBlocked } as const;
    tell(run, "session:1:s1", sessionEnded("1", { report: partial }));
    expect(taskIn(run, "1")).toMatchObject({
      status: "waiting",
      attemptsFailed: 1,
      startOver: false,
      detail: "Only a part was done. Left: the second half (no access).",
    });
  });

  test("a branch that no longer contains its fork point is never accepted; the next attempt starts over", () => {
    const run = running();
    tell(run, "session:1:s1", sessionEnded("1", { work: work("1", { descends: false }) }));
    expect(taskIn(run, "1")).toMatchObject({
      status: "waiting",
      attemptsFailed: 1,
      startOver: true,
    });
  });

  test("the last failed attempt ends the task and closes over its dependents in the same append", () => {
    const run = aRun({ attempts: 1 })
      .withTask("1", { status: "running", step: SESSION })
      .withTask("2", { dependsOn: ["1"] })
      .withTask("3", { dependsOn: ["2"] })
      .withTask("4")
      .withEffect(aSession("1"))
      .build();
    tell(run, "session:1:s1", sessionEnded("1", { end: "stall" }));
    expect(["1", "2", "3"].map((key) => taskIn(run, key).status)).toEqual([
      "failed",
      "skipped",
      "skipped",
    ]);
    expect(taskIn(run, "3").detail).toBe("1 -> 2 -> 3 ended without being merged.");
    expect(taskIn(run, "4").status).toBe("waiting");
  });

  test("a provider's limit and a session that we ended cost no attempt", () => {
    for (const end of ["limited", "ended", "lost"] as const) {
      const run = running();
      tell(run, "session:1:s1", sessionEnded("1", { end }));
      expect(taskIn(run, "1").attemptsFailed).toBe(0);
    }
  });

  test("a session that is lost again and again is a failed attempt in the end", () => {
    const run = running({}, { reminded: ["lost", "lost", "lost"] });
    tell(run, "session:1:s1", sessionEnded("1", { end: "lost" }));
    expect(taskIn(run, "1").attemptsFailed).toBe(1);
  });

  test("a reminder continues the session that has just ended", () => {
    const run = running();
    tell(run, "session:1:s1", sessionEnded("1", { work: work("1", { dirtyPaths: ["x"] }) }));
    expect(taskIn(run, "1").step).toEqual({ at: "session", reminder: "commit", continues: "v1" });
  });

  test("a reminder whose session we ended is given again", () => {
    const step = { at: "session", reminder: "commit", continues: "v0" } as const;
    const run = running({}, { step });
    tell(run, "session:1:s1", sessionEnded("1", { end: "ended" }));
    expect(taskIn(run, "1").step).toEqual(step);
  });

  test("writing on a protected branch halts the run, ends every session and accepts no work", () => {
    const run = aRun()
      .withTask("1", { status: "running", step: SESSION })
      .withTask("2", { status: "running", step: SESSION })
      .withEffect(aSession("1"))
      .withEffect(aSession("2"))
      .build();
    const breaches = [{ ref: "refs/heads/main", keptAs: "refs/cairn/breach/1" }];
    const events = tell(run, "session:1:s1", sessionEnded("1", { breaches }));
    expect(run.status).toBe("halted");
    expect(types(events)).toContain("SessionEnding");
    expect(taskIn(run, "2").session?.ending).toBe(true);
    expect(taskIn(run, "1").step.at).toBe("session");
  });

  test("an outcome that is told twice counts once", () => {
    const run = running();
    tell(run, "session:1:s1", sessionEnded("1"));
    const before = structuredClone(taskIn(run, "1"));
    tell(run, "session:1:s1", sessionEnded("1"));
    expect(taskIn(run, "1")).toEqual(before);
  });
});

describe("reviews and fix rounds", () => {
  test("a rejection opens a round of its stage", () => {
    const run = reviewing("spec");
    tell(run, "session:1:s1", verdict("spec", "request-changes"));
    expect(taskIn(run, "1")).toMatchObject({
      status: "fixing",
      roundKind: "spec",
      rounds: { spec: 1 },
    });
  });

  test("without a round left a person is asked; in autonomous mode the task is skipped", () => {
    const asked = reviewing("spec", {
      rounds: { spec: 2, quality: 0, tests: 0, pullRequest: 0, conflict: 0 },
    });
    tell(asked, "session:1:s1", verdict("spec", "request-changes"));
    expect(taskIn(asked, "1").question?.options).toEqual(["fix", "skip", "abort"]);
    // What a reviewer finds is passed by force; nobody approves it.
    say(asked, "approve", "1");
    expect(taskIn(asked, "1").status).toBe("escalated");
    say(asked, "force", "1");
    // That stage is passed, and no other: the next one looks at it all the same.
    expect(taskIn(asked, "1").step).toEqual({ at: "review", stages: ["quality"], retry: false });
    expect(taskIn(asked, "1").passed).toEqual({ spec: "patch-1" });
  });

  test("a fix after the quality review is not shown to the spec reviewer again", () => {
    const run = reviewing("quality", { passed: { spec: "patch-0" } });
    tell(run, "session:1:s1", verdict("quality", "approve"));
    expect(taskIn(run, "1").step).toEqual({ at: "undraft" });
  });

  test("a round that a person grants is counted and added to the limit", () => {
    const run = reviewing("spec", {
      rounds: { spec: 2, quality: 0, tests: 0, pullRequest: 0, conflict: 0 },
    });
    tell(run, "session:1:s1", verdict("spec", "request-changes"));
    say(run, "fix", "1");
    expect(taskIn(run, "1")).toMatchObject({ status: "fixing", granted: 1, step: SESSION });
    expect(run.fixRounds).toBe(1);
  });

  test("a fix that was never published before opens the pull request", () => {
    const run = aRun({ review: { mode: "none", rounds: 2 } })
      .withTask("1", {
        status: "fixing",
        roundKind: "pullRequest",
        step: { at: "publish", commit: "work-1" },
      })
      .withEffect({ type: "PublishPullRequest", key: "publish", task: "1", head: "work-1" })
      .build();
    tell(run, "publish", { of: "PublishPullRequest", number: 7, url: null, work: work("1") });
    expect(taskIn(run, "1")).toMatchObject({
      status: "reviewing",
      pullRequest: { number: 7, draft: true },
    });
  });

  test("what somebody pushed between gates and publishing goes to the gates first", () => {
    const run = aRun()
      .withTask("1", { status: "running", step: { at: "publish", commit: "work-1" } })
      .withEffect({ type: "PublishPullRequest", key: "publish", task: "1", head: "work-1" })
      .build();
    tell(run, "publish", {
      of: "PublishPullRequest",
      number: 7,
      url: null,
      work: work("1", { head: "pushed" }),
    });
    expect(taskIn(run, "1")).toMatchObject({
      status: "running",
      step: { at: "gates", commit: "pushed" },
    });
  });

  test("a merge of the base that was given up fails the round and is begun again", () => {
    const run = aRun()
      .withTask("1", {
        status: "fixing",
        roundKind: "conflict",
        head: "work-0",
        mergingWith: "head1",
        step: SESSION,
      })
      .withEffect(aSession("1", { role: "fixer" }))
      .build();
    tell(run, "session:1:s1", sessionEnded("1", { work: work("1", { descends: false }) }));
    expect(taskIn(run, "1")).toMatchObject({
      status: "fixing",
      step: { at: "begin-merge" },
      mergingWith: null,
      rounds: { conflict: 1 },
    });
  });

  test("the fork point moves to the merged base only when the merge is accepted", () => {
    const run = aRun({ review: { mode: "none", rounds: 2 } })
      .withTask("1", {
        status: "fixing",
        roundKind: "conflict",
        mergingWith: "head1",
        pullRequest: { number: 1, url: null, draft: false },
        step: { at: "publish", commit: "work-1" },
      })
      .withEffect({ type: "PublishPullRequest", key: "publish", task: "1", head: "work-1" })
      .build();
    expect(taskIn(run, "1").workspace?.forkPoint).toBe("head0");
    tell(run, "publish", { of: "PublishPullRequest", number: 1, url: null, work: work("1") });
    expect(taskIn(run, "1").workspace?.forkPoint).toBe("head1");
  });
});

describe("a branch's turn", () => {
  const MOVE = { at: "move", candidate: "c1", tree: "t1", base: "head0" } as const;
  const MERGE = {
    type: "MergePullRequest",
    key: "merge",
    task: "1",
    from: "head0",
    candidate: "c1",
    head: "work-1",
  } as const;
  const merging = (): Run =>
    aRun()
      .withTask("1", { status: "merging", head: "work-1", step: MOVE })
      .withTask("2", { dependsOn: ["1"] })
      .withEffect(MERGE)
      .build();

  test("a merge frees the dependents in the same append", () => {
    const run = merging();
    const events = tell(run, "merge", {
      of: "MergePullRequest",
      result: { kind: "merged", commit: "c1" },
    });
    expect(types(events).slice(0, 3)).toEqual([
      "EffectFinished",
      "PullRequestMerged",
      "BlockerMerged",
    ]);
    expect(run.integration?.head).toBe("c1");
    expect(run.effects.get("workspace:2:n0")?.action).toMatchObject({ base: "c1" });
  });

  test("a base that was moved back or deleted halts the run: what was merged is not built over", () => {
    const run = merging();
    const result = { kind: "base-rewound", base: null } as const;
    const events = tell(run, "merge", { of: "MergePullRequest", result });
    expect(types(events)).toContain("CriticalStopRaised");
    expect(run).toMatchObject({ status: "halted", integration: { head: "head0" } });
    expect(run.haltReason).toContain("is gone");
  });

  test("gates that were ended measure nothing: no round is counted, the same measurement is made again", () => {
    const gates = { type: "RunGates", key: "g", task: "1", commit: "c1", forMerge: false } as const;
    const run = aRun()
      .withTask("1", { status: "running", step: { at: "gates", commit: "c1" } })
      .withEffect(gates)
      .build();
    const ended = {
      name: "test",
      kind: "test",
      ok: false,
      exitCode: null,
      durationMs: 1,
      failures: [],
      tail: "",
      problem: "ended",
    } as const;
    const events = tell(run, "g", { of: "RunGates", commit: "c1", tree: "t1", results: [ended] });
    expect(types(events)[0]).toBe("EffectDelayed");
    expect(taskIn(run, "1")).toMatchObject({ status: "running", rounds: { pullRequest: 0 } });
  });

  test("a moved base puts the task back into the queue and costs no round", () => {
    const run = merging();
    tell(run, "merge", { of: "MergePullRequest", result: { kind: "base-moved", base: "head9" } });
    expect(run.integration?.head).toBe("head9");
    expect(taskIn(run, "1")).toMatchObject({
      status: "merging",
      step: { at: "candidate" },
      mergeTries: 1,
    });
    expect(run.fixRounds).toBe(0);
  });

  test("a head that somebody pushed goes through gates before anything else", () => {
    const run = merging();
    tell(run, "merge", { of: "MergePullRequest", result: { kind: "head-moved", head: "pushed" } });
    expect(taskIn(run, "1")).toMatchObject({
      status: "reviewing",
      step: { at: "gates", commit: "pushed" },
      approvedHead: null,
    });
  });

  test("a task whose merge is under way can be neither cancelled nor skipped", () => {
    for (const word of ["cancel", "skip"]) {
      const run = merging();
      expect(say(run, word, "1")[0]).toMatchObject({ type: "CommandTaken", accepted: false });
      expect(taskIn(run, "1").status).toBe("merging");
    }
  });

  test("a merge that took effect after the run was given up is owned up to", () => {
    const run = merging();
    say(run, "cancel");
    tell(run, "merge", { of: "MergePullRequest", result: { kind: "merged", commit: "c1" } });
    expect(taskIn(run, "1").status).toBe("merged");
    expect(run.integration?.head).toBe("c1");
    expect(taskIn(run, "2").status).toBe("cancelled");
  });
});

describe("people", () => {
  test("a run that waits is woken by an answer, a skip and a cancel", () => {
    for (const [word, text] of [
      ["answer", "fix"],
      ["skip", null],
      ["cancel", null],
    ] as const) {
      const run = reviewing("spec", {
        rounds: { spec: 2, quality: 0, tests: 0, pullRequest: 0, conflict: 0 },
      });
      tell(run, "session:1:s1", verdict("spec", "request-changes"));
      expect(run.status).toBe("waiting");
      expect(types(say(run, word, "1", text))).toContain("RunResumed");
    }
  });

  test("abort at a question ends the live sessions of other tasks", () => {
    const run = aRun()
      .withTask("1", {
        status: "escalated",
        question: {
          id: "q",
          kind: "rounds",
          text: "?",
          options: ["skip", "abort"],
          default: "skip",
          askedAt: NOW,
        },
      })
      .withTask("2", { status: "running", step: SESSION })
      .withEffect(aSession("2"))
      .build();
    say(run, "answer", "1", "abort");
    expect(run.status).toBe("paused");
    expect(taskIn(run, "2").session?.ending).toBe(true);
    expect(taskIn(run, "1").question).not.toBeNull();
  });

  test("an abort does not turn a panic into a pause that anybody may resume", () => {
    const run = running();
    say(run, "panic");
    expect(say(run, "abort")[0]).toMatchObject({ accepted: false });
    expect(say(run, "resume")[0]).toMatchObject({ accepted: false });
    expect(run.status).toBe("halted");
  });

  test("a workspace that is ready when the run was paused is prepared again, not forgotten", () => {
    const run = aRun().withTask("1").build();
    const prepare = {
      type: "PrepareWorkspace",
      key: "workspace:1:n0",
      task: "1",
      slot: "w1",
      branch: "feat/1",
      base: "head0",
      mode: "create",
      attempt: 1,
    } as const;
    run.effects.set(prepare.key, { key: prepare.key, action: prepare, startedAt: NOW });
    say(run, "pause");
    tell(run, prepare.key, { of: "PrepareWorkspace", workspace: { path: "/w/w1", head: "head0" } });
    expect(run.status).toBe("paused");
    expect(taskIn(run, "1").status).toBe("waiting");
    const events = say(run, "resume");
    expect(events.at(-1)).toMatchObject({ type: "EffectStarted", key: prepare.key });
  });

  test("preparations that end while the run is aborted are not done in vain", () => {
    const run = aRun().with({ status: "planning", baseline: null }).build();
    const baseline = { type: "RunBaseline", key: "baseline", commit: "head0" } as const;
    run.effects.set(baseline.key, { key: baseline.key, action: baseline, startedAt: NOW });
    say(run, "abort");
    tell(run, "baseline", { of: "RunBaseline", commit: "head0", tree: "t0", results: [] });
    say(run, "resume");
    expect(run.status).not.toBe("planning");
  });

  test("a task whose blocker ended cannot be retried before it", () => {
    const run = aRun()
      .withTask("1", { status: "failed" })
      .withTask("2", { status: "skipped", reason: "blocker-ended", dependsOn: ["1"] })
      .build();
    expect(say(run, "retry", "2")[0]).toMatchObject({ accepted: false });
    say(run, "retry", "1");
    expect([taskIn(run, "1").status, taskIn(run, "2").status]).toEqual(["waiting", "waiting"]);
  });

  test("giving the run up cancels everything, dependents first, and closes over nobody", () => {
    const run = aRun()
      .withTask("1")
      .withTask("2", { dependsOn: ["1"] })
      .withTask("3", { dependsOn: ["2"] })
      .build();
    say(run, "cancel");
    expect([...run.tasks.values()].map((task) => task.status)).toEqual([
      "cancelled",
      "cancelled",
      "cancelled",
    ]);
    expect(run.status).toBe("cancelled");
  });

  test("nothing lands while a task is open, though the run waits and the branch is verified", () => {
    const run = aRun()
      .withTask("1", { status: "merged" })
      .withTask("2", { issue: { blockedFromOutside: "#99" } })
      .with({ status: "waiting", verified: { commit: "head0", results: [] } })
      .build();
    const land = {
      name: "land",
      task: null,
      text: null,
      flags: { partial: true },
      by: "ada",
      from: "terminal",
    } as const;
    expect(reactToCommand(run, land)).toMatchObject({ accepted: false, events: [] });
  });
});
