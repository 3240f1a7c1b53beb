import fs from "node:fs";
import path from "node:path";
import { isCode } from "./files.ts";
import { secretValuesIn } from "./redact.ts";

// A file of settings is a page; a dump that is called so would have every line of it looked for in every line.
const FILE_BYTES_MAX = 100_000;

/** Values of the files below `root` that match (`secrets.values_from`); a file nobody may read has none to show. */
export function readSecretFiles(root: string, patterns: readonly string[]): readonly string[] {
  const values = fs
    .globSync([...patterns], { cwd: root, exclude: isBulk })
    .flatMap((name) => secretValuesIn(readSmall(path.join(root, name))));
  return [...new Set(values)];
}

function isBulk(name: string): boolean {
  return name === "node_modules" || name === ".git";
}

function readSmall(file: string): string {
  try {
    const stat = fs.statSync(file);
    return stat.isFile() && stat.size <= FILE_BYTES_MAX ? fs.readFileSync(file, "utf8") : "";
  } catch (error) {
    if (isCode(error, "ENOENT") || isCode(error, "EACCES")) return "";
    throw error;
  }
}
