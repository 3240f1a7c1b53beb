import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { findToken, programRunner } from "./token.ts";

const nothing = async () => Promise.resolve(null);
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

/** A folder with a `gh` of its own, to be the PATH. */
function withGh(script: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-gh-"));
  folders.push(folder);
  fs.writeFileSync(path.join(folder, "gh"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}

const MANY = {
  GH_TOKEN: "home",
  GITHUB_TOKEN: "actions",
  GH_ENTERPRISE_TOKEN: "work",
  GITHUB_ENTERPRISE_TOKEN: "other",
};

test.each([
  ["github.com", MANY, { value: "home", from: "GH_TOKEN" }],
  [
    "github.com",
    { GH_TOKEN: " ", GITHUB_TOKEN: "actions" },
    { value: "actions", from: "GITHUB_TOKEN" },
  ],
  ["octo.ghe.com", MANY, { value: "home", from: "GH_TOKEN" }],
  ["code.example.org", MANY, { value: "work", from: "GH_ENTERPRISE_TOKEN" }],
  ["127.0.0.1", { GH_TOKEN: "home" }, { value: "home", from: "GH_TOKEN" }],
])("for %s", async (host, env, expected) => {
  expect(await findToken({ env, host, run: nothing })).toEqual(expected);
});

test("a token of github.com goes to no other host", async () => {
  const env = { GH_TOKEN: "home", GITHUB_TOKEN: "actions" };
  expect(await findToken({ env, host: "code.example.org", run: nothing })).toBeNull();
});

test("gh is asked for that host, after the environment", async () => {
  const run = programRunner({ PATH: withGh('echo "$1:$2:$3:$4"') });
  expect(await findToken({ env: {}, host: "code.example.org", run })).toEqual({
    value: "auth:token:--hostname:code.example.org",
    from: "gh auth token",
  });
});

test.each([
  ["is not there", null],
  ["knows none", "echo no oauth token; exit 1"],
  ["says something else", "echo two words"],
  ["says nothing", ":"],
])("nothing is found where gh %s", async (_, script) => {
  const run = programRunner({ PATH: script === null ? "/nonexistent" : withGh(script) });
  expect(await findToken({ env: {}, host: "github.com", run })).toBeNull();
});

test("a gh that does not end is given up", async () => {
  const run = programRunner({ PATH: withGh("while :; do :; done") });
  const impatient: typeof run = async (file, args) => run(file, args, 50);
  expect(await findToken({ env: {}, host: "github.com", run: impatient })).toBeNull();
});
