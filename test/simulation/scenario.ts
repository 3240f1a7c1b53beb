import type { Plan, PlannedIssue } from "../../src/core/plan/plan.ts";
import type { RunSettings } from "../../src/core/run/run.ts";
import type { ForgeSettings } from "../../src/core/run/settings.ts";
import { disciplineOf, HANDOFF, rolesOf, withPhasesAndSteps } from "./discipline.ts";
import { withHeavyConflicts } from "./heavy-conflicts.ts";
import { roll, choose } from "./random.ts";
import { breakerOf, withWholeGate } from "./whole.ts";
import { declares, type ServiceHabits, type TaskHabits } from "./service.ts";

/** Everything a seed fixes about a run; what happens in it beside is rolled by (seed, task, attempt or round). */
export interface Scenario {
  readonly seed: number;
  readonly plan: Plan;
  readonly branches: Readonly<Record<string, string>>;
  readonly settings: RunSettings;
  /** Files each task writes. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** People change what is merged, or limits are tight: results may differ with the order of things. */
  readonly meddling: boolean;
  /** How ill the agents behave, 0 to 1. */
  readonly mischief: number;
  /** How the service behaves that the run works on; null: the run is local. */
  readonly habits: ServiceHabits | null;
  readonly ofTask: Readonly<Record<string, TaskHabits>>;
  /** The task that breaks the whole; null: nobody does. */
  readonly breaker: string | null;
}

type Shape = "chain" | "diamond" | "layers" | "independent" | "random";

/** Many branches that wait behind slow gates and fit on each other: the world of trains. */
export function isConvoy(seed: number): boolean {
  return roll(seed, "convoy") < 0.12;
}

/** `isPlain`: as it was before half of the seeds were held to the discipline. */
export function scenarioOf(seed: number, isPlain = false): Scenario {
  const pick = (name: string): number => roll(seed, name);
  const any = 1 + Math.floor(pick("size") ** 1.5 * 12);
  const size = isConvoy(seed) ? Math.max(4, any) : any;
  const isOnForge = pick("forge") < 0.34;
  // Issues of a service have numbers.
  const keys = Array.from({ length: size }, (_, index) => `${isOnForge ? "#" : "t"}${index + 1}`);
  const shape = isConvoy(seed)
    ? "independent"
    : choose<Shape>(pick("shape"), { chain: 2, diamond: 2, layers: 2, independent: 3, random: 3 });
  const meddling = pick("meddling") < 0.25;
  const plain = keys.map((key, index) => issueOf(seed, { keys, shape, key, index }));
  const isHeld = !isPlain && pick("discipline") < 0.5;
  const issues = isHeld ? withPhasesAndSteps(seed, plain) : plain;
  const shared = ["shared-a", "shared-b"];
  const files = Object.fromEntries(
    keys.map((key) => {
      const share = isConvoy(seed) ? 0.06 : 0.3;
      const overlapping = shared.filter((file) => roll(seed, "touches", key, file) < share);
      return [key, [`own-${key}`, ...overlapping]];
    }),
  );
  const habits = isOnForge ? habitsOf(seed, meddling) : null;
  const settings = heldTo(
    withHeavyConflicts(seed, settingsOf(seed, size, meddling), meddling),
    isHeld ? disciplineOf(seed, { isOnForge, size }) : undefined,
    seed,
  );
  const plan = planOf(isOnForge ? issues.map(declaring) : issues);
  const breaker = breakerOf(seed, keys, { settings, meddling });
  const tested = withWholeGate(settings, breaker);
  return {
    seed,
    plan: (settings.discipline?.handoff ?? "off") === "off" ? plan : { ...plan, handoff: HANDOFF },
    branches: Object.fromEntries(keys.map((key) => [key, `feat/${key.replace("#", "")}`])),
    settings: habits === null ? tested : onForge(seed, tested, habits),
    breaker,
    files,
    meddling,
    mischief: Number(choose(pick("mischief"), { "0": 1, "0.15": 3, "0.5": 2 })),
    habits,
    ofTask: Object.fromEntries(
      habits === null ? [] : keys.map((key) => [key, habitsOfTask(seed, key, habits)]),
    ),
  };
}

function heldTo(
  settings: RunSettings,
  discipline: RunSettings["discipline"],
  seed: number,
): RunSettings {
  return discipline === undefined
    ? settings
    : { ...settings, roles: rolesOf(seed, settings.roles), discipline };
}

/** On a service what an issue waits for is read again and again. */
function declaring(issue: PlannedIssue): PlannedIssue {
  const outside = issue.blockedFromOutside === null ? [] : ["#99"];
  const targets = [...issue.blockers.map(({ key }) => key), ...outside];
  return { ...issue, declarations: targets.map(declares) };
}

