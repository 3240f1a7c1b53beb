import { trainBounds } from "../merge/train/prefix-search.ts";
import { windowAfter } from "../merge/train/window.ts";
import type { EventOf } from "./events.ts";
import type { Train, TrainRecord } from "./merge-state.ts";
import type { Run, Task } from "./run.ts";

/** Before the first train. */
export const NO_TRAINS: TrainRecord = { count: 0, window: 0, judged: 0, red: 0, alone: null };

export function planTrain(run: Run, { onto, members }: EventOf<"TrainPlanned">): void {
  const no = run.trains.count + 1;
  run.trains = { ...run.trains, count: no };
  run.train = { no, onto, members, cars: null, gated: {}, redGates: {}, head: onto };
}

/** Prefixes whose tree has passed the gates before are known at once. */
export function buildTrain(run: Run, { cars, left }: EventOf<"TrainBuilt">): void {
  if (run.train === null) return;
  const known = cars.flatMap(({ tree }, index) =>
    run.greenTrees.has(tree) ? [[index + 1, true] as const] : [],
  );
  const apart = left.map(({ task }) => task);
  run.train = { ...run.train, cars, left: apart, gated: Object.fromEntries(known) };
}

/** A green prefix makes the trees of all its cars green: each of them lies inside it. */
export function gateTrain(run: Run, { length, ok, results }: EventOf<"TrainGated">): void {
  const { train } = run;
  if (train === null || train.cars === null) return;
  const red = results.filter((result) => !result.ok).map(({ name }) => name);
  run.train = {
    ...train,
    gated: { ...train.gated, [length]: ok },
    redGates: ok ? train.redGates : { ...train.redGates, [length]: red },
  };
  // Where each landing is gated by itself no car is cleared by those behind it.
  const from = run.settings.merging?.everyCommitGreen === true ? length - 1 : 0;
  if (ok) for (const { tree } of train.cars.slice(from, length)) run.greenTrees.add(tree);
}

export function endTrain(run: Run, { alone }: EventOf<"TrainEnded">): void {
  const { train, trains } = run;
  const { green } = trainBounds(run);
  if (train !== null) forgetCleared(run, train);
  run.train = null;
  const isRed = alone !== null && alone.red !== null;
  const size = train?.members.length ?? 0;
  // One that fell apart before it had measured anything says nothing about the next one's size.
  const window = green > 0 || isRed ? windowAfter(Math.max(size, 1), isRed) : trains.window;
  const judged = trains.judged + green + (isRed ? 1 : 0);
  run.trains = { ...trains, window, judged, red: trains.red + (isRed ? 1 : 0), alone };
}

/**
 * What a longer prefix had cleared, and did not come with it, is gated by itself at its turn. What is being moved at
 * this moment goes on, since nobody knows whether it is there already; see `leaveMove`.
 */
function forgetCleared(run: Run, { cars, gated }: Train): void {
  for (const [index, { task: key, tree }] of (cars ?? []).entries()) {
    const task = run.tasks.get(key);
    if (task?.status === "merged" || gated[index + 1] === true) continue;
    if (task?.step.at === "move" && task.step.tree === tree)
      run.movingCleared = { task: key, tree };
    else run.greenTrees.delete(tree);
  }
}

/** Put off, or given up, it is gated by itself before it is tried again. */
export function leaveMove(run: Run, { key, status, step }: Task): void {
  const cleared = run.movingCleared;
  if (cleared?.task !== key || (step.at === "move" && step.tree === cleared.tree)) return;
  run.movingCleared = null;
  if (status !== "merged") run.greenTrees.delete(cleared.tree);
}

/**
 * What was merged is green by itself, or only inside a longer prefix that is: then nobody knows how the branch is
 * where it stands, should those behind it not come.
 */
export function noteGatedBase(run: Run, event: EventOf<"PullRequestMerged">): void {
  if (event.isAsChecked === false) return;
  const { train } = run;
  const at = train?.cars?.findIndex(({ task }) => task === event.task) ?? -1;
  const isOfTrain = at >= 0 && train?.head === event.from;
  const isCleared = isOfTrain && train.gated[at + 1] !== true;
  if (isCleared || run.movingCleared?.task === event.task) run.baseGated = null;
  else run.baseGated = { commit: event.commit, ok: true };
}

/** The branch moved as the train said it would. */
export function moveTrain(run: Run, event: EventOf<"PullRequestMerged">): void {
  const { train } = run;
  if (train === null || train.cars === null || event.isAsChecked === false) return;
  const isNext = train.head === event.from && train.cars.some(({ task }) => task === event.task);
  if (isNext) run.train = { ...train, head: event.commit };
}

/** Its turn is over as soon as it has left the queue. */
export function forgetAlone(run: Run, { key, status }: Task): void {
  if (run.trains.alone?.task !== key || status === "queued" || status === "merging") return;
  run.trains = { ...run.trains, alone: null };
}
