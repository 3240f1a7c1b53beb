import { accessSync, constants, existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findRoot } from "../../config/find-root.ts";
import { recogniseGates } from "../../config/recognise-gates.ts";
import { renderStarter } from "../../config/render-starter.ts";
import { UserError } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn } from "../options.ts";

/** Agents that are looked for, the first one found is written down. */
const AGENTS = ["claude", "codex", "opencode", "gemini"];

/** `cairn init` */
export const command: CommandModule = {
  args: [],
  options: [
    { flags: "--dry-run", meaning: "Print the file and write nothing" },
    { flags: "--force", meaning: "Write over an existing .cairn.yml" },
  ],
  run: async (context) => init(context),
};

function init(context: CommandContext): void {
  const root = findRoot(context.directory);
  if (root === null)
    throw new UserError("git/no-repository", `${context.directory} lies in no git repository.`, {
      hints: ["Change into one, name one with -C DIR, or make one with `git init`."],
    });
  const gates = recogniseGates(root);
  const installed = AGENTS.find((name) => isInstalled(name, context.env["PATH"] ?? ""));
  // The file is shared with others: a path of this machine has no place in it.
  const local = "node_modules/cairn/schemas/cairn.schema.json";
  const schema = existsSync(join(root, local)) ? local : null;
  const text = renderStarter({ gates, agent: installed ?? "claude", schema });
  const dryRun = isOn(context.options, "dryRun");
  const file = join(root, ".cairn.yml");
  if (!dryRun) writeConfig(file, text, isOn(context.options, "force"));
  if (context.globals.json) {
    const agent = installed ?? null;
    context.out(JSON.stringify({ schemaVersion: 1, file, written: !dryRun, gates, agent, text }));
    return;
  }
  if (dryRun) context.out(text.trimEnd());
  else tellNextSteps(context, gates, installed);
}

function writeConfig(file: string, text: string, force: boolean): void {
  if (!force && existsSync(file)) throw exists(file);
  // `wx` also refuses a file that somebody else has made since.
  writeFileSync(file, text, { flag: force ? "w" : "wx" });
}

function exists(file: string): UserError {
  return new UserError("init/exists", `${file} is there already.`, {
    hints: [
      "`cairn init --dry-run` prints what would be written; `cairn init --force` writes over it.",
      "`cairn config show` prints what holds now.",
    ],
  });
}

function tellNextSteps(
  context: CommandContext,
  gates: readonly string[],
  agent: string | undefined,
): void {
  const recognised = gates.length === 0 ? "none recognised, add your own" : gates.join(", ");
  context.out("Wrote .cairn.yml.");
  context.tell(`Gates: ${recognised}. Agent: ${agent ?? "none found, claude assumed"}.`);
  context.tell("Next: look it over, commit it, then run `cairn doctor`");
}

function isInstalled(name: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    if (folder === "") return false;
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
