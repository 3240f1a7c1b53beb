// What a session may use is held to while it goes on, by what its own stream says. Real processes, on this machine.
import { afterEach, beforeEach, expect, test } from "vitest";
import { createClaude } from "../../src/adapters/agents/claude/claude.ts";
import { createCodex } from "../../src/adapters/agents/codex/codex.ts";
import { SAME_STEPS_MAX } from "../../src/adapters/process/session-progress.ts";
import { builtInPrices } from "../../src/config/prices.ts";
import type { Agent } from "../../src/ports/agent.ts";
import type { SessionOutcome, SessionRequest } from "../../src/ports/dispatch.ts";
import { createSessionWorld, type SessionWorld } from "../support/session-world.ts";

let world: SessionWorld;
beforeEach(() => {
  world = createSessionWorld();
});
afterEach(async () => {
  await world.dispose();
});

/** The agent's own adapter, with a shell script in the program's place. */
function played(agent: Agent): Agent {
  return {
    ...agent,
    command: (request, folder, inherited) => ({
      ...agent.command(request, folder, inherited),
      file: "sh",
      args: [],
    }),
  };
}

function run(agent: Agent, script: string, more: Partial<SessionRequest>): Promise<SessionOutcome> {
  const request = world.request("1-s1", script, more);
  const dispatch = world.dispatch({ agents: { sh: played(agent) }, prices: builtInPrices() });
  return dispatch.run({ ...request, limits: { ...request.limits, ...more.limits } });
}

const MODEL = "claude-sonnet-4-5-20250929";

function turn(id: string, block: object, output: number): string {
  const usage = {
    input_tokens: 100,
    cache_creation_input_tokens: 400,
    cache_read_input_tokens: 500,
    output_tokens: output,
  };
  const message = { id, type: "message", role: "assistant", model: MODEL, content: [block] };
  const line = {
    type: "assistant",
    message: { ...message, stop_reason: null, usage },
    parent_tool_use_id: null,
    session_id: "s-1",
    uuid: `u-${id}-${output}`,
  };
  return `printf '%s\\n' '${JSON.stringify(line)}'`;
}

const text = (words: string): object => ({ type: "text", text: words });
const tool = (id: number, command: string): object => ({
  type: "tool_use",
  id: `toolu_${id}`,
  name: "Bash",
  input: { command },
});

test("claude: tokens that are used up end the session, and what it used is booked by the table", async () => {
  const script = [
    turn("msg_1", text('says \\"input_tokens\\":999999 itself'), 1),
    turn("msg_1", tool(1, "ls"), 20),
    turn("msg_2", text("more"), 30),
    "sleep 1000",
  ].join("\n");
  const limits = { ...world.request("x", "").limits, tokens: 2_050 };
  const outcome = await run(createClaude(), script, { limits });
  expect(outcome.end).toBe("cost");
  expect(outcome.detail).toContain("2050 tokens");
  const { usage } = outcome;
  expect(usage).toMatchObject({ inputTokens: 2_000, outputTokens: 50, turns: 2 });
  // 200 × 3 + 1000 × 0.30 + 800 × 3.75 + 50 × 15, for a million
  expect(usage.usd).toBeCloseTo(0.00465, 6);
  expect(usage.computed).toEqual({ usd: usage.usd, asOf: "2026-10-24" });
  expect(world.alive()).toEqual([]);
});

test("claude: below the ceiling it goes on, and the price it names itself stands", async () => {
  const result = { type: "result", subtype: "success", is_error: false, num_turns: 1 };
  const last = { ...result, session_id: "s-1", total_cost_usd: 0.5, usage: { input_tokens: 9 } };
  const script = [
    turn("msg_1", text("a"), 1),
    "sleep 0.5",
    `printf '%s\\n' '${JSON.stringify(last)}'`,
  ].join("\n");
  const limits = { ...world.request("x", "").limits, tokens: 1_002 };
  const outcome = await run(createClaude(), script, { limits });
  expect(outcome).toMatchObject({ end: "finished", usage: { usd: 0.5, inputTokens: 9 } });
  expect(outcome.usage.computed).toBeUndefined();
});

function steps(command: (index: number) => string): string {
  return Array.from({ length: SAME_STEPS_MAX }, (_, index) =>
    turn(`msg_${index}`, tool(index, command(index)), index),
  ).join("\n");
}

test("the same step again and again ends the session; different ones do not", async () => {
  const limits = { ...world.request("x", "").limits, stallMs: 1_500 };
  const loop = await run(createClaude(), `${steps(() => "npm test")}\nsleep 1000`, { limits });
  expect(loop.end).toBe("loop");
  expect(loop.detail).toContain(`the same step ${SAME_STEPS_MAX} times in a row`);
  const request = world.request("1-s2", `${steps((index) => `step ${index}`)}\nsleep 1000`);
  const dispatch = world.dispatch({ agents: { sh: played(createClaude()) } });
  expect(await dispatch.run({ ...request, limits })).toMatchObject({ end: "stall" });
});

test("codex: tokens without dollars get a price where the model is known, else none", async () => {
  const lines = [
    { type: "thread.started", thread_id: "t-1" },
    {
      type: "turn.completed",
      usage: { input_tokens: 1_000_000, cached_input_tokens: 800_000, output_tokens: 10_000 },
    },
  ];
  const script = lines.map((line) => `printf '%s\\n' '${JSON.stringify(line)}'`).join("\n");
  const known = await run(createCodex(), script, { model: "gpt-5-codex" });
  // 0.2 M × 1.25 + 0.8 M × 0.125 + 0.01 M × 10
  expect(known.usage).toMatchObject({ inputTokens: 1_000_000, cachedInputTokens: 800_000 });
  expect(known.usage.usd).toBeCloseTo(0.45, 10);
  expect(known.usage.computed?.asOf).toBe("2026-05-05");
  const other = script.replace("t-1", "t-2");
  const dispatch = world.dispatch({ agents: { sh: played(createCodex()) }, prices: [] });
  const unknown = await dispatch.run(world.request("2-s1", other));
  expect(unknown.usage).toMatchObject({ usd: null, inputTokens: 1_000_000 });
});
