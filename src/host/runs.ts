import { randomInt } from "node:crypto";
import { foldLog } from "../core/run/evolve.ts";
import type { Run } from "../core/run/run.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { RunId } from "../core/shared/names.ts";
import { ExitCode, UserError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { ReadPlan } from "./project.ts";

/** True while there is something left to do or to answer. */
export function isOpenRun(run: Run): boolean {
  return run.status !== "complete" && run.status !== "cancelled";
}

/** The state of a run. @throws UserError `run/unknown`. */
export function readRun(log: EventLog, id: RunId): Run {
  const events = log.read(id, 0);
  if (events.length === 0) {
    throw new UserError("run/unknown", `There is no run ${id} here.`, {
      hints: ["`cairn status` names the newest one."],
    });
  }
  return foldLog(id, events);
}

/** The newest run, or null. */
export function newestRun(log: EventLog): Run | null {
  const [newest] = log.runs();
  return newest === undefined ? null : readRun(log, newest.run);
}

/** The newest run. @throws UserError `run/none`. */
export function requireNewestRun(log: EventLog): Run {
  const run = newestRun(log);
  if (run === null) {
    throw new UserError("run/none", "No milestone was run here yet.", {
      hints: ["Begin one: cairn run @docs/plan.md"],
    });
  }
  return run;
}

/** Two plans are of one milestone when they come from the same place. */
export function isSameMilestone(one: Plan, other: Plan): boolean {
  return one.source.kind === other.source.kind && one.source.reference === other.source.reference;
}

/** Appends the first events of a run: what it is to do, and under which settings. */
export function createRun(
  log: EventLog,
  clock: Clock,
  id: RunId,
  read: ReadPlan,
  version: string,
): Run {
  const now = clock.now();
  const events = log.append(id, 0, now, [
    { type: "RunCreated", run: id, settings: read.settings, version },
    { type: "PlanProposed", plan: read.plan, branches: read.branches, freed: read.freed },
  ]);
  return foldLog(id, events);
}

/** Values of three characters from `0-9a-z`. */
const TAGS = 36 ** 3;

/**
 * `m4-20261121-0619-k3f`. The tag tells runs apart that two repositories of one machine begin in the same minute: the
 * name is the mark by which a run's processes are found and ended.
 */
export function newRunId(log: EventLog, plan: Plan, now: number): RunId {
  const stamp = new Date(now)
    .toISOString()
    .slice(0, 16)
    .replaceAll("-", "")
    .replace("T", "-")
    .replace(":", "");
  const number = plan.milestone.number.replaceAll(/[^A-Za-z0-9.-]+/g, "-").slice(0, 40) || "run";
  const taken = new Set(log.runs().map((row) => row.run));
  let id: RunId;
  do id = `${number}-${stamp}-${newTag()}`;
  while (taken.has(id));
  return id;
}

function newTag(): string {
  return randomInt(TAGS).toString(36).padStart(3, "0");
}

/** The refusal where a run is not over: `resume` and `land` speak of the newest one. */
export function anotherIsOpen(before: Run): UserError {
  const name = before.plan?.milestone.title ?? before.id;
  return new UserError(
    "run/open",
    `Another milestone is not over yet: ${name} (run ${before.id}, ${before.status}).`,
    {
      hints: ["Finish it: cairn resume", "Give it up: cairn cancel --run, then cairn resume"],
      exitCode: ExitCode.stillRunning,
    },
  );
}

/** The refusal for a repository in which another process runs an engine. */
export function otherEngine(
  heldBy: { readonly pid: number; readonly run: RunId | null } | null,
): UserError {
  const who = heldBy === null ? "another process" : `process ${heldBy.pid}`;
  const what = heldBy?.run == null ? "" : `, with the run ${heldBy.run}`;
  return new UserError(
    "run/other-engine",
    `An engine is at work in this repository: ${who}${what}.`,
    {
      hints: ["Watch it: cairn attach", "Stop it: cairn pause"],
      exitCode: ExitCode.stillRunning,
    },
  );
}
