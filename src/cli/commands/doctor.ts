import { ExitCode } from "../../errors.ts";
import type { CommandModule } from "../command-module.ts";
import { HOSTING_OPTIONS, projectFor } from "./hosting.ts";

const SYMBOLS = { ok: "ok     ", warning: "warning", refused: "refused" } as const;

export const command: CommandModule = {
  args: [],
  options: HOSTING_OPTIONS.filter((option) => /--(agent|target)/.test(option.flags)),
  run: async (context) => {
    const project = await projectFor(context);
    const [{ groundChecks }, { settingsWithoutEffect }] = await Promise.all([
      import("../../host/checks.ts"),
      import("../../composition/unbuilt-settings.ts"),
    ]);
    const checks = groundChecks(await project.groundFacts(null), { allowDirty: false });
    const idle = settingsWithoutEffect(project.loaded);
    if (context.globals.json) {
      context.out(
        JSON.stringify({ schemaVersion: 1, checks, settingsWithoutEffect: idle }, null, 2),
      );
    } else {
      for (const check of checks) {
        context.out(`${SYMBOLS[check.result]}  ${check.name}: ${check.words}`);
        if (check.result !== "ok") context.out(`         ${check.why} ${check.mend}`);
      }
      if (idle.length > 0)
        context.out(`warning  settings without effect in this version: ${idle.join(", ")}`);
    }
    return checks.some((check) => check.result === "refused") ? ExitCode.usage : ExitCode.done;
  },
};
