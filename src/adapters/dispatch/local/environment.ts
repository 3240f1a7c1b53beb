import type { ReviewStage } from "../../../core/execute/agent-report.ts";
import { UserError } from "../../../errors.ts";
import type { Agent } from "../../../ports/agent.ts";
import type { SessionRequest } from "../../../ports/dispatch.ts";

type Variables = Readonly<Record<string, string>>;

// What any program needs to find its files and to talk plainly. Nothing of the forge, nothing of the cloud.
const COMMON = ["PATH", "HOME", "LANG", "LC_*", "USER", "LOGNAME", "SHELL", "TZ"];

/**
 * Refuses names under `agents.env` that look like a way into production.
 * @throws UserError `config/production-variable`
 */
export function refuseProductionVariables(names: readonly string[]): void {
  const found = names.filter(looksLikeProduction);
  if (found.length === 0) return;
  throw new UserError(
    "config/production-variable",
    `agents.env names ${found.join(", ")}, which looks like a way into production; agents run unattended and may use what they see.`,
    {
      hints: [
        "Remove the name from agents.env, or give agents a variable for a test system instead.",
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
  return request.role === "quality-reviewer" ? ["quality"] : [];
}

function looksLikeProduction(name: string): boolean {
  const words = name.toUpperCase().split(/[^A-Z0-9]+/);
  const isProduction = words.some((word) => /^(?:PROD|PRODUCTION|LIVE)$/.test(word));
  return isProduction && words.some((word) => /KEY|TOKEN|SECRET|PASSWORD|URL/.test(word));
}

function fits(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
