import { reportDocument, type ReportFormat } from "../../api/report-json.ts";
import { UserError } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import { RUN_OPTION, withRun } from "./with-run.ts";

const FORMATS: readonly ReportFormat[] = ["md", "html", "json"];

export const command: CommandModule = {
  args: [],
  options: [
    RUN_OPTION,
    { flags: "--format <format>", meaning: "Write md, html or json; md unless given" },
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

function formatOf(context: CommandContext): ReportFormat {
  if (isOn(context.options, "metrics")) return "metrics";
  const written = textOption(context.options, "format") ?? (context.globals.json ? "json" : "md");
  const format = FORMATS.find((known) => known === written);
  if (format !== undefined) return format;
  throw new UserError("cli/usage", `There is no report format "${written}".`, {
    hints: [`It is one of ${FORMATS.join(", ")}.`],
  });
}
