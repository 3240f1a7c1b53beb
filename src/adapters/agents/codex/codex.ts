import { z } from "zod";
import { agentReportJsonSchema, parseAgentReportText } from "../../../core/execute/agent-result.ts";
import type { Usage } from "../../../core/shared/money.ts";
import type { Instant } from "../../../core/shared/names.ts";
import type { Agent, AgentCommand, StreamState } from "../../../ports/agent.ts";
import type { SessionEnd, SessionRequest } from "../../../ports/dispatch.ts";
import { isReadOnly, readJsonLine } from "../read-json-line.ts";

export interface CodexOptions {
  readonly name?: string;
  /** Program to start; default: `codex` on the PATH. */
  readonly file?: string;
  /** Further arguments, after Cairn's own: `-c key=value` of a provider, a profile. */
  readonly extraArgs?: readonly string[];
}

// With what the command printed: the same command with another answer is another step.
const STEP_LINE = String.raw`^\{"type":"item\.completed","item":\{"id":"[^"]*",(?<step>"type":"command_execution".*)`;

const SCHEMA_FILE = "report-schema.json";
const count = z.number().nonnegative().catch(0);

const lineSchema = z.union([
  z.object({ type: z.literal("thread.started"), thread_id: z.string() }),
  z.object({
    type: z.literal("item.completed"),
    item: z.object({
      type: z.string(),
      text: z.string().optional().catch(undefined),
      command: z.string().optional().catch(undefined),
    }),
  }),
  z.object({
    type: z.literal("turn.completed"),
    usage: z
      .object({
        input_tokens: count,
        cached_input_tokens: count,
        cache_write_input_tokens: count,
        output_tokens: count,
      })
      .nullish()
      .catch(null),
  }),
  z.object({ type: z.literal("turn.failed"), error: z.object({ message: z.string() }) }),
]);

/**
 * Codex, headless: `codex exec --json`. Its sandbox keeps the shared `.git` of a worktree read-only, so Cairn commits
 * what it leaves in the tree.
 */
export function createCodex(options: CodexOptions = {}): Agent {
  const file = options.file ?? "codex";
  return {
    name: options.name ?? "codex",
    continues: true,
    reportsThreadUsage: true,
    commits: false,
    probe: { file, args: ["--version"], tested: "0.169.0" },
    variables: ["OPENAI_*", "CODEX_*"],
    command: (request, folder, inherited): AgentCommand => ({
      file,
      args: argsOf(request, folder, options.extraArgs ?? []),
      env: { ...inherited },
      stdin: request.prompt,
      files: { [SCHEMA_FILE]: JSON.stringify(agentReportJsonSchema) },
      turnLine: String.raw`^\{"type":"item\.completed"`,
      finalLine: String.raw`^\{"type":"turn\.(?:completed|failed)"`,
      stepLine: STEP_LINE,
    }),
    read: readCodexLine,
    conclude: (state, exit, readResultFile) => ({
      end: state.end ?? endOfSilence(exit.stderr),
      report: parseAgentReportText(state.text) ?? parseAgentReportText(readResultFile() ?? ""),
      detail: state.detail || withoutEnd(exit),
      retryAt: state.retryAt ?? comesBack(state, exit.endedAt ?? null),
    }),
  };
}

function argsOf(
  request: SessionRequest,
  folder: string,
  extraArgs: readonly string[],
): readonly string[] {
  const sandbox = isReadOnly(request.role) ? "read-only" : "workspace-write";
  return [
    "exec",
    ...(request.continues === null ? [] : ["resume"]),
    "--json",
    // By `-c`, not `-s`: `exec resume` knows only this form.
    "-c",
    `sandbox_mode="${sandbox}"`,
    ...(request.model === null ? [] : ["-c", `model=${JSON.stringify(request.model)}`]),
    "--output-schema",
    `${folder}/${SCHEMA_FILE}`,
    ...extraArgs,
    ...(request.continues === null ? [] : [request.continues]),
    "-",
  ];
}

function readCodexLine(line: string, state: StreamState): void {
  const event = readJsonLine(line, lineSchema);
  if (event === null) return;
  switch (event.type) {
    case "thread.started":
      state.vendorSession = event.thread_id;
      return;
    case "item.completed":
      readItem(event.item, state);
      return;
    case "turn.completed":
      state.final = true;
      state.end = "finished";
      state.detail = `Codex finished after ${state.turns} steps.`;
      state.usage = usageOf(event.usage, state.turns);
      return;
    case "turn.failed":
      state.final = true;
      state.end = endOfFailure(event.error.message);
      state.detail = `Codex gave up: ${event.error.message.slice(0, 500)}`;
  }
}

function readItem(
  item: {
    readonly type: string;
    readonly text?: string | undefined;
    readonly command?: string | undefined;
  },
  state: StreamState,
): void {
  state.turns += 1;
  if (item.type === "agent_message" && item.text) {
    state.text = item.text;
    state.lastWords = item.text;
  } else if (item.command !== undefined) state.lastWords = `$ ${item.command}`.slice(0, 500);
}

type CodexUsage = Extract<z.infer<typeof lineSchema>, { type: "turn.completed" }>["usage"];

function usageOf(usage: CodexUsage, turns: number): Usage {
  const cached = usage?.cached_input_tokens ?? 0;
  const written = usage?.cache_write_input_tokens ?? 0;
  return {
    usd: null,
    inputTokens: usage?.input_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0,
    turns,
    ...(cached === 0 ? {} : { cachedInputTokens: cached }),
    ...(written === 0 ? {} : { cacheWriteTokens: written }),
  };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** "try again in 2 hours 13 minutes", counted from the session's end; null: no such words. */
function comesBack({ end, detail }: StreamState, endedAt: Instant | null): Instant | null {
  const words = /try again in ([^.]*)/i.exec(detail)?.[1];
  if (end !== "limited" || words === undefined || endedAt === null) return null;
  let ms = 0;
  for (const [, number, unit] of words.matchAll(/(\d+) ?(second|minute|hour|day)s?/gi))
    ms += Number(number) * (UNIT_MS[unit?.toLowerCase() ?? ""] ?? 0);
  return ms === 0 ? null : endedAt + ms;
}

/** Codex gives a status only in words. */
function endOfFailure(message: string): SessionEnd {
  if (/\b40[134]\b|unauthori[sz]ed|invalid.{0,10}api key|not found/i.test(message)) return "fatal";
  if (/\b(?:408|429|5\d\d)\b|rate limit|usage limit|quota|overloaded|try again/i.test(message))
    return "limited";
  if (/stream|disconnected|connection|timed? ?out/i.test(message)) return "limited";
  return "crashed";
}

/** Without a last event: a refused configuration or login shows on stderr only. */
function endOfSilence(stderr: string): SessionEnd {
  const isRefused =
    /missing environment variable|not logged in|unexpected argument|error loading config/i;
  return isRefused.test(stderr) ? "fatal" : "crashed";
}

function withoutEnd(exit: { code: number | null; signal: string | null; stderr: string }): string {
  const how = exit.signal === null ? `with exit code ${String(exit.code)}` : `by ${exit.signal}`;
  const words = exit.stderr === "" ? "" : ` It said: ${exit.stderr.slice(-500)}`;
  return `Codex ended ${how} before its last event.${words}`;
}
