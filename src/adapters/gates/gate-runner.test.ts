import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { GateCommand, GateResult } from "../../core/execute/gates.ts";
import { readProcess } from "../process/process-table.ts";
import { createGateRunner, sweepRun } from "./gate-runner.ts";

let folder: string;
let run: string;
let runs = 0;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-gates-")));
  runs += 1;
  run = `gates-${process.pid}-${runs}`;
});
afterEach(async () => {
  await sweepRun(run);
  fs.rmSync(folder, { recursive: true, force: true });
});

const gate = (words: string, more: Partial<GateCommand> = {}): GateCommand => ({
  name: "test",
  run: words,
  kind: "test",
  timeoutMs: 20_000,
  ...more,
});

async function measure(
  commands: readonly GateCommand[],
  signal: AbortSignal = new AbortController().signal,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<readonly GateResult[]> {
  const runner = createGateRunner({ run, environment });
  return runner.run({ key: "k1", directory: folder, commands, outputBytesMax: 1_000_000 }, signal);
}

test("every command has its result, in order, and a red one does not hide the next", async () => {
  const results = await measure([
    gate("echo fine", { name: "a" }),
    gate("echo broken; exit 3", { name: "b" }),
    gate("pwd", { name: "c" }),
  ]);
  expect(results.map(({ name, ok, exitCode, tail }) => ({ name, ok, exitCode, tail }))).toEqual([
    { name: "a", ok: true, exitCode: 0, tail: "fine" },
    { name: "b", ok: false, exitCode: 3, tail: "broken" },
    { name: "c", ok: true, exitCode: 0, tail: folder },
  ]);
});

test("failures of a red command are read from its output", async () => {
  const [result] = await measure([gate("echo 'not ok 1 - subtracts'; exit 1")]);
  expect(result).toMatchObject({ ok: false, failures: ["subtracts"], problem: null });
});

test("a command that takes too long is red with `timeout`, and all it started is dead", async () => {
  const child = `trap "" TERM; echo $$ > child; while :; do sleep 1; done`;
  const started = performance.now();
  const [result] = await measure([
    gate(`setsid sh -c '${child}' & sleep 1000`, { timeoutMs: 700 }),
  ]);
  expect(result).toMatchObject({ ok: false, problem: "timeout" });
  expect(result?.tail).toContain("gates.timeout");
  expect(performance.now() - started).toBeLessThan(6_000);
  expect(readProcess(Number(fs.readFileSync(path.join(folder, "child"), "utf8")))).toBeNull();
});

test("a server that a green command leaves running is ended", async () => {
  const [result] = await measure([gate("sleep 1000 & echo $! > child; echo ok")]);
  expect(result).toMatchObject({ ok: true, tail: "ok" });
  expect(readProcess(Number(fs.readFileSync(path.join(folder, "child"), "utf8")))).toBeNull();
});

test("a flood of output is red with `output`, and the words stay short", async () => {
  const [result] = await measure([gate("yes words")]);
  expect(result).toMatchObject({ ok: false, problem: "output" });
  expect(result?.tail.length).toBeLessThan(5_000);
});

test("a program that is not there is red with `not-found`", async () => {
  const [result] = await measure([gate("no-such-program-here")]);
  expect(result).toMatchObject({ ok: false, exitCode: 127, problem: "not-found" });
  expect(result?.tail).toContain("no-such-program-here");
});

test("a folder that is not there is a red result, not an exception", async () => {
  fs.rmSync(folder, { recursive: true });
  const [result] = await measure([gate("true")]);
  expect(result).toMatchObject({ ok: false, exitCode: null, problem: "not-found" });
  fs.mkdirSync(folder);
});

test("stopping ends the command under way and runs no further one", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 300);
  const [first, second] = await measure(
    [gate("echo begun; sleep 1000"), gate("touch ran", { name: "next" })],
    stop.signal,
  );
  expect(first).toMatchObject({ ok: false, problem: "ended" });
  expect(first?.tail).toBe("begun\nEnded by Cairn: the run was stopped.");
  expect(second).toMatchObject({ ok: false, tail: "Not run." });
  expect(fs.existsSync(path.join(folder, "ran"))).toBe(false);
});

test("gates see a short list of variables, closed stdin, and no tokens", async () => {
  const environment = { ...process.env, GH_TOKEN: "secret", ANTHROPIC_API_KEY: "secret" };
  const [result] = await measure(
    [gate("env; cat; echo end")],
    new AbortController().signal,
    environment,
  );
  expect(result?.tail).toMatch(/^PATH=/m);
  expect(result?.tail).toMatch(/^CI=true$/m);
  expect(result?.tail).not.toMatch(/GH_TOKEN|ANTHROPIC|VITEST/);
  expect(result?.tail.endsWith("end")).toBe(true);
});

test("one key is one measurement, however often it is asked for at once", async () => {
  const runner = createGateRunner({ run, environment: process.env });
  const request = {
    key: "same",
    directory: folder,
    commands: [gate("echo x >> runs; sleep 0.2")],
    outputBytesMax: 1000,
  };
  const { signal } = new AbortController();
  await Promise.all([runner.run(request, signal), runner.run(request, signal)]);
  expect(fs.readFileSync(path.join(folder, "runs"), "utf8")).toBe("x\n");
});

test("what a dead engine's gates left is found by its run, and by no other", async () => {
  const running = measure([gate("echo $$ > child; sleep 1000")]);
  await expect
    .poll(() => fs.existsSync(path.join(folder, "child")), { timeout: 20_000 })
    .toBe(true);
  expect(await sweepRun(`${run}0`)).toBe(0);
  expect(await sweepRun(run)).toBeGreaterThan(0);
  expect(await running).toMatchObject([{ ok: false, exitCode: null }]);
});
