import { spawnSync } from "node:child_process";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CAIRN, gitWorld, identity, type GitWorld } from "../../../test/contract/git-world.ts";
import { GitServer } from "./git-server.ts";

let world: GitWorld;
let server: GitServer;
beforeEach(async () => {
  world = await gitWorld();
  server = new GitServer(["cat-file", "--batch-command"], world.root, identity("a@b"));
});
afterEach(async () => {
  await server.close();
  await world.close();
});

const line = (bytes: Buffer): number | null => {
  const at = bytes.indexOf("\n");
  return at < 0 ? null : at + 1;
};
const ask = async (question: string) =>
  (await server.ask(`${question}\n`, line)).toString("utf8").trim();

describe("a git that stays", () => {
  test("answers questions asked together each with its own answer", async () => {
    const names = ["HEAD", "main", "nowhere", `${world.start}^{tree}`];
    const answers = await Promise.all(names.map((name) => ask(`info ${name}`)));
    expect(answers.map((answer) => answer.split(" ")[1])).toEqual([
      "commit",
      "commit",
      "missing",
      "tree",
    ]);
  });

  test("sees refs that moved since it was started", async () => {
    expect(await ask("info later")).toBe("later missing");
    world.git(["branch", "later"]);
    expect(await ask("info later")).toMatch(new RegExp(`^${world.start} commit`));
    world.git(["pack-refs", "--all"]);
    expect(await ask("info later")).toMatch(new RegExp(`^${world.start} commit`));
  });

  test("that dies says so once and is started again by the next question", async () => {
    await expect(ask("no such command")).rejects.toThrow("ended before it answered");
    expect(await ask("info HEAD")).toMatch(/ commit /);
  });

  test("may be closed twice, and asked again after that", async () => {
    expect(await ask("info HEAD")).toMatch(/ commit /);
    await server.close();
    await server.close();
    expect(await ask("info HEAD")).toMatch(/ commit /);
  });

  test("holds up no process that forgets to close it", () => {
    const script = `
      import { openRepository } from ${JSON.stringify(path.join(import.meta.dirname, "git-repository.ts"))};
      const repository = await openRepository(${JSON.stringify({
        root: world.root,
        cairnFolder: path.join(world.root, ".cairn"),
        run: "r",
        committer: CAIRN,
      })});
      console.log(await repository.resolve("main"));
    `;
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      timeout: 20_000,
      env: identity("a@b"),
    });
    expect({ out: child.stdout.trim(), status: child.status }).toEqual({
      out: world.start,
      status: 0,
    });
  });

  test("may be started ahead, which holds up no process either; the question goes to that one", () => {
    const script = `
      import { GitServer } from ${JSON.stringify(path.join(import.meta.dirname, "git-server.ts"))};
      const words = 'read -r word; echo "$word $$"; read -r word; echo "$word $$"';
      const open = () => new GitServer(["-c", words], ${JSON.stringify(world.root)}, process.env, "sh");
      const [asked, idle] = [open(), open()];
      for (const one of [asked, idle, asked]) one.prepare();
      const end = (bytes) => (bytes.includes("\\n") ? bytes.length : null);
      const [first, second] = [await asked.ask("a\\n", end), await asked.ask("b\\n", end)];
      const [one, other] = [first, second].map((bytes) => String(bytes).trim().split(" "));
      console.log(one[0], other[0], one[1] === other[1]);
    `;
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      timeout: 20_000,
      env: identity("a@b"),
    });
    expect({ out: child.stdout.trim(), status: child.status }).toEqual({
      out: "a b true",
      status: 0,
    });
  });
});
