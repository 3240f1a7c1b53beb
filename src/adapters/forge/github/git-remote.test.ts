import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../clock/system-clock.ts";
import { createGitRemote } from "./git-remote.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-git-remote-"));
  execFileSync("git", ["init", "-q", root]);
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

/** What a setting is to the child that goes to this address. */
async function settingFor(url: string, name: string): Promise<string> {
  const remote = createGitRemote({
    git: async (args, given) => {
      const env = { ...process.env, ...given?.env };
      const text = execFileSync("git", [...args], { cwd: root, env, encoding: "utf8" });
      return Promise.resolve({ code: 0, text, told: "" });
    },
    url,
    token: async () => Promise.resolve("ghp_secret"),
    clock: systemClock,
    retryMs: [],
  });
  const asked = (to: string): readonly string[] => ["config", "--get-urlmatch", name, to];
  return (await remote.network("look", asked)).text.trim();
}

const MILL = "https://github.com/ada/mill.git";

test("a connection that brings nothing is given up after two minutes", async () => {
  expect(await settingFor(MILL, "http.lowSpeedLimit")).toBe("1");
  expect(await settingFor(MILL, "http.lowSpeedTime")).toBe("120");
});

test("certificates are looked at, whatever the repository's configuration says", async () => {
  for (const of of ["http", "http.https://github.com/", `http.${MILL}`])
    execFileSync("git", ["-C", root, "config", `${of}.sslVerify`, "false"]);
  expect(await settingFor(MILL, "http.sslVerify")).toBe("true");
  expect(await settingFor("https://example.org/a.git", "http.sslVerify")).toBe("true");
});
