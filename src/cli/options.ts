import type { CommandOption, OptionValue } from "./command-module.ts";

export type Progress = "auto" | "tty" | "plain" | "json" | "quiet";
export const PROGRESS: readonly Progress[] = ["auto", "tty", "plain", "json", "quiet"];

/** Options every command takes, before or after its name. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly progress: Progress;
  /** null: decided by environment and terminal. */
  readonly color: boolean | null;
  /** `--config FILE`, as typed. */
  readonly config: string | null;
}

export const GLOBAL_OPTIONS: readonly CommandOption[] = [
  { flags: "--json", meaning: "Print one JSON object (or one on each line) instead of text" },
  { flags: "--progress <how>", meaning: "Show progress as auto, tty, plain, json or quiet" },
  { flags: "--color", meaning: "Use colours in any case" },
  { flags: "--no-color", meaning: "Use no colours" },
  { flags: "--verbose", meaning: "Say for each decision what was chosen, and why" },
  { flags: "--config <file>", meaning: "Read this file instead of .cairn.yml" },
  { flags: "-C <dir>", meaning: "Work as if started in this folder" },
  { flags: "-h, --help", meaning: "Show help" },
];

const TAKE_A_VALUE = new Set(["--progress", "--config", "-C"]);

/** Where the command's name stands among the arguments; -1 when there is none. */
export function commandIndex(argv: readonly string[]): number {
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? "";
    if (word === "--") return -1;
    if (!word.startsWith("-")) return index;
    if (TAKE_A_VALUE.has(word)) index += 1;
  }
  return -1;
}

/** True when one of the flags stands among the arguments, before `--`. */
export function mentions(argv: readonly string[], ...flags: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end === -1 ? undefined : end).some((word) => flags.includes(word));
}

type Options = Readonly<Record<string, OptionValue>>;

/** The value of an option that takes one; null when it was not given. */
export function textOption(options: Options, name: string): string | null {
  const value = options[name];
  return typeof value === "string" ? value : null;
}

export function isOn(options: Options, name: string): boolean {
  return options[name] === true;
}
