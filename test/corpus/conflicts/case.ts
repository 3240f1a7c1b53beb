import type { ConflictKind } from "../../../src/core/merge/conflicts/facts.ts";

/** What lies at a path: a text, bytes, or an entry of another mode; null takes away what the base has there. */
export type Entry =
  | string
  | Buffer
  | null
  | { readonly text: string; readonly mode: "100755" }
  | { readonly link: string }
  | { readonly submodule: string };

export type Tree = Readonly<Record<string, Entry>>;

/** One three-way merge: two sides that each begin at the base and change what they name. */
export interface ConflictCase {
  readonly name: string;
  readonly base: Tree;
  readonly ours: Tree;
  readonly theirs: Tree;
  /** `clean`: git itself merges it. */
  readonly class: "clean" | "trivial" | "medium" | "heavy";
  /** Path -> rule and exact text: all that may be settled, and nothing else. */
  readonly settled?: Readonly<Record<string, { readonly by: string; readonly text: string }>>;
  /** Kind of each conflicted path, where the case is about that. */
  readonly kinds?: Readonly<Record<string, ConflictKind>>;
  /** Text of each path git merges by itself, where the case is about that. */
  readonly merged?: Readonly<Record<string, string>>;
  /** Files that are declared as growing. */
  readonly growing?: readonly string[];
  /** What the merged commit had that an agent made of the same conflict before. */
  readonly recorded?: Tree;
}

/** One file that all three have. */
export function oneFile(
  path: string,
  texts: { readonly base: string; readonly ours: string; readonly theirs: string },
): Pick<ConflictCase, "base" | "ours" | "theirs"> {
  return {
    base: { [path]: texts.base },
    ours: { [path]: texts.ours },
    // Of its own, so that something is left where the text comes to the same as ours.
    theirs: { [path]: texts.theirs, "theirs-alone.txt": "theirs\n" },
  };
}

export function lines(...all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}

/** Lines `1` to `count`, some of them changed. */
export function numbered(count: number, changed: Readonly<Record<number, string>> = {}): string {
  return lines(...Array.from({ length: count }, (_, at) => changed[at + 1] ?? `line ${at + 1}`));
}
