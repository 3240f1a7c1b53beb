import type { FileChange, Repository } from "../ports/repository.ts";
import type { AddedLine, AddedText } from "../ports/secrets.ts";

/** All that is read of them for one change, since looking it through takes time: a second for a few megabytes. */
const BYTES_MAX = 64 * 1024 * 1024;
/** In characters: what the scanner gets at once. */
const PIECE = 256 * 1024;
/** So much of a piece is said again at the start of the next: longer than any key. */
const OVERLAP = 24 * 1024;

/**
 * What a change adds to files that nobody reads as texts (binary ones, long ones), in pieces for a scanner; a file beyond
 * what is read is named. The same change of the same file is given out once, also when it comes in several commits.
 */
export class UnreadFiles {
  readonly #repository: Pick<Repository, "blobText">;
  readonly #seen = new Set<string>();
  #bytesLeft: number;

  constructor(repository: Pick<Repository, "blobText">, bytesMax = BYTES_MAX) {
    this.#repository = repository;
    this.#bytesLeft = bytesMax;
  }

  async *added({ path, before, after, unread }: FileChange): AsyncGenerator<AddedText> {
    if (unread === undefined || (after === null && unread.after === null)) return;
    const id = JSON.stringify([path, unread, after === null ? null : after.length]);
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    const now = after ?? (await this.#read(unread.after));
    if (now === null) {
      yield { path, lines: [], unscanned: unread.after ?? "" };
      return;
    }
    // Where the old side is too long as well, all of the new one is looked at.
    const old = before ?? (await this.#read(unread.before)) ?? "";
    for (const reading of now.includes("\0") ? [spaced, closed] : [same])
      yield* piecesOf(path, newLines(reading(old), reading(now)));
  }

  async #read(blob: string | null): Promise<string | null> {
    if (blob === null) return null;
    const text = await this.#repository.blobText(blob, this.#bytesLeft);
    this.#bytesLeft = Math.max(0, this.#bytesLeft - (text?.length ?? 0));
    return text;
  }
}

/** What a person could read in a line of a program; the rest of it makes the search ten times as long. */
const READABLE = /[\t\u0020-\u007E\u00A0-\uFFFC]{8,}/g;

const same = (text: string): string => text;
/** NUL bytes end words in programs. */
const spaced = (text: string): string => readable(text);
/** In UTF-16 they are half of each letter. */
const closed = (text: string): string => readable(text.replaceAll("\0", ""));

function readable(text: string): string {
  const lines = text.split("\n").map((line) => (line.match(READABLE) ?? []).join(" "));
  return lines.join("\n");
}

function* newLines(before: string, after: string): Generator<AddedLine> {
  const known = new Set(before === "" ? [] : before.split("\n"));
  let line = 0;
  for (const text of after.split("\n")) {
    line += 1;
    if (text === "" || known.has(text)) continue;
    for (let at = 0; at === 0 || at + OVERLAP < text.length; at += PIECE - OVERLAP)
      yield { line, text: text.slice(at, at + PIECE) };
  }
}

function* piecesOf(path: string, lines: Iterable<AddedLine>): Generator<AddedText> {
  let piece: AddedLine[] = [];
  let size = 0;
  for (const line of lines) {
    if (size + line.text.length > PIECE && piece.length > 0) {
      yield { path, lines: piece };
      piece = endOf(piece);
      size = piece.reduce((sum, { text }) => sum + text.length + 1, 0);
    }
    piece.push(line);
    size += line.text.length + 1;
  }
  // Also where there is none: the name is published as well.
  yield { path, lines: piece };
}

function endOf(lines: readonly AddedLine[]): AddedLine[] {
  let size = 0;
  const start = lines.findLastIndex(({ text }) => (size += text.length + 1) > OVERLAP);
  return lines.slice(start + 1);
}
