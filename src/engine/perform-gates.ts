import type { GateCommand } from "../core/execute/gates.ts";
import type { Run } from "../core/run/run.ts";
import { taskOf, workspaceOf, type PerformerOf, type World } from "./performer.ts";

/** Folder of the worktree in which the branch as a whole is gated. */
const GATE_SLOT = "gate";

/** Measurements: commands of the owner on a known commit. Asking twice is harmless; only the answer is recorded. */
export function performGates(world: World): {
  RunBaseline: PerformerOf<"RunBaseline">;
  RunGates: PerformerOf<"RunGates">;
  TestIntegration: PerformerOf<"TestIntegration">;
} {
  const { repository, gates } = world;

  const runIn = async (key: string, directory: string, commands: readonly GateCommand[], outputBytesMax: number) => {
    return gates.run({ key, directory, commands, outputBytesMax }, new AbortController().signal);
  };

  const onWholeBranch = async (run: { key: string; commit: string; commands: readonly GateCommand[]; outputBytesMax: number }) => {
    if (run.commands.length === 0) return [];
    const directory = await repository.checkoutForGates(GATE_SLOT, run.commit);
    await world.bootstrap.prepare(directory);
    return runIn(run.key, directory, run.commands, run.outputBytesMax);
  };

  const gateSettings = (run: Run): Run["settings"]["gates"] => run.settings.gates;

  return {
    RunBaseline: (action, run) => {
      const settings = gateSettings(run);
      return async (inside) => {
        await inside();
        const request = { key: action.key, commit: action.commit, commands: settings.preMerge, outputBytesMax: settings.outputBytes };
        const results = await onWholeBranch(request);
        return { of: "RunBaseline", commit: action.commit, tree: await repository.treeOf(action.commit), results };
      };
    },

    RunGates: (action, run) => {
      const settings = gateSettings(run);
      const workspace = workspaceOf(taskOf(run, action.task));
      return async (inside) => {
        const commands = settings.preMerge;
        // In the task's own worktree, whose dependencies are ready. It is clean: what the agent left was committed before.
        const directory =
          action.forMerge && commands.length > 0 ? await repository.checkoutForGates(workspace.slot, action.commit) : workspace.path;
        await inside();
        const results = commands.length === 0 ? [] : await runIn(action.key, directory, commands, settings.outputBytes);
        return { of: "RunGates", commit: action.commit, tree: await repository.treeOf(action.commit), results };
      };
    },

    TestIntegration: (action, run) => {
      const settings = gateSettings(run);
      const commands = settings.postMerge.length > 0 ? settings.postMerge : settings.preMerge;
      return async (inside) => {
        await inside();
        const request = { key: action.key, commit: action.commit, commands, outputBytesMax: settings.outputBytes };
        return { of: "TestIntegration", commit: action.commit, results: await onWholeBranch(request) };
      };
    },
  };
}
