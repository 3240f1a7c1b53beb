import { revocationOf } from "../shared/revoke-words.ts";

/** What a person has to know about secrets that were found; never their values. */
export interface SecretAlert {
  readonly found: readonly {
    readonly rule: string;
    /** File or stream, as a person finds it: `src/a.ts`, `the output of session 12-s1`. */
    readonly where: string;
    readonly line: number;
    /** For `secrets.allow`; null where it cannot be allowed. */
    readonly fingerprint: string | null;
  }[];
  /** What was not done because of it: `The push of task/12-login was stopped.` */
  readonly blocked: readonly string[];
  /** What was pushed or posted before, with addresses: the secret may be in it. */
  readonly published: readonly string[];
  /** How the run goes on: `cairn resume --acknowledge`. */
  readonly next: readonly string[];
}

const FOUND_SHOWN = 10;

/**
 * The alert in plain text: the rule, the place, what was blocked, what is out already, and how each kind of secret is
 * revoked and replaced.
 */
export function secretAlert({ found, blocked, published, next }: SecretAlert): string {
  const rules = [...new Set(found.map(({ rule }) => rule))];
  const more = found.length - FOUND_SHOWN;
  return [
    found.length === 1 ? "A secret was found." : `${found.length} secrets were found.`,
    ...found
      .slice(0, FOUND_SHOWN)
      .map(({ rule, where, line }) => `- ${rule}: ${where}, line ${line}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
    "",
    ...blocked,
    `In place of ${found.length === 1 ? "it" : "each"} stands ${rules.map((rule) => `[REDACTED:${rule}]`).join(", ")} wherever Cairn writes.`,
    ...section(
      "Pushed or posted before, look whether it is in there:",
      published,
      "Nothing was pushed or posted with it.",
    ),
    ...rules.flatMap(revokeWords),
    ...section("How the run goes on:", [...next, ...allowWords(found)], null),
  ].join("\n");
}

function revokeWords(rule: string): readonly string[] {
  const { revoke, rotate } = revocationOf(rule);
  return ["", `Revoke (${rule}):`, ...indented(revoke), "Replace:", ...indented(rotate)];
}

function allowWords(found: SecretAlert["found"]): readonly string[] {
  const names = [...new Set(found.flatMap(({ fingerprint }) => fingerprint ?? []))];
  if (names.length === 0) return [];
  const shown = names.slice(0, FOUND_SHOWN).map((name) => `"${name}"`);
  return [`Where it is harmless, in .cairn.yml: secrets: {allow: [${shown.join(", ")}]}`];
}

function section(
  title: string,
  lines: readonly string[],
  whenEmpty: string | null,
): readonly string[] {
  if (lines.length > 0) return ["", title, ...indented(lines)];
  return whenEmpty === null ? [] : ["", whenEmpty];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
