import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { AgentReport } from "../../../core/execute/agent-report.ts";
import { parseAgentReportText } from "../../../core/execute/agent-result.ts";
import { NO_USAGE } from "../../../core/shared/money.ts";
import { withPrice, type PriceTable } from "../../../core/shared/prices.ts";
import { BrokenPromise } from "../../../errors.ts";
import type { Agent, StreamState } from "../../../ports/agent.ts";
import type { SessionEnd, SessionOutcome, SessionRequest } from "../../../ports/dispatch.ts";
import { readIfThere } from "../../process/files.ts";
import { redactText, type OnSecret } from "../../process/redact.ts";
import { SecretsSeen } from "../../process/secrets-seen.ts";
import { SAME_STEPS_MAX } from "../../process/session-progress.ts";
import { SessionFile, type EndCause, type SessionExit } from "../../process/session-files.ts";

import { stagesAsked } from "./environment.ts";
import { usageOfThisSession } from "./session-usage.ts";

const WORDS_MAX = 2_000;
// A result file is a page of JSON; anything longer is not one.
const RESULT_LENGTH_MAX = 1_000_000;

/**
 * The answer for a session that is over, from its files alone: the same however often and by whom it is asked. `hidden`
 * are values that are not to be shown in what the agent wrote itself, `allowed` fingerprints of harmless secrets.
 */
export async function concludeSession(
  request: SessionRequest,
  agent: Agent,
  folder: string,
  exit: SessionExit & {
    readonly hidden?: readonly string[];
    readonly allowed?: readonly string[];
    readonly prices?: PriceTable;
  },
): Promise<SessionOutcome> {
  const seen = new SecretsSeen();
  const { note } = seen.place(SessionFile.result);
  const transcript = path.join(folder, SessionFile.stream);
  const state = emptyState();
  await readStream(transcript, agent, state);
  const judged = agent.conclude(
    state,
    { code: exit.code, signal: exit.signal, stderr: exit.stderr, endedAt: exit.endedAt },
    () => readResult(folder, exit.hidden ?? [], note),
  );
  const end = exit.cause === null ? judged.end : endOf(exit.cause);
  const secrets = [...(exit.secrets ?? []), ...seen.found].filter(
    ({ fingerprint }) => exit.allowed?.includes(fingerprint) !== true,
  );
  return {
    session: request.session,
    end,
    exitCode: exit.code,
    vendorSession: state.vendorSession,
    report: judged.report ?? readVerdict(request, state.text),
    lastWords: (state.lastWords || state.text || exit.stderr).slice(-WORDS_MAX),
    usage: withPrice(
      agent.reportsThreadUsage === true && state.vendorSession !== null
        ? usageOfThisSession(folder, state.vendorSession, state.usage, exit)
        : state.usage,
      exit.prices ?? [],
      // A table of one's own may give a price to whatever an agent uses when nobody names a model.
      state.model ?? request.model ?? request.agent,
    ),
    retryAt: end === "limited" ? judged.retryAt : null,
    detail: [exit.cause === null ? judged.detail : describe(exit, request), problemOf(exit)]
      .filter((words) => words !== null)
      .join(" "),
    transcript,
    ...(secrets.length === 0 ? {} : { secrets }),
    startedAt: exit.startedAt,
    endedAt: exit.endedAt,
  };
}

export function emptyState(): StreamState {
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

/** Stands in for an agent that was taken out of the configuration while its session lived: what it said is not understood. */
export function unknownAgent(name: string): Agent {
  const conclude: Agent["conclude"] = (_state, exit, readResultFile) => ({
    end: exit.code === 0 ? "finished" : "crashed",
    report: parseAgentReportText(readResultFile() ?? ""),
    detail: `There is no agent named ${name} any more; its session ended with exit code ${String(exit.code)}.`,
    retryAt: null,
  });
  const command = (): never => {
    throw new BrokenPromise(`A session of the unknown agent ${name} was to be started.`);
  };
  return {
    name,
    continues: false,
    commits: false,
    probe: null,
    command,
    conclude,
    read: () => undefined,
  };
}

async function readStream(file: string, agent: Agent, state: StreamState): Promise<void> {
  if (!fs.existsSync(file)) return;
  const lines = createInterface({ input: fs.createReadStream(file, "utf8"), crlfDelay: Infinity });
  for await (const line of lines) agent.read(line, state);
}

/** A reviewer may answer in words that only say something when it is known what was asked. */
function readVerdict(request: SessionRequest, text: string): AgentReport | null {
  const stages = stagesAsked(request);
  return stages.length === 0 ? null : parseAgentReportText(text, stages);
}

function readResult(folder: string, hidden: readonly string[], note: OnSecret): string | null {
  const text = readIfThere(path.join(folder, SessionFile.result));
  return text === null || text.length > RESULT_LENGTH_MAX ? null : redactText(text, hidden, note);
}

/** Trouble around the session; where it is the whole story, `describe` has told it. */
function problemOf(exit: SessionExit): string | null {
  return exit.cause === "lost" || exit.cause === "start-failed" ? null : exit.problem;
}

function endOf(cause: EndCause): SessionEnd {
  return cause === "start-failed" ? "fatal" : cause;
}

function describe(exit: SessionExit, request: SessionRequest): string {
  const { limits } = request;
  switch (exit.cause) {
    case "wall":
      return `Ended after ${seconds(limits.wallMs)} s, the time limit of a session (agents.limits.wall).`;
    case "stall":
      return `Ended after ${seconds(limits.stallMs)} s without a word (agents.limits.stall).`;
    case "turns":
      return `Ended after more than ${limits.turns} turns (agents.limits.turns).`;
    case "output":
      return `Ended after more than ${limits.outputBytes} bytes of output (agents.limits.output).`;
    case "cost":
      return `Ended at ${limits.tokens ?? 0} tokens, what was left for this session (limits.budget).`;
    case "loop":
      return `Ended after the same step ${SAME_STEPS_MAX} times in a row.`;
    case "ended":
      return "Ended by Cairn.";
    case "lost":
    case "start-failed":
    case null:
      return exit.problem ?? "Nobody knows how it ended.";
  }
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
