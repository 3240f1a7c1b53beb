import fc from "fast-check";
import { expect, test } from "vitest";
import { editLine, EMPTY_LINE, enterLine, renderLine, type Key, type Line } from "./line-editor.ts";

function typed(text: string, line: Line = EMPTY_LINE): Line {
  return Array.from(text).reduce((now, letter) => editLine(now, { sequence: letter }), line);
}

function pressed(line: Line, ...keys: readonly (string | Key)[]): Line {
  return keys.reduce<Line>(
    (now, key) => editLine(now, typeof key === "string" ? { name: key } : key),
    line,
  );
}

const ctrl = (name: string): Key => ({ name, ctrl: true, sequence: "\u0001" });

test.each([
  [
    "letters are put where the cursor is",
    pressed(typed("aprove"), "home", "right"),
    "p",
    "approve",
  ],
  ["backspace takes the letter before it", pressed(typed("fixx"), "backspace"), "", "fix"],
  ["delete takes the letter under it", pressed(typed("afix"), "home", "delete"), "", "fix"],
  ["ctrl-w takes a word", pressed(typed("skip 4.2 no"), ctrl("w")), "yes", "skip 4.2 yes"],
  ["ctrl-u takes all before it", pressed(typed("skip 4"), "left", ctrl("u")), "fix ", "fix 4"],
  ["ctrl-k takes all behind it", pressed(typed("fix 44"), "left", ctrl("k")), "2", "fix 42"],
])("%s", (_name, line, more, text) => {
  expect(typed(more, line).text).toBe(text);
});

test("lines that were entered come back, and a new one after them", () => {
  const two = enterLine(typed("fix 2", enterLine(typed("help"))));
  expect(two.text).toBe("");
  expect(pressed(two, "up").text).toBe("fix 2");
  expect(pressed(two, "up", "up").text).toBe("help");
  expect(pressed(two, "up", "up", "up", "down").text).toBe("fix 2");
  expect(pressed(two, "up", "down").text).toBe("");
});

test("a letter of two code units is one letter", () => {
  const line = pressed(typed("a🙂b"), "left", "backspace");
  expect(line.text).toBe("ab");
  expect(line.cursor).toBe(1);
});

test("no control character gets in, and a paste has an end", () => {
  expect(typed("\u001B[2J\u0007fix", EMPTY_LINE).text).toBe("[2Jfix");
  expect(typed("x".repeat(900)).text).toHaveLength(500);
});

const KEYS = ["left", "right", "home", "end", "up", "down", "backspace", "delete", "tab", "f5"];
const key = fc.oneof(
  fc.constantFrom(...KEYS).map((name): Key => ({ name, sequence: "\u001B" })),
  fc.constantFrom(...Array.from("abcdefhknpuwz")).map((name): Key => ctrl(name)),
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 3 })
    .map((sequence): Key => ({ sequence })),
);

test("whatever is pressed, the cursor stays within the line and the picture within its width", () => {
  fc.assert(
    fc.property(
      fc.array(key, { maxLength: 60 }),
      fc.integer({ min: 8, max: 40 }),
      (keys, width) => {
        const line = keys.reduce<Line>((now, each) => editLine(now, each), EMPTY_LINE);
        const letters = Array.from(line.text);
        expect(line.cursor).toBeGreaterThanOrEqual(0);
        expect(line.cursor).toBeLessThanOrEqual(letters.length);
        const drawn = renderLine(line, { width, mark: (letter) => `<${letter}>`, hint: "help" });
        expect(Array.from(drawn.replace(/<(.)>/su, "$1")).length).toBeLessThanOrEqual(width);
        expect(drawn).toContain("<");
      },
    ),
  );
});

test("the cursor of a long line is always seen", () => {
  const look = { width: 20, mark: (letter: string) => `[${letter}]`, hint: "" };
  const long = typed("answer 4.2 use the second layout");
  expect(renderLine(long, look)).toBe("> he second layout[ ]");
  expect(renderLine(pressed(long, "home"), look)).toBe("> [a]nswer 4.2 use th");
});
