/** Minutes of agent work for each size: a rule of thumb, replaced by the log's own figures once there are some. */
const MINUTES_BY_SIZE: Readonly<Record<Size, number>> = {
  XS: 5,
  S: 10,
  M: 20,
  L: 45,
  XL: 90,
  XXL: 180,
};
export type Size = "XS" | "S" | "M" | "L" | "XL" | "XXL";

const SIZE_WORDS: readonly (readonly [Size, RegExp])[] = [
  ["XXL", /^(?:xxl|2xl|huge)\b/iu],
  ["XL", /^(?:xl|x-?large|extra[ -]large)\b/iu],
  ["L", /^(?:l|large|big)\b/iu],
  ["M", /^(?:m|medium|mid)\b/iu],
  ["XS", /^(?:xs|x-?small|extra[ -]small|tiny)\b/iu],
  ["S", /^(?:s|small)\b/iu],
];
const LABEL = /^(?:t-shirt[\s-]*)?size\s*[:/_. -]\s*(\S.*)$/iu;
const TIME_LABEL = /^(?:estimated?|est|time|duration|effort|size)\s*[:/_. -]\s*(\S.*)$/iu;

const AMOUNT =
  /(\d{1,4}(?:\.\d{1,2})?)\s?(?:(?:-|–|to)\s?(\d{1,4}(?:\.\d{1,2})?)\s?)?(m|mins?|minutes?|minuten|h|hrs?|hours?|stunden?|d|days?|tage?n?)(?![\p{L}\d])/giu;
/** A working day, as people mean it who estimate in days. */
const DAY_MINUTES = 8 * 60;
/** Longer is no piece of work but a wish, or a number of something else. */
const MINUTES_MAX = 30 * DAY_MINUTES;
const FIELD =
  /^[^\p{L}\p{N}\n]{0,8}(?:(?:time )?estimate[sd]?(?: (?:time|effort|duration|minutes))?|effort|duration|aufwand)[^\p{L}\p{N}\n]{0,6}[:|][^\p{L}\p{N}\n]{0,6}([^\n]{1,40})/imu;
const BARE = /^[ \t>*_(+-]{0,6}(?:~|≈|ca\.? )[ \t]?([\d][^\n]{1,20})$/mu;
const IN_TITLE = /[([]\s?(?:~|≈|ca\.? )?\s?(\d[^()[\]]{1,20})[)\]]\s{0,3}$/u;
const WORDS_MAX = 200;
const TEXT_MAX = 100_000;

/** Minutes of a size. */
export function minutesOfSize(size: Size): number {
  return MINUTES_BY_SIZE[size];
}

/** `XS` … `XXL`, `small`, `large`: null for anything else. */
export function readSize(words: string): Size | null {
  const said = words.slice(0, WORDS_MAX).trim();
  return SIZE_WORDS.find(([, pattern]) => pattern.test(said))?.[0] ?? null;
}

/** The size that an issue's labels give it (`size:S`, `size/large`). */
export function sizeOf(labels: readonly string[]): Size | null {
  for (const label of labels) {
    const value = LABEL.exec(label.slice(0, WORDS_MAX))?.[1];
    const size = value === undefined ? null : readSize(value);
    if (size !== null) return size;
  }
  return null;
}

/** Minutes that a label names: `estimate:2h`, `effort/30min`. */
export function minutesOfLabels(labels: readonly string[]): number | null {
  for (const label of labels) {
    const value = TIME_LABEL.exec(label.slice(0, WORDS_MAX))?.[1];
    const minutes = value === undefined ? null : readMinutes(value);
    if (minutes !== null) return minutes;
  }
  return null;
}

/** `2h`, `1h 30m`, `~30 min`, `1-2 hours` (the longer), `half a day`; null where no time is named. */
export function readMinutes(words: string): number | null {
  const said = words.slice(0, WORDS_MAX);
  if (/^\W{0,4}half an? day\b/iu.test(said)) return DAY_MINUTES / 2;
  let minutes = 0;
  for (const [, low = "", high = low, unit = ""] of said.matchAll(AMOUNT)) {
    const each = /^m/iu.test(unit) ? 1 : /^[hs]/iu.test(unit) ? 60 : DAY_MINUTES;
    minutes += Number(high) * each;
  }
  return minutes > 0 && minutes <= MINUTES_MAX ? minutes : null;
}

/** The time that a title (`… (30 min)`) or a text (`Estimate: 2h`, a line `~30 min`) names for the whole issue. */
export function statedMinutes(title: string, body: string): number | null {
  const inTitle = IN_TITLE.exec(title.slice(-WORDS_MAX))?.[1];
  const said = inTitle === undefined ? null : readMinutes(inTitle);
  if (said !== null) return said;
  const text = body.slice(0, TEXT_MAX);
  const field = /estimat|effort|duration|aufwand/iu.test(text) ? FIELD.exec(text)?.[1] : undefined;
  const bare = field === undefined && /[~≈]|\bca\b/u.test(text) ? BARE.exec(text)?.[1] : undefined;
  const value = field ?? bare;
  return value === undefined ? null : readMinutes(value);
}
