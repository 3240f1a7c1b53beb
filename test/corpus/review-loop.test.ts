// Small diffs with known faults, reviewers and fixers by script: the loop ends, and what was rejected and not changed
// is never approved. It says nothing about the eyes of reviewers.
import { describe, expect, test } from "vitest";
import type { AgentReport, Finding, ReviewStage } from "../../src/core/execute/agent-report.ts";
import type { Action } from "../../src/core/run/actions.ts";
import type { Outcome, Work } from "../../src/core/run/outcomes.ts";
import type { Message } from "../../src/core/run/react.ts";
import type { RunEvent } from "../../src/core/run/events.ts";
import type { Run, RunSettings } from "../../src/core/run/run.ts";
import { tick } from "../../src/core/run/transition.ts";
import { aRun, NOW, sessionEnded, taskIn } from "../support/a-run.ts";
import { FIXERS, SEEDED_DEFECTS, type Defect, type Fixer } from "./review-loop/seeded-defects.ts";

/** Far more than any loop with two rounds for each stage can take. */
const TICKS_MAX = 400;

interface Story {
  readonly run: Run;
  readonly events: readonly RunEvent[];
  readonly ticks: number;
  readonly rejected: ReadonlySet<string>;
  /** Patches that a stage approved in a session after the one that rejected them. */
  readonly passedAfterAll: readonly string[];
}

/** Plays one defect to its end: agents by script, everything else in good order. */
function play(defect: Defect, fixer: Fixer, settings: Partial<RunSettings>): Story {
  const run = aRun(settings).withTask("1").build();
  const world = { text: "", commits: 0, fixes: 0 };
  const rejected = new Set<string>();
  const passedAfterAll: string[] = [];
  const events: RunEvent[] = [];
  let messages: readonly Message[] = [{ kind: "started", pid: 1, recovering: false }];
  let ticks = 0;
  for (; ticks < TICKS_MAX && messages.length > 0; ticks += 1) {
    const { events: caused, decision } = tick(run, messages, NOW + ticks * 60_000, () => undefined);
    events.push(...caused);
    messages = decision.actions.map((action) => ({
      kind: "outcome",
      key: action.key,
      outcome: answer(run, action),
    }));
    if (messages.length === 0 && decision.wakeAt !== null)
      messages = [{ kind: "started", pid: 1, recovering: false }];
  }
  return { run, events, ticks, rejected, passedAfterAll };

  function work(): Work {
    return {
      ...sessionEnded("1").work,
      head: `commit-${world.commits}`,
      patchId: `patch of ${world.text}`,
    };
  }

  function answer(state: Run, action: Action): Outcome {
    switch (action.type) {
      case "PrepareWorkspace":
        return { of: action.type, workspace: { path: "/w", head: action.base } };
      case "PrepareSession":
        return { of: action.type, protectedRefs: {} };
      case "RunSession":
        return session(state, action);
      case "RunGates":
        return { of: action.type, commit: action.commit, tree: action.commit, results: [] };
      case "PublishPullRequest":
        return { of: action.type, number: 1, url: null, work: work() };
      case "LeaveDraft":
        return { of: action.type };
      case "BuildCandidate":
        return { of: action.type, result: { kind: "clean", commit: "merged", tree: "merged" } };
      case "MergePullRequest":
        return { of: action.type, result: { kind: "merged", commit: "merged" } };
      case "TestIntegration":
        return { of: action.type, commit: action.commit, results: [] };
      default:
        return { of: "Trouble", why: "not part of this story", retryable: false };
    }
  }

  function session(state: Run, action: Extract<Action, { type: "RunSession" }>): Outcome {
    const ended = sessionEnded("1", { session: action.session });
    if (action.stages.length > 0) {
      return { ...ended, work: work(), report: review(state, action.stages, ended.report!) };
    }
    if (action.role === "fixer") {
      world.text = fixer.fix(world.text, defect, world.fixes);
      world.fixes += 1;
    } else world.text = defect.written;
    world.commits += 1;
    return { ...ended, work: work() };
  }

  /** Approves whatever does not hold the fault, or, being moody, whatever it sees a second time. */
  function review(state: Run, stages: readonly ReviewStage[], report: AgentReport): AgentReport {
    const patch = taskIn(state, "1").patchId ?? "";
    const wasRejected = rejected.has(patch);
    const verdicts = stages.map((stage) => {
      const isFaulty = defect.stage === stage && defect.isFaulty(world.text);
      const isMoody = fixer.moody === true && wasRejected;
      if (!isFaulty || isMoody) {
        if (wasRejected) passedAfterAll.push(patch);
        return { stage, verdict: "approve" as const, findings: [] };
      }
      rejected.add(patch);
      const found: Finding = {
        source: stage,
        severity: "critical",
        file: defect.path,
        line: 1,
        message: defect.fault,
      };
      return { stage, verdict: "request-changes" as const, findings: [found] };
    });
    return { ...report, verdicts };
  }
}

const MODES: readonly RunSettings["review"]["mode"][] = ["two-stage", "one-pass"];

describe.each(MODES)("review.mode %s", (mode) => {
  const settings: Partial<RunSettings> = { review: { mode, rounds: 2 }, mode: "autonomous" };

  test("there are at least 20 seeded defects of both stages, and each is a fault as it is written", () => {
    expect(SEEDED_DEFECTS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(SEEDED_DEFECTS.map(({ stage }) => stage))).toEqual(new Set(["spec", "quality"]));
    const misjudged = SEEDED_DEFECTS.filter(
      ({ isFaulty, written, mended }) => !isFaulty(written) || isFaulty(mended),
    );
    expect(misjudged.map(({ name }) => name)).toEqual([]);
  });

  describe.each(FIXERS)("$name", (fixer) => {
    test.each(SEEDED_DEFECTS)("$name", (defect) => {
      const story = play(defect, fixer, settings);
      expect(story.ticks).toBeLessThan(TICKS_MAX);
      const task = taskIn(story.run, "1");
      expect(["merged", "skipped", "failed"]).toContain(task.status);
      // Whoever mends is merged, whoever does not never is.
      expect(task.status === "merged").toBe(fixer.mends);
      expect(task.rounds.spec).toBeLessThanOrEqual(2);
      expect(task.rounds.quality).toBeLessThanOrEqual(2);
      expect(story.passedAfterAll).toEqual([]);
      expect(task.status === "merged" && story.rejected.has(task.patchId ?? "")).toBe(false);
    });
  });
});
