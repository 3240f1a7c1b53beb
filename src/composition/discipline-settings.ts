import type { Config } from "../config/load.ts";
import type { Discipline, RunSettings } from "../core/run/settings.ts";
import { UserError } from "../errors.ts";

export interface DisciplineRequest {
  readonly config: Config;
  readonly gates: Pick<RunSettings["gates"], "preMerge">;
  readonly mode: RunSettings["mode"];
  /** The handoff file is in the repository already, or the plan asks for it by name. */
  readonly hasHandoff: boolean;
}

/**
 * What is proven, scanned and asked beyond gates and reviews.
 * @throws UserError `config/no-test-gate` where the proof is asked for and nothing could be run for it.
 */
export function disciplineSettings(request: DisciplineRequest): Discipline {
  const { config, mode } = request;
  const { review, stops } = config;
  return {
    tdd: tddPolicy(request),
    testRounds: review.testQuality.enabled ? review.testQuality.rounds : null,
    stops: {
      largeDiff: stops.largeDiff,
      schema: stops.schema,
      licence: stops.licence,
      boundary: stops.boundary,
      sensitive: config.protected.sensitive,
      coverage: config.coverage,
    },
    stepSessions: config.tdd.session === "per-step",
    handoff: handoffRule(request),
    followUps: config.planning.followUps,
    questionTimeoutMs: stops.questionTimeoutMs,
    phases: mode === "interactive",
    autofix: config.gates.autofix,
  };
}

/** Without a test gate there is nothing to prove with: `auto` is plain then, and the plan says so. */
function tddPolicy({ config, gates }: DisciplineRequest): Discipline["tdd"] {
  if (config.profile === "plain") return null;
  const { tests, exempt, restarts } = config.tdd;
  if (gates.preMerge.some((gate) => gate.kind === "test")) return { tests, exempt, restarts };
  if (config.profile === "auto") return null;
  throw new UserError("config/no-test-gate", "profile: tdd needs a gate that runs tests.", {
    hints: ['Name one: gates.pre_merge: [{run: "npm test", kind: test}], or use profile: auto.'],
  });
}

function handoffRule({ config, hasHandoff }: DisciplineRequest): Discipline["handoff"] {
  const { handoff } = config.sources;
  if (handoff !== "auto") return handoff;
  return hasHandoff ? "require" : "write";
}
