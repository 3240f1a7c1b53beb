import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { askRemote, standingOf } from "./preflight-git-remote.ts";

let folder: string;
let root: string;
const saved = process.env["GIT_SSH_COMMAND"];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-remote-"));
  root = path.join(folder, "here");
  fs.mkdirSync(root);
  git("init", "-q", "-b", "main");
  commit("first");
  git("init", "-q", "--bare", path.join(folder, "there.git"));
  git("remote", "add", "origin", path.join(folder, "there.git"));
});

afterEach(() => {
  if (saved === undefined) delete process.env["GIT_SSH_COMMAND"];
  else process.env["GIT_SSH_COMMAND"] = saved;
  fs.rmSync(folder, { recursive: true, force: true });
});

function git(...args: readonly string[]): string {
  const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
  return execFileSync("git", [...who, ...args], { cwd: root, encoding: "utf8" }).trim();
}

function commit(message: string): string {
  git("commit", "-q", "--allow-empty", "-m", message);
  return git("rev-parse", "HEAD");
}

const ask = (branch = "main", limitMs = 10_000): ReturnType<typeof askRemote> =>
  askRemote({ root, remote: "origin", branch, limitMs });

test("answers the tip the remote has, and none for a branch it has not", async () => {
  git("push", "-q", "origin", "main");
  expect(await ask()).toEqual({ kind: "reached", tip: git("rev-parse", "main") });
  expect(await ask("other")).toEqual({ kind: "reached", tip: null });
});

test("tells how the branch stands to it, also to a commit that was never fetched", async () => {
  const first = git("rev-parse", "main");
  expect(await standingOf(root, "main", first)).toBe("same");
  const second = commit("second");
  expect(await standingOf(root, "main", first)).toBe("ahead");
  git("reset", "-q", "--hard", first);
  expect(await standingOf(root, "main", second)).toBe("behind");
  commit("other");
  expect(await standingOf(root, "main", second)).toBe("diverged");
  expect(await standingOf(root, "main", "1".repeat(40))).toBe("behind");
});

test("a remote that is not there is told in git's words, without the password in its address", async () => {
  git("remote", "set-url", "origin", "https://ada:s3cret@127.0.0.1:9/x.git");
  const answer = await ask();
  expect(answer).toMatchObject({ kind: "unreachable" });
  expect(JSON.stringify(answer)).toContain("https://127.0.0.1:9/x.git");
  expect(JSON.stringify(answer)).not.toContain("s3cret");
});

test("a remote that does not answer is given up in time, with everything that was started for it", async () => {
  const mark = path.join(folder, "pid");
  const ssh = path.join(folder, "ssh.sh");
  fs.writeFileSync(ssh, `#!/bin/sh\necho $$ > ${mark}\nexec sleep 60\n`, { mode: 0o755 });
  process.env["GIT_SSH_COMMAND"] = ssh;
  git("remote", "set-url", "origin", "ada@nowhere.invalid:x.git");
  const began = Date.now();
  expect(await ask("main", 1_000)).toEqual({
    kind: "unreachable",
    why: "no answer within 1 s",
  });
  expect(Date.now() - began).toBeLessThan(8_000);
  const pid = Number(fs.readFileSync(mark, "utf8"));
  // A moment may lie between the signal and the end.
  await expect.poll(() => isGone(pid), { timeout: 3_000 }).toBe(true);
});

/** Gone, or dead and not yet collected. */
function isGone(pid: number): boolean {
  try {
    return / Z /.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, ""));
  } catch {
    return true;
  }
}
