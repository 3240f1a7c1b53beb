import type { SecretAt } from "./find-secrets.ts";

// `password = "…"`, `"clientSecret": "…"`, `API_KEY_2=…`; not `token_type`, `secretName`, `tokenizer`.
const NAMED =
  /(pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|(?:access|auth|private|secret|encryption|signing|account)[_-]?key|credential)s?((?:[_-][a-z0-9]{1,12}){0,2})["'`\]]{0,2}\s{0,4}(?:=>|:=|={1,3}|:)\s{0,4}(?:["'`]([^\s"'`]{8,400})["'`]|([^\s"'`,;&|<>(){}[\]]{8,400}))/gi;
// Says what a secret is called or where it lies, not what it is.
const ABOUT =
  /^[_-](?:id|ids|name|names|count|file|path|type|url|uri|limit|length|env|ref|index|field|header|key|hash|policy|ttl|expiry|expires|in|at|max|min)$/i;
const HEADER =
  /authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:bearer|basic|token|digest)\s{1,4}([A-Za-z0-9+/=._~-]{12,})/gi;
const LOGIN = /(?:\s-u|--user)[ =]["']?[^\s:"']{1,64}:([^\s"']{6,})/g;
const ADDRESS =
  /\b([a-z][a-z0-9+.-]{1,20}):\/\/([^\s:/?#@"'`<>]{0,256}):([^\s@/"'`<>]{4,256})@([^\s"'`<>/:?,;)]+)/gi;

const MADE_UP =
  /example|change.?(?:me|this|it)|your|placeholder|redacted|dummy|sample|fake|insert|replace|todo|\*{3}|x{4}|\.{3}|…|\d?123456|987654|abcdef|zyxwv|foobar|hunter2/i;
const TEMPLATE = /^[$%<{#@]|\$\{|\$\(|\{\{|%[A-Z_]+%|^\[REDACTED:/;
const REFERENCE =
  /^(?:process\.env|os\.environ|import\.meta|secrets\.|vault:|op:\/\/|ref:|env:|file:|arn:)|^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+\W*$/;
const PATH = /^(?:[a-z][a-z+.-]*:\/\/|\.{0,2}\/[\w.-]+\/|~\/|[A-Z]:\\)/i;
const COMMON_PASSWORDS =
  /^(?:pass(?:word)?\d*|postgres|mysql|root|admin|user|guest|test(?:ing)?\d*|secret|mongo|redis|rabbitmq|local|dev(?:elopment)?|toor|letmein|qwerty\d*)$/i;
const LOCAL_HOST =
  /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[?::1\]?|db|database|postgres|mysql|redis|mongo|host(?:name)?)$|\.(?:example|test|invalid|local(?:host)?)$|(?:^|\.)example\.\w+$/i;

// Nearly every line of a transcript has a word such as `input_tokens` in it; few have one with a value behind it.
const MAY_BE_NAMED =
  /(?:pass(?:word|wd|phrase)?|pwd|secret|token|key|credential)s?[\w-]{0,26}["'`\]]{0,2}\s{0,4}[=:]/i;
const MAY_BE_LOGIN = /authorization|\s-u|--user/i;

/** Values that the words before them call a secret, where they look as if they were one. */
export function findNamed(text: string): readonly SecretAt[] {
  return [
    ...(MAY_BE_NAMED.test(text) ? named(text) : []),
    ...(MAY_BE_LOGIN.test(text) ? logins(text) : []),
    ...(text.includes("://") ? addresses(text) : []),
  ];
}

/** Shannon's entropy in bits for each character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / text.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}

/** A value that stands for a secret, as in a manual: nobody's key. */
export function isMadeUp(value: string): boolean {
  return MADE_UP.test(value) || new Set(value.slice(-24)).size <= 7;
}

/** Whether something random is left of a value without the words and rows of characters that somebody made up. */
export function holdsRandomPart(value: string): boolean {
  const rest = withoutRows(value.replaceAll(new RegExp(MADE_UP, "gi"), ""));
  return rest
    .split(/[^A-Za-z0-9]+/)
    .some(
      (part) =>
        part.length >= RANDOM_LENGTH_MIN &&
        /\d/.test(part) &&
        /[A-Za-z]/.test(part) &&
        entropyOf(part) >= 3.2,
    );
}

const RANDOM_LENGTH_MIN = 16;

/** Without `3456` and `ghijk`: each character follows the one before. */
function withoutRows(text: string): string {
  let kept = "";
  let row = "";
  for (const char of `${text}\0`) {
    const last = row.at(-1);
    if (last !== undefined && char.charCodeAt(0) === last.charCodeAt(0) + 1) {
      row += char;
      continue;
    }
    if (row.length < 4) kept += row;
    row = char;
  }
  return kept;
}

/** An address whose password stands in every manual. */
export function hasCommonPassword(address: string): boolean {
  const password = /:\/\/[^\s:/@]*:([^\s/@]*)@/.exec(address)?.[1];
  return password !== undefined && COMMON_PASSWORDS.test(password);
}

function* named(text: string): Generator<SecretAt> {
  for (const match of text.matchAll(NAMED)) {
    const [whole, word = "", about = "", quoted, bare] = match;
    const value = quoted ?? bare ?? "";
    const start = match.index + whole.lastIndexOf(value);
    // Known by its name and its length, the one of Amazon's manual as well.
    if (/^[_-]access[_-]key$/i.test(about) && /^[A-Za-z0-9/+]{40}$/.test(value)) {
      yield { rule: "aws-secret-key", start, end: start + value.length };
      continue;
    }
    if (ABOUT.test(about) || TEMPLATE.test(value) || REFERENCE.test(value) || PATH.test(value))
      continue;
    const isPassword = /^p/i.test(word) && !/key$/i.test(word);
    if (!looksChosen(value, { isPassword, isQuoted: quoted !== undefined })) continue;
    yield { rule: isPassword ? "password" : "named-secret", start, end: start + value.length };
  }
}

/** Random enough for a key, or mixed enough for a password; words, numbers and names in code are neither. */
function looksChosen(
  value: string,
  { isPassword, isQuoted }: { readonly isPassword: boolean; readonly isQuoted: boolean },
): boolean {
  if (isMadeUp(value) || !/[A-Za-z]/.test(value)) return false;
  const digits = value.match(/\d/g)?.length ?? 0;
  const isMixed =
    digits > 0 && (/[^A-Za-z0-9_.-]/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value)));
  if (isPassword && isMixed && (isQuoted || digits > 1 || /[^\w.-]/.test(value))) return true;
  if (value.length < 16 || digits < 2 || entropyOf(value) < 3.4) return false;
  // `my-app-tls-2024`, `parse_token_v2_from_header`
  return !/^[a-z]+(?:[-_.](?:[a-z]+|v?\d{1,4}))+$/i.test(value);
}

function* logins(text: string): Generator<SecretAt> {
  for (const pattern of [HEADER, LOGIN]) {
    for (const match of text.matchAll(pattern)) {
      const value = match[1] ?? "";
      if (isMadeUp(value) || TEMPLATE.test(value) || !/\d/.test(value)) continue;
      const start = match.index + match[0].length - value.length;
      yield { rule: "authorization", start, end: start + value.length };
    }
  }
}

function* addresses(text: string): Generator<SecretAt> {
  for (const match of text.matchAll(ADDRESS)) {
    const [, scheme = "", user = "", password = "", host = ""] = match;
    if (
      user.startsWith("[REDACTED") ||
      user === password ||
      MADE_UP.test(password) ||
      TEMPLATE.test(password)
    )
      continue;
    if (COMMON_PASSWORDS.test(password) || /\$\{|\{\{/.test(password)) continue;
    if (LOCAL_HOST.test(host) && !/\d/.test(password)) continue;
    const start = match.index + scheme.length + "://".length + user.length + 1;
    yield { rule: "url-credentials", start, end: start + password.length };
  }
}
