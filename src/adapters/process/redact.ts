import { parseEnv } from "node:util";
import { findKnown, findSecrets, type SecretAt } from "./find-secrets.ts";
import { asShown } from "./secret-disguises.ts";
import { formsOf } from "./secret-forms.ts";

/** Replaces secrets in one line of text; keeps state, because a private key spans lines. */
export type RedactLine = (line: string) => string;

/** Told of every secret that was taken out; what is done with the value must not keep it. */
export type OnSecret = (rule: string, value: string) => void;

// `%20` and `+`: as an address writes a blank.
const KEY_BEGIN =
  /-----BEGIN(?: |\+|%20)(?:[A-Z0-9]{1,20}(?: |\+|%20)){0,6}PRIVATE(?: |\+|%20)KEY(?:(?: |\+|%20)BLOCK)?-----/;
const KEY_END =
  /-----END(?: |\+|%20)(?:[A-Z0-9]{1,20}(?: |\+|%20)){0,6}PRIVATE(?: |\+|%20)KEY(?:(?: |\+|%20)BLOCK)?-----/;
/** To its END, or to the end of the JSON string it stands in, which a line that was cut has none of. */
const KEY_IN_JSON =
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\\.|[^"\\])*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|(?="|\\?$))/g;
/** A line of a key, or of what stands in front of it: base64 or a header, as it is or as a diff or a listing shows it. */
const KEY_LINE =
  /^[\s\d→|>+:-]*["'`]?(?:[A-Za-z0-9+/=]{0,100}|[A-Z][\w-]+: .{0,200})(?:\\n)?["'`]?[\s,+\\]*$/;
// A BEGIN without an END must not swallow the rest of a transcript.
const KEY_LINES_MAX = 300;

/** Values short of this are too likely to be ordinary words. */
const VALUE_LENGTH_MIN = 8;

const SECRET_NAME =
  /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|CONNECTION_STRING)S?\d*(?:$|_)/i;
/** Short words count as the whole end of a name: `SSH_AUTH_SOCK` is a path, `PWD` a folder. */
const SHORT_SECRET_NAME = /(?:(?:^|_)(?:PASS|PAT|DSN|AUTH)|[A-Z0-9]_PWD)(?:_?\d+)?$/i;

/**
 * Redacts by value (as written, and as JSON, addresses and base64 write it) and by shape; a secret becomes
 * `[REDACTED:rule]`. Works on whole lines, so that a chunk boundary never hides one. What is redacted once stays as it is.
 */
export function createRedaction(
  values: readonly string[] = [],
  onSecret: OnSecret = () => undefined,
): RedactLine {
  const redactKnown = knownValues(values, onSecret);
  let keyLines = 0;
  let key = "";
  const endKey = (rest: string): void => {
    onSecret("private-key", key + rest);
    keyLines = 0;
  };
  return (line) => {
    // A line of a JSON stream holds its texts whole; one without an end must not take the next events with it.
    if (line.startsWith("{")) {
      if (keyLines > 0) endKey("");
      return byShape(withoutKeysInJson(redactKnown(line), onSecret), onSecret);
    }
    if (keyLines > 0) {
      const end = KEY_END.exec(line);
      if (end !== null) {
        endKey(line.slice(0, end.index));
        return byShape(redactKnown(line.slice(end.index + end[0].length)), onSecret);
      }
      if (KEY_LINE.test(asShown(line)?.plain ?? line) && keyLines < KEY_LINES_MAX) {
        keyLines += 1;
        key += `${line}\n`;
        return "";
      }
      endKey("");
    }
    const { text, open } = withoutKeys(redactKnown(line), onSecret);
    if (open !== null) {
      keyLines = 1;
      key = open;
    }
    return byShape(text, onSecret);
  };
}

/** Redacts a text of several lines at once. */
export function redactText(
  text: string,
  values: readonly string[] = [],
  onSecret?: OnSecret,
): string {
  const redact = createRedaction(values, onSecret);
  return text.split("\n").map(redact).join("\n");
}

/** Values of the variables whose names say that they hold a secret. */
export function secretValues(
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return Object.entries(environment)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .flatMap(([name, value]) => (looksSecret(name) ? [value] : passwordsIn(value)))
    .filter((value) => value.length >= VALUE_LENGTH_MIN);
}

/** Of an address such as `DATABASE_URL` holds: programs print it in parts. */
function passwordsIn(value: string): readonly string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:([^\s/@]+)@/i.exec(value)?.[1];
  return password === undefined ? [] : [value, password];
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
  return SECRET_NAME.test(name) || SHORT_SECRET_NAME.test(name);
}

function knownValues(values: readonly string[], onSecret: OnSecret): RedactLine {
  const forms = formsOf(values);
  return (line) => {
    const found = findKnown(line, forms);
    for (const { form } of found) onSecret("environment", form);
    return without(
      line,
      found.map(({ start, end }) => ({ rule: "environment", start, end })),
    );
  };
}

function byShape(text: string, onSecret: OnSecret): string {
  const found = findSecrets(text);
  for (const { rule, start, end } of found) onSecret(rule, text.slice(start, end));
  return without(text, found);
}

function without(text: string, found: readonly SecretAt[]): string {
  let kept = "";
  let from = 0;
  for (const { rule, start, end } of found) {
    kept += text.slice(from, start) + redacted(rule);
    from = end;
  }
  return kept + text.slice(from);
}

function withoutKeysInJson(line: string, onSecret: OnSecret): string {
  if (!KEY_BEGIN.test(line)) return line;
  return line.replaceAll(KEY_IN_JSON, (key) => {
    onSecret("private-key", key);
    return redacted("private-key");
  });
}

/** `open`: what a key begins with that goes on in the next line. */
function withoutKeys(
  line: string,
  onSecret: OnSecret,
): { readonly text: string; readonly open: string | null } {
  let text = line;
  for (;;) {
    const begin = KEY_BEGIN.exec(text);
    if (begin === null) return { text, open: null };
    const key = text.slice(begin.index);
    const end = KEY_END.exec(key);
    const head = text.slice(0, begin.index) + redacted("private-key");
    if (end === null) return { text: head, open: key };
    onSecret("private-key", key.slice(0, end.index));
    text = head + key.slice(end.index + end[0].length);
  }
}

function redacted(rule: string): string {
  return `[REDACTED:${rule}]`;
}
