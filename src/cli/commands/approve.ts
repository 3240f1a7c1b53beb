import type { CommandModule } from "../command-module.ts";
import { onlyAsking, say } from "./say.ts";
import { RUN_OPTION } from "./with-run.ts";

export const command: CommandModule = {
  args: [{ words: "[task]", meaning: "Key of the task; not needed while only one asks" }],
  options: [RUN_OPTION],
  run: (context) =>
    say(context, (reader) => ({
      name: "approve",
      task: context.args[0] ?? onlyAsking(reader, "approve"),
    })),
};
