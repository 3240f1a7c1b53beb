import { ExitCode } from "../../errors.ts";
import type { CommandModule } from "../command-module.ts";
import { checkLines, checkSummary } from "../render/preflight.ts";
import { allChecks, GROUND_OPTIONS } from "./preflight-checks.ts";
import { projectFor } from "./hosting.ts";
import { lookFor } from "./with-run.ts";

/** `cairn doctor` */
export const command: CommandModule = {
  args: [],
  options: GROUND_OPTIONS,
  run: async (context) => {
    const project = await projectFor(context);
    const { settingsWithoutEffect } = await import("../../composition/unbuilt-settings.ts");
    const { checks } = await allChecks(context, project);
    const idle = settingsWithoutEffect(project.loaded);
    if (context.globals.json) {
      context.out(
        JSON.stringify({ schemaVersion: 1, checks, settingsWithoutEffect: idle }, null, 2),
      );
    } else {
      for (const line of checkLines(checks, lookFor(context))) context.out(line);
      if (idle.length > 0)
        context.out(`warning  settings without effect in this version: ${idle.join(", ")}`);
      context.out(checkSummary(checks));
    }
    return checks.some((check) => check.result === "refused") ? ExitCode.usage : ExitCode.done;
  },
};
