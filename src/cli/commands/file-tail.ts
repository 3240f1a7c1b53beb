import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

const CHUNK_BYTES = 64 * 1024;

/** Reads a file that grows, line by line; a line without its end is kept until the end is there. */
export class FileTail {
  readonly #file: string;
  readonly #decoder = new StringDecoder("utf8");
  #offset = 0;
  #rest = "";

  constructor(file: string) {
    this.#file = file;
  }

  /** Whole lines written since the last call; none while the file does not exist. */
  *read(): Generator<string> {
    const file = this.#open();
    if (file === null) return;
    const chunk = Buffer.alloc(CHUNK_BYTES);
    try {
      for (;;) {
        const bytes = readSync(file, chunk, 0, CHUNK_BYTES, this.#offset);
        if (bytes === 0) return;
        this.#offset += bytes;
        const lines = `${this.#rest}${this.#decoder.write(chunk.subarray(0, bytes))}`.split("\n");
        this.#rest = lines.pop() ?? "";
        yield* lines;
      }
    } finally {
      closeSync(file);
    }
  }

  #open(): number | null {
    try {
      return openSync(this.#file, "r");
    } catch {
      return null;
    }
  }
}
