import type { RunId, SessionId } from "./names.ts";

/** Domain of the addresses agents commit under; reserved, so nobody else has one (RFC 2606). */
const DOMAIN = "@agents.cairn.invalid";

/**
 * Committer address of one session of one run: by it a session's commits are known wherever they turn up. A later run of
 * the same plan has sessions of the same names, and must not be taken for this one.
 */
export function agentMail(run: RunId, session: SessionId): string {
  return `${session}+${run}${DOMAIN}`;
}

/** Stands in for a session where the owner's commands run an agent's code: gates, and the making of dependencies. */
export function measurementSession(key: string): SessionId {
  return `run-${key.replaceAll(/[^A-Za-z0-9.-]+/g, "-")}`;
}

/** True for whatever this program committed, or a session of it: not a person, and no other program. */
export function isOwnMail(mail: string): boolean {
  return isAgentMail(mail) || mail.endsWith("@cairn.invalid");
}

/** True for the committer address of any session of any run. */
export function isAgentMail(mail: string): boolean {
  return mail.endsWith(DOMAIN);
}
