import { withheldWords } from "../core/report/words.ts";
import type { WithheldReview } from "../core/run/settings.ts";
import { ExitCode, UserError } from "../errors.ts";
import { ok, refused, warning, type Check, type GroundFacts } from "./checks-facts.ts";
import { gitCheck, repositoryCheck, targetCheck, treeCheck } from "./checks-git.ts";

export type { Check, GroundFacts } from "./checks-facts.ts";

/** Below this, a run stops for want of room before it has begun. */
const FREE_BYTES_MIN = 200 * 1024 * 1024;

/** The checks of `cairn doctor` and of every start, in the same words. */
export function groundChecks(
  facts: GroundFacts,
  options: { readonly allowDirty: boolean },
): readonly Check[] {
  const git = gitCheck(facts);
  const repository = repositoryCheck(facts);
  // Without these nothing else can be told, and one message is enough.
  if (git.result === "refused") return [git];
  if (repository.result === "refused") return [git, repository];
  return [
    git,
    repository,
    treeCheck(facts, options.allowDirty),
    targetCheck(facts),
    ...facts.agents.map((agent) => agentCheck(agent)),
    ...variableChecks(facts.handedOn ?? []),
    ...facts.gates.flatMap((gate) => [gateCheck(gate), ...runnerChecks(gate)]),
    diskCheck(facts.freeBytes),
    ...costChecks(facts.unpriced ?? []),
    ...reviewChecks(facts.withheld ?? null),
    warning(
      "sandbox",
      "no sandbox here",
      "Agents and gates run with your rights.",
      "sandbox/none",
      "Run Cairn in a container or as a user of its own.",
    ),
  ];
}

/** @throws UserError with every refused check as one message and all the mends as hints. */
export function refuseBadGround(checks: readonly Check[]): void {
  const bad = checks.filter((check) => check.result === "refused");
  const [first] = bad;
  if (first === undefined) return;
  const words = bad.map((check) => check.words).join("\n");
  throw new UserError(first.code, words, {
    hints: bad.map((check) => check.mend),
    exitCode: ExitCode.usage,
  });
}

/** Names of variables in `agents.env` that look like a way into production. */
function variableChecks(handedOn: readonly string[]): readonly Check[] {
  if (handedOn.length === 0) return [];
  return [
    refused(
      "variables",
      `agents.env hands on what looks like a way into production: ${handedOn.join(", ")}.`,
      "Agents run unattended and may use what they see.",
      "config/production-variable",
      "Take the name out of agents.env, or give agents a variable for a test system.",
    ),
  ];
}

function agentCheck(agent: GroundFacts["agents"][number]): Check {
  const name = `agent ${agent.name}`;
  if (!agent.known) {
    return refused(
      name,
      `There is no agent called ${agent.name}.`,
      "Somebody has to do the work.",
      "preflight/unknown-agent",
      "Use claude, codex, or a name under `agents.define` in .cairn.yml.",
    );
  }
  if (!agent.found) {
    return refused(
      name,
      agent.program === null
        ? `The program of the agent ${agent.name} is not on the PATH.`
        : `The program of the agent ${agent.name} cannot be started: ${agent.program} is not there, or not executable.`,
      "Somebody has to do the work.",
      "preflight/no-agent",
      agent.program === null
        ? "Install it, or choose another: --agent NAME."
        : `Correct agents.define.${agent.name}.command in .cairn.yml, or make the file executable: chmod +x.`,
    );
  }
  if (agent.warning !== null)
    return warning(
      name,
      agent.warning,
      "It was not tried with this version.",
      "preflight/agent-version",
      "Install a version of the tested range if it misbehaves.",
    );
  return ok(name, agent.version ?? "there");
}

function gateCheck(gate: GroundFacts["gates"][number]): Check {
  const name = `gate ${gate.name}`;
  if (gate.missing === null)
    return ok(name, gate.name === gate.run ? "its program is there" : gate.run);
  return refused(
    name,
    `The gate ${gate.name === gate.run ? "" : `${gate.name} `}\`${gate.run}\` needs ${gate.missing}, which is not there.`,
    "A gate that cannot run would hold every task.",
    "preflight/no-gate",
    "Mend `gates.pre_merge` in .cairn.yml, or install what it needs.",
  );
}

/** How closely tests first can be proven: nothing that a run would stop for. */
function runnerChecks({ name, testRunner }: GroundFacts["gates"][number]): readonly Check[] {
  if (testRunner === undefined) return [];
  const words =
    testRunner === null
      ? "unknown runner: exit codes decide, for the whole suite"
      : `${testRunner}: its reports are read, test by test`;
  return [ok(`tests of ${name}`, words)];
}

/** Warnings that every start says: what is asked for there will not be had. */
export const SAID_AT_START: ReadonlySet<string> = new Set([
  "preflight/unknown-cost",
  "preflight/no-reviewer",
]);

function reviewChecks(withheld: WithheldReview | null): readonly Check[] {
  if (withheld === null) return [];
  return [
    warning(
      "review",
      `Nothing will be reviewed: ${withheldWords(withheld)}.`,
      "A plain program answers every prompt alike.",
      "preflight/no-reviewer",
      "Name an agent that can: agents.roles.quality-reviewer; or want none: review.mode: none.",
    ),
  ];
}

/** A budget that cannot hold somebody must not be trusted to. */
function costChecks(unpriced: readonly string[]): readonly Check[] {
  if (unpriced.length === 0) return [];
  return [
    warning(
      "cost",
      `What these agents cost will not be known: ${unpriced.join(", ")}.`,
      "Budgets in dollars cannot hold them; limits of time do.",
      "preflight/unknown-cost",
      "Name a model with a price, or give it one: limits.prices; or forbid it: limits.unknown_cost: refuse.",
    ),
  ];
}

function diskCheck(freeBytes: number | null): Check {
  if (freeBytes === null || freeBytes >= FREE_BYTES_MIN) return ok("disk", "enough room");
  const words = `Only ${Math.round(freeBytes / 1024 / 1024)} MB are free.`;
  return refused(
    "disk",
    words,
    "Worktrees and transcripts need room.",
    "preflight/disk",
    "Make room; `cairn clean` removes what finished runs left.",
  );
}
