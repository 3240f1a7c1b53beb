// Kills the engine while it works with the double of GitHub, goes on, and says what is different from a calm run.
import fs from "node:fs";
import path from "node:path";
import { GitHubSample, type GitHubSampleOptions } from "./e2e-github.ts";
import { checkoutOf, countClosings, outcomeOf, type HubOutcome } from "./e2e-github-facts.ts";
import { untilNothingLives, type Ended } from "./e2e-program.ts";

export interface GitHubScenario {
  readonly name: string;
  readonly config: string;
  readonly issues: NonNullable<GitHubSampleOptions["issues"]>;
  /** Checks that main demands. */
  readonly required?: readonly string[];
  /** Points at which it is killed once; those it does not share with the others. */
  readonly points: RegExp;
}

export interface GitHubCalm {
  readonly outcome: HubOutcome;
  readonly sessions: readonly string[];
  readonly passed: ReadonlyMap<string, number>;
  readonly seconds: number;
}

export interface GitHubCase {
  readonly name: string;
  readonly scenario: GitHubScenario;
  /** The first for `run`, each further one for a `resume`. */
  readonly kills: readonly string[];
}

export interface GitHubVerdict {
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** Faster than this the gates of a busy machine look as if they took hours. */
const FAULT_SCALE = 100;
// More starts than kills: a person, too, may have to say it twice.
const GO_ON_MAX = 3;

const IN_A_ROW = [
  { title: "Dig the canal", needs: [] },
  { title: "Flood the canal", needs: [1] },
];
const LABELS = "pull_request: {labels: [mill]}\n";

/** Straight to main: each merge is a landing. */
export const DIRECT: GitHubScenario = {
  name: "direct",
  config: `target_policy: direct\n${LABELS}`,
  issues: IN_A_ROW,
  points: /./u,
};

/** By a milestone branch, which is landed by Cairn. */
export const INTEGRATION: GitHubScenario = {
  name: "integration, land auto",
  config: `land: auto\n${LABELS}`,
  issues: IN_A_ROW,
  points: /./u,
};

/** By a milestone branch, for which a pull request is left open. */
export const BY_PULL_REQUEST: GitHubScenario = {
  name: "integration, landing by pull request",
  config: LABELS,
  issues: IN_A_ROW,
  points: /^(?:OpenLanding|Land)/u,
};

/** Two that nothing keeps apart: the second is brought onto the first at its turn and checked there once more. */
export const SIDE_BY_SIDE: GitHubScenario = {
  name: "side by side",
  required: ["build"],
  config: "target_policy: direct\n",
  issues: [
    { title: "Dig the canal", needs: [], text: "Depends on: none" },
    { title: "Build the wheel", needs: [], text: "Depends on: none" },
  ],
  points: /^(?:UpdateBranch|BuildCandidate|MergePullRequest)/u,
};

export const GITHUB_SCENARIOS: readonly GitHubScenario[] = [
  DIRECT,
  INTEGRATION,
  BY_PULL_REQUEST,
  SIDE_BY_SIDE,
];

/** Its diary lies beside the clone; the way there is the same in every repository: else the tree would not be. */
const AGENT = `#!/bin/sh
diary=$(git rev-parse --path-format=absolute --git-common-dir)/../../diary.txt
echo "$CAIRN_TASK $CAIRN_ROLE" >> "$diary"
case $CAIRN_ROLE in
*reviewer) echo PASS ;;
*) mkdir -p src && echo "$CAIRN_TASK" > "src/task-$CAIRN_TASK.md" ;;
esac
`;

async function makeSample({ config, issues, required }: GitHubScenario): Promise<GitHubSample> {
  const sample = await GitHubSample.make({ config, issues, agent: AGENT, scale: FAULT_SCALE });
  const open = { approvals: 0, isProtected: false, hasQueue: false };
  if (required !== undefined) sample.world.hub.rules.set("main", { ...open, contexts: required });
  return sample;
}

function begin(sample: GitHubSample, env: Readonly<Record<string, string>>): Promise<Ended> {
  return sample.cairn(["run", "Phase 1", "--autonomous", "--parallel", "2"], env);
}

/** Goes on; a run that was killed before its first event is begun again. */
function goOn(sample: GitHubSample, env: Readonly<Record<string, string>>): Promise<Ended> {
  return sample.hasRun() ? sample.cairn(["resume"], env) : begin(sample, env);
}

/** The scenario without a kill. @throws Error where it does not end well. */
export async function runGitHubCalmly(scenario: GitHubScenario): Promise<GitHubCalm> {
  const startedAt = performance.now();
  const sample = await makeSample(scenario);
  try {
    const closings = countClosings(sample);
    const begun = checkoutOf(sample);
    const file = path.join(sample.folder, "points.txt");
    const { code, words } = await begin(sample, { CAIRN_FAULT_LOG: file });
    if (code !== 0) throw new Error(`${scenario.name} ended with ${code}:\n${words}`);
    const passed = new Map<string, number>();
    for (const point of fs.readFileSync(file, "utf8").trim().split("\n"))
      passed.set(point, (passed.get(point) ?? 0) + 1);
    const outcome = outcomeOf(sample, closings, begun);
    return { outcome, sessions: sessionsOf(sample), passed, seconds: secondsSince(startedAt) };
  } finally {
    await sample.close();
  }
}

/** Kills, goes on until it is over, and compares its end with the calm one. */
export async function runGitHubCase(fault: GitHubCase, calm: GitHubCalm): Promise<GitHubVerdict> {
  const startedAt = performance.now();
  const sample = await makeSample(fault.scenario);
  const problems: string[] = [];
  try {
    const closings = countClosings(sample);
    const begun = checkoutOf(sample);
    const [first = "", ...further] = fault.kills;
    let last = await begin(sample, { CAIRN_FAULT_POINT: first });
    if (last.signal !== "SIGKILL")
      problems.push(`${first} was not passed: ended with ${last.code}: ${last.words}`);
    for (const at of further) last = await goOn(sample, { CAIRN_FAULT_POINT: at });
    for (let times = 0; times < GO_ON_MAX && last.code !== 0; times += 1)
      last = await goOn(sample, {});
    if (last.code !== 0) problems.push(`ended with ${last.code ?? last.signal}: ${last.words}`);
    const alive = await untilNothingLives(sample.root, sample.run().run.id);
    problems.push(...alive.map(({ pid, why }) => `the process ${pid} is still alive (${why})`));
    problems.push(...differences(calm.outcome, outcomeOf(sample, closings, begun)));
    const [was, is] = [calm.sessions.join(", "), sessionsOf(sample).join(", ")];
    if (was !== is) problems.push(`sessions are ${is}, calmly they were ${was}`);
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    if (problems.length > 0)
      problems.push(sample.world.hub.log.map(({ by, what }) => `${by}: ${what}`).join("\n"));
    await sample.close();
  }
  return { problems, seconds: secondsSince(startedAt) };
}

/** Sessions that were begun, by task and role. */
function sessionsOf(sample: GitHubSample): readonly string[] {
  const diary = fs.readFileSync(path.join(sample.folder, "diary.txt"), "utf8");
  return diary.trim().split("\n").toSorted();
}

function differences(calm: HubOutcome, now: HubOutcome): readonly string[] {
  const found = new Map<string, unknown>(Object.entries(now));
  return Object.entries(calm).flatMap(([name, value]) => {
    const [was, is] = [JSON.stringify(value), JSON.stringify(found.get(name))];
    return was === is ? [] : [`${name} is ${is}, calmly it was ${was}`];
  });
}

/** Appends are many and alike: some of them, evenly spread. */
const APPENDS_MAX = 3;
/** News that come together are appended together: how many there are is not the same each time. */
const APPENDS_SURE = 0.75;
/** Effects on GitHub: killed there at every issue, twice in a row, and again while it is taken up. */
const ON_GITHUB =
  /^(?:PrepareIntegration|PublishPullRequest|LeaveDraft|MergePullRequest|TidyPullRequest|UpdateBranch|OpenLanding|Land):(?:inside|after)$/u;

/** Every case, in the order of the table. */
export function allGitHubCases(calm: ReadonlyMap<string, GitHubCalm>): readonly GitHubCase[] {
  return GITHUB_SCENARIOS.flatMap((scenario) => {
    const passed = [...(calm.get(scenario.name)?.passed ?? [])].filter(([point]) =>
      scenario.points.test(point),
    );
    const once = passed.flatMap(([point, times]) =>
      occurrences(scenario, point, times).map((n) => named("once", scenario, [`${point}@${n}`])),
    );
    const twice = passed
      .filter(([point]) => ON_GITHUB.test(point))
      .map(([point]) => named("twice", scenario, [point, point, "append:before@2"]));
    return [...once, ...twice];
  });
}

/** Elsewhere the ways share the work: one is killed at the first of its kind, the others at the last. */
function occurrences(scenario: GitHubScenario, point: string, times: number): readonly number[] {
  if (point.startsWith("append:"))
    return Array.from({ length: APPENDS_MAX }, (_, at) =>
      Math.round(1 + (at * APPENDS_SURE * times) / (APPENDS_MAX - 1)),
    );
  if (ON_GITHUB.test(point)) return [...new Set([1, times])];
  return [scenario === INTEGRATION ? 1 : times];
}

function named(kind: string, scenario: GitHubScenario, kills: readonly string[]): GitHubCase {
  return { name: `${kind}  ${scenario.name}  ${kills.join(", ")}`, scenario, kills };
}

function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 100) / 10;
}
