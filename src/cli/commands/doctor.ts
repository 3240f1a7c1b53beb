import type { CheckJson } from "../../api/preflight-json.ts";
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
    return exitCodeOf(checks);
  },
};

/** What is refused by the forge alone ends as the run it would refuse. */
function exitCodeOf(checks: readonly CheckJson[]): ExitCode {
  const refused = checks.filter((check) => check.result === "refused");
  if (refused.length === 0) return ExitCode.done;
  return refused.every(({ code }) => OF_THE_TOKEN.has(code))
    ? ExitCode.authentication
    : ExitCode.usage;
}

const OF_THE_TOKEN: ReadonlySet<string> = new Set([
  "github/no-token",
  "github/bad-token",
  "github/missing-scope",
  "github/missing-permission",
  "github/sso",
  "github/no-push",
  "github/not-found",
  "github/forbidden",
]);
