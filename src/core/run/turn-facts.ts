import type { TurnFacts } from "../merge/merge-queue.ts";
import { remainingPath } from "./admission.ts";
import { conflictsAhead } from "./forecast-conflicts.ts";
import { unmergedBlockers } from "./may-merge.ts";

/** What the order of turns goes by. */
export const TURN_FACTS: TurnFacts = { remainingPath, unmergedBlockers, conflictsAhead };
