import type { ChangedFile } from "../../review/stops/changed-file.ts";
import { namesIn, publicNames } from "../../shared/written-tests/public-names.ts";
import { roleOf, type CommitChange, type CommitRole } from "./history.ts";
import type { PathKinds } from "./path-kinds.ts";

/** Lines of programs that a commit may change which calls itself a chore: a version, a flag, an address. */
const CHORE_LINES_MAX = 20;

/** What can hold behaviour; settings and data are not looked into. */
const PROGRAM =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|rs|rb|java|kts?|scala|groovy|php|cs|fs|swift|exs?|c|cc|cpp|cxx|dart|lua|clj|hs|ml|zig|pl|sh|bash)$/;

/**
 * What a commit is. Its subject is believed as far as its change bears it out: what brings a file of code or a name for
 * others to call is work, whatever it calls itself; what only takes code away needs no test.
 */
export function believedRole(commit: CommitChange, kinds: PathKinds): CommitRole {
  const role = roleOf(commit);
  const isSource = ({ path }: ChangedFile): boolean => kinds.kindOf(path) === "source";
  const sources = commit.files.filter((file) => isSource(file));
  const programs = sources.filter(({ path }) => PROGRAM.test(path));
  switch (role) {
    case "work":
      return sources.length > 0 && sources.every(onlyLoses) ? "chore" : role;
    case "refactor":
      return bringsBehaviour(programs) ? "work" : role;
    case "chore": {
      const isTuning = /^perf\b/.test(commit.subject);
      const isSmall = isTuning || linesOf(programs) <= CHORE_LINES_MAX || programs.every(onlyLoses);
      return isSmall && !bringsBehaviour(programs) ? role : "work";
    }
    case "autofix": {
      // Commands that repair layout write no tests and no files; whoever else signs like that is an agent.
      const hasTests = commit.files.some(
        ({ path, before }) => kinds.kindOf(path) === "test" && before === null,
      );
      return hasTests || bringsBehaviour(programs) ? "work" : role;
    }
    case "leftovers":
    case "merge":
      return role;
  }
}

/**
 * Names that code offered to others before and that no changed file has in any way now: what was removed for good. None
 * where as many came: then something may only have another name.
 */
export function removedNames(sources: readonly ChangedFile[]): ReadonlySet<string> {
  const left = new Set(sources.flatMap((file) => [...namesIn(file.path, file.after ?? "")]));
  const old = sources.flatMap((file) => [...publicNames(file.path, file.before ?? "")]);
  const now = sources.flatMap((file) => [...publicNames(file.path, file.after ?? "")]);
  const gone = new Set(old.filter((name) => !left.has(name)));
  const came = new Set(now.filter((name) => !old.includes(name)));
  return came.size < gone.size ? gone : new Set();
}

function bringsBehaviour(programs: readonly ChangedFile[]): boolean {
  const known = new Set(programs.flatMap(({ path, before }) => [...namesIn(path, before ?? "")]));
  const lines = new Set(programs.flatMap(({ before }) => tellingLines(before)));
  return programs.some((file) => {
    const { path, before, after } = file;
    if (after === null) return false;
    if (before === null && !wasThere(after, lines)) return true;
    const fresh = [...publicNames(path, after)].filter((name) => !known.has(name));
    return fresh.length > 0 && !isRenamed(file, fresh);
  });
}

/** Most of a new file stood in another one: it was moved, or split off. */
function wasThere(text: string, lines: ReadonlySet<string>): boolean {
  const own = tellingLines(text);
  return 2 * own.filter((line) => lines.has(line)).length >= own.length;
}

/** Lines that say something, without imports, brackets and what a move puts around them. */
function tellingLines(text: string | null): readonly string[] {
  return (text ?? "")
    .split("\n")
    .map((line) => line.trim().replace(/^(?:export (?:default )?|pub(?:\([^()]*\))? )/, ""))
    .filter((line) => /\w{2}/.test(line) && !/^(?:import|from|use|package|\/\/|#|\*)/.test(line));
}

/** The same code with another name in it. */
function isRenamed({ path, before, after }: ChangedFile, fresh: readonly string[]): boolean {
  const [name] = fresh;
  if (name === undefined || fresh.length > 1 || before === null || after === null) return false;
  const gone = [...publicNames(path, before)].filter((old) => !publicNames(path, after).has(old));
  return gone.some((old) => after.split(wordOf(name)).join(old) === before);
}

function wordOf(name: string): RegExp {
  return new RegExp(`(?<![\\w$])${name.replaceAll("$", String.raw`\$`)}(?![\\w$])`, "u");
}

function onlyLoses({ added, deleted }: ChangedFile): boolean {
  return added === 0 && (deleted ?? 0) > 0;
}

function linesOf(files: readonly ChangedFile[]): number {
  return files.reduce((sum, { added, deleted }) => sum + (added ?? 0) + (deleted ?? 0), 0);
}
