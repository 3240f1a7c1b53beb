import { trainBounds } from "../merge/train/prefix-search.ts";
import type { Instant, TaskKey } from "../shared/names.ts";
import {
  barrierWave,
  groupHolder,
  isDue,
  isOfWave,
  slotsTaken,
  tasksInFlight,
  waitsForWaveTest,
} from "./admission.ts";
import { RoomLeft } from "./agent-room.ts";
import { hasMoney } from "./budget.ts";
import { holdOf, nextAgent } from "./may-begin.ts";
import type { Run, Task } from "./run.ts";
import { unmergedBlocker } from "./may-merge.ts";
import { isTerminal, startBlockers } from "./task-state.ts";

/** What keeps a task from going on. `null` in `waitingFor`'s answer: it is working, or over. */
export interface WaitingFor {
  readonly what:
    | "blocker"
    | "conflict-group"
    | "phase"
    | "slot"
    | "gate-slot"
    | "budget"
    | "provider"
    | "time"
    | "ci"
    | "review"
    | "turn"
    /** Gates that run on it together with others: its `key`. */
    | "train"
    | "forge"
    | "person";
  /** The task, group, ceiling or branch it waits for. */
  readonly key?: string;
  readonly until?: Instant;
  readonly question?: string;
}

/** What an open task waits for at `now`, the nearest cause first; null while something of it is under way. */
export function waitingFor(run: Run, task: Task, now: Instant): WaitingFor | null {
  if (isTerminal(task.status)) return null;
  if (task.status === "escalated") {
    return task.question === null
      ? { what: "person" }
      : { what: "person", key: task.question.id, question: task.question.text };
  }
  if (task.session !== null || hasOpenEffect(run, task)) return null;
  const trouble = delayOf(run, task, now);
  if (trouble !== null) return trouble;
  if (task.status === "waiting") return beforeStart(run, task, now);
  if (!isDue(task, now)) return untilDue(task);
  if (run.status !== "running") return { what: "person", key: run.status };
  return atStep(run, task, now);
}

function hasOpenEffect(run: Run, task: Task): boolean {
  for (const { action } of run.effects.values()) {
    if ("task" in action && action.task === task.key) return true;
  }
  return false;
}

function delayOf(run: Run, task: Task, now: Instant): WaitingFor | null {
  for (const { action, notBefore, why } of run.delayed.values()) {
    if (!("task" in action) || action.task !== task.key || notBefore <= now) continue;
    const onForge = [
      "PublishPullRequest",
      "LeaveDraft",
      "UpdateBranch",
      "MergePullRequest",
      "TidyPullRequest",
    ].includes(action.type);
    return { what: onForge ? "forge" : "time", until: notBefore, question: why };
  }
  return null;
}

function untilDue(task: Task): WaitingFor {
  const until = task.notBefore ?? 0;
  if (task.limited) return { what: "provider", until };
  return { what: task.status === "queued" ? "forge" : "time", until };
}

function beforeStart(run: Run, task: Task, now: Instant): WaitingFor | null {
  const outside = task.issue.blockedFromOutside;
  if (outside !== null) return { what: "blocker", key: outside };
  const blocker = startBlockers(run, task)[0];
  if (blocker !== undefined) return { what: "blocker", key: blocker };
  if (!isDue(task, now)) return untilDue(task);
  if (run.status !== "running") return { what: "person", key: run.status };
  const wave = barrierWave(run);
  if (wave !== null && !isOfWave(run, task.key, wave)) {
    return { what: "phase", key: String(wave + 1) };
  }
  // The branch is tested as a whole before its wave begins.
  if (wave !== null && waitsForWaveTest(run, wave)) return { what: "phase", key: String(wave) };
  const holder = groupHolder(run, task);
  if (holder !== null) return { what: "conflict-group", key: holder };
  if (!hasMoney(run, task)) return { what: "budget" };
  const hold = holdOf(run, task, now);
  if (hold !== null) return hold;
  const slow = slowedDown(run, task);
  if (slow !== null) return slow;
  const full =
    slotsTaken(run) >= run.settings.parallel || tasksInFlight(run) >= run.settings.inFlight;
  return full ? { what: "slot" } : null;
}

/** Its agent has as many sessions as its provider takes for now; the next one that ends makes room. */
function slowedDown(run: Run, task: Task): WaitingFor | null {
  const agent = new RoomLeft(run).has(task) ? null : nextAgent(run, task);
  return agent === null ? null : { what: "provider", key: agent };
}

/** The forge's checks first, then its reviewers; until when, and what is known of them. */
function forChecks(run: Run, task: Task, since: Instant): WaitingFor {
  const { forge } = run.settings;
  const seen = task.checks?.head === task.head ? task.checks : null;
  const words = seen === null ? {} : { question: seen.words };
  const isReview =
    seen !== null && seen.waiting.length > 0 && seen.waiting.every(({ what }) => what === "review");
  if (isReview) return { what: "review", until: since + (forge?.reviews.timeoutMs ?? 0), ...words };
  return { what: "ci", until: since + (forge?.ci.timeoutMs ?? 0), ...words };
}

/** Those that it is gated together with now; none when its colour is known. */
function gatedWith(run: Run, { key }: Task): readonly TaskKey[] {
  const cars = (run.train?.cars ?? []).map(({ task }) => task);
  const place = cars.indexOf(key) + 1;
  const { green, red } = trainBounds(run);
  if (place === 0 || place <= green || (red !== null && place > red)) return [];
  return cars.slice(green).filter((other) => other !== key);
}

function atStep(run: Run, task: Task, now: Instant): WaitingFor | null {
  if (task.status === "queued") {
    const below = unmergedBlocker(run, task);
    if (below !== null) return { what: "blocker", key: below };
    const others = gatedWith(run, task);
    if (others.length > 0) return { what: "train", key: others.join(", ") };
    return run.merging === null ? { what: "turn" } : { what: "turn", key: run.merging };
  }
  switch (task.step.at) {
    case "session":
    case "review":
      if (!hasMoney(run, task)) return { what: "budget" };
      return holdOf(run, task, now) ?? slowedDown(run, task) ?? { what: "slot" };
    case "gates":
    case "candidate-gates":
    case "base-gates":
      return { what: "gate-slot" };
    case "checks":
      return forChecks(run, task, task.step.since);
    case "none":
      return { what: "ci" };
    default:
      return null;
  }
}
