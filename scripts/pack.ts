// Makes the tarball that is published: dist, bin, prompts, schemas and the documents a user needs,
// under a manifest of its own. The repository's manifest cannot be published as it stands: its
// workspace brings a whole Node (125 MB), and its scripts need files that are not in the package.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { build } from "./build.ts";

const ROOT = resolve(import.meta.dirname, "..");

const Manifest = z.looseObject({ files: z.array(z.string()) });
type Manifest = z.infer<typeof Manifest>;

const PackedByNpm = z.tuple([
  z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }),
]);

// What npm adds to every package, whatever `files` says.
const ALWAYS = ["LICENSE", "README.md"];

// Only of use in a clone of the repository.
const CLONE_ONLY = new Set([
  "workspaces",
  "optionalDependencies",
  "devDependencies",
  "scripts",
  "private",
]);

/** Returns the manifest that is published, made from that of the repository. */
export function publishedManifest(manifest: Manifest): Manifest {
  const kept = Object.entries(manifest).filter(([key]) => !CLONE_ONLY.has(key));
  return { ...Object.fromEntries(kept), files: manifest.files };
}

/** Lays the package out in `folder`, as npm would unpack it. */
export function stagePackage(folder: string): void {
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
  build(join(folder, "dist"));
  for (const file of [...ALWAYS, ...manifest.files]) {
    if (file === "dist" || !existsSync(join(ROOT, file))) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  }
  writeFileSync(
    join(folder, "package.json"),
    `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`,
  );
}

/** Packs a staged folder into `destination` and returns the tarball's path and file list. */
export function packFolder(
  folder: string,
  destination: string,
): { readonly tarball: string; readonly files: readonly string[] } {
  const args = ["pack", folder, "--json", "--ignore-scripts", "--pack-destination", destination];
  const npm = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
  if (npm.status !== 0) throw new Error(`npm pack failed: ${npm.stderr}`);
  const [packed] = PackedByNpm.parse(JSON.parse(npm.stdout));
  return {
    tarball: join(destination, packed.filename),
    files: packed.files.map((file) => file.path),
  };
}

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), "cairn-pack-"));
  try {
    stagePackage(folder);
    const { tarball, files } = packFolder(folder, process.cwd());
    console.log(`${tarball} (${files.length} files)`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
