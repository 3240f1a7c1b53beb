import { PanicWorld, type EngineFate } from "../support/panic-world.ts";
import { median, type Figure } from "./figures.ts";

/** In a row, as the promise is worded; the engine is stopped or dead in some of them. */
const ROUNDS = 20;
const LIMIT_MS = 2_000;
const EVERY_FIFTH = 5;

/** `cairn panic` while eight agents work with children that hide: from the command's start to an empty scan. */
export async function benchPanic(tell: (line: string) => void): Promise<readonly Figure[]> {
  const dead: number[] = [];
  const whole = new Map<EngineFate, number[]>();
  for (let round = 1; round <= ROUNDS; round += 1) {
    const fate = fateOf(round);
    const { deadMs, alive, commandMs } = await once(fate);
    const words = [`engine ${fate}`, `${alive} processes`, `dead after ${Math.round(deadMs)} ms`];
    tell(`  round ${round}: ${words.join(", ")}, command over after ${Math.round(commandMs)} ms`);
    dead.push(deadMs);
    whole.set(fate, [...(whole.get(fate) ?? []), commandMs]);
  }
  return [
    {
      what: "cairn panic to an empty scan, worst",
      value: Math.max(...dead),
      unit: "ms",
      aim: LIMIT_MS,
      note: `${ROUNDS} in a row, 8 agents, 104 processes`,
    },
    { what: "the same, median", value: median(dead), unit: "ms", aim: null },
    ...[...whole].map(([fate, times]): Figure => ({
      what: `cairn panic as a whole, engine ${fate}`,
      value: median(times),
      unit: "ms",
      aim: null,
      note: `median of ${times.length}`,
    })),
  ];
}

function fateOf(round: number): EngineFate {
  if (round % EVERY_FIFTH === 0) return "stopped";
  return round % EVERY_FIFTH === 3 ? "dead" : "lives";
}

async function once(fate: EngineFate): ReturnType<PanicWorld["panic"]> {
  const world = new PanicWorld();
  try {
    await world.atWork();
    return await world.panic(fate);
  } finally {
    await world.remove();
  }
}
