import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openMemoryStore } from "../adapters/sqlite/store.ts";
import { emptyRun } from "../core/run/evolve.ts";
import { PanicWatch } from "./watch-panic.ts";

const RUN = "m1-x";

let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-panic-file-"));
  file = path.join(folder, "PANIC");
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A watch with a real inbox; killing takes until `dead` is called, and the engine reads when the test says so. */
function aWatch() {
  const store = openMemoryStore();
  const run = emptyRun(RUN);
  const seen: string[] = [];
  const { promise, resolve } = Promise.withResolvers<number>();
  const watch = new PanicWatch({
    cairnFolder: folder,
    store,
    clock: { now: () => 1_000 },
    engine: { run, nudge: () => void seen.push("nudge") },
    dispatch: {
      panic: async (id) => {
        const said = store.pending(id, 0).map(({ command }) => command.name);
        seen.push(`kill after ${said.join(", ") || "nothing"}`);
        return promise;
      },
    },
  });
  const takeUp = (): void => {
    run.commandsTaken = store.pending(RUN, run.commandsTaken).at(-1)?.number ?? 0;
  };
  return { watch, store, seen, dead: () => resolve(3), takeUp };
}

test("the word is said before anything is killed, once", () => {
  const { watch, seen, store } = aWatch();
  watch.look();
  expect(seen).toEqual([]);
  fs.writeFileSync(file, "");
  watch.look();
  watch.look();
  expect(seen).toEqual(["nudge", "kill after panic"]);
  expect(store.pending(RUN, 0)).toHaveLength(1);
});

test.each([
  ["", "the file .cairn/PANIC", "terminal"],
  ["ada\nmcp\n", "ada", "mcp"],
  ["ada\nsomewhere\n", "ada", "terminal"],
  [`${"x".repeat(500)}\n`, "x".repeat(100), "terminal"],
])("what the file says is who and from where: %j", (text, by, from) => {
  const { watch, store } = aWatch();
  fs.writeFileSync(file, text);
  watch.look();
  expect(store.pending(RUN, 0)[0]?.command).toMatchObject({ name: "panic", by, from });
});

test("the file stays until the log has the word and all are dead, in either order", async () => {
  const first = aWatch();
  fs.writeFileSync(file, "");
  first.watch.look();
  first.takeUp();
  first.watch.look();
  expect(fs.existsSync(file)).toBe(true);
  first.dead();
  await first.watch.settle();
  expect(fs.existsSync(file)).toBe(false);

  const second = aWatch();
  fs.writeFileSync(file, "");
  second.watch.look();
  second.dead();
  await second.watch.settle();
  expect(fs.existsSync(file)).toBe(true);
  second.takeUp();
  second.watch.look();
  expect(fs.existsSync(file)).toBe(false);
});

test("a second panic is heard when the first is over", async () => {
  const { watch, dead, takeUp, seen } = aWatch();
  fs.writeFileSync(file, "");
  watch.look();
  dead();
  takeUp();
  await watch.settle();
  fs.writeFileSync(file, "");
  watch.look();
  expect(seen.filter((what) => what.startsWith("kill"))).toHaveLength(2);
});
