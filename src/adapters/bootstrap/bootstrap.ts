import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RunId } from "../../core/shared/names.ts";
import { UserError } from "../../errors.ts";
import type { Bootstrap } from "../../ports/bootstrap.ts";
import { runProgram, type ProgramEnd } from "../process/run-program.ts";
import { visibleEnvironment } from "../process/visible-environment.ts";
import { createNpmModules } from "./npm-modules.ts";
import { hashOf, readStamp, removeStamp, STAMP, writeStamp } from "./stamp.ts";

/**
 * `auto` recognises npm by its lock file and installs in each worktree; `link` and `copy` take what one installation has
 * put into the store, where that is as good; a command is run as the owner wrote it; `none` does nothing.
 */
export type BootstrapStrategy = "auto" | "link" | "copy" | "none" | { readonly command: string };

export interface BootstrapOptions {
  readonly strategy: BootstrapStrategy;
  /** Run whose preparations these are: what they start is found by it, as gates are. */
  readonly run: RunId;
  /** Environment of the engine; installers run what an agent may have added, and see a part of it, by list. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Further variables they may see. */
  readonly variables?: readonly string[];
  /** What git gets to see in the preparation for one action; wins over everything else. */
  readonly gitEnvironment?: (key: string) => Readonly<Record<string, string>>;
  /** Values that are not to be shown, beside those of variables named like secrets. */
  readonly secrets?: readonly string[];
  readonly timeoutMs: number;
  /** Where `link` and `copy` keep what was installed; without it they install in each worktree. */
  readonly storeFolder?: string;
  /** Asked right before each preparation; absent: always. */
  readonly mayStart?: () => boolean;
}

// An installer that says more than this is not installing.
const OUTPUT_BYTES_MAX = 50_000_000;
/** How an installer finds what it fetches; a user and password in an address are part of it. */
const FOR_INSTALLERS = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "npm_config_registry",
  "npm_config_cache",
  "npm_config_userconfig",
];

/** Makes dependencies ready in a worktree, once for each state of its lock file. */
export function createBootstrap(options: BootstrapOptions): Bootstrap {
  const { strategy } = options;
  if (strategy === "none") return { prepare: async () => Promise.resolve() };
  if (typeof strategy !== "string")
    return {
      prepare: (directory, key = "any") => runCommand(strategy.command, directory, key, options),
    };
  const { storeFolder } = options;
  const prepareModules = createNpmModules({
    sharing:
      strategy === "auto" || storeFolder === undefined ? null : { how: strategy, storeFolder },
    path: options.environment["PATH"],
  });
  return {
    prepare: (directory, key = "any") =>
      prepareModules(directory, (file, args) => execute({ file, args }, directory, key, options)),
  };
}

async function runCommand(
  command: string,
  directory: string,
  key: string,
  options: BootstrapOptions,
): Promise<void> {
  const plan = commandPlan(directory, command);
  if (readStamp(plan.stampFile) === plan.stamp) return;
  removeStamp(plan.stampFile);
  await execute({ file: "sh", args: ["-c", plan.command] }, directory, key, options);
  writeStamp(plan.stampFile, plan.stamp);
}

interface Plan {
  readonly command: string;
  readonly stamp: string;
  readonly stampFile: string | null;
}

function commandPlan(directory: string, command: string): Plan {
  const manifests = [
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "Cargo.lock",
    "go.sum",
    "uv.lock",
    "poetry.lock",
  ];
  const locks = manifests.map((name) => join(directory, name)).filter((file) => existsSync(file));
  const stamp = hashOf(
    Buffer.concat([Buffer.from(command), ...locks.map((file) => readFileSync(file))]),
  );
  return { command, stamp, stampFile: stampInGit(directory) };
}

/** A command installs nobody knows where: its stamp goes with the worktree. Null outside of worktrees: run each time. */
function stampInGit(directory: string): string | null {
  const dotGit = join(directory, ".git");
  const stat = statSync(dotGit, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  if (stat.isDirectory()) return join(dotGit, STAMP);
  const gitDir = /^gitdir: (.*)/.exec(readFileSync(dotGit, "utf8"))?.[1]?.trim();
  return gitDir === undefined ? null : join(resolve(directory, gitDir), STAMP);
}

interface Program {
  readonly file: string;
  readonly args: readonly string[];
}

/** Answers what it said. */
async function execute(
  { file, args }: Program,
  directory: string,
  key: string,
  options: BootstrapOptions,
): Promise<string> {
  const named = [...FOR_INSTALLERS, ...(options.variables ?? [])];
  const program = {
    file,
    args,
    directory,
    environment: {
      ...visibleEnvironment(options.environment, named),
      ...options.gitEnvironment?.(key),
    },
    secrets: options.secrets ?? [],
    mark: `${options.run}/bootstrap/${key}`,
    outputBytesMax: OUTPUT_BYTES_MAX,
    timeoutMs: options.timeoutMs,
    ...(options.mayStart === undefined ? {} : { mayStart: options.mayStart }),
  };
  const end = await runProgram(program, new AbortController().signal);
  if (end.code === 0 && end.why === null) return end.output.text;
  const command = [file, ...args].join(" ");
  throw new UserError("workspace/bootstrap", `\`${command}\` ${wordsFor(end, options)}.`, {
    quote: end.output.tail,
    hints: [
      "Run it in your checkout; or set `workspace.bootstrap` in .cairn.yml to `none` or to a command of your own.",
      "It sees few variables, and no ssh in git: name what it needs under `agents.env`.",
    ],
  });
}

function wordsFor(end: ProgramEnd, options: BootstrapOptions): string {
  if (end.problem !== null) return `cannot be started: ${end.problem}`;
  if (end.why === "stopped") return "was not run to its end: the run was stopped";
  if (end.why === "timeout")
    return `was ended in a new worktree after ${options.timeoutMs / 1000} s (gates.timeout)`;
  if (end.why === "output") return "was ended in a new worktree: too much output";
  return `failed in a new worktree (exit ${end.code ?? "by signal"})`;
}
