import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { EngineHolder } from "../api/status-json.ts";
import type { StoredEvent } from "../core/run/events.ts";
import type { Run } from "../core/run/run.ts";
import type { RunId } from "../core/shared/names.ts";
import { UserError } from "../errors.ts";
import type { EventLog, Inbox, RunRow } from "../ports/event-log.ts";

/** One run as any process may read it, engine or not. Synchronous; nothing is written. */
export interface RunReader {
  /** The main work tree, where `.cairn` lies. */
  readonly root: string;
  readonly cairnFolder: string;
  /** As of the last `advance`; kept by the reader, not to be changed. */
  readonly run: Run;
  /** Every run of this repository, newest first. */
  runs(): readonly RunRow[];
  /** Stored events above `after`, in order. */
  events(after?: number): readonly StoredEvent[];
  /** Folds what was appended since and answers it. */
  advance(): readonly StoredEvent[];
  /** What was said to the run and no engine has taken yet, in order. */
  pending(): ReturnType<Inbox["pending"]>;
  /** The process that works on this run now; null: nobody. */
  engine(): EngineHolder | null;
  close(): void;
}

export interface RunReaderParts {
  readonly root: string;
  readonly cairnFolder: string;
  readonly log: Pick<EventLog, "read" | "runs"> & Pick<Inbox, "pending"> & { close(): void };
  readonly fold: {
    readonly empty: (id: RunId) => Run;
    readonly evolve: (run: Run, event: StoredEvent) => Run;
  };
  readonly holder: () => (EngineHolder & { readonly run: string }) | null;
}

/** Opens the named run, or the newest. @throws UserError `run/none`, `run/unknown`. */
export function openRunReader(parts: RunReaderParts, name?: RunId): RunReader {
  const { log, fold } = parts;
  const run = fold.empty(chooseRun(log.runs(), name));
  const advance = (): readonly StoredEvent[] => {
    const events = log.read(run.id, run.seq);
    for (const event of events) fold.evolve(run, event);
    return events;
  };
  advance();
  return {
    root: parts.root,
    cairnFolder: parts.cairnFolder,
    run,
    runs: () => log.runs(),
    events: (after = 0) => log.read(run.id, after),
    advance,
    pending: () => log.pending(run.id, run.commandsTaken),
    engine: () => {
      const holder = parts.holder();
      return holder !== null && holder.run === run.id ? holder : null;
    },
    close: () => log.close(),
  };
}

function chooseRun(runs: readonly RunRow[], name: RunId | undefined): RunId {
  const [newest] = runs;
  if (newest === undefined) throw noRuns();
  if (name === undefined) return newest.run;
  const found = runs.filter((row) => row.run === name || row.run.startsWith(name));
  const [one] = found;
  if (one !== undefined && (found.length === 1 || one.run === name)) return one.run;
  const known = runs.slice(0, 5).map((row) => row.run);
  throw new UserError(
    "run/unknown",
    found.length === 0
      ? `There is no run ${name} here.`
      : `${name} begins the names of ${found.length} runs.`,
    { hints: [`Newest runs: ${known.join(", ")}`] },
  );
}

/** What every reading command says where nothing has been run. */
export function noRuns(): UserError {
  return new UserError("run/none", "No milestone was run here yet.", {
    hints: ["Look at a plan with `cairn plan SOURCE`, then begin it with `cairn run SOURCE`."],
  });
}

/**
 * The main work tree above `from`, found without starting git: also from a linked worktree, whose `.git` file leads to it.
 * @throws UserError `repository/none`, `repository/bare`.
 */
export function findMainWorkTree(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const entry = join(folder, ".git");
    if (existsSync(entry)) return statSync(entry).isDirectory() ? folder : mainOf(folder, entry);
    if (isBareRepository(folder)) {
      throw new UserError(
        "repository/bare",
        `${folder} is a bare repository: it has no files to work on.`,
        {
          hints: [`Work in a clone of it: git clone ${folder}`],
        },
      );
    }
    if (dirname(folder) !== folder) continue;
    throw new UserError("repository/none", `${resolve(from)} is not inside a git repository.`, {
      hints: [
        "Change into the repository whose milestone you mean, or name it: -C DIR.",
        "Or make one here: git init && git add . && git commit -m 'Begin'.",
      ],
    });
  }
}

function isBareRepository(folder: string): boolean {
  return ["HEAD", "objects", "refs"].every((name) => existsSync(join(folder, name)));
}

/** A linked worktree names its own git folder, and that one names the common folder; a submodule stands for itself. */
function mainOf(folder: string, entry: string): string {
  const gitFolder = resolve(
    folder,
    readFileSync(entry, "utf8")
      .replace(/^gitdir:\s*/, "")
      .trim(),
  );
  const common = join(gitFolder, "commondir");
  if (!existsSync(common)) return folder;
  return dirname(resolve(gitFolder, readFileSync(common, "utf8").trim()));
}
