import type { EventOf } from "./events.ts";
import type { TrainRecord } from "./merge-state.ts";
import type { Run } from "./run.ts";

/** Before the first train. */
export const NO_TRAINS: TrainRecord = { count: 0, window: 0, judged: 0, red: 0, alone: null };

export function planTrain(_run: Run, _event: EventOf<"TrainPlanned">): void {}
export function buildTrain(_run: Run, _event: EventOf<"TrainBuilt">): void {}
export function gateTrain(_run: Run, _event: EventOf<"TrainGated">): void {}
export function endTrain(_run: Run, _event: EventOf<"TrainEnded">): void {}
