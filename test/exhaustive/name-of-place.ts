import { hash } from "node:crypto";
import type { Task } from "../../src/core/run/run.ts";
import type { Place } from "../worlds/place.ts";

/**
 * Fields that decide nothing: times, words for people, what things cost, and numbers that only keep keys apart. Two
 * places that differ in nothing else go on alike.
 */
const TELLS_NOTHING: ReadonlySet<string> = new Set([
  "issue",
  "branch",
  "detail",
  "notes",
  "report",
  "usage",
  "startedAt",
  "endedAt",
  "changedAt",
  "askedAt",
  "stepNo",
  "sessions",
  "gateResults",
  "vendorSession",
  "durationMs",
  "prepared",
  "released",
  "key",
  "session",
  "id",
]);

const names = new WeakMap<Task, string>();

/** The same for places from which everything that can follow is the same. */
export function nameOfPlace({ run, state, faults }: Place): string {
  const tasks = [...run.tasks.values()].map(nameOfTask);
  const effects = [...run.effects.values()].map(({ action }) => short(action)).toSorted();
  const delayed = [...run.delayed.values()]
    .map(({ action, tries }) => `${short(action)} ${tries}`)
    .toSorted();
  const { status, integration, greenTrees, merging, train, trains, redWhole, merged } = run;
  const { baseGated, fixRounds, verified, verifyFailed, forecast, landed, landings } = run;
  const ofRun = {
    status,
    head: integration?.head,
    merging,
    train,
    trains,
    merged,
    fixRounds,
    baseGated,
    landings,
  };
  const { green, answers, ...world } = state;
  const told = Object.values(answers).map(short).toSorted();
  const text = JSON.stringify([
    faults,
    tasks,
    effects,
    delayed,
    { ...ofRun, no: 0, red: redWhole?.commit, verified: verified?.commit, landed },
    verifyFailed?.commit,
    forecast,
    [...greenTrees].toSorted(),
    [...green].toSorted(),
    world,
    told,
  ]);
  return hash("md5", text, "base64url");
}

function nameOfTask(task: Task): string {
  const known = names.get(task);
  if (known !== undefined) return known;
  const name = `${task.key} ${task.session === null ? "" : "live"} ${short(task)}`;
  names.set(task, name);
  return name;
}

function short(value: object): string {
  return JSON.stringify(value, (field, inner: unknown) =>
    TELLS_NOTHING.has(field) ? undefined : inner,
  );
}
