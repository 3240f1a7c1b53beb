import type { AgentReport } from "../execute/agent-report.ts";
import type { CommitSha, SessionId, TaskKey } from "../shared/names.ts";
import type { Usage } from "../shared/money.ts";
import type { SessionEnd } from "./session-end.ts";
import type { AgentRole, Step } from "./run.ts";

/** What happens to the sessions of a task, and to the merge that one of them is to settle. */
export type SessionEvent =
  | {
      readonly type: "SessionPrepared";
      readonly task: TaskKey;
      readonly session: SessionId;
      readonly protectedRefs: Readonly<Record<string, CommitSha>>;
    }
  | {
      readonly type: "SessionEnding";
      readonly task: TaskKey;
      readonly session: SessionId;
      readonly why: string;
    }
  | {
      readonly type: "SessionEnded";
      readonly task: TaskKey;
      readonly session: SessionId;
      readonly role: AgentRole;
      readonly end: SessionEnd;
      readonly usage: Usage;
      readonly report: AgentReport | null;
      readonly vendorSession: string | null;
      readonly lastWords: string;
      readonly detail: string;
      /** Where the branch stood when only a part was reported done. */
      readonly partAt?: CommitSha;
    }
  | {
      readonly type: "MergeBegun";
      readonly task: TaskKey;
      readonly forkPoint: CommitSha;
      readonly conflict: boolean;
      readonly step: Step;
    };
