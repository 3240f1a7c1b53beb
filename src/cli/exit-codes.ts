import { ExitCode } from "../errors.ts";

export interface ExitCodeRow {
  readonly code: number;
  readonly meaning: string;
}

/** Every exit code with its meaning, in the order of the numbers. */
export const EXIT_CODES: readonly ExitCodeRow[] = [
  { code: ExitCode.done, meaning: "Done; after a run: everything is merged" },
  { code: ExitCode.failures, meaning: "Finished with failures, or any other error" },
  { code: ExitCode.usage, meaning: "Wrong usage, input or configuration" },
  { code: ExitCode.stopped, meaning: "Stopped on purpose: paused, cancelled, a question declined" },
  { code: ExitCode.authentication, meaning: "Authentication failed, or a permission is missing" },
  { code: ExitCode.waitsForPerson, meaning: "Waits for a person" },
  { code: ExitCode.stillRunning, meaning: "Still running" },
  { code: ExitCode.bug, meaning: "A bug in Cairn" },
  { code: ExitCode.interrupted, meaning: "Ended by Ctrl-C (SIGINT)" },
  { code: ExitCode.terminated, meaning: "Ended by SIGTERM" },
];
