import type { CommandModule } from "../command-module.ts";
import { sayTyped } from "./say.ts";
import { RUN_OPTION } from "./with-run.ts";

export const command: CommandModule = {
  args: [
    {
      words: "[task]",
      meaning:
        "Key of the task that asks; not needed while only one does, or at the end of a phase",
    },
  ],
  options: [RUN_OPTION],
  run: (context) => sayTyped(context, "continue", context.args),
};
