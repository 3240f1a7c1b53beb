import type { Action, ActionMap, ActionType } from "../core/run/actions.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import type { Faults } from "./fault-points.ts";
import { testWhatWasMerged } from "./merged-work.ts";
import { performAutofix } from "./perform-autofix.ts";
import { performFollowUps } from "./perform-follow-ups.ts";
import { performForecast } from "./perform-forecast.ts";
import { performGates } from "./perform-gates.ts";
import { performGiveBack } from "./perform-give-back.ts";
import { performIntegration } from "./perform-integration.ts";
import { performLanding } from "./perform-landing.ts";
import { performMerge } from "./perform-merge.ts";
import { performProof } from "./perform-proof.ts";
import { performPullRequest } from "./perform-pull-request.ts";
import { performTidy } from "./perform-tidy.ts";
import { performSession } from "./perform-session.ts";
import { performTrain } from "./perform-train.ts";
import { performUpdate } from "./perform-update.ts";
import { performWhole } from "./perform-whole.ts";
import { performWorkspace } from "./perform-workspace.ts";
import type { PerformerOf, World } from "./performer.ts";
import type { Perform } from "./run-engine.ts";

type Performers = { readonly [T in ActionType]: PerformerOf<T> };

/** One performer for each kind of action; the engine knows no other way to touch the world. */
export function createPerform(world: World, faults: Faults): Perform {
  const gates = performGates(world);
  const performers: Performers = {
    ...performIntegration(world),
    ...performLanding(world),
    ...performWorkspace(world),
    ...performSession(world),
    ...gates,
    ...performProof(world),
    ...performAutofix(world),
    ...performFollowUps(world),
    TestIntegration: testWhatWasMerged(world, gates.TestIntegration),
    ...performPullRequest(world),
    ...performTidy(world),
    ...performUpdate(world),
    ...performMerge(world),
    ...performTrain(world),
    ...performForecast(world),
    ...performGiveBack(world),
    ...performWhole(world),
  };
  return (action, run) => performWith(performers, action, run, faults);
}

async function performWith(
  performers: Performers,
  action: Action,
  run: Run,
  faults: Faults,
): Promise<Outcome> {
  const { type } = action;
  const inside = async (): Promise<void> => faults.pass(`${type}:inside`);
  // The performer reads the run before its first await: only its start is synchronous with the append.
  const ready = prepare(performers, type, action, run);
  await faults.pass(`${type}:before`);
  const outcome = await ready(inside);
  await faults.pass(`${type}:after`);
  return outcome;
}

function prepare<T extends ActionType>(
  performers: Performers,
  type: T,
  action: ActionMap[T],
  run: Run,
): (inside: () => Promise<void>) => Promise<Outcome> {
  return performers[type](action, run);
}
