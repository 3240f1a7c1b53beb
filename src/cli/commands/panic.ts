import { ExitCode } from "../../errors.ts";
import type { PanicAftermath, PanicEnd } from "../../api/panic-end.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { textOption } from "../options.ts";
import { RUN_OPTION } from "./with-run.ts";

/** Kills first and talks afterwards; works without an engine, or with one that hangs. */
export const command: CommandModule = {
  args: [],
  options: [RUN_OPTION],
  run: async (context) => {
    const [{ panic }, { userName }] = await Promise.all([
      import("../../composition/panic.ts"),
      import("../../host/user-name.ts"),
    ]);
    const run = textOption(context.options, "run");
    const end = await panic({
      directory: context.directory,
      by: userName(),
      from: "terminal",
      ...(run === null ? {} : { run }),
    });
    const { draftLines, nextLines, panicLines } = await import("../render/panic-lines.ts");
    const say = (lines: readonly string[]): void => {
      if (!context.globals.json) for (const line of lines) context.out(line);
    };
    say(panicLines(end));
    const after = await aftermath(context, end);
    say([...draftLines(after), ...nextLines(end, after)]);
    if (context.globals.json) {
      context.out(JSON.stringify({ schemaVersion: 2, ...end, ...after }));
    }
    return end.left.length > 0 || end.state === "silent" ? ExitCode.failures : ExitCode.done;
  },
};

/** What needs the configuration and the network comes last: neither may keep anything alive, nor the words above back. */
async function aftermath(context: CommandContext, end: PanicEnd): Promise<PanicAftermath> {
  try {
    const [{ panicAftermath }, { projectFor }] = await Promise.all([
      import("../../composition/panic-aftermath.ts"),
      import("./hosting.ts"),
    ]);
    return await panicAftermath(end, context.directory, context.env, () => projectFor(context));
  } catch (error) {
    const trouble = error instanceof Error ? error.message : String(error);
    return { drafts: [], isLeftToEngine: false, trouble, token: null };
  }
}
