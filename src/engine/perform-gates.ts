import type { GateCommand, GateResult } from "../core/execute/gates.ts";
import type { Run } from "../core/run/run.ts";
import { asBreaches, guardRefs } from "./guard-refs.ts";
import { testWithMarks, type Measured } from "./test-with-marks.ts";
import { taskOf, workspaceOf, type PerformerOf, type World } from "./performer.ts";

/** Slot of the worktree in which the branch as a whole is gated. */
export const GATE_SLOT = "gate";

/** What is run on a commit that belongs to no task alone. */
export interface Measurement {
  readonly run: Run;
  readonly key: string;
  readonly commit: string;
  readonly commands: readonly GateCommand[];
  readonly outputBytesMax: number;
  /** As in `GateRequest`. */
  readonly decisive?: readonly string[];
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
      const { key, commit, branch } = action;
      const asked = { run, key, commands, outputBytesMax };
      return async (inside) => {
        await inside();
        const { results, ...more } = await onWholeBranch(world, { ...asked, commit });
        const tree = await world.repository.treeOf(commit);
        const target = { of: "RunBaseline", commit, tree, results } as const;
        if (branch === undefined) return { ...target, ...more };
        const there = await onWholeBranch(world, { ...asked, commit: branch });
        const breaches = [...(more.breaches ?? []), ...(there.breaches ?? [])];
        const wrote = breaches.length === 0 ? {} : { breaches };
        return { ...target, branch: { commit: branch, results: there.results }, ...wrote };
      };
    },

    RunGates: (action, run) => {
      const { preMerge, outputBytes: outputBytesMax } = run.settings.gates;
      const { alone } = run.trains;
      const commands = failedFirst(preMerge, alone?.task === action.task ? (alone.red ?? []) : []);
      const { slot } = workspaceOf(taskOf(run, action.task));
      const { key, commit } = action;
      return async (inside) => {
        // In the task's own worktree, whose dependencies are nearly ready, and on exactly this commit: whatever else
        // lies there (a candidate gated before, a tree somebody touched) must not be judged under its name.
        const directory =
          commands.length === 0 ? null : await world.repository.checkoutForGates(slot, commit);
        await inside();
        const { results, ...more } =
          directory === null
            ? NOT_MEASURED
            : await measure(world, directory, { run, key, commit, commands, outputBytesMax });
        const tree = await world.repository.treeOf(commit);
        return { of: "RunGates", commit, tree, results, ...more };
      };
    },

    TestIntegration: (action, run) => {
      const { preMerge, postMerge, outputBytes: outputBytesMax } = run.settings.gates;
      const commands = postMerge.length > 0 ? postMerge : preMerge;
      const { key, commit } = action;
      const asked = { run, key, commands, outputBytesMax };
      return testWithMarks(world, run, commit, async (tested) =>
        onWholeBranch(world, { ...asked, commit: tested }),
      );
    },
  };
}

/** The commands that were red the last time stand first: where the same is wrong again, that is known soonest. */
export function failedFirst(
  commands: readonly GateCommand[],
  red: readonly string[],
): readonly GateCommand[] {
  const before = commands.filter(({ name }) => red.includes(name));
  return [...before, ...commands.filter(({ name }) => !red.includes(name))];
}

const NOT_MEASURED: Measured = { results: [] };

function onWholeBranch(world: World, measurement: Measurement): Promise<Measured> {
  return measureIn(world, GATE_SLOT, measurement);
}

/** Runs the commands on exactly this commit, in the worktree of that name; nobody else may use it meanwhile. */
export async function measureIn(
  world: World,
  slot: string,
  measurement: Measurement,
): Promise<Measured> {
  if (measurement.commands.length === 0) return NOT_MEASURED;
  const directory = await world.repository.checkoutForGates(slot, measurement.commit);
  return measure(world, directory, measurement);
}

/** The commit may bring a lock file of its own: its dependencies are made ready first, at no cost where it does not. */
async function measure(
  world: World,
  directory: string,
  measurement: Measurement,
): Promise<Measured> {
  const { run, key, commit, commands, outputBytesMax, decisive } = measurement;
  const more = decisive === undefined ? {} : { decisive };
  const work = async (): Promise<readonly GateResult[]> => {
    await world.bootstrap.prepare(directory, key);
    const request = { key, directory, commands, outputBytesMax, ...more };
    return world.gates.run(request, new AbortController().signal);
  };
  const { value, breaches } = await guardRefs(world.repository, run, key, work, commit);
  return { results: value, ...asBreaches(breaches) };
}
