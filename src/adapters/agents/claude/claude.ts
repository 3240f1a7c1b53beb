import { createHash } from "node:crypto";
import {
  agentReportJsonSchema,
  parseAgentReport,
  parseAgentReportText,
} from "../../../core/execute/agent-result.ts";
import type { Agent, AgentCommand } from "../../../ports/agent.ts";
import type { SessionRequest } from "../../../ports/dispatch.ts";
import { isReadOnly } from "../read-json-line.ts";
import { readClaudeLine } from "./read-stream.ts";

export interface ClaudeOptions {
  readonly name?: string;
  /** Program to start; default: `claude` on the PATH. */
  readonly file?: string;
  /** Further arguments, after Cairn's own. */
  readonly extraArgs?: readonly string[];
}

// Off: side traffic, background tasks (they keep a finished CLI alive), memory shared by all worktrees, updates mid-run.
const QUIET = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: "1",
  DISABLE_AUTOUPDATER: "1",
};

// At the top of the object, after plain values at most: a tool's input may hold such a pair as well.
const FINAL_LINE = String.raw`^\{(?:"\w+":(?:"[^"]*"|[\w.]+),)*"type":"result"`;

// The key words of an escaped text inside have a backslash before their quotes, and are not taken for these.
const USAGE_LINE = [
  String.raw`^(?=\{"type":"assistant".*?"id":"(?<turn>msg_[^"]*)")`,
  String.raw`(?=.*?"input_tokens":(?<tokensIn>\d+))`,
  String.raw`(?=.*?"output_tokens":(?<tokensOut>\d+))`,
  String.raw`(?=(?:.*?"cache_read_input_tokens":(?<tokensCached>\d+))?)`,
  String.raw`(?=(?:.*?"cache_creation_input_tokens":(?<tokensWritten>\d+))?)`,
].join("");

const STEP_LINE = String.raw`^\{"type":"assistant".*?"type":"tool_use","id":"[^"]*",(?<step>"name":"[^"]*","input":\{.*?\})\}\]`;

const WRITE_ARGS = ["--permission-mode", "acceptEdits", "--allowedTools", "Bash"];
const READ_ARGS = [
  "--permission-mode",
  "dontAsk",
  "--allowedTools",
  "Read",
  "Grep",
  "Glob",
  ...["diff", "log", "show", "status", "blame"].map((command) => `Bash(git ${command} *)`),
];

/** Claude Code, headless: `claude -p` with its JSON stream. */
export function createClaude(options: ClaudeOptions = {}): Agent {
  const file = options.file ?? "claude";
  return {
    name: options.name ?? "claude",
    continues: true,
    commits: true,
    probe: { file, args: ["--version"], tested: "2.1.197" },
    variables: ["ANTHROPIC_*", "CLAUDE_*"],
    command: (request, _folder, inherited): AgentCommand => ({
      file,
      args: [...argsOf(request), ...(options.extraArgs ?? [])],
      env: { ...inherited, ...QUIET },
      stdin: request.prompt,
      turnLine: '"type":"assistant".*?"id":"(msg_[^"]*)"',
      finalLine: FINAL_LINE,
      usageLine: USAGE_LINE,
      stepLine: STEP_LINE,
      interrupts: true,
    }),
    read: readClaudeLine,
    conclude: (state, exit, readResultFile) => ({
      end: state.end ?? "crashed",
      report:
        parseAgentReport(state.structured) ??
        parseAgentReportText(readResultFile() ?? "") ??
        parseAgentReportText(state.text),
      detail: state.detail || withoutResult(exit),
      retryAt: state.retryAt,
    }),
  };
}

function argsOf(request: SessionRequest): readonly string[] {
  const { model, limits, continues } = request;
  return [
    "-p",
    "--output-format",
    "stream-json",
    "--verbose",
    ...(isReadOnly(request.role) ? READ_ARGS : WRITE_ARGS),
    ...(continues === null ? ["--session-id", sessionUuid(request)] : ["--resume", continues]),
    "--max-turns",
    String(limits.turns),
    ...(limits.usd === null ? [] : ["--max-budget-usd", String(limits.usd)]),
    ...(model === null ? [] : ["--model", model]),
    "--json-schema",
    JSON.stringify(agentReportJsonSchema),
  ];
}

/** The same session has the same id in every process that asks, so a transcript can be found without a stream. */
function sessionUuid(request: SessionRequest): string {
  const hash = createHash("sha256").update(`${request.run}/${request.session}`).digest("hex");
  const [a, b, c, d, e] = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(13, 16),
    hash.slice(17, 20),
    hash.slice(20, 32),
  ];
  return `${a}-${b}-4${c}-8${d}-${e}`;
}

function withoutResult(exit: {
  code: number | null;
  signal: string | null;
  stderr: string;
}): string {
  const how = exit.signal === null ? `with exit code ${String(exit.code)}` : `by ${exit.signal}`;
  const words = exit.stderr === "" ? "" : ` It said: ${exit.stderr.slice(-500)}`;
  return `Claude ended ${how} before its last event.${words}`;
}
