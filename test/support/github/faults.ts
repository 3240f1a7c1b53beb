// What goes wrong on the way: each fault hits the requests it names, as often as it says.
import type { Answer } from "./call.ts";
import { refuse } from "./call.ts";
import type { Hub, MergeLie } from "./hub.ts";

export interface Fault {
  /**
   * `POST /repos/{owner}/{repo}/pulls`; `graphql`, `graphql query`, `graphql mutation`; `git`, `git push`, `git fetch`;
   * or `*`.
   */
  readonly on: string;
  readonly kind:
    | "500"
    | "502"
    | "503"
    /** 403 with `retry-after`: the secondary limit. */
    | "secondary"
    /** 403 with `x-ratelimit-remaining: 0`. */
    | "primary"
    | "429"
    /** The connection ends before the request is looked at. */
    | "refused"
    /** What was asked for happens, and nobody hears of it. */
    | "answer-lost"
    /** The same, and the connection stays open without a word. */
    | "answer-hangs";
  /** How many requests it hits. */
  times: number;
  /** Seconds that a limit asks to wait. */
  readonly wait?: number;
}

/** The fault that this request meets, counted off; null: none. */
export function takeFault(faults: Fault[], names: readonly string[]): Fault | null {
  const found = faults.find(({ times, on }) => times > 0 && (on === "*" || names.includes(on)));
  if (found === undefined) return null;
  found.times -= 1;
  return found;
}

/** What was asked for happens before this fault hits. */
export function hasEffect(fault: Fault): boolean {
  return fault.kind === "answer-lost" || fault.kind === "answer-hangs";
}

/** A push that has its effect and is heard of by nobody; null: this one is answered. */
export function takeLost(faults: Fault[]): Fault | null {
  return takeFault(
    faults.filter((fault) => hasEffect(fault)),
    ["git", "git push"],
  );
}

/** `mergeable` that is not the truth, until `truth` is asked for. */
export function lieAboutMergeable(hub: Hub, pull: number, lie: MergeLie | "truth"): void {
  if (lie === "truth") hub.lies.delete(pull);
  else hub.lies.set(pull, lie);
}

/** A context that the branch demands and nobody ever reports: GitHub shows it as expected, for ever. */
export function expectForEver(hub: Hub, branch: string, context: string): void {
  const known = hub.rules.get(branch);
  const open = { contexts: [], approvals: 0, isProtected: false, hasQueue: false };
  const rules = known ?? open;
  hub.rules.set(branch, { ...rules, contexts: [...rules.contexts, context] });
}

/** The answer of a fault that answers; null for those that end the connection. */
export function faultAnswer(fault: Fault, now: number): Answer | null {
  const wait = fault.wait ?? 60;
  switch (fault.kind) {
    case "500":
    case "502":
    case "503":
      return refuse(Number(fault.kind), "Server Error");
    case "429":
      return { ...refuse(429, "Too Many Requests"), headers: { "retry-after": String(wait) } };
    case "secondary": {
      const words =
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
      return { ...refuse(403, words), headers: { "retry-after": String(wait) } };
    }
    case "primary": {
      const reset = String(Math.ceil(now / 1000) + wait);
      const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
      return { ...refuse(403, "API rate limit exceeded for user ID 1."), headers };
    }
    case "refused":
    case "answer-lost":
    case "answer-hangs":
      return null;
  }
}
