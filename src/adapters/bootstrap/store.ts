import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { identify } from "../process/process-table.ts";
import type { NpmLock, OwnPackage } from "./npm-lock.ts";

/** Installed packages that several worktrees use, and where they lie. */
export interface StoredModules {
  readonly key: string;
  /** Holds `node_modules` where the project has them: at its top, and in folders of its own packages. */
  readonly tree: string;
}

/** Written last: without it a folder is nobody's. */
const READY = "ready";
const MAKING = "making-";
/** Longer than any session lives; a worktree that is kept longer gets its packages anew when somebody works in it. */
const UNUSED_MAX_MS = 14 * 86_400_000;

/** The same for two worktrees only if an installation in either gives the same files. */
export function storeKey(directory: string, lock: NpmLock, surroundings: string): string {
  const hash = createHash("sha256");
  const npmrc = join(directory, ".npmrc");
  const settings = existsSync(npmrc) ? readFileSync(npmrc) : Buffer.alloc(0);
  // Each part with its length: no two lists of parts read alike.
  for (const part of [lock.bytes, settings, Buffer.from(surroundings)])
    hash.update(`${part.length}\n`).update(part);
  return hash.digest("hex").slice(0, 32);
}

/** What is there for a key, marked as used now; null: nothing. */
export function findStored(storeFolder: string, key: string, now: number): StoredModules | null {
  const ready = join(storeFolder, key, READY);
  if (!existsSync(ready)) return null;
  utimesSync(ready, now / 1000, now / 1000);
  return { key, tree: join(storeFolder, key, "tree") };
}

/** True when modules that were taken from the store are still there. */
export function isStored(storeFolder: string, key: string): boolean {
  return existsSync(join(storeFolder, key, READY));
}

/**
 * Moves what was installed below `directory` into the store, all at once: who looks finds everything or nothing. Somebody
 * else's is as good, if he was quicker. Null: the store lies on another disk, and what was installed stays where it is.
 */
export function moveToStore(
  storeFolder: string,
  directory: string,
  lock: NpmLock,
  key: string,
): StoredModules | null {
  mkdirSync(storeFolder, { recursive: true });
  const making = join(storeFolder, `${MAKING}${process.pid}-${randomUUID()}`);
  const tree = join(making, "tree");
  let moved = 0;
  try {
    for (const folder of lock.moduleFolders) {
      const modules = join(directory, folder, "node_modules");
      if (!existsSync(modules)) continue;
      mkdirSync(join(tree, folder), { recursive: true });
      renameSync(modules, join(tree, folder, "node_modules"));
      moved += 1;
    }
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (moved === 0 && isCode(error, "EXDEV")) return null;
    throw error;
  }
  for (const own of lock.ownPackages) refuseFromStore(tree, own);
  mkdirSync(tree, { recursive: true });
  writeFileSync(join(making, READY), "");
  publish(making, join(storeFolder, key));
  return { key, tree: join(storeFolder, key, "tree") };
}

/**
 * Loading a package of the project from the store is always a mistake: it belongs to one worktree. Without something in
 * its place Node would look on in the folders above, and find that of the checkout.
 */
function refuseFromStore(tree: string, { at }: OwnPackage): void {
  const folder = join(tree, at);
  if (!existsSync(dirname(folder))) return;
  const name = at.slice(at.lastIndexOf("node_modules/") + "node_modules/".length);
  const words = `${name} is a package of the project; linked packages cannot load it. Set workspace.bootstrap: auto.`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name, version: "0.0.0", main: "./refuse.cjs", exports: "./refuse.cjs" }),
  );
  writeFileSync(join(folder, "refuse.cjs"), `throw new Error(${JSON.stringify(words)});\n`);
}

function publish(making: string, place: string): void {
  // What has no mark was not made by a rename, and is in the way.
  if (existsSync(place) && !existsSync(join(place, READY)))
    rmSync(place, { recursive: true, force: true });
  try {
    renameSync(making, place);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(join(place, READY))) throw error;
  }
}

/** Removes what a killed engine was moving, and what nobody has asked for in two weeks. */
export async function pruneStore(storeFolder: string, now: number): Promise<void> {
  if (!existsSync(storeFolder)) return;
  for (const name of readdirSync(storeFolder)) {
    const folder = join(storeFolder, name);
    if (isOfNobody(folder, name, now)) await removeStored(folder);
  }
}

/** Removes everything but what a live process is moving there right now; who needs it later fills it again. */
export async function removeStore(storeFolder: string): Promise<void> {
  for (const name of readdirSync(storeFolder)) {
    const maker = makerOf(name);
    if (maker === null || identify(maker) === null) await removeStored(join(storeFolder, name));
  }
  if (readdirSync(storeFolder).length === 0) rmdirSync(storeFolder);
}

async function removeStored(folder: string): Promise<void> {
  // First, and at once: a removal that is cut short must not leave a part under the mark of the whole.
  rmSync(join(folder, READY), { force: true });
  await rm(folder, { recursive: true, force: true });
}

/** The process that is moving something there; null: what stands there is whole. */
function makerOf(name: string): number | null {
  const maker = new RegExp(`^${MAKING}(\\d+)-`).exec(name)?.[1];
  return maker === undefined ? null : Number(maker);
}

function isOfNobody(folder: string, name: string, now: number): boolean {
  const maker = makerOf(name);
  if (maker !== null) return identify(maker) === null;
  const ready = statSync(join(folder, READY), { throwIfNoEntry: false });
  // Without a mark: the rest of such a removal.
  return ready === undefined || now - ready.mtimeMs > UNUSED_MAX_MS;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
