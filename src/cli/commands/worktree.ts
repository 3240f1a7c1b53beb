import { resolve } from "node:path";
import type { Tools } from "../../composition/worktree-tools.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import { rebaseLines, removalLines, worktreeLines } from "../render/worktree.ts";
import { lookFor } from "./with-run.ts";

/** Options of each sub-command, by the names they have in the context: any other is refused. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  create: ["title", "base", "clean", "reuse", "bootstrap", "force"],
  path: [],
  status: [],
  rebase: ["onto"],
  remove: ["force"],
  cleanup: ["dryRun", "force", "all"],
};
const WITHOUT_KEY = new Set(["status", "cleanup"]);

/** `cairn worktree create|path|status|rebase|remove|cleanup` */
export const command: CommandModule = {
  args: [
    { words: "<what>", meaning: "create, path, status, rebase, remove or cleanup" },
    { words: "[key]", meaning: "What the worktree is for: the key of an issue, or any word" },
  ],
  options: [
    { flags: "--title <text>", meaning: "create: title of the issue, for the branch's name" },
    { flags: "--base <ref>", meaning: "create: start from this branch or commit, not the target" },
    { flags: "--reuse", meaning: "create: take what is there as it is" },
    { flags: "--clean", meaning: "create: begin again what is there; its commits are kept" },
    { flags: "--no-bootstrap", meaning: "create: do not make dependencies ready" },
    { flags: "--onto <ref>", meaning: "rebase: onto this branch or commit, not its base" },
    { flags: "--dry-run", meaning: "cleanup: show what would go, and remove nothing" },
    { flags: "--all", meaning: "cleanup: whatever age, all with which nothing is lost" },
    {
      flags: "--force",
      meaning: "create --clean, remove, cleanup: give up what was never committed, too",
    },
  ],
  run: async (context) => {
    const { what, key } = wordsOf(context);
    const { openTools } = await import("../../composition/worktree-tools.ts");
    const { config } = context.globals;
    const tools = await openTools({
      cwd: context.directory,
      env: context.env,
      configFile: config === null ? null : resolve(context.directory, config),
    });
    try {
      return await act(context, tools, what, key);
    } finally {
      await tools.close();
    }
  },
};

function wordsOf(context: CommandContext): { readonly what: string; readonly key: string } {
  const [what = "", key, ...more] = context.args;
  const known = OPTIONS[what];
  if (known === undefined)
    throw usage(
      `\`cairn worktree\` knows no \`${what}\`.`,
      `It is ${Object.keys(OPTIONS).join(", ")}.`,
    );
  const strange = ["title", "base", "reuse", "clean", "onto", "dryRun", "all", "force"].find(
    (name) => context.options[name] !== undefined && !known.includes(name),
  );
  if (strange !== undefined)
    throw usage(
      `\`cairn worktree ${what}\` takes no --${strange === "dryRun" ? "dry-run" : strange}.`,
      "`cairn help worktree` says which option belongs where.",
    );
  if (WITHOUT_KEY.has(what)) {
    if (key !== undefined)
      throw usage(`\`cairn worktree ${what}\` takes no key.`, "It is about all of them.");
    return { what, key: "" };
  }
  if (key === undefined || more.length > 0)
    throw usage(
      `\`cairn worktree ${what}\` needs one key.`,
      `For instance: cairn worktree ${what} 12`,
    );
  return { what, key };
}

async function act(
  context: CommandContext,
  tools: Tools,
  what: string,
  key: string,
): Promise<ExitCode> {
  switch (what) {
    case "create":
      return create(context, tools, key);
    case "path":
      return showPath(context, tools, key);
    case "status":
      return status(context, tools);
    case "rebase":
      return rebase(context, tools, key);
    case "remove":
      return remove(context, tools, key);
    default:
      return cleanup(context, tools);
  }
}

async function create(context: CommandContext, tools: Tools, key: string): Promise<ExitCode> {
  const { options, globals } = context;
  const [reuses, cleans] = [isOn(options, "reuse"), isOn(options, "clean")];
  if (reuses && cleans)
    throw usage("--reuse and --clean exclude each other.", "Take it as it is, or begin it again.");
  const { createWorktree } = await import("../../composition/worktree-tools-create.ts");
  const made = await createWorktree(tools, {
    key,
    title: textOption(options, "title"),
    base: textOption(options, "base"),
    existing: reuses ? "reuse" : cleans ? "clean" : "refuse",
    force: isOn(options, "force"),
    bootstrap: options["bootstrap"] !== false,
    now: Date.now(),
  });
  if (globals.json) context.out(JSON.stringify(made, null, 2));
  else {
    const how = made.reused ? "was there" : "is ready";
    context.tell(`${made.branch} ${how}, at ${made.commit.slice(0, 10)}, from ${made.base}.`);
    if (made.keptAs !== null)
      context.tell(`The commits of an older ${made.branch} are kept as ${made.keptAs}.`);
    // Alone on stdout: cd "$(cairn worktree create 12)"
    context.out(made.path);
  }
  return ExitCode.done;
}

async function showPath(context: CommandContext, tools: Tools, key: string): Promise<ExitCode> {
  const { pathOf } = await import("../../composition/worktree-tools.ts");
  const path = await pathOf(tools, key);
  context.out(context.globals.json ? JSON.stringify({ schemaVersion: 1, key, path }) : path);
  return ExitCode.done;
}

async function status(context: CommandContext, tools: Tools): Promise<ExitCode> {
  const { worktreesDocument } = await import("../../composition/worktree-tools-list.ts");
  const document = await worktreesDocument(tools);
  if (context.globals.json) context.out(JSON.stringify(document, null, 2));
  else for (const line of worktreeLines(document, Date.now(), lookFor(context))) context.out(line);
  return ExitCode.done;
}

async function rebase(context: CommandContext, tools: Tools, key: string): Promise<ExitCode> {
  const { rebaseTask } = await import("../../composition/worktree-tools-rebase.ts");
  const end = await rebaseTask(tools, key, textOption(context.options, "onto"));
  if (context.globals.json) context.out(JSON.stringify(end, null, 2));
  else for (const line of rebaseLines(end)) context.out(line);
  return end.result === "conflict" ? ExitCode.failures : ExitCode.done;
}

async function remove(context: CommandContext, tools: Tools, key: string): Promise<ExitCode> {
  const { removeWorktree } = await import("../../composition/worktree-tools-remove.ts");
  const end = await removeWorktree(tools, key, isOn(context.options, "force"));
  if (context.globals.json) context.out(JSON.stringify(end, null, 2));
  else for (const line of removalLines(end, lookFor(context))) context.out(line);
  return ExitCode.done;
}

async function cleanup(context: CommandContext, tools: Tools): Promise<ExitCode> {
  const { cleanUp } = await import("../../composition/worktree-tools-remove.ts");
  const { options } = context;
  const end = await cleanUp(tools, {
    dryRun: isOn(options, "dryRun"),
    force: isOn(options, "force"),
    all: isOn(options, "all"),
    now: Date.now(),
  });
  if (context.globals.json) context.out(JSON.stringify(end, null, 2));
  else for (const line of removalLines(end, lookFor(context))) context.out(line);
  return ExitCode.done;
}

function usage(words: string, hint: string): UserError {
  return new UserError("cli/usage", words, { hints: [hint] });
}
