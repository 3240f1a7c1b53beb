import { culpritOf, trainBounds } from "../merge/train/prefix-search.ts";
import { mergeOrder } from "../merge/merge-queue.ts";
import { windowOf } from "../merge/train/window.ts";
import type { Instant } from "../shared/names.ts";
import type { EventOf } from "./events.ts";
import type { Train, TrainAlone, TrainCar, TrainMember } from "./merge-state.ts";
import type { Run, Task } from "./run.ts";
import { gatesOwed, trainActions } from "./train-actions.ts";
import { TURN_FACTS } from "./turn-facts.ts";

/** A train begins, or ends; null: neither. Nothing but `running` sends one off. */
export function settleTrain(
  run: Run,
  now: Instant,
): EventOf<"TrainPlanned"> | EventOf<"TrainEnded"> | null {
  return run.train === null ? plannedTrain(run, now) : endedTrain(run, run.train, now);
}

function plannedTrain(run: Run, now: Instant): EventOf<"TrainPlanned"> | null {
  const { merging } = run.settings;
  if (merging === undefined || run.integration === null) return null;
  if (run.merging !== null || run.revert !== null || run.trains.alone !== null) return null;
  const window = windowOf(merging, run.trains, run.settings.gates.parallel);
  if (window < 2) return null;
  const queue = mergeOrder(run, now, TURN_FACTS);
  if (queue.length < 2) return null;
  const members = queue.slice(0, window).flatMap(asMember);
  if (members.length < 2) return null;
  return { type: "TrainPlanned", onto: run.integration.head, members };
}

function asMember({ key, head, workspace }: Task): readonly TrainMember[] {
  if (head === null || workspace === null) return [];
  return [{ task: key, forkPoint: workspace.forkPoint, head }];
}

function endedTrain(run: Run, train: Train, now: Instant): EventOf<"TrainEnded"> | null {
  if (run.integration?.head !== train.head) return ended("The branch was moved by others.");
  const waiting = (train.cars ?? train.members).filter(({ task }) => !isMerged(run, task));
  const lost = waiting.find((car) => !isAsPlanned(run, car));
  if (lost !== undefined) return ended(`${lost.task} is no longer what was put in it.`);
  const late = waiting.find(({ task }) => isPutOff(run, task, now));
  if (late !== undefined) return ended(`${late.task} is put off again and again.`);
  if (train.cars === null || gatesOwed(run, train).length > 0) return null;
  if (trainActions(run, run.settings.gates.parallel).length > 0) return null;
  const bounds = trainBounds(run);
  const { green } = bounds;
  if (train.cars.length - waiting.length < green) return null;
  const at = culpritOf(bounds);
  const culprit = at === null ? undefined : train.cars[at - 1];
  if (at === null || culprit === undefined)
    return { ...ended("All of it is merged."), alone: leftOut(run, train) };
  const red = train.redGates[at] ?? [];
  const why = `With ${culprit.task} it turned red (${red.join(", ")}); what was before it is merged.`;
  return { type: "TrainEnded", why, alone: { task: culprit.task, red, tree: culprit.tree } };
}

/** Whoever did not fit has its turn before the next train: it would be left out of that one, too, and of all others. */
function leftOut(run: Run, { left = [] }: Train): TrainAlone | null {
  const task = left.find((key) => {
    const one = run.tasks.get(key);
    return one?.status === "queued" && TURN_FACTS.unmergedBlockers(run, one).length === 0;
  });
  return task === undefined ? null : { task, red: null };
}

function isMerged(run: Run, key: string): boolean {
  return run.tasks.get(key)?.status === "merged";
}

/** Whoever is behind it does not wait for it. Once may pass in a moment, and is waited for. */
function isPutOff(run: Run, key: string, now: Instant): boolean {
  const { notBefore = null, mergeTries = 0 } = run.tasks.get(key) ?? {};
  return notBefore !== null && notBefore > now && mergeTries > 1;
}

function isAsPlanned(run: Run, { task: key, head }: TrainCar | TrainMember): boolean {
  const task = run.tasks.get(key);
  const waits = task?.status === "queued" || task?.status === "merging";
  return waits && task?.head === head;
}

function ended(why: string): EventOf<"TrainEnded"> {
  return { type: "TrainEnded", why, alone: null };
}
