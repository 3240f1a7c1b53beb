import type { CommandModule } from "./command-module.ts";
import { GLOBAL_OPTIONS } from "./options.ts";
import type { ParsedCommand } from "./parse-command.ts";

/**
 * Reads a command line of nothing but long flags without a value, as `status --json`; null: anything else, which is for
 * `parseCommand`. Loading that reader takes a tenth of a second's command.
 */
export function readPlainFlags(
  module: CommandModule,
  words: readonly string[],
): ParsedCommand | null {
  if (module.args.some((argument) => argument.words.startsWith("<"))) return null;
  const plain = [...module.options, ...GLOBAL_OPTIONS].filter(
    (option) => option.sets === undefined && /^--(?!no-)[a-z-]+$/.test(option.flags),
  );
  const options: Record<string, boolean> = {};
  for (const word of words) {
    if (!plain.some((option) => option.flags === word)) return null;
    options[word.slice(2).replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())] =
      true;
  }
  const { json = false, verbose = false, color } = options;
  if (color !== undefined) return null;
  const globals = { json, verbose, progress: "auto", color: null, config: null } as const;
  return { args: [], options, globals, flags: [], directory: null };
}