function habitsOf(seed: number, meddling: boolean): ServiceHabits {
  const pick = (name: string): number => roll(seed, "habits", name);
  const contexts = [[], ["build"], ["build", "lint"], ["build", "lint", "e2e"]][
    Math.floor(pick("contexts") * 4)
  ] ?? ["build"];
  const count = Math.floor(pick("required") * (contexts.length + 1));
  return {
    contexts,
    required: contexts.slice(0, count),
    saysRequired: pick("says") < 0.5,
    bot: pick("bot") < 0.5 ? "cursor" : null,
    isHasty: meddling && pick("hasty") < 0.5,
    isUsual: pick("usual") < 0.7,
    asksPerson: pick("asks") < 0.3,
    approvals: pick("approvals") < 0.25 ? 1 : 0,
    // One that may not be read and must be green is never waited for in vain: it asks a person for ever.
    hidesChecks: count === 0 && pick("hides") < 0.1,
    landingIsRed: pick("landing") < 0.15,
    mergesLanding: pick("merges") < 0.5,
  };
}

function habitsOfTask(seed: number, key: string, habits: ServiceHabits): TaskHabits {
  const pick = (name: string): number => roll(seed, "habits", name, key);
  const isSilent = habits.required.length > 0 && pick("silent") < 0.06;
  return {
    isSilent,
    hasFinding: !isSilent && pick("finding") < 0.5,
    asksForChanges: !isSilent && pick("changes") < 0.4,
  };
}

function onForge(seed: number, settings: RunSettings, habits: ServiceHabits): RunSettings {
  const pick = (name: string): number => roll(seed, "forge", name);
  const isDirect = pick("direct") < 0.35;
  return {
    ...settings,
    protectedSurfaces: pick("surface") < 0.25 ? { security: ["own-#2", "own-#4"] } : {},
    start: "merged",
    targetPolicy: isDirect ? "direct" : "integration",
    integrationBranch: isDirect ? "main" : "milestone/1",
    land: choose(pick("land"), { auto: 5, "pull-request": 4, manual: 1 }),
    forge: forgeOf(pick, habits),
  };
}

function forgeOf(pick: (name: string) => number, habits: ServiceHabits): ForgeSettings {
  // A bot that nobody waits for may speak too late to be heard: results would differ with the order of things.
  const people = habits.asksPerson ? ["ann"] : [];
  const isNamed = habits.bot !== null && (!habits.isUsual || pick("named") < 0.3);
  return {
    kind: "github",
    repository: "o/r",
    milestone: 1,
    hasIssues: pick("issues") < 0.8,
    taskBranch: "feat/{number}",
    closes: { issues: pick("closes") < 0.8, milestone: pick("closes milestone") < 0.7 },
    mergeMethod: choose(pick("merge"), { squash: 3, merge: 2, rebase: 1 }),
    update: pick("update") < 0.5 ? "rebase" : "merge",
    deletesBranch: pick("deletes") < 0.6,
    opensDraft: pick("draft") < 0.8,
    labels: pick("labels") < 0.5 ? [] : ["cairn"],
    colours: {},
    ci: {
      wait: pick("wait") < 0.8,
      timeoutMs: 30 * 60_000,
      pollMs: [30_000, 60_000, 120_000],
      noneAfterMs: 2 * 60_000,
    },
    reviews: {
      waitFor: isNamed && habits.bot !== null ? [habits.bot, ...people] : "auto",
      timeoutMs: 60 * 60_000,
    },
  };
}

function issueOf(
  seed: number,
  place: { keys: readonly string[]; shape: Shape; key: string; index: number },
): PlannedIssue {
  const { keys, shape, key, index } = place;
  const earlier = keys.slice(0, index);
  const blockers = blockersOf(seed, shape, key, earlier).map((blocker) => ({
    key: blocker,
    strength: "hard" as const,
    from: "seed",
  }));
  const group =
    roll(seed, "group", key) < 0.25 ? `g${Math.floor(roll(seed, "which", key) * 2)}` : null;
  return {
    key,
    number: key.replace("#", ""),
    title: `Task ${key}`,
    body: "",
    state: "open",
    closedAs: null,
    labels: [],
    priority:
      ([null, "P0", "P1", "P2"] as const)[Math.floor(roll(seed, "priority", key) * 4)] ?? null,
    type: roll(seed, "type", key) < 0.1 ? "VALIDATION" : "CODING",
    url: null,
    files: [],
    acceptanceCriteria: [],
    declarations: [],
    statesDependencies: true,
    place: {},
    blockers,
    conflictGroup: group,
    done: false,
    blockedFromOutside: roll(seed, "outside", key) < 0.02 ? "#99 of another milestone" : null,
  };
}

function blockersOf(
  seed: number,
  shape: Shape,
  key: string,
  earlier: readonly string[],
): readonly string[] {
  const last = earlier.at(-1);
  if (last === undefined) return [];
  switch (shape) {
    case "independent":
      return [];
    case "chain":
      return [last];
    case "diamond": {
      const at = earlier.length % 4;
      if (at === 0) return [last];
      return at === 3 ? earlier.slice(-2) : [earlier[earlier.length - at] ?? last];
    }
    case "layers": {
      const layer = Math.floor(earlier.length / 3);
      return layer === 0 ? [] : earlier.slice((layer - 1) * 3, layer * 3);
    }
    case "random":
      return earlier.filter((other) => roll(seed, "edge", key, other) < 0.3);
  }
}

