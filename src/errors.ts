/** Exit codes of every command; `cairn help exit-codes` prints them. */
export const ExitCode = {
  done: 0,
  failures: 1,
  usage: 2,
  stopped: 3,
  authentication: 4,
  waitsForPerson: 5,
  stillRunning: 8,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface UserErrorDetails {
  /** What to do next, one sentence each; printed below the message. */
  readonly hints?: readonly string[];
  /** Words of another program (git, an agent, a gate), printed as they are, at most 20 lines. */
  readonly quote?: string;
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
}

/**
 * An end that a person can do something about: says what happened and why, its hints say what to do.
 * `code` is stable (`plan/cycle`), part of `--json` errors, and never shown without the message.
 */
export class UserError extends Error {
  readonly code: string;
  readonly hints: readonly string[];
  readonly quote: string | undefined;
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, details: UserErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "UserError";
    this.code = code;
    this.hints = details.hints ?? [];
    this.quote = details.quote;
    this.exitCode = details.exitCode ?? ExitCode.usage;
  }
}

/** A promise this program made to itself was broken: always a bug, exit code 70. */
export class BrokenPromise extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BrokenPromise";
  }
}
