import { cpus } from "node:os";
import type { Config } from "../config/load.ts";
import { guessKind } from "../config/gates.ts";
import type { Milestone } from "../core/plan/issue.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { DefinedAgent, RoleAgent, RunSettings, WithheldReview } from "../core/run/settings.ts";
import type { Agent } from "../ports/agent.ts";
import { UserError } from "../errors.ts";
import { disciplineSettings } from "./discipline-settings.ts";
import { forgeSettings, landOf, type ForgeHome } from "./forge-settings.ts";

export interface SettingsRequest {
  readonly config: Config;
  readonly plan: Plan;
  /** Gate commands that the source names; they count more than those of the configuration. */
  readonly named: Milestone["gates"] | null;
  readonly target: string;
  readonly integrationBranch: string;
  readonly agents: Readonly<Record<string, Agent>>;
  readonly defined: Readonly<Record<string, DefinedAgent>>;
  /** False for a run of a part of the plan. */
  readonly wholeMilestone: boolean;
  /** The repository on GitHub; null: the local forge. */
  readonly home: ForgeHome | null;
  /** The plan's handoff file is there already. */
  readonly hasHandoff: boolean;
  /** A person can be asked: `mode: auto` is interactive then. */
  readonly isTerminal: boolean;
}

/** `fix_rounds.run: auto` is never less than this. */
const RUN_ROUNDS_MIN = 5;

/** The part of the configuration that is frozen into the run's log. */
export function runSettings(request: SettingsRequest): RunSettings {
  const { config, plan, target, integrationBranch, hasHandoff } = request;
  const open = plan.issues.filter((issue) => !issue.done).length;
  const { limits } = config;
  const gates = gatesOf(request);
  const mode = modeOf(config, request.isTerminal);
  const roles = rolesOf(request);
  return {
    mode,
    parallel: config.workspace.worktrees ? config.parallel : 1,
    inFlight: config.workspace.worktrees ? (config.inFlight ?? 2 * config.parallel + 1) : 1,
    barrier: config.barrier,
    worktrees: config.workspace.worktrees,
    target,
    targetPolicy: config.targetPolicy,
    integrationBranch,
    wholeMilestone: request.wholeMilestone,
    roles,
    defined: request.defined,
    gates: {
      ...gates,
      parallel: config.gates.parallel ?? Math.max(1, cpus().length - 1),
      outputBytes: config.gates.outputBytes,
    },
    requireGreenBaseline: requireGreen(config),
    review: reviewOf(config),
    fixRounds: {
      pullRequest: config.fixRounds.pullRequest,
      conflict: config.merge.medium.attempts,
      run: config.fixRounds.run === "auto" ? Math.max(RUN_ROUNDS_MIN, open) : config.fixRounds.run,
    },
    attempts: limits.attempts,
    retryMs: limits.retryMs,
    mergeAuto: config.merge.auto,
    mergeMethod: config.merge.method === "merge" ? "merge" : "squash",
    existing: config.branches.existing === "ask" ? "ask" : "skip",
    start: startOf(config, request.home !== null),
    merging: mergingOf(config.merge),
    land: landOf(config, request.home !== null),
    ...(request.home === null ? {} : { forge: forgeSettings(config, plan, request.home) }),
    protectedBranches: [
      ...config.protected.branches.map((pattern) => pattern.replaceAll("{target}", target)),
      integrationBranch,
    ],
    protectedSurfaces: config.protected.surfaces,
    budget: budgetOf(limits.budget),
    discipline: disciplineSettings({
      config,
      gates,
      mode,
      hasHandoff,
      implementer: roles.implementer,
    }),
    sessionLimits: config.agents.limits,
  };
}

function mergingOf(merge: Config["merge"]): NonNullable<RunSettings["merging"]> {
  const { train, everyCommitGreen, medium, heavy } = merge;
  return { train, everyCommitGreen, medium, heavy };
}

/**
 * On a forge with checks of its own a branch on unmerged work is checked as what nobody will merge, and its pull request
 * shows the work of others: docs/decisions/0012-stacked-start.md.
 * @throws UserError `config/not-in-this-version` where that was asked for.
 */
export function startOf({ start }: Config, isOnForge: boolean): Config["start"] {
  if (start === "merged" || !isOnForge) return start;
  throw new UserError(
    "config/not-in-this-version",
    "start: stacked works in this repository alone, not on GitHub, in this version of Cairn.",
    { hints: ["start: merged", "Or merge here, without pull requests: forge: {kind: local}"] },
  );
}

