import { z } from "zod";
import { addUsage, NO_USAGE, type Usage } from "../../../core/shared/money.ts";
import type { StreamState } from "../../../ports/agent.ts";
import type { SessionEnd } from "../../../ports/dispatch.ts";
import { readJsonLine } from "../read-json-line.ts";

const count = z.number().nonnegative().catch(0);

const usageSchema = z
  .object({
    input_tokens: count,
    output_tokens: count,
    cache_read_input_tokens: count,
    cache_creation_input_tokens: count,
  })
  .nullish()
  .catch(null);

const assistantSchema = z.object({
  type: z.literal("assistant"),
  session_id: z.string().optional(),
  message: z.object({
    id: z.string().optional().catch(undefined),
    model: z.string().optional().catch(undefined),
    usage: usageSchema,
    content: z.array(
      z.object({
        type: z.string(),
        text: z.string().optional(),
        name: z.string().optional(),
        input: z.record(z.string(), z.unknown()).optional().catch(undefined),
      }),
    ),
  }),
});

const resultSchema = z.object({
  type: z.literal("result"),
  subtype: z.string(),
  is_error: z.boolean().catch(false),
  api_error_status: z.number().nullish().catch(null),
  num_turns: count,
  result: z.string().optional().catch(undefined),
  errors: z.array(z.string()).optional().catch(undefined),
  session_id: z.string().optional(),
  total_cost_usd: z.number().nullish().catch(null),
  terminal_reason: z.string().optional().catch(undefined),
  structured_output: z.unknown().optional(),
  usage: usageSchema,
});

const systemSchema = z.object({ type: z.literal("system"), session_id: z.string().optional() });

/** Sent to people with a subscription; `resetsAt` in seconds. */
const limitSchema = z.object({
  type: z.literal("rate_limit_event"),
  rate_limit_info: z.object({ status: z.string(), resetsAt: z.number().optional() }),
});

const lineSchema = z.union([assistantSchema, resultSchema, systemSchema, limitSchema]);

/** Takes one line of `--output-format stream-json` into the state; unknown lines change nothing. */
export function readClaudeLine(line: string, state: StreamState): void {
  const event = readJsonLine(line, lineSchema);
  if (event === null) return;
  switch (event.type) {
    case "system":
      state.vendorSession ??= event.session_id ?? null;
      return;
    case "assistant":
      readAssistant(event, state);
      return;
    case "rate_limit_event":
      if (event.rate_limit_info.status === "rejected")
        state.retryAt = (event.rate_limit_info.resetsAt ?? 0) * 1000 || null;
      return;
    case "result":
      readResult(event, state);
  }
}

function readAssistant(event: z.infer<typeof assistantSchema>, state: StreamState): void {
  state.turns += 1;
  countTurn(event.message, state);
  for (const block of event.message.content) {
    if (block.type === "text" && block.text) {
      state.text = block.text;
      state.lastWords = block.text;
    } else if (block.type === "tool_use") state.lastWords = describeTool(block);
  }
}

/**
 * For sessions that are ended before their last event: what the turns themselves say. A turn comes in several lines, of
 * which the newest counts; what it will have written in the end is known only by the last event, so this is a little less.
 */
function countTurn(
  { id, model, usage }: z.infer<typeof assistantSchema>["message"],
  state: StreamState,
): void {
  if (model !== undefined) state.model = model;
  if (id === undefined || usage == null || state.final) return;
  state.perTurn ??= new Map();
  state.perTurn.set(id, usageOf(usage, 1));
  state.usage = [...state.perTurn.values()].reduce(addUsage, NO_USAGE);
}

function usageOf(usage: z.infer<typeof usageSchema>, turns: number): Usage {
  const cached = usage?.cache_read_input_tokens ?? 0;
  const written = usage?.cache_creation_input_tokens ?? 0;
  return {
    usd: null,
    inputTokens: (usage?.input_tokens ?? 0) + cached + written,
    outputTokens: usage?.output_tokens ?? 0,
    turns,
    ...(cached === 0 ? {} : { cachedInputTokens: cached }),
    ...(written === 0 ? {} : { cacheWriteTokens: written }),
  };
}

function describeTool(block: {
  readonly name?: string | undefined;
  readonly input?: Readonly<Record<string, unknown>> | undefined;
}): string {
  const { command, file_path: file, pattern } = block.input ?? {};
  const what = [command, file, pattern].find((value) => typeof value === "string") ?? "";
  return `${block.name ?? "tool"}: ${what}`.slice(0, 500);
}

/** The last event that counts. It may come twice; the later one stands. */
function readResult(event: z.infer<typeof resultSchema>, state: StreamState): void {
  const words = event.result ?? event.errors?.join("; ") ?? "";
  state.final = true;
  state.vendorSession = event.session_id ?? state.vendorSession;
  state.structured = event.structured_output;
  state.turns = event.num_turns;
  if (words !== "") {
    state.text = words;
    state.lastWords = words;
  }
  state.usage = {
    ...usageOf(event.usage, event.num_turns),
    usd: event.total_cost_usd ?? null,
  };
  state.end = endOf(event, words);
  state.retryAt ??= resetIn(words);
  state.detail = describeEnd(event, words, state.end);
}

function endOf(event: z.infer<typeof resultSchema>, words: string): SessionEnd {
  if (event.subtype === "error_max_turns") return "turns";
  if (event.subtype === "error_max_budget_usd") return "cost";
  if (event.subtype === "success" && !event.is_error) return "finished";
  // Interrupted, or its own five tries at the schema were used up: the work may still be there.
  if (event.subtype === "error_max_structured_output_retries") return "finished";
  if (event.subtype !== "success") return "crashed";
  return endOfApiError(event.api_error_status ?? null, event.terminal_reason, words);
}

/** A provider's failure comes as `success` with `is_error`; no status means time-out or a lost connection. */
function endOfApiError(
  status: number | null,
  reason: string | undefined,
  words: string,
): SessionEnd {
  if (reason === "prompt_too_long" || /prompt is too long/i.test(words)) return "fatal";
  if (/invalid api key|please run \/login|not logged in/i.test(words)) return "fatal";
  if (status === null || status === 408 || status === 429 || status >= 500) return "limited";
  return "fatal";
}

/** `Claude AI usage limit reached|1767225600`: seconds since 1970. */
function resetIn(words: string): number | null {
  const seconds = /limit reached\|(\d{10})\b/.exec(words)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}

function describeEnd(event: z.infer<typeof resultSchema>, words: string, end: SessionEnd): string {
  if (end === "finished") return `Claude finished after ${event.num_turns} turns.`;
  if (end === "turns") return `Claude reached its limit of turns (${event.num_turns}).`;
  if (end === "cost") return "Claude reached its budget for one session.";
  const status = event.api_error_status ? ` (API status ${event.api_error_status})` : "";
  return `Claude gave up${status}: ${words.slice(0, 500) || event.subtype}`;
}
