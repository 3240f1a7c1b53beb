import { createHash } from "node:crypto";

/** What a patch comes to. */
export interface PatchSummary {
  /** Added and removed lines; a binary file counts as one. */
  readonly changedLines: number;
  /** Equal for the same change on another base: neither line numbers nor blanks nor the ids of text files are in it. */
  readonly patchId: string;
}

/** Reads patches as git prints them with `--full-index`, line by line. */
export class PatchReader {
  readonly #hash = createHash("sha1");
  #changedLines = 0;
  /** Lines of the hunk under way that are still to come. */
  #before = 0;
  #after = 0;
  #index = "";

  /** One line without its end, as latin1. */
  take(line: string): void {
    if (this.#before > 0 || this.#after > 0) this.#takeContent(line);
    else this.#takeHeader(line);
  }

  end(): PatchSummary {
    return { changedLines: this.#changedLines, patchId: this.#hash.digest("hex") };
  }

  #takeContent(line: string): void {
    const sign = line.charAt(0);
    // `\ No newline at end of file` is no line of either side.
    if (sign === "\\") return;
    if (sign !== "+") this.#before -= 1;
    if (sign !== "-") this.#after -= 1;
    if (sign === "+" || sign === "-") this.#changedLines += 1;
    this.#add(line);
  }

  #takeHeader(line: string): void {
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (hunk !== null) {
      this.#before = Number(hunk[1] ?? 1);
      this.#after = Number(hunk[2] ?? 1);
    } else if (line.startsWith("index ")) {
      this.#index = line;
    } else if (line.startsWith("Binary files ")) {
      // Nothing else tells one binary change from another.
      this.#changedLines += 1;
      this.#add(this.#index);
    } else if (!line.startsWith("\\")) {
      this.#add(line);
    }
  }

  #add(line: string): void {
    this.#hash.update(`${line.replaceAll(/\s+/g, "")}\n`, "latin1");
  }
}

/** Summary of a whole patch. */
export function summarisePatch(patch: Buffer): PatchSummary {
  const reader = new PatchReader();
  const text = patch.toString("latin1");
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    reader.take(text.slice(from, end === -1 ? text.length : end));
    from = end === -1 ? text.length : end + 1;
  }
  return reader.end();
}
