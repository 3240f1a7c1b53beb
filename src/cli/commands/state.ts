import { stateJson } from "../../api/state-json.ts";
import { worktreeStateJson } from "../../api/worktree-state-json.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { RunReader } from "../../host/open-run.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import { validationLines } from "../render/state.ts";
import { lookFor, RUN_OPTION } from "./with-run.ts";

const FORMATS = ["snapshot", "worktree-state"] as const;

/** `cairn state validate|show|checkpoint` */
export const command: CommandModule = {
  args: [
    { words: "<what>", meaning: "validate, show or checkpoint" },
    { words: "[text]", meaning: "checkpoint: what stands here, in words" },
  ],
  options: [
    RUN_OPTION,
    { flags: "--format <name>", meaning: "show: snapshot or worktree-state (default: snapshot)" },
    { flags: "--deep", meaning: "validate: hold the invariants after every step of every run" },
    {
      flags: "--fix",
      meaning: "validate: mend what nothing is lost with; a status is never changed",
    },
  ],
  run: async (context) => {
    const [what = "", text] = context.args;
    refuseStrange(context, what);
    if (what === "validate") return validate(context);
    if (what === "show") return show(context);
    return checkpoint(context, text ?? "");
  },
};

/** Options by the word they belong to. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  validate: ["deep", "fix"],
  show: ["run", "format"],
  checkpoint: ["run"],
};

function refuseStrange(context: CommandContext, what: string): void {
  const own = OWN[what];
  if (own === undefined)
    throw usage(`\`cairn state\` knows no \`${what}\`.`, "It is validate, show or checkpoint.");
  const strange = ["run", "format", "deep", "fix"].find(
    (name) => context.options[name] !== undefined && !own.includes(name),
  );
  if (strange !== undefined)
    throw usage(
      `\`cairn state ${what}\` takes no --${strange}.`,
      "`cairn help state` says which belongs where.",
    );
  if (what !== "checkpoint" && context.args.length > 1)
    throw usage(
      `\`cairn state ${what}\` takes no text.`,
      "`cairn help state` shows the arguments.",
    );
}

async function validate(context: CommandContext): Promise<ExitCode> {
  const { validateState } = await import("../../composition/state-tools-validate.ts");
  const document = await validateState({
    cwd: context.directory,
    env: context.env,
    fix: isOn(context.options, "fix"),
    deep: isOn(context.options, "deep"),
    now: Date.now(),
  });
  if (context.globals.json) context.out(JSON.stringify(document, null, 2));
  else for (const line of validationLines(document, lookFor(context))) context.out(line);
  return document.ok ? ExitCode.done : ExitCode.failures;
}

async function show(context: CommandContext): Promise<ExitCode> {
  const format = formatOf(context);
  const { openState } = await import("../../composition/state-tools.ts");
  const reader = openState(context.directory, textOption(context.options, "run") ?? undefined);
  try {
    context.out(documentOf(reader, format));
  } finally {
    reader.close();
  }
  return ExitCode.done;
}

async function checkpoint(context: CommandContext, text: string): Promise<ExitCode> {
  const { nameCheckpoint } = await import("../../composition/state-tools.ts");
  return nameCheckpoint(
    {
      cwd: context.directory,
      run: textOption(context.options, "run") ?? undefined,
      text,
      commandLine: context.commandLine,
      now: Date.now(),
    },
    (reader, marked) => {
      if (marked.how === "stored")
        context.tell("Stored: an engine works on another run; taken with cairn resume.");
      if (marked.how === "unanswered")
        context.tell(`Stored: process ${marked.pid} works on the run and has not answered yet.`);
      context.out(documentOf(reader, "snapshot"));
      return ExitCode.done;
    },
  );
}

function documentOf(reader: RunReader, format: (typeof FORMATS)[number]): string {
  const { run } = reader;
  const events = reader.events();
  const document = format === "snapshot" ? stateJson(run, events) : worktreeStateJson(run, events);
  return JSON.stringify(document, null, 2);
}

function formatOf(context: CommandContext): (typeof FORMATS)[number] {
  const written = textOption(context.options, "format") ?? "snapshot";
  const found = FORMATS.find((one) => one === written);
  if (found !== undefined) return found;
  throw usage(`--format cannot be "${written}".`, `It is ${FORMATS.join(" or ")}.`);
}

function usage(words: string, hint: string): UserError {
  return new UserError("cli/usage", words, { hints: [hint] });
}
