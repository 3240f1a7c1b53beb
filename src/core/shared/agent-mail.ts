import type { SessionId } from "./names.ts";

/** Domain of the addresses agents commit under; reserved, so nobody else has one (RFC 2606). */
const DOMAIN = "@agents.cairn.invalid";

/** Committer address of one session: by it a session's commits are known wherever they turn up. */
export function agentMail(session: SessionId): string {
  return `${session}${DOMAIN}`;
}

/** True for the committer address of any session of any run. */
export function isAgentMail(mail: string): boolean {
  return mail.endsWith(DOMAIN);
}
