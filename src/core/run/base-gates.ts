import { stopTask } from "../review/fix-round.ts";
import type { Finding } from "../execute/agent-report.ts";
import type { GateResult } from "../execute/gates.ts";
import type { RunEvent } from "./events.ts";
import type { Run, Task } from "./run.ts";

/**
 * What follows where the gates are red at a branch's turn and nobody has seen the branch below it green: somebody
 * pushed there, or the tools are others. It is gated before anybody is blamed. Null: it is known to be green.
 */
export function beforeBlame(run: Run, task: Task): readonly RunEvent[] | null {
  const { step } = task;
  if (step.at !== "candidate-gates") return null;
  const { base } = step;
  if (run.baseGated?.commit === base && run.baseGated.ok) return null;
  // Red there once may have been a flake, or have been mended around it since.
  const why = "Red on a branch that nobody has seen green: that comes first.";
  return [{ type: "StepDecided", task: task.key, step: { at: "base-gates", base }, why }];
}

/** What follows when the branch below was gated by itself: the task's own gates once more, or a person. */
export function baseWasGated(
  run: Run,
  task: Task,
  gated: {
    readonly commit: string;
    readonly results: readonly GateResult[];
    readonly findings: readonly Finding[];
  },
): readonly RunEvent[] {
  const { commit, results, findings } = gated;
  const ok = findings.length === 0;
  const seen = { type: "BaseGated", commit, ok, results } as const;
  if (!ok) return [seen, ...redBelow(run, task, findings)];
  const why = "The branch below is green: what was red is gated once more.";
  return [seen, { type: "StepDecided", task: task.key, step: { at: "candidate" }, why }];
}

/** Not the task's fault, and nothing an agent of this task may mend: in no mode is the work thrown away for it. */
function redBelow(run: Run, task: Task, findings: readonly Finding[]): readonly RunEvent[] {
  const branch = run.integration?.branch ?? "The branch";
  const [first = "a gate failed"] = findings.map(({ message }) => message.split("\n")[0]);
  return stopTask(run, task, {
    kind: "trouble",
    reason: "trouble",
    text: `${branch} is red without ${task.key}: ${first} Mend it there, then retry.`,
    options: ["retry", "skip", "abort"],
    default: "skip",
    always: true,
  });
}
