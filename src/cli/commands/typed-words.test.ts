import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { openTyping, readTyped } from "./typed-words.ts";

test.each([
  ["pause", { name: "pause" }],
  ["  skip 4.2 ", { name: "skip", task: "4.2" }],
  ["skip #12 done by hand", { name: "skip", task: "#12", text: "done by hand" }],
  ["answer 4.2 use the second", { name: "answer", task: "4.2", text: "use the second" }],
])("%s is a command", (line, word) => {
  expect(readTyped(line)).toEqual(word);
});

test.each([
  ["hello", /^Words here: pause, /],
  ["toString 4.2", /^Words here: /],
  ["panic", /cairn panic$/],
  ["retry", /needs the key/],
  ["answer 4.2", /needs the answer/],
])("%s gets a sentence that says what would be one", (line, words) => {
  expect(readTyped(line)).toMatch(words);
});

test("keys become a line, Enter sends it, Ctrl-C leaves, arrows do nothing", async () => {
  const raw: boolean[] = [];
  const keyboard = Object.assign(new PassThrough(), {
    setRawMode: (on: boolean) => raw.push(on),
  }) as unknown as NodeJS.ReadStream & PassThrough;
  const shown: string[] = [];
  const entered: string[] = [];
  let left = 0;
  const typing = openTyping(keyboard, {
    show: (line) => shown.push(line),
    enter: (line) => entered.push(line),
    leave: () => (left += 1),
  });
  for (const key of ["s", "x", "\u007F", "kip 1", "\u001B[D", "\r", "\u0003"]) {
    keyboard.write(key);
    await new Promise(setImmediate);
  }
  typing.close();
  expect(entered).toEqual(["skip 1"]);
  expect(shown.at(-1)).toBe("> skip 1");
  expect(left).toBe(1);
  expect(raw).toEqual([true, false]);
});
