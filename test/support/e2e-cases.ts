// Which runs are killed where: every point of the engine, twice in a row, during recovery, and at any moment at all.
import type { Calm, FaultCase, Kill } from "./e2e-faults.ts";
import {
  ABORT,
  CONFLICT,
  HANGING_GATE,
  LAND,
  LIVE_SESSION,
  LOST_SESSION,
  PARTLY,
  TOGETHER,
  type Scenario,
} from "./e2e-scenarios.ts";
import { RED_WHOLE } from "./e2e-red-whole.ts";

export interface NamedCase extends FaultCase {
  readonly name: string;
}

/** Occurrences of one point that are tried: the first and the last. */
const OCCURRENCES_MAX = 2;
/** Appends are many and alike: some of them, evenly spread. */
const APPENDS_MAX = 6;
const FROM_OUTSIDE = 12;

/** Where the other scenarios differ from the first one. */
const OF_ITS_OWN: readonly (readonly [Scenario, RegExp, "all" | "last"])[] = [
  [CONFLICT, /^(?:BeginMerge|CommitLeftovers|PrepareSession|RunSession|BuildCandidate)/, "last"],
  [PARTLY, /^(?:Autofix|AddFollowUps)/, "all"],
  [ABORT, /^EndSession/, "all"],
  [LAND, /^(?:Land|append)/, "all"],
  [RED_WHOLE, /^(?:TestWave|FindCulprit|RevertTask)/, "all"],
];

/** Scenarios that kill by themselves, at a moment that no fault point names. */
const MEANWHILE = [HANGING_GATE, LIVE_SESSION, LOST_SESSION];

/** Every case, in the order of the table. */
export function allCases(calm: ReadonlyMap<string, Calm>, seed: number): readonly NamedCase[] {
  const passed = (scenario: Scenario): readonly (readonly [string, number])[] => [
    ...(calm.get(scenario.name)?.passed ?? []),
  ];
  const once = passed(TOGETHER).flatMap(([point, times]) =>
    occurrences(point, times).map((n) => named("once", TOGETHER, [{ at: `${point}@${n}` }])),
  );
  const others = OF_ITS_OWN.flatMap(([scenario, pattern, which]) =>
    passed(scenario)
      .filter(([point]) => pattern.test(point))
      .flatMap(([point, times]) =>
        (which === "last" ? [times] : scenario === ABORT ? [1] : occurrences(point, times)).map(
          (n) => named("once", scenario, [{ at: `${point}@${n}` }]),
        ),
      ),
  );
  const meanwhile = MEANWHILE.map((scenario) => named("while", scenario, []));
  return [...once, ...others, ...meanwhile, ...repeated(passed), ...fromOutside(calm, seed)];
}

/** At the same point again, and then while what is left is taken up once more. */
function repeated(
  passed: (scenario: Scenario) => readonly (readonly [string, number])[],
): readonly NamedCase[] {
  const recovering = ["append:before@1", "append:after@1", "append:before@2", "append:after@2"];
  const scenarios = [TOGETHER, LAND].flatMap((scenario) =>
    passed(scenario)
      .filter(([point]) => scenario === TOGETHER || point.startsWith("Land"))
      .map(([point, times]) => [scenario, point, times] as const),
  );
  return scenarios.map(([scenario, point, times], at) => {
    const middle = Math.ceil(times / 2);
    const kills: readonly Kill[] = [
      { at: `${point}@${middle}` },
      { at: `${point}@1` },
      { at: recovering[at % recovering.length] ?? "append:before@1" },
    ];
    return named("twice", scenario, kills);
  });
}

const VICTIMS = ["engine", "both", "host"] as const;

/** `kill -9` of the engine, its session host or both at any moment, every fourth time twice. */
function fromOutside(calm: ReadonlyMap<string, Calm>, seed: number): readonly NamedCase[] {
  const random = randomFrom(seed);
  return Array.from({ length: FROM_OUTSIDE }, (_, at) => {
    const scenario = at % 4 === 3 ? CONFLICT : TOGETHER;
    const lasts = (calm.get(scenario.name)?.seconds ?? 3) * 1000;
    const kills = Array.from({ length: at % 4 === 2 ? 2 : 1 }, () => ({
      afterMs: Math.round(300 + random() * lasts),
      of: VICTIMS[at % VICTIMS.length] ?? "engine",
    }));
    return named("any time", scenario, kills);
  });
}

function occurrences(point: string, times: number): readonly number[] {
  const max = point.startsWith("append:") ? APPENDS_MAX : OCCURRENCES_MAX;
  if (times <= max) return Array.from({ length: times }, (_, at) => at + 1);
  return Array.from({ length: max }, (_, at) => Math.round(1 + (at * (times - 1)) / (max - 1)));
}

function named(kind: string, scenario: Scenario, kills: readonly Kill[]): NamedCase {
  const where = kills.map((kill) =>
    "at" in kill ? kill.at : `${kill.of} after ${kill.afterMs} ms`,
  );
  return { name: `${kind}  ${scenario.name}  ${where.join(", ")}`, scenario, kills };
}

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
