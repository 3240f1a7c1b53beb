import type { AgentReport, ReviewStage } from "../core/execute/agent-report.ts";
import type { SecretFound } from "../core/review/change-facts.ts";
import type { AgentRole } from "../core/run/run.ts";
import type { SessionEnd } from "../core/run/session-end.ts";
import type { Usage } from "../core/shared/money.ts";
import type { Instant, RunId, SessionId } from "../core/shared/names.ts";

export type { SessionEnd };

export interface SessionRequest {
  readonly run: RunId;
  readonly session: SessionId;
  readonly role: AgentRole;
  /** Agent name from the configuration: `claude`, `codex`, `scripted`, a name under `agents.define`. */
  readonly agent: string;
  readonly model: string | null;
  readonly directory: string;
  readonly prompt: string;
  /** Key and attempt, for agents that replay a recording and for variables an agent may read. */
  readonly task: {
    readonly key: string;
    readonly title: string;
    readonly attempt: number;
    readonly round: number;
  };
  /** Reviewers: the stages a verdict is asked for; absent: those of the role's name. */
  readonly stages?: readonly ReviewStage[];
  /** Vendor session to continue with this prompt, where the agent can. */
  readonly continues: string | null;
  readonly limits: SessionLimits;
}

export interface SessionLimits {
  readonly wallMs: number;
  readonly stallMs: number;
  readonly turns: number;
  readonly outputBytes: number;
  readonly graceMs: number;
  readonly usd: number | null;
  /** Input and output together; ends sessions whose program tells tokens as it goes. Absent or null: none. */
  readonly tokens?: number | null;
}

export interface SessionOutcome {
  readonly session: SessionId;
  readonly end: SessionEnd;
  readonly exitCode: number | null;
  /** The vendor's session id, for continuing. */
  readonly vendorSession: string | null;
  /** Parsed by schema; null: absent or unreadable. */
  readonly report: AgentReport | null;
  /** Last words, redacted, at most 2,000 characters. */
  readonly lastWords: string;
  readonly usage: Usage;
  /** With `limited`: when to come back, if the provider said so. */
  readonly retryAt: Instant | null;
  /** A sentence for a person: what happened, with the program's own words. */
  readonly detail: string;
  /** Raw stream on disk. */
  readonly transcript: string;
  /**
   * Secrets that were taken out of what the agent said and that are worth stopping for: tokens by their shape, private
   * keys, values of the environment; not what was made up for a test, nor what `secrets.allow` names. Absent: none.
   */
  readonly secrets?: readonly SecretFound[];
  readonly startedAt: Instant;
  readonly endedAt: Instant;
}

/**
 * Runs agent sessions somewhere. A session is a detached process that outlives the engine.
 * Idempotent by `session`: a request that was started before (also by a dead engine) is adopted, or answered from
 * its exit file; it is never started a second time. Never rejects for what an agent does.
 */
export interface Dispatch {
  run(request: SessionRequest): Promise<SessionOutcome>;
  /** Ends the session and everything it started: TERM, grace, KILL, sweep. Resolves when a scan is empty. */
  end(run: RunId, session: SessionId, graceMs: number): Promise<void>;
  /** Newest words of a live session, for views. */
  lastWords(run: RunId, session: SessionId): string | null;
  /** Ends every process that carries this run's mark, without grace; answers how many were found. */
  panic(run: RunId): Promise<number>;
  /** Lets go of whatever the host holds; live sessions go on. */
  close(): Promise<void>;
}
