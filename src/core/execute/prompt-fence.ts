import type { RunId, SessionId } from "../shared/names.ts";

/** What the marks around foreign text are derived from. */
interface Seed {
  readonly run: RunId;
  readonly session: SessionId;
}

const BLOCK_MAX = 60_000;

/** Ways to put foreign text into a prompt so that it stays text. */
export const fence = { block, line, code };

/**
 * Puts foreign text between two marks that its author could not know. Derived from the session, so that the same
 * session gets the same prompt; should the mark stand in the text all the same, another one is taken.
 */
function block(name: string, text: string, seed: Seed): string {
  const content =
    text.length > BLOCK_MAX ? `${text.slice(0, BLOCK_MAX)}\n[cut here by Cairn]` : text;
  let nonce = nonceOf(`${seed.run}/${seed.session}/${name}`);
  while (content.includes(nonce)) nonce = nonceOf(nonce);
  return `<<<${name} ${nonce}\n${content.trim()}\n${nonce} end of ${name}>>>`;
}

/** One line: no line break in it can begin a heading of its own. */
function line(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().slice(0, 2_000);
}

function code(text: string): string {
  return `\`${line(text).replaceAll("`", "'")}\``;
}

/** Sixteen hexadecimal digits: two FNV-1a hashes of the text. */
function nonceOf(text: string): string {
  return hash(text) + hash(`${text}/second`);
}

function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, "0");
}
