import { z } from "zod";

const NeedsSchema = z.looseObject({
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
});
type Needs = z.infer<typeof NeedsSchema>;

const EntrySchema = NeedsSchema.extend({
  name: z.string().optional(),
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
});
type Entry = z.infer<typeof EntrySchema>;

const LockSchema = z.looseObject({
  lockfileVersion: z.union([z.literal(2), z.literal(3)]),
  packages: z.record(z.string(), EntrySchema),
});

/** A `package-lock.json` of version 2 or 3. */
export type Lock = z.infer<typeof LockSchema>;

const MODULES = "node_modules/";
const KINDS = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
] as const;

/** Null: it is none, or of a version that says too little. */
export function parseLock(text: string): Lock | null {
  const lock = LockSchema.safeParse(parseJson(text));
  return lock.success ? lock.data : null;
}

/** Folders with a manifest of the project's own, its root (`""`) first. */
export function foldersOf(lock: Lock): readonly string[] {
  const own = Object.keys(lock.packages).filter((key) => key !== "" && !isPackage(key));
  return ["", ...own];
}

/**
 * Every manifest's dependencies stand in the lock as they are written, each with a package; and no manifest is missing.
 * Peers and optional ones may be without: npm leaves out what does not fit a machine.
 */
export function isSatisfied(lock: Lock, manifests: ReadonlyMap<string, string>): boolean {
  if (foldersOf(lock).some((folder) => !manifests.has(folder))) return false;
  return [...manifests].every(([folder, text]) => {
    const manifest = NeedsSchema.safeParse(parseJson(text));
    const entry = lock.packages[folder];
    if (!manifest.success || entry === undefined || !asksTheSame(entry, manifest.data))
      return false;
    const needed = [manifest.data.dependencies, manifest.data.devDependencies];
    const names = needed.flatMap((some) => Object.keys(some ?? {}));
    return names.every((name) => placesFor(folder, name).some((place) => place in lock.packages));
  });
}

/** No package that neither lock had in the same version, from the same address, with the same checksum. */
export function addsNothing(lock: Lock, sides: readonly Lock[]): boolean {
  const known = new Set(sides.flatMap(({ packages }) => Object.entries(packages).map(identityOf)));
  return Object.entries(lock.packages).every(
    (entry) => !isPackage(entry[0]) || known.has(identityOf(entry)),
  );
}

function isPackage(key: string): boolean {
  return `/${key}`.includes(`/${MODULES}`);
}

function asksTheSame(entry: Entry, manifest: Needs): boolean {
  return KINDS.every((kind) => sorted(entry[kind]) === sorted(manifest[kind]));
}

function sorted(needs: Readonly<Record<string, string>> | undefined): string {
  return JSON.stringify(Object.entries(needs ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where node looks for a package from a folder, nearest first. */
function placesFor(folder: string, name: string): readonly string[] {
  const parts = folder === "" ? [] : folder.split("/");
  const folders = [...parts.keys()].map((at) => `${parts.slice(0, parts.length - at).join("/")}/`);
  return [...folders, ""].map((above) => `${above}${MODULES}${name}`);
}

function identityOf([key, entry]: readonly [string, Entry]): string {
  const { version, resolved, integrity, link } = entry;
  const name = key.slice(key.lastIndexOf(MODULES));
  return JSON.stringify([name, entry.name, version, resolved, integrity, link]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
