import fs from "node:fs";
import path from "node:path";

let written = 0;

/**
 * Writes so that a reader sees the old file or the whole new one; readable for this user only. `fleeting`: a power
 * cut may lose it.
 */
export function writeAtomic(
  file: string,
  text: string,
  keep: "durable" | "fleeting" = "durable",
): void {
  const draft = draftOf(file, text, keep);
  fs.renameSync(draft, file);
}

/** Creates the file with its whole content, for exactly one of all who try; false: it exists already. */
export function createExclusive(file: string, text: string): boolean {
  const draft = draftOf(file, text, "durable");
  try {
    // A hard link fails where the name exists, and never shows half a file as O_EXCL and a write would.
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** Null when there is no such file (or folder). */
export function readIfThere(file: string): string | null {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT") || isCode(error, "ENOTDIR")) return null;
    throw error;
  }
}

/** True for a system error with this code: `ENOENT`, `EEXIST`. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function draftOf(file: string, text: string, keep: "durable" | "fleeting"): string {
  written += 1;
  const draft = path.join(
    path.dirname(file),
    `.${path.basename(file)}.${process.pid}.${written}.draft`,
  );
  const descriptor = fs.openSync(draft, "wx", 0o600);
  try {
    fs.writeFileSync(descriptor, text);
    if (keep === "durable") fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
  return draft;
}
