import { reportDocument, type ReportFormat } from "../../api/report-json.ts";
import { UserError } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import { RUN_OPTION, withRun } from "./with-run.ts";

const FORMATS: readonly ReportFormat[] = ["text", "md", "html", "json"];

export const command: CommandModule = {
  args: [],
  options: [
    RUN_OPTION,
    {
      flags: "--format <format>",
      meaning: "Write text, md, html or json; text at a terminal, else md",
    },
    { flags: "--metrics", meaning: "Print the figures of the run as JSON" },
  ],
  run: (context) => {
    const format = formatOf(context);
    return withRun(context, (reader) => {
      const isLive = reader.engine() !== null;
      context.out(reportDocument(format, reader.run, reader.events(), isLive).trimEnd());
    });
  },
};

/** A person reads words; a file or a pipe gets what a forge can show. */
function usualFormat(context: CommandContext): ReportFormat {
  if (context.globals.json) return "json";
  return context.terminal.stdout ? "text" : "md";
}

function formatOf(context: CommandContext): ReportFormat {
  if (isOn(context.options, "metrics")) return "metrics";
  const written = textOption(context.options, "format") ?? usualFormat(context);
  const format = FORMATS.find((known) => known === written);
  if (format !== undefined) return format;
  throw new UserError("cli/usage", `There is no report format "${written}".`, {
    hints: [`It is one of ${FORMATS.join(", ")}.`],
  });
}
