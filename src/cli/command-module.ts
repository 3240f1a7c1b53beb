import type { FlagValue } from "../config/load.ts";
import type { ExitCode } from "../errors.ts";
import type { GlobalOptions } from "./options.ts";

/**
 * One command: each file in `commands/` exports one as `command`; its row in command-table.ts gives
 * name, summary and examples. A module is loaded only when its command is asked for: what it needs
 * beyond that it imports inside `run`.
 */
export interface CommandModule {
  /** Words after the name: `<source>` needed, `[key]` optional, `[numbers...]` any number. */
  readonly args: readonly CommandArgument[];
  readonly options: readonly CommandOption[];
  /**
   * Does the work. Answers the exit code, nothing means done; throws UserError for what a person can mend.
   * Data goes to `context.out`, talk to `context.tell`.
   */
  run(context: CommandContext): Promise<ExitCode | void>;
}

export interface CommandArgument {
  readonly words: string;
  /** Sentence without period. */
  readonly meaning: string;
}

export interface CommandOption {
  /** As commander reads it: `--wave <n>`, `-y, --yes`, `--from <key>`. */
  readonly flags: string;
  /** Imperative, without period. */
  readonly meaning: string;
  /** Headline in the help; absent: `Options`. */
  readonly group?: string;
  /** True: may be given several times, the value is a list. */
  readonly repeats?: boolean;
  /**
   * The flag sets a key of the configuration: it then arrives in `context.flags` for `loadConfig`.
   * Without `value` the flag's own value is taken.
   */
  readonly sets?: { readonly key: string; readonly value?: unknown };
}

export type OptionValue = string | boolean | readonly string[] | undefined;

export interface CommandContext {
  /** Positional words in order. */
  readonly args: readonly string[];
  /** By long name in camelCase: `dryRun`; see `textOption`, `isOn` in options.ts. */
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly globals: GlobalOptions;
  /** Flags that set configuration keys, for `loadConfig({ flags })`. */
  readonly flags: readonly FlagValue[];
  /** Absolute; `-C` is taken into account. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As typed, for messages and the lock: `cairn run docs/M4.md`. */
  readonly commandLine: string;
  readonly terminal: {
    readonly stdin: boolean;
    readonly stdout: boolean;
    readonly stderr: boolean;
    readonly columns: number;
  };
  /** True when colours are wanted on stdout, by `--color`, NO_COLOR, FORCE_COLOR, TERM and the terminal. */
  readonly colour: boolean;
  /** Writes data to stdout, with a newline. */
  out(text: string): void;
  /** Writes talk to stderr, with a newline. */
  tell(text: string): void;
}
