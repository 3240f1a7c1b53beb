import { asNamedItems } from "../../../core/plan/dispatch-plan-document.ts";
import type { NamedItem } from "../../../core/plan/dispatch-plan-document.ts";
import { parseFollowUpOf } from "../../../core/plan/follow-up-line.ts";
import type { NamedFollowUp } from "../../../core/run/follow-ups.ts";
import type { FollowUpFiles } from "../../../ports/source.ts";
import { applyEdits } from "../json-edit.ts";
import type { Edit } from "../json-edit.ts";
import { nextLetterKey } from "../next-letter.ts";
import { entryOf, itemTrees, lineEnd, lineStart, nameOf } from "./item-places.ts";
import { isDispatchTree, readDocument } from "./read-document.ts";
import { readYamlTree } from "./yaml-tree.ts";
import type { YamlTree } from "./yaml-tree.ts";

/**
 * Writes follow-ups into a dispatch plan: an item behind the one whose rest it is, in the same wave, for that one is done
 * by then. Where the plan is made of another source it only says how that one's issue is to be run.
 */
export function dispatchFollowUps(reference: string): FollowUpFiles {
  return {
    nameFor: (of, taken) => {
      const key = nextLetterKey(of.replace(/^#/u, ""), taken);
      return key === null || /[\s,]/u.test(key) ? null : { key, number: key, url: null };
    },
    edits: (followUp) => [
      { path: reference, edit: (text) => (text === null ? null : withItem(text, followUp)) },
    ],
  };
}

interface Reading {
  readonly items: readonly NamedItem[];
  /** By name of the place. */
  readonly trees: ReadonlyMap<string, YamlTree>;
  readonly hasTruth: boolean;
  /** By index of `items`. */
  readonly groups: readonly (string | null)[];
  readonly defects: number;
}

function read(text: string): Reading | null {
  const { root, defects } = readYamlTree("", text);
  if (!isDispatchTree(root) || defects.length > 0) return null;
  const document = readDocument("", root);
  const items = asNamedItems(document, []);
  return {
    items,
    trees: new Map(itemTrees(root).map((tree) => [nameOf(tree), tree])),
    hasTruth: document.source !== null,
    groups: items.map(({ item, key, number }) => {
      const names = new Set([key, number, `#${number}`]);
      const listing = document.groups.find((group) =>
        group.items.some(({ text: one }) => names.has(one)),
      );
      return item.group?.text ?? listing?.id ?? null;
    }),
    defects: document.findings.length,
  };
}

function withItem(text: string, followUp: NamedFollowUp): string | null {
  const before = read(text);
  if (before === null) return null;
  const { items, trees, hasTruth } = before;
  const there = items.find(({ key }) => key.toLowerCase() === followUp.key.toLowerCase());
  if (there !== undefined) {
    // What the plan is made of knows whose rest it is; here the order tells.
    const of = hasTruth ? (there.item.after[0]?.text ?? null) : parseFollowUpOf(there.item.body);
    return of === followUp.of ? text : null;
  }
  const at = items.findIndex(({ key }) => key === followUp.of);
  const tree = trees.get(nameOf(items[at]?.item ?? { place: {} }));
  if (tree?.kind !== "map") return null;
  const fields = fieldsFor(followUp, before, before.groups[at] ?? null);
  const waiting = items.flatMap((named) => waitsToo(text, named, trees, followUp));
  // A text that the format cannot hold as lines it holds in quotes.
  for (const isBlock of [true, false]) {
    const edits = [insertion(text, tree, fields, isBlock), ...waiting];
    const added = applyEdits(text, edits);
    if (isOnlyAdded(before, read(added), at, followUp)) return added;
  }
  return null;
}

type Field = readonly [name: string, value: unknown];

function fieldsFor(
  { key, of, title, body, type, priority, labels, files, acceptanceCriteria }: NamedFollowUp,
  { hasTruth }: Reading,
  group: string | null,
): readonly Field[] {
  const own: readonly Field[] = [
    ...(type === "CODING" ? [] : [["type", type] as const]),
    ...(files.length === 0 ? [] : [["files", files] as const]),
    ...(labels.length === 0 ? [] : [["labels", labels] as const]),
    ...(acceptanceCriteria.length === 0 ? [] : [["acceptance", acceptanceCriteria] as const]),
    ["body", body],
  ];
  return [
    ["title", title],
    ["issue", key],
    ...(priority === null ? [] : [["priority", priority] as const]),
    ...(group === null ? [] : [["conflict_group", group] as const]),
    ["depends_on", [of]],
    ...(hasTruth ? [] : own),
  ];
}

function insertion(text: string, tree: YamlTree, fields: readonly Field[], isBlock: boolean): Edit {
  const line = text.slice(lineStart(text, tree.start), tree.start);
  const dash = /^(\s*)-(\s+)$/u.exec(line);
  const end = lineEnd(text);
  if (dash === null) {
    // Items in brackets, one after another.
    const words = fields.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
    return { start: tree.end, end: tree.end, text: `, {${words.join(", ")}}` };
  }
  const [, outer = "", gap = " "] = dash;
  const inner = `${outer} ${gap.replaceAll(/\S/gu, " ")}`;
  const lines = fields.flatMap(([name, value], index) => {
    const [first = "", ...more] = valueLines(name, value, isBlock);
    return [
      `${index === 0 ? `${outer}-${gap}` : inner}${first}`,
      ...more.map((one) => (one === "" ? "" : inner + one)),
    ];
  });
  const at = behind(text, tree.end);
  const isCut = at === text.length && !/[\r\n]$/u.test(text);
  return { start: at, end: at, text: `${isCut ? end : ""}${lines.join(end)}${isCut ? "" : end}` };
}

/** Begin of the line behind what ends here, a comment beside it included. */
function behind(text: string, offset: number): number {
  if (text[offset - 1] === "\n") return offset;
  const next = text.indexOf("\n", offset);
  return next < 0 ? text.length : next + 1;
}

function valueLines(name: string, value: unknown, isBlock: boolean): readonly string[] {
  if (!isBlock || typeof value !== "string" || !value.includes("\n"))
    return [`${name}: ${JSON.stringify(value)}`];
  return [`${name}: |-`, ...value.split("\n").map((line) => (line === "" ? "" : `  ${line}`))];
}

/** Whoever waits for the whole by `depends_on` waits for its rest as well. */
function waitsToo(
  text: string,
  { item, key }: NamedItem,
  trees: Reading["trees"],
  followUp: NamedFollowUp,
): readonly Edit[] {
  if (!followUp.dependents.includes(key)) return [];
  const tree = trees.get(nameOf(item));
  const list = tree?.kind === "map" ? entryOf(tree.entries, "depends_on")?.value : undefined;
  const name = JSON.stringify(followUp.key);
  if (list === undefined || list.start >= list.end) return [];
  if (list.kind === "scalar") {
    const written = text.slice(list.start, list.end);
    return [{ start: list.start, end: list.end, text: `[${written}, ${name}]` }];
  }
  if (list.kind !== "list") return [];
  const last = list.items.at(-1);
  if (last === undefined) return [{ start: list.start, end: list.end, text: `[${name}]` }];
  if (text[list.start] === "[") return [{ start: last.end, end: last.end, text: `, ${name}` }];
  const prefix = /^\s*-\s+/u.exec(text.slice(lineStart(text, last.start)))?.[0] ?? "";
  return [{ start: last.end, end: last.end, text: `${lineEnd(text)}${prefix}${name}` }];
}

function isOnlyAdded(
  before: Reading,
  after: Reading | null,
  at: number,
  followUp: NamedFollowUp,
): boolean {
  if (after === null || after.defects > before.defects) return false;
  const added = after.items[at + 1];
  const others = after.items.toSpliced(at + 1, 1);
  const wave = before.items[at]?.wave;
  return (
    added?.key === followUp.key &&
    added.wave === wave &&
    (before.hasTruth || added.item.body === followUp.body) &&
    others.length === before.items.length &&
    others.every((named, index) => {
      const was = before.items[index];
      return was?.key === named.key && was.wave === named.wave && was.item.body === named.item.body;
    })
  );
}
