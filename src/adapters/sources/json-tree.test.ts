import fc from "fast-check";
import { expect, test } from "vitest";
import { createPlaces, memberOf, nodeAt, readJsonTree } from "./json-tree.ts";
import type { JsonNode } from "./json-tree.ts";

function tree(text: string): JsonNode {
  const root = readJsonTree(text);
  if (root.kind === "defect") throw new Error(root.message);
  return root;
}

/** The value again, made of nothing but kinds and places. */
function valueOf(text: string, node: JsonNode): unknown {
  switch (node.kind) {
    case "scalar":
      return JSON.parse(text.slice(node.start, node.end));
    case "array":
      return node.items.map((item) => valueOf(text, item));
    case "object":
      return Object.fromEntries(
        node.members.map((member) => [member.name, valueOf(text, member.value)]),
      );
  }
}

test("places lead back to the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 1, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(valueOf(text, tree(text))).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test("exactly the texts that are no JSON have a defect", () => {
  const piece = fc.constantFrom(
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    '"a"',
    '"\\u12"',
    '"',
    "01",
    "-1",
    "nul",
    " ",
    "\n",
    "\\",
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join("")),
    fc
      .tuple(fc.json({ maxDepth: 3 }), fc.nat())
      .map(([json, at]) => json.slice(0, at % (json.length + 1))),
  );
  fc.assert(
    fc.property(text, (candidate) => {
      let valid = true;
      try {
        JSON.parse(candidate);
      } catch {
        valid = false;
      }
      expect(readJsonTree(candidate).kind !== "defect").toBe(valid);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['{"a": 1,}', 8, 'there is "}" where a name should stand'],
  ['{"a" 1}', 5, 'there is "1}" where ":" should stand'],
  ["[1 2]", 3, 'there is "2]" where "," or "]" should stand'],
  ["", 0, "the text ends where a value should stand"],
  ["[1] x", 4, 'there is "x" where the end of the text should stand'],
])("%j stops being JSON at %i", (text, offset, message) => {
  expect(readJsonTree(text)).toEqual({ kind: "defect", offset, message });
});

test("a million brackets are no obstacle", () => {
  expect(readJsonTree(`${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`).kind).toBe("array");
});

test("members are found by name, of doubled ones the last", () => {
  const text = '{"a": 1, "b": {"c": [7, 8]}, "a": 2}';
  const root = tree(text);
  const member = memberOf(root, "a");
  expect([member?.nameStart, text.slice(member?.value.start, member?.value.end)]).toEqual([
    29,
    "2",
  ]);
  const inside = nodeAt(root, ["b", "c", 1]);
  expect(text.slice(inside.start, inside.end)).toBe("8");
  expect(nodeAt(root, ["b", "c", 5, "x"]).kind).toBe("array");
});

test("offsets become lines and columns, whatever ends the lines", () => {
  const places = createPlaces("ab\r\nc\rd\n\ne");
  expect([0, 2, 4, 6, 8, 9].map(places)).toEqual([
    { line: 1, column: 1 },
    { line: 1, column: 3 },
    { line: 2, column: 1 },
    { line: 3, column: 1 },
    { line: 4, column: 1 },
    { line: 5, column: 1 },
  ]);
});
