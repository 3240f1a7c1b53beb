import fc from "fast-check";
import { expect, test } from "vitest";
import type { Mark } from "../../../core/plan/issue.ts";
import { dispatchProgress } from "./dispatch-progress.ts";
import { parseDispatch } from "./parse-dispatch.ts";

const done = (...keys: readonly string[]): ReadonlyMap<string, Mark> =>
  new Map(keys.map((key) => [key, "done"]));

function mark(text: string, marks: ReadonlyMap<string, Mark>): string | null {
  return dispatchProgress("plan.yaml").mark(text, marks);
}

const PLAN = `# kept
waves:
  - wave: 1   # one
    items:
      - title: "A: b" # comment
        # about the number
        issue: 1
        body: |
          Two
          lines
      - issue: 2
      - {issue: 3, title: C}
      - title: D
        issue: 4
        done: false   # not yet
      - body: |
          First line

        issue: 5
`;

test("done is written into the items, and every other byte stays", () => {
  expect(mark(PLAN, done("#1", "#2", "#3", "#4", "#5"))).toBe(`# kept
waves:
  - wave: 1   # one
    items:
      - title: "A: b" # comment
        # about the number
        done: true
        issue: 1
        body: |
          Two
          lines
      - done: true
        issue: 2
      - {done: true, issue: 3, title: C}
      - title: D
        issue: 4
        done: true   # not yet
      - body: |
          First line

        done: true
        issue: 5
`);
});

test("line ends and a missing last one stay as they are", () => {
  const text = "waves:\r\n  - items:\r\n      - issue: 1\r\n      - title: B\r\n        issue: 2";
  expect(mark(text, done("#1", "#2"))).toBe(
    "waves:\r\n  - items:\r\n      - done: true\r\n        issue: 1\r\n      - title: B\r\n        done: true\r\n        issue: 2",
  );
});

test.each([
  ["it is done already", "waves:\n  - items:\n      - issue: 1\n        done: true\n"],
  ["it has no such item", "waves:\n  - items:\n      - issue: 7\n"],
  [
    "its states are those of a source",
    "source: {kind: json, reference: a.json}\nwaves:\n  - items:\n      - issue: 1\n",
  ],
  ["it is no dispatch plan", "a: 1\n"],
  ["it cannot be read", "waves: [\n"],
  ["an alias repeats the item", "x: &x {issue: 1}\nwaves:\n  - items: [*x]\n"],
])("nothing changes where %s", (_why, text) => {
  expect(mark(text, done("#1"))).toBeNull();
});

test("other marks than done change nothing", () => {
  expect(mark(PLAN, new Map([["#1", "blocked"]]))).toBeNull();
  expect(mark(PLAN, new Map([["#1", "skipped"]]))).toBeNull();
});

test("marking twice changes nothing more, whatever the text; what was marked reads as done", () => {
  const line = fc.constantFrom(
    "waves:",
    "  - wave: 1",
    "    items:",
    "      - issue: 1",
    "      - title: x",
    "        issue: 2",
    "        done: false",
    "      - {issue: 3}",
    "# comment",
    "",
    "        body: |",
    "          text",
  );
  const keys = ["#1", "#2", "#3"];
  fc.assert(
    fc.property(fc.array(line, { maxLength: 14 }), (lines) => {
      const text = `waves:\n  - items:\n${lines.join("\n")}`;
      const marked = mark(text, done(...keys));
      if (marked === null) return;
      expect(mark(marked, done(...keys))).toBeNull();
      const items = parseDispatch(marked)?.waves.flatMap((wave) => wave.items) ?? [];
      const first = keys.flatMap((key) => items.find((item) => item.key === key) ?? []);
      expect(first.map(({ closedAs }) => closedAs)).toEqual(first.map(() => "completed"));
    }),
    { numRuns: 2000 },
  );
});
