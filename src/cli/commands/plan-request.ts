import { UserError } from "../../errors.ts";
import type { PlanRequest } from "../../host/project.ts";
import type { CommandContext } from "../command-module.ts";
import { textOption } from "../options.ts";

/** What the command line says about source and scope. @throws UserError `cli/usage`. */
export function planRequest(context: CommandContext): PlanRequest {
  const wave = textOption(context.options, "wave");
  const from = textOption(context.options, "from");
  if (wave !== null && !/^[1-9]\d*$/.test(wave)) {
    throw new UserError("cli/usage", `--wave takes a number from 1, not \`${wave}\`.`, {
      hints: ["`cairn plan SOURCE` numbers the waves."],
    });
  }
  return {
    source: context.args[0] ?? "",
    ...(wave === null ? {} : { wave: Number(wave) }),
    ...(from === null ? {} : { from }),
  };
}
