import type { ActionType } from "../core/run/actions.ts";

/** Every kind of effect, in one place, so that no performer can be added without its fault points. */
export const ACTION_TYPES: readonly ActionType[] = [
  "PrepareIntegration",
  "RunBaseline",
  "PrepareWorkspace",
  "PrepareSession",
  "RunSession",
  "EndSession",
  "CommitLeftovers",
  "Autofix",
  "RunGates",
  "ProveWork",
  "AddFollowUps",
  "PublishPullRequest",
  "LeaveDraft",
  "UpdateBranch",
  "TidyPullRequest",
  "ReturnToDraft",
  "BeginMerge",
  "BuildCandidate",
  "MergePullRequest",
  "BuildTrain",
  "GateTrain",
  "ForecastConflicts",
  "GiveBack",
  "TestWave",
  "FindCulprit",
  "RevertTask",
  "TestIntegration",
  "OpenLanding",
  "Land",
];

export type FaultPlace = "before" | "inside" | "after";
export type FaultPoint = `${ActionType}:${FaultPlace}` | "append:before" | "append:after";

/** Points at which a test may kill the engine: around every append and before, inside and after every effect. */
export const FAULT_POINTS: readonly FaultPoint[] = [
  "append:before",
  "append:after",
  ...ACTION_TYPES.flatMap((type): FaultPoint[] => [
    `${type}:before`,
    `${type}:inside`,
    `${type}:after`,
  ]),
];

/** Told whenever the engine passes a fault point. Production passes through; a test may never return. */
export interface Faults {
  pass(point: FaultPoint): void | Promise<void>;
}

/** Passes through. */
export const NO_FAULTS: Faults = { pass: () => undefined };
