import fs from "node:fs";
import path from "node:path";
import { writeAtomic } from "./files.ts";
import { redactText, type OnSecret } from "./redact.ts";
import { SessionFile } from "./session-names.ts";

// What an agent leaves for Cairn is a page of JSON or text; larger files are none of that, and not kept.
const FILE_BYTES_MAX = 4_000_000;

/** Written by us, without secrets. */
const OURS: ReadonlySet<string> = new Set([
  SessionFile.session,
  SessionFile.claim,
  SessionFile.exit,
  SessionFile.stream,
  SessionFile.newest,
  SessionFile.end,
]);

/**
 * Takes secrets out of the files of an attempt folder that the agent itself wrote: its result, and whatever else it left. What is too large to be looked at, or cannot be written again, is removed: the disk may be full.
 */
export function cleanFolder(
  folder: string,
  given: {
    readonly values: readonly string[];
    readonly onSecret?: (name: string) => OnSecret;
  },
): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isFile() || OURS.has(entry.name)) continue;
    const file = path.join(folder, entry.name);
    try {
      clean(file, given.values, given.onSecret?.(entry.name));
    } catch {
      fs.rmSync(file, { force: true });
    }
  }
}

function clean(file: string, values: readonly string[], onSecret?: OnSecret): void {
  if (fs.statSync(file).size > FILE_BYTES_MAX) throw new RangeError(`${file} is too large.`);
  const text = fs.readFileSync(file, "utf8");
  const kept = redactText(text, values, onSecret);
  if (kept !== text) writeAtomic(file, kept, "fleeting");
}
