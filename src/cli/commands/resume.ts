import { exitCodeOf } from "../../core/report/exit-code.ts";
import type { CommandModule } from "../command-module.ts";
import { isOn } from "../options.ts";
import { HOSTING_OPTIONS, hostHere, lockFor, projectFor, sayWhereItStands } from "./hosting.ts";

export const command: CommandModule = {
  args: [],
  options: [
    ...HOSTING_OPTIONS.filter((option) => option.flags === "--metrics"),
    { flags: "--after-panic", meaning: "Go on although the run was stopped by a panic" },
    { flags: "--acknowledge", meaning: "Go on after a critical stop: its cause is dealt with" },
  ],
  run: async (context) => {
    const project = await projectFor(context);
    const { noRuns } = await import("../../host/open-run.ts");
    if (!project.hasStore()) throw noRuns();
    const runs = await import("../../host/runs.ts");
    const store = await project.openStore();
    const run = runs.requireNewestRun(store);
    await lockFor(context, project, store, run.id);
    await sayWhereItStands(context, run);
    if (!runs.isOpenRun(run)) {
      context.tell(`The run ${run.id} is ${run.status}; there is nothing to go on with.`);
      return exitCodeOf(run, false);
    }
    const { commandFromHere } = await import("../../host/host-run.ts");
    const flags = {
      afterPanic: isOn(context.options, "afterPanic"),
      acknowledge: isOn(context.options, "acknowledge"),
    };
    const isStopped =
      run.status === "paused" || run.status === "waiting" || run.status === "halted";
    return hostHere({
      context,
      project,
      store,
      run,
      ...(isStopped
        ? {
            first: (id: string) =>
              void store.post(id, project.clock.now(), commandFromHere("resume", null, flags)),
          }
        : {}),
    });
  },
};
