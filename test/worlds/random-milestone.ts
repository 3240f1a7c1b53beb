import type { Run, RunSettings } from "../../src/core/run/run.ts";
import { roll } from "../simulation/random.ts";
import type { StoryIssue } from "../support/run-story.ts";
import type { Tree } from "./map-tree.ts";
import { WorldBroken, type Milestone, type Quality } from "./pure-world.ts";

/** What a seed fixes: a graph of issues, what their agents write and how well, and how unlucky everybody is. */
export interface RandomMilestone extends Milestone {
  readonly seed: number;
  readonly qualities: Readonly<Record<string, Quality>>;
  /** How often something is red, put off or not heard of for no reason, 0 to 1. */
  readonly flakes: number;
  /** How often a person meddles, 0 to 1. */
  readonly people: number;
}

/** Files that several tasks change. */
const HOT_FILES = 3;
const TRAINS = [1, 2, 3, "auto"] as const;

/**
 * Between 2 and `tasksMax` issues. In two of three seeds nothing goes wrong but the work of agents, in one of these two
 * people push and merge meanwhile.
 */
export function randomMilestone(seed: number, tasksMax: number): RandomMilestone {
  const pick = (...name: readonly (string | number)[]): number => roll(seed, "world", ...name);
  const count = 2 + Math.floor(pick("count") * (tasksMax - 1));
  const keys = Array.from({ length: count }, (_, at) => String(at + 1));
  const density = [0, 0.15, 0.4][Math.floor(pick("density") * 3)] ?? 0;
  const issues = keys.map((key, at): StoryIssue => {
    const needs = keys.slice(0, at).filter((other) => pick("edge", key, other) < density);
    return { key, title: `Issue ${key}`, needs };
  });
  const edits = Object.fromEntries(keys.map((key) => [key, editsOf(key, pick)]));
  const clashes = count > 2 && pick("clash") < 0.3;
  return {
    seed,
    name: `seed ${seed}`,
    issues,
    edits,
    ...(clashes ? { clash: ["1", "2"] as const } : {}),
    qualities: Object.fromEntries(keys.map((key) => [key, qualityOf(pick("quality", key))])),
    settings: settingsOf(pick),
    flakes: seed % 3 === 2 ? pick("flakes") * 0.15 : 0,
    people: seed % 3 === 0 ? 0 : pick("people") * 0.1,
  };
}

/**
 * Nobody who never got good may be merged, nor what depends on it. Where gates never erred everybody else must be, but
 * for what a person has cancelled and what depends on that. @throws WorldBroken
 */
export function checkVerdicts(
  milestone: RandomMilestone,
  run: Run,
  isOn: (task: string) => boolean,
): void {
  const { issues, qualities, flakes } = milestone;
  const may = new Set<string>();
  const must = new Set<string>();
  for (const { key, needs = [] } of issues) {
    if (qualities[key] === "hopeless") continue;
    if (needs.every((need) => may.has(need))) may.add(key);
    const isGivenUp = run.tasks.get(key)?.status === "cancelled";
    if (!isGivenUp && needs.every((need) => must.has(need))) must.add(key);
  }
  for (const { key, status, detail } of run.tasks.values()) {
    if (isOn(key) && qualities[key] === "hopeless")
      throw new WorldBroken("bad", `${key} never got good and was merged`);
    if (isOn(key) && !may.has(key))
      throw new WorldBroken("bad", `${key} was merged without what it depends on`);
    if (!isOn(key) && must.has(key) && flakes === 0)
      throw new WorldBroken("good", `${key} is good and is ${status}: ${detail ?? ""}`);
  }
}

type Pick = (...name: readonly (string | number)[]) => number;

function editsOf(key: string, pick: Pick): Tree {
  const hot = Array.from({ length: HOT_FILES }, (_, at) => `hot-${at}`);
  const touched = hot.filter((file) => pick("touches", key, file) < 0.15);
  return Object.fromEntries(touched.map((file) => [file, key]));
}

function qualityOf(at: number): Quality {
  return at < 0.08 ? "hopeless" : at < 0.2 ? "bad" : "good";
}

function settingsOf(pick: Pick): Partial<RunSettings> {
  const parallel = 1 + Math.floor(pick("parallel") * 5);
  const train = TRAINS[Math.floor(pick("train") * TRAINS.length)] ?? 1;
  const medium = { files: 1_000, hunks: 1_000, lines: 100_000, attempts: 60 };
  const everyCommitGreen = pick("every-commit") < 0.2;
  return {
    mode: "autonomous",
    land: "manual",
    parallel,
    inFlight: 2 * parallel + 1,
    start: pick("start") < 0.5 ? "merged" : "stacked",
    mergeMethod: pick("method") < 0.5 ? "squash" : "merge",
    review: { mode: "none", rounds: 0 },
    // Conflicts depend on the order of things: nobody may be kept out for having met more of them.
    fixRounds: { pullRequest: 4, conflict: 60, run: 2_000 },
    attempts: 1,
    retryMs: [0, 0, 0],
    gates: {
      preMerge: [{ name: "test", run: "true", kind: "test", timeoutMs: 60_000 }],
      postMerge: [],
      parallel: 1 + Math.floor(pick("gates") * 4),
      outputBytes: 1_000,
    },
    protectedBranches: ["main", "milestone/m4-workers"],
    budget: { sessionUsd: null, taskUsd: null, runUsd: null },
    ...(pick("merging") < 0.8
      ? { merging: { train, everyCommitGreen, medium, heavy: "ask" as const } }
      : {}),
  };
}
