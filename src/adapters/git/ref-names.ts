import fs from "node:fs";
import path from "node:path";

/**
 * Full names of the refs below a folder of refs (`refs/heads/release/`), from git's own files; null where this
 * repository keeps its refs another way. A process that lists refs costs fifty times as much, and lists all of them.
 */
export function refNamesBelow(commonDir: string, folder: string): readonly string[] | null {
  if (fs.existsSync(path.join(commonDir, "reftable"))) return null;
  const names = new Set(looseNames(commonDir, folder.replace(/\/$/, "")));
  for (const name of packedNames(commonDir)) if (name.startsWith(folder)) names.add(name);
  return [...names];
}

function looseNames(commonDir: string, folder: string): readonly string[] {
  const entries = readFolder(path.join(commonDir, folder));
  return entries.flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return looseNames(commonDir, name);
    return name.endsWith(".lock") ? [] : [name];
  });
}

function readFolder(folder: string): readonly fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

interface PackedRefs {
  readonly stamp: string;
  readonly names: readonly string[];
}

const packed = new Map<string, PackedRefs>();

/** Read again when the file has changed: git writes a new one each time. */
function packedNames(commonDir: string): readonly string[] {
  const file = path.join(commonDir, "packed-refs");
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  const stamp = `${stat.ino}-${stat.size}-${stat.mtimeMs}`;
  const known = packed.get(commonDir);
  if (known?.stamp === stamp) return known.names;
  const lines = fs.readFileSync(file, "utf8").split("\n");
  const names = lines.flatMap((line) => /^[0-9a-f]{40,64} (refs\/.+)$/.exec(line)?.[1] ?? []);
  packed.set(commonDir, { stamp, names });
  return names;
}
