import { reportDocument, reportOf, type ReportFormat } from "../../api/report-json.ts";
import { reportText } from "../../core/report/report-text.ts";
import { UserError } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import { RUN_OPTION, withRun } from "./with-run.ts";

type Format = ReportFormat | "text";

const FORMATS: readonly Format[] = ["text", "md", "html", "json"];

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
      const text =
        format === "text"
          ? reportText(reportOf(reader.run, reader.events(), isLive), context.terminal.columns)
          : reportDocument(format, reader.run, reader.events(), isLive);
      context.out(text.trimEnd());
    });
  },
};

/** A person reads words; a file or a pipe gets what a forge can show. */
function usualFormat(context: CommandContext): Format {
  if (context.globals.json) return "json";
  return context.terminal.stdout ? "text" : "md";
}

function formatOf(context: CommandContext): Format {
  if (isOn(context.options, "metrics")) return "metrics";
  const written = textOption(context.options, "format") ?? usualFormat(context);
  const format = FORMATS.find((known) => known === written);
  if (format !== undefined) return format;
  throw new UserError("cli/usage", `There is no report format "${written}".`, {
    hints: [`It is one of ${FORMATS.join(", ")}.`],
  });
}
