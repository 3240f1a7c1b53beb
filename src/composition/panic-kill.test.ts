import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { scoresOfRun } from "../adapters/process/kin-score.ts";
import { placeOf } from "../adapters/process/place.ts";
import { identify, readProcess } from "../adapters/process/process-table.ts";
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
  const child = spawn("sleep", ["1000"], { cwd: root, env, detached: true, stdio: "ignore" });
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
  noteOf(planning, path.join(folder("tmp", planner), "starter.json"));
  const scratch = `scratch-${measuring.pid}-k1`;
  noteOf(measuring, path.join(folder("tmp"), `${scratch}.json`));
  const ours = [planning, measuring, await start(session(planner)), await start(command(scratch))];
  const { ended } = await killEverything(place);
  expect(ended).toEqual(expect.arrayContaining(ours.map(({ pid }) => pid)));
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
  const id = placeOf(path.join(os.tmpdir(), name, "cairn")).id;
  return start({ ...session(name), CAIRN_PLACE_MARK: id });
}

test("a planner in the temporary folder is ours where its copy borrows from this repository", async () => {
  const [ours, other] = [await plannerOf(root), await plannerOf(`${root}-other`)];
  await killEverything(place);
  await expect.poll(() => isAlive(ours), { timeout: 5_000 }).toBe(false);
  expect(isAlive(other)).toBe(true);
});

test("a number in a name is nobody's, a note of another start or repository neither; the engine is spared", async () => {
  const engine = await start(session("m1-a"));
  folder("runs", "m1-a");
  const [named, reused, copied] = [await start(), await start(), await start()];
  folder("tmp", `cairn-planner-${named.pid}-abc123`);
  folder("worktrees", `scratch-${named.pid}-k1`);
  const notes = [reused, copied].map(({ pid }) =>
    path.join(folder("tmp", `cairn-planner-${pid}-abc123`), "starter.json"),
  );
  noteOf(reused, notes[0] ?? "", { start: "00000000-1" });
  noteOf(copied, notes[1] ?? "", { place: placeOf(path.join(root, "copy")).id });
  await killEverything({ ...place, enginePid: engine.pid ?? null });
  expect([named, reused, copied, engine].map(isAlive)).toEqual([true, true, true, true]);
});

test("any number of runs that are over makes no score anybody's", async () => {
  for (let number = 1; number <= 60; number += 1) folder("runs", `m1-${number}`);
  const strangers = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      const score = scoresOfRun(`m1-${index + 1}`, placeOf(place.cairnFolder).id).first + 1;
      const script = `(echo ${score} > /proc/self/oom_score_adj; exec setsid sleep 1000) & echo $!`;
      const shell = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"], cwd: "/" });
      const [text] = (await once(shell.stdout, "data")) as [Buffer];
      const pid = Number(text.toString());
      onTestFinished(() => void process.kill(pid, "SIGKILL"));
      return pid;
    }),
  );
  const { ended } = await killEverything(place);
  expect(ended).toEqual([]);
  expect(strangers.filter((pid) => readProcess(pid) === null)).toEqual([]);
});

/** What a claim of a copied repository says is said of the original's processes. */
test("a claim that was copied with its repository kills nothing of the original's", async () => {
  const original = await start();
  const at = folder("runs", "m1-a", "sessions", "1-s1");
  const identity = identify(original.pid ?? 0);
  const claim = { host: identity, agent: identity, kin: null, startedAt: Date.now() };
  const write = (of: string): void =>
    fs.writeFileSync(
      path.join(at, "claim.json"),
      JSON.stringify({ ...claim, host: { pid: 1, start: "" }, place: placeOf(of).id }),
    );
  write(path.join(root, "original"));
  await killEverything(place);
  expect(isAlive(original)).toBe(true);
  write(place.cairnFolder);
  expect((await killEverything(place)).ended).toContain(original.pid);
});

/** As the process would have written it itself. */
function noteOf(child: ChildProcess, file: string, more: object = {}): void {
  const note = { ...identify(child.pid ?? 0), place: placeOf(root).id, ...more };
  fs.writeFileSync(file, JSON.stringify(note));
}
