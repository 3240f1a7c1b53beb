import { StringDecoder } from "node:string_decoder";

export interface LineReader {
  push(chunk: Buffer): void;
  /** What stands after the last line end, if anything, is a line too. */
  end(): void;
}

// What is cut off a line that is too long: half a secret at the cut could not be recognised.
const CUT_MARGIN = 1024;

/** Splits bytes into lines with bounded memory: a line longer than `lineLengthMax` is cut and says so. */
export function createLineReader(
  onLine: (line: string) => void,
  lineLengthMax: number = 1_048_576,
): LineReader {
  const decoder = new StringDecoder("utf8");
  let carry = "";
  let isCut = false;
  const add = (piece: string): void => {
    if (isCut) return;
    carry += piece;
    if (carry.length <= lineLengthMax) return;
    carry = `${carry.slice(0, Math.max(0, lineLengthMax - CUT_MARGIN))} [line cut]`;
    isCut = true;
  };
  const flush = (): void => {
    const line = carry.endsWith("\r") ? carry.slice(0, -1) : carry;
    carry = "";
    isCut = false;
    onLine(line);
  };
  const take = (text: string): void => {
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      add(text.slice(from, at));
      flush();
      from = at + 1;
    }
    add(text.slice(from));
  };
  return {
    push: (chunk) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end());
      if (carry !== "") flush();
    },
  };
}
