import { z } from "zod";
import { AgentsSchema } from "./sections/agents.ts";
import {
  BaselineSchema,
  CiSchema,
  CoverageSchema,
  GatesSchema,
  ReviewSchema,
  TddSchema,
} from "./sections/checks.ts";
import {
  CloseSchema,
  FixRoundsSchema,
  ForgeSchema,
  MergeSchema,
  PullRequestSchema,
  StopsSchema,
} from "./sections/delivery.ts";
import {
  DashboardSchema,
  FleetSchema,
  LabelsSchema,
  LimitsSchema,
  NotifySchema,
  ProtectedSchema,
  SecretsSchema,
} from "./sections/safety.ts";
import { BranchesSchema, PlanningSchema, SourcesSchema, WorkspaceSchema } from "./sections/work.ts";
import { CountSchema, TextSchema, YesNoSchema, choice, setting, section } from "./values.ts";

/** Every key of `.cairn.yml`: its shape, its default, its meaning. Reference and JSON Schema are made from it. */
export const ConfigSchema = section({
  version: setting(
    z.literal(1, "expected 1, the only version there is"),
    1,
    "Version of this file's format.",
  ),
  target: setting(
    z.union([TextSchema, z.null()], "expected a branch or null"),
    null,
    "Branch to land on; null: the remote's default branch, else the current one.",
  ),
  target_policy: setting(
    choice(["integration", "direct"]),
    "integration",
    "direct: pull requests go to the target itself.",
  ),
  mode: setting(
    choice(["auto", "interactive", "autonomous"]),
    "auto",
    "auto: interactive on a terminal, else autonomous.",
  ),
  profile: setting(
    choice(["auto", "tdd", "plain"]),
    "auto",
    "auto: tdd where a gate runs tests and the implementer makes its own commits, else plain.",
  ),
  parallel: setting(CountSchema, 1, "Live agent sessions of every role together."),
  in_flight: setting(
    z.union([CountSchema, z.null()], "expected a number or null"),
    null,
    "Tasks started and not yet over; null: 2 x parallel + 1.",
  ),
  start: setting(
    choice(["merged", "stacked"]),
    "merged",
    "A task starts when its blockers are merged, or stacked on validated, not yet merged ones.",
  ),
  barrier: setting(YesNoSchema, false, "true: a wave starts when the one before is over."),
  forge: setting(ForgeSchema, {}, "Where pull requests live."),
  branches: setting(BranchesSchema, {}, "Names of branches."),
  sources: setting(SourcesSchema, {}, "Where milestones are read from."),
  planning: setting(PlanningSchema, {}, "How a plan is made."),
  workspace: setting(WorkspaceSchema, {}, "Where tasks are worked on."),
  agents: setting(AgentsSchema, {}, "Who works."),
  gates: setting(GatesSchema, {}, "Commands that decide."),
  baseline: setting(BaselineSchema, {}, "The gates on the target branch before the run."),
  coverage: setting(CoverageSchema, {}, "Coverage of the changed lines."),
  tdd: setting(TddSchema, {}, "The test-first profile."),
  review: setting(ReviewSchema, {}, "Reviews by agents and on the forge."),
  ci: setting(CiSchema, {}, "Checks of the forge."),
  pull_request: setting(PullRequestSchema, {}, "Pull requests as Cairn opens them."),
  fix_rounds: setting(FixRoundsSchema, {}, "How often a task may be mended."),
  merge: setting(MergeSchema, {}, "The merge queue."),
  land: setting(
    choice(["pull-request", "auto", "manual"]),
    "pull-request",
    "How the integration branch reaches the target: pull-request, auto (no-ff merge and push) or manual; the local forge knows manual and auto.",
  ),
  close: setting(CloseSchema, {}, "What is closed on the forge."),
  stops: setting(StopsSchema, {}, "Changes that stop for a person."),
  protected: setting(ProtectedSchema, {}, "Branches and paths agents may not change unseen."),
  labels: LabelsSchema,
  limits: setting(LimitsSchema, {}, "Attempts, retries and money."),
  secrets: setting(SecretsSchema, {}, "What counts as a secret."),
  sandbox: setting(choice(["auto", "required", "off"]), "auto", "auto: where it works."),
  notify: setting(NotifySchema, {}, "Who is told: telegram, slack, discord, webhook, desktop."),
  dashboard: setting(DashboardSchema, {}, "The dashboard."),
  fleet: setting(FleetSchema, null, "Agents on many machines: {postgres_url_env}."),
});

/** Every setting, parsed: camelCase, durations in milliseconds (`…Ms`), sizes in bytes. */
export type ParsedConfig = z.output<typeof ConfigSchema>;
