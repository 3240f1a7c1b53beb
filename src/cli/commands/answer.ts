import type { CommandModule } from "../command-module.ts";
import { sayTyped } from "./say.ts";
import { RUN_OPTION } from "./with-run.ts";

export const command: CommandModule = {
  args: [
    {
      words: "<words...>",
      meaning:
        "Key of the task that asks, not needed while only one does; then one of the answers named, or free text for an agent",
    },
  ],
  options: [RUN_OPTION],
  run: (context) => sayTyped(context, "answer", context.args),
};
