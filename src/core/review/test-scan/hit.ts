import type { Finding } from "../../execute/agent-report.ts";

/** Something a test should not do, and where. */
export interface Hit {
  readonly at: number;
  readonly severity: Finding["severity"];
  readonly message: string;
}
