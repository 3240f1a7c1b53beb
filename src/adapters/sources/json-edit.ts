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

/** Puts a value behind an item of a list, in the spacing that this item has. */
export function insertBehind(text: string, item: JsonNode, value: unknown): Edit {
  const blanks = blanksBefore(text, item.start);
  return { start: item.end, end: item.end, text: `,${blanks}${written(text, item, value)}` };
}

/** Puts a value at the end of a list; null for what is no list. */
export function appendItem(text: string, list: JsonNode | undefined, value: unknown): Edit | null {
  if (list?.kind !== "array") return null;
  const [first] = list.items;
  const last = list.items.at(-1);
  if (first === undefined || last === undefined)
    return { start: list.start, end: list.end, text: `[${JSON.stringify(value)}]` };
  // On one line items have a blank between them, also behind the first.
  const blanks =
    list.items.length > 1 ? blanksBefore(text, last.start) : blanksBefore(text, first.start) || " ";
  return { start: last.end, end: last.end, text: `,${blanks}${written(text, last, value)}` };
}

function blanksBefore(text: string, at: number): string {
  return /[ \t\r\n]*$/u.exec(text.slice(Math.max(0, at - BLANKS_MAX), at))?.[0] ?? "";
}

const BLANKS_MAX = 1000;

/** On one line where the item before it is, else indented as that is. */
function written(text: string, beside: JsonNode, value: unknown): string {
  const shown = text.slice(beside.start, beside.end);
  const newline = /\r?\n/u.exec(shown)?.[0];
  if (newline === undefined) return JSON.stringify(value);
  const outer =
    /[ \t]*$/u.exec(text.slice(Math.max(0, beside.start - BLANKS_MAX), beside.start))?.[0] ?? "";
  const inner = /\n([ \t]+)/u.exec(shown)?.[1] ?? `${outer}  `;
  const unit =
    inner.startsWith(outer) && inner.length > outer.length ? inner.slice(outer.length) : "  ";
  return JSON.stringify(value, null, unit).replaceAll("\n", `${newline}${outer}`);
}
