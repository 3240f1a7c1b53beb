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
import type { Proof, Violation } from "../execute/proof.ts";
import type { ChangeFacts } from "../review/change-facts.ts";
import type { ActionOf } from "./actions.ts";
import { surfaceLabels } from "./approval.ts";
import type { Outcome } from "./outcomes.ts";
import type { Run, RunSettings, Task } from "./run.ts";
import type { Discipline } from "./settings.ts";

const DISCIPLINE: Discipline = {
  tdd: { tests: ["**/*.test.*"], exempt: ["**/*.md"], restarts: 2 },
  testRounds: 2,
  stops: {
    largeDiff: { files: 8, lines: 400, action: "skip" },
    schema: { breaking: "ask", additive: "label" },
    licence: { restrictive: "ask", permissive: "label", allowed: ["MIT"] },
    boundary: { action: "ask", paths: {} },
    sensitive: [],
    coverage: { report: null, minimum: 50 },
  },
  stepSessions: false,
  handoff: "off",
  followUps: 2,
  questionTimeoutMs: null,
  phases: true,
  autofix: [],
};
const QUIET: ChangeFacts = {
  files: 1,
  lines: 10,
  stops: [],
  tests: [],
  coverage: null,
  secrets: [],
};
const SESSION = { at: "session", reminder: null, continues: null } as const;
const VIOLATION: Violation = {
  kind: "code-before-test",
  commit: "c1",
  path: "src/a.ts",
  test: null,
  words: "src/a.ts was changed before any test of it failed.",
};

function proofOf(verdict: Proof["verdict"], violations: readonly Violation[] = []): Proof {
  return {
    verdict,
    why: null,
    steps: [],
    violations,
    revert: "red",
    runs: { files: 2, suite: 1 },
    noted: [],
  };
}

/** A task whose gated commit is being measured. */
function measured(
  status: "running" | "fixing" | "reviewing",
  settings: Partial<RunSettings> = {},
  task: Partial<Task> = {},
): Run {
  const action: ActionOf<"ProveWork"> = {
    type: "ProveWork",
    key: "p1",
    task: "1",
    commit: "work-1",
  };
  return aRun({ discipline: DISCIPLINE, ...settings })
    .withTask("1", {
      status,
      step: { at: "proof", commit: "work-1" },
      workspace: { slot: "w1", path: "/w", branch: "feat/1", forkPoint: "head0" },
      roundKind: status === "fixing" ? "spec" : null,
      ...task,
    })
    .withTask("2", { dependsOn: ["1"] })
    .withEffect(action)
    .build();
}

function proven(proof: Proof | null, change: Partial<ChangeFacts> = {}): Outcome {
  return { of: "ProveWork", commit: "work-1", proof, change: { ...QUIET, ...change } };
}

const owes = (reminded: readonly string[]): Run =>
  aRun({ discipline: { ...DISCIPLINE, handoff: "require" } })
    .withTask("1", { status: "running", step: SESSION, reminded })
    .withEffect(aSession("1"))
    .build();

const inPhase = (phase: string): Partial<Task["issue"]> => ({ phase });

function leaving(settings: Partial<RunSettings>, change: Partial<ChangeFacts>): Run {
  const action: ActionOf<"LeaveDraft"> = { type: "LeaveDraft", key: "d1", task: "1" };
  return aRun({ discipline: DISCIPLINE, ...settings })
    .withTask("1", {
      status: "reviewing",
      step: { at: "undraft" },
      head: "work-1",
      changedPaths: ["a.ts"],
      pullRequest: { number: 1, url: null, draft: true },
      change: { ...QUIET, ...change },
    })
    .withEffect(action)
    .build();
}

function twoPhases(mode: RunSettings["mode"], more: Partial<Discipline> = {}): Run {
  return aRun({ discipline: { ...DISCIPLINE, ...more }, mode })
    .withTask("1", { status: "merged", endedAt: NOW, issue: inPhase("Build") })
    .withTask("2", { issue: inPhase("Ship") })
    .withTask("3", { issue: inPhase("Ship"), dependsOn: ["2"] })
    .build();
}

