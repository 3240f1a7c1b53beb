import path from "node:path";
import { median, type Figure } from "./figures.ts";
import { CAIRN, makeSample, removeSample, SAMPLE_PLAN } from "./sample.ts";
import { runWell } from "./whole-process.ts";

const ROUNDS = 15;
const PROGRAM = path.resolve(path.dirname(CAIRN), "../bin/cairn");

/** `cairn status --json` of a finished run of three tasks against a Node that does nothing; medians of whole processes. */
export async function benchStatus(): Promise<readonly Figure[]> {
  const sample = makeSample(3);
  try {
    const at = { cwd: sample.root, env: sample.env };
    const run = ["run", `@${SAMPLE_PLAN}`, "--autonomous", "--progress", "quiet"];
    await runWell({ file: CAIRN, args: run, ...at });
    const node = process.execPath;
    const times = await alternate({
      bare: () => runWell({ file: node, args: ["-e", "0"], ...at }),
      launched: () => runWell({ file: CAIRN, args: ["status", "--json"], ...at }),
      direct: () => runWell({ file: node, args: [PROGRAM, "status", "--json"], ...at }),
    });
    const { bare = 0, launched = 0, direct = 0 } = times;
    const ms = { unit: "ms", aim: null } as const;
    return [
      { what: "node -e 0", value: bare, ...ms, note: `median of ${ROUNDS} alternating runs` },
      { what: "cairn status --json, 3 tasks", value: launched, ...ms },
      { what: "cairn status / node -e 0", value: launched / bare, unit: "x", aim: 2.5 },
      {
        what: "what the launcher adds / node -e 0",
        value: Math.max(0, launched - direct) / bare,
        unit: "x",
        aim: 1,
      },
    ];
  } finally {
    removeSample(sample);
  }
}

type Timed = () => Promise<{ readonly wallMs: number }>;

/** Medians, each round in turn, after one round that warms caches. */
async function alternate(
  programs: Readonly<Record<string, Timed>>,
): Promise<Readonly<Record<string, number>>> {
  const times = new Map<string, number[]>();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(programs)) {
      const { wallMs } = await run();
      if (round > 0) times.set(name, [...(times.get(name) ?? []), wallMs]);
    }
  }
  return Object.fromEntries([...times].map(([name, list]) => [name, median(list)]));
}
