import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gitWorld, identity, type GitWorld } from "../../../test/contract/git-world.ts";
import { sessionGitEnvironment } from "./session-environment.ts";

const AGENT = "4.2-s1@agents.cairn.invalid";
const patterns = ["main", "release/*"];

describe("an agent's git", () => {
  let world: GitWorld;
  let env: Record<string, string>;
  let workspace: string;
  beforeEach(async () => {
    world = await gitWorld();
    const prepared = await world.repository.prepareWorkspace({
      slot: "w1",
      branch: "feat/1",
      base: world.start,
      mode: "create",
    });
    workspace = prepared.path;
    env = await environment();
  });
  afterEach(() => world.close());

  const environment = async () => ({
    ...identity("person@example.com"),
    ...(await sessionGitEnvironment({
      root: world.root,
      hooksFolder: path.join(world.root, ".cairn", "hooks"),
      protectedPatterns: patterns,
      committer: { name: "cairn agent", email: AGENT },
    })),
  });
  const asAgent = (args: readonly string[], cwd = workspace) => {
    const { status, stderr, stdout } = spawnSync("git", args, { cwd, env, encoding: "utf8" });
    return { ok: status === 0, stderr, stdout };
  };

  test("commits on its task's branch, under the session's own address", () => {
    fs.writeFileSync(path.join(workspace, "c.txt"), "c\n");
    expect(asAgent(["add", "-A"]).ok).toBe(true);
    expect(asAgent(["commit", "-q", "-m", "work"])).toMatchObject({ ok: true, stderr: "" });
    expect(world.git(["log", "-1", "--format=%ae %ce", "feat/1"])).toBe(`${AGENT} ${AGENT}`);
    expect(asAgent(["switch", "-q", "-c", "try"]).ok).toBe(true);
    expect(asAgent(["branch", "-q", "-D", "feat/1"]).ok).toBe(true);
  });

  test("cannot commit on a protected branch, nor move, make or delete one", () => {
    world.git(["branch", "release/1"]);
    fs.writeFileSync(path.join(world.root, "a.txt"), "agent\n");
    const commit = asAgent(["commit", "-q", "-a", "-m", "breach"], world.root);
    expect(commit.ok).toBe(false);
    expect(commit.stderr).toContain("refs/heads/main is protected");
    asAgent(["commit", "-q", "--allow-empty", "-m", "work"]);
    for (const args of [
      ["update-ref", "refs/heads/main", "feat/1"],
      ["branch", "-f", "release/1", "feat/1"],
      ["branch", "release/2"],
      ["branch", "-D", "release/1"],
      ["checkout", "-B", "release/1", "feat/1"],
    ]) {
      expect({ args, ok: asAgent(args).ok }).toEqual({ args, ok: false });
    }
    expect(
      world.git(["for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads"]),
    ).toBe(
      [
        `feat/1 ${world.git(["rev-parse", "feat/1"])}`,
        `main ${world.start}`,
        `release/1 ${world.start}`,
      ].join("\n"),
    );
  });

  test("cannot show other objects in the place of those that it commits", () => {
    asAgent(["commit", "-q", "--allow-empty", "-m", "work"]);
    const replaced = asAgent(["replace", "feat/1", world.start]);
    expect(replaced).toMatchObject({ ok: false });
    expect(replaced.stderr).toContain("agents replace no objects");
    expect(world.git(["for-each-ref", "refs/replace"])).toBe("");
  });

  test("cannot record how conflicts are settled, nor touch anything else that is Cairn's", () => {
    const kept = asAgent(["update-ref", "refs/cairn/resolutions/x", world.start]);
    expect(kept).toMatchObject({ ok: false });
    expect(kept.stderr).toContain("is Cairn's own");
    expect(world.git(["for-each-ref", "refs/cairn"])).toBe("");
  });

  test("cannot push: not by name, not by address", async () => {
    const remote = path.join(world.root, "..", "remote.git");
    world.git(["init", "-q", "--bare", remote]);
    world.git(["remote", "add", "origin", remote]);
    env = await environment();
    expect(asAgent(["push", "origin", "feat/1"])).toMatchObject({ ok: false });
    const direct = asAgent(["push", remote, "feat/1"]);
    expect(direct.ok).toBe(false);
    expect(direct.stderr).toContain("agents do not push");
    expect(world.git(["for-each-ref"], { cwd: remote })).toBe("");
  });

  test("cannot push with the user's ssh key either, whatever git or ssh are told by configuration", () => {
    const ran = path.join(world.root, "..", "ran");
    world.git(["config", "core.sshCommand", `touch '${ran}'; ssh`]);
    env = { ...env, PATH: process.env["PATH"] ?? "" };
    for (const address of ["git@127.0.0.1:team/repo.git", "ssh://git@127.0.0.1:1/repo.git"]) {
      const push = asAgent(["push", "--no-verify", address, "feat/1"]);
      expect(push.ok).toBe(false);
      expect(push.stderr).toContain("agents do not use ssh");
    }
    expect(fs.existsSync(ran)).toBe(false);
  });

  test("still runs the repository's own hooks, and their no is a no", () => {
    const hooks = path.join(world.root, ".git", "hooks");
    const seen = path.join(world.root, "..", "seen");
    writeHook(hooks, "pre-commit", `echo "pre-commit" >> '${seen}'`);
    writeHook(
      hooks,
      "commit-msg",
      `echo "commit-msg $(cat "$1")" >> '${seen}'; ! grep -q WIP "$1"`,
    );
    writeHook(hooks, "reference-transaction", `echo "$1 $(cat)" >> '${seen}'`);
    expect(asAgent(["commit", "-q", "--allow-empty", "-m", "fine"]).ok).toBe(true);
    expect(asAgent(["commit", "-q", "--allow-empty", "-m", "WIP"]).ok).toBe(false);
    const words = fs.readFileSync(seen, "utf8");
    expect(words).toContain("pre-commit\n");
    expect(words).toContain("commit-msg fine");
    expect(words).toMatch(
      /^committed [0-9a-f]+ [0-9a-f]+ refs\/heads\/feat\/1$|^committed [0-9a-f]+ [0-9a-f]+ HEAD$/m,
    );
  });

  test("finds hooks that lie in the checkout itself", async () => {
    world.git(["config", "core.hooksPath", ".githooks"]);
    writeHook(path.join(workspace, ".githooks"), "pre-commit", "exit 1");
    env = await environment();
    expect(asAgent(["commit", "-q", "--allow-empty", "-m", "x"]).ok).toBe(false);
    fs.rmSync(path.join(workspace, ".githooks"), { recursive: true });
    expect(asAgent(["commit", "-q", "--allow-empty", "-m", "x"]).ok).toBe(true);
  });

  test("works freely in repositories of its own, with their own hooks", () => {
    const other = path.join(world.root, "..", "other");
    fs.mkdirSync(other);
    expect(asAgent(["init", "-q", "-b", "main"], other).ok).toBe(true);
    expect(asAgent(["commit", "-q", "--allow-empty", "-m", "one"], other).ok).toBe(true);
    writeHook(path.join(other, ".git", "hooks"), "pre-commit", "exit 1");
    expect(asAgent(["commit", "-q", "--allow-empty", "-m", "two"], other).ok).toBe(false);
    fs.rmSync(path.join(other, ".git", "hooks", "pre-commit"));
    const remote = path.join(world.root, "..", "remote.git");
    world.git(["init", "-q", "--bare", remote]);
    expect(asAgent(["push", "-q", remote, "main"], other)).toMatchObject({ ok: true });
  });

  test("that gets round the hooks is put right afterwards, its commits kept, the user's files untouched", async () => {
    const before = await world.repository.protectedRefs(patterns);
    fs.writeFileSync(path.join(world.root, "a.txt"), "agent\n");
    expect(
      asAgent(["-c", "core.hooksPath=/dev/null", "commit", "-q", "-a", "-m", "breach"], world.root)
        .ok,
    ).toBe(true);
    const became = world.git(["rev-parse", "main"]);
    const breaches = await world.repository.undoBreaches(before, patterns, AGENT);
    const keptAs = `refs/cairn/breach/heads/main-${became.slice(0, 9)}`;
    expect(breaches).toEqual([{ ref: "refs/heads/main", was: world.start, became, keptAs }]);
    expect(world.git(["rev-parse", "main", keptAs])).toBe(`${world.start}\n${became}`);
    expect(fs.readFileSync(path.join(world.root, "a.txt"), "utf8")).toBe("agent\n");
  });

  test("that moves a protected branch to somebody else's commit is told by the branch's own log", async () => {
    world.git(["commit", "-q", "--allow-empty", "-m", "two"]);
    const before = await world.repository.protectedRefs(patterns);
    asAgent(["-c", "core.hooksPath=/dev/null", "update-ref", "refs/heads/main", world.start]);
    const breaches = await world.repository.undoBreaches(before, patterns, AGENT);
    expect(breaches).toMatchObject([{ ref: "refs/heads/main", became: world.start }]);
    expect(await world.repository.protectedRefs(patterns)).toEqual(before);
  });

  test("that moves a protected branch to its own work does not make it forget what came to it from others", async () => {
    const before = await world.repository.protectedRefs(patterns);
    fs.writeFileSync(path.join(workspace, "c.txt"), "c\n");
    asAgent(["add", "-A"]);
    asAgent(["commit", "-q", "-m", "work"]);
    // While the session works, its user commits; then the branch goes to where none of that is.
    world.git(["commit", "-q", "--allow-empty", "-m", "the user's"]);
    const users = world.git(["rev-parse", "main"]);
    asAgent(["-c", "core.hooksPath=/dev/null", "update-ref", "refs/heads/main", "feat/1"]);
    await world.repository.undoBreaches(before, patterns, AGENT);
    expect(world.git(["rev-parse", "main"])).toBe(users);
  });

  test("that was at it when the engine died is put right though nobody noted how the refs stood", async () => {
    asAgent(["-c", "core.hooksPath=/dev/null", "update-ref", "refs/heads/release/9", world.start]);
    world.git(["commit", "-q", "--allow-empty", "-m", "two"]);
    const users = world.git(["rev-parse", "main"]);
    expect(
      await world.repository.undoBreaches(null, patterns, "else@agents.cairn.invalid"),
    ).toEqual([]);
    asAgent(["-c", "core.hooksPath=/dev/null", "update-ref", "refs/heads/main", world.start]);
    const breaches = await world.repository.undoBreaches(null, patterns, AGENT);
    expect(breaches.map(({ ref, was }) => ({ ref, was }))).toEqual([
      { ref: "refs/heads/main", was: users },
      { ref: "refs/heads/release/9", was: null },
    ]);
    expect(await world.repository.protectedRefs(patterns)).toEqual({ "refs/heads/main": users });
  });

  test("writes nothing into any configuration", async () => {
    const config = path.join(world.root, ".git", "config");
    const text = fs.readFileSync(config, "utf8");
    await environment();
    asAgent(["commit", "-q", "--allow-empty", "-m", "x"]);
    expect(fs.readFileSync(config, "utf8")).toBe(text);
  });
});

function writeHook(folder: string, name: string, script: string): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}
