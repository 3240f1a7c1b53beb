import type { CommandModule } from "../command-module.ts";
import { sayTyped } from "./say.ts";
import { RUN_OPTION } from "./with-run.ts";

export const command: CommandModule = {
  args: [{ words: "<task>", meaning: "Key of a task that was merged and has not landed" }],
  options: [RUN_OPTION],
  run: (context) => sayTyped(context, "revert", context.args),
};
