import { judgeGates } from "../execute/judge-gates.ts";
import { nextPrefixes, trainBounds } from "../merge/train/prefix-search.ts";
import { isEachGated } from "../merge/train/window.ts";
import type { Action, ActionOf } from "./actions.ts";
import { owedActions } from "./admission.ts";
import type { RunEvent } from "./events.ts";
import type { Train } from "./merge-state.ts";
import type { Outcome } from "./outcomes.ts";
import type { Run } from "./run.ts";

/**
 * What a train asks for now: to be put together, or gates on some of its prefixes, `gateSlots` at most. Prefixes are
 * gated round by round: what the next round cuts depends on what this one says.
 */
export function trainActions(run: Run, gateSlots: number): readonly Action[] {
  const { train, settings } = run;
  if (train === null) return [];
  const { no, onto, members, cars } = train;
  if (cars === null) return [{ type: "BuildTrain", key: buildKey(train), onto, members }];
  const owed = gatesOwed(run, train);
  if (owed.length > 0) return owed;
  if (gateSlots <= 0 || settings.merging === undefined) return [];
  const isEach = isEachGated(settings.merging, run.trains);
  const { gated } = train;
  const bounds = trainBounds(run);
  const search = { size: cars.length, gated, bounds, slots: gateSlots, isEach };
  return nextPrefixes(search).map((length): Action => ({
    type: "GateTrain",
    key: `train:${no}:gates:${length}`,
    commit: cars[length - 1]?.commit ?? "",
    length,
  }));
}

/** Gates of this train that are under way, or met trouble and will be begun again. */
export function gatesOwed(run: Run, train: Train): readonly ActionOf<"GateTrain">[] {
  const owed: ActionOf<"GateTrain">[] = [];
  for (const action of owedActions(run))
    if (action.type === "GateTrain" && isOf(train, action)) owed.push(action);
  return owed;
}

/** What follows when branches were put together, or gated together. News of another train has no effect. */
export function reactToTrain(
  run: Run,
  action: Action,
  outcome: Extract<Outcome, { of: "BuildTrain" | "GateTrain" }>,
): readonly RunEvent[] {
  const { train } = run;
  if (train === null || !isOf(train, action) || isOver(run)) return [];
  if (outcome.of === "GateTrain") {
    if (action.type !== "GateTrain") return [];
    const { results } = outcome;
    const ok = judgeGates(results, run.baseline).length === 0;
    return [{ type: "TrainGated", length: action.length, ok, results }];
  }
  if (train.cars !== null) return [];
  const { cars, left } = outcome;
  if (cars.length > 1) return [{ type: "TrainBuilt", cars, left }];
  const first = cars[0]?.task ?? train.members[0]?.task;
  const why = "They do not fit on each other: each takes its turn alone.";
  return [{ type: "TrainEnded", why, alone: first === undefined ? null : aside(first) }];
}

/** Given up while the answer was on its way. */
function isOver({ status }: Run): boolean {
  return status === "complete" || status === "cancelled";
}

/** What was gated with other tools says nothing about what these would find. */
export function withOtherTools(run: Run, tools: string | undefined): readonly RunEvent[] {
  if (run.train === null || run.tools === null || tools === undefined) return [];
  if (tools === run.tools) return [];
  return [{ type: "TrainEnded", why: "The gates run with other tools now.", alone: null }];
}

/** Without a train branches take their turn one after the other. */
export function trainGivenUp(run: Run, why: string): readonly RunEvent[] {
  const first = run.train?.members.find(({ task }) => run.tasks.get(task)?.status === "queued");
  if (run.train === null) return [];
  return [{ type: "TrainEnded", why, alone: first === undefined ? null : aside(first.task) }];
}

function aside(task: string): { readonly task: string; readonly red: null } {
  return { task, red: null };
}

function buildKey(train: Train): string {
  return `train:${train.no}:build`;
}

function isOf(train: Train, { key }: Action): boolean {
  return key.startsWith(`train:${train.no}:`);
}
