import type { PlannedIssue } from "../../src/core/plan/plan.ts";
import type { Discipline, RunSettings } from "../../src/core/run/settings.ts";
import { choose, roll } from "./random.ts";

/**
 * What agents write into their own file beside their line, and what a measurement finds there: a line `MARK key`.
 * `PART` says that only a part was done, `STEP` which step of the issue was.
 */
export type Mark =
  | "UNPROVEN"
  | "WEAKENED"
  | "SECRET"
  | "BIG"
  | "WEAKTEST"
  | "UGLY"
  | "PART"
  | "STEP";

/** True where a text has that mark of that task. */
export function hasMark(text: string | undefined, mark: Mark, key: string): boolean {
  return (text ?? "").split("\n").includes(`${mark} ${key}`);
}

/** True for what gates do not like. */
export function isBad(text: string): boolean {
  return text.includes("BAD") || text.includes("<<<<") || text.includes("UGLY");
}

/** Lines of a change that is too large; half as many are too many. */
export const BIG_LINES = 40;

/** The one repairing command: it takes out what is marked as ugly, which gates do not like. */
export const TIDY = "tidy";

/** The file of a markdown plan in which agents say what they leave to those after them. */
export const HANDOFF = "progress";

const HOUR_MS = 3_600_000;

/** What a seed of the half that is held to the discipline has in its settings. */
export function disciplineOf(
  seed: number,
  { isOnForge, size }: { readonly isOnForge: boolean; readonly size: number },
): Discipline {
  const pick = (name: string): number => roll(seed, "discipline", name);
  const action = (name: string): "ask" | "skip" | "label" =>
    choose(pick(name), { ask: 2, skip: 1, label: 1 });
  // Every task writes the same file: with many of them there are more conflicts than anything else.
  const hasHandoff = !isOnForge && size <= 5 && pick("handoff") < 0.35;
  return {
    tdd:
      pick("tdd") < 0.75
        ? { tests: ["**/*.test.*"], exempt: [], restarts: Math.floor(pick("restarts") * 3) }
        : null,
    testRounds: pick("tests") < 0.6 ? 2 : null,
    stops: {
      largeDiff: { files: 8, lines: BIG_LINES / 2, action: action("large") },
      schema: { breaking: "ask", additive: "label" },
      licence: { restrictive: "ask", permissive: "label", allowed: ["MIT"] },
      boundary: { action: "ask", paths: {} },
      sensitive: pick("sensitive") < 0.3 ? ["shared-b"] : [],
      coverage: { report: null, minimum: 50 },
    },
    stepSessions: pick("steps") < 0.5,
    handoff: hasHandoff ? (pick("owed") < 0.7 ? "require" : "write") : "off",
    followUps: Math.floor(pick("follow-ups") * 3),
    questionTimeoutMs: pick("time") < 0.5 ? (6 + Math.floor(pick("hours") * 18)) * HOUR_MS : null,
    phases: pick("phases") < 0.6,
    autofix: pick("autofix") < 0.4 ? [TIDY] : [],
  };
}

/** Agents of several vendors: what one provider says is not said by the others. */
export function rolesOf(seed: number, roles: RunSettings["roles"]): RunSettings["roles"] {
  const named = (role: string): string => `sim-${Math.floor(roll(seed, "vendor", role) * 2)}`;
  return {
    implementer: { ...roles.implementer, agent: named("implementer") },
    fixer: { ...roles.fixer, agent: named("fixer") },
    reviewer: { ...roles.reviewer, agent: named("reviewer") },
  };
}

/** Named groups in the order of the plan, and steps in some of the issues. */
export function withPhasesAndSteps(
  seed: number,
  issues: readonly PlannedIssue[],
): readonly PlannedIssue[] {
  const count = 1 + Math.floor(roll(seed, "phase count") * 3);
  return issues.map((issue, index) => {
    const phase = `phase ${1 + Math.floor((index * count) / issues.length)}`;
    const steps = Math.floor(roll(seed, "steps", issue.key) * 4);
    return {
      ...issue,
      phase,
      ...(steps < 2 ? {} : { steps: Array.from({ length: steps }, (_, at) => stepOf(at)) }),
    };
  });
}

function stepOf(at: number): NonNullable<PlannedIssue["steps"]>[number] {
  const nothing = { minutes: null, files: [], red: null, green: null, verify: null, place: {} };
  return { title: `step ${at + 1}`, ...nothing };
}
