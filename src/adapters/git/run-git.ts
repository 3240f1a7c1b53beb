import { spawn } from "node:child_process";
import { UserError } from "../../errors.ts";
import { redactText } from "../process/redact.ts";

export interface GitCall {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** Exit codes that are answers, not failures; 0 always is. */
  readonly answers?: readonly number[];
  /** After so long the child is ended; absent: never. Its transports end with their pipes. */
  readonly timeoutMs?: number;
  /** Past this many bytes of stdout the child is ended. Default 64 MiB. */
  readonly bytesMax?: number;
}

export interface GitAnswer {
  readonly code: number;
  readonly stdout: Buffer;
  readonly text: string;
  readonly stderr: string;
}

/** One git child with fixed arguments; a repository and its environment are already in it. */
export type Git = (
  args: readonly string[],
  options?: Partial<Omit<GitCall, "args">>,
) => Promise<GitAnswer>;

const STDOUT_BYTES_MAX = 64 * 1024 * 1024;
const STDERR_BYTES_MAX = 16 * 1024;

/** A git child that ended with an exit code nobody expected. Its words are in `quote`. */
export class GitFailed extends UserError {
  readonly status: number | null;

  constructor(call: GitCall, status: number | null, stderr: string) {
    const words = call.args.filter((word) => !word.startsWith("-")).slice(0, 3);
    // A remote's address may hold a login, in the call as in git's answer.
    super("git/failed", `\`git ${redactText(words.join(" "))}\` failed in ${call.cwd}.`, {
      hints: ["Read git's own words below; `cairn doctor` checks the repository."],
      quote: redactText(stderr.trim()),
    });
    this.name = "GitFailed";
    this.status = status;
  }
}

/**
 * Runs git to its end with stdin closed (or `input` written to it).
 * @throws GitFailed for an exit code that is not among `answers`; UserError `git/missing` when there is no git.
 */
export function runGit(call: GitCall): Promise<GitAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", [...call.args], {
      cwd: call.cwd,
      env: call.env,
      stdio: [call.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      ...(call.timeoutMs === undefined ? {} : { timeout: call.timeoutMs, killSignal: "SIGKILL" }),
    });
    const out = gather(child.stdout, call.bytesMax ?? STDOUT_BYTES_MAX, () =>
      child.kill("SIGKILL"),
    );
    const err = gather(child.stderr, STDERR_BYTES_MAX);
    child.on("error", (error) => reject(startFailure(error, call)));
    // git itself may stop reading early (it has failed already): its exit code tells, not this pipe.
    child.stdin?.on("error", () => undefined);
    if (call.input !== undefined) child.stdin?.end(call.input);
    child.on("close", (code) => {
      const stderr = err.read().toString("utf8");
      if (out.isOver()) {
        reject(new GitFailed(call, code, "It printed more than Cairn reads."));
      } else if (code === null || (code !== 0 && call.answers?.includes(code) !== true)) {
        reject(new GitFailed(call, code, stderr));
      } else {
        const stdout = out.read();
        resolve({ code, stdout, stderr, text: stdout.toString("utf8") });
      }
    });
  });
}

/** Splits NUL-terminated output. */
export function fields(text: string): readonly string[] {
  const parts = text.split("\0");
  if (parts.at(-1) === "") parts.pop();
  return parts;
}

function gather(
  stream: NodeJS.ReadableStream | null,
  bytesMax: number,
  whenOver?: () => void,
): { read(): Buffer; isOver(): boolean } {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= bytesMax) chunks.push(chunk);
    else whenOver?.();
  });
  return {
    read: () => Buffer.concat(chunks),
    isOver: () => whenOver !== undefined && size > bytesMax,
  };
}

function startFailure(error: Error, call: GitCall): UserError {
  // ENOENT names the program even when it is the working directory that is gone.
  return new UserError("git/missing", `git could not be started in ${call.cwd}.`, {
    hints: ["Check that the folder exists and that `git --version` works in this shell."],
    quote: error.message,
    cause: error,
  });
}
