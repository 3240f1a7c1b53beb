/** Longer names are shown by their beginning: whoever wants the whole has the change itself. */
const CHARACTERS_MAX = 160;

/** A name from a file that an agent wrote: one line, not too long, nothing that steers a terminal. */
export function plainName(name: string): string {
  const line = name.replaceAll(/[\p{C}\s]+/gu, " ").trim();
  return line.length > CHARACTERS_MAX ? `${line.slice(0, CHARACTERS_MAX - 1)}…` : line;
}
