import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "../../src/adapters/sqlite/store.ts";
import { gitIn, startCairn, untilNothingLives, type Started } from "../support/e2e-program.ts";

const BRANCH = "milestone/m1-trail";
/** Which issues each one waits for. */
const BLOCKERS: Readonly<Record<string, readonly string[]>> = {
  "1.1": [],
  "1.2": ["1.1"],
  "1.3": ["1.1"],
  "1.4": ["1.2", "1.3"],
  "1.5": [],
  "1.6": ["1.4"],
};

let folder: string;
let calmTree: Promise<string>;
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-demo-test-")));
  calmTree = calm();
  // Told by the test that waits for it.
  calmTree.catch(() => undefined);
});
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

function demo(name: string, ...args: readonly string[]): { root: string } & Started {
  const into = path.join(folder, name);
  const call = { directory: folder, home: folder };
  const started = startCairn(["demo", "--progress", "plain", "--into", into, ...args], call);
  return { root: path.join(into, "trail"), ...started };
}

/** Kills it as soon as it has said these words; answers everything it said. */
async function killAt(started: Started, words: string): Promise<string> {
  await expect.poll(() => started.words(), { timeout: 100_000, interval: 50 }).toContain(words);
  process.kill(started.pid, "SIGKILL");
  const ended = await started.ended;
  expect(ended.signal).toBe("SIGKILL");
  return ended.words;
}

/** Keys of the merged issues in the order of the first-parent line, oldest first. */
function merged(root: string): readonly string[] {
  const subjects = gitIn(
    root,
    "log",
    "--first-parent",
    "--reverse",
    "--format=%s%n%b",
    `main..${BRANCH}`,
  );
  const keys = [...subjects.matchAll(/^.*\(#?(\d\.\d)\)/gm)].map((found) => found[1] ?? "");
  return [...new Set(keys)];
}

async function leavesNothing(root: string): Promise<void> {
  const store = openStore(path.join(root, ".cairn"), { readonly: true });
  const [run] = store.runs();
  store.close();
  expect(await untilNothingLives(root, run?.run ?? null)).toEqual([]);
  expect(gitIn(root, "status", "--porcelain")).toBe("");
  expect(gitIn(root, "symbolic-ref", "HEAD")).toBe("refs/heads/main");
  expect(gitIn(root, "rev-list", "--count", "main")).toBe("1");
}

async function calm(): Promise<string> {
  const { root, ended } = demo("calm");
  const { code, words } = await ended;
  expect(words).toContain("6 of 6 merged");
  expect(code).toBe(0);
  const order = merged(root);
  expect(order.toSorted()).toEqual(Object.keys(BLOCKERS));
  expect(gitIn(root, "rev-list", "--count", "--first-parent", `main..${BRANCH}`)).toBe("6");
  for (const [at, key] of order.entries())
    for (const blocker of BLOCKERS[key] ?? []) expect(order.slice(0, at)).toContain(blocker);
  await leavesNothing(root);
  return gitIn(root, "rev-parse", `${BRANCH}^{tree}`);
}

describe.concurrent("cairn demo", { timeout: 180_000 }, () => {
  test("brings six issues home in a legal order and leaves nothing running", async () => {
    expect(await calmTree).toMatch(/^[0-9a-f]{40}$/);
  });

  test("an option that makes one gate red stops that issue and is an exit code of 1", async () => {
    const { root, ended } = demo("red", "--red-gate");
    const { code, words } = await ended;
    expect(words).toContain("short-readme");
    expect(code).toBe(1);
    expect(merged(root)).not.toContain("1.5");
    expect(merged(root)).toContain("1.1");
    await leavesNothing(root);
  });

  test("killed in the middle, again and again, the printed command ends in the same tree", async () => {
    const first = demo("killed");
    const words = await killAt(first, "1.2     ready -> running");
    const [, command = ""] = /kill -9 included: (.*)$/m.exec(words) ?? [];
    const [, ...args] = command.split(" ");
    expect(args).toEqual(["-C", first.root, "resume"]);
    const resume = (): Started => startCairn(args, { directory: folder, home: folder });
    await killAt(resume(), "fixing");
    await killAt(resume(), "1.6     ready -> running");
    const last = await resume().ended;
    expect(last.words).toContain("6 of 6 merged");
    expect(last.code).toBe(0);
    expect(gitIn(first.root, "rev-parse", `${BRANCH}^{tree}`)).toBe(await calmTree);
    await leavesNothing(first.root);
  });
});