function budgetOf(budget: Config["limits"]["budget"]): RunSettings["budget"] {
  return {
    sessionUsd: usdOf(budget.session),
    taskUsd: usdOf(budget.task),
    runUsd: usdOf(budget.run),
    taskTokens: tokensOf(budget.task),
    runTokens: tokensOf(budget.run),
    sessionTokens: tokensOf(budget.session),
    dayUsd: usdOf(budget.day),
    dayTokens: tokensOf(budget.day),
  };
}

/**
 * A plain program answers every prompt alike: it reviews only where it was named for that role. Without a reviewer
 * nothing is reviewed, and plan, doctor, the start, pull request and report say so. Null: what was asked for is done.
 */
export function withheldReview({ agents, review }: Config): WithheldReview | null {
  if (review.mode === "none" || agents.roles["quality-reviewer"] !== undefined) return null;
  if (agents.define[agents.default]?.kind !== "command") return null;
  return { mode: review.mode, agent: agents.default };
}

function reviewOf(config: Config): RunSettings["review"] {
  const { mode, rounds } = config.review;
  const withheld = withheldReview(config);
  return withheld === null ? { mode, rounds } : { mode: "none", rounds, withheld };
}

function modeOf(config: Config, isTerminal: boolean): RunSettings["mode"] {
  if (config.mode !== "auto") return config.mode;
  return isTerminal ? "interactive" : "autonomous";
}

function rolesOf(request: SettingsRequest): RunSettings["roles"] {
  return {
    implementer: roleAgent(request, "implementer"),
    fixer: roleAgent(request, "fixer"),
    conflictResolver: roleAgent(request, "conflict-resolver", "fixer"),
    reviewer: roleAgent(request, "quality-reviewer"),
    specReviewer: roleAgent(request, "spec-reviewer", "quality-reviewer"),
    testChecker: roleAgent(request, "test-checker", "quality-reviewer"),
  };
}

type Role = keyof Config["agents"]["roles"];

/** Whoever plays the role; a role that nobody was named for is played by whoever plays the other one. */
function roleAgent(request: SettingsRequest, role: Role, other: Role = role): RoleAgent {
  const { agents } = request.config;
  const name = agents.roles[role] ?? agents.roles[other] ?? agents.default;
  const agent = request.agents[name];
  return {
    agent: name,
    model: agents.models[role] ?? agents.models[other] ?? agents.models[name] ?? null,
    continues: agent?.continues ?? false,
    commits: agent?.commits ?? true,
  };
}

function gatesOf({
  config,
  named,
}: SettingsRequest): Pick<RunSettings["gates"], "preMerge" | "postMerge"> {
  const { preMerge, postMerge } = config.gates;
  if (named == null || named.preMerge.length + named.postMerge.length === 0)
    return { preMerge: preMerge.map(plainGate), postMerge: postMerge.map(plainGate) };
  const asGates = (commands: readonly string[]): RunSettings["gates"]["preMerge"] =>
    commands.map((run) => ({
      name: run,
      run,
      kind: guessKind(run),
      timeoutMs: config.gates.timeoutMs,
    }));
  const before = asGates(named.preMerge.length > 0 ? named.preMerge : named.postMerge);
  return {
    preMerge: before,
    postMerge: named.postMerge.length > 0 ? asGates(named.postMerge) : before,
  };
}

function plainGate(
  gate: Config["gates"]["preMerge"][number],
): RunSettings["gates"]["preMerge"][number] {
  return { name: gate.name, run: gate.run, kind: gate.kind, timeoutMs: gate.timeoutMs };
}

/** `tests` holds where the profile would be tdd: a red test suite proves nothing about new work. */
function requireGreen(config: Config): RunSettings["requireGreenBaseline"] {
  if (config.baseline.requireGreen !== "tests") return config.baseline.requireGreen;
  return config.profile === "plain" ? "none" : "tests";
}

function tokensOf(ceiling: number | { readonly tokens?: number | null } | null): number | null {
  if (ceiling === null || typeof ceiling === "number") return null;
  return ceiling.tokens ?? null;
}

function usdOf(ceiling: number | { readonly usd?: number | null } | null): number | null {
  if (ceiling === null || typeof ceiling === "number") return ceiling;
  return ceiling.usd ?? null;
}
