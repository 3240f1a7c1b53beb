import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readProcess } from "../process/process-table.ts";
import { createBootstrap, type BootstrapOptions } from "./bootstrap.ts";

let folder: string;
let worktree: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-bootstrap-")));
  worktree = path.join(folder, "worktree");
  fs.mkdirSync(path.join(folder, "git"));
  fs.mkdirSync(worktree);
  fs.writeFileSync(path.join(worktree, ".git"), `gitdir: ${path.join(folder, "git")}\n`);
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const bootstrap = (command: string, more: Partial<BootstrapOptions> = {}) =>
  createBootstrap({
    strategy: { command },
    run: `bootstrap-${process.pid}`,
    environment: process.env,
    timeoutMs: 20_000,
    ...more,
  });

const seen = (): string => fs.readFileSync(path.join(folder, "seen"), "utf8");
const lock = (text: string): void =>
  fs.writeFileSync(path.join(worktree, "package-lock.json"), text);

test("a state of the lock file is prepared once, also by the next engine; another state again", async () => {
  const command = `echo x >> ${folder}/seen`;
  await bootstrap(command).prepare(worktree);
  await bootstrap(command).prepare(worktree);
  expect(seen()).toBe("x\n");
  lock("{}");
  await bootstrap(command).prepare(worktree);
  expect(seen()).toBe("x\nx\n");
});

test("what was prepared and taken away is prepared again, by the same engine too", async () => {
  // Stands in for npm, which the lock file asks for.
  const bin = path.join(folder, "bin");
  fs.mkdirSync(bin);
  const npm = `#!/bin/sh\necho "$1" >> ${folder}/seen; mkdir -p node_modules\n`;
  fs.writeFileSync(path.join(bin, "npm"), npm, { mode: 0o755 });
  lock('{"packages": {"": {}, "node_modules/a": {}}}');
  const environment = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
  const preparing = bootstrap("", { strategy: "auto", environment });
  await preparing.prepare(worktree);
  await preparing.prepare(worktree);
  expect(seen()).toBe("ci\n");
  fs.rmSync(path.join(worktree, "node_modules"), { recursive: true });
  await preparing.prepare(worktree);
  expect(seen()).toBe("ci\nci\n");
});

test("what failed half-way is no longer what was prepared before", async () => {
  const bin = path.join(folder, "bin");
  fs.mkdirSync(bin);
  const npm = `#!/bin/sh\necho "$1" >> ${folder}/seen; mkdir -p node_modules; grep -q '"good"' package-lock.json\n`;
  fs.writeFileSync(path.join(bin, "npm"), npm, { mode: 0o755 });
  const environment = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
  const preparing = bootstrap("", { strategy: "auto", environment });
  const good = '{"packages": {"": {}, "node_modules/a": {"version": "good"}}}';
  lock(good);
  await preparing.prepare(worktree);
  lock(good.replace("good", "bad"));
  await expect(preparing.prepare(worktree)).rejects.toMatchObject({ code: "workspace/bootstrap" });
  lock(good);
  await preparing.prepare(worktree);
  expect(seen()).toBe("ci\nci\nci\n");
});

test("it finds the user's programs, and sees neither tokens nor a git that may push", async () => {
  const environment = { ...process.env, GH_TOKEN: "secret-of-the-forge", MY_REGISTRY_TOKEN: "r" };
  await bootstrap(`env > ${folder}/seen`, {
    environment,
    variables: ["MY_REGISTRY_TOKEN"],
    gitEnvironment: (key) => ({ GIT_COMMITTER_EMAIL: `${key}@agents.cairn.invalid` }),
  }).prepare(worktree, "k1");
  expect(seen()).not.toContain("GH_TOKEN");
  expect(seen()).toContain("MY_REGISTRY_TOKEN=r\n");
  expect(seen()).toContain("GIT_COMMITTER_EMAIL=k1@agents.cairn.invalid\n");
  expect(seen()).toContain(`PATH=${process.env["PATH"]}\n`);
  expect(seen()).toContain(`HOME=${process.env["HOME"]}\n`);
  expect(seen()).toContain(`CAIRN_GATE_MARK=bootstrap-${process.pid}/bootstrap/k1\n`);
});

test("what it started is dead when it is over", async () => {
  await bootstrap(`setsid sleep 1000 & echo $! > ${folder}/seen`).prepare(worktree);
  expect(readProcess(Number(seen()))).toBeNull();
});

test("a failure says which command, why, and its last words without secrets", async () => {
  const failing = bootstrap("echo no such package; echo hunter2-and-more; exit 4", {
    secrets: ["hunter2-and-more"],
  });
  await expect(failing.prepare(worktree)).rejects.toMatchObject({
    code: "workspace/bootstrap",
    message: expect.stringContaining("(exit 4)"),
    quote: "no such package\n[REDACTED:environment]",
  });
  await expect(bootstrap("sleep 100", { timeoutMs: 300 }).prepare(worktree)).rejects.toMatchObject({
    message: expect.stringContaining("gates.timeout"),
  });
});
