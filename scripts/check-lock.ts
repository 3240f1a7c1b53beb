// Checks package-lock.json for three faults that only show on other machines: a platform package
// left out (every `npm ci` elsewhere then fails), the address of a private registry, and a runtime
// dependency that wants to run code while it is installed.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";

/** The parts of a locked package that the check reads. */
const LockedPackage = z.object({
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
type LockedPackage = z.infer<typeof LockedPackage>;

const LockFile = z.object({ packages: z.record(z.string(), LockedPackage) });
type LockedPackages = z.infer<typeof LockFile>["packages"];

/** Returns one sentence for each fault of a lock file; none means it is sound. */
export function lockFaults(packages: LockedPackages): readonly string[] {
  return Object.entries(packages).flatMap(([path, locked]) => [
    ...missingPlatforms(packages, path, locked),
    ...addressFault(path, locked),
    ...scriptFault(path, locked),
  ]);
}

function missingPlatforms(
  packages: LockedPackages,
  path: string,
  locked: LockedPackage,
): readonly string[] {
  const names = Object.keys(locked.optionalDependencies ?? {});
  const missing = names.filter((name) => !isLocked(packages, path, name));
  return missing.map(
    (name) =>
      `${path} wants ${name}, which is not locked: \`npm ci\` will fail. Pin a version whose platform packages are all in the registry.`,
  );
}

/** Looks a dependency up as Node does: in the package's own node_modules, then in each above. */
function isLocked(packages: LockedPackages, path: string, name: string): boolean {
  for (let folder = path; ; folder = parentOf(folder)) {
    const place = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (place in packages) return true;
    if (folder === "") return false;
  }
}

function parentOf(folder: string): string {
  const end = folder.lastIndexOf("/node_modules/");
  return end < 0 ? "" : folder.slice(0, end);
}

function addressFault(path: string, locked: LockedPackage): readonly string[] {
  if (locked.resolved === undefined || locked.link === true) return [];
  return [
    `${path} carries the address it came from. Keep omit-lockfile-registry-resolved=true in .npmrc and write the lock file again.`,
  ];
}

function scriptFault(path: string, locked: LockedPackage): readonly string[] {
  if (locked.hasInstallScript !== true || locked.dev === true) return [];
  return [
    `${path} runs a script when it is installed; a runtime dependency may not. Choose another package or version.`,
  ];
}

if (import.meta.main) {
  const file = join(resolve(import.meta.dirname, ".."), "package-lock.json");
  const faults = lockFaults(LockFile.parse(JSON.parse(readFileSync(file, "utf8"))).packages);
  for (const fault of faults) console.error(`package-lock.json: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
