import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { nearestName } from "../core/shared/nearest-name.ts";

/** Words that are the shell's own, or that only it can judge. */
const SHELL_WORDS = new Set([
  "cd",
  "test",
  "true",
  "false",
  "exit",
  "echo",
  "if",
  "for",
  "while",
  "until",
  "case",
  "export",
  "set",
  "exec",
  "eval",
  "unset",
  "command",
  "trap",
  "ulimit",
  "umask",
  "printf",
  "sleep",
  ".",
  ":",
  "!",
  "[",
  "{",
  "(",
]);

/**
 * What a gate needs first and is not there, in words, as far as that can be told without running it; else null. Only
 * the first program is looked at: what stands behind `&&` may be made by what stands before.
 */
export function missingForGate(
  command: string,
  root: string,
  path: string | undefined,
): string | null {
  const words = command.trim().split(/\s+/);
  const first = words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  const program = words[first] ?? "";
  if (SHELL_WORDS.has(program) || !/^[A-Za-z0-9_./+-]+$/.test(program)) return null;
  const file = program.includes("/") ? resolve(root, program) : program;
  if (!findProgram(file, path)) return `the program ${program}`;
  return missingScript(words.slice(first), root);
}

/** `npm run lint` in a repository whose package.json has no such script. */
function missingScript(words: readonly string[], root: string): string | null {
  const [program, run, script = ""] = words;
  if (!["npm", "pnpm", "yarn", "bun"].includes(program ?? "") || run !== "run") return null;
  if (!/^[A-Za-z0-9_:.-]+$/.test(script) || script.startsWith("-")) return null;
  const scripts = scriptsOf(root);
  if (scripts?.includes(script) === true) return null;
  if (scripts === null) return `a package.json with the script ${script}`;
  const near = nearestName(script, scripts);
  return `the script ${script} in package.json${near === null ? "" : ` (there is ${near})`}`;
}

/** Null: no package.json that can be read. */
function scriptsOf(root: string): readonly string[] | null {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    if (typeof manifest !== "object" || manifest === null || !("scripts" in manifest)) return [];
    const { scripts } = manifest;
    return typeof scripts === "object" && scripts !== null ? Object.keys(scripts) : [];
  } catch {
    return null;
  }
}

/** True when the program can be started: a path as it stands, a bare name from the PATH. */
export function findProgram(program: string, path: string | undefined): boolean {
  if (program.includes("/")) return canRun(program);
  return (path ?? "").split(delimiter).some((folder) => canRun(join(folder, program)));
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
