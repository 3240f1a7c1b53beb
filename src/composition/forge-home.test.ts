import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../config/load.ts";
import { forgeHome } from "./forge-home.ts";

let root = "";
const git = (...args: readonly string[]): void =>
  void execFileSync("git", ["-C", root, ...args], { stdio: "pipe" });

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-home-"));
  git("init", "-q");
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

function home(remote: string, settings = ""): ReturnType<typeof forgeHome> {
  git("remote", "add", "origin", remote);
  if (settings !== "") fs.writeFileSync(path.join(root, ".cairn.yml"), settings);
  return forgeHome(root, loadConfig({ root, env: {} }).config);
}

test("a remote on GitHub is the home, another one is not", async () => {
  expect(await home("git@github.com:ada/mill.git")).toMatchObject({ owner: "ada", name: "mill" });
  git("remote", "remove", "origin");
  expect(await home("git@gitlab.com:ada/mill.git")).toBeNull();
});

test.each(["git@github-work:ada/mill.git", "https://github.example.org/ada/mill"])(
  "%s seems to be GitHub: merging here alone is no answer to it",
  async (remote) => {
    await expect(home(remote)).rejects.toMatchObject({
      code: "forge/none",
      hints: expect.arrayContaining([
        "git remote set-url origin https://github.com/OWNER/REPO",
        "Or merge in this repository alone: forge: {kind: local}",
      ]) as unknown,
    });
  },
);

test("whoever says so merges here alone", async () => {
  expect(await home("git@github-work:ada/mill.git", "forge: {kind: local}\n")).toBeNull();
});
