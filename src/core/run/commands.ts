import type { TaskKey } from "../shared/names.ts";
import type { SettingsChanges } from "./settings.ts";

export type CommandName =
  | "pause"
  | "resume"
  | "abort"
  | "cancel"
  | "retry"
  | "skip"
  | "approve"
  | "answer"
  | "fix"
  | "force"
  | "resolve"
  | "continue"
  | "skip-phase"
  | "restart"
  | "land"
  | "revert"
  | "panic"
  | "checkpoint";

/** What a person said, from whichever process, and from where. */
export interface Command {
  readonly name: CommandName;
  readonly task: TaskKey | null;
  /** Free text of `answer`; the reason of `skip` or `cancel`. */
  readonly text: string | null;
  readonly flags: {
    readonly afterPanic?: boolean;
    readonly acknowledge?: boolean;
    readonly partial?: boolean;
    /** With `resume`: what is to be different from now on. */
    readonly settings?: SettingsChanges;
  };
  /** User name of the process that said it. */
  readonly by: string;
  readonly from: "terminal" | "dashboard" | "telegram" | "mcp" | "forge" | "engine";
}
