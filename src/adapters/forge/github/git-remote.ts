import { ExitCode, UserError } from "../../../errors.ts";
import type { Clock } from "../../../ports/clock.ts";
import { redactText } from "../../process/redact.ts";

export interface GitAnswer {
  readonly code: number;
  /** What it wrote to stdout. */
  readonly text: string;
  /** What it wrote to stderr. */
  readonly told: string;
}

/**
 * Runs git in the repository, `env` on top of its environment; an exit code is an answer, never an error. Both are part
 * of another adapter, so whoever joins them passes this in.
 */
export type RunGit = (
  args: readonly string[],
  given?: { readonly input?: string; readonly env?: Readonly<Record<string, string>> },
) => Promise<GitAnswer>;

export interface GitRemoteOptions {
  readonly git: RunGit;
  /** Without credentials. */
  readonly url: string;
  readonly token: () => Promise<string>;
  readonly clock: Clock;
  /** Waits before git is tried again. */
  readonly retryMs: readonly number[];
}

/** git between the repository here and the one on GitHub, one child at a time. */
export interface GitRemote {
  local(args: readonly string[], input?: string): Promise<GitAnswer>;
  /**
   * Runs a command that goes to GitHub. `isAnswer` says which failures are answers; others are tried again and then told.
   * @throws UserError `trouble/github`, `github/bad-token`, `github/not-found`; the token is in no word of it.
   */
  network(
    doing: string,
    args: (url: string) => readonly string[],
    isAnswer?: (answer: GitAnswer) => boolean,
  ): Promise<GitAnswer>;
}

export function createGitRemote(options: GitRemoteOptions): GitRemote {
  const { git, url, token, clock, retryMs } = options;
  let last: Promise<unknown> = Promise.resolve();
  // Two fetches at once fight for the same refs.
  const oneByOne = async <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
  const once = async (args: readonly string[]): Promise<GitAnswer> => {
    const secret = await token();
    const { code, text, told } = await git(args, { env: networkEnvironment(url, secret) });
    const hidden = [secret, basicOf(secret)];
    return { code, text: redactText(text, hidden), told: redactText(told, hidden) };
  };
  return {
    local: (args, input) => git(args, input === undefined ? {} : { input }),
    network: (doing, args, isAnswer = () => false) =>
      oneByOne(async () => {
        for (let failures = 0; ; failures += 1) {
          const answer = await once(args(url));
          if (answer.code === 0 || isAnswer(answer)) return answer;
          const wait = retryMs[failures];
          if (wait === undefined || !mayPass(answer.told)) throw failed(doing, answer.told);
          await new Promise<void>((resolve) => {
            clock.alarm(clock.now() + wait, resolve);
          });
        }
      }),
  };
}

function basicOf(token: string): string {
  return Buffer.from(`x-access-token:${token}`).toString("base64");
}

/**
 * Settings for one child: the token as a header of exactly this address, and nothing of the user's taste that would send
 * it elsewhere, push more than was asked for, or ask a person. Variables show in no list of processes of other users and
 * in no file.
 */
function networkEnvironment(url: string, token: string): Readonly<Record<string, string>> {
  const settings: readonly (readonly [string, string])[] = [
    ["gc.auto", "0"],
    ["maintenance.auto", "false"],
    ["core.hooksPath", "/dev/null"],
    ["core.askPass", ""],
    // These variables may stand in the place of those the child would have had: nothing here relies on them.
    ["core.fsmonitor", "false"],
    ["submodule.recurse", "false"],
    ["fetch.recurseSubmodules", "false"],
    ["push.recurseSubmodules", "no"],
    // Empty: whatever was set before is forgotten.
    ["credential.helper", ""],
    ["push.gpgSign", "false"],
    ["fetch.prune", "false"],
    ["fetch.pruneTags", "false"],
    // The longest match wins: `url.….insteadOf` of a user must not lead away from here.
    [`url.${url}.insteadOf`, url],
    [`url.${url}.pushInsteadOf`, url],
    // CI services leave a header of their own in the configuration; two of them are refused.
    [`http.${url}.extraHeader`, ""],
    [`http.${url}.extraHeader`, `AUTHORIZATION: basic ${basicOf(token)}`],
  ];
  const protocol = new URL(url).protocol.replace(":", "");
  const connection: readonly (readonly [string, string])[] = [
    // A connection that brings nothing for two minutes is dead.
    [`http.${url}.lowSpeedLimit`, "1"],
    [`http.${url}.lowSpeedTime`, "120"],
    // Written for this address: a general setting gives way to a special one, whoever wrote that.
    ...(protocol === "https" ? [[`http.${url}.sslVerify`, "true"] as const] : []),
  ];
  const variables: Record<string, string> = {
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    // Agents can write into the repository's configuration: no `ext::` of theirs runs beside the token.
    GIT_ALLOW_PROTOCOL: protocol,
    GIT_CONFIG_COUNT: String(settings.length + connection.length),
  };
  for (const [index, [key, value]] of [...settings, ...connection].entries()) {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return variables;
}

/** What the way there may get over by itself. */
function mayPass(told: string): boolean {
  if (/returned error: 4\d\d|authentication failed|could not read username/iu.test(told))
    return false;
  return /unable to access|could not resolve|connection|timed? ?out|rpc failed|early eof|hung up|unexpected disconnect|returned error: 5\d\d|cannot lock ref/iu.test(
    told,
  );
}

function failed(doing: string, told: string): UserError {
  const details = { quote: told.trim(), exitCode: ExitCode.authentication };
  const message = `Cannot ${doing} on GitHub:`;
  if (/authentication failed|could not read username|returned error: 401/iu.test(told))
    return new UserError("github/bad-token", `${message} git's login was not accepted.`, {
      ...details,
      hints: ["The token is expired, revoked, or may not read contents: cairn doctor"],
    });
  if (/repository .*not found|returned error: 40[34]/iu.test(told))
    return new UserError("github/not-found", `${message} this token may not, or it is not there.`, {
      ...details,
      hints: ["The token needs contents to read and write: cairn doctor"],
    });
  return new UserError(
    mayPass(told) ? "trouble/github" : "git/failed",
    `${message} git failed on the way.`,
    {
      ...details,
      hints: ["Read git's own words below. https://www.githubstatus.com says how GitHub is."],
      exitCode: ExitCode.failures,
    },
  );
}
