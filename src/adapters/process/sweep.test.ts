import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { identify, isAlive, readProcess, readProcesses, readVariable } from "./process-table.ts";
import { findBelonging, sendSignal, sweep } from "./sweep.ts";

const NAME = "CAIRN_SWEEP_TEST";

function start(script: string, value: string): ChildProcess {
  const child = spawn("sh", ["-c", script], {
    env: { PATH: process.env["PATH"], [NAME]: value },
    detached: true,
    stdio: "ignore",
  });
  onTestFinished(() => {
    sendSignal(-(child.pid ?? 0), "SIGKILL");
  });
  return child;
}

test("a process is itself: same number, same start", async () => {
  const child = start("exec sleep 1000", "identity");
  const identity = identify(child.pid ?? 0);
  expect(identity).not.toBeNull();
  if (identity === null) return;
  expect(isAlive(identity)).toBe(true);
  expect(isAlive({ ...identity, start: "00000000-1" })).toBe(false);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isAlive(identity)).toBe(false);
});

test("only what carries exactly this mark, or descends from it, belongs", async () => {
  const mine = start("env -u CAIRN_SWEEP_TEST sleep 1000 & sleep 1000; true", "r1/s1");
  start("exec sleep 1000", "r1/s10");
  const belonging = { mark: { name: NAME, value: "r1/s1" } };
  await expect.poll(() => findBelonging(belonging).length, { timeout: 20_000 }).toBe(3);
  const found = findBelonging(belonging);
  expect(found).toContain(mine.pid);
  const unmarked = found.filter((pid) => readVariable(pid, NAME) === null);
  expect(unmarked).toHaveLength(1);
});

test("a prefix finds a whole run, and nothing of a run with a longer name", async () => {
  const belonging = { mark: { name: NAME, value: "r2/", isPrefix: true } };
  start("exec sleep 1000", "r2/s1");
  start("exec sleep 1000", "r2/s2");
  start("exec sleep 1000", "r22/s1");
  await expect.poll(() => findBelonging(belonging).length, { timeout: 20_000 }).toBe(2);
});

test("what is older than the session does not belong", async () => {
  const old = start("exec sleep 1000", "r3/s1");
  await expect.poll(() => readVariable(old.pid ?? 0, NAME), { timeout: 20_000 }).toBe("r3/s1");
  const ticks = readProcess(old.pid ?? 0)?.startTicks ?? 0;
  const mark = { name: NAME, value: "r3/s1" };
  expect(findBelonging({ mark, sinceTicks: ticks })).toEqual([old.pid]);
  expect(findBelonging({ mark, sinceTicks: ticks + 1 })).toEqual([]);
});

test("a sweep ends what ignores TERM, and says how many there were", async () => {
  const child = start(`trap "" TERM; while :; do sleep 0.1; done`, "r4/s1");
  await expect.poll(() => readVariable(child.pid ?? 0, NAME), { timeout: 20_000 }).toBe("r4/s1");
  const { ended, left } = await sweep({ mark: { name: NAME, value: "r4/s1" } });
  expect(ended).toContain(child.pid);
  expect(left).toEqual([]);
  expect(readProcesses().some((row) => row.pid === child.pid)).toBe(false);
});
