import type { GateResult } from "../../src/core/execute/gates.ts";
import type { Action } from "../../src/core/run/actions.ts";
import type { RunEvent, StoredEvent } from "../../src/core/run/events.ts";
import { checkInvariants } from "../../src/core/run/invariants.ts";
import type { Outcome } from "../../src/core/run/outcomes.ts";
import type { Message } from "../../src/core/run/react.ts";
import type { Run, RunSettings } from "../../src/core/run/run.ts";
import { RULES, tick, type Rules } from "../../src/core/run/transition.ts";
import { aRun, NOW, work } from "./a-run.ts";

export interface DrainOptions {
  readonly tasks: number;
  readonly slots: number;
  readonly train: number | "auto";
  readonly everyCommitGreen?: boolean;
  /** Keys of branches whose presence makes every gate red. */
  readonly bad?: ReadonlySet<string>;
  /** True: this run of the gates is red for no reason. Asked once for each run. */
  readonly isFlaky?: (commit: string) => boolean;
  /** Keys that do not fit on one another. */
  readonly conflicts?: readonly (readonly [string, string])[];
  readonly rules?: Rules;
  /** Told of each event, to meddle with the world: answers messages that come at once. */
  readonly onEvent?: (run: Run, event: StoredEvent) => void;
  readonly settings?: Partial<RunSettings>;
}

export interface Drained {
  readonly run: Run;
  readonly events: readonly RunEvent[];
  /** In runs of the gates, one after the other. */
  readonly makespan: number;
  readonly gateRuns: number;
  /** Keys in the order in which they were merged. */
  readonly merged: readonly string[];
}

const GATE = 1_000;

/**
 * A queue of approved branches and nothing else, on the real rules: a merge takes no time, the gates take one unit. A
 * commit is named by the branches in it, so that whatever is on the branch can be read off its name.
 */
export function drainQueue(options: DrainOptions): Drained {
  const run = queueOf(options);
  const events: RunEvent[] = [];
  const due: { at: number; message: Message }[] = [];
  let now = NOW;
  let gateRuns = 0;
  let messages: readonly Message[] = [];
  let lastMerge = NOW;
  for (let turns = 0; turns < 100_000; turns += 1) {
    const inspect = (state: Run, event: StoredEvent): void => {
      events.push(event);
      options.onEvent?.(state, event);
      if (event.type === "PullRequestMerged") lastMerge = now;
      if (options.rules === undefined) checkInvariants(state, event);
    };
    const { decision } = tick(run, messages, now, inspect, options.rules ?? RULES);
    for (const action of decision.actions) {
      if (isGate(action)) gateRuns += 1;
      const outcome = answer(options, run, action);
      if (outcome === null) continue;
      const at = now + (isGate(action) ? GATE : 0);
      const place = due.findIndex((other) => other.at > at);
      const message = { kind: "outcome", key: action.key, outcome } as const;
      due.splice(place < 0 ? due.length : place, 0, { at, message });
    }
    const next = due.shift();
    if (next === undefined || run.status !== "running") break;
    now = next.at;
    messages = [next.message];
  }
  return { run, events, makespan: (lastMerge - NOW) / GATE, gateRuns, merged: [...run.merged] };
}

/** Keys of the branches in a commit. */
export function partsOf(commit: string): readonly string[] {
  return commit.split("+").slice(1);
}

function queueOf({
  tasks,
  slots,
  train,
  everyCommitGreen = false,
  settings = {},
}: DrainOptions): Run {
  const builder = aRun({
    mode: "autonomous",
    land: "manual",
    gates: { preMerge: [GATE_COMMAND], postMerge: [], parallel: slots, outputBytes: 1_000 },
    fixRounds: { pullRequest: 0, conflict: 0, run: 1_000 },
    merging: {
      train,
      everyCommitGreen,
      medium: { files: 3, hunks: 6, lines: 80, attempts: 2 },
      heavy: "skip",
    },
    ...settings,
  }).with({ integration: { branch: "milestone/1", head: "base", base: "base" } });
  for (let at = 1; at <= tasks; at += 1) {
    const key = String(at);
    builder.withTask(key, {
      status: "queued",
      head: `work-${key}`,
      patchId: `patch-${key}`,
      changedPaths: [`file-${key}.ts`],
      pullRequest: { number: at, url: null, draft: false },
      workspace: { slot: `w${key}`, path: `/w/${key}`, branch: `feat/${key}`, forkPoint: "base" },
    });
  }
  return builder.build();
}

const GATE_COMMAND = { name: "test", run: "npm test", kind: "test", timeoutMs: 1_000 } as const;

function isGate(action: Action): boolean {
  return action.type === "RunGates" || action.type === "GateTrain";
}

function answer(options: DrainOptions, run: Run, action: Action): Outcome | null {
  switch (action.type) {
    case "BuildCandidate":
      return { of: action.type, result: candidate(options, action.onto, action.task) };
    case "BuildTrain":
      return builtTrain(options, action);
    case "RunGates":
    case "GateTrain": {
      const { commit } = action;
      const results = [gateResult(options, commit)];
      return action.type === "GateTrain"
        ? { of: action.type, commit, results }
        : { of: action.type, commit, tree: commit, results };
    }
    case "MergePullRequest":
      return run.integration?.head === action.from
        ? { of: action.type, result: { kind: "merged", commit: action.candidate } }
        : { of: action.type, result: { kind: "base-moved", base: run.integration?.head ?? "" } };
    case "ForecastConflicts":
      return { of: action.type, pairs: [] };
    case "PrepareWorkspace":
      return { of: action.type, workspace: { path: `/w/${action.slot}`, head: action.base } };
    case "BeginMerge":
      return { of: action.type, state: "merged", work: work(action.task) };
    default:
      return null;
  }
}

type Built = Extract<Outcome, { of: "BuildCandidate" }>["result"];

function candidate({ conflicts = [] }: DrainOptions, onto: string, task: string): Built {
  const there = new Set(partsOf(onto));
  const clash = conflicts.some(
    ([a, b]) => (a === task && there.has(b)) || (b === task && there.has(a)),
  );
  if (clash) return { kind: "conflict", paths: ["a.ts"], messages: "" };
  return { kind: "clean", commit: `${onto}+${task}`, tree: `${onto}+${task}` };
}

function builtTrain(
  options: DrainOptions,
  action: Extract<Action, { type: "BuildTrain" }>,
): Outcome {
  const cars: { task: string; head: string; commit: string; tree: string }[] = [];
  const left: { task: string; why: string }[] = [];
  for (const { task, head } of action.members) {
    const made = candidate(options, cars.at(-1)?.commit ?? action.onto, task);
    if (made.kind === "clean") cars.push({ task, head, commit: made.commit, tree: made.tree });
    else left.push({ task, why: "it conflicts" });
  }
  return { of: "BuildTrain", cars, left };
}

function gateResult({ bad, isFlaky }: DrainOptions, commit: string): GateResult {
  const ok = !partsOf(commit).some((key) => bad?.has(key)) && isFlaky?.(commit) !== true;
  return {
    name: "test",
    kind: "test",
    ok,
    exitCode: ok ? 0 : 1,
    problem: null,
    durationMs: GATE,
    failures: [],
    tail: "",
  };
}
