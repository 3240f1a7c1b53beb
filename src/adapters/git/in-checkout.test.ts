import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRepository, type GitRepository } from "./git-repository.ts";

const ADA = { name: "Ada", email: "ada@example.org" };

let root: string;
let repository: GitRepository;
let start: string;

function git(...args: readonly string[]): string {
  const env = {
    PATH: process.env["PATH"],
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: ADA.name,
    GIT_AUTHOR_EMAIL: ADA.email,
    GIT_COMMITTER_NAME: ADA.name,
    GIT_COMMITTER_EMAIL: ADA.email,
  };
  return execFileSync("git", [...args], { cwd: root, env, encoding: "utf8" }).trim();
}

const write = (name: string, text: string): void => fs.writeFileSync(path.join(root, name), text);
const read = (name: string): string => fs.readFileSync(path.join(root, name), "utf8");
const has = (name: string): boolean => fs.existsSync(path.join(root, name));

async function open(run = "r1"): Promise<GitRepository> {
  const cairnFolder = path.join(root, ".cairn");
  return openRepository({ root, cairnFolder, run, committer: ADA, inCheckout: true });
}

const prepare = (branch: string, mode: "create" | "reuse" = "create"): Promise<unknown> =>
  repository.prepareWorkspace({ slot: "w1", branch, base: start, mode });

beforeEach(async () => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-checkout-")));
  git("init", "-q", "--initial-branch=main");
  write("a.txt", "a\n");
  write(".gitignore", "*.log\n/.cairn/\n");
  git("add", "-A");
  git("commit", "-qm", "begin");
  start = git("rev-parse", "HEAD");
  write("mine.txt", "mine\n");
  write("mine.log", "ignored\n");
  repository = await open();
});

afterEach(async () => {
  await repository.close();
  fs.rmSync(root, { recursive: true, force: true });
});

test("a task's branch is shown in the checkout itself; what lay there is nobody's work", async () => {
  const workspace = await repository.prepareWorkspace({
    slot: "w1",
    branch: "task/1",
    base: start,
    mode: "create",
  });
  expect(workspace).toMatchObject({ path: root, head: start });
  expect(git("branch", "--show-current")).toBe("task/1");
  write("new.txt", "work\n");
  const facts = await repository.inspectWork(root, "task/1", start);
  expect(facts).toMatchObject({ onBranch: "task/1", dirtyPaths: ["new.txt"] });
  await repository.commitAll(root, "work");
  expect(git("show", "--name-only", "--format=", "HEAD")).toBe("new.txt");
  await repository.leaveCheckout(true);
  expect([git("branch", "--show-current"), has("new.txt"), read("mine.txt")]).toEqual([
    "main",
    false,
    "mine\n",
  ]);
});

test("gates never run in the checkout, whatever slot they are asked for", async () => {
  await prepare("task/1");
  for (const slot of ["gate", "w1"])
    expect(await repository.checkoutForGates(slot, start)).toBe(
      path.join(root, ".cairn/worktrees", slot),
    );
  expect(git("branch", "--show-current")).toBe("task/1");
});

test("work that is not committed when the run rests is laid out again when it goes on", async () => {
  await prepare("task/1");
  write("a.txt", "changed\n");
  write("new.txt", "new\n");
  await repository.leaveCheckout(false);
  expect([git("status", "--porcelain"), read("a.txt")]).toEqual(["?? mine.txt", "a\n"]);
  await repository.close();
  repository = await open();
  const facts = await repository.inspectWork(root, "task/1", start);
  expect(facts.dirtyPaths).toEqual(["a.txt", "new.txt"]);
  expect([read("a.txt"), read("mine.txt"), read("mine.log")]).toEqual([
    "changed\n",
    "mine\n",
    "ignored\n",
  ]);
  await repository.leaveCheckout(true);
  expect(git("for-each-ref", "--format=%(refname)", "refs/cairn")).toMatch(
    /^refs\/cairn\/set-aside\/task\/1-[0-9a-f]{9}$/,
  );
});

test("a merge that was under way is begun again", async () => {
  await prepare("task/1");
  write("a.txt", "ours\n");
  await repository.commitAll(root, "ours");
  await repository.restore(root, "task/2", start);
  write("a.txt", "theirs\n");
  const theirs = await repository.commitAll(root, "theirs");
  await prepare("task/1", "reuse");
  expect(await repository.beginMerge(root, theirs, "merge")).toBe("conflict");
  await repository.leaveCheckout(false);
  expect([git("branch", "--show-current"), read("a.txt")]).toEqual(["main", "a\n"]);
  await repository.restoreUnlessMerging(root, "task/1");
  expect(git("rev-parse", "MERGE_HEAD")).toBe(theirs);
  expect(read("a.txt")).toContain("<<<<<<<");
});

test("throwing away a session's work spares the user's files and keeps what was thrown away", async () => {
  await prepare("task/1");
  write("a.txt", "changed\n");
  write("new.txt", "new\n");
  await repository.restore(root, "task/1", start);
  expect([read("a.txt"), has("new.txt"), read("mine.txt"), read("mine.log")]).toEqual([
    "a\n",
    false,
    "mine\n",
    "ignored\n",
  ]);
  const [ref = ""] = git("for-each-ref", "--format=%(refname)", "refs/cairn/set-aside").split("\n");
  expect(git("show", `${ref}:new.txt`)).toBe("new");
});

test.each(["mine.txt", "mine.log"])("a branch that holds %s is not shown over it", async (name) => {
  const blob = git("hash-object", "-w", "a.txt");
  const index = { index: path.join(root, ".git/other-index") };
  const tree = execFileSync(
    "sh",
    ["-c", `git update-index --add --cacheinfo 100644,${blob},${name} && git write-tree`],
    { cwd: root, env: { ...process.env, GIT_INDEX_FILE: index.index }, encoding: "utf8" },
  ).trim();
  const other = git("commit-tree", tree, "-p", start, "-m", "in the way");
  await expect(repository.restore(root, "task/1", other)).rejects.toMatchObject({
    code: "workspace/checkout-dirty",
  });
  expect([git("branch", "--show-current"), read("mine.txt"), read("mine.log")]).toEqual([
    "main",
    "mine\n",
    "ignored\n",
  ]);
});

test("a checkout with changes, or with a merge begun, is not touched", async () => {
  write("a.txt", "edited\n");
  const refusal = { code: "workspace/checkout-dirty" };
  await expect(repository.refuseDirtyCheckout()).rejects.toMatchObject(refusal);
  await expect(prepare("task/1")).rejects.toMatchObject(refusal);
  expect([git("branch", "--show-current"), read("a.txt")]).toEqual(["main", "edited\n"]);
});

test("a checkout that the user took home by hand is the user's again", async () => {
  await prepare("task/1");
  git("switch", "-q", "main");
  write("a.txt", "edited\n");
  await expect(repository.commitAll(root, "no")).rejects.toMatchObject({
    code: "workspace/checkout-moved",
  });
  await repository.leaveCheckout(false);
  expect([git("branch", "--show-current"), read("a.txt")]).toEqual(["main", "edited\n"]);
  expect(fs.readdirSync(path.join(root, ".git")).filter((name) => /cairn/.test(name))).toEqual([]);
});