describe("the proof", () => {
  test("work that is proven is published, with its evidence on the task", () => {
    const run = measured("running");
    tell(run, "p1", proven(proofOf("proven")));
    expect(taskIn(run, "1")).toMatchObject({
      status: "running",
      step: { at: "publish", commit: "work-1" },
      proof: { verdict: "proven" },
    });
  });

  test("a violation asks a person, who has it begun again on a clean branch", () => {
    const run = measured("running");
    tell(run, "p1", proven(proofOf("violated", [VIOLATION])));
    expect(taskIn(run, "1").question).toMatchObject({
      kind: "tdd",
      options: ["restart", "skip", "abort"],
      default: "restart",
    });
    expect(taskIn(run, "1").labels).toContain("tdd-violation");
    say(run, "restart", "1");
    expect(taskIn(run, "1")).toMatchObject({ restarts: 1, attemptsFailed: 0, startOver: true });
    expect(
      run.effects.get("workspace:1:n2")?.action ?? [...run.effects.values()][0]?.action,
    ).toMatchObject({
      type: "PrepareWorkspace",
      mode: "restart",
    });
  });

  test("autonomous: begun again twice, then skipped with its reason; no attempt is used up by it", () => {
    const autonomous = { mode: "autonomous" } as const;
    const first = measured("running", autonomous);
    tell(first, "p1", proven(proofOf("violated", [VIOLATION])));
    expect(taskIn(first, "1")).toMatchObject({ restarts: 1, attemptsFailed: 0, question: null });
    expect(taskIn(first, "1").detail).toContain("src/a.ts was changed before any test");
    const last = measured("running", autonomous, { restarts: 2 });
    tell(last, "p1", proven(proofOf("violated", [VIOLATION])));
    expect(taskIn(last, "1")).toMatchObject({ status: "skipped", reason: "tdd" });
    expect(taskIn(last, "2").status).toBe("skipped");
  });

  test("in a fix round only what was done to tests counts", () => {
    const harmless = measured("fixing", {}, { head: "old", rounds: ROUNDS });
    tell(harmless, "p1", proven(proofOf("violated", [VIOLATION])));
    expect(taskIn(harmless, "1").step).toEqual({ at: "publish", commit: "work-1" });
    const weakened = measured("fixing", {}, { head: "old", rounds: ROUNDS });
    const weak: Violation = {
      ...VIOLATION,
      kind: "test-weakened",
      words: "An old test is weaker.",
    };
    tell(weakened, "p1", proven(proofOf("violated", [weak])));
    expect(taskIn(weakened, "1")).toMatchObject({ status: "fixing", rounds: { spec: 2 } });
  });
});

const ROUNDS = { spec: 1, quality: 0, tests: 0, pullRequest: 0, conflict: 0 };

