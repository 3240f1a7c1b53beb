import { createLineReader } from "./line-reader.ts";
import { createRedaction } from "./redact.ts";

const TAIL_MAX = 4_000;
// Enough to find every failure of a run whose output is within its limit, without holding a flood in memory.
const READABLE_MAX = 2_000_000;

/** Output of one command of the owner's: redacted, bounded, both streams in the order they came. */
export class CommandOutput {
  bytes = 0;
  readonly #bytesMax: number;
  readonly #redact: (line: string) => string;
  readonly #readers = { stdout: this.#reader(), stderr: this.#reader() };
  #text = "";

  constructor(bytesMax: number, secrets: readonly string[]) {
    this.#bytesMax = bytesMax;
    this.#redact = createRedaction(secrets);
  }

  isOverLimit(): boolean {
    return this.bytes > this.#bytesMax;
  }

  take(stream: "stdout" | "stderr", chunk: Buffer): void {
    this.bytes += chunk.length;
    if (!this.isOverLimit()) this.#readers[stream].push(chunk);
  }

  close(): void {
    this.#readers.stdout.end();
    this.#readers.stderr.end();
  }

  /** As much as is kept: the end of it. */
  get text(): string {
    return this.#text;
  }

  get tail(): string {
    return this.#text.trimEnd().slice(-TAIL_MAX);
  }

  #reader(): ReturnType<typeof createLineReader> {
    return createLineReader((line) => {
      this.#text = `${this.#text}${this.#redact(line)}\n`;
      // In big steps: cutting at every line would copy the whole text each time.
      if (this.#text.length > 2 * READABLE_MAX) this.#text = this.#text.slice(-READABLE_MAX);
    });
  }
}
