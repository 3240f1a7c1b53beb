import type { GateResult } from "../../core/execute/gates.ts";
import type { RunId } from "../../core/shared/names.ts";
import type { GateRequest, GateRunner } from "../../ports/gate.ts";
import { GATE_MARK } from "../process/session-files.ts";
import { placeOf } from "../process/place.ts";
import { sweep } from "../process/sweep.ts";
import { visibleEnvironment } from "../process/visible-environment.ts";
import { runCommand } from "./run-command.ts";

export interface GateRunnerOptions {
  /** Run whose gates these are: the mark by which `sweepRun` finds what a dead engine left behind. */
  readonly run: RunId;
  /** Environment of the engine; gates see a part of it, by list. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Further variables gates may see. */
  readonly variables?: readonly string[];
  /** What git gets to see in the gates of one request; wins over everything else. */
  readonly gitEnvironment?: (key: string) => Readonly<Record<string, string>>;
  /** Values that are not to be shown, beside those of variables named like secrets. */
  readonly secrets?: readonly string[];
  /** False leaves out what follows the first red command of a request. Default true: all are run. */
  readonly goOn?: boolean;
  /** Asked right before each command; what may not start any more ends as `ended`. Absent: always. */
  readonly mayStart?: () => boolean;
}

/** Runs the owner's commands in the engine's own process tree. */
export function createGateRunner(options: GateRunnerOptions): GateRunner {
  const measuring = new Map<string, Promise<readonly GateResult[]>>();
  let ending = new AbortController();
  return {
    run: (request, signal) => {
      const same = measuring.get(request.key);
      if (same !== undefined) return same;
      const either = AbortSignal.any([signal, ending.signal]);
      const results = runAll(options, request, either).finally(() => measuring.delete(request.key));
      measuring.set(request.key, results);
      return results;
    },
    endAll: () => {
      ending.abort();
      ending = new AbortController();
    },
  };
}

/** Ends every gate process of this run, whichever engine started it, and of no copy of the repository; answers how many. */
export async function sweepRun(run: RunId, cairnFolder?: string): Promise<number> {
  const mark = { name: GATE_MARK, value: `${run}/`, isPrefix: true };
  const place = cairnFolder === undefined ? {} : { place: placeOf(cairnFolder) };
  return (await sweep({ mark, ...place }, { patient: false })).ended.length;
}

async function runAll(
  options: GateRunnerOptions,
  request: GateRequest,
  signal: AbortSignal,
): Promise<readonly GateResult[]> {
  const results: GateResult[] = [];
  const environment = {
    ...visibleEnvironment(options.environment, options.variables),
    ...options.gitEnvironment?.(request.key),
  };
  for (const command of request.commands) {
    if (results.some(({ ok, name }) => !ok && request.decisive?.includes(name) === true)) break;
    const isOver =
      signal.aborted || (options.goOn === false && results.some((result) => !result.ok));
    const around = {
      directory: request.directory,
      environment,
      secrets: options.secrets ?? [],
      mark: `${options.run}/${request.key}/${command.name}`,
      outputBytesMax: request.outputBytesMax,
      ...(options.mayStart === undefined ? {} : { mayStart: options.mayStart }),
    };
    results.push(
      isOver ? notRun(command, signal.aborted) : await runCommand(command, around, signal),
    );
  }
  return results;
}

function notRun(command: GateRequest["commands"][number], wasEnded: boolean): GateResult {
  return {
    name: command.name,
    kind: command.kind,
    ok: false,
    exitCode: null,
    durationMs: 0,
    failures: [],
    tail: "Not run.",
    problem: wasEnded ? "ended" : null,
  };
}