describe("a secret in the commits", () => {
  const SECRET = { rule: "github-token", path: "a.ts", line: 3, fingerprint: "f00" };

  test("halts the run, and nothing is published", () => {
    const run = measured("running");
    const events = tell(run, "p1", proven(null, { secrets: [SECRET] }));
    expect(run.status).toBe("halted");
    expect(run.haltReason).toContain("github-token in a.ts:3 (f00). Nothing of them was pushed.");
    expect(run.secretStops).toEqual([{ task: "1", session: null, secrets: [SECRET] }]);
    expect(types(events)).not.toContain("WorkAccepted");
    expect(taskIn(run, "1")).toMatchObject({ status: "waiting", startOver: true });
  });

  test("in a fix round a person is asked, in autonomous mode too", () => {
    const run = measured("fixing", { mode: "autonomous" }, { head: "old", rounds: ROUNDS });
    tell(run, "p1", proven(null, { secrets: [SECRET] }));
    expect(run.status).toBe("halted");
    expect(taskIn(run, "1").question).toMatchObject({ kind: "secret" });
  });

  test("in what somebody else has pushed: that it is out is not denied", () => {
    const run = measured("reviewing", {}, { head: "old" });
    tell(run, "p1", proven(null, { secrets: [SECRET] }));
    expect(run.haltReason).toContain("Somebody else has pushed them.");
  });

  test("in an agent's words halts the run, and the work goes on from where it ended", () => {
    const run = aRun({ discipline: DISCIPLINE })
      .withTask("1", { status: "running", step: SESSION })
      .withEffect(aSession("1"))
      .build();
    const secrets = [{ rule: "anthropic-key", line: 7 }];
    tell(run, "session:1:s1", sessionEnded("1", { secrets }));
    expect(run.status).toBe("halted");
    expect(run.haltReason).toContain("anthropic-key");
    expect(run.secretStops).toEqual([{ task: "1", session: "1-s1", secrets }]);
    expect(taskIn(run, "1").step.at).toBe("gates");
  });

  test("in an agent's words halts the run, also when nobody waits for them any more or they broke more than this", () => {
    const secrets = [{ rule: "anthropic-key", line: 7 }];
    const breaches = [{ ref: "refs/heads/main", was: "a", became: "b", keptAs: "refs/cairn/b" }];
    const skipped = aRun({}).withTask("1", { status: "skipped" }).withEffect(aSession("1")).build();
    tell(skipped, "session:1:s1", sessionEnded("1", { secrets }));
    const breached = aRun({})
      .withTask("1", { status: "running", step: SESSION })
      .withEffect(aSession("1"))
      .build();
    tell(breached, "session:1:s1", sessionEnded("1", { secrets, breaches }));
    for (const run of [skipped, breached]) {
      expect(run.status).toBe("halted");
      expect(run.secretStops).toEqual([{ task: "1", session: "1-s1", secrets }]);
    }
    expect(breached.haltReason).toContain("protected branch");
  });

  test("what is too large to be looked through stops it in its own words", () => {
    const run = measured("running");
    const unscanned = { ...SECRET, rule: "unscanned", path: "big.bin", line: 1 };
    const events = tell(run, "p1", proven(null, { secrets: [unscanned] }));
    expect(run.status).toBe("halted");
    expect(run.haltReason).toContain("too large to be looked through for secrets");
    expect(types(events)).not.toContain("WorkAccepted");
  });
});

describe("commands of the owner that a stop has ended", () => {
  const ended = { of: "Trouble", why: "ended", retryable: true, ended: true } as const;

  test("a proof that was cut short is made again, and the stop costs no try", () => {
    const run = measured("running");
    run.status = "paused";
    for (let times = 0; times < 9; times += 1) tell(run, "p1", ended);
    expect(run.delayed.get("p1")).toMatchObject({ tries: 0 });
    expect(taskIn(run, "1")).toMatchObject({ status: "running", question: null });
  });

  test("ended from outside while the run goes on, it is trouble like any other", () => {
    const run = measured("running");
    tell(run, "p1", ended);
    expect(run.delayed.get("p1")).toMatchObject({ tries: 1 });
  });
});

