import type { ConflictedText } from "../conflicts/facts.ts";
import { compactJson, parseJsonTree, type JsonMember, type JsonNode } from "./json-tree.ts";

type JsonObject = Extract<JsonNode, { kind: "object" }>;

interface Version<Node extends JsonNode> {
  readonly node: Node;
  readonly text: string;
}

interface Sides<Node extends JsonNode = JsonObject> {
  readonly base: Version<Node>;
  readonly ours: Version<Node>;
  readonly theirs: Version<Node>;
}

/** What stands at a key afterwards. */
interface Slot {
  readonly key: string;
  readonly text: string;
}

/**
 * Objects in which the order of keys decides: the first that fits is taken. Where both sides add or remove keys of
 * one, nobody can tell which of them goes first.
 */
const ORDERED = new Set([
  "exports",
  "imports",
  "typesVersions",
  "moduleNameMapper",
  "transform",
  "rewrites",
  "redirects",
]);

/**
 * Three-way merge of JSON objects, key by key, as text: ours with what theirs changed. Proven where all three are plain
 * JSON, no key (counting nested ones by their path) was changed, added or removed differently by both sides, and neither
 * side changed the order of keys: then every key has the value of the only side that touched it. Lists and single values are one
 * thing each: two different changes of one are not merged. Formatting and line breaks are ours; a new key stands where
 * theirs has it, behind those that ours added there. Null where it is not proven.
 */
export function mergeJson({ base, ours, theirs }: ConflictedText): string | null {
  if (base === null) return null;
  const sides = {
    base: objectIn(base),
    ours: objectIn(ours),
    theirs: objectIn(theirs),
  };
  if (sides.base === null || sides.ours === null || sides.theirs === null) return null;
  const { base: was, ours: mine, theirs: other } = sides;
  const root = mergeObjects({ base: was, ours: mine, theirs: other }, false);
  if (root === null) return null;
  const merged = ours.slice(0, mine.node.start) + root + ours.slice(mine.node.end);
  return parseJsonTree(merged) === null ? null : merged;
}

function objectIn(text: string): Version<JsonObject> | null {
  const node = parseJsonTree(text);
  return node?.kind === "object" ? { node, text } : null;
}

function mergeObjects(sides: Sides, isOrdered: boolean): string | null {
  const { base, ours, theirs } = sides;
  if (isReordered(base.node, ours.node) || isReordered(base.node, theirs.node)) return null;
  if (isOrdered && hasOtherKeys(base.node, ours.node) && hasOtherKeys(base.node, theirs.node))
    return null;
  const kept: Slot[] = [];
  for (const member of ours.node.members) {
    const slot = mergeMember(sides, member, isOrdered);
    if (slot === null) return null;
    if (slot !== "gone") kept.push(slot);
  }
  const slots = insertNew(sides, kept);
  return slots === null ? null : render(sides, slots);
}

/** A key that ours has. */
function mergeMember(sides: Sides, mine: JsonMember, isOrdered: boolean): Slot | "gone" | null {
  const { base, ours, theirs } = sides;
  const { key } = mine;
  const was = memberOf(base.node, key);
  const other = memberOf(theirs.node, key);
  const [before, own, after] = [
    was && compactJson(was.value, base.text),
    compactJson(mine.value, ours.text),
    other && compactJson(other.value, theirs.text),
  ];
  const asOurs: Slot = { key, text: ours.text.slice(mine.start, mine.value.end) };
  if (own === after || before === after) return asOurs;
  if (before === own) {
    if (other === undefined) return "gone";
    const head = ours.text.slice(mine.start, mine.value.start);
    return { key, text: head + pasted(theirs.text, other.value, ours.text) };
  }
  if (was === undefined || other === undefined) return null;
  const nested = nestedSides(sides, was, mine, other);
  const text = nested && mergeObjects(nested, isOrdered || ORDERED.has(key));
  return text === null ? null : { key, text: ours.text.slice(mine.start, mine.value.start) + text };
}

