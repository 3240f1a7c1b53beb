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

test("behind a red command that says it all nothing is run, behind another one everything is", async () => {
  const commands = [
    gate("exit 1", { name: "known" }),
    gate("exit 1", { name: "new" }),
    gate("touch ran", { name: "last" }),
  ];
  const runner = createGateRunner({ run, environment: process.env });
  const request = { key: "k1", directory: folder, commands, outputBytesMax: 1_000 };
  const decisive = ["new", "last"];
  const results = await runner.run({ ...request, decisive }, new AbortController().signal);
  expect(results.map(({ name }) => name)).toEqual(["known", "new"]);
  expect(fs.existsSync(path.join(folder, "ran"))).toBe(false);
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

test("a report comes with the result of the command that wrote it, and leaves nothing behind", async () => {
  const report = true;
  const results = await measure([
    gate('printf \'ok %s\' 1 > "$1"; dirname "$1"; exit 1', { report }),
    gate("true", { report }),
    gate('ln -s /etc/hostname "$1"', { report }),
    gate('head -c 5000000 /dev/zero > "$1"', { report }),
    gate("true"),
  ]);
  expect(results.map((result) => result.report)).toEqual(["ok 1", null, null, null, undefined]);
  expect(results[0]).toMatchObject({ ok: false, exitCode: 1 });
  expect(fs.existsSync(results[0]?.tail ?? "")).toBe(false);
});

test("secrets are not shown in a report either", async () => {
  const environment = { ...process.env, MY_TOKEN: "correct-horse-battery" };
  const runner = createGateRunner({ run, environment, variables: ["MY_TOKEN"] });
  const commands = [gate('printf \'%s\' "$MY_TOKEN" > "$1"', { report: true })];
  const asked = { key: "k1", directory: folder, commands, outputBytesMax: 1000 };
  const [result] = await runner.run(asked, new AbortController().signal);
  expect(result?.report).toBe("[REDACTED:environment]");
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

test("a command that may not start any more is not started, and says that it was ended", async () => {
  let asked = 0;
  // Yes before and after the start of the first, no to the second.
  const mayStart = (): boolean => (asked += 1) <= 2;
  const runner = createGateRunner({ run, environment: process.env, mayStart });
  const commands = [gate("touch first"), gate("touch second", { name: "next" })];
  const request = { key: "shut", directory: folder, commands, outputBytesMax: 1000 };
  const results = await runner.run(request, new AbortController().signal);
  expect(results).toMatchObject([{ ok: true }, { ok: false, problem: "ended", exitCode: null }]);
  expect(fs.readdirSync(folder)).toEqual(["first"]);
});

test("a command is killed at once when the stop came while it was being started", async () => {
  let asked = 0;
  const mayStart = (): boolean => (asked += 1) === 1;
  const runner = createGateRunner({ run, environment: process.env, mayStart });
  const stubborn = gate(`trap "" TERM; echo $$ > child; while :; do sleep 0.1; done`);
  const request = { key: "late", directory: folder, commands: [stubborn], outputBytesMax: 1000 };
  const started = performance.now();
  const results = await runner.run(request, new AbortController().signal);
  expect(results).toMatchObject([{ ok: false, problem: "ended" }]);
  expect(performance.now() - started).toBeLessThan(1_500);
});
