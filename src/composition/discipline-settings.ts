import type { Config } from "../config/load.ts";
import type { Discipline, RoleAgent, RunSettings } from "../core/run/settings.ts";
import { UserError } from "../errors.ts";

export interface DisciplineRequest {
  readonly config: Config;
  readonly gates: Pick<RunSettings["gates"], "preMerge">;
  readonly mode: RunSettings["mode"];
  /** The handoff file is in the repository already, or the plan asks for it by name. */
  readonly hasHandoff: boolean;
  /** Who writes the work. */
  readonly implementer: RoleAgent;
}

/**
 * What is proven, scanned and asked beyond gates and reviews.
 * @throws UserError `config/no-test-gate` or `config/no-commits` where the proof is asked for and cannot be had.
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

/**
 * Without a test gate there is nothing to prove with, and an agent that makes no commits leaves no history to prove it by:
 * `auto` is plain then, and the plan says so.
 */
function tddPolicy({ config, gates, implementer }: DisciplineRequest): Discipline["tdd"] {
  if (config.profile === "plain") return null;
  const { tests, exempt, restarts } = config.tdd;
  const hasGate = gates.preMerge.some((gate) => gate.kind === "test");
  if (hasGate && implementer.commits) return { tests, exempt, restarts };
  if (config.profile === "auto") return null;
  if (!hasGate)
    throw new UserError("config/no-test-gate", "profile: tdd needs a gate that runs tests.", {
      hints: ['Name one: gates.pre_merge: [{run: "npm test", kind: test}], or use profile: auto.'],
    });
  const who = implementer.agent;
  throw new UserError(
    "config/no-commits",
    `profile: tdd needs an implementer that makes its own commits; ${who} makes none.`,
    { hints: ["Use another agent for the role, or profile: auto, which proves nothing then."] },
  );
}

function handoffRule({ config, hasHandoff }: DisciplineRequest): Discipline["handoff"] {
  const { handoff } = config.sources;
  if (handoff !== "auto") return handoff;
  return hasHandoff ? "require" : "write";
}