function planOf(issues: readonly PlannedIssue[]): Plan {
  const wave = new Map<string, number>();
  for (const { key, blockers } of issues) {
    wave.set(key, 1 + Math.max(-1, ...blockers.map((blocker) => wave.get(blocker.key) ?? 0)));
  }
  const keys = issues.map((issue) => issue.key);
  const waves: string[][] = [];
  for (const key of keys) (waves[wave.get(key) ?? 0] ??= []).push(key);
  return {
    source: { kind: "markdown", reference: "plan.md" },
    milestone: { title: "Simulated", number: "1", url: null },
    status: "ready",
    issues,
    waves,
    criticalPath: [],
    mergeOrder: keys,
    free: [],
    done: [],
    cycles: [],
    findings: [],
    proposed: [],
    conflictGroups: [],
    estimates: {},
    fingerprint: "",
    documents: [],
    handoff: null,
  };
}

/** Most conflicts here are far beyond what is medium: how they are settled does not change who is merged in the end. */
function mergingOf(
  seed: number,
  pick: (name: string) => number,
): NonNullable<RunSettings["merging"]> {
  const trains = isConvoy(seed) ? ([3, 4, "auto", "auto"] as const) : ([1, 2, 3, "auto"] as const);
  return {
    train: trains[Math.floor(pick("train") * 4)] ?? 1,
    everyCommitGreen: pick("every-commit") < 0.2,
    medium: { files: 1_000, hunks: 1_000, lines: 100_000, attempts: 60 },
    heavy: "ask",
  };
}

function settingsOf(seed: number, size: number, meddling: boolean): RunSettings {
  const pick = (name: string): number => roll(seed, "settings", name);
  const parallel = (isConvoy(seed) ? 3 : 1) + Math.floor(pick("parallel") * 4);
  const continues = pick("continues") < 0.7;
  const agent = { agent: "sim", model: null, continues, commits: pick("commits") < 0.8 };
  const gate = { name: "test", run: "test", kind: "test" as const, timeoutMs: 60_000 };
  const isTight = meddling && pick("tight") < 0.5;
  return {
    mode: pick("mode") < 0.5 ? "autonomous" : "interactive",
    parallel,
    inFlight: pick("in-flight") < 0.3 ? parallel : 2 * parallel + 1,
    barrier: pick("barrier") < 0.15,
    worktrees: true,
    target: "main",
    targetPolicy: "integration",
    integrationBranch: "milestone/1",
    wholeMilestone: pick("whole") < 0.9,
    roles: { implementer: agent, fixer: agent, reviewer: { ...agent, commits: true } },
    gates: {
      preMerge: [gate],
      postMerge: [],
      parallel: 1 + Math.floor(pick("gates") * 4),
      outputBytes: 1_000,
    },
    requireGreenBaseline: "all",
    review: {
      mode: (["none", "one-pass", "two-stage"] as const)[Math.floor(pick("review") * 3)] ?? "none",
      rounds: 2,
    },
    // Conflicts depend on the order of merges; where results are compared they never run out of rounds.
    fixRounds: isTight
      ? { pullRequest: 3, conflict: 2, run: Math.max(5, size) }
      : { pullRequest: 3, conflict: 60, run: 2_000 },
    attempts: 1 + Math.floor(pick("attempts") * 3),
    retryMs: [2_000, 4_000, 8_000, 16_000],
    mergeAuto: pick("merge-auto") < 0.9,
    mergeMethod: pick("method") < 0.7 ? "squash" : "merge",
    ...(pick("merging") < 0.75 || isConvoy(seed) ? { merging: mergingOf(seed, pick) } : {}),
    start: pick("start") < 0.4 ? "stacked" : "merged",
    land: pick("land") < 0.6 ? "auto" : "manual",
    protectedBranches: ["main", "milestone/1"],
    protectedSurfaces: pick("surface") < 0.2 ? { security: ["own-t2"] } : {},
    budget: {
      sessionUsd: null,
      taskUsd: isTight && pick("task-usd") < 0.3 ? 3 : null,
      runUsd: isTight && pick("run-usd") < 0.5 ? 2 + size : null,
      runTokens: isTight && pick("run-tokens") < 0.3 ? 4 + 4 * size : null,
      taskTokens: isTight && pick("task-tokens") < 0.3 ? 12 : null,
      dayUsd: isTight && pick("day-usd") < 0.4 ? 2 + size : null,
    },
    sessionLimits: {
      wallMs: 3_600_000,
      stallMs: 600_000,
      turns: 50,
      outputBytes: 1_000_000,
      graceMs: 1_000,
    },
  };
}
