import type { GateCommand, GateResult } from "../core/execute/gates.ts";
import { taskOf, workspaceOf, type PerformerOf, type World } from "./performer.ts";

/** Slot of the worktree in which the branch as a whole is gated. */
export const GATE_SLOT = "gate";

interface Measurement {
  readonly key: string;
  readonly commit: string;
  readonly commands: readonly GateCommand[];
  readonly outputBytesMax: number;
}

/** Measurements: commands of the owner on a known commit. Asking twice is harmless; only the answer is recorded. */
export function performGates(world: World): {
  RunBaseline: PerformerOf<"RunBaseline">;
  RunGates: PerformerOf<"RunGates">;
  TestIntegration: PerformerOf<"TestIntegration">;
} {
  return {
    RunBaseline: (action, run) => {
      const { preMerge: commands, outputBytes: outputBytesMax } = run.settings.gates;
      const { key, commit } = action;
      return async (inside) => {
        await inside();
        const results = await onWholeBranch(world, { key, commit, commands, outputBytesMax });
        const tree = await world.repository.treeOf(commit);
        return { of: "RunBaseline", commit, tree, results };
      };
    },

    RunGates: (action, run) => {
      const { preMerge: commands, outputBytes: outputBytesMax } = run.settings.gates;
      const { slot } = workspaceOf(taskOf(run, action.task));
      const { key, commit } = action;
      return async (inside) => {
        // In the task's own worktree, whose dependencies are ready, and on exactly this commit: whatever else lies
        // there (a candidate gated before, a tree somebody touched) must not be judged under its name.
        const directory =
          commands.length === 0 ? null : await world.repository.checkoutForGates(slot, commit);
        await inside();
        const results =
          directory === null
            ? []
            : await runIn(world, directory, { key, commit, commands, outputBytesMax });
        return { of: "RunGates", commit, tree: await world.repository.treeOf(commit), results };
      };
    },

    TestIntegration: (action, run) => {
      const { preMerge, postMerge, outputBytes: outputBytesMax } = run.settings.gates;
      const commands = postMerge.length > 0 ? postMerge : preMerge;
      const { key, commit } = action;
      return async (inside) => {
        await inside();
        const results = await onWholeBranch(world, { key, commit, commands, outputBytesMax });
        return { of: "TestIntegration", commit, results };
      };
    },
  };
}

async function onWholeBranch(
  world: World,
  measurement: Measurement,
): Promise<readonly GateResult[]> {
  if (measurement.commands.length === 0) return [];
  const directory = await world.repository.checkoutForGates(GATE_SLOT, measurement.commit);
  await world.bootstrap.prepare(directory);
  return runIn(world, directory, measurement);
}

function runIn(
  world: World,
  directory: string,
  measurement: Measurement,
): Promise<readonly GateResult[]> {
  const { key, commands, outputBytesMax } = measurement;
  const request = { key, directory, commands, outputBytesMax };
  return world.gates.run(request, new AbortController().signal);
}
