import { ExitCode, UserError } from "../../errors.ts";
import type { CommandContext } from "../command-module.ts";

/**
 * Asks before something is given up. Without a terminal nobody can be asked: the option that says yes is needed.
 * @throws UserError `cli/declined` (exit 3), `cli/needs-yes`
 */
export async function askFirst(
  context: CommandContext,
  question: string,
  option: string,
): Promise<void> {
  if (!context.terminal.stdin || !context.terminal.stderr) {
    throw new UserError("cli/needs-yes", `${question} Nobody can be asked here.`, {
      hints: [`Say it with ${option}.`],
    });
  }
  const { confirm } = await import("@clack/prompts");
  const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
  if (answer === true) return;
  throw new UserError("cli/declined", "Nothing was changed.", { exitCode: ExitCode.stopped });
}
