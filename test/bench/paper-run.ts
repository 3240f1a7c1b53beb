import type { Action } from "../../src/core/run/actions.ts";
import type { StoredEvent } from "../../src/core/run/events.ts";
import type { Outcome, Work } from "../../src/core/run/outcomes.ts";
import type { Message } from "../../src/core/run/react.ts";
import type { Run, RunSettings } from "../../src/core/run/run.ts";
import { RULES, tick, type Rules } from "../../src/core/run/transition.ts";
import {
  commit,
  greenGates,
  RunStory,
  STORY_BEGINS,
  type StoryIssue,
} from "../support/run-story.ts";

/** How long an action takes, in milliseconds of the simulated clock. */
export type TimeOf = (action: Action) => number;

interface Due {
  readonly at: number;
  readonly message: Message;
}

/** For tests of the rules: others than those of this version, and a look at each state that was decided on. */
export interface Watch {
  readonly rules?: Partial<Rules>;
  readonly decided?: (run: Run, now: number) => void;
}

const AT_REST = new Set(["paused", "waiting", "halted", "complete", "cancelled"]);

/**
 * A run on paper: the real rules and a clock, nothing else. Every session succeeds, every gate is green, every merge
 * is clean. Ends with the run, or with `eventsMax` events.
 */
export function runOnPaper(
  issues: readonly StoryIssue[],
  settings: Partial<RunSettings>,
  timeOf: TimeOf,
  eventsMax = Infinity,
  { rules = {}, decided }: Watch = {},
): { readonly run: Run; readonly story: RunStory; readonly makespanMs: number } {
  const story = new RunStory();
  story.created({ mode: "autonomous", land: "manual", ...settings }).planned(issues);
  const { run } = story;
  const due: Due[] = [];
  let now = STORY_BEGINS;
  let messages: readonly Message[] = [{ kind: "started", pid: 1, recovering: false }];
  while (story.events.length < eventsMax && (!AT_REST.has(run.status) || run.effects.size > 0)) {
    const keep = (_run: Run, event: StoredEvent): unknown => story.events.push(event);
    const { decision } = tick(run, messages, now, keep, { ...RULES, ...rules });
    decided?.(run, now);
    for (const action of decision.actions)
      insert(due, {
        at: now + timeOf(action),
        message: { kind: "outcome", key: action.key, outcome: answer(run, action) },
      });
    const next = due.shift();
    if (next === undefined) break;
    now = next.at;
    messages = [next.message];
  }
  return { run, story, makespanMs: now - STORY_BEGINS };
}

/** Keeps the list in order of time; equal times in order of coming. */
function insert(due: Due[], one: Due): void {
  const at = due.findIndex((other) => other.at > one.at);
  due.splice(at === -1 ? due.length : at, 0, one);
}

function answer(run: Run, action: Action): Outcome {
  switch (action.type) {
    case "PrepareIntegration":
      return { of: action.type, branch: action.branch, head: commit("base"), base: commit("base") };
    case "RunBaseline":
      return { of: action.type, commit: action.commit, tree: commit("t"), results: greenGates() };
    case "PrepareWorkspace":
      return { of: action.type, workspace: { path: `/w/${action.slot}`, head: action.base } };
    case "PrepareSession":
      return { of: action.type, protectedRefs: {} };
    case "RunSession":
      return sessionEnded(run, action);
    case "RunGates":
      return {
        of: action.type,
        commit: action.commit,
        tree: treeOf(action.commit),
        results: greenGates(),
      };
    case "PublishPullRequest":
      return { of: action.type, number: 1, url: null, work: workOf(run, action.task) };
    case "BuildCandidate": {
      const made = commit(`merge-${action.task}`);
      return { of: action.type, result: { kind: "clean", commit: made, tree: treeOf(made) } };
    }
    case "MergePullRequest":
      return { of: action.type, result: { kind: "merged", commit: action.candidate } };
    case "TestIntegration":
      return { of: action.type, commit: action.commit, results: greenGates() };
    case "BuildTrain": {
      const cars = action.members.map(({ task, head }) => {
        const made = commit(`merge-${task}`);
        return { task, head, commit: made, tree: treeOf(made) };
      });
      return { of: action.type, cars, left: [] };
    }
    case "GateTrain":
    case "TestWave":
      return { of: action.type, commit: action.commit, results: greenGates() };
    case "ForecastConflicts":
      return { of: action.type, pairs: [] };
    case "GiveBack":
    case "RevertTask":
      return { of: action.type, result: { kind: "refused", why: "" } };
    case "FindCulprit":
      return { of: action.type, culprit: null, search: { trials: [], why: "" } };
    case "Land":
      return { of: action.type, result: { kind: "landed", commit: action.head } };
    case "LeaveDraft":
    case "TidyPullRequest":
    case "EndSession":
      return { of: action.type };
    case "UpdateBranch": {
      const work = workOf(run, action.task);
      return { of: action.type, result: { kind: "updated", work } };
    }
    case "OpenLanding":
      return { of: action.type, number: 100, url: null };
    case "ReturnToDraft":
      return { of: action.type };
    case "ProveWork":
      return {
        of: action.type,
        commit: action.commit,
        proof: null,
        change: { files: 1, lines: 1, stops: [], tests: [], coverage: null, secrets: [] },
      };
    case "AddFollowUps":
      return { of: action.type, result: { kind: "refused", why: "" } };
    case "Autofix":
    case "CommitLeftovers":
      return { of: action.type, work: workOf(run, action.task) };
    case "BeginMerge":
      return { of: action.type, state: "merged", work: workOf(run, action.task) };
  }
}

function sessionEnded(run: Run, action: Extract<Action, { type: "RunSession" }>): Outcome {
  const verdicts = action.stages.map((stage) => ({
    stage,
    verdict: "approve" as const,
    findings: [],
  }));
  return {
    of: action.type,
    session: action.session,
    end: "finished",
    vendorSession: null,
    report: {
      status: "complete",
      summary: "",
      stepsCompleted: [],
      stepsBlocked: [],
      filesChanged: [],
      commits: [],
      notes: [],
      discoveries: [],
      error: null,
      question: null,
      verdicts: verdicts.length === 0 ? null : verdicts,
    },
    lastWords: "Done.",
    usage: { usd: 0.01, inputTokens: 1_000, outputTokens: 100, turns: 3 },
    retryAt: null,
    detail: "",
    work: workOf(run, action.task),
    breaches: [],
  };
}

function workOf(run: Run, task: string): Work {
  const head = commit(`head-${task}`);
  return {
    head,
    onBranch: run.tasks.get(task)?.branch ?? null,
    missing: false,
    descends: true,
    commits: [{ sha: head, subject: `Do ${task}` }],
    changedPaths: [`work/${task}.txt`],
    changedLines: 10,
    dirtyPaths: [],
    markers: [],
    patchId: `patch-${task}`,
  };
}

function treeOf(sha: string): string {
  return commit(`tree-${sha}`);
}
