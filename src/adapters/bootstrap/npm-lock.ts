import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { z } from "zod";

/** What `package-lock.json` says about one folder: of the project itself, of a package, or of a link to a folder. */
const EntrySchema = z.object({
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
type Entry = z.infer<typeof EntrySchema>;

const LockSchema = z.object({ packages: z.record(z.string(), EntrySchema) });
const ManifestSchema = z.object({ scripts: z.record(z.string(), z.unknown()).optional() });

/** A link that npm makes to a package of the project itself; both from the project's root. */
export interface OwnPackage {
  /** `node_modules/@team/words` */
  readonly at: string;
  /** `packages/words` */
  readonly folder: string;
}

export interface NpmLock {
  readonly bytes: Buffer;
  /** Nothing but the project itself stands in it: there is nothing to install. */
  readonly isEmpty: boolean;
  /** Folders of the project that get a `node_modules`, its root (`""`) first. */
  readonly moduleFolders: readonly string[];
  readonly ownPackages: readonly OwnPackage[];
  /** Why one installation cannot serve several worktrees; null: it can. */
  readonly ownBecause: string | null;
}

/** Scripts of the project's own packages that `npm ci` runs: what they do is done for one worktree. */
const INSTALL_SCRIPTS = [
  "preinstall",
  "install",
  "postinstall",
  "prepublish",
  "preprepare",
  "prepare",
  "postprepare",
];
const MODULES = "node_modules";

/** Reads the lock file below a folder; null: there is none. One that is no lock file is npm's to complain about. */
export function readNpmLock(directory: string): NpmLock | null {
  const file = join(directory, "package-lock.json");
  if (!existsSync(file)) return null;
  const bytes = readFileSync(file);
  const lock = LockSchema.safeParse(parseJson(bytes));
  if (!lock.success) return unread(bytes);
  const { packages } = lock.data;
  const ownPackages = ownPackagesOf(packages);
  return {
    bytes,
    isEmpty: Object.keys(packages).every((key) => key === ""),
    moduleFolders: moduleFoldersOf(packages),
    ownPackages,
    ownBecause: whyOwn(directory, packages, ownPackages),
  };
}

function unread(bytes: Buffer): NpmLock {
  const ownBecause = "package-lock.json is not of version 2 or 3";
  return { bytes, isEmpty: false, moduleFolders: [""], ownPackages: [], ownBecause };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}

function moduleFoldersOf(packages: Readonly<Record<string, Entry>>): readonly string[] {
  const folders = Object.keys(packages).flatMap((key) => {
    const parts = key.split("/");
    const at = parts.indexOf(MODULES);
    return at === -1 ? [] : [parts.slice(0, at).join("/")];
  });
  return [...new Set(["", ...folders])];
}

function ownPackagesOf(packages: Readonly<Record<string, Entry>>): readonly OwnPackage[] {
  return Object.entries(packages).flatMap(([at, entry]) =>
    entry.link === true && entry.resolved !== undefined ? [{ at, folder: entry.resolved }] : [],
  );
}

function whyOwn(
  directory: string,
  packages: Readonly<Record<string, Entry>>,
  ownPackages: readonly OwnPackage[],
): string | null {
  const paths = [...Object.keys(packages), ...ownPackages.map(({ folder }) => folder)];
  const outside = paths.find((path) => path !== "" && !isInside(path));
  if (outside !== undefined) return `${outside} lies outside of the repository`;
  const deep = ownPackages.find(({ at }) => at.split("/").filter(isModules).length > 1);
  if (deep !== undefined) return `${deep.at} is a link within a package`;
  return (
    scriptOf(directory, ["", ...ownPackages.map(({ folder }) => folder)]) ??
    unlockedFile(packages) ??
    needsOwnPackage(packages, ownPackages)
  );
}

function isModules(part: string): boolean {
  return part === MODULES;
}

function isInside(path: string): boolean {
  return !posix.isAbsolute(path) && !posix.normalize(path).startsWith("..");
}

function scriptOf(directory: string, folders: readonly string[]): string | null {
  for (const folder of folders) {
    const file = join(directory, folder, "package.json");
    if (!existsSync(file)) continue;
    const manifest = ManifestSchema.safeParse(parseJson(readFileSync(file)));
    const scripts = manifest.success ? (manifest.data.scripts ?? {}) : {};
    const script = INSTALL_SCRIPTS.find((name) => name in scripts);
    if (script !== undefined)
      return `${posix.join(folder, "package.json")} has a \`${script}\` script`;
  }
  return null;
}

/** A file of the repository that may change while its name, and so the lock file, stays as it is. */
function unlockedFile(packages: Readonly<Record<string, Entry>>): string | null {
  const found = Object.entries(packages).find(
    ([, { resolved, integrity, link }]) =>
      link !== true && integrity === undefined && resolved?.startsWith("file:") === true,
  );
  return found === undefined ? null : `${found[0]} has no checksum in package-lock.json`;
}

/** A package that loads one of the project's own would load it from beside itself, where there can be none. */
function needsOwnPackage(
  packages: Readonly<Record<string, Entry>>,
  ownPackages: readonly OwnPackage[],
): string | null {
  const names = new Set(ownPackages.map(({ at }) => packageName(at)));
  for (const [key, entry] of Object.entries(packages)) {
    if (entry.link === true || !key.split("/").includes(MODULES)) continue;
    const needs = [entry.dependencies, entry.peerDependencies, entry.optionalDependencies];
    const own = needs.flatMap((some) => Object.keys(some ?? {})).find((name) => names.has(name));
    if (own !== undefined) return `${packageName(key)} needs ${own}, a package of the project`;
  }
  return null;
}

function packageName(key: string): string {
  return key.slice(key.lastIndexOf(`${MODULES}/`) + MODULES.length + 1);
}
