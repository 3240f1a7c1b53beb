import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { hasKeyboard, openKeyboard } from "./keyboard.ts";

interface Fake {
  readonly keyboard: NodeJS.ReadStream & PassThrough;
  readonly raw: readonly boolean[];
}

/** A terminal's keyboard as far as it is used; what a real one does is seen in test/e2e/terminal.test.ts. */
function aKeyboard(): Fake {
  const raw: boolean[] = [];
  const keyboard = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => raw.push(on),
  }) as unknown as NodeJS.ReadStream & PassThrough;
  return { keyboard, raw };
}

function ignored(): void {
  // What this test is not about.
}

async function press(keyboard: PassThrough, ...chunks: readonly string[]): Promise<void> {
  for (const chunk of chunks) {
    keyboard.write(chunk);
    await new Promise(setImmediate);
  }
}

test("keys become a line, Enter sends it, Ctrl-C and Ctrl-D do what they are for", async () => {
  const { keyboard, raw } = aKeyboard();
  const shown: string[] = [];
  const entered: string[] = [];
  const others: string[] = [];
  const opened = openKeyboard(keyboard, {
    show: (line) => shown.push(line.text),
    enter: (line) => entered.push(line),
    clear: () => others.push("clear"),
    interrupt: () => others.push("interrupt"),
    leave: () => others.push("leave"),
  });
  // The arrow's sequence comes in two pieces, as it may over a slow line.
  await press(keyboard, "s", "x", "\u007F", "kip 1", "\u001B", "[D", "2", "\r", "\r", "\u0004");
  await press(keyboard, "no\u0003");
  opened.close();
  await press(keyboard, "unheard\r");
  expect(entered).toEqual(["skip 21"]);
  expect(others).toEqual(["clear", "leave", "interrupt"]);
  expect(shown.at(-1)).toBe("no");
  expect(raw).toEqual([true, false]);
});

test("several lines at once are entered one by one", async () => {
  const { keyboard } = aKeyboard();
  const entered: string[] = [];
  const hands = { show: ignored, clear: ignored, interrupt: ignored };
  const opened = openKeyboard(keyboard, { ...hands, enter: (line) => entered.push(line) });
  await press(keyboard, "fix 1\rfix 2\r");
  opened.close();
  expect(entered).toEqual(["fix 1", "fix 2"]);
});

test("a file or a pipe is no keyboard", () => {
  expect(hasKeyboard({})).toBe(false);
  expect(hasKeyboard({ isTTY: false })).toBe(false);
});
