import { spawn } from "node:child_process";
import type { CommitSha } from "../../core/shared/names.ts";
import { gitEnvironment } from "./git-environment.ts";
import { runGit } from "./run-git.ts";

/** What a remote says about one of its branches. */
export type RemoteAnswer =
  | { readonly kind: "reached"; readonly tip: CommitSha | null }
  /** `why`: git's own words, users and passwords in addresses left out. */
  | { readonly kind: "unreachable"; readonly why: string };

/** How a local branch stands to the tip the remote has. */
export type Standing = "same" | "ahead" | "behind" | "diverged";

const NOBODY = { name: "cairn", email: "cairn@cairn.invalid" };
const WORDS_MAX = 300;

/** Asks the remote for the branch's tip, for `limitMs` at most; nobody is asked for a password. Changes nothing. */
export async function askRemote(request: {
  readonly root: string;
  readonly remote: string;
  readonly branch: string;
  readonly limitMs: number;
}): Promise<RemoteAnswer> {
  const { root, remote, branch } = request;
  const env = await quietEnvironment(root);
  const args = ["ls-remote", "--quiet", "--", remote, `refs/heads/${branch}`];
  const end = await runWithin(args, { cwd: root, env, limitMs: request.limitMs });
  if (end.code === 0)
    return { kind: "reached", tip: /^([0-9a-f]{40,64})\t/.exec(end.out)?.[1] ?? null };
  const seconds = Math.round(request.limitMs / 1000);
  const why = end.timedOut ? `no answer within ${seconds} s` : firstWords(end.told);
  return { kind: "unreachable", why };
}

/** How the branch stands to a commit; a commit that was never fetched is ahead of everything here. */
export async function standingOf(root: string, branch: string, tip: CommitSha): Promise<Standing> {
  const git = { cwd: root, env: gitEnvironment(NOBODY) };
  const known = await runGit({
    ...git,
    args: ["rev-parse", "-q", "--verify", "--end-of-options", `${tip}^{commit}`],
    answers: [1, 128],
  });
  if (known.code !== 0) return "behind";
  const counted = await runGit({
    ...git,
    args: ["rev-list", "--left-right", "--count", `refs/heads/${branch}...${tip}`, "--"],
    answers: [128],
  });
  const [ahead = 0, behind = 0] = counted.text.trim().split(/\s+/).map(Number);
  if (ahead > 0) return behind > 0 ? "diverged" : "ahead";
  return behind > 0 ? "behind" : "same";
}

/** The user's own way to the remote, but for what could stop and ask. */
async function quietEnvironment(root: string): Promise<Readonly<Record<string, string>>> {
  const env = gitEnvironment(NOBODY);
  const configured = await runGit({
    args: ["config", "--get", "core.sshCommand"],
    cwd: root,
    env,
    answers: [1, 128],
  });
  const ssh = env["GIT_SSH_COMMAND"] ?? (configured.text.trim() || "ssh");
  return {
    ...env,
    GIT_SSH_COMMAND: `${ssh} -o BatchMode=yes -o ConnectTimeout=8`,
    GIT_TERMINAL_PROMPT: "0",
    SSH_ASKPASS_REQUIRE: "never",
  };
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly told: string;
  readonly timedOut: boolean;
}

const OUTPUT_MAX = 64 * 1024;

function runWithin(
  args: readonly string[],
  how: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly limitMs: number;
  },
): Promise<Ended> {
  return new Promise((resolve) => {
    // A group of its own: git's transports are children of it, and one of them may be what hangs.
    const child = spawn("git", [...args], {
      cwd: how.cwd,
      env: how.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let out = "";
    let told = "";
    let timedOut = false;
    child.stdout.on("data", (chunk: Buffer) => {
      if (out.length < OUTPUT_MAX) out += chunk.toString("utf8");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (told.length < OUTPUT_MAX) told += chunk.toString("utf8");
    });
    const timer = setTimeout(() => {
      timedOut = true;
      endGroup(child.pid);
      // What a grandchild in a session of its own holds open must not keep us.
      child.stdout.destroy();
      child.stderr.destroy();
    }, how.limitMs);
    child.once("error", (error) => {
      clearTimeout(timer);
      resolve({ code: null, out, told: error.message, timedOut });
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, out, told, timedOut });
    });
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

function firstWords(told: string): string {
  const line = told
    .split("\n")
    .map((each) => each.replace(/^(?:fatal|error): /, "").trim())
    .find((each) => each !== "");
  const words = (line ?? "git gave no reason").replaceAll(/:\/\/[^@/\s]{1,200}@/g, "://");
  return words.slice(0, WORDS_MAX).replace(/\.$/, "");
}
