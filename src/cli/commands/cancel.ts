import { UserError } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import { askFirst } from "./ask.ts";
import { say } from "./say.ts";

export const command: CommandModule = {
  args: [{ words: "[task]", meaning: "Key of the task; its branch is kept" }],
  options: [
    { flags: "--run", meaning: "Give up the whole run; branches are kept" },
    { flags: "-y, --yes", meaning: "Do not ask" },
    { flags: "--reason <words>", meaning: "Keep this reason in the log" },
  ],
  run: async (context) => {
    const [task] = context.args;
    const isWhole = isOn(context.options, "run");
    if (isWhole === (task !== undefined)) throw neitherOrBoth(isWhole);
    if (isWhole && !isOn(context.options, "yes")) {
      await askFirst(context, "Give up the whole run? Branches and reports are kept.", "--yes");
    }
    return say(context, {
      name: "cancel",
      ...reason(context),
      ...(task === undefined ? {} : { task }),
    });
  },
};

function reason(context: CommandContext): { readonly text?: string } {
  const text = textOption(context.options, "reason");
  return text === null ? {} : { text };
}

function neitherOrBoth(both: boolean): UserError {
  return new UserError(
    "cli/usage",
    both ? "A task and --run were both given." : "Neither a task nor --run was given.",
    {
      hints: ["One task: cairn cancel 4.2", "Everything: cairn cancel --run"],
    },
  );
}
