import fs from "node:fs";
import path from "node:path";
import type { AgentRole } from "../../core/run/run.ts";

// src/adapters/agents and dist/adapters/agents are equally deep in the package.
const BUILT_IN = path.resolve(import.meta.dirname, "../../../prompts");

/**
 * Template of a role: the repository's own `<role>.md` in `overrides` if there is one, else the built-in one. Roles
 * without a template of their own work by that of the fixer.
 */
export function readPromptTemplate(role: AgentRole, overrides: string | null = null): string {
  const names = [`${role}.md`, "fixer.md"];
  const folders = overrides === null ? [BUILT_IN] : [overrides, BUILT_IN];
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const file = candidates.find((candidate) => fs.existsSync(candidate));
  return fs.readFileSync(file ?? path.join(BUILT_IN, "fixer.md"), "utf8");
}
