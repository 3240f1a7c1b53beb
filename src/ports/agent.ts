import type { AgentReport } from "../core/execute/agent-report.ts";
import type { Usage } from "../core/shared/money.ts";
import type { Instant } from "../core/shared/names.ts";
import type { SessionEnd, SessionRequest } from "./dispatch.ts";

/** Program to start: arguments as an array, environment complete (nothing is inherited), prompt on stdin, stdin then closed. */
export interface AgentCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Files to be written into the attempt folder before the start: name -> content. */
  readonly files?: Readonly<Record<string, string>>;
  /** Regular expression for a stdout line that counts as a turn; its first group, if any, tells turns apart. */
  readonly turnLine?: string;
  /**
   * Regular expression for a stdout line that tells tokens while the session goes on: its groups named `tokens…` are
   * added up; where there is a group `turn`, the newest line of a turn counts for it.
   */
  readonly usageLine?: string;
  /** Regular expression for a stdout line that tells of a step taken: its group `step` is equal for equal steps. */
  readonly stepLine?: string;
  /** Regular expression for the line after which the program has no more to say, though it may not exit. */
  readonly finalLine?: string;
  /** True where SIGINT makes the program end in order, with its last event; SIGTERM follows. */
  readonly interrupts?: boolean;
}

/** What the adapter has understood of the stream so far; grows line by line. */
export interface StreamState {
  vendorSession: string | null;
  text: string;
  lastWords: string;
  turns: number;
  usage: Usage;
  /** The model that answers, where the program says so. */
  model?: string;
  /** What each turn has used so far, by its id, where the program tells before its end. */
  perTurn?: Map<string, Usage>;
  structured: unknown;
  final: boolean;
  end: SessionEnd | null;
  retryAt: Instant | null;
  detail: string;
}

/** One object for each CLI: pure functions over command lines and streams, no process handling inside. */
export interface Agent {
  readonly name: string;
  /** True where a finished session can be continued with a further prompt. */
  readonly continues: boolean;
  /** True where the reported usage is that of the whole thread, earlier sessions included. */
  readonly reportsThreadUsage?: boolean;
  /** False where Cairn commits what the agent leaves in the tree. */
  readonly commits: boolean;
  /** `--version` arguments and the range this adapter was tried with; null: nothing to ask (scripted). */
  readonly probe: {
    readonly file: string;
    readonly args: readonly string[];
    readonly tested: string;
  } | null;
  /** Variables of the user's environment this program may see, beside the common ones; `X_*` for a prefix. */
  readonly variables?: readonly string[];
  command(
    request: SessionRequest,
    folder: string,
    inherited: Readonly<Record<string, string>>,
  ): AgentCommand;
  /** Reads one line of stdout. Unknown lines change nothing; never throws. */
  read(line: string, state: StreamState): void;
  /** Judges the end from the stream, the exit and the tail of stderr; `readResultFile` answers what the agent left in its folder. */
  conclude(
    state: StreamState,
    exit: {
      readonly code: number | null;
      readonly signal: string | null;
      readonly stderr: string;
      /** What a provider's "in two hours" is counted from; absent: nobody knows. */
      readonly endedAt?: Instant;
    },
    readResultFile: () => string | null,
  ): {
    readonly end: SessionEnd;
    readonly report: AgentReport | null;
    readonly detail: string;
    readonly retryAt: Instant | null;
  };
}
