import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { createNodeFacts } from "./node-facts.ts";
import { readNpmLock, type NpmLock } from "./npm-lock.ts";
import { copyModules, linkModules, removeModules } from "./shared-modules.ts";
import { hashOf, readStamp, removeStamp, STAMP, writeStamp } from "./stamp.ts";
import {
  findStored,
  isStored,
  moveToStore,
  pruneStore,
  storeKey,
  type StoredModules,
} from "./store.ts";

/** Starts a program of the owner's in the folder and answers what it said. @throws UserError when it fails */
type StartProgram = (file: string, args: readonly string[]) => Promise<string>;

interface NpmOptions {
  /** Null: every worktree gets an installation of its own. */
  readonly sharing: { readonly how: "link" | "copy"; readonly storeFolder: string } | null;
  /** `PATH` of what is started. */
  readonly path: string | undefined;
}

/** Makes the packages of a folder ready; does nothing where there is no lock file. */
type PrepareModules = (directory: string, start: StartProgram) => Promise<void>;

const INSTALL = ["ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];

interface Folder {
  readonly directory: string;
  readonly lock: NpmLock;
  /** Below the top `node_modules`: it goes with what was installed, whoever takes that away. */
  readonly stampFile: string;
  readonly start: StartProgram;
}

type Sharing = NonNullable<NpmOptions["sharing"]>;

/**
 * Packages as `package-lock.json` says: installed, or taken from the store, which one installation fills. Where one
 * cannot serve several worktrees, each gets its own. What was cut short carries no stamp and is made again.
 */
export function createNpmModules({ sharing, path }: NpmOptions): PrepareModules {
  const nodeFacts = createNodeFacts(path);
  /** Installations on their way into the store: who needs the same one waits for it. */
  const underWay = new Map<string, Promise<StoredModules | null>>();
  return async (directory, start) => {
    const lock = readNpmLock(directory);
    if (lock === null || lock.isEmpty) return;
    const stampFile = join(directory, "node_modules", STAMP);
    const folder = { directory, lock, stampFile, start };
    // An installation of its own is the best there is, however others are served.
    if (readStamp(stampFile) === hashOf(lock.bytes)) return;
    if (sharing === null || lock.ownBecause !== null) return installHere(folder);
    const key = storeKey(directory, lock, await nodeFacts(directory, start));
    const { how, storeFolder } = sharing;
    const stamp = `${how} ${join(storeFolder, key)}`;
    const isReady = how === "copy" || isStored(storeFolder, key);
    if (readStamp(stampFile) === stamp && isReady) return;
    const stored = await storedFor(folder, { storeFolder, key, underWay });
    if (stored !== null) await share(folder, sharing, stored, stamp);
  };
}

async function installHere({ directory, lock, stampFile, start }: Folder): Promise<void> {
  removeStamp(stampFile);
  // npm would do it too, but follows what an earlier strategy left there.
  await removeModules(directory, lock);
  await start("npm", INSTALL);
  writeStamp(stampFile, hashOf(lock.bytes));
}

interface Wanted {
  readonly storeFolder: string;
  readonly key: string;
  readonly underWay: Map<string, Promise<StoredModules | null>>;
}

/** Null: the packages were installed in the folder itself, and stay there. */
async function storedFor(folder: Folder, wanted: Wanted): Promise<StoredModules | null> {
  const { storeFolder, key, underWay } = wanted;
  const theirs = underWay.get(key);
  // Their failure is theirs: it may be one of their folder.
  if (theirs !== undefined) await theirs.catch(() => null);
  const found = findStored(storeFolder, key, Date.now());
  if (found !== null) return found;
  const ours = fillStore(folder, storeFolder, key);
  underWay.set(key, ours);
  try {
    return await ours;
  } finally {
    if (underWay.get(key) === ours) underWay.delete(key);
  }
}

async function fillStore(
  folder: Folder,
  storeFolder: string,
  key: string,
): Promise<StoredModules | null> {
  await pruneStore(storeFolder, Date.now());
  await installHere(folder);
  // From here to the end of sharing the folder is not ready, and says so.
  removeStamp(folder.stampFile);
  const stored = moveToStore(storeFolder, folder.directory, folder.lock, key);
  if (stored === null) writeStamp(folder.stampFile, hashOf(folder.lock.bytes));
  return stored;
}

async function share(
  folder: Folder,
  { how }: Sharing,
  stored: StoredModules,
  stamp: string,
): Promise<void> {
  const { directory, lock, stampFile, start } = folder;
  removeStamp(stampFile);
  await removeModules(directory, lock);
  try {
    if (how === "link") linkModules(directory, lock, stored);
    else await copyModules(directory, lock, stored, start);
  } catch (error) {
    // A `cp` that knows neither way (macOS), or another disk.
    if (how === "copy" && error instanceof UserError) return installHere(folder);
    throw error;
  }
  writeStamp(stampFile, stamp);
}
