import type { CommandModule } from "../command-module.ts";
import { textOption } from "../options.ts";
import { sayTyped } from "./say.ts";
import { RUN_OPTION } from "./with-run.ts";

export const command: CommandModule = {
  args: [
    {
      words: "[words...]",
      meaning:
        "Key of the task, not needed while only one asks, and the reason; what depends on it is skipped too",
    },
  ],
  options: [
    RUN_OPTION,
    { flags: "--reason <words>", meaning: "Keep this reason in the log and the report" },
  ],
  run: (context) => {
    const reason = textOption(context.options, "reason");
    return sayTyped(context, "skip", [...context.args, ...(reason === null ? [] : [reason])]);
  },
};
