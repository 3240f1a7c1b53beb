import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isatty } from "node:tty";
import { BrokenPromise, ExitCode, UserError } from "../errors.ts";
import type { CommandContext, CommandModule } from "./command-module.ts";
import type { CommandRow } from "./command-table.ts";
import { commandIndex, mentions } from "./options.ts";
import type { GlobalOptions } from "./options.ts";
import { readPlainFlags } from "./plain-flags.ts";
import { printError } from "./print-error.ts";

/** The program: `argv` as the process has it. Shows every error itself and sets the exit code; never rejects. */
export async function main(argv: readonly string[]): Promise<void> {
  leaveQuietlyWhenNobodyReads();
  const words = argv.slice(2);
  try {
    process.exitCode = await start(words);
  } catch (error) {
    await printError(error, {
      json: mentions(words, "--json"),
      verbose: mentions(words, "--verbose"),
    });
  }
}

async function start(words: readonly string[]): Promise<number> {
  const at = commandIndex(words);
  const name = words[at];
  const rest = words.filter((_, index) => index !== at);
  if (name === undefined) return startWithoutCommand(words);
  if (name === "help") return help(rest.filter((word) => !word.startsWith("-")));
  const row = await rowOf(name);
  const { loadCommand } = await import("./command-table.ts");
  if (mentions(rest, "-h", "--help")) return help([name]);
  refuseInsideSession(row);
  return runCommand(row.name, await loadCommand(name), rest, words);
}

async function runCommand(
  name: string,
  module: CommandModule,
  rest: readonly string[],
  words: readonly string[],
): Promise<number> {
  const { directory, ...parsed } =
    readPlainFlags(module, rest) ??
    (await import("./parse-command.ts")).parseCommand(name, module, rest);
  const context: CommandContext = {
    ...parsed,
    directory: resolve(directory ?? "."),
    env: process.env,
    commandLine: ["cairn", ...words].join(" "),
    terminal: {
      stdin: isatty(0),
      stdout: isatty(1),
      stderr: isatty(2),
      columns: process.stdout.columns ?? 80,
    },
    colour: wantsColour(parsed.globals),
    out: (text) => void process.stdout.write(`${text}\n`),
    tell: (text) => void process.stderr.write(`${text}\n`),
  };
  return (await module.run(context)) ?? ExitCode.done;
}

async function startWithoutCommand(words: readonly string[]): Promise<number> {
  if (mentions(words, "--version", "-V")) return version(mentions(words, "--verbose"));
  if (words.length === 0 || mentions(words, "-h", "--help")) return help([]);
  throw new UserError("cli/usage", `No command is given: cairn ${words.join(" ")}`, {
    hints: ["`cairn help` lists the commands."],
  });
}

async function version(verbose: boolean): Promise<number> {
  process.stdout.write(`cairn ${packageVersion()}\n`);
  if (!verbose) return ExitCode.done;
  const { spawnSync } = await import("node:child_process");
  const git = spawnSync("git", ["--version"], { encoding: "utf8" });
  const found =
    git.status === 0 ? git.stdout.trim().replace("git version", "git") : "git not found";
  process.stdout.write(`node ${process.versions.node}\n${found}\n`);
  return ExitCode.done;
}

/** Version of this program, from its manifest. */
export function packageVersion(): string {
  const file = join(import.meta.dirname, "../../package.json");
  const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version);
  throw new BrokenPromise(`${file} has no version.`);
}

async function help(topics: readonly string[]): Promise<number> {
  const render = await import("./render-help.ts");
  process.stdout.write(`${await helpText(render, topics[0])}\n`);
  return ExitCode.done;
}

async function helpText(
  render: typeof import("./render-help.ts"),
  topic: string | undefined,
): Promise<string> {
  if (topic === undefined) return render.renderHelp();
  if (topic === "exit-codes") return render.renderExitCodes();
  if (topic === "environment") return render.renderEnvironment();
  const { loadCommand } = await import("./command-table.ts");
  const row = await rowOf(topic);
  return render.renderCommandHelp(row, await loadCommand(row.name));
}

async function rowOf(name: string): Promise<CommandRow> {
  const { COMMANDS } = await import("./command-table.ts");
  const row = COMMANDS.find((each) => each.name === name);
  if (row !== undefined) return row;
  const { nearest } = await import("../config/nearest.ts");
  const guess = nearest(
    name,
    COMMANDS.map((each) => each.name),
  );
  throw new UserError("cli/unknown-command", `There is no command \`${name}\`.`, {
    hints: [
      ...(guess === null ? [] : [`Did you mean \`cairn ${guess}\`?`]),
      "`cairn help` lists the commands.",
    ],
  });
}

function refuseInsideSession(row: CommandRow): void {
  if (row.insideSession || !process.env["CAIRN_INSIDE"]) return;
  throw new UserError(
    "cli/inside-session",
    `\`cairn ${row.name}\` was called inside an agent session; runs are not started or steered from within one.`,
    { hints: ["Commands that only read are allowed: plan, status, logs, events, report, config."] },
  );
}

// https://no-color.org, https://bixense.com/clicolors
function wantsColour(globals: GlobalOptions): boolean {
  const { env } = process;
  if (globals.color !== null) return globals.color;
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"]) return env["FORCE_COLOR"] !== "0";
  if (env["CLICOLOR_FORCE"] && env["CLICOLOR_FORCE"] !== "0") return true;
  return isatty(1) && env["TERM"] !== "dumb";
}

/** `cairn … | head`: the reader has gone, which is no error. */
function leaveQuietlyWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit();
    });
  }
}
