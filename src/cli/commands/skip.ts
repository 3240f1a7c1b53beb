import type { CommandModule } from "../command-module.ts";
import { textOption } from "../options.ts";
import { say } from "./say.ts";
import { RUN_OPTION } from "./with-run.ts";

export const command: CommandModule = {
  args: [{ words: "<task>", meaning: "Key of the task; what depends on it is skipped too" }],
  options: [
    RUN_OPTION,
    { flags: "--reason <words>", meaning: "Keep this reason in the log and the report" },
  ],
  run: (context) => {
    const reason = textOption(context.options, "reason");
    const task = context.args[0] ?? "";
    return say(context, { name: "skip", task, ...(reason === null ? {} : { text: reason }) });
  },
};
