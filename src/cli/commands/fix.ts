import type { CommandModule } from "../command-module.ts";
import { ONE_TASK, sayTyped } from "./say.ts";
import { RUN_OPTION } from "./with-run.ts";

export const command: CommandModule = {
  args: [ONE_TASK],
  options: [RUN_OPTION],
  run: (context) => sayTyped(context, "fix", context.args),
};
