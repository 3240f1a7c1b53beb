import { fence } from "../core/execute/prompt-fence.ts";
import { withProposals } from "../core/plan/apply-corrections.ts";
import { examplesFor } from "../core/plan/corrections.ts";
import {
  checkProposal,
  parsePlannerAnswer,
  parseWordsAnswer,
  plannerAnswerSchema,
  wordsAnswerSchema,
  type PlannerAnswer,
} from "../core/plan/planner-answer.ts";
import { plannerPrompt, wordsPrompt } from "../core/plan/planner-prompt.ts";
import type { Plan } from "../core/plan/plan.ts";
import { addUsage, formatUsd, NO_USAGE, tokensOf, type Usage } from "../core/shared/money.ts";
import { gitEnvironment } from "../adapters/git/git-environment.ts";
import { runGit } from "../adapters/git/run-git.ts";
import { readPromptTemplate } from "../adapters/agents/read-prompts.ts";
import { readSecretFiles } from "../adapters/process/secret-files.ts";
import { UserError } from "../errors.ts";
import type { ReadPlan } from "../host/project.ts";
import type { OpenedProject } from "./open-project.ts";
import { resolve } from "node:path";
import { openPlannerPlace, type PlannerPlace, type PlannerSession } from "./planner-session.ts";
import { COMMITTER } from "./session-environment.ts";

/** A planner looks and answers; whatever a task may take, it has not more than this. */
const WALL_MS_MAX = 600_000;

export interface PlannerRequest {
  readonly project: OpenedProject;
  readonly read: ReadPlan;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends the session at once. */
  readonly signal: AbortSignal;
}

export type Proposal =
  | {
      readonly kind: "proposed";
      readonly plan: Plan;
      readonly by: string;
      readonly notes: readonly string[];
      /** What it took: `claude proposes 2 edges (1m 5s, $0.12).` */
      readonly line: string;
    }
  /** `why` says what went wrong and that the rules' own proposal stands. */
  | { readonly kind: "none"; readonly why: string };

/**
 * The agent that would be asked to plan; null where none may be: a plain program or a recording answers every prompt
 * alike, so it plans only where it was named for that.
 */
export function plannerName({ loaded, agents }: OpenedProject): string | null {
  const { roles, default: name, define } = loaded.config.agents;
  if (roles.planner !== undefined) return roles.planner;
  const kind = define[name]?.kind ?? name;
  return kind === "command" || kind === "scripted" || agents[name] === undefined ? null : name;
}

/** Asks the planner for edges. Never rejects for what an agent does; without an answer the rules' proposal stands. */
export async function proposePlan(request: PlannerRequest, plan: Plan): Promise<Proposal> {
  const template = readPromptTemplate("planner", promptsFolder(request.project));
  const asked = await askTwice(request, {
    prompt: (place, isSecond) =>
      plannerPrompt({
        template,
        plan,
        isSecond,
        fence: (name, text) => fence.block(name, text, place.seed),
      }),
    schema: plannerAnswerSchema,
    parse: parsePlannerAnswer,
  });
  if (asked.kind === "none") {
    return { kind: "none", why: `${asked.why} What the rules propose stands.` };
  }
  const checked = await checkedAnswer(request, plan, asked.answer);
  const count = checked.proposed.length;
  const edges = count === 0 ? "no edges" : count === 1 ? "1 edge" : `${count} edges`;
  return {
    kind: "proposed",
    plan: withProposals(plan, checked.proposed),
    by: asked.by,
    notes: checked.notes,
    line: `${asked.by} proposes ${edges} (${asked.took}).`,
  };
}

export type Meaning =
  | { readonly kind: "meant"; readonly words: string; readonly line: string }
  | { readonly kind: "none"; readonly why: string };

/** Asks the planner what a person meant whose words fit no rule; the answer is for the rules to read. */
export async function askMeaning(
  request: PlannerRequest,
  plan: Plan,
  words: string,
): Promise<Meaning> {
  const examples = examplesFor(plan);
  const asked = await askTwice(request, {
    prompt: (place) =>
      wordsPrompt({
        plan,
        words,
        examples,
        fence: (name, text) => fence.block(name, text, place.seed),
      }),
    schema: wordsAnswerSchema,
    parse: parseWordsAnswer,
  });
  if (asked.kind === "none") return asked;
  const { corrections, unclear } = asked.answer;
  if (corrections.length > 0)
    return { kind: "meant", words: corrections.join("; "), line: `${asked.by} (${asked.took})` };
  const question = unclear == null || unclear === "" ? "" : ` It asks: ${unclear}`;
  return { kind: "none", why: `${asked.by} cannot tell either what was meant.${question}` };
}

