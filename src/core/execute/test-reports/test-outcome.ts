import { whyFailed, type FailureReason } from "./why-failed.ts";

/** What one test did, or why a file of tests did not get as far as its tests. */
export interface TestOutcome {
  /** Full name, suites joined by ` > `. Of a file that did not run: the file (or what was to be built). */
  readonly name: string;
  /** As the test program names it, often absolute; null where it does not say. */
  readonly file: string | null;
  /**
   * `broken`: no test ran, because its file could not be read, built or loaded, or holds none. A test whose hook or
   * fixture failed is `failed`: it was found and something ran.
   */
  readonly result: "passed" | "failed" | "skipped" | "broken";
  /** Its own words, at most 4,000 characters; of passed tests empty. */
  readonly message: string;
  /** `unknown` for whatever passed or was skipped, and where the report does not say. */
  readonly reason: FailureReason;
  /**
   * Module specifier, or name of an export, function or type, that was looked for and not found. Whether that is a
   * fault of the test or the very thing that is to be written, the caller knows.
   */
  readonly missing: string | null;
}

/** Above this the words of one test are cut: they are shown to people, and searched by patterns. */
const MESSAGE_MAX = 4_000;

/** Between a suite and what is in it. */
const JOINT = " > ";

interface Told {
  readonly parts: readonly string[];
  readonly file: string | null;
}

export function passed({ parts, file }: Told): TestOutcome {
  return {
    name: fullName(parts),
    file,
    result: "passed",
    message: "",
    reason: "unknown",
    missing: null,
  };
}

export function skipped({ parts, file, why }: Told & { readonly why: string }): TestOutcome {
  return { ...passed({ parts, file }), result: "skipped", message: shortened(why) };
}

/** A test that ran and went red; `headline` is searched for the reason first, then the rest. */
export function failed(
  told: Told & { readonly headline: string; readonly body: string },
): TestOutcome {
  const { reason, missing } = whyFailed({ ...told, hasRun: true });
  const message = shortened(words(told));
  return { ...passed(told), result: "failed", message, reason, missing };
}

/** Nothing ran: `headline` and `body` say what the program said about it. */
export function broken(
  told: Told & { readonly headline: string; readonly body: string },
): TestOutcome {
  const { reason, missing } = whyFailed({ ...told, hasRun: false });
  const message = shortened(words(told));
  return { ...passed(told), result: "broken", message, reason, missing };
}

function fullName(parts: readonly string[]): string {
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join(JOINT);
}

function words({ headline, body }: { readonly headline: string; readonly body: string }): string {
  const [head, rest] = [withoutColours(headline).trim(), withoutColours(body).trim()];
  if (rest === "" || head.includes(rest)) return head;
  return rest.startsWith(head) ? rest : `${head}\n${rest}`;
}

function shortened(text: string): string {
  const plain = withoutColours(text).trim();
  return plain.length <= MESSAGE_MAX ? plain : `${plain.slice(0, MESSAGE_MAX - 1)}…`;
}

/** Without terminal colours: test programs write them into their reports too. */
export function withoutColours(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the escape character is what is looked for.
  return text.replaceAll(/\u001B\[[\d;]{0,20}[A-Za-z]/gu, "");
}
