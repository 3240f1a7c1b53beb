import { existsSync } from "node:fs";
import { join } from "node:path";
import picomatch from "picomatch";
import type { Config } from "../config/load.ts";
import { integrationBranch, slugOf, taskBranch } from "../core/execute/workspace-name.ts";
import type { TaskKey } from "../core/shared/names.ts";
import type { Milestone, SourceReference } from "../core/plan/issue.ts";
import type { ConflictFacts } from "../core/plan/conflict-groups.ts";
import type { HistorySample } from "../core/plan/forecast-history.ts";
import { buildPlan, type Plan } from "../core/plan/plan.ts";
import { scopePlan } from "../core/plan/scope-plan.ts";
import { UserError } from "../errors.ts";
import type { PlanRequest, ReadPlan } from "../host/project.ts";
import type { DefinedAgent } from "../core/run/settings.ts";
import type { Agent } from "../ports/agent.ts";
import type { ForgeHome } from "./forge-settings.ts";
import type { OpenedGitHub } from "./open-github.ts";
import { readMilestone } from "./read-milestone.ts";
import { runSettings } from "./run-settings.ts";

export interface PlanParts {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly config: Config;
  readonly agents: Readonly<Record<string, Agent>>;
  readonly defined: Readonly<Record<string, DefinedAgent>>;
  readonly isTerminal: boolean;
  /** Keys that earlier runs of a part of this milestone brought home. */
  readonly mergedBefore: (source: SourceReference) => Promise<ReadonlySet<TaskKey>>;
  /** What the tasks of earlier runs took. */
  readonly history: () => readonly HistorySample[];
  /** The repository on GitHub that runs work with; null: the local forge. */
  readonly home: () => Promise<ForgeHome | null>;
  readonly openGitHub: () => Promise<OpenedGitHub | null>;
  /** `owner/repo` of the remote, to know its own addresses by; null: there is none. */
  readonly repositoryName: () => Promise<string | null>;
  /** What git and earlier runs know about its files. */
  readonly conflictFacts: (milestone: Milestone) => Promise<ConflictFacts>;
  /** A person has named the pattern of integration branches: it counts more than what a plan says. */
  readonly namesIntegration: boolean;
}

/** Reads a source and makes the plan that a run of it would have, with settings and branch names. */
export async function readPlanFor(
  parts: PlanParts,
  request: PlanRequest,
  target: string | null,
): Promise<ReadPlan> {
  const { config } = parts;
  const milestone = await withEarlierParts(parts, await readMilestone(parts, request.words));
  const repository = await parts.repositoryName();
  const unmapped = request.unmapped ?? config.planning.unmapped;
  const known = repository === null ? milestone : { repository, ...milestone };
  const whole = buildPlan(known, {
    ...(await parts.conflictFacts(milestone)),
    unmapped,
    history: parts.history(),
  });
  const plan = scopePlan(whole, {
    ...(request.wave === undefined ? {} : { wave: request.wave }),
    ...(request.from === undefined ? {} : { from: request.from }),
  });
  const branch = branchOfMilestone(parts, milestone);
  const home = await parts.home();
  if (home === null) refuseWithoutForge(config);
  const isDirect = home !== null && config.targetPolicy === "direct";
  if (!isDirect) refuseTarget(branch, target, config);
  const settings = runSettings({
    config,
    plan,
    named: milestone.gates ?? null,
    target: target ?? "",
    integrationBranch: isDirect ? (target ?? "") : branch,
    agents: parts.agents,
    defined: parts.defined,
    wholeMilestone: request.wave === undefined && request.from === undefined,
    home,
    isTerminal: parts.isTerminal,
    hasHandoff: plan.handoff !== null && existsSync(join(parts.root, plan.handoff)),
  });
  return {
    plan,
    unmapped,
    gates: settings.gates.preMerge,
    freed: freedBy(whole, plan),
    settings,
    branches: branchesOf(config, plan),
  };
}

/** What another wave's run merged is done, though the source does not say so before the whole has landed. */
async function withEarlierParts(parts: PlanParts, milestone: Milestone): Promise<Milestone> {
  const merged = await parts.mergedBefore(milestone.source);
  if (merged.size === 0) return milestone;
  const done = { state: "closed", closedAs: "completed" } as const;
  return {
    ...milestone,
    issues: milestone.issues.map((issue) =>
      merged.has(issue.key) ? { ...issue, ...done } : issue,
    ),
  };
}

/** `milestone/m4-workers`: a number that already carries the title's words is not followed by them again. */
function branchOfMilestone(parts: PlanParts, milestone: Milestone): string {
  const { config } = parts;
  const { number, title } = milestone;
  if (milestone.integrationBranch !== undefined && !parts.namesIntegration)
    return milestone.integrationBranch;
  const slug = slugOf(title);
  const branch = integrationBranch(config.branches.integration, { number, title, slug });
  // A file without a number is called by its name, which is its title too.
  if (number === slug) return branch.replace(`${number}-${slug}`, number);
  return number.includes("-") ? branch.replace(`-${slug}`, "") : branch;
}

/** @throws UserError for what only a forge can do. */
function refuseWithoutForge({ targetPolicy, merge }: Config): void {
  const asked = [
    ...(targetPolicy === "direct"
      ? [["target_policy: direct", "integration, then `cairn land --yes`"] as const]
      : []),
    ...(merge.method === "rebase" ? [["merge.method: rebase", "squash or merge"] as const] : []),
  ];
  const [first] = asked;
  if (first === undefined) return;
  const [key, instead] = first;
  throw new UserError("config/needs-forge", `\`${key}\` needs GitHub; this run would be local.`, {
    hints: [`Use ${instead}.`, "Or name the forge: forge: {kind: github} in .cairn.yml"],
  });
}

/** @throws UserError where the plan itself would have tasks merged into a branch that only landing may move. */
function refuseTarget(branch: string, target: string | null, config: Config): void {
  const isProtected = config.protected.branches
    .map((pattern) => pattern.replaceAll("{target}", target ?? ""))
    .some((pattern) => pattern !== "" && picomatch.isMatch(branch, pattern));
  if (branch !== target && !isProtected) return;
  throw new UserError(
    "plan/integration-branch",
    `The plan names \`${branch}\` as the branch where work meets, which is protected: nothing is merged there before it lands.`,
    {
      hints: [
        "Name another branch in the plan, such as milestone/m1, or set branches.integration.",
      ],
    },
  );
}

function branchesOf(config: Config, plan: Plan): Readonly<Record<string, string>> {
  const branches: Record<string, string> = {};
  const taken = new Set<string>();
  for (const issue of plan.issues) {
    if (issue.done || issue.state === "closed") continue;
    const name = taskBranch(config.branches.task, { number: issue.number, title: issue.title });
    let branch = name;
    for (let count = 2; taken.has(branch); count += 1) branch = `${name}-${count}`;
    taken.add(branch);
    branches[issue.key] = branch;
  }
  return branches;
}

/** What the scope left out and a person thereby took as done. */
function freedBy(whole: Plan, scoped: Plan): readonly string[] {
  const inScope = new Set(scoped.issues.map((issue) => issue.key));
  return whole.issues.filter((issue) => !inScope.has(issue.key)).map((issue) => issue.key);
}
