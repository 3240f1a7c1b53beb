import { ExitCode } from "../../errors.ts";
import type { CommandModule } from "../command-module.ts";
import { RUN_OPTION, withRun } from "./with-run.ts";

/** Kills first and talks afterwards; works without an engine, or with one that hangs. */
export const command: CommandModule = {
  args: [],
  options: [RUN_OPTION],
  run: (context) =>
    withRun(context, async (reader) => {
      const { panic } = await import("../../composition/panic.ts");
      const end = await panic(reader);
      if (context.globals.json) {
        context.out(JSON.stringify({ schemaVersion: 1, run: reader.run.id, ...end }));
        return ExitCode.done;
      }
      context.out(
        `Killed ${end.killed} ${end.killed === 1 ? "process" : "processes"} of ${reader.run.id}.`,
      );
      if (end.state === "silent") {
        context.tell(
          `Process ${end.enginePid ?? "?"} holds the run and does not answer. It can start nothing before it has read .cairn/PANIC; to end it: kill -9 ${end.enginePid ?? ""}`,
        );
      }
      context.out("Nothing new starts. When you are sure: cairn resume --after-panic");
      return ExitCode.done;
    }),
};