function nestedSides(
  { base, ours, theirs }: Sides,
  was: JsonMember,
  mine: JsonMember,
  other: JsonMember,
): Sides | null {
  const [one, two, three] = [was.value, mine.value, other.value];
  if (one.kind !== "object" || two.kind !== "object" || three.kind !== "object") return null;
  return {
    base: { node: one, text: base.text },
    ours: { node: two, text: ours.text },
    theirs: { node: three, text: theirs.text },
  };
}

/** Puts keys that only theirs has where theirs has them; null where ours removed one that theirs changed. */
function insertNew({ base, ours, theirs }: Sides, kept: readonly Slot[]): readonly Slot[] | null {
  const slots = [...kept];
  let previous: string | null = null;
  for (const member of theirs.node.members) {
    const { key, value } = member;
    if (memberOf(ours.node, key) === undefined) {
      const was = memberOf(base.node, key);
      if (was !== undefined) {
        if (compactJson(was.value, base.text) !== compactJson(value, theirs.text)) return null;
        continue;
      }
      const head = theirs.text.slice(member.start, value.start);
      let at: number = previous === null ? 0 : slots.findIndex((one) => one.key === previous) + 1;
      // What ours added at this place goes first.
      while (isOnlyOurs(slots[at])) at += 1;
      slots.splice(at, 0, { key, text: head + pasted(theirs.text, value, ours.text) });
    }
    previous = key;
  }
  return slots;

  function isOnlyOurs(slot: Slot | undefined): boolean {
    if (slot === undefined) return false;
    return (
      memberOf(base.node, slot.key) === undefined && memberOf(theirs.node, slot.key) === undefined
    );
  }
}

/** Text of a value of theirs, with the line breaks of ours. */
function pasted(from: string, value: JsonNode, into: string): string {
  const text = from.slice(value.start, value.end).replaceAll("\r\n", "\n");
  return into.includes("\r\n") ? text.replaceAll("\n", "\r\n") : text;
}

/** The object with these keys, in the white space of ours, or of theirs where ours had no key to learn from. */
function render({ ours, theirs }: Sides, slots: readonly Slot[]): string {
  if (slots.length === 0) return "{}";
  const like = ours.node.members.length > 0 ? ours : theirs;
  const gaps = new Map(gapsOf(ours));
  const [first = ["", ""], second = first] = gapsOf(like);
  const tail = like.text.slice(like.node.members.at(-1)?.value.end, like.node.end - 1);
  const parts = slots.map(({ key, text }, at) => {
    const usual = at === 0 ? first[1] : second[1];
    return (gaps.get(key) ?? eol(usual, ours.text)) + text;
  });
  return `{${parts.join(",")}${eol(tail, ours.text)}}`;
}

/** Key -> white space before it. */
function gapsOf({ node, text }: Version<JsonObject>): readonly (readonly [string, string])[] {
  return node.members.map(({ key, start }, at) => {
    const before = node.members[at - 1];
    const from = before === undefined ? node.start + 1 : text.indexOf(",", before.value.end) + 1;
    return [key, text.slice(from, start)];
  });
}

function eol(space: string, like: string): string {
  const plain = space.replaceAll("\r\n", "\n");
  return like.includes("\r\n") ? plain.replaceAll("\n", "\r\n") : plain;
}

function memberOf(node: JsonObject, key: string): JsonMember | undefined {
  return node.members.find((member) => member.key === key);
}

function isReordered(base: JsonObject, side: JsonObject): boolean {
  const known = new Set(side.members.map(({ key }) => key));
  const before = base.members.map(({ key }) => key).filter((key) => known.has(key));
  const old = new Set(before);
  const now = side.members.map(({ key }) => key).filter((key) => old.has(key));
  return before.some((key, at) => key !== now[at]);
}

function hasOtherKeys(base: JsonObject, side: JsonObject): boolean {
  const known = new Set(base.members.map(({ key }) => key));
  return (
    side.members.length !== base.members.length || side.members.some(({ key }) => !known.has(key))
  );
}
