import { judgeGates } from "../execute/judge-gates.ts";
import type { Action } from "./actions.ts";
import type { RunEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import type { Run } from "./run.ts";

type WholeTest = Extract<Outcome, { of: "TestWave" | "FindCulprit" | "RevertTask" }>;

/** What follows from the test of a wave, the search for a culprit, and a revert. */
export function reactToWholeTests(
  run: Run,
  action: Action,
  outcome: WholeTest,
): readonly RunEvent[] {
  switch (outcome.of) {
    case "TestWave":
      return action.type === "TestWave" ? waveTested(run, action.wave, outcome) : [];
    case "FindCulprit":
      return culpritFound(run, action, outcome);
    case "RevertTask":
      return action.type === "RevertTask" ? reverted(run, action, outcome.result) : [];
  }
}

function waveTested(
  run: Run,
  wave: number,
  { commit, results }: Extract<Outcome, { of: "TestWave" }>,
): readonly RunEvent[] {
  // News of what the branch no longer is, of a wave that was tested meanwhile, or of a run that was given up.
  if (run.status === "cancelled") return [];
  if (commit !== run.integration?.head || wave !== run.wavesTested) return [];
  if (judgeGates(results, run.baseline).length === 0)
    return [{ type: "WaveTested", wave, commit, results }];
  return run.status === "running" ? [{ type: "IntegrationRed", commit, results }] : [];
}

function culpritFound(
  run: Run,
  action: Action,
  { culprit, search }: Extract<Outcome, { of: "FindCulprit" }>,
): readonly RunEvent[] {
  const { redWhole } = run;
  const isAwaited = run.status === "verifying" || run.status === "running";
  if (action.type !== "FindCulprit" || redWhole?.commit !== action.commit || !isAwaited) return [];
  const { commit, results } = redWhole;
  return [{ type: "IntegrationFailed", commit, results, culprit, search }];
}

function reverted(
  run: Run,
  { task, onto }: Extract<Action, { type: "RevertTask" }>,
  result: Extract<Outcome, { of: "RevertTask" }>["result"],
): readonly RunEvent[] {
  const by = run.revert?.by ?? "a person";
  switch (result.kind) {
    case "reverted": {
      const { commit, tree, results, found } = result;
      const seen = found === undefined ? {} : { found };
      return [{ type: "TaskReverted", task, from: onto, commit, tree, results, ...seen, by }];
    }
    case "base-moved": {
      const { base } = result;
      const branch = run.integration?.branch ?? "The branch";
      const why = `${branch} was moved by others meanwhile; it is tried again there.`;
      return [{ type: "RevertRefused", task, why, base }];
    }
    case "refused":
      return [{ type: "RevertRefused", task, why: result.why }];
  }
}
