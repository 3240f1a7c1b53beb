import { judgeGates } from "../execute/judge-gates.ts";
import type { GateResult } from "../execute/gates.ts";
import type { TaskKey } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import type { RunEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import { putBack } from "./put-back.ts";
import type { Run } from "./run.ts";
import { isBroughtHome } from "./stand-in.ts";

type WholeRunOutcome = Extract<
  Outcome,
  { of: "PrepareIntegration" | "RunBaseline" | "TestIntegration" | "OpenLanding" | "Land" }
>;

/** What follows from effects that concern the run as a whole. */
export function reactToWholeRun(
  run: Run,
  outcome: WholeRunOutcome,
  action: Action,
): readonly RunEvent[] {
  switch (outcome.of) {
    case "PrepareIntegration":
      return isPreparing(run)
        ? [
            {
              type: "IntegrationReady",
              branch: outcome.branch,
              head: outcome.head,
              base: outcome.base,
            },
          ]
        : [];
    case "RunBaseline":
      return isPreparing(run) ? baselineRan(run, outcome) : [];
    case "TestIntegration":
      // News of a test of what the branch no longer is has no effect.
      if (run.status !== "verifying" || action.type !== "TestIntegration") return [];
      return action.commit === run.integration?.head ? integrationTested(run, outcome) : [];
    case "OpenLanding": {
      if (run.status !== "landing" || action.type !== "OpenLanding") return [];
      const { number, url } = outcome;
      return [{ type: "LandingOpened", number, url, head: action.head }];
    }
    case "Land":
      if (run.status !== "landing") return [];
      return outcome.result.kind === "landed"
        ? [{ type: "Landed", commit: outcome.result.commit, target: run.settings.target }]
        : [{ type: "LandingRefused", why: outcome.result.why }];
  }
}

/** A run that was stopped while it was prepared takes the news; it is planning again when it is resumed. */
function isPreparing(run: Run): boolean {
  return ["planning", "draining", "paused", "halted"].includes(run.status) && run.baseline === null;
}

function baselineRan(
  run: Run,
  outcome: Extract<Outcome, { of: "RunBaseline" }>,
): readonly RunEvent[] {
  const recorded: RunEvent = {
    type: "BaselineRecorded",
    commit: outcome.commit,
    tree: outcome.tree,
    results: outcome.results,
  };
  const red = outcome.results.filter((result) => !result.ok && mustBeGreen(run, result));
  if (red.length === 0) return [recorded, ...branchGated(run, outcome)];
  const names = red.map((result) => result.name).join(", ");
  return [
    recorded,
    {
      type: "PlanRejected",
      why: `Red on ${run.settings.target} before anything started: ${names}.`,
    },
  ];
}

/** A branch of the same name that was there before: what is red there and not on the target, it broke itself. */
function branchGated(
  run: Run,
  { branch, results: before }: Extract<Outcome, { of: "RunBaseline" }>,
): readonly RunEvent[] {
  if (branch === undefined) return [];
  const { commit, results } = branch;
  const broken = results.filter((result) => judgeGates([result], before).length > 0);
  const gated: RunEvent = { type: "BaseGated", commit, ok: broken.length === 0, results };
  const stops = broken.filter((result) => mustBeGreen(run, result));
  if (stops.length === 0) return [gated];
  const { integrationBranch: name, target } = run.settings;
  const names = stops.map((result) => result.name).join(", ");
  const why = `${name} was there before this run, and is red where ${target} is green: ${names}. Mend it there, or delete it to begin anew from ${target}.`;
  return [gated, { type: "PlanRejected", why }];
}

function mustBeGreen(run: Run, result: GateResult): boolean {
  switch (run.settings.requireGreenBaseline) {
    case "all":
      return true;
    case "tests":
      return result.kind === "test";
    case "none":
      return false;
  }
}

function integrationTested(
  run: Run,
  outcome: Extract<Outcome, { of: "TestIntegration" }>,
): readonly RunEvent[] {
  if (outcome.lost !== undefined && outcome.lost.length > 0)
    return [mergedWorkLost(run, outcome.lost)];
  if (judgeGates(outcome.results, run.baseline).length > 0) {
    const { commit, results: red } = outcome;
    // What broke it is looked for first.
    if (run.settings.merging !== undefined)
      return [{ type: "IntegrationRed", commit, results: red }];
    return [
      {
        type: "IntegrationFailed",
        commit: outcome.commit,
        results: outcome.results,
        culprit: null,
      },
    ];
  }
  const isWhole =
    run.settings.wholeMilestone &&
    [...run.tasks.values()].every((task) => isBroughtHome(run, task));
  // A landing that a person asked for goes on after a pause.
  const lands = isWhole || run.landing !== null;
  const { commit, results, progress } = outcome;
  const passed = { type: "IntegrationPassed", commit, results, lands } as const;
  return [progress === undefined ? passed : { ...passed, progress }];
}

/** What was merged must be on the branch at the end; where it is not, a person puts it back. */
function mergedWorkLost(run: Run, lost: readonly TaskKey[]): RunEvent {
  const { branch } = run.integration ?? { branch: "the branch" };
  const isOne = lost.length === 1;
  const detail = `${lost.join(", ")} ${isOne ? "was" : "were"} merged, but ${isOne ? "is" : "are"} not on ${branch} any more. Put it back (${putBack(run)}), then: cairn resume --acknowledge.`;
  return { type: "CriticalStopRaised", what: "rewound", task: null, detail };
}
