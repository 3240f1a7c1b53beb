import { createHash } from "node:crypto";
import type { SecretFound } from "../../core/review/change-facts.ts";
import { isCertain } from "./find-secrets.ts";
import type { OnSecret } from "./redact.ts";

// Whoever prints more has printed enough to stop for.
const FOUND_MAX = 20;

/** A stream or file of which the lines are counted while it is redacted. */
interface Place {
  readonly note: OnSecret;
  nextLine(): void;
}

/**
 * Secrets worth stopping for that redaction has met, each once, at most 20: a rule, a place, and a name that does not
 * give the value away.
 */
export class SecretsSeen {
  readonly #found = new Map<string, SecretFound>();

  get found(): readonly SecretFound[] {
    return [...this.#found.values()];
  }

  /** Lines count from 1; before the first `nextLine` it is 1. */
  place(path: string): Place {
    let line = 0;
    return {
      nextLine: () => void (line += 1),
      note: (rule, value) => {
        if (this.#found.size >= FOUND_MAX || !isCertain(rule, value)) return;
        const fingerprint = secretFingerprint({ rule, path: AGENT_OUTPUT, value });
        if (!this.#found.has(fingerprint))
          this.#found.set(fingerprint, { rule, path, line: Math.max(line, 1), fingerprint });
      },
    };
  }
}

/** Allowed once, a value is allowed in whatever an agent prints: where it does so is chance. */
const AGENT_OUTPUT = "agent output";

/** Stable name of a finding for `secrets.allow`: of a value nobody could guess it tells nothing. */
export function secretFingerprint(found: {
  readonly rule: string;
  readonly path: string;
  readonly value: string;
}): string {
  const text = [found.rule, found.path, found.value].join("\0");
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
