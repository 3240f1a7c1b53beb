import type { Instant } from "../shared/names.ts";
import type { EventOf } from "./events.ts";
import { agentOf } from "./may-begin.ts";
import type { Outcome } from "./outcomes.ts";
import type { Run, Task } from "./run.ts";
import type { AgentRole } from "./settings.ts";

/** How long to wait for a provider that does not say when to come back. */
const PROVIDER_WAIT_MS = 15 * 60_000;

/**
 * The provider asks to come back later: the task waits, at no attempt's cost. One that names a time has sent everybody
 * away, so nobody else asks it before; one that does not may only be busy with this one request.
 */
export function providerLimited(
  run: Run,
  task: Task,
  { retryAt, detail }: Pick<Extract<Outcome, { of: "RunSession" }>, "retryAt" | "detail">,
  role: AgentRole,
  now: Instant,
): EventOf<"ProviderLimited"> {
  const until = Math.max(retryAt ?? now + PROVIDER_WAIT_MS, now + 1);
  const waits = { type: "ProviderLimited", task: task.key, until, detail } as const;
  return retryAt === null ? waits : { ...waits, agent: agentOf(run, role).agent };
}