describe("a partial result", () => {
  const PARTIAL = {
    ...sessionEnded("1").report!,
    status: "partial" as const,
    stepsBlocked: [{ step: "the second half", why: "no access" }],
  };

  test("goes to the gates as far as it is committed, and its rest becomes issues before it is published", () => {
    const run = aRun({ discipline: DISCIPLINE })
      .withTask("1", { status: "running", step: SESSION })
      .withEffect(aSession("1"))
      .build();
    tell(run, "session:1:s1", sessionEnded("1", { report: PARTIAL }));
    expect(taskIn(run, "1").step.at).toBe("gates");
    const later = measured("running", {}, { report: PARTIAL, owesFollowUps: true });
    tell(later, "p1", proven(proofOf("proven")));
    expect(taskIn(later, "1").step).toEqual({ at: "follow-up", commit: "work-1" });
  });

  test("every open dependent waits for both parts, and the part goes on", () => {
    const run = withFollowUp();
    const { issue } = taskIn(run, "1");
    const rest = {
      ...issue,
      key: "1b",
      number: "1b",
      blockers: [{ key: "1", strength: "hard" as const, from: "test" }],
    };
    tell(run, "f1", {
      of: "AddFollowUps",
      result: { kind: "added", issues: [{ issue: rest, branch: "feat/1b" }] },
    });
    expect(taskIn(run, "1")).toMatchObject({ step: { at: "publish" }, followUps: ["1b"] });
    expect(taskIn(run, "2").issue.blockers.map(({ key }) => key)).toEqual(["1", "1b"]);
    expect(taskIn(run, "1b").question).toBeNull();
  });

  test("without a place for the rest it is never merged as the whole", () => {
    const run = withFollowUp();
    tell(run, "f1", { of: "AddFollowUps", result: { kind: "refused", why: "No place." } });
    expect(taskIn(run, "1").question).toMatchObject({ kind: "partial" });
  });

  function withFollowUp(): Run {
    const action: ActionOf<"AddFollowUps"> = { type: "AddFollowUps", key: "f1", task: "1" };
    return aRun({ discipline: DISCIPLINE })
      .withTask("1", {
        status: "running",
        report: PARTIAL,
        step: { at: "follow-up", commit: "work-1" },
      })
      .withTask("2", { dependsOn: ["1"] })
      .withEffect(action)
      .build();
  }
});

describe("steps, handoff and rejected patches", () => {
  test("one session for each step: the next one begins fresh where this one ended", () => {
    const step = {
      title: "s",
      minutes: 2,
      files: [],
      red: null,
      green: null,
      verify: null,
      place: {},
    };
    const run = aRun({ discipline: { ...DISCIPLINE, stepSessions: true } })
      .withTask("1", { status: "running", step: SESSION, issue: { steps: [step, step] } })
      .withEffect(aSession("1"))
      .build();
    tell(run, "session:1:s1", sessionEnded("1"));
    expect(taskIn(run, "1")).toMatchObject({
      stepsDone: [{ step: 0, commit: "work-1" }],
      vendorSession: null,
      step: { at: "session", continues: null },
    });
  });

  test("a missing handoff is asked for once, then the attempt has failed where it is required", () => {
    const first = owes([]);
    tell(first, "session:1:s1", sessionEnded("1", { handoff: "missing" }));
    expect(taskIn(first, "1").step).toMatchObject({ at: "session", reminder: "handoff" });
    const second = owes(["handoff"]);
    tell(second, "session:1:s1", sessionEnded("1", { handoff: "missing" }));
    expect(taskIn(second, "1")).toMatchObject({ status: "waiting", attemptsFailed: 1 });
  });

  test("a patch that was rejected and comes back unchanged is never shown to a reviewer again", () => {
    const run = aRun({ discipline: DISCIPLINE })
      .withTask("1", {
        status: "fixing",
        step: SESSION,
        head: "old",
        roundKind: "quality",
        rounds: { ...ROUNDS, quality: 1 },
        rejections: [{ stage: "quality", patchId: work("1").patchId, findings: [] }],
      })
      .withEffect(aSession("1", { role: "fixer" }))
      .build();
    tell(run, "session:1:s1", sessionEnded("1"));
    expect(taskIn(run, "1")).toMatchObject({ status: "fixing", rounds: { quality: 2 } });
    expect(taskIn(run, "1").detail).toContain("rejected already");
  });
});

describe("questions with a time limit", () => {
  test("the default counts when it is over, and the run goes on by itself", () => {
    const run = measured("running", { discipline: { ...DISCIPLINE, questionTimeoutMs: 60_000 } });
    tell(run, "p1", proven(proofOf("violated", [VIOLATION])));
    expect(taskIn(run, "1").question?.until).toBe(NOW + 60_000);
    const events = tell(run, "unknown", { of: "EndSession" }, NOW + 60_000);
    expect(types(events)).toContain("QuestionTimedOut");
    expect(taskIn(run, "1")).toMatchObject({ question: null, restarts: 1 });
  });

  test("the end of a phase has one too, and the next phase begins by itself", () => {
    const run = twoPhases("interactive", { questionTimeoutMs: 60_000 });
    tell(run, "unknown", { of: "EndSession" });
    expect(run.phases.asks).toMatchObject({ phase: "Build", until: NOW + 60_000 });
    expect(run.status).toBe("running");
    const events = tell(run, "unknown", { of: "EndSession" }, NOW + 60_000);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "PhaseContinued", by: "question timeout" }),
    );
    expect([...run.effects.values()].map(({ action }) => action.type)).toContain(
      "PrepareWorkspace",
    );
  });
});

