import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { readProcess } from "../adapters/process/process-table.ts";
import { killEverything, type PanicPlace } from "./panic-kill.ts";

let root: string;
let place: PanicPlace;
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-panic-kill-")));
  const cairnFolder = path.join(root, ".cairn");
  place = { root, cairnFolder, enginePid: null, runs: [] };
});
afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

async function start(environment: Record<string, string> = {}): Promise<ChildProcess> {
  const env = { PATH: process.env["PATH"], ...environment };
  const child = spawn("sleep", ["1000"], { env, detached: true, stdio: "ignore" });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await once(child, "spawn");
  return child;
}

const folder = (...names: readonly string[]): string => {
  const made = path.join(place.cairnFolder, ...names);
  fs.mkdirSync(made, { recursive: true });
  return made;
};
const isAlive = (child: ChildProcess): boolean => readProcess(child.pid ?? 0) !== null;
const session = (run: string): Record<string, string> => ({ CAIRN_SESSION_MARK: `${run}/1-s1` });
const command = (run: string): Record<string, string> => ({ CAIRN_GATE_MARK: `${run}/k/test` });

test("runs are known by their folders, by the engine's note and by the log's names", async () => {
  folder("runs", "m1-a");
  fs.writeFileSync(path.join(place.cairnFolder, "engine.json"), JSON.stringify({ run: "m1-b" }));
  const ours = [
    await start(session("m1-a")),
    await start(command("m1-b")),
    await start(session("m1-c")),
  ];
  const other = await start(session("m1-d"));
  const { ended, left } = await killEverything({ ...place, runs: ["m1-c"] });
  expect(ended).toEqual(expect.arrayContaining(ours.map(({ pid }) => pid)));
  expect(left).toEqual([]);
  expect(isAlive(other)).toBe(true);
});

test("a planner and a measuring go with the program that started them, which could start another", async () => {
  const planning = await start();
  const measuring = await start();
  const planner = `cairn-planner-${planning.pid}-abc123`;
  folder("tmp", planner);
  const scratch = `scratch-${measuring.pid}-k1`;
  folder("worktrees", scratch);
  const ours = [planning, measuring, await start(session(planner)), await start(command(scratch))];
  await killEverything(place);
  await expect.poll(() => ours.filter(isAlive), { timeout: 5_000 }).toEqual([]);
});

/** A session of a planner whose copy borrows the objects of that repository. */
async function plannerOf(of: string): Promise<ChildProcess> {
  const planning = await start();
  const name = `cairn-planner-${planning.pid}-abc123`;
  const info = path.join(os.tmpdir(), name, "repository/.git/objects/info");
  fs.mkdirSync(info, { recursive: true });
  onTestFinished(() => {
    fs.rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true });
  });
  fs.writeFileSync(path.join(info, "alternates"), `${of}/.git/objects\n`);
  return start(session(name));
}

test("a planner in the temporary folder is ours where its copy borrows from this repository", async () => {
  const [ours, other] = [await plannerOf(root), await plannerOf(`${root}-other`)];
  await killEverything(place);
  await expect.poll(() => isAlive(ours), { timeout: 5_000 }).toBe(false);
  expect(isAlive(other)).toBe(true);
});

test("a number that has gone to a stranger since is left alone, and so is the engine", async () => {
  const engine = await start(session("m1-a"));
  folder("runs", "m1-a");
  const old = folder("tmp", "old");
  const stranger = await startLater();
  fs.renameSync(old, path.join(old, `../cairn-planner-${stranger.pid}-abc123`));
  await killEverything({ ...place, enginePid: engine.pid ?? null });
  expect([stranger, engine].map(isAlive)).toEqual([true, true]);
});

/** Two clocks are compared, which takes half a second to be sure. */
async function startLater(): Promise<ChildProcess> {
  await wait(700);
  return start();
}
