import { expect, test } from "vitest";
import { NO_USAGE } from "../../core/shared/money.ts";
import type { Agent, StreamState } from "../../ports/agent.ts";
import type { SessionRequest } from "../../ports/dispatch.ts";
import { createClaude } from "./claude/claude.ts";
import { createCodex } from "./codex/codex.ts";
import { createCommand } from "./command/command.ts";
import { makeAgents } from "./make-agents.ts";
import { createScripted } from "./scripted/scripted.ts";

function aState(): StreamState {
  return {
    vendorSession: null,
    text: "",
    lastWords: "",
    turns: 0,
    usage: NO_USAGE,
    structured: undefined,
    final: false,
    end: null,
    retryAt: null,
    detail: "",
  };
}

function aRequest(more: Partial<SessionRequest> = {}): SessionRequest {
  return {
    run: "m4-1",
    session: "4.2-s1",
    role: "implementer",
    agent: "claude",
    model: null,
    directory: "/work",
    prompt: "Do it.",
    task: { key: "4.2", title: "t", attempt: 1, round: 0 },
    continues: null,
    limits: { wallMs: 1, stallMs: 1, turns: 60, outputBytes: 1, graceMs: 1, usd: 5 },
    ...more,
  };
}

/** State and judgement after these lines and this exit. */
function play(
  agent: Agent,
  lines: readonly object[],
  exit: { code: number | null; signal?: string; stderr?: string } = { code: 0 },
): { state: StreamState } & ReturnType<Agent["conclude"]> {
  const state = aState();
  for (const line of lines) agent.read(JSON.stringify(line), state);
  const { code, signal = null, stderr = "" } = exit;
  return { state, ...agent.conclude(state, { code, signal, stderr }, () => null) };
}

const claudeResult = (more: object): object => ({
  type: "result",
  subtype: "success",
  is_error: false,
  num_turns: 3,
  result: "Done.",
  session_id: "s-1",
  total_cost_usd: 0.29,
  usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 7 },
  ...more,
});

test("claude: a good end has its session, its price and its structured report", () => {
  const { state, end, report } = play(createClaude(), [
    { type: "system", subtype: "init", session_id: "s-1" },
    {
      type: "assistant",
      message: { content: [{ type: "tool_use", name: "Bash", input: { command: "npm test" } }] },
    },
    claudeResult({ structured_output: { status: "complete", summary: "ok" } }),
  ]);
  expect(end).toBe("finished");
  expect(report).toMatchObject({ status: "complete", summary: "ok" });
  expect(state).toMatchObject({ vendorSession: "s-1", final: true, lastWords: "Done." });
  expect(state.usage).toEqual({
    usd: 0.29,
    inputTokens: 15,
    outputTokens: 7,
    turns: 3,
    cachedInputTokens: 5,
  });
});

test.each<[string, object, string]>([
  ["turns", { subtype: "error_max_turns", is_error: true }, "turns"],
  ["budget", { subtype: "error_max_budget_usd", is_error: true }, "cost"],
  ["overload", { is_error: true, api_error_status: 529 }, "limited"],
  ["rate limit", { is_error: true, api_error_status: 429 }, "limited"],
  ["server error", { is_error: true, api_error_status: 500 }, "limited"],
  ["lost connection", { is_error: true, api_error_status: null }, "limited"],
  ["bad key", { is_error: true, api_error_status: 401 }, "fatal"],
  ["bad request", { is_error: true, api_error_status: 400 }, "fatal"],
  ["prompt too long", { is_error: true, terminal_reason: "prompt_too_long" }, "fatal"],
  ["interrupted", { subtype: "error_during_execution", is_error: true }, "crashed"],
])("claude: %s", (_case, more, end) => {
  expect(play(createClaude(), [claudeResult(more)], { code: 1 }).end).toBe(end);
});

test("claude: a usage limit that names its end is waited for until then", () => {
  const words = "Claude AI usage limit reached|1767225600";
  const lines = [claudeResult({ is_error: true, api_error_status: 429, result: words })];
  expect(play(createClaude(), lines)).toMatchObject({ end: "limited", retryAt: 1767225600000 });
});

test("codex: a usage limit that names a span is waited for from the session's end", () => {
  const message = "You've hit your usage limit. Upgrade to Pro or try again in 2 hours 13 minutes.";
  const agent = createCodex();
  const state = aState();
  agent.read(JSON.stringify({ type: "turn.failed", error: { message } }), state);
  const exit = { code: 1, signal: null, stderr: "" };
  const judged = agent.conclude(state, { ...exit, endedAt: 1_000 }, () => null);
  expect(judged).toMatchObject({ end: "limited", retryAt: 1_000 + 133 * 60_000 });
  expect(agent.conclude(state, exit, () => null).retryAt).toBeNull();
});

test("claude: no last event is a crash, with the words of stderr", () => {
  const exit = { code: 1, stderr: "error: unknown option" };
  const { end, detail } = play(createClaude(), [], exit);
  expect(end).toBe("crashed");
  expect(detail).toBe(
    "Claude ended with exit code 1 before its last event. It said: error: unknown option",
  );
});

const args = (more: Partial<SessionRequest>): readonly string[] =>
  createClaude().command(aRequest(more), "/f", {}).args;
const id = (list: readonly string[]): string => list[list.indexOf("--session-id") + 1] ?? "";

