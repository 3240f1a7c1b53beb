import { gitEnvironment } from "./git-environment.ts";
import { fields, runGit } from "./run-git.ts";

export interface FileHistoryRequest {
  /** Only these paths are counted, so that a long history stays small in memory. */
  readonly wants: (path: string) => boolean;
  /** How many commits back from HEAD; 1,000. */
  readonly commits?: number;
  /** When no further commits are read, in milliseconds; what was read until then counts. 3,000. */
  readonly timeMs?: number;
}

/** Two files that commits changed together. */
export interface ChangedTogether {
  readonly files: readonly [string, string];
  readonly commits: number;
  /** Commits that changed the rarer of the two. */
  readonly rarer: number;
}

const COMMITS = 1_000;
const TIME_MS = 3_000;
/** Commits in one child: between two the clock is looked at. */
const BLOCK = 250;
const BYTES_MAX = 16 * 1024 * 1024;
/** A commit that changes more is a rename, a formatter or an import: it says nothing about pairs. */
const FILES_MAX = 30;
/** Begins a commit; a file of that name is nobody's. */
const MARK = "\u0001";
/** Reading needs no name; git asks for one all the same in some set-ups. */
const READER = { name: "cairn", email: "cairn@cairn.invalid" };

/**
 * Which files changed together in the newest commits of HEAD, most often first; merges are left out. Empty where
 * there is no history or git has any trouble: this is a hint, and nothing may fail for the lack of it.
 */
export async function readFileHistory(
  root: string,
  request: FileHistoryRequest,
): Promise<readonly ChangedTogether[]> {
  const { commits = COMMITS, timeMs = TIME_MS } = request;
  const counted = new PairCount(request.wants);
  const until = performance.now() + timeMs;
  for (let read = 0; read < commits && performance.now() < until; read += BLOCK) {
    const lists = await changedFiles(root, read, Math.min(BLOCK, commits - read));
    for (const files of lists) counted.take(files);
    if (lists.length < BLOCK) break;
  }
  return counted.answer();
}

/** What each commit changed; fewer than asked for at the end of the history, or where git fails. */
async function changedFiles(
  root: string,
  skip: number,
  count: number,
): Promise<readonly (readonly string[])[]> {
  try {
    const { text } = await runGit({
      cwd: root,
      // A partial clone would fetch what it lacks, and a hint is not worth the network.
      env: { ...gitEnvironment(READER), GIT_NO_LAZY_FETCH: "1" },
      bytesMax: BYTES_MAX,
      args: [
        "log",
        "-z",
        "--name-only",
        "--no-merges",
        "--no-renames",
        "--no-show-signature",
        "--no-ext-diff",
        "--no-notes",
        "--no-relative",
        "--format=%x01",
        `--skip=${skip}`,
        `--max-count=${count}`,
        "HEAD",
        "--",
      ],
    });
    return splitCommits(text);
  } catch {
    return [];
  }
}

function splitCommits(text: string): readonly (readonly string[])[] {
  const commits: string[][] = [];
  for (const field of fields(text)) {
    if (field === MARK) commits.push([]);
    // git ends the mark with a line end where files follow.
    else commits.at(-1)?.push(field.replace(/^\n/u, ""));
  }
  return commits;
}

class PairCount {
  readonly #wants: (path: string) => boolean;
  readonly #commitsOf = new Map<string, number>();
  readonly #pairs = new Map<
    string,
    { readonly files: readonly [string, string]; commits: number }
  >();

  constructor(wants: (path: string) => boolean) {
    this.#wants = wants;
  }

  take(files: readonly string[]): void {
    if (files.length > FILES_MAX) return;
    const wanted = files.filter((file) => this.#wants(file)).toSorted();
    for (const [index, first] of wanted.entries()) {
      this.#commitsOf.set(first, (this.#commitsOf.get(first) ?? 0) + 1);
      for (const second of wanted.slice(index + 1)) {
        const id = `${first}\0${second}`;
        const pair = this.#pairs.get(id) ?? { files: [first, second], commits: 0 };
        pair.commits += 1;
        this.#pairs.set(id, pair);
      }
    }
  }

  answer(): readonly ChangedTogether[] {
    const times = (file: string): number => this.#commitsOf.get(file) ?? 0;
    return [...this.#pairs.values()]
      .map(({ files, commits }) => ({
        files,
        commits,
        rarer: Math.min(times(files[0]), times(files[1])),
      }))
      .toSorted(
        (a, b) => b.commits - a.commits || (a.files.join("\0") < b.files.join("\0") ? -1 : 1),
      );
  }
}
