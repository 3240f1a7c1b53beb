import { UserError } from "../../errors.ts";
import type { CommandModule } from "../command-module.ts";
import { say } from "./say.ts";
import { RUN_OPTION } from "./with-run.ts";

export const command: CommandModule = {
  args: [
    { words: "<task>", meaning: "Key of the task that asks" },
    {
      words: "<words...>",
      meaning: "The answer: one of the options named, or free text for an agent",
    },
  ],
  options: [RUN_OPTION],
  run: (context) => {
    const [task = "", ...words] = context.args;
    const text = words.join(" ").trim();
    if (text !== "") return say(context, { name: "answer", task, text });
    throw new UserError("cli/usage", "An answer needs words.", {
      hints: ["`cairn status` shows the question and the answers it takes."],
    });
  },
};