interface Asking<T> {
  readonly prompt: (place: PlannerPlace, isSecond: boolean) => string;
  readonly schema: object;
  readonly parse: (candidates: readonly unknown[]) => T | null;
}

type Asked<T> =
  | { readonly kind: "answered"; readonly answer: T; readonly by: string; readonly took: string }
  | { readonly kind: "none"; readonly why: string };

/** One session, and another one when its answer cannot be read. */
async function askTwice<T>(request: PlannerRequest, asking: Asking<T>): Promise<Asked<T>> {
  const { project } = request;
  const by = plannerName(project);
  const agent = by === null ? undefined : project.agents[by];
  if (by === null || agent === undefined) {
    const name = by === null ? "agents.roles.planner names none" : `there is no agent ${by}`;
    return { kind: "none", why: `No agent was asked: ${name}.` };
  }
  let place: PlannerPlace;
  try {
    place = await openPlannerPlace({ ...groundOf(request, by), agent });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: "none", why: `${by} was not asked: ${error.message}` };
  }
  try {
    return await askAt(place, { request, asking, by });
  } finally {
    await place.close();
  }
}

async function askAt<T>(
  place: PlannerPlace,
  { request, asking, by }: { request: PlannerRequest; asking: Asking<T>; by: string },
): Promise<Asked<T>> {
  let usage = NO_USAGE;
  let milliseconds = 0;
  let continues: string | null = null;
  for (const isSecond of [false, true]) {
    if (request.signal.aborted) return { kind: "none", why: `${by} was not waited for.` };
    const prompt = asking.prompt(place, isSecond);
    const { outcome, candidates } = await place.ask(
      prompt,
      asking.schema,
      continues,
      request.signal,
    );
    usage = addUsage(usage, outcome.usage);
    milliseconds += outcome.endedAt - outcome.startedAt;
    const took = takes(milliseconds, usage);
    const trouble = await troubleOf(place, outcome, by);
    if (trouble !== null) return { kind: "none", why: `${trouble} (${took})` };
    const answer = asking.parse(candidates);
    if (answer !== null) return { kind: "answered", answer, by, took };
    if (isSecond) return { kind: "none", why: `${by} gave no answer that can be read (${took}).` };
    continues = vendorSession(request.project, by, outcome);
  }
  return { kind: "none", why: `${by} gave no answer.` };
}

/** Why an answer does not count, whatever it says; null when it does. */
async function troubleOf(
  place: PlannerPlace,
  outcome: PlannerSession["outcome"],
  by: string,
): Promise<string | null> {
  const changed = await place.changes();
  if (changed.length > 0) {
    return `${by} was asked to look only, and meanwhile this has changed: ${changed.join(", ")}. Its answer does not count.`;
  }
  return outcome.end === "finished"
    ? null
    : `${by} gave no answer: ${outcome.detail.slice(0, 600)}`;
}

function vendorSession(
  project: OpenedProject,
  by: string,
  outcome: PlannerSession["outcome"],
): string | null {
  return project.agents[by]?.continues === true ? outcome.vendorSession : null;
}

function groundOf({ project, read, environment }: PlannerRequest, name: string) {
  const { config } = project.loaded;
  const { sessionLimits, budget } = read.settings;
  const wallMs = Math.min(sessionLimits.wallMs, WALL_MS_MAX);
  return {
    root: project.root,
    cairnFolder: project.cairnFolder,
    agentName: name,
    model: config.agents.models["planner"] ?? config.agents.models[name] ?? null,
    environment,
    variables: config.agents.env,
    home: config.agents.home,
    secrets: readSecretFiles(project.root, config.secrets.valuesFrom),
    prices: project.prices,
    limits: {
      ...sessionLimits,
      wallMs,
      stallMs: Math.min(sessionLimits.stallMs, wallMs),
      usd: budget.sessionUsd,
      tokens: budget.sessionTokens ?? null,
    },
  };
}

async function checkedAnswer(request: PlannerRequest, plan: Plan, answer: PlannerAnswer) {
  const { text } = await runGit({
    cwd: request.project.root,
    env: gitEnvironment(COMMITTER),
    args: ["ls-files", "-z", "--full-name"],
  });
  const files = new Set(text.split("\0"));
  return checkProposal(plan, answer, (file) => files.has(file));
}

function promptsFolder(project: OpenedProject): string | null {
  const { prompts } = project.loaded.config.agents;
  return prompts === null ? null : resolve(project.root, prompts);
}

/** `1m 5s, $0.12`; tokens where no price is reported. */
function takes(milliseconds: number, usage: Usage): string {
  const seconds = Math.round(milliseconds / 1_000);
  const time = seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  const tokens = tokensOf(usage);
  if (usage.usd !== null) return `${time}, ${formatUsd(usage.usd)}`;
  return tokens > 0 ? `${time}, ${tokens} tokens` : time;
}
