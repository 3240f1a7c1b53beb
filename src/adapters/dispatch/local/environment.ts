import type { ReviewStage } from "../../../core/execute/agent-report.ts";
import { UserError } from "../../../errors.ts";
import type { Agent } from "../../../ports/agent.ts";
import type { SessionRequest } from "../../../ports/dispatch.ts";

type Variables = Readonly<Record<string, string>>;

// What any program needs to find its files and to talk plainly. Nothing of the forge, nothing of the cloud.
const COMMON = ["PATH", "HOME", "LANG", "LC_*", "USER", "LOGNAME", "SHELL", "TZ"];

/**
 * Refuses variables that `agents.env` would hand to agents and that look like a way into production, by their names or
 * by what they hold; values are never shown.
 * @throws UserError `config/production-variable`
 */
export function refuseProductionVariables(
  named: readonly string[],
  inherited: Readonly<Record<string, string | undefined>>,
): void {
  const reached = Object.keys(inherited).filter((name) =>
    named.some((pattern) => fits(name, pattern)),
  );
  const found = [...new Set([...named, ...reached])].filter((name) =>
    looksLikeProduction(name, inherited[name]),
  );
  if (found.length === 0) return;
  const [look, be] = found.length === 1 ? ["looks", "a way"] : ["look", "ways"];
  throw new UserError(
    "config/production-variable",
    `agents.env hands agents ${found.join(", ")}, which ${look} like ${be} into production; agents run unattended and may use what they see.`,
    {
      hints: [
        "Take the name out of agents.env, or give agents a variable for a test system instead.",
      ],
    },
  );
}

/** Variables a session starts with, before its agent adds its own: by list, never the whole environment. */
export function allowedVariables(
  inherited: Readonly<Record<string, string | undefined>>,
  agent: Agent,
  named: readonly string[],
): Variables {
  const allowed = [...COMMON, ...(agent.variables ?? []), ...named];
  const kept = Object.entries(inherited).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && allowed.some((pattern) => fits(entry[0], pattern)),
  );
  return { ...Object.fromEntries(kept), TERM: "dumb" };
}

/** What a session may know about itself. `CAIRN_INSIDE` keeps Cairn from starting inside its own agents. */
export function sessionVariables(request: SessionRequest, resultFile: string): Variables {
  return {
    CAIRN_INSIDE: request.run,
    CAIRN_TASK: request.task.key,
    CAIRN_TASK_TITLE: request.task.title,
    CAIRN_ATTEMPT: String(request.task.attempt),
    CAIRN_ROUND: String(request.task.round),
    CAIRN_ROLE: request.role,
    CAIRN_STAGES: stagesAsked(request).join(","),
    CAIRN_SESSION: request.session,
    CAIRN_RESULT_FILE: resultFile,
  };
}

/** Stages a verdict is asked for; none for roles that do not review. */
export function stagesAsked(request: SessionRequest): readonly ReviewStage[] {
  if (request.stages !== undefined) return request.stages;
  if (request.role === "spec-reviewer") return ["spec"];
  if (request.role === "test-checker") return ["tests"];
  return request.role === "quality-reviewer" ? ["quality"] : [];
}

/** Whether a variable seems to lead into production, by its name or by what it holds. */
export function looksLikeProduction(name: string, value = ""): boolean {
  return isProductionName(name) || isProductionValue(name, value);
}

/** `PROD_DB`, `STRIPE_LIVE_KEY`; `LIVE_RELOAD` opens nothing. */
function isProductionName(name: string): boolean {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .split(/[^A-Z0-9]+/);
  if (words.some((word) => /^(?:PROD|PRD|PRODUCTION)\d*$/.test(word))) return true;
  return words.includes("LIVE") && words.some((word) => WAY_IN.test(word));
}

const WAY_IN = /KEY|TOKEN|SECRET|PASS|URL|URI|DSN|HOST|CREDENTIAL|DATABASE|^DB$/;

/** A key that is live, or an address or a switch that says so itself. */
function isProductionValue(name: string, value: string): boolean {
  if (/^[sr]k_live_/.test(value)) return true;
  const production = /(?:^|[^a-z0-9])(?:prod|prd|production)(?:[^a-z0-9]|\d*$|\d*[^a-z])/i;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return production.test(value);
  return WAY_IN.test(name.toUpperCase()) && production.test(value);
}

function fits(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
