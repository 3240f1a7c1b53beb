import type { Run } from "../../core/run/run.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { CommandModule } from "../command-module.ts";
import { isOn } from "../options.ts";
import { hostHere, lockFor, projectFor } from "./hosting.ts";

export const command: CommandModule = {
  args: [],
  options: [
    { flags: "-y, --yes", meaning: "Do it; without this flag it is only shown" },
    { flags: "--partial", meaning: "Land what is merged although something is left" },
  ],
  run: async (context) => {
    const project = await projectFor(context);
    const { noRuns } = await import("../../host/open-run.ts");
    if (!project.hasStore()) throw noRuns();
    const runs = await import("../../host/runs.ts");
    const store = await project.openStore();
    const run = runs.requireNewestRun(store);
    const { commandFromHere } = await import("../../host/host-run.ts");
    const { judge } = await import("../../composition/views.ts");
    const wish = commandFromHere("land", null, { partial: isOn(context.options, "partial") });
    const verdict = await judge(run, wish);
    if (!verdict.accepted)
      throw new UserError("land/refused", verdict.answer, { exitCode: ExitCode.failures });
    const { integrationBranch } = run.settings;
    if (!isOn(context.options, "yes")) {
      if (run.landed !== null) {
        context.out(verdict.answer);
        return ExitCode.done;
      }
      context.out(
        `${run.merged.length} of ${run.tasks.size} tasks are merged on ${integrationBranch}, tested as a whole.`,
      );
      for (const line of howItLands(run)) context.out(line);
      context.out(
        `  do it: cairn land${isOn(context.options, "partial") ? " --partial" : ""} --yes`,
      );
      return ExitCode.done;
    }
    await lockFor(context, project, store, run.id);
    return hostHere({
      context,
      project,
      store,
      run,
      first: (id) => void store.post(id, project.clock.now(), wish),
    });
  },
};

function howItLands(run: Run): readonly string[] {
  const { integrationBranch, target, forge } = run.settings;
  if (forge === undefined)
    return [
      `Landing merges it into ${target} with --no-ff; a checkout of ${target} is moved only if it is clean.`,
      `  look: git log --first-parent ${target}..${integrationBranch}`,
    ];
  const { landingPullRequest: opened } = run;
  return [
    `Landing merges it into ${target} of ${forge.repository} with --no-ff and pushes it, then closes the milestone.`,
    ...(opened?.url == null ? [] : [`  or merge its pull request there: ${opened.url}`]),
    `  look: git fetch && git log --first-parent origin/${target}..origin/${integrationBranch}`,
  ];
}
