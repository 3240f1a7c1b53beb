// What goes wrong on the way: each fault hits the requests it names, as often as it says.
import type { Answer } from "./call.ts";
import { refuse } from "./call.ts";

export interface Fault {
  /** `POST /repos/{owner}/{repo}/pulls`, `graphql`, `git`, or `*`. */
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
    | "answer-lost";
  /** How many requests it hits. */
  times: number;
  /** Seconds that a limit asks to wait. */
  readonly wait?: number;
}

/** The fault that this request meets, counted off; null: none. */
export function takeFault(faults: Fault[], route: string): Fault | null {
  const found = faults.find((fault) => fault.times > 0 && (fault.on === "*" || fault.on === route));
  if (found === undefined) return null;
  found.times -= 1;
  return found;
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
      return null;
  }
}
