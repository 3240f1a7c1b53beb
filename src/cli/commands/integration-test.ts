import { ExitCode, UserError } from "../../errors.ts";
import type { CommandModule } from "../command-module.ts";
import { integrationLines } from "../render/preflight.ts";
import { GROUND_OPTIONS } from "./preflight-checks.ts";
import { tellGates, untilSignal } from "./preflight-progress.ts";
import { projectFor } from "./hosting.ts";
import { lookFor } from "./with-run.ts";

/** `cairn integration-test [BRANCH]` */
export const command: CommandModule = {
  args: [
    {
      words: "[branch]",
      meaning: "Branch or commit; else the newest run's integration branch, else the current one",
    },
  ],
  options: GROUND_OPTIONS.filter((option) => option.flags.includes("--target")),
  run: async (context) => {
    const project = await projectFor(context);
    const [{ refuseBadGround, groundChecks }, { testBranch }] = await Promise.all([
      import("../../host/checks.ts"),
      import("../../composition/preflight.ts"),
    ]);
    const facts = await project.groundFacts(null);
    const needed = new Set(["git", "repository", "disk"]);
    const checks = groundChecks(facts, { allowDirty: true });
    refuseBadGround(checks.filter((check) => needed.has(check.name)));
    const target = facts.target.name ?? facts.git.branch;
    if (target === null)
      throw new UserError("preflight/no-target", "HEAD is detached and no target is named.", {
        hints: ["Name what to hold the branch against: --target main"],
      });
    const [named = null] = context.args;
    const { env } = context;
    const test = await untilSignal((signal) =>
      testBranch(
        { project, env, target, signal, tell: tellGates(context) },
        named,
        facts.git.branch,
      ),
    );
    if (context.globals.json) context.out(JSON.stringify(test, null, 2));
    else for (const line of integrationLines(test, lookFor(context))) context.out(line);
    return test.passed ? ExitCode.done : ExitCode.failures;
  },
};
