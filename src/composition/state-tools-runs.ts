import { openStore } from "../adapters/sqlite/store.ts";
import { foldLog } from "../core/run/evolve.ts";
import type { Run } from "../core/run/run.ts";
import { ExitCode, UserError } from "../errors.ts";

/** What can be read of a log that may be damaged, for tools that have to work all the same. */
export interface ReadableRuns {
  /** Those that fold, newest first. */
  readonly runs: readonly Run[];
  /** Names of those that do not. */
  readonly broken: readonly string[];
  /** The file itself cannot be read; null: it can, or there is none. */
  readonly unreadable: UserError | null;
}

/** Every run of the repository, as far as its log holds. Nothing is written. */
export function readableRuns(cairnFolder: string): ReadableRuns {
  const broken: string[] = [];
  try {
    const store = openStore(cairnFolder, { readonly: true });
    try {
      const runs = store.runs().flatMap(({ run }) => {
        try {
          return [foldLog(run, store.read(run, 0))];
        } catch {
          broken.push(run);
          return [];
        }
      });
      return { runs, broken, unreadable: null };
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const isMissing = error.code === "store/missing";
    return { runs: [], broken: [], unreadable: isMissing ? null : error };
  }
}

/** For what needs a run whose log does not hold. */
export function brokenLog(run: string | null, cause?: unknown): UserError {
  const whose = run === null ? "The log" : `The log of the run ${run}`;
  return new UserError("state/broken", `${whose} does not hold: its state cannot be read.`, {
    hints: ["See what is wrong with it: cairn state validate"],
    exitCode: ExitCode.failures,
    cause,
  });
}
