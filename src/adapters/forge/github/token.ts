import { execFile } from "node:child_process";
import { isLoopback } from "./address.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs a program to its end: what it wrote, or null where it is not there, failed or took longer than that. */
export type RunProgram = (
  file: string,
  args: readonly string[],
  timeoutMs: number,
) => Promise<string | null>;

export interface FoundToken {
  readonly value: string;
  /** `GH_TOKEN`, or `gh auth token`; for a person, never the value. */
  readonly from: string;
}

const HOME = ["GH_TOKEN", "GITHUB_TOKEN"] as const;
const ENTERPRISE = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"] as const;
const GH_MS = 5_000;

/**
 * Finds the token for a host as `gh` does: the environment first, then what `gh` knows, if it is there; null: none.
 * Tokens of github.com are not given to other hosts.
 */
export async function findToken(asked: {
  readonly env: Environment;
  readonly host: string;
  readonly run: RunProgram;
}): Promise<FoundToken | null> {
  const { env, host, run } = asked;
  for (const name of namesFor(host)) {
    const value = env[name]?.trim() ?? "";
    if (value !== "") return { value, from: name };
  }
  const said = (await run("gh", ["auth", "token", "--hostname", host], GH_MS))?.trim() ?? "";
  return /^\S+$/u.test(said) ? { value: said, from: "gh auth token" } : null;
}

function namesFor(host: string): readonly string[] {
  if (host === "github.com" || host.endsWith(".ghe.com")) return HOME;
  return isLoopback(host) ? [...ENTERPRISE, ...HOME] : ENTERPRISE;
}

/** Runs programs for `findToken`, in that environment, without a shell and without a question to the person. */
export function programRunner(env: Environment): RunProgram {
  return (file, args, timeout) =>
    new Promise((resolve) => {
      const options = {
        env: { ...env, GH_PROMPT_DISABLED: "1", GH_NO_UPDATE_NOTIFIER: "1" },
        timeout,
        killSignal: "SIGKILL" as const,
        windowsHide: true,
      };
      const child = execFile(file, [...args], options, (error, stdout) => {
        resolve(error === null ? stdout : null);
      });
      child.stdin?.end();
    });
}
