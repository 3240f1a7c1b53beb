import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import type { Bootstrap } from "../../ports/bootstrap.ts";

/** `auto` recognises npm by its lock file; a command is run as the owner wrote it; `none` does nothing. */
export type BootstrapStrategy = "auto" | "none" | { readonly command: string };

export interface BootstrapOptions {
  readonly strategy: BootstrapStrategy;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

const LAST_WORDS_MAX = 4_000;
/** Written below `node_modules` (or the git folder) when a preparation has succeeded: the lock file's hash. */
const STAMP = ".cairn-bootstrap";

/** Makes dependencies ready in a worktree, once for each state of its lock file. */
export function createBootstrap(options: BootstrapOptions): Bootstrap {
  const { strategy } = options;
  if (strategy === "none") return { prepare: async () => Promise.resolve() };
  const seen = new Map<string, string>();
  return {
    async prepare(directory) {
      const plan =
        strategy === "auto" ? npmPlan(directory) : commandPlan(directory, strategy.command);
      if (
        plan === null ||
        seen.get(directory) === plan.stamp ||
        readStamp(plan.stampFile) === plan.stamp
      )
        return;
      await execute(plan.file, plan.args, directory, options);
      seen.set(directory, plan.stamp);
      writeStamp(plan.stampFile, plan.stamp);
    },
  };
}

interface Plan {
  readonly file: string;
  readonly args: readonly string[];
  readonly stamp: string;
  readonly stampFile: string | null;
}

function npmPlan(directory: string): Plan | null {
  const lockFile = join(directory, "package-lock.json");
  if (!existsSync(lockFile)) return null;
  const lock = readFileSync(lockFile);
  if (!locksAnything(lock.toString("utf8"))) return null;
  const stamp = hash(lock);
  const args = ["ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  return { file: "npm", args, stamp, stampFile: join(directory, "node_modules", STAMP) };
}

/** A lock file with the root package alone needs no installation. */
function locksAnything(lock: string): boolean {
  try {
    const parsed: unknown = JSON.parse(lock);
    if (typeof parsed !== "object" || parsed === null || !("packages" in parsed)) return true;
    const { packages } = parsed;
    return (
      typeof packages !== "object" ||
      packages === null ||
      Object.keys(packages).some((name) => name !== "")
    );
  } catch {
    return true; // npm says what is wrong with it
  }
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
  const stamp = hash(
    Buffer.concat([Buffer.from(command), ...locks.map((file) => readFileSync(file))]),
  );
  return { file: "sh", args: ["-c", command], stamp, stampFile: null };
}

function hash(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function readStamp(file: string | null): string | null {
  return file !== null && existsSync(file) ? readFileSync(file, "utf8") : null;
}

function writeStamp(file: string | null, stamp: string): void {
  if (file === null) return;
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, stamp);
}

async function execute(
  file: string,
  args: readonly string[],
  cwd: string,
  options: BootstrapOptions,
): Promise<void> {
  const command = [file, ...args].join(" ");
  const end = await new Promise<{ code: number | null; words: string }>((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: { ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let words = "";
    const listen = (chunk: Buffer): void => {
      words = (words + chunk.toString("utf8")).slice(-LAST_WORDS_MAX);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, options.timeoutMs);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(
        new UserError(
          "workspace/bootstrap",
          `\`${command}\` cannot be started: ${error.message}.`,
          { cause: error },
        ),
      );
    });
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve({ code, words });
    });
  });
  if (end.code === 0) return;
  throw new UserError(
    "workspace/bootstrap",
    `\`${command}\` failed in a new worktree (exit ${end.code ?? "by signal"}).`,
    {
      quote: end.words.trim(),
      hints: [
        "Run it in your checkout; or set `workspace.bootstrap` in .cairn.yml to `none` or to a command of your own.",
      ],
    },
  );
}
