import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import { dirname, join, posix } from "node:path";
import type { ConflictedText } from "../../core/merge/conflicts/facts.ts";
import type { RunId } from "../../core/shared/names.ts";
import type { MergedFiles, Resolver } from "../../ports/resolver.ts";
import { runProgram } from "../process/run-program.ts";
import { visibleEnvironment } from "../process/visible-environment.ts";
import { addsNothing, foldersOf, isSatisfied, parseLock, type Lock } from "./npm-lock-proof.ts";

export interface NpmLockOptions {
  /** Run for which it is asked: what it starts is found by it. */
  readonly run: RunId;
  /** Environment of the engine; npm sees a part of it, by list. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly secrets?: readonly string[];
  /** Keyed three-way merge of JSON; null where a key was changed on both sides. */
  readonly mergeJson: (file: ConflictedText) => string | null;
  /** Asked right before npm is started; absent: it always may. */
  readonly mayStart?: () => boolean;
}

const LOCK = "package-lock.json";
const MANIFEST = "package.json";
// It reads a few files and has no network: what takes longer is stuck.
const TIMEOUT_MS = 60_000;
const OUTPUT_BYTES_MAX = 1_000_000;
const INSTALL = [
  "install",
  "--package-lock-only",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--no-update-notifier",
  "--offline",
];

/**
 * Makes `package-lock.json` anew from the merged manifests, by npm itself, without a network, a cache or any
 * configuration of the project's: npm begins with the two lock files merged key by key, and may only drop and arrange.
 * Proven where no key of them was changed on both sides, every `package.json` merges, npm ends well, the lock names
 * exactly the dependencies of each manifest, every one of them has a package, and there is no package in a version,
 * address or checksum that neither side had locked. So the same sides give the same lock at any time, on any machine.
 */
export function createNpmLockResolver(options: NpmLockOptions): Resolver {
  return {
    name: "npm lock file",
    async resolve(file, merged) {
      if (posix.basename(file.path) !== LOCK) return null;
      const [ours, theirs] = [parseLock(file.ours), parseLock(file.theirs)];
      if (ours === null || theirs === null || ours.lockfileVersion !== theirs.lockfileVersion)
        return null;
      const seed = options.mergeJson(file);
      const seeded = seed === null ? null : parseLock(seed);
      if (seed === null || seeded === null) return null;
      const manifests = await manifestsOf(file.path, seeded, merged);
      if (manifests === null) return null;
      const text = await madeByNpm(options, seed, manifests);
      const lock = text === null ? null : parseLock(text);
      if (lock === null || !isSatisfied(lock, manifests)) return null;
      return addsNothing(lock, [ours, theirs]) ? text : null;
    },
  };
}

/** Folder (from the lock file's) -> manifest; null where one of them is not there or not merged. */
async function manifestsOf(
  path: string,
  lock: Lock,
  merged: MergedFiles,
): Promise<ReadonlyMap<string, string> | null> {
  const manifests = new Map<string, string>();
  for (const folder of foldersOf(lock)) {
    if (posix.normalize(folder).startsWith("..") || posix.isAbsolute(folder)) return null;
    const text = await merged.textOf(posix.join(posix.dirname(path), folder, MANIFEST));
    if (text === null) return null;
    manifests.set(folder, text);
  }
  return manifests;
}

/** Null where npm fails. @throws an Error of passing trouble where the run was stopped meanwhile. */
async function madeByNpm(
  options: NpmLockOptions,
  seed: string,
  manifests: ReadonlyMap<string, string>,
): Promise<string | null> {
  const directory = await mkdtemp(join(os.tmpdir(), "cairn-lock-"));
  try {
    const project = join(directory, "project");
    for (const [folder, text] of manifests) {
      const file = join(project, folder, MANIFEST);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await writeFile(join(project, LOCK), seed);
    const program = {
      file: "npm",
      args: INSTALL,
      directory: project,
      environment: {
        ...visibleEnvironment(options.environment),
        npm_config_cache: join(directory, "cache"),
        // Two that are not there, and not the same: npm refuses to read one file as both.
        npm_config_userconfig: join(directory, "user"),
        npm_config_globalconfig: join(directory, "global"),
      },
      secrets: options.secrets ?? [],
      mark: `${options.run}/merge/npm-lock`,
      outputBytesMax: OUTPUT_BYTES_MAX,
      timeoutMs: TIMEOUT_MS,
      ...(options.mayStart === undefined ? {} : { mayStart: options.mayStart }),
    };
    const end = await runProgram(program, new AbortController().signal);
    // That says nothing about the lock file, and would be taken for a conflict.
    if (end.why === "stopped") throw stopped();
    if (end.code !== 0 || end.why !== null) return null;
    return await readFile(join(project, LOCK), "utf8");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function stopped(): Error {
  const words = "npm was ended before the lock file was made: the run was stopped.";
  return Object.assign(new Error(words), { code: "trouble/npm-stopped" });
}
