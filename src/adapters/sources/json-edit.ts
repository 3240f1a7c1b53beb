import { memberOf } from "./json-tree.ts";
import type { JsonNode } from "./json-tree.ts";

/** What stands between two offsets of a text is replaced. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Gives a member of an object a text as its value, in the file's own spacing. A member that is not there yet is put
 * behind the first one. Null for what is no object, or an empty one.
 */
export function editMember(text: string, node: JsonNode, name: string, value: string): Edit | null {
  const quoted = JSON.stringify(value);
  const known = memberOf(node, name)?.value;
  if (known !== undefined) return { start: known.start, end: known.end, text: quoted };
  const first = node.kind === "object" ? node.members[0] : undefined;
  if (first === undefined) return null;
  const before = text.slice(node.start + 1, first.nameStart);
  const colon = /[ \t\r\n]*:[ \t\r\n]*$/u.exec(text.slice(first.nameStart, first.value.start))?.[0];
  const { end } = first.value;
  return { start: end, end, text: `,${before}${JSON.stringify(name)}${colon ?? ": "}${quoted}` };
}

/** All edits at once; they must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    pieces.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return pieces.join("") + text.slice(at);
}
