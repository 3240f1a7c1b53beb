import type { RunSettings } from "../../src/core/run/run.ts";
import type { MergeSettings } from "../../src/core/run/settings.ts";
import type { StoryIssue } from "../support/run-story.ts";
import type { Milestone } from "../worlds/pure-world.ts";

type Shape = "independent" | "chain" | "V" | "Λ";

const NEEDS: Readonly<Record<Shape, Readonly<Record<string, readonly string[]>>>> = {
  independent: {},
  chain: { "2": ["1"], "3": ["2"] },
  V: { "3": ["1", "2"] },
  Λ: { "2": ["1"], "3": ["1"] },
};

type Edits = "own" | "overlap" | "clash";

export interface SmallWorld {
  readonly shape: Shape;
  readonly edits: Edits;
  readonly train: boolean;
  readonly start: "merged" | "stacked";
}

/** Three issues and as many agents as there is work for. */
export function smallWorld({ shape, edits, train, start }: SmallWorld): Milestone {
  const issues: readonly StoryIssue[] = ["1", "2", "3"].map((key) => ({
    key,
    title: `Issue ${key}`,
    needs: NEEDS[shape][key] ?? [],
  }));
  return {
    name: `${shape}, ${edits}, ${train ? "train" : "one by one"}, ${start}`,
    issues,
    edits: edits === "overlap" ? { "1": { both: "1" }, "2": { both: "2" } } : {},
    ...(edits === "clash" ? { clash: ["1", "2"] as const } : {}),
    settings: { ...SETTINGS, start, ...(train ? { merging: TRAIN } : {}) },
  };
}

const TRAIN: MergeSettings = {
  train: "auto",
  everyCommitGreen: false,
  medium: { files: 3, hunks: 6, lines: 80, attempts: 2 },
  heavy: "ask",
};

const SETTINGS: Partial<RunSettings> = {
  mode: "autonomous",
  land: "manual",
  parallel: 3,
  inFlight: 7,
  review: { mode: "none", rounds: 0 },
  fixRounds: { pullRequest: 1, conflict: 2, run: 12 },
  attempts: 1,
  retryMs: [0, 0, 0],
  gates: {
    preMerge: [{ name: "test", run: "true", kind: "test", timeoutMs: 60_000 }],
    postMerge: [],
    parallel: 2,
    outputBytes: 1_000,
  },
  budget: { sessionUsd: null, taskUsd: null, runUsd: null },
};

/** Every shape, with edits that go together or not, one by one and gated together, on merged and on unmerged work. */
export function allSmallWorlds(): readonly Milestone[] {
  const worlds: Milestone[] = [];
  for (const shape of ["independent", "chain", "V", "Λ"] as const)
    for (const edits of ["own", "overlap", "clash"] as const)
      for (const train of [false, true])
        for (const start of ["merged", "stacked"] as const)
          // Where nothing waits for anything there is nothing to be stacked on.
          if (shape !== "independent" || start === "merged")
            worlds.push(smallWorld({ shape, edits, train, start }));
  return worlds;
}
