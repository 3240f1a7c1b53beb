import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { findDoomed, killRuns, type DoomedRuns } from "./kill-runs.ts";
import { scoresOfRun, startingWith } from "./kin-score.ts";
import { placeOf } from "./place.ts";
import { readProcess, ticksAt } from "./process-table.ts";
import { GATE_MARK, PLACE_MARK, SESSION_MARK } from "./session-names.ts";
import { sendSignal, sweep } from "./sweep.ts";

const STUBBORN = `trap "" TERM INT HUP; while :; do sleep 0.2; done`;

let folder: string;
let run: string;
let runs = 0;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-kill-")));
  runs += 1;
  run = `kill-${process.pid}-${runs}`;
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function start(
  script: string,
  env: Record<string, string>,
  score: number | null = null,
): ChildProcess {
  const child = startingWith(score, () =>
    spawn("sh", ["-c", script], {
      cwd: folder,
      env: { PATH: process.env["PATH"], ...env },
      detached: true,
      stdio: "ignore",
    }),
  );
  onTestFinished(() => {
    sendSignal(-(child.pid ?? 0), "SIGKILL");
  });
  return child;
}

/** Pid that a script wrote there. */
async function pidIn(name: string): Promise<number> {
  const file = path.join(folder, name);
  await expect
    .poll(() => fs.existsSync(file) && fs.readFileSync(file, "utf8"), { timeout: 10_000 })
    .toMatch(/^\d+\n$/);
  const pid = Number(fs.readFileSync(file, "utf8"));
  onTestFinished(() => {
    sendSignal(pid, "SIGKILL");
  });
  return pid;
}

const doomed = (more: Partial<DoomedRuns> = {}): DoomedRuns => ({
  names: new Set([run]),
  places: [placeOf(path.join(folder, ".cairn"))],
  leaders: [],
  kin: [],
  folders: [],
  groups: [],
  spared: new Set(),
  ...more,
});

/** Leaves parent, session, folder and environment at once, and writes its number down. */
const escaping = (name: string): string =>
  `(cd / && exec env -i setsid sh -c 'echo $$ > ${folder}/${name}; ${STUBBORN}' >/dev/null 2>&1 &)`;

test("sessions, gates and all they started die without a word before; other runs' live", async () => {
  const session = start(`setsid sh -c '${STUBBORN}' & ${STUBBORN}`, {
    [SESSION_MARK]: `${run}/1-s1`,
  });
  const gate = start(STUBBORN, { [GATE_MARK]: `${run}/gates:1/test` });
  const other = start(STUBBORN, { [SESSION_MARK]: `${run}0/1-s1` });
  await expect.poll(() => findDoomed(doomed()).length, { timeout: 10_000 }).toBeGreaterThan(4);
  const began = performance.now();
  const { ended, left } = await killRuns(doomed());
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(left).toEqual([]);
  expect(ended).toEqual(expect.arrayContaining([session.pid, gate.pid]));
  expect(findDoomed(doomed())).toEqual([]);
  expect(readProcess(other.pid ?? 0)).not.toBeNull();
});

test("who emptied its environment and left session, folder and parent at once is known by its score", async () => {
  const parent = start(`${escaping("child")}; exit 0`, {}, scoresOfRun(run).last);
  const child = await pidIn("child");
  await expect.poll(() => readProcess(parent.pid ?? 0), { timeout: 10_000 }).toBeNull();
  // As long as no session of the run is open its score says nothing.
  expect(findDoomed(doomed())).toEqual([]);
  const score = scoresOfRun(run).last;
  const ticks = readProcess(child)?.startTicks ?? 0;
  const kin = (sinceTicks: number) => doomed({ kin: [{ score, sinceTicks, folders: [] }] });
  expect(findDoomed(kin(ticks + 1))).toEqual([]);
  expect((await killRuns(kin(ticks - 100))).ended).toContain(child);
  await expect.poll(() => readProcess(child), { timeout: 5_000 }).toBeNull();
});

