import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { NpmLock } from "./npm-lock.ts";
import type { StoredModules } from "./store.ts";

/** What tools write beside packages is the worktree's own; npm's list of what it installed is true only of its own. */
const NEVER_SHARED: ReadonlySet<string> = new Set([".cache", ".package-lock.json"]);

/** Makes a program that runs to its end. @throws UserError when it fails */
type RunProgram = (file: string, args: readonly string[]) => Promise<unknown>;

/** Removes every `node_modules` the lock file asks for, links among them without what they lead to. */
export async function removeModules(directory: string, lock: NpmLock): Promise<void> {
  for (const folder of lock.moduleFolders)
    await rm(join(directory, folder, "node_modules"), { recursive: true, force: true });
}

/**
 * A real `node_modules` whose entries lead into the store. Never one link for the whole: packages of the project would be
 * those of another tree, and an installation would write into the store.
 */
export function linkModules(directory: string, lock: NpmLock, stored: StoredModules): void {
  eachModules(directory, lock, stored, (from, to) => linkEntries(from, to));
  linkOwnPackages(directory, lock);
}

/** Files of its own where the disk shares their contents until one is changed; else further names for the same files. */
export async function copyModules(
  directory: string,
  lock: NpmLock,
  stored: StoredModules,
  run: RunProgram,
): Promise<void> {
  const folders: (readonly [string, string])[] = [];
  eachModules(directory, lock, stored, (from, to) => folders.push([from, to]));
  const how = (await sharesContents(folders, run)) ? ["-a", "--reflink=always"] : ["-al"];
  for (const [from, to] of folders) {
    await run("cp", [...how, "--", `${from}/.`, to]);
    rmSync(join(to, ".cache"), { recursive: true, force: true });
    ownFile(join(from, ".package-lock.json"), join(to, ".package-lock.json"));
  }
  linkOwnPackages(directory, lock);
}

/** npm writes its list in place: under a second name it would be changed for everybody. */
function ownFile(from: string, to: string): void {
  rmSync(to, { force: true });
  if (existsSync(from)) copyFileSync(from, to);
}

/** Asked with one small file: whether it works depends on the file system and its options. */
async function sharesContents(
  folders: readonly (readonly [string, string])[],
  run: RunProgram,
): Promise<boolean> {
  const [first] = folders;
  if (first === undefined) return false;
  const [from, to] = first;
  const probe = join(to, ".cairn-probe");
  const list = join(from, ".package-lock.json");
  if (!existsSync(list)) return false;
  try {
    await run("cp", ["--reflink=always", "--", list, probe]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { force: true });
  }
}

function eachModules(
  directory: string,
  lock: NpmLock,
  stored: StoredModules,
  make: (from: string, to: string) => void,
): void {
  for (const folder of lock.moduleFolders) {
    const from = join(stored.tree, folder, "node_modules");
    const owner = join(directory, folder);
    if (!existsSync(from) || !existsSync(owner)) continue;
    const to = join(owner, "node_modules");
    mkdirSync(to);
    make(from, to);
  }
}

function linkEntries(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const { name } = entry;
    if (NEVER_SHARED.has(name)) continue;
    const source = join(from, name);
    const target = join(to, name);
    if (name === ".bin") copyLinks(source, target);
    else if (name.startsWith("@") && entry.isDirectory()) {
      mkdirSync(target);
      linkEntries(source, target);
    } else symlinkSync(source, target);
  }
}

/** Commands lead to packages beside them, `../eslint/bin/eslint.js`: the same words are right in every tree. */
function copyLinks(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    symlinkSync(entry.isSymbolicLink() ? readlinkSync(source) : source, join(to, entry.name));
  }
}

/** Packages of the project itself are those of this worktree. */
function linkOwnPackages(directory: string, lock: NpmLock): void {
  for (const { at, folder } of lock.ownPackages) {
    const place = join(directory, at);
    if (!existsSync(join(directory, folder))) continue;
    rmSync(place, { recursive: true, force: true });
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(relative(dirname(place), join(directory, folder)), place);
  }
}
