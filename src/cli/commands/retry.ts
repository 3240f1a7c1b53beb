import type { CommandModule } from "../command-module.ts";
import { say } from "./say.ts";
import { RUN_OPTION } from "./with-run.ts";

export const command: CommandModule = {
  args: [{ words: "<task>", meaning: "Key of a task that failed, was skipped or cancelled" }],
  options: [RUN_OPTION],
  run: (context) => say(context, { name: "retry", task: context.args[0] ?? "" }),
};
