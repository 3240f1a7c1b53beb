import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { once } from "node:events";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { engineHolder, tryLock } from "../../src/adapters/sqlite/run-lock.ts";
import { openMemoryStore, openStore } from "../../src/adapters/sqlite/store.ts";
import type { Store } from "../../src/adapters/sqlite/store.ts";
import { SequenceTaken } from "../../src/ports/event-log.ts";
import { command, drained, eventLogContract, paused } from "./event-log.contract.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cairn-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

eventLogContract("the store in memory", () => {
  const log = openMemoryStore();
  return { log, end: () => log.close() };
});

eventLogContract("the store in a file", () => {
  const log = openStore(join(folder, ".cairn"));
  return { log, end: () => log.close() };
});

const errorOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return "no error";
};

/** A store whose file may not grow: SQLite answers as it does on a full disk. */
function fullStore(): Store {
  const prototype = DatabaseSync.prototype;
  const exec: unknown = Reflect.get(prototype, "exec");
  let store: Store | undefined;
  prototype.exec = function limited(this: DatabaseSync, sql: string): void {
    Reflect.apply(exec as () => void, this, [sql]);
    if (sql.includes("synchronous"))
      Reflect.apply(exec as () => void, this, ["PRAGMA max_page_count = 20"]);
  };
  try {
    store = openStore(folder);
  } finally {
    Reflect.set(prototype, "exec", exec);
  }
  return store;
}

