import type { BaselineJson, IntegrationTestJson } from "../api/preflight-json.ts";
import type { GateCommand, GateResult } from "../core/execute/gates.ts";
import { judgeGates } from "../core/execute/judge-gates.ts";
import type { Run } from "../core/run/run.ts";
import type { CommitSha } from "../core/shared/names.ts";
import { ExitCode, UserError } from "../errors.ts";
import type { OpenedProject } from "./open-project.ts";
import { brokenLog, readableRuns } from "./state-tools-runs.ts";
import { openMeasuring, type Measuring } from "./preflight-measure.ts";

export interface MeasureRequest {
  readonly project: OpenedProject;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly target: string;
  readonly signal: AbortSignal;
  /** Hears what is under way, for whoever waits. */
  readonly tell: (event: MeasureEvent) => void;
}

export type MeasureEvent =
  | {
      readonly kind: "begins";
      readonly where: string;
      readonly commit: CommitSha;
      readonly gates: number;
    }
  | { readonly kind: "gate"; readonly result: GateResult };

/** Each pre-merge gate once, on the target branch's head. @throws UserError `preflight/no-target`, `preflight/ended` */
export async function takeBaseline(request: MeasureRequest): Promise<BaselineJson> {
  const { project, target } = request;
  const commands = project.loaded.config.gates.preMerge;
  return withMeasuring(request, async (measuring) => {
    const commit = await commitOf(measuring, target);
    request.tell({ kind: "begins", where: target, commit, gates: commands.length });
    const results = await measure(request, measuring, commit, commands);
    const red = results.filter((result) => !result.ok);
    return {
      target,
      commit,
      results,
      red: red.map((result) => result.name),
      redTests: red.filter((result) => result.kind === "test").map((result) => result.name),
    };
  });
}

/**
 * The gates of the whole on a branch; what is red is held against the target, by the same command on its head.
 * @throws UserError `integration/no-branch`, `integration/no-gates`, `preflight/ended`
 */
export async function testBranch(
  request: MeasureRequest,
  named: string | null,
  checkedOut: string | null,
): Promise<IntegrationTestJson> {
  const { project } = request;
  const run = named === null ? newestRun(project.cairnFolder) : null;
  const branch = named ?? run?.integration?.branch ?? checkedOut;
  if (branch === null) throw noBranch();
  const target = run?.settings.target ?? request.target;
  const commands = gatesOf(project, run);
  return withMeasuring(request, async (measuring) => {
    const commit = await commitOf(measuring, branch);
    request.tell({ kind: "begins", where: branch, commit, gates: commands.length });
    const results = await measure(request, measuring, commit, commands);
    const base = await measuring.repository.resolve(target);
    const red = commands.filter((one) =>
      results.some((each) => each.name === one.name && !each.ok),
    );
    // On the target itself there is nothing older to hold it against.
    const compares = red.length > 0 && base !== null && base !== commit;
    const before = compares ? await againstTarget(request, measuring, { target, base, red }) : null;
    const findingsOf = (result: GateResult): ReturnType<typeof judgeGates> =>
      judgeGates([result], before);
    const redResults = results.filter((result) => !result.ok);
    const findings = redResults.flatMap(findingsOf);
    return {
      schemaVersion: 1,
      branch,
      commit,
      run: run?.id ?? null,
      target,
      targetCommit: compares ? base : null,
      results,
      onTarget: before ?? [],
      preExisting: redResults
        .filter((result) => findingsOf(result).length === 0)
        .map((result) => result.name),
      held: findings.map((finding) => finding.message),
      passed: findings.length === 0,
    };
  });
}

async function againstTarget(
  request: MeasureRequest,
  measuring: Measuring,
  asked: {
    readonly target: string;
    readonly base: CommitSha;
    readonly red: readonly GateCommand[];
  },
): Promise<readonly GateResult[]> {
  const { target, base, red } = asked;
  request.tell({ kind: "begins", where: target, commit: base, gates: red.length });
  return measure(request, measuring, base, red);
}

async function measure(
  request: MeasureRequest,
  measuring: Measuring,
  commit: CommitSha,
  commands: readonly GateCommand[],
): Promise<readonly GateResult[]> {
  const results = await measuring.measure(commit, commands, (result) =>
    request.tell({ kind: "gate", result }),
  );
  if (request.signal.aborted) throw ended(request.signal);
  return results;
}

async function withMeasuring<T>(
  request: MeasureRequest,
  work: (measuring: Measuring) => Promise<T>,
): Promise<T> {
  const { root, cairnFolder, loaded } = request.project;
  const { env, target, signal } = request;
  const measuring = await openMeasuring({
    root,
    cairnFolder,
    config: loaded.config,
    env,
    target,
    signal,
  });
  try {
    return await work(measuring);
  } catch (error) {
    throw signal.aborted ? ended(signal) : error;
  } finally {
    await measuring.close();
  }
}

async function commitOf(measuring: Measuring, branch: string): Promise<CommitSha> {
  const commit = await measuring.repository.resolve(branch);
  if (commit !== null) return commit;
  throw new UserError("integration/no-branch", `There is no branch ${branch} here.`, {
    hints: ["`git branch --list` shows them; name one, or a commit."],
  });
}

/** Those the run was begun with, else the configured ones; those of the whole where there are any. */
function gatesOf(project: OpenedProject, run: Run | null): readonly GateCommand[] {
  const { preMerge, postMerge } = run?.settings.gates ?? project.loaded.config.gates;
  const commands = postMerge.length > 0 ? postMerge : preMerge;
  if (commands.length > 0) return commands;
  throw new UserError("integration/no-gates", "No gates are configured, and none are recognised.", {
    hints: ['Name them in .cairn.yml: gates: { pre_merge: ["npm test"] }'],
  });
}

/** The newest run with an integration branch; null: none. @throws UserError `state/broken` where a log does not hold */
function newestRun(cairnFolder: string): Run | null {
  const { runs, broken, unreadable } = readableRuns(cairnFolder);
  // Which one is the newest cannot be told then.
  if (unreadable !== null) throw unreadable;
  if (broken[0] !== undefined) throw brokenLog(broken[0]);
  return runs.find((run) => run.integration !== null) ?? null;
}

function noBranch(): UserError {
  return new UserError("integration/no-branch", "HEAD is detached and no branch is named.", {
    hints: ["Name it: cairn integration-test BRANCH"],
  });
}

function ended(signal: AbortSignal): UserError {
  return new UserError(
    "preflight/ended",
    "Ended before everything was measured; nothing is left behind.",
    {
      exitCode: signal.reason === "SIGTERM" ? ExitCode.terminated : ExitCode.interrupted,
    },
  );
}
