import type { GateCommand } from "../core/execute/gates.ts";
import { autofixMessage } from "../messages/commits.ts";
import { asBreaches, guardRefs } from "./guard-refs.ts";
import {
  asWork,
  forkPointOf,
  taskOf,
  workspaceOf,
  type PerformerOf,
  type World,
} from "./performer.ts";

/** Limit of one repairing command: a formatter that takes longer hangs. */
const COMMAND_MS = 5 * 60_000;

/**
 * The owner's repairing commands, run on the branch in the task's own worktree. What they change is one commit, which
 * counts neither as a test nor as the code for it. A command that fails repairs nothing; the gates will say so.
 */
export function performAutofix(world: World): { Autofix: PerformerOf<"Autofix"> } {
  const { repository } = world;
  return {
    Autofix: (action, run) => {
      const task = taskOf(run, action.task);
      const { path, branch } = workspaceOf(task);
      const forkPoint = forkPointOf(task);
      const commands = (run.settings.discipline?.autofix ?? []).map(asCommand);
      const request = {
        key: action.key,
        directory: path,
        commands,
        outputBytesMax: run.settings.gates.outputBytes,
      };
      const message = autofixMessage(task);
      return async (inside) => {
        await inside();
        // What the agent left is committed by now: what is not is half a repair of a try that was cut short.
        await repository.restoreUnlessMerging(path, branch);
        const { breaches } = await guardRefs(repository, run, action.key, () =>
          untilDone(world, request),
        );
        await repository.commitAll(path, message);
        const facts = await repository.inspectWork(path, branch, forkPoint);
        return { of: "Autofix", work: asWork(world, facts, branch), ...asBreaches(breaches) };
      };
    },
  };
}

/** @throws an Error of passing trouble where they were ended before they were done: half a repair is none. */
async function untilDone(
  { gates }: World,
  request: Parameters<World["gates"]["run"]>[0],
): Promise<void> {
  const results = await gates.run(request, new AbortController().signal);
  if (!results.some(({ problem }) => problem === "ended")) return;
  const words = "The repairing commands were ended before they were done.";
  throw Object.assign(new Error(words), { code: "trouble/gates-ended" });
}

function asCommand(run: string): GateCommand {
  return { name: run, run, kind: "other", timeoutMs: COMMAND_MS };
}
