import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeNpmProject, type NpmProject } from "../../../test/support/npm-project.ts";
import { createBootstrap } from "./bootstrap.ts";
import { STAMP } from "./stamp.ts";

/** The process is killed right before the call of that number: moving, publishing, linking and the writing of marks. */
const KILLED = [
  ["renameSync", 1],
  ["renameSync", 2],
  ["renameSync", 3],
  ["writeFileSync", 2],
  ["writeFileSync", 4],
  ["symlinkSync", 1],
  ["symlinkSync", 3],
  ["symlinkSync", 6],
] as const;

let folder: string;
let project: NpmProject;
let environment: Readonly<Record<string, string>>;
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-cut-short-")));
  project = makeNpmProject(folder);
  environment = quickNpm();
});
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** As `npm ci` would leave it, in the time of a copy: a kill is to hit everything else, too. */
function quickNpm(): Readonly<Record<string, string>> {
  const installed = project.worktree("installed");
  execFileSync("npm", ["ci", "--offline"], { cwd: installed, env: project.environment });
  const bin = path.join(folder, "quick");
  fs.mkdirSync(bin);
  const copy = (at: string): string => `cp -a ${installed}/${at}node_modules ${at}node_modules`;
  const script = `#!/bin/sh\nset -e\n${copy("")}\n${copy("packages/words/")}\n`;
  fs.writeFileSync(path.join(bin, "npm"), script, { mode: 0o755 });
  return { ...project.environment, PATH: `${bin}:${process.env["PATH"]}` };
}

function optionsFor(storeFolder: string): Parameters<typeof createBootstrap>[0] {
  const run = `cut-short-${process.pid}`;
  return { strategy: "link", storeFolder, run, environment, timeoutMs: 20_000 };
}

/** Another process, which prepares the worktree and is killed on the way. */
async function killedAt(
  worktree: string,
  storeFolder: string,
  [call, number]: (typeof KILLED)[number],
): Promise<void> {
  const script = `
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const real = fs.${call};
    let calls = 0;
    fs.${call} = (...words) => {
      calls += 1;
      if (calls === ${number}) process.kill(process.pid, "SIGKILL");
      return real(...words);
    };
    syncBuiltinESMExports();
    const { createBootstrap } = await import(${JSON.stringify(path.join(import.meta.dirname, "bootstrap.ts"))});
    await createBootstrap(${JSON.stringify(optionsFor(storeFolder))}).prepare(${JSON.stringify(worktree)});`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: "inherit",
  });
  expect((await once(child, "exit"))[1]).toBe("SIGKILL");
}

/** The words of its own package and of those installed. */
function loaded(worktree: string): unknown {
  const script = `JSON.stringify([require("plain").is, require("@own/words").deep, require("@team/scoped").is])`;
  return JSON.parse(execFileSync("node", ["-p", script], { cwd: worktree, encoding: "utf8" }));
}

const WHOLE = ["plain-1.0.0", "deep-2.0.0", "scoped-1.0.0"];

test.for(KILLED)(
  "a preparation that is killed before %s number %i is made again from the start",
  async (killed) => {
    const name = killed.join("-");
    const worktree = project.worktree(`worktree-${name}`);
    const storeFolder = path.join(folder, `store-${name}`);
    await killedAt(worktree, storeFolder, killed);
    expect(fs.existsSync(path.join(worktree, "node_modules", STAMP))).toBe(false);
    await createBootstrap(optionsFor(storeFolder)).prepare(worktree);
    expect(loaded(worktree)).toEqual(WHOLE);
    const second = project.worktree(`second-${name}`);
    await createBootstrap(optionsFor(storeFolder)).prepare(second);
    expect(loaded(second)).toEqual(WHOLE);
    // Nothing half-made is left in the store either.
    expect(fs.readdirSync(storeFolder)).toHaveLength(1);
  },
);
