import { compileCacheVariable } from "../../process/compile-cache.ts";
import path from "node:path";
import { z } from "zod";
import { parseAgentReport } from "../../../core/execute/agent-result.ts";
import type { Agent, AgentCommand, StreamState } from "../../../ports/agent.ts";
import { readJsonLine } from "../read-json-line.ts";
import { playerFile } from "./player.ts";

export interface ScriptedOptions {
  readonly name?: string;
  /** JSON file with the recorded sessions (`recording.ts` says what stands in it). */
  readonly recording: string;
}

const lineSchema = z.union([
  z.object({ type: z.literal("session"), session: z.string() }),
  z.object({ type: z.literal("turn"), words: z.string() }),
  z.object({
    type: z.literal("usage"),
    usd: z.number(),
    inputTokens: z.number().default(0),
    outputTokens: z.number().default(0),
  }),
  z.object({ type: z.literal("report"), report: z.unknown() }),
]);

/** Replays recorded sessions as real processes: for tests, demonstrations and a first look without a login. */
export function createScripted(options: ScriptedOptions): Agent {
  return {
    name: options.name ?? "scripted",
    continues: true,
    commits: true,
    probe: null,
    command: (request, _folder, inherited): AgentCommand => ({
      file: process.execPath,
      args: [playerFile, path.resolve(options.recording)],
      env: { ...inherited, ...compileCacheVariable() },
      stdin: request.prompt,
      turnLine: '^\\{"type":"turn"',
    }),
    read: readScriptedLine,
    conclude: (state, exit) => ({
      end: exit.code === 0 ? "finished" : "crashed",
      report: parseAgentReport(state.structured),
      detail:
        exit.code === 0
          ? `The recording ended after ${state.turns} steps.`
          : `The recording ended with exit code ${String(exit.code ?? exit.signal)}. ${exit.stderr}`.trim(),
      retryAt: null,
    }),
  };
}

function readScriptedLine(line: string, state: StreamState): void {
  const event = readJsonLine(line, lineSchema);
  if (event === null) return;
  switch (event.type) {
    case "session":
      state.vendorSession = event.session;
      return;
    case "turn":
      state.turns += 1;
      state.text = event.words;
      state.lastWords = event.words;
      state.usage = { ...state.usage, turns: state.turns };
      return;
    case "usage":
      state.usage = {
        usd: (state.usage.usd ?? 0) + event.usd,
        inputTokens: state.usage.inputTokens + event.inputTokens,
        outputTokens: state.usage.outputTokens + event.outputTokens,
        turns: state.turns,
      };
      return;
    case "report":
      state.structured = event.report;
      state.final = true;
  }
}
