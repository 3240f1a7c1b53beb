import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readRemoteName, remoteAddress, remoteName } from "./remote-name.ts";

test.each([
  ["git@github.com:acme/app.git", "acme/app"],
  ["https://github.com/acme/app", "acme/app"],
  ["https://token@github.example.org/acme/app.git/", "acme/app"],
  ["ssh://git@gitlab.com:22/group/sub/app.git", "group/sub/app"],
  ["/srv/git/app.git", null],
  ["../app", null],
  ["", null],
])("%s is %s", (address, name) => {
  expect(readRemoteName(address)).toBe(name);
});

describe("the address of a remote", () => {
  let root = "";
  const git = (...args: readonly string[]): void =>
    void execFileSync("git", ["-C", root, ...args], { stdio: "pipe" });

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-remote-"));
  });
  afterEach(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });

  test("is the one git goes to, by whatever name a person calls it", async () => {
    git("init", "-q");
    expect(await remoteAddress(root, "origin")).toBeNull();
    git("remote", "add", "origin", "mine:acme/app");
    git("config", "url.https://github.com/.insteadOf", "mine:");
    expect(await remoteAddress(root, "origin")).toBe("https://github.com/acme/app");
    expect(await remoteName(root, "origin")).toBe("acme/app");
  });

  test("is none where there is no repository", async () => {
    expect(await remoteAddress(root, "origin")).toBeNull();
  });
});