test("a session's own sweep finds it, too, and leaves alone whoever has another score or another mark", async () => {
  const { first, last } = scoresOfRun(run);
  start(`${escaping("mine")}; exit 0`, {}, last);
  start(`${escaping("other")}; exit 0`, {}, first + 1);
  const marked = start(STUBBORN, { [SESSION_MARK]: "another-run/1-s1" }, last);
  const [mine, other] = [await pidIn("mine"), await pidIn("other")];
  const mark = { name: SESSION_MARK, value: `${run}/1-s1` };
  await sweep({ mark, kin: { score: last, sinceTicks: 0, folders: [] } }, { patient: false });
  expect(readProcess(mine)).toBeNull();
  expect(readProcess(other)).not.toBeNull();
  expect(readProcess(marked.pid ?? 0)).not.toBeNull();
});

test("a command of another live session with the same score that emptied its environment is left to its parent", async () => {
  const { last } = scoresOfRun(run);
  const script = `env -i sh -c 'echo $$ > ${folder}/below; ${STUBBORN}' & ${STUBBORN}`;
  start(script, { [SESSION_MARK]: "another-run/1-s1" }, last);
  const below = await pidIn("below");
  await killRuns(doomed({ kin: [{ score: last, sinceTicks: 0, folders: [folder] }] }));
  await wait(50);
  expect(readProcess(below)).not.toBeNull();
});

test("an orphan in a session's folder dies, unless it is older than the session", async () => {
  const begun = ticksAt(Date.now());
  const orphan = `(env -i setsid sh -c 'echo $$ > ${folder}/orphan; ${STUBBORN}' >/dev/null 2>&1 &)`;
  start(orphan, {});
  const pid = await pidIn("orphan");
  const here = doomed({ folders: [{ path: folder, sinceTicks: begun - 1 }] });
  await expect.poll(() => findDoomed(here), { timeout: 5_000 }).toContain(pid);
  const later = ticksAt(Date.now()) + 100;
  await killRuns(doomed({ folders: [{ path: folder, sinceTicks: later }] }));
  expect(readProcess(pid)).not.toBeNull();
  await killRuns(here);
  expect(readProcess(pid)).toBeNull();
});

test("whoever is spared lives, mark or not", async () => {
  const host = start(STUBBORN, { [SESSION_MARK]: `${run}/1-s1` });
  await expect.poll(() => findDoomed(doomed()).length, { timeout: 10_000 }).toBeGreaterThan(0);
  const { ended } = await killRuns(doomed({ spared: new Set([host.pid ?? 0]) }));
  expect(ended).not.toContain(host.pid);
});

test("a stranger with the score of a session and a living parent lives", async () => {
  const { last } = scoresOfRun(run);
  const sinceTicks = ticksAt(Date.now()) - 100;
  const script = `echo ${last} > /proc/self/oom_score_adj; cd /; echo $$ > ${folder}/stranger; ${STUBBORN}`;
  start(script, {});
  const stranger = await pidIn("stranger");
  const here = doomed({ kin: [{ score: last, sinceTicks, folders: [folder] }] });
  expect((await killRuns(here)).ended).not.toContain(stranger);
  expect(readProcess(stranger)).not.toBeNull();
});

test("a session of a copied repository with the same names lives", async () => {
  const copy = path.join(folder, "copy/.cairn");
  fs.mkdirSync(copy, { recursive: true });
  const mark = { [SESSION_MARK]: `${run}/1-s1` };
  const theirs = start(STUBBORN, { ...mark, [PLACE_MARK]: placeOf(copy).id });
  const ours = start(STUBBORN, { ...mark, [PLACE_MARK]: placeOf(path.join(folder, ".cairn")).id });
  await expect.poll(() => findDoomed(doomed()), { timeout: 5_000 }).toContain(ours.pid);
  expect((await killRuns(doomed())).ended).not.toContain(theirs.pid);
  expect(readProcess(theirs.pid ?? 0)).not.toBeNull();
});
