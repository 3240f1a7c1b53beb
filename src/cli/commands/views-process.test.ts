import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "../../adapters/sqlite/store.ts";
import { CommandWorld } from "../../../test/support/command-world.ts";
import { RunStory } from "../../../test/support/run-story.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");

let world: CommandWorld;
let child: ChildProcess | null = null;

beforeEach(() => {
  world = new CommandWorld();
});

afterEach(() => {
  child?.kill("SIGKILL");
  child = null;
  world.remove();
});

interface Started {
  readonly text: () => string;
  readonly said: () => string;
  readonly exited: Promise<number | null>;
}

/** The program as a person starts it, in a process of its own. */
function start(nodeOptions: readonly string[], ...argv: readonly string[]): Started {
  const main =
    'const { main } = await import(process.env.CAIRN_TEST_MAIN); await main(["node", "cairn", ...process.argv.slice(1)]);';
  const started = spawn(
    process.execPath,
    [...nodeOptions, "--input-type=module", "-e", main, "--", ...argv],
    {
      cwd: world.root,
      env: {
        PATH: process.env["PATH"],
        NO_COLOR: "1",
        TZ: "UTC",
        CAIRN_TEST_MAIN: path.join(ROOT, "src/cli/main.ts"),
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  child = started;
  let out = "";
  let err = "";
  started.stdout.on("data", (chunk: Buffer) => (out += String(chunk)));
  started.stderr.on("data", (chunk: Buffer) => (err += String(chunk)));
  const exited = once(started, "close").then(([code]: readonly unknown[]) =>
    typeof code === "number" ? code : null,
  );
  return { text: () => out, said: () => err, exited };
}

function openFiles(): readonly string[] {
  try {
    const folder = `/proc/${child?.pid ?? 0}/fd`;
    return fs.readdirSync(folder).map((name) => fs.readlinkSync(path.join(folder, name)));
  } catch {
    return [];
  }
}

/** The child holds the log open for reading. Its start is the only thing waited for. */
async function following(): Promise<void> {
  await expect
    .poll(() => openFiles().some((file) => file.endsWith("cairn.db-shm")), { timeout: 10_000 })
    .toBe(true);
  // From there to the first look at new events there is nothing but computing.
  await wait(300);
}

/** Appends what the story tells from here on. */
function append(story: RunStory, more: (story: RunStory) => void): void {
  const known = story.events.length;
  more(story);
  const store = openStore(world.cairnFolder);
  for (const { seq, at, ...event } of story.events.slice(known))
    store.append(story.run.id, seq - 1, at, [event]);
  store.close();
}

test("attach in a pipe prints what changes from now on, and ends with the run's code when nobody works on it any more", async () => {
  const story = new RunStory().begun({}, [{ key: "1", title: "One" }]);
  world.store(story);
  world.hold(story.run.id, "hangs");
  const attached = start([], "attach");
  await following();
  append(story, (told) =>
    told
      .broughtHome("1")
      .tell(
        { type: "TasksFinished", mergedAny: true },
        { type: "IntegrationPassed", commit: "c".repeat(40), results: [], lands: false },
      ),
  );
  await expect.poll(() => attached.text(), { timeout: 10_000 }).toContain("complete");
  world.letGo();
  expect(await attached.exited).toBe(0);
  expect(attached.text().split("\n")[0]).toBe("06:40:00  1       ready -> running  attempt 1 of 2");
}, 30_000);

test("Ctrl-C in attach only leaves", async () => {
  const story = new RunStory().begun({}, [{ key: "1", title: "One" }]);
  world.store(story);
  world.hold(story.run.id, "hangs");
  const attached = start([], "attach");
  await following();
  child?.kill("SIGINT");
  expect(await attached.exited).toBe(8);
  expect(attached.said()).toBe("Left; the run goes on. Back to it: cairn attach\n");
}, 30_000);

test("status --json loads no schema, YAML, markdown or terminal code, and nothing that only writing needs", async () => {
  const story = new RunStory().begun({}, [{ key: "1", title: "One" }]).started("1");
  world.store(story);
  const hooks = [
    'import { registerHooks } from "node:module";',
    'registerHooks({ resolve(name, context, next) { const found = next(name, context); process.stderr.write(found.url + "\\n"); return found; } });',
  ].join("");
  const status = start(
    ["--import", `data:text/javascript,${encodeURIComponent(hooks)}`],
    "status",
    "--json",
  );
  expect(await status.exited).toBe(0);
  expect(JSON.parse(status.text())).toMatchObject({ schemaVersion: 1, run: { id: story.run.id } });
  const loaded = status.said().split("\n");
  const packages = new Set(
    loaded
      .map((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1])
      .filter((name) => name !== undefined),
  );
  expect([...packages]).toEqual([]);
  const own = new Set(loaded.filter((url) => url.includes("/src/")));
  expect([...own].filter((url) => /\/src\/adapters\/(?!sqlite\/)/.test(url))).toEqual([]);
  // The fold, the document, the log and the program's frame; each further one is felt in every script that asks.
  expect(own.size).toBeLessThan(66);
}, 30_000);
