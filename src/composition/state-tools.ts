import { join } from "node:path";
import { tryLock } from "../adapters/sqlite/run-lock.ts";
import { openStore } from "../adapters/sqlite/store.ts";
import { UserError } from "../errors.ts";
import type { RunReader } from "../host/open-run.ts";
import { brokenLog } from "./state-tools-runs.ts";
import { commandOf, openView, say } from "./views.ts";
import { wordsWithoutSecrets } from "./without-secrets.ts";

/** How a mark came into the log. */
export type Marked =
  | { readonly how: "appended" }
  /** An engine of another run is at work: the mark is taken when this run goes on. */
  | { readonly how: "stored" }
  | { readonly how: "unanswered"; readonly pid: number };

const TEXT_MAX = 1_000;

export interface CheckpointRequest {
  readonly cwd: string;
  readonly run: string | undefined;
  readonly text: string;
  readonly commandLine: string;
  readonly now: number;
}

/**
 * Appends a mark to the log of a run: by its engine where one is live, else with the engine's lock. `use` sees the run
 * with the mark. @throws UserError `run/none`, `run/unknown`, `state/no-text`
 */
export async function nameCheckpoint<T>(
  request: CheckpointRequest,
  use: (reader: RunReader, marked: Marked) => T,
): Promise<T> {
  const words = request.text.trim();
  if (words === "" || words.length > TEXT_MAX) throw badText(words);
  const reader = openState(request.cwd, request.run);
  try {
    const text = await wordsWithoutSecrets(reader.root, words);
    const marked = appendAlone(reader, { ...request, text }) ?? (await askEngine(reader, text));
    reader.advance();
    return use(reader, marked);
  } finally {
    reader.close();
  }
}

/** Null: an engine is at work. */
function appendAlone(reader: RunReader, request: CheckpointRequest): Marked | null {
  const { cairnFolder, run } = reader;
  const attempt = tryLock(cairnFolder, {
    pid: process.pid,
    run: run.id,
    command: request.commandLine,
    startedAt: request.now,
  });
  if (attempt.lock === null) return null;
  try {
    const store = openStore(cairnFolder);
    try {
      reader.advance();
      const { by } = commandOf({ name: "checkpoint" });
      store.append(run.id, run.seq, request.now, [
        { type: "CheckpointNamed", text: request.text, by },
      ]);
      return { how: "appended" };
    } finally {
      store.close();
    }
  } finally {
    attempt.lock.release();
  }
}

async function askEngine(reader: RunReader, text: string): Promise<Marked> {
  const sent = await say(reader, { name: "checkpoint", text });
  switch (sent.state) {
    case "accepted":
      return { how: "appended" };
    case "refused":
      throw new UserError("command/refused", sent.answer);
    case "stored":
      return { how: "stored" };
    case "unanswered":
      return { how: "unanswered", pid: sent.pid };
  }
}

function badText(text: string): UserError {
  const words =
    text === ""
      ? "The mark has no text."
      : `The mark has ${text.length} characters; it may have ${TEXT_MAX}.`;
  return new UserError("state/no-text", words, {
    hints: ['Say what stands here: cairn state checkpoint "before the big merge"'],
  });
}

/** The run of `cairn state show`. @throws UserError `run/none`, `run/unknown`, `state/broken` */
export function openState(cwd: string, run: string | undefined): RunReader {
  try {
    return openView(cwd, run);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw brokenLog(run ?? null, error);
  }
}

/** The file the log is in. */
export function logFile(cairnFolder: string): string {
  return join(cairnFolder, "cairn.db");
}