describe("phases", () => {
  test("interactive: the next phase waits for a person's word", () => {
    const run = twoPhases("interactive");
    tell(run, "unknown", { of: "EndSession" });
    expect(run.status).toBe("waiting");
    expect(run.phases.asks).toEqual({ phase: "Build", next: "Ship", askedAt: NOW });
    say(run, "continue", null);
    expect(run.status).toBe("running");
    expect([...run.effects.values()].map(({ action }) => action.type)).toContain(
      "PrepareWorkspace",
    );
  });

  test("skip-phase skips all of it", () => {
    const run = twoPhases("interactive");
    tell(run, "unknown", { of: "EndSession" });
    say(run, "skip-phase", null);
    expect(["2", "3"].map((key) => taskIn(run, key).status)).toEqual(["skipped", "skipped"]);
  });

  test("autonomous: no boundary", () => {
    const run = twoPhases("autonomous");
    tell(run, "unknown", { of: "EndSession" });
    expect(run.phases.asks).toBeNull();
    expect(run.effects.size).toBe(1);
  });
});

describe("stop conditions before the merge", () => {
  const LARGE = { kind: "large-diff" as const, words: "The change is large.", paths: [] };
  const SENSITIVE = {
    kind: "sensitive" as const,
    words: "Sensitive code.",
    paths: ["billing/a.ts"],
  };

  test("a large change asks; approving passes exactly this head", () => {
    const run = leaving({}, { stops: [LARGE] });
    tell(run, "d1", { of: "LeaveDraft" });
    expect(taskIn(run, "1").question).toMatchObject({
      kind: "stop",
      options: ["approve", "skip", "abort"],
      default: "skip",
    });
    say(run, "approve", "1");
    expect(taskIn(run, "1")).toMatchObject({ approvedHead: "work-1" });
    expect(["queued", "merging"]).toContain(taskIn(run, "1").status);
  });

  test("autonomous: it is skipped, with what was found", () => {
    const run = leaving({ mode: "autonomous" }, { stops: [LARGE] });
    tell(run, "d1", { of: "LeaveDraft" });
    expect(taskIn(run, "1")).toMatchObject({ status: "skipped", reason: "stop" });
    expect(taskIn(run, "1").detail).toContain("The change is large.");
  });

  test("what is only labelled goes on", () => {
    const run = leaving({ mode: "autonomous" }, { stops: [SENSITIVE] });
    tell(run, "d1", { of: "LeaveDraft" });
    expect(taskIn(run, "1").labels).toEqual(["sensitive-review"]);
    expect(["queued", "merging"]).toContain(taskIn(run, "1").status);
  });

  test("beside a protected surface one question says all of it", () => {
    const run = leaving({ protectedSurfaces: { "needs-human": ["a.ts"] } }, { stops: [LARGE] });
    tell(run, "d1", { of: "LeaveDraft" });
    expect(taskIn(run, "1").question).toMatchObject({ kind: "protected-surface" });
    expect(taskIn(run, "1").question?.text).toContain("The change is large.");
  });

  test("what manifests ask for is part of the question about a surface", () => {
    const dependencies = ["package.json adds left-pad ^1.3.0."];
    const protectedSurfaces = { "needs-dep-review": ["a.ts"] };
    const run = leaving({ protectedSurfaces }, { dependencies });
    tell(run, "d1", { of: "LeaveDraft" });
    expect(taskIn(run, "1").question?.text).toBe(
      "1 changes a protected surface (needs-dep-review: a.ts). package.json adds left-pad ^1.3.0.",
    );
  });

  test("the question names up to three paths of each surface", () => {
    const protectedSurfaces = { db: ["a.ts", "db/**"], auth: ["auth/**"], other: ["z.ts"] };
    const run = leaving({ protectedSurfaces }, {});
    const changedPaths = ["a.ts", "db/1", "db/2\n3", "db/4", "db/5", "auth/login.ts"];
    Object.assign(taskIn(run, "1"), { changedPaths });
    tell(run, "d1", { of: "LeaveDraft" });
    expect(taskIn(run, "1").question?.text).toBe(
      "1 changes a protected surface (db: a.ts, db/1, db/2 3 and 2 more; auth: auth/login.ts).",
    );
  });

  test("a line break in a path does not take it off a surface", () => {
    const run = aRun({ protectedSurfaces: { "needs-human": ["**/auth/**"] } }).build();
    expect(surfaceLabels(run, ["src/auth/a\nb.ts"])).toEqual(["needs-human"]);
    expect(surfaceLabels(run, ["src/a\nauth.ts"])).toEqual([]);
  });
});

