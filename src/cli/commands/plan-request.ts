import { UserError } from "../../errors.ts";
import type { PlanRequest } from "../../host/project.ts";
import type { CommandContext, CommandOption } from "../command-module.ts";
import { textOption } from "../options.ts";

/** The other way to name a source. */
export const DISPATCH_OPTION: CommandOption = {
  flags: "--dispatch <n>",
  meaning: "The dispatch plan of milestone n, where sources.dispatch says",
  group: "Scope",
};

/** What the command line says about source and scope. @throws UserError `cli/usage`. */
export function planRequest(context: CommandContext): PlanRequest {
  const wave = textOption(context.options, "wave");
  const from = textOption(context.options, "from");
  if (wave !== null && !/^[1-9]\d*$/.test(wave)) {
    throw new UserError("cli/usage", `--wave takes a number from 1, not \`${wave}\`.`, {
      hints: ["`cairn plan SOURCE` numbers the waves."],
    });
  }
  const words = sourceWords(context);
  return {
    source: words.map(quoted).join(" "),
    words,
    ...(wave === null ? {} : { wave: Number(wave) }),
    ...(from === null ? {} : { from }),
  };
}

/** The words of the command line that name the source. */
function sourceWords(context: CommandContext): readonly string[] {
  const dispatch = textOption(context.options, "dispatch");
  if (dispatch === null) return context.args;
  if (context.args.length > 0) {
    throw new UserError("cli/usage", "--dispatch names the plan: nothing may stand beside it.", {
      hints: ["`cairn run --dispatch 3`, or the plan alone: `cairn run plan/m3.yaml`."],
    });
  }
  return ["--dispatch", dispatch];
}

/** So that the line can be typed again. */
function quoted(word: string): string {
  return /^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
