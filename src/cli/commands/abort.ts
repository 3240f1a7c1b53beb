import type { CommandModule } from "../command-module.ts";
import { say } from "./say.ts";
import { RUN_OPTION } from "./with-run.ts";

export const command: CommandModule = {
  args: [],
  options: [RUN_OPTION],
  run: (context) => say(context, { name: "abort" }),
};