describe("what an attempt owes before anything of it is published", () => {
  test("red gates before the first proof excuse nothing", () => {
    const run = measured("fixing", { mode: "autonomous" }, { head: null, rounds: ROUNDS });
    tell(run, "p1", proven(proofOf("violated", [VIOLATION])));
    expect(taskIn(run, "1")).toMatchObject({ restarts: 1, startOver: true, roundKind: null });
  });

  test("what was pushed by others and accepted as it came to be goes on, and is not asked about again", () => {
    const run = measured("reviewing", {}, { head: "old" });
    const weak: Violation = { ...VIOLATION, kind: "test-deleted", words: "A test is gone." };
    tell(run, "p1", proven(proofOf("violated", [weak])));
    expect(taskIn(run, "1").question).toMatchObject({ kind: "rounds" });
    say(run, "approve", "1");
    expect(taskIn(run, "1").step).toEqual({ at: "publish", commit: "work-1" });
  });
});

describe("what people may pass", () => {
  test("the end of a phase is no question any more once nothing of the next one is left", () => {
    const run = twoPhases("interactive");
    tell(run, "unknown", { of: "EndSession" });
    say(run, "skip", "2");
    expect(run.phases.asks).toBeNull();
    const [taken] = say(run, "continue", null);
    expect(taken).toMatchObject({ type: "CommandTaken", accepted: false });
  });

  test("nothing is merged by the passing of time", () => {
    const run = leaving(
      { mergeAuto: false, discipline: { ...DISCIPLINE, questionTimeoutMs: 1_000 } },
      {},
    );
    tell(run, "d1", { of: "LeaveDraft" });
    expect(taskIn(run, "1").question).toMatchObject({ kind: "merge", default: "skip" });
  });

  test("what the owner wants skipped is skipped, whatever else would be asked", () => {
    const stops = { ...DISCIPLINE.stops, schema: { breaking: "skip", additive: "label" } } as const;
    const run = leaving(
      { protectedSurfaces: { "needs-human": ["a.ts"] }, discipline: { ...DISCIPLINE, stops } },
      { stops: [{ kind: "schema-breaking", words: "A table goes.", paths: [] }] },
    );
    tell(run, "d1", { of: "LeaveDraft" });
    expect(taskIn(run, "1")).toMatchObject({ status: "skipped", reason: "stop" });
  });
});

test("a workspace that is ready when its task is blocked again waits", () => {
  const action: ActionOf<"PrepareWorkspace"> = {
    type: "PrepareWorkspace",
    key: "w",
    task: "2",
    slot: "w1",
    branch: "feat/2",
    base: "head0",
    mode: "create",
    attempt: 1,
  };
  const run = aRun({})
    .withTask("1")
    .withTask("2", { dependsOn: ["1"] })
    .withEffect(action)
    .build();
  const events = tell(run, "w", {
    of: "PrepareWorkspace",
    workspace: { path: "/w", head: "head0" },
  });
  expect(types(events)).toContain("EffectDelayed");
  expect(taskIn(run, "2").status).toBe("waiting");
});
