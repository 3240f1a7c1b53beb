import type { CommandOption } from "../command-module.ts";
import type { RunReader } from "../../host/open-run.ts";
import { ExitCode } from "../../errors.ts";
import type { CommandContext } from "../command-module.ts";
import { textOption } from "../options.ts";
import type { Look } from "../render/look.ts";
import { lookOf } from "../render/terminal.ts";

/** For every command about one run. */
export const RUN_OPTION: CommandOption = {
  flags: "--run <name>",
  meaning: "Take this run instead of the newest; the beginning of its name is enough",
};

/** Opens the run a command is about (`--run`, else the newest), and closes the log whatever happens. */
export async function withRun<T>(
  context: CommandContext,
  use: (reader: RunReader) => Promise<T> | T,
): Promise<T> {
  const { openView } = await import("../../composition/views.ts");
  const reader = openView(context.directory, textOption(context.options, "run") ?? undefined);
  try {
    return await use(reader);
  } finally {
    reader.close();
  }
}

/** How this command draws. */
export function lookFor(context: CommandContext): Look {
  const stream = { isTTY: context.terminal.stdout, columns: context.terminal.columns };
  return lookOf(stream, context.env, context.colour ? "always" : "never");
}

/** The exit code of that number; one that nobody knows is a bug. */
export function asExitCode(code: number): ExitCode {
  return Object.values(ExitCode).find((known) => known === code) ?? ExitCode.bug;
}
