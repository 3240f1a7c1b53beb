import type { Message } from "../core/run/react.ts";

/**
 * What things are known by: another name would name nothing. Texts that people, agents and programs wrote stand under
 * others.
 */
const NAMES: ReadonlySet<string> = new Set([
  "kind",
  "of",
  "key",
  "task",
  "number",
  "name",
  "by",
  "from",
  "session",
  "vendorSession",
  "fingerprint",
  "branch",
  "onBranch",
  "integrationBranch",
  "url",
  "head",
  "base",
  "commit",
  "tree",
  "tip",
  "sha",
  "forkPoint",
  "patchId",
  "threadId",
]);

/** A folder of this machine that is worked in; the path of a file in the repository, which is shown, is not absolute. */
function isFolder(name: string, text: string): boolean {
  return name === "path" && (text.startsWith("/") || /^[A-Z]:\\/.test(text));
}

/**
 * The last net before the log: whatever the engine is told passes it, so that log, state, prompts, comments and reports,
 * which are made of nothing else, hold no secret. The refs of a breach are among them: an agent chose their names, they
 * stand in sentences, and nothing is looked up by them. Every adapter redacts what it reads; a milestone is read that way.
 */
export function redactMessage(message: Message, redact: (text: string) => string): Message {
  if (message.kind === "milestone" || message.kind === "started") return message;
  return redactedIn(message, redact);
}

function redactedIn<T>(value: T, redact: (text: string) => string): T;
function redactedIn(value: unknown, redact: (text: string) => string): unknown {
  const walk = (one: unknown): unknown => {
    if (typeof one === "string") return redact(one);
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([name, inner]) => [
        name,
        typeof inner === "string" && (NAMES.has(name) || isFolder(name, inner))
          ? inner
          : walk(inner),
      ]),
    );
  };
  return walk(value);
}
