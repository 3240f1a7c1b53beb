import { isAbsolute, resolve } from "node:path";
import type { Config } from "../config/load.ts";
import type { DefinedAgent } from "../core/run/settings.ts";

/** `agents.define` with every program and recording named from the repository's root, wherever the command was started. */
export function definedAgents(
  root: string,
  config: Config,
): Readonly<Record<string, DefinedAgent>> {
  return Object.fromEntries(
    Object.entries(config.agents.define).map(([name, definition]) => [
      name,
      {
        kind: definition.kind,
        command: definition.command.map((word, index) => commandWord(root, word, index)),
        args: definition.args,
        commits: definition.commits,
      },
    ]),
  );
}

/** Programs of plain agents, as they will be started. */
export function programsOf(
  defined: Readonly<Record<string, DefinedAgent>>,
): Readonly<Record<string, string>> {
  const plain = Object.entries(defined).filter(([, { kind }]) => kind === "command");
  return Object.fromEntries(plain.map(([name, { command }]) => [name, command[0] ?? ""]));
}

function commandWord(root: string, word: string, index: number): string {
  const isPath =
    word.startsWith("./") || word.startsWith("../") || (index === 0 && word.includes("/"));
  return isPath && !isAbsolute(word) ? resolve(root, word) : word;
}
