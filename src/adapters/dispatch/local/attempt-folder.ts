import fs from "node:fs";
import path from "node:path";
import { writeAtomic } from "../../process/files.ts";
import type { SessionFileContent } from "../../process/session-files.ts";
import { SessionFile } from "../../process/session-names.ts";
import type { Agent } from "../../../ports/agent.ts";
import type { RunId, SessionId } from "../../../core/shared/names.ts";
import type { SessionRequest } from "../../../ports/dispatch.ts";

/** Folder of one session: `.cairn/runs/<run>/sessions/<session>`. */
export function attemptFolder(cairnFolder: string, run: RunId, session: SessionId): string {
  return path.join(cairnFolder, "runs", asName(run), "sessions", asName(session));
}

export function sessionsFolder(cairnFolder: string, run: RunId): string {
  return path.join(cairnFolder, "runs", asName(run), "sessions");
}

/** Value of the mark variable for everything the session starts. */
export function markOf(run: RunId, session: SessionId): string {
  return `${run}/${session}`;
}

/** Writes everything a host needs; the session may be started when this returns. */
export function prepareAttempt(
  folder: string,
  request: SessionRequest,
  agent: Agent,
  variables: {
    readonly inherited: Record<string, string>;
    readonly own: Record<string, string>;
    /** Values the host is not to write down. */
    readonly secrets: readonly string[];
  },
): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const command = agent.command(request, folder, variables.inherited);
  for (const [name, content] of Object.entries(command.files ?? {}))
    writeAtomic(path.join(folder, asName(name)), content, "fleeting");
  writeAtomic(path.join(folder, SessionFile.prompt), request.prompt, "fleeting");
  const content: SessionFileContent = {
    mark: markOf(request.run, request.session),
    agent: agent.name,
    file: command.file,
    args: [...command.args],
    env: { ...command.env, ...variables.own },
    secrets: variables.secrets,
    stdin: command.stdin,
    cwd: request.directory,
    limits: {
      wallMs: request.limits.wallMs,
      stallMs: request.limits.stallMs,
      turns: request.limits.turns,
      outputBytes: request.limits.outputBytes,
      graceMs: request.limits.graceMs,
      tokens: request.limits.tokens ?? null,
    },
    turnLine: command.turnLine ?? null,
    usageLine: command.usageLine ?? null,
    stepLine: command.stepLine ?? null,
    finalLine: command.finalLine ?? null,
    firstSignal: command.interrupts ? "SIGINT" : "SIGTERM",
  };
  // Needed by a host of this boot alone: after a power cut it is written again, or its claim tells that it was lost.
  writeAtomic(path.join(folder, SessionFile.session), JSON.stringify(content), "fleeting");
}

/** One path segment, whatever the source calls its tasks: `m5/03-s1` -> `m5%2f03-s1`. */
function asName(name: string): string {
  const safe = name.replaceAll(
    /[^\w.#@+-]/g,
    (char) => `%${char.codePointAt(0)?.toString(16) ?? ""}`,
  );
  return /^\.+$/.test(safe) ? `%${safe}` : safe;
}
