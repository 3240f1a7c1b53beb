import type { CommandModule, CommandOption } from "./command-module.ts";
import { COMMANDS } from "./command-table.ts";
import type { CommandRow } from "./command-table.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { GLOBAL_OPTIONS } from "./options.ts";

const GROUPS: readonly CommandRow["group"][] = ["Work", "Look", "Steer", "Finish", "Set up"];

/** Taken before any command is looked for, so that it is no option of one. */
const VERSION: CommandOption = {
  flags: "--version",
  meaning: "Print the version; with --verbose those of Node and git too",
};

/** `cairn --help`. */
export function renderHelp(): string {
  const groups = GROUPS.flatMap((group) => {
    const rows = COMMANDS.filter((row) => row.group === group);
    return ["", `${group}:`, ...columns(rows.map((row) => [row.name, row.summary]))];
  });
  return [
    "cairn – brings a milestone home: plans, runs one agent for each issue, reviews, merges, lands",
    "",
    "Usage: cairn COMMAND [ARGUMENTS] [OPTIONS]",
    "",
    "Examples:",
    "  cairn plan docs/M4_workers.md             show what would happen",
    "  cairn run docs/M4_workers.md --parallel 3 do it, three agents at a time",
    "  cairn status                              where it stands, what waits for you",
    ...groups,
    "",
    "Options of every command:",
    ...optionLines([...GLOBAL_OPTIONS, VERSION]),
    "",
    "More: cairn help COMMAND, cairn help exit-codes, cairn help environment",
  ].join("\n");
}

/** `cairn help COMMAND`. */
export function renderCommandHelp(row: CommandRow, module: CommandModule): string {
  const usage = ["cairn", row.name, ...module.args.map((argument) => argument.words), "[OPTIONS]"];
  const lines = [row.summary, "", `Usage: ${usage.join(" ")}`, "", "Examples:"];
  lines.push(...row.examples.map((example) => `  ${example}`));
  if (module.args.length > 0)
    lines.push("", "Arguments:", ...columns(module.args.map((each) => [each.words, each.meaning])));
  for (const group of new Set(module.options.map((option) => option.group ?? "Options"))) {
    const members = module.options.filter((option) => (option.group ?? "Options") === group);
    lines.push("", `${group}:`, ...optionLines(members));
  }
  lines.push("", "Options of every command:", ...optionLines(GLOBAL_OPTIONS));
  lines.push("", "Exit codes: cairn help exit-codes. Variables: cairn help environment.");
  return lines.join("\n");
}

/** `cairn help exit-codes`. */
export function renderExitCodes(): string {
  const rows = EXIT_CODES.map((each) => [String(each.code).padStart(3), each.meaning] as const);
  return ["Exit codes:", ...columns(rows)].join("\n");
}

/** `cairn help environment`. */
export function renderEnvironment(): string {
  return [
    "Environment variables:",
    ...columns([
      ["CAIRN_<KEY>", "Set a key of the configuration: CAIRN_CI_TIMEOUT is ci.timeout"],
      ["CI_POLL_TIMEOUT", "Same as CAIRN_CI_TIMEOUT"],
      ["CAIRN_DEBUG", "Show where an internal error happened"],
      ["CAIRN_INSIDE", "Set in agent sessions: only commands that read are allowed"],
      ["NO_COLOR", "Use no colours"],
      ["FORCE_COLOR", "Use colours in any case, as CLICOLOR_FORCE does"],
      ["XDG_STATE_HOME", "Where details of internal errors are kept (default ~/.local/state)"],
    ]),
  ].join("\n");
}

function optionLines(options: readonly CommandOption[]): readonly string[] {
  return columns(
    options.map((option) => {
      const onlyLong = option.flags.startsWith("--");
      return [onlyLong ? `    ${option.flags}` : option.flags, option.meaning] as const;
    }),
  );
}

function columns(rows: readonly (readonly [string, string] | readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left?.length ?? 0));
  return rows.map(([left, right]) => `  ${(left ?? "").padEnd(width)}  ${right ?? ""}`);
}
