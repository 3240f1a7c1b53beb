import type { CommandModule } from "../command-module.ts";
import { sayTyped } from "./say.ts";
import { RUN_OPTION } from "./with-run.ts";

export const command: CommandModule = {
  args: [{ words: "<task>", meaning: "Key of a task that failed, was skipped or cancelled" }],
  options: [RUN_OPTION],
  run: (context) => sayTyped(context, "retry", context.args),
};
