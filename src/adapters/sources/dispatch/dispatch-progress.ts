import { asNamedItems } from "../../../core/plan/dispatch-plan-document.ts";
import type { Mark } from "../../../core/plan/issue.ts";
import type { TaskKey } from "../../../core/shared/names.ts";
import type { ProgressFile } from "../../../ports/source.ts";
import { applyEdits } from "../json-edit.ts";
import type { Edit } from "../json-edit.ts";
import { isDispatchTree, readDocument } from "./read-document.ts";
import { entryOf, itemTrees, lineEnd, lineStart, nameOf } from "./item-places.ts";
import { readYamlTree } from "./yaml-tree.ts";
import type { YamlTree } from "./yaml-tree.ts";

/**
 * Sets `done: true` on items; every other byte stays. A plan whose states are those of a source is left alone. Done is
 * all that the format knows: other marks change nothing.
 */
export function dispatchProgress(reference: string): ProgressFile {
  return { path: reference, mark: (text, marks) => markDone(text, marks) };
}

function markDone(text: string, marks: ReadonlyMap<TaskKey, Mark>): string | null {
  const { root, defects } = readYamlTree("", text);
  if (!isDispatchTree(root) || defects.length > 0) return null;
  const document = readDocument("", root);
  if (document.source !== null) return null;
  const places = new Map(itemTrees(root).map((tree) => [nameOf(tree), tree]));
  const seen = new Set<string>();
  const edits = asNamedItems(document, []).flatMap(({ item, key }): readonly Edit[] => {
    const isFirst = !seen.has(key.toLowerCase());
    seen.add(key.toLowerCase());
    const tree = places.get(nameOf(item));
    if (!isFirst || tree === undefined || marks.get(key) !== "done") return [];
    return item.closedAs === "completed" ? [] : editOf(text, tree);
  });
  const marked = applyEdits(text, edits);
  return edits.length > 0 && isReadable(marked) ? marked : null;
}

function isReadable(text: string): boolean {
  return readYamlTree("", text).defects.length === 0;
}

function editOf(text: string, tree: YamlTree): readonly Edit[] {
  if (tree.kind !== "map") return [];
  const [first, second] = tree.entries;
  // What an alias repeats stands elsewhere, and is another item too.
  if (first === undefined || first.start < tree.start || first.start >= tree.end) return [];
  const done = entryOf(tree.entries, "done")?.value;
  if (done !== undefined && done.start < done.end)
    return [{ start: done.start, end: done.end, text: "true" }];
  if (done !== undefined) return [];
  if (tree.isFlow) return [{ start: first.start, end: first.start, text: "done: true, " }];
  const start = second === undefined ? first.start : lineStart(text, second.start);
  // On the line of the dash a new first name stands just as well.
  const isOwnLine = second !== undefined && text.slice(start, second.start).trim() === "";
  const indent = " ".repeat((isOwnLine ? second : first).place.column - 1);
  return isOwnLine
    ? [{ start, end: start, text: `${indent}done: true${lineEnd(text)}` }]
    : [{ start: first.start, end: first.start, text: `done: true${lineEnd(text)}${indent}` }];
}
