import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Written below `node_modules` (or the git folder) when a preparation has succeeded, removed before the next begins. */
export const STAMP = ".cairn-bootstrap";

export function readStamp(file: string | null): string | null {
  return file !== null && existsSync(file) ? readFileSync(file, "utf8") : null;
}

export function writeStamp(file: string | null, stamp: string): void {
  if (file === null) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stamp);
}

export function removeStamp(file: string | null): void {
  if (file !== null) rmSync(file, { force: true });
}

export function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
