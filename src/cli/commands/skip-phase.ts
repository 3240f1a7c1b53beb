import type { CommandModule } from "../command-module.ts";
import { sayTyped } from "./say.ts";
import { RUN_OPTION } from "./with-run.ts";

export const command: CommandModule = {
  args: [],
  options: [RUN_OPTION],
  run: (context) => sayTyped(context, "skip-phase", []),
};
