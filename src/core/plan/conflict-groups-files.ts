import type { TaskKey } from "../shared/names.ts";
import { readImpact } from "./conflict-groups-impact.ts";
import type { Issue } from "./issue.ts";

// Made by a program, so that two changes are put together by running it again.
const MADE =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|bun\.lockb?|go\.sum|(?:[\w.-]+)\.lock(?:\.hcl|file)?|node_modules|dist|build|__snapshots__)(?:\/|$)|\.(?:min\.(?:js|css)|generated\.\w+|g\.dart|pb\.go|snap|map)$/iu;
// Everybody adds a line or two to them, and git puts most of those together.
const COMMON =
  /(?:^|\/)(?:package\.json|cargo\.toml|pyproject\.toml|go\.mod|requirements[\w-]*\.txt|changelog[\w.-]*|readme[\w.-]*|index\.[cm]?[jt]sx?|mod\.rs|lib\.rs|__init__\.py|barrel\.ts)$/iu;

/** More than an issue of one task touches; a folder says it shorter. */
const FILES_MAX = 200;

/** True for lock files and for what is generated. */
export function isMadeFile(path: string): boolean {
  return MADE.test(path);
}

/**
 * The files that bring an issue together with others: declared ones, those under a heading like "Impact", those its
 * task really changed in an earlier run. Files that everybody adds a line to count only where an issue has no others.
 */
export function touchedFiles(
  issue: Pick<Issue, "key" | "files" | "body">,
  seen: ReadonlyMap<TaskKey, readonly string[]> | undefined,
): readonly string[] {
  const named = [...issue.files, ...readImpact(issue.body), ...(seen?.get(issue.key) ?? [])];
  const files = [...new Set(named)].filter((file) => !isMadeFile(file)).slice(0, FILES_MAX);
  const own = files.filter((file) => !COMMON.test(file));
  return own.length > 0 ? own : files;
}