describe("the store in a file", () => {
  test("is durable by its settings: WAL, every commit synced, strict tables", () => {
    openStore(folder).close();
    const database = new DatabaseSync(join(folder, "cairn.db"));
    expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
    const tables = database.prepare("PRAGMA table_list").all();
    const ours = tables.filter((table) => ["events", "inbox"].includes(String(table["name"])));
    expect(ours.map((table) => table["strict"])).toEqual([1, 1]);
    database.close();
  });

  test("another connection's writes change the version and can be read while this one is open", () => {
    const engine = openStore(folder);
    const other = openStore(folder);
    const before = engine.version();
    other.post("r1", 5, command("hello"));
    expect(engine.version()).not.toBe(before);
    expect(engine.pending("r1", 0)).toHaveLength(1);
    engine.append("r1", 0, 1, [drained]);
    expect(other.read("r1", 0)).toHaveLength(1);
    expect(() => other.append("r1", 0, 1, [drained])).toThrow(SequenceTaken);
    engine.close();
    other.close();
  });

  test("read-only opening reads, writes nothing, and says when there is nothing yet", () => {
    expect(errorOf(() => openStore(folder, { readonly: true }))).toMatchObject({
      code: "store/missing",
      exitCode: 1,
    });
    expect(readdirSync(folder)).toEqual([]);
    const writer = openStore(folder);
    writer.append("r1", 0, 1, [drained]);
    const live = openStore(folder, { readonly: true });
    expect(live.read("r1", 0)).toHaveLength(1);
    expect(errorOf(() => live.post("r1", 1, command("x")))).toMatchObject({
      code: "store/not-writable",
    });
    live.close();
    writer.close();
    const afterwards = openStore(folder, { readonly: true });
    expect(afterwards.runs()).toHaveLength(1);
    afterwards.close();
  });

  test("a file of a newer program is refused and left alone", () => {
    openStore(folder).close();
    const database = new DatabaseSync(join(folder, "cairn.db"));
    database.exec("PRAGMA user_version = 99");
    database.close();
    for (const readonly of [false, true])
      expect(errorOf(() => openStore(folder, { readonly }))).toMatchObject({
        code: "store/too-new",
      });
    expect(existsSync(join(folder, "cairn.db.damaged-1"))).toBe(false);
  });

  test("a file that is no database is set aside under a free name, and a new one begins", () => {
    writeFileSync(join(folder, "cairn.db"), "not a database, ".repeat(100));
    writeFileSync(join(folder, "cairn.db.damaged-1"), "an older one");
    const error = errorOf(() => openStore(folder));
    expect(error).toMatchObject({ code: "store/damaged", exitCode: 1 });
    expect(String(error)).toContain("cairn.db.damaged-2");
    expect(readFileSync(join(folder, "cairn.db.damaged-2"), "utf8")).toMatch(/^not a database/);
    const store = openStore(folder);
    expect(store.runs()).toEqual([]);
    store.close();
  });

  test("a file with broken pages is detected at opening, not later", () => {
    const store = openStore(folder);
    for (let seq = 0; seq < 200; seq += 1) store.append("r1", seq, 1, [paused("x".repeat(500))]);
    store.close();
    const file = join(folder, "cairn.db");
    truncateSync(file, 4096 * 8);
    expect(errorOf(() => openStore(folder))).toMatchObject({ code: "store/damaged" });
    expect(existsSync(file)).toBe(false);
  });

  test("a damaged file is only named, not moved, when it is opened for reading", () => {
    writeFileSync(join(folder, "cairn.db"), "not a database, ".repeat(100));
    expect(errorOf(() => openStore(folder, { readonly: true }))).toMatchObject({
      code: "store/damaged",
    });
    expect(existsSync(join(folder, "cairn.db"))).toBe(true);
  });

  test("a folder that cannot be written is said in words", () => {
    writeFileSync(join(folder, "file"), "");
    expect(errorOf(() => openStore(join(folder, "file")))).toMatchObject({
      code: "store/not-writable",
    });
    const store = openStore(folder);
    store.close();
    chmodSync(join(folder, "cairn.db"), 0o400);
    if (process.getuid?.() === 0) return;
    expect(errorOf(() => openStore(folder))).toMatchObject({ code: "store/not-writable" });
  });

  test("a full disk is said in words, nothing of the append is there, and later ones go on", () => {
    const store = openStore(folder);
    store.append("r1", 0, 1, [drained]);
    store.close();
    const limited = fullStore();
    const big = Array.from({ length: 200 }, () => paused("x".repeat(4_000)));
    expect(errorOf(() => limited.append("r1", 1, 2, big))).toMatchObject({
      code: "store/disk-full",
      exitCode: 1,
    });
    expect(limited.read("r1", 0)).toHaveLength(1);
    expect(limited.append("r1", 1, 3, [drained])).toHaveLength(1);
    limited.close();
  });

  test("many processes that open a new folder at once all succeed", async () => {
    const script = `import { openStore } from ${JSON.stringify(new URL("../../src/adapters/sqlite/store.ts", import.meta.url).href)};
      const store = openStore(process.argv[1]);
      store.post("r1", 1, { name: "pause", task: null, text: null, flags: {}, by: "x", from: "terminal" });
      store.close();`;
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ["--input-type=module-typescript", "-e", script, folder], {
        stdio: ["ignore", "ignore", "inherit"],
      }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
    expect(codes).toEqual([0, 0, 0, 0]);
    const store = openStore(folder, { readonly: true });
    expect(store.pending("r1", 0)).toHaveLength(4);
    store.close();
  });

  test("behaves like a list for any appends, refusals and reopenings", () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant("append" as const),
        run: fc.nat(2),
        count: fc.nat(3),
        lag: fc.nat(1),
      }),
      fc.record({ do: fc.constant("reopen" as const) }),
      fc.record({
        do: fc.constant("read" as const),
        run: fc.nat(2),
        after: fc.nat(12),
        limit: fc.nat(5),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const place = mkdtempSync(join(folder, "model-"));
        let store = openStore(place);
        const model = new Map<string, string[]>();
        const seen: unknown[] = [];
        const expected: unknown[] = [];
        for (const [index, one] of steps.entries()) {
          if (one.do === "reopen") {
            store.close();
            store = openStore(place);
            continue;
          }
          const run = `r${one.run}`;
          const list = model.get(run) ?? [];
          if (one.do === "read") {
            seen.push(store.read(run, one.after, one.limit).map((event) => event.seq));
            expected.push(list.map((_, at) => at + 1).slice(one.after, one.after + one.limit));
            continue;
          }
          const names = Array.from({ length: one.count }, (_, at) => `${index}.${at}`);
          const after = list.length - one.lag;
          if (one.lag === 1 && list.length > 0) {
            seen.push(errorOf(() => store.append(run, after, index, names.map(paused))));
            expected.push(new SequenceTaken(run, after));
            continue;
          }
          store.append(run, list.length, index, names.map(paused));
          if (list.length + names.length > 0) model.set(run, [...list, ...names]);
        }
        expect(seen).toEqual(expected);
        for (const [run, names] of model)
          expect(store.read(run, 0).map((event) => "by" in event && event.by)).toEqual(names);
        expect(
          store
            .runs()
            .map((row) => row.run)
            .toSorted(),
        ).toEqual([...model.keys()].toSorted());
        store.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe("the engine's lock", () => {
  const holder = { pid: process.pid, run: "r1", command: "cairn run plan.md", startedAt: 17 };

  test("is held once, names its holder to others, and can be taken again after release", () => {
    expect(engineHolder(folder)).toBe(null);
    const first = tryLock(folder, holder);
    expect(first.lock).not.toBe(null);
    expect(engineHolder(folder)).toEqual(holder);
    expect(tryLock(folder, { ...holder, run: "r2" })).toEqual({ lock: null, heldBy: holder });
    first.lock?.release();
    expect(engineHolder(folder)).toBe(null);
    const again = tryLock(folder, holder);
    again.lock?.release();
    again.lock?.release();
    expect(again.lock).not.toBe(null);
  });

  test("dies with its process, kill -9 included, and its word is not believed afterwards", async () => {
    const script = `import { tryLock } from ${JSON.stringify(new URL("../../src/adapters/sqlite/run-lock.ts", import.meta.url).href)};
      const { lock } = tryLock(process.argv[1], { pid: process.pid, run: "r9", command: "cairn run", startedAt: 1 });
      console.log(lock === null ? "refused" : "held");
      setInterval(() => {}, 1_000);`;
    const args = ["--input-type=module-typescript", "-e", script, folder];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [said] = await once(child.stdout, "data");
    expect(String(said)).toBe("held\n");
    expect(engineHolder(folder)).toMatchObject({ pid: child.pid, run: "r9" });
    expect(tryLock(folder, holder)).toMatchObject({ lock: null, heldBy: { pid: child.pid } });

    child.kill("SIGKILL");
    await once(child, "exit");
    expect(existsSync(join(folder, "engine.json"))).toBe(true);
    expect(engineHolder(folder)).toBe(null);
    const taken = tryLock(folder, holder);
    expect(taken.lock).not.toBe(null);
    taken.lock?.release();
  });

  test("a database that is damaged under a live engine is not moved away from it", async () => {
    const script = `import { tryLock } from ${JSON.stringify(new URL("../../src/adapters/sqlite/run-lock.ts", import.meta.url).href)};
      tryLock(process.argv[1], { pid: process.pid, run: "r9", command: "cairn run", startedAt: 1 });
      console.log("held"); setInterval(() => {}, 1_000);`;
    const args = ["--input-type=module-typescript", "-e", script, folder];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    writeFileSync(join(folder, "cairn.db"), "not a database, ".repeat(100));
    const error = errorOf(() => openStore(folder));
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(error).toMatchObject({ code: "store/damaged" });
    expect(String(error)).toContain(String(child.pid));
    expect(existsSync(join(folder, "cairn.db"))).toBe(true);
  });

  test("asking who holds it never takes it from an engine that starts meanwhile", () => {
    const held = tryLock(folder, holder);
    for (let asked = 0; asked < 50; asked += 1) expect(engineHolder(folder)).toEqual(holder);
    held.lock?.release();
  });
});
