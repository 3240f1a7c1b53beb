import {
  entropyOf,
  findNamed,
  hasCommonPassword,
  holdsRandomPart,
  isMadeUp,
} from "./named-secrets.ts";
import { asShown, readingsOf, type Reading } from "./secret-disguises.ts";
import { findByShape } from "./secret-shapes.ts";
import { findByPreset, MAY_HOLD } from "./secretlint-rules.ts";

/** Where a secret stands in a text; never its value. */
export interface SecretAt {
  readonly rule: string;
  readonly start: number;
  readonly end: number;
}

/** Where a value stands that is known, and how it is written there. */
interface KnownAt {
  readonly form: string;
  readonly start: number;
  readonly end: number;
}

// Headers, line ends in whatever writing and marks of a diff may stand before the key itself.
const KEY_BEGIN =
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[\s\\nr"',+>|-]|[A-Z][\w-]+: [^\n\\]*)*[A-Za-z0-9+/=]{24}/g;
const KEY_END = /-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/;
// Of RSA with 16,384 bits.
const KEY_LENGTH_MAX = 20_000;

/** Rules that name what a person wrote beside a value, or a value that is often no secret at all. */
const LIKELY: ReadonlySet<string> = new Set([
  "password",
  "named-secret",
  "authorization",
  "url-credentials",
  "jwt",
  "aws-access-key",
]);

/**
 * Every secret that can be known by its shape or by the words before it: secretlint's rules and our own, in order and
 * without overlaps. Escapes of JSON, however deep, colours and what else is not shown hide none: `\nghp_…` begins with a
 * token.
 */
export function findSecrets(text: string): readonly SecretAt[] {
  const found = readingsOf(text).flatMap((reading) => findIn(reading));
  return found.length === 0 ? [] : merged(found);
}

/** Where one of `forms` (`formsOf`) stands, also with a colour or the like inside; in order and without overlaps. */
export function findKnown(text: string, forms: readonly string[]): readonly KnownAt[] {
  const found = [...placesOf(text, forms)];
  const shown = asShown(text);
  if (shown !== null)
    for (const { form, start, end } of placesOf(shown.plain, forms))
      found.push({ form, ...shown.placeOf(start, end) });
  const kept: KnownAt[] = [];
  for (const next of found.toSorted(
    (one, other) => one.start - other.start || other.end - one.end,
  )) {
    const last = kept.at(-1);
    if (last === undefined || next.start >= last.end) kept.push(next);
    else if (next.end > last.end) kept[kept.length - 1] = { ...last, end: next.end };
  }
  return kept;
}

/** Private keys over several lines or inside one string; a text that comes line by line is `createRedaction`'s. */
export function findPrivateKeys(text: string): readonly SecretAt[] {
  if (!text.includes("PRIVATE KEY")) return [];
  return [...text.matchAll(KEY_BEGIN)].map(({ 0: begin, index: start }) => {
    const rest = text.slice(start, start + KEY_LENGTH_MAX);
    const end = KEY_END.exec(rest);
    const length = end === null ? begin.length : end.index + end[0].length;
    return { rule: "private-key", start, end: start + length };
  });
}

/**
 * Whether a finding is worth stopping for. A vendor's token is, unless somebody made it up for a test or a manual; what
 * only its name calls a secret, a JSON Web Token or a key for testing is hidden, and nothing more.
 */
export function isCertain(rule: string, value: string): boolean {
  if (LIKELY.has(rule) || /[sr]k_test_/.test(value)) return false;
  // Its first line alone stands in every manual.
  if (rule === "private-key") return /[A-Za-z0-9+/=]{40}/.test(value);
  // Random characters may well spell `todo` somewhere.
  if (isMadeUp(value) && !holdsRandomPart(value)) return false;
  if (rule !== "environment") return true;
  // An address without a login, a sentence: settings, which code may well repeat.
  const isSetting = /\s/.test(value) || /^[a-z][a-z0-9+.-]*:\/\/[^@]*$/i.test(value);
  return !isSetting && /\d/.test(value) && value.length >= 16 && entropyOf(value) >= 3;
}

function findIn(reading: Reading): readonly SecretAt[] {
  const { plain } = reading;
  return [
    ...findByShape(plain),
    ...(MAY_HOLD.test(plain) ? findByPreset(plain) : []),
    ...findNamed(plain),
  ]
    .filter(({ start, end }) => !isNobodys(plain.slice(start, end)))
    .map(({ rule, start, end }) => ({ rule, ...reading.placeOf(start, end) }));
}

function* placesOf(text: string, forms: readonly string[]): Generator<KnownAt> {
  for (const form of forms)
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length))
      yield { form, start: at, end: at + form.length };
}

/** What is gone already, and an address with the password everybody knows. */
function isNobodys(value: string): boolean {
  return value.includes("REDACTED:") || hasCommonPassword(value);
}

function merged(found: readonly SecretAt[]): readonly SecretAt[] {
  const sorted = found.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const kept: SecretAt[] = [];
  for (const next of sorted) {
    const last = kept.at(-1);
    if (last === undefined || next.start >= last.end) {
      kept.push(next);
      continue;
    }
    const rule = LIKELY.has(last.rule) ? next.rule : last.rule;
    kept[kept.length - 1] = { rule, start: last.start, end: Math.max(last.end, next.end) };
  }
  return kept;
}
