/** A text as it is meant, and where its characters stand in the text as it is written. */
export interface Reading {
  readonly plain: string;
  /** Place in the text of what `plain` has from `start` up to `end`; whole escapes, never a part of one. */
  placeOf(start: number, end: number): { readonly start: number; readonly end: number };
}

/** One piece of the text that stands in `plain` as one character or as none. */
interface Cut {
  /** Where in `plain`. */
  readonly at: number;
  readonly width: number;
  /** Characters that `plain` lacks, up to this piece and with it. */
  readonly before: number;
  readonly after: number;
}

const ESC = String.raw`(?:\x1b|\\+(?:u001[bB]|x1[bB]|0?33(?=[[\]])|e(?=[[\]])))`;
/**
 * What a screen shows nothing of, raw and as JSON escapes it. Quotes and backslashes are no part of a sequence: they may
 * end the string that it stands in. Of a link only its begin, because its address is to be looked at as well.
 */
const UNSEEN = [
  String.raw`(?:${ESC}\[|\x9b|\\+u009[bB]|\^\[\[)[0-?]{0,32}[ !#-/]{0,4}[@-[\]-~]`,
  String.raw`${ESC}\]\d{0,4};?`,
  String.raw`${ESC}(?:[()*+][0-9A-Z]|[78=>])`,
  ESC,
  // Where a program took the first character of the sequence away.
  String.raw`\[\d{1,3}(?:;\d{1,3}){0,8}m`,
  String.raw`[\0-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]`,
  String.raw`\r(?!\n)`,
  String.raw`\\+(?:b|r(?!\\+n)|u(?:00(?:0[0-8b-fB-F]|1[0-9a-fA-F]|7[fF]|[aA][dD])|200[b-fB-F]|202[a-eA-E]|206[0-4]|[fF][eE][fF][fF]))`,
].join("|");
const ESCAPE = String.raw`\\+(?:u[0-9a-fA-F]{4}|["'/bfnrt])?`;
const IN_ADDRESS = "%(?:25)*([0-9a-fA-F]{2})";

// Nearly every line has none of it, and costs one look.
const MAY_DIFFER = new RegExp(
  String.raw`[\\\0-\x08\x0b-\x1f\x7f\x9b\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]|\[\d`,
);
const MAY_BE_ADDRESS = /%[0-9a-fA-F]{2}/;
const ESCAPED = new RegExp(`(?<unseen>${UNSEEN})|${ESCAPE}`, "g");
const ENCODED = new RegExp(`(?<unseen>${UNSEEN})|${IN_ADDRESS}|${ESCAPE}`, "g");

/**
 * Every way to read a text: with all that is escaped and all that a screen does not show as white space, so that a token
 * behind a colour begins a word; where there is any of it, without what is not shown, so that a token with a colour
 * inside is one; and with `%3D` as an address means it.
 */
export function readingsOf(text: string): readonly Reading[] {
  const differs = MAY_DIFFER.test(text);
  const blank = differs ? read(text, ESCAPED, " ") : asWritten(text);
  const shown = asShown(text);
  const encoded = MAY_BE_ADDRESS.test(text) ? [read(text, ENCODED, " ")] : [];
  return [blank, ...(shown === null ? [] : [shown]), ...encoded];
}

/** The text without what a screen does not show; null where it shows everything. */
export function asShown(text: string): Reading | null {
  if (!MAY_DIFFER.test(text)) return null;
  for (const { groups } of text.matchAll(ESCAPED))
    if (groups?.["unseen"] !== undefined) return read(text, ESCAPED, "");
  return null;
}

function asWritten(text: string): Reading {
  return { plain: text, placeOf: (start, end) => ({ start, end }) };
}

/** Quotes, slashes and what an address encodes as they are meant, everything else that is escaped as white space. */
function read(text: string, pattern: RegExp, unseenAs: "" | " "): Reading {
  const cuts: Cut[] = [];
  let plain = "";
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const [piece] = match;
    const isUnseen = match.groups?.["unseen"] !== undefined;
    const code = pattern === ENCODED ? match[2] : undefined;
    const meant = isUnseen ? unseenAs : code === undefined ? unescaped(piece) : decoded(code);
    plain += text.slice(from, match.index);
    from = match.index + piece.length;
    const before = match.index - plain.length;
    cuts.push({
      at: plain.length,
      width: meant.length,
      before,
      after: before + piece.length - meant.length,
    });
    plain += meant;
  }
  plain += text.slice(from);
  return {
    plain,
    placeOf: (start, end) => {
      const first = lastCut(cuts, start);
      const last = lastCut(cuts, end - 1);
      const isCut = first !== undefined && first.at === start && first.width === 1;
      return {
        start: start + (isCut ? first.before : (first?.after ?? 0)),
        end: end + (last?.after ?? 0),
      };
    },
  };
}

function unescaped(piece: string): string {
  const last = piece.at(-1) ?? "";
  return /["'/]/.test(last) ? last : " ";
}

function decoded(code: string): string {
  const number = Number.parseInt(code, 16);
  return number > 0x20 && number < 0x7f ? String.fromCharCode(number) : " ";
}

/** Halving: a line may have as many findings as escapes. */
function lastCut(cuts: readonly Cut[], at: number): Cut | undefined {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return cuts[low - 1];
}
