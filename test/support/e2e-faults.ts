// Kills the engine at its fault points and says what is different from a run that was never killed.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { untilNothingLives, processesBelow, type Ended } from "./e2e-program.ts";
import { SampleRepository, type Outcome } from "./e2e-repository.ts";
import { type Scenario } from "./e2e-scenarios.ts";

/** How often each point was passed, and what came of it. */
export interface Calm {
  readonly outcome: Outcome;
  readonly passed: ReadonlyMap<string, number>;
  readonly seconds: number;
}

export type Kill =
  /** At a fault point (`RunSession:inside@2`), from within. */
  | { readonly at: string }
  /** After so many milliseconds, from outside: the engine, its session host, or both. */
  | { readonly afterMs: number; readonly of: "engine" | "host" | "both" };

/** One run that is killed, once or several times, and then brought to its end. */
export interface FaultCase {
  readonly scenario: Scenario;
  /** The first for the command itself, each further one for the command that goes on. */
  readonly kills: readonly Kill[];
}

export interface Verdict {
  readonly problems: readonly string[];
  readonly seconds: number;
}

// More starts than kills: a person, too, may have to say it twice.
const GO_ON_MAX = 3;

/** The scenario without a kill. */
export async function runCalmly(scenario: Scenario, home: string): Promise<Calm> {
  const repository = new SampleRepository(scenario.make, home);
  try {
    await scenario.prepare?.(repository);
    const startedAt = performance.now();
    const file = path.join(repository.folder, "points.txt");
    const env = { CAIRN_FAULT_LOG: file };
    const ended = await (scenario.calm?.(repository) ?? scenario.begin(repository, env));
    const last = await goOnUntilOver(scenario, repository, ended, { CAIRN_FAULT_LOG: file });
    const seconds = secondsSince(startedAt);
    if (last.code !== 0)
      throw new Error(`${scenario.name} ended with ${last.code} without a kill:\n${last.words}`);
    const passed = new Map<string, number>();
    const points = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
    for (const point of points) passed.set(point, (passed.get(point) ?? 0) + 1);
    const problems = [...(await leftBehind(repository)), ...doubled(repository, scenario, true)];
    if (problems.length > 0) throw new Error(`${scenario.name}: ${problems.join("; ")}`);
    return { outcome: repository.outcome(), passed, seconds };
  } finally {
    repository.remove();
  }
}

/** Runs the case and compares its end with the calm one. A repository with a problem is kept and named. */
export async function runCase(fault: FaultCase, calm: Calm, home: string): Promise<Verdict> {
  const startedAt = performance.now();
  const { scenario, kills } = fault;
  const repository = new SampleRepository(scenario.make, home);
  const problems: string[] = [];
  try {
    await scenario.prepare?.(repository);
    const first = await killed(scenario.begin, repository, kills[0], problems);
    let last = first;
    for (const kill of kills.slice(1)) last = await killed(scenario.goOn, repository, kill, null);
    last = await goOnUntilOver(scenario, repository, last, {});
    if (last.code !== 0) problems.push(`ended with ${last.code ?? last.signal}: ${last.words}`);
    problems.push(...(await leftBehind(repository)));
    const hostsDied = kills.some((kill) => "of" in kill && kill.of !== "engine");
    problems.push(...doubled(repository, scenario, !hostsDied));
    problems.push(...differences(calm.outcome, repository.outcome()));
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  if (problems.length === 0) repository.remove();
  else problems.push(`kept: ${repository.root}`);
  return { problems, seconds: secondsSince(startedAt) };
}

async function killed(
  command: Scenario["begin"],
  repository: SampleRepository,
  kill: Kill | undefined,
  problems: string[] | null,
): Promise<Ended> {
  if (kill === undefined) return command(repository, {});
  if ("afterMs" in kill) return killedFromOutside(command, repository, kill);
  const ended = await command(repository, { CAIRN_FAULT_POINT: kill.at });
  // A command that goes on may have nothing left to do at that point; the first one has.
  if (ended.signal !== "SIGKILL")
    problems?.push(
      `${kill.at} was not passed: ended with ${ended.code ?? ended.signal}: ${ended.words}`,
    );
  return ended;
}

async function killedFromOutside(
  command: Scenario["begin"],
  repository: SampleRepository,
  kill: Extract<Kill, { readonly afterMs: number }>,
): Promise<Ended> {
  const ending = command(repository, {});
  const isOver = ending.then(() => true);
  if (await Promise.race([isOver, wait(kill.afterMs).then(() => false)])) return ending;
  const enginePid = repository.newestPid;
  if (kill.of !== "host" && enginePid !== null) killIfAlive(enginePid);
  if (kill.of !== "engine")
    for (const { pid, why } of processesBelow(repository.root, null))
      if (why === "session host") killIfAlive(pid);
  return ending;
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was over first.
  }
}

/** Goes on until the milestone is over; what was killed or stopped is not. */
async function goOnUntilOver(
  scenario: Scenario,
  repository: SampleRepository,
  ended: Ended,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  let last = ended;
  for (let times = 0; times < GO_ON_MAX && last.code !== 0; times += 1)
    last = await (repository.run() === null ? scenario.begin : scenario.goOn)(repository, env);
  return last;
}

async function leftBehind(repository: SampleRepository): Promise<readonly string[]> {
  const run = repository.run()?.run.id ?? null;
  const alive = await untilNothingLives(repository.root, run);
  const trees = repository.git("worktree", "list", "--porcelain").match(/^worktree /gm) ?? [];
  return [
    ...alive.map(({ pid, why }) => `the process ${pid} is still alive (${why})`),
    ...(trees.length > 1 ? [`${trees.length - 1} worktree(s) are left`] : []),
  ];
}

/** Sessions that were begun twice, or that the log knows and the diary does not. */
function doubled(
  repository: SampleRepository,
  scenario: Scenario,
  isExact: boolean,
): readonly string[] {
  const lines = fs.readFileSync(repository.diary, "utf8").trim().split("\n");
  const problems = lines
    .filter((line, at) => lines.indexOf(line) !== at)
    .map((line) => `a session was doubled: ${line}`);
  const folders = repository.sessionFolders();
  if (isExact && scenario.sessions !== null && folders.length !== scenario.sessions)
    problems.push(`${folders.length} sessions instead of ${scenario.sessions}`);
  const started = new Set(
    (repository.run()?.events ?? []).map((event) =>
      event.type === "EffectStarted" && event.action.type === "RunSession"
        ? event.action.session
        : null,
    ),
  );
  for (const folder of folders)
    if (!started.has(folder)) problems.push(`the log does not know the session ${folder}`);
  return problems;
}

function differences(calm: Outcome, now: Outcome): readonly string[] {
  const names: readonly (keyof Outcome)[] = [
    "status",
    "merged",
    "tree",
    "merges",
    "refs",
    "mainTree",
    "checkout",
  ];
  return names.flatMap((name) => {
    const [was, is] = [JSON.stringify(calm[name]), JSON.stringify(now[name])];
    return was === is ? [] : [`${name} is ${is}, calmly it was ${was}`];
  });
}

function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 100) / 10;
}
