import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Asks a program and answers what it said. @throws UserError when it fails */
type AskProgram = (file: string, args: readonly string[]) => Promise<string>;

/** What tells version managers which Node is meant in a folder. */
const VERSION_FILES = [".nvmrc", ".node-version", ".tool-versions", "mise.toml", "package.json"];
const QUESTION =
  "[process.version, process.versions.modules, process.platform, process.arch].join()";

/**
 * The Node that installs in a folder, in words that are equal only for the same one. Asked once while neither the
 * program nor what chooses its version has changed.
 */
export function createNodeFacts(
  path: string | undefined,
): (directory: string, ask: AskProgram) => Promise<string> {
  const known = new Map<string, string>();
  return async (directory, ask) => {
    const asked = JSON.stringify([programFacts(path), ...VERSION_FILES.map(textIn(directory))]);
    const before = known.get(asked);
    if (before !== undefined) return before;
    const words = (await ask("node", ["-p", QUESTION])).trim();
    known.set(asked, words);
    return words;
  };
}

function programFacts(path: string | undefined): string {
  for (const folder of (path ?? "").split(delimiter)) {
    const file = join(folder, "node");
    if (folder === "" || !existsSync(file)) continue;
    const real = realpathSync(file);
    const { size, mtimeMs } = statSync(real);
    return `${real} ${size} ${mtimeMs}`;
  }
  return "";
}

function textIn(directory: string): (name: string) => string | null {
  return (name) => {
    const file = join(directory, name);
    return existsSync(file) ? readFileSync(file, "utf8") : null;
  };
}
