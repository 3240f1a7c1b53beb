import type { Command, CommandName } from "../../core/run/commands.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { RunReader } from "../../host/open-run.ts";
import type { CommandContext } from "../command-module.ts";
import { withRun } from "./with-run.ts";

/** A person's word to a run. */
export interface Word {
  readonly name: CommandName;
  readonly task?: string;
  readonly text?: string;
  readonly flags?: Command["flags"];
}

/**
 * Sends a word to the run and shows what became of it. The word may depend on the run as it is.
 * @throws UserError `command/refused` with the words of the run
 */
export async function say(
  context: CommandContext,
  word: Word | ((reader: RunReader) => Word),
): Promise<ExitCode> {
  return withRun(context, async (reader) => {
    const said = typeof word === "function" ? word(reader) : word;
    const views = await import("../../composition/views.ts");
    const sent = await views.say(reader, said);
    switch (sent.state) {
      case "refused":
        throw new UserError("command/refused", sent.answer, { exitCode: ExitCode.usage });
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

/** The only task that asks and takes this answer. @throws UserError when none or several do. */
export function onlyAsking(reader: RunReader, option: string): string {
  const asking = [...reader.run.tasks.values()].filter(
    (task) => task.question?.options.includes(option) === true,
  );
  const [task] = asking;
  if (task !== undefined && asking.length === 1) return task.key;
  if (task === undefined) {
    throw new UserError("command/nothing-asked", `No task asks for \`${option}\`.`, {
      hints: ["`cairn status` shows what is asked."],
    });
  }
  throw new UserError(
    "command/which-task",
    `${asking.length} tasks ask: ${asking.map((one) => one.key).join(", ")}.`,
    {
      hints: [`Name one: cairn ${option} ${task.key}`],
    },
  );
}
