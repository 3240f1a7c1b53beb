import { statusJson } from "../../api/status-json.ts";
import { ExitCode } from "../../errors.ts";
import type { RunReader } from "../../host/open-run.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn } from "../options.ts";
import { asExitCode, lookFor, RUN_OPTION, withRun } from "./with-run.ts";

export const command: CommandModule = {
  args: [],
  options: [
    RUN_OPTION,
    { flags: "--exit-status", meaning: "End with the exit code of the run instead of 0" },
  ],
  run: (context) =>
    withRun(context, async (reader) => {
      const status = statusJson(reader.run, Date.now(), reader.engine());
      context.out(
        context.globals.json ? JSON.stringify(status, null, 2) : await picture(context, reader),
      );
      return isOn(context.options, "exitStatus") ? asExitCode(status.run.exitCode) : ExitCode.done;
    }),
};

async function picture(context: CommandContext, reader: RunReader): Promise<string> {
  const [{ resumeLines }, { renderTree }, { clockOf }, { lastWordsIn }, alerts] = await Promise.all(
    [
      import("../render/resume-lines.ts"),
      import("../render/tree.ts"),
      import("../render/terminal.ts"),
      import("./session-files.ts"),
      import("./alert-lines.ts"),
    ],
  );
  const now = Date.now();
  const status = statusJson(reader.run, now, reader.engine());
  const lastWords = await lastWordsIn(reader);
  const tree = renderTree(status, { ...lookFor(context), now, clock: clockOf(now), lastWords });
  const alert = alerts.alertLines(reader.run);
  return [...resumeLines(status), "", ...tree, ...(alert.length === 0 ? [] : ["", ...alert])].join(
    "\n",
  );
}
