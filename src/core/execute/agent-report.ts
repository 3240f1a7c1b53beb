import type { CommitSha } from "../shared/names.ts";

/** What an agent says at the end of a session, by schema. Checked against git before it counts. */
export interface AgentReport {
  readonly status: "complete" | "partial" | "failed" | "question";
  readonly summary: string;
  readonly stepsCompleted: readonly string[];
  readonly stepsBlocked: readonly { readonly step: string; readonly why: string }[];
  readonly filesChanged: readonly string[];
  readonly commits: readonly string[];
  readonly notes: readonly string[];
  readonly discoveries: readonly string[];
  readonly error: string | null;
  readonly question: {
    readonly text: string;
    readonly options: readonly string[];
    readonly default: string;
  } | null;
  /** Fixers only: findings they decline, by key, with the words for whoever found them. */
  readonly declined?: readonly { readonly finding: string; readonly why: string }[];
  /** Reviewers only. */
  readonly verdicts: readonly StageVerdict[] | null;
}

/** `spec`: does it do what the issue says; `quality`: is it good enough to keep; `tests`: do its tests prove anything. */
export type ReviewStage = "spec" | "quality" | "tests";

export interface StageVerdict {
  readonly stage: ReviewStage;
  readonly verdict: "approve" | "request-changes" | "escalate";
  readonly findings: readonly Finding[];
}

/** One defect with place, severity and source. */
export interface Finding {
  readonly source: ReviewStage | "gate" | "ci" | "reviewer" | "conflict" | "person" | "cairn";
  readonly severity: "critical" | "major" | "minor";
  readonly file: string | null;
  readonly line: number | null;
  readonly message: string;
  /** Stable name on the forge, by which it is answered: `thread:PRRT_…`, `review:123:2`, `check:build`. */
  readonly key?: string;
  readonly threadId?: string;
  readonly author?: string;
  readonly url?: string;
  /** Of Cairn's own, about commits that were not pushed: whoever mends it may take back what follows this one. */
  readonly cleanAt?: CommitSha;
}
