import fs from "node:fs";
import path from "node:path";

// src/adapters/agents and dist/adapters/agents are equally deep in the package.
const BUILT_IN = path.resolve(import.meta.dirname, "../../../prompts");

/**
 * Template of that name: the repository's own `<name>.md` in `overrides` if there is one, else the built-in one. Names
 * without a template of their own work by that of the fixer.
 */
export function readPromptTemplate(name: string, overrides: string | null = null): string {
  const names = [`${name}.md`, "fixer.md"];
  const folders = overrides === null ? [BUILT_IN] : [overrides, BUILT_IN];
  const candidates = names.flatMap((file) => folders.map((folder) => path.join(folder, file)));
  const file = candidates.find((candidate) => fs.existsSync(candidate));
  return fs.readFileSync(file ?? path.join(BUILT_IN, "fixer.md"), "utf8");
}