test("claude: one session has one id, another has another; a reviewer may not edit", () => {
  expect(id(args({}))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(id(args({}))).toBe(id(args({})));
  expect(id(args({}))).not.toBe(id(args({ session: "4.2-s2" })));
  expect(args({ continues: "s-1" })).toEqual(expect.arrayContaining(["--resume", "s-1"]));
  expect(args({ continues: "s-1" })).not.toContain("--session-id");
  expect(args({ role: "spec-reviewer" })).not.toContain("acceptEdits");
  expect(args({ model: "opus" })).toEqual(expect.arrayContaining(["--model", "opus"]));
});

test("claude: the last line is known by its top, not by what a tool was given", () => {
  const { finalLine = "" } = createClaude().command(aRequest(), "/f", {});
  const isFinal = (line: object): boolean => new RegExp(finalLine).test(JSON.stringify(line));
  expect(isFinal({ type: "result", subtype: "success" })).toBe(true);
  expect(isFinal({ duration_ms: 3, is_error: false, type: "result" })).toBe(true);
  expect(isFinal({ type: "assistant", message: { input: { a: 1, type: "result" } } })).toBe(false);
});

test("codex: the last message is the report; transient errors are none", () => {
  const report = { status: "complete", summary: "ok" };
  const { state, ...judged } = play(createCodex(), [
    { type: "thread.started", thread_id: "t-1" },
    { type: "error", message: "Reconnecting... 1/5" },
    { type: "item.completed", item: { type: "command_execution", command: "npm test" } },
    { type: "item.completed", item: { type: "agent_message", text: JSON.stringify(report) } },
    { type: "turn.completed", usage: { input_tokens: 9, output_tokens: 3 } },
  ]);
  expect(judged).toMatchObject({ end: "finished", report: { summary: "ok" } });
  expect(state).toMatchObject({ vendorSession: "t-1", final: true });
  expect(state.usage).toEqual({ usd: null, inputTokens: 9, outputTokens: 3, turns: 2 });
});

test.each<[string, string]>([
  ["unexpected status 429 Too Many Requests", "limited"],
  ["stream disconnected before completion", "limited"],
  ["unexpected status 401 Unauthorized", "fatal"],
  ["You've hit your usage limit. Try again later.", "limited"],
  ["something new", "crashed"],
])("codex: %s -> %s", (message, end) => {
  expect(play(createCodex(), [{ type: "turn.failed", error: { message } }], { code: 1 }).end).toBe(
    end,
  );
});

test("codex: its sandbox, schema and further settings; a reviewer gets a read-only one", () => {
  const agent = createCodex({ extraArgs: ["-c", "model_reasoning_effort=low"] });
  const worker = agent.command(aRequest(), "/attempt", {});
  expect(worker.args).toEqual([
    "exec",
    "--json",
    "-c",
    'sandbox_mode="workspace-write"',
    "--output-schema",
    "/attempt/report-schema.json",
    "-c",
    "model_reasoning_effort=low",
    "-",
  ]);
  expect(Object.keys(worker.files ?? {})).toEqual(["report-schema.json"]);
  const reviewer = agent.command(aRequest({ role: "quality-reviewer" }), "/attempt", {});
  expect(reviewer.args).toContain('sandbox_mode="read-only"');
  const again = agent.command(aRequest({ continues: "t-1" }), "/attempt", {});
  expect(again.args.slice(0, 2)).toEqual(["exec", "resume"]);
  expect(again.args.slice(-2)).toEqual(["t-1", "-"]);
});

test("command: words and an exit code are all it needs", () => {
  const agent = createCommand({ name: "own", command: ["./agent.sh", "--fast"] });
  expect(agent.command(aRequest(), "/f", { PATH: "/bin" })).toEqual({
    file: "./agent.sh",
    args: ["--fast"],
    env: { PATH: "/bin" },
    stdin: "Do it.",
  });
  const state = aState();
  agent.read("working", state);
  expect(state.lastWords).toBe("working");
  const exit = { code: 2, signal: null, stderr: "no" };
  expect(agent.conclude(state, exit, () => null)).toMatchObject({
    end: "crashed",
    report: null,
    detail: "own ended with exit code 2. It said: no",
  });
  const found = agent.conclude(state, { ...exit, code: 0 }, () => '{"status": "partial"}');
  expect(found).toMatchObject({ end: "finished", report: { status: "partial" } });
});

test("no agent throws for a line it does not know", () => {
  const agents = [
    createClaude(),
    createCodex(),
    createCommand({ name: "c", command: ["c"] }),
    createScripted({ recording: "r.json" }),
  ];
  const lines = ["", "null", "[]", "{", '{"type":1}', '{"type":"result"}', '{"type":"assistant"}'];
  for (const agent of agents)
    for (const line of lines) expect(() => agent.read(line, aState())).not.toThrow();
});

test("agents are named by the configuration; what cannot be started is refused with its name", () => {
  const agents = makeAgents({
    recording: "r.json",
    define: {
      mine: { kind: "command", command: ["./a.sh", "x"], commits: true },
      quick: { kind: "codex", args: ["-c", "a=b"] },
    },
  });
  expect(Object.keys(agents)).toEqual(["claude", "codex", "scripted", "mine", "quick"]);
  expect(agents["mine"]).toMatchObject({ name: "mine", commits: true });
  expect(agents["quick"]?.command(aRequest(), "/f", {}).args).toContain("a=b");
  expect(() => makeAgents({ define: { x: { kind: "acp" } } })).toThrow(/agents\.define\.x\.kind/);
  expect(() => makeAgents({ define: { x: { kind: "command" } } })).toThrow(/names no program/);
  expect(Object.keys(makeAgents())).toEqual(["claude", "codex"]);
});
