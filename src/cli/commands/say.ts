import type { Command, CommandName } from "../../core/run/commands.ts";
import type { ReadWords } from "../../api/read-words.ts";
import { BrokenPromise, ExitCode, UserError } from "../../errors.ts";
import type { RunReader } from "../../host/open-run.ts";
import type { CommandArgument, CommandContext } from "../command-module.ts";
import { withRun } from "./with-run.ts";

/** For every word that answers what a task asks. */
export const ONE_TASK: CommandArgument = {
  words: "[task]",
  meaning: "Key of the task; not needed while only one asks",
};

/** A person's word to a run. */
export interface Word {
  readonly name: CommandName;
  readonly task?: string;
  readonly text?: string;
  readonly flags?: Command["flags"];
}

/**
 * Sends a word to the run and shows what became of it.
 * @throws UserError `command/refused` with the words of the run
 */
export function say(context: CommandContext, word: Word): Promise<ExitCode> {
  return sayRead(context, () => Promise.resolve(word));
}

async function sayRead(
  context: CommandContext,
  read: (reader: RunReader) => Promise<Word>,
): Promise<ExitCode> {
  return withRun(context, async (reader) => {
    const said = await read(reader);
    const views = await import("../../composition/views.ts");
    const sent = await views.say(reader, said);
    switch (sent.state) {
      case "refused": {
        const { askedLines } = await import("../../api/read-words.ts");
        throw new UserError("command/refused", sent.answer, {
          hints: askedLines({ run: reader.run, prefix: "cairn " }),
          exitCode: ExitCode.usage,
        });
      }
      case "accepted":
        show(context, sent.state, sent.answer);
        return ExitCode.done;
      case "stored":
        show(context, sent.state, "Stored; takes effect with `cairn resume`.");
        return ExitCode.done;
      case "unanswered":
        show(
          context,
          sent.state,
          `Stored; process ${sent.pid} works on the run and has not answered yet. See: cairn status`,
        );
        return ExitCode.done;
    }
  });
}

function show(context: CommandContext, state: string, answer: string): void {
  context.out(context.globals.json ? JSON.stringify({ schemaVersion: 1, state, answer }) : answer);
}

/**
 * Sends a word with what was typed behind it: `cairn fix`, `cairn approve 4.2`, `cairn answer the second`. A task need
 * not be named while only one asks.
 * @throws UserError `command/not-here` with what would fit, `command/refused`
 */
export function sayTyped(
  context: CommandContext,
  name: CommandName,
  words: readonly string[],
): Promise<ExitCode> {
  return sayRead(context, async (reader) => {
    const read = await readHere(reader, [name, ...words]);
    if (read.kind === "word") return read.word;
    if (read.kind === "view") throw new BrokenPromise(`\`${name}\` only shows something.`);
    throw new UserError("command/not-here", read.why, {
      hints: read.hints.length > 0 ? read.hints : [`\`cairn help ${name}\` shows what it takes.`],
    });
  });
}

async function readHere(reader: RunReader, words: readonly string[]): Promise<ReadWords> {
  const [{ readWords }, { nearest }] = await Promise.all([
    import("../../api/read-words.ts"),
    import("../../config/nearest.ts"),
  ]);
  const here = { run: reader.run, from: "terminal", prefix: "cairn ", now: Date.now() } as const;
  return readWords({ ...here, nearest }, words);
}
