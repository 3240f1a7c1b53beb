// The budget of a day with the real program: it waits for local midnight and goes on by itself, asking nobody.
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/adapters/sqlite/store.ts";
import type { StoredEvent } from "../../src/core/run/events.ts";
import { RoughWorld, WORKS } from "../support/rough-world.ts";

const HOUR_MS = 3_600_000;
/** Half an hour beside every midnight that a program could take for its own by mistake. */
const ZONE = { name: "Asia/Kolkata", offsetMs: 5.5 * HOUR_MS };

/** Claude's last words: a session costs what a day may. */
const COSTS_A_DOLLAR = JSON.stringify({
  type: "result",
  subtype: "success",
  is_error: false,
  num_turns: 1,
  result: "Done.",
  session_id: "s",
  structured_output: { status: "complete", summary: "Done." },
  total_cost_usd: 1,
  usage: { input_tokens: 10, output_tokens: 10 },
});

const CONFIG = `
profile: plain
review: { mode: none }
sources: { handoff: "off" }
agents: { default: paid, define: { paid: { kind: claude, command: [./agent.sh] } } }
limits: { budget: { day: 1 } }
`;

function localDay(at: number): number {
  return Math.floor((at + ZONE.offsetMs) / (24 * HOUR_MS));
}

test("one session a day: the second waits for midnight, says so, and the run comes home alone", async () => {
  const world = new RoughWorld({ config: CONFIG, agent: `${WORKS}\necho '${COSTS_A_DOLLAR}'` });
  onTestFinished(() => void world.remove());
  // A day in nine seconds.
  const env = { TZ: ZONE.name, CAIRN_CLOCK_SCALE: "10000" };
  const run = world.start(["run", "@docs/M1_trail.md", "--autonomous", "--progress", "plain"], {
    env,
  });
  const log = (): readonly StoredEvent[] => {
    const store = openStore(path.join(world.root, ".cairn"), { readonly: true });
    try {
      return store.read(store.runs()[0]?.run ?? "", 0);
    } finally {
      store.close();
    }
  };
  const ended = await run.ended;
  expect(ended.told + ended.out).not.toMatch(/Cairn has a bug/);
  expect(ended.code).toBe(0);
  expect(ended.out).toMatch(/the day's budget of \$1\.00 is used up; goes on at .* 18:30 UTC/);
  const events = log();
  const begun = events.filter(
    (event) => event.type === "EffectStarted" && event.action.type === "RunSession",
  );
  const over = events.filter((event) => event.type === "SessionEnded");
  expect([begun.length, over.length]).toEqual([2, 2]);
  expect(localDay(begun[1]?.at ?? 0)).toBeGreaterThan(localDay(over[0]?.at ?? 0));
  expect(events.filter((event) => event.type === "NothingCanMove")).toEqual([]);
  const started = events.find((event) => event.type === "EngineStarted");
  expect(((started?.day?.ends ?? 0) + ZONE.offsetMs) % (24 * HOUR_MS)).toBe(0);
  // Nothing was computed: the agent said it all.
  const { out } = await world.cairn("report", "--format", "md");
  expect(out).toMatch(/\| 1\.2 attempt 1 \| 1 \| \$1\.00 \| reported \|/);
}, 60_000);
