import { Command, CommanderError, Option } from "commander";
import type { FlagValue } from "../config/load.ts";
import { UserError } from "../errors.ts";
import type { CommandModule, CommandOption, OptionValue } from "./command-module.ts";
import { GLOBAL_OPTIONS, PROGRESS, isOn, textOption } from "./options.ts";
import type { GlobalOptions } from "./options.ts";

export interface ParsedCommand {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly globals: GlobalOptions;
  readonly flags: readonly FlagValue[];
  /** `-C DIR`, as typed. */
  readonly directory: string | null;
}

/**
 * Reads the arguments of one command, global options among them, its name already taken out.
 * @throws UserError `cli/usage`
 */
export function parseCommand(
  name: string,
  module: CommandModule,
  argv: readonly string[],
): ParsedCommand {
  const program = new Command(`cairn ${name}`).exitOverride().helpOption(false);
  program.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  for (const argument of module.args) program.argument(argument.words, argument.meaning);
  for (const option of [...module.options, ...GLOBAL_OPTIONS]) program.addOption(asOption(option));
  program.action(() => undefined);
  try {
    program.parse([...argv], { from: "user" });
  } catch (error) {
    throw error instanceof CommanderError ? usageError(name, error) : error;
  }
  const options: Readonly<Record<string, OptionValue>> = program.opts();
  const isGiven = (key: string) => program.getOptionValueSource(key) === "cli";
  return {
    args: program.args,
    options,
    globals: globalsOf(options),
    flags: module.options.flatMap((option) => flagsOf(option, options, isGiven)),
    directory: textOption(options, "C"),
  };
}

function asOption(option: CommandOption): Option {
  const made = new Option(option.flags, option.meaning);
  // `--no-x` alone would make x true everywhere; only what was typed counts.
  if (made.negate) made.default(undefined);
  if (option.repeats !== true) return made;
  return made.argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

function globalsOf(options: Readonly<Record<string, OptionValue>>): GlobalOptions {
  const written = textOption(options, "progress") ?? "auto";
  const progress = PROGRESS.find((each) => each === written);
  if (progress === undefined)
    throw new UserError("cli/usage", `--progress cannot be "${written}".`, {
      hints: [`It is one of ${PROGRESS.join(", ")}.`],
    });
  const color = options["color"];
  return {
    json: isOn(options, "json"),
    verbose: isOn(options, "verbose"),
    progress,
    color: typeof color === "boolean" ? color : null,
    config: textOption(options, "config"),
  };
}

function flagsOf(
  option: CommandOption,
  options: Readonly<Record<string, OptionValue>>,
  isGiven: (key: string) => boolean,
): readonly FlagValue[] {
  const made = new Option(option.flags);
  const name = made.attributeName();
  if (option.sets === undefined || !isGiven(name)) return [];
  const value = option.sets.value === undefined ? options[name] : option.sets.value;
  return [{ flag: made.long ?? option.flags, key: option.sets.key, value }];
}

function usageError(name: string, error: CommanderError): UserError {
  const [what = "", guess] = error.message.replace(/^error: /, "").split("\n");
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.$/, "")}.`;
  const hints = [
    ...(guess === undefined ? [] : [guess.replaceAll(/[()]/g, "")]),
    `\`cairn help ${name}\` shows arguments and options.`,
  ];
  return new UserError("cli/usage", sentence, { hints });
}
