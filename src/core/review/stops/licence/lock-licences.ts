import { z } from "zod";

const Licence = z.union([
  z.string(),
  z.object({ type: z.string() }).transform(({ type }) => type),
  z
    .array(z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]))
    .transform((all) => all.join(" OR ")),
]);
const NpmLock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: Licence.optional().catch(undefined),
      link: z.boolean().optional().catch(undefined),
    }),
  ),
});
const ComposerPackage = z.object({
  name: z.string(),
  version: z.string().optional(),
  license: Licence.optional().catch(undefined),
});
const ComposerLock = z.object({
  packages: z.array(ComposerPackage),
  "packages-dev": z.array(ComposerPackage).optional(),
});

/** Package and version -> licence in its own words, of lock files that name it: npm's (version 2 and 3) and Composer's. */
export type LockedLicences = ReadonlyMap<string, string>;

const NONE: LockedLicences = new Map();

export function isLockWithLicences(path: string): boolean {
  return /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|composer\.lock)$/u.test(path);
}

/** Packages that name no licence are left out: nothing is known of them. */
export function lockedLicences(path: string, text: string | null): LockedLicences {
  const value = parseJson(text);
  if (path.endsWith("composer.lock")) {
    const lock = ComposerLock.safeParse(value);
    const all = lock.success ? [...lock.data.packages, ...(lock.data["packages-dev"] ?? [])] : [];
    return licencesOf(all);
  }
  const lock = NpmLock.safeParse(value);
  if (!lock.success) return NONE;
  const all = Object.entries(lock.data.packages).filter(
    ([place, { link }]) => place.includes("node_modules/") && link !== true,
  );
  return licencesOf(
    all.map(([place, entry]) => ({
      ...entry,
      name: place.slice(place.lastIndexOf("node_modules/") + 13),
    })),
  );
}

function licencesOf(
  packages: readonly {
    readonly name: string;
    readonly version?: string | undefined;
    readonly license?: string | undefined;
  }[],
): LockedLicences {
  return new Map(
    packages.flatMap(({ name, version, license }) =>
      license === undefined ? [] : [[`${name} ${version ?? ""}`.trimEnd(), license] as const],
    ),
  );
}

function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
