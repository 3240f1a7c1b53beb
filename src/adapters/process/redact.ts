import { parseEnv } from "node:util";

/** Replaces secrets in one line of text; keeps state, because a private key spans lines. */
export type RedactLine = (line: string) => string;

interface SecretRule {
  readonly name: string;
  readonly pattern: RegExp;
}

// Only shapes that cannot be anything else: a false alarm in a transcript costs a person's time.
const RULES: readonly SecretRule[] = [
  { name: "github-token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})\b/g },
  { name: "anthropic-key", pattern: /\bsk-ant-[\w-]{20,}/g },
  { name: "openai-key", pattern: /\bsk-(?:proj-|svcacct-|admin-)?(?!ant-)[A-Za-z0-9_-]{32,}/g },
  { name: "aws-access-key", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  {
    name: "aws-secret-key",
    pattern: /(?<=aws_secret_access_key["'\s:=\\]{1,6})[A-Za-z0-9/+]{40}/gi,
  },
  { name: "slack-token", pattern: /\bxox[abprs]-[A-Za-z0-9-]{10,}/g },
];

const KEY_BEGIN = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/;
const KEY_END = /-----END (?:[A-Z]+ )*PRIVATE KEY-----/;
/** To its END, or to the end of the JSON string it stands in. */
const KEY_IN_JSON =
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\\.|[^"\\])*?(?:-----END (?:[A-Z]+ )*PRIVATE KEY-----|(?="))/g;
// A BEGIN without an END must not swallow the rest of a transcript.
const KEY_LINES_MAX = 200;

/** Values short of this are too likely to be ordinary words. */
const VALUE_LENGTH_MIN = 8;

/**
 * Redacts by value (as written and as JSON writes it) and by pattern; a secret becomes `[REDACTED:rule]`.
 * Works on whole lines, so that a chunk boundary never hides one.
 */
export function createRedaction(values: readonly string[] = []): RedactLine {
  const forms = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
  const known = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  let keyLines = 0;
  return (line) => {
    // A line of a JSON stream holds its texts whole; one without an end must not take the next events with it.
    if (line.startsWith("{")) {
      keyLines = 0;
      return byPattern(redactKnown(line, known).replace(KEY_IN_JSON, redacted("private-key")));
    }
    if (keyLines > 0) {
      const end = KEY_END.exec(line);
      keyLines = end === null && keyLines < KEY_LINES_MAX ? keyLines + 1 : 0;
      return end === null ? "" : line.slice(end.index + end[0].length);
    }
    const { text, isOpen } = redactKeys(redactKnown(line, known));
    if (isOpen) keyLines = 1;
    return byPattern(text);
  };
}

function byPattern(text: string): string {
  return RULES.reduce((kept, rule) => kept.replace(rule.pattern, redacted(rule.name)), text);
}

/** Redacts a text of several lines at once. */
export function redactText(text: string, values: readonly string[] = []): string {
  const redact = createRedaction(values);
  return text.split("\n").map(redact).join("\n");
}

/** Values of the variables whose names say that they hold a secret. */
export function secretValues(
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return Object.entries(environment)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .filter(([name, value]) => looksSecret(name) && value.length >= VALUE_LENGTH_MIN)
    .map(([, value]) => value);
}

/**
 * Values in a file of `NAME=value` lines that are not to be shown, whatever their names. A plain word or number
 * (`development`, `8080`) stays unless its name is a secret's: it stands in every second line of a transcript.
 */
export function secretValuesIn(text: string): readonly string[] {
  return Object.entries(parseEnv(text))
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .filter(
      ([name, value]) => value.length >= VALUE_LENGTH_MIN && (looksSecret(name) || !isPlain(value)),
    )
    .map(([, value]) => value);
}

/** A word, a number, a path, an address without a user: nothing that is secret by itself. */
function isPlain(value: string): boolean {
  return /^(?:[A-Za-z]+|[\d.:]+|\.{0,2}\/[\w./-]*|[a-z]+:\/\/[\w.:-]+(?:\/[\w./-]*)?)$/.test(value);
}

function looksSecret(name: string): boolean {
  return /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(?:$|_)/i.test(name);
}

function redactKnown(line: string, known: readonly string[]): string {
  return known.reduce((text, value) => text.replaceAll(value, redacted("environment")), line);
}

function redactKeys(line: string): { readonly text: string; readonly isOpen: boolean } {
  let text = line;
  for (;;) {
    const begin = KEY_BEGIN.exec(text);
    if (begin === null) return { text, isOpen: false };
    const end = KEY_END.exec(text.slice(begin.index));
    const head = text.slice(0, begin.index) + redacted("private-key");
    if (end === null) return { text: head, isOpen: true };
    text = head + text.slice(begin.index + end.index + end[0].length);
  }
}

function redacted(rule: string): string {
  return `[REDACTED:${rule}]`;
}
