import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CommandWorld } from "../../../test/support/command-world.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../../../test/support/github/world.ts";

let world: CommandWorld;
let hub: GitHubWorld;
let head: string;

beforeEach(async () => {
  hub = await gitHubWorld();
  world = new CommandWorld();
  Object.assign(world.env, { GH_TOKEN: TOKEN, CAIRN_CLOCK_SCALE: "1000" });
  world.git("remote", "add", "origin", hub.double.cloneUrl);
  fs.writeFileSync(
    path.join(world.root, ".cairn.yml"),
    `forge: { api_url: "${hub.double.url}" }\nci: { none_after: 0s }\n`,
  );
  head = hub.push("feat/1", { "a.txt": "a\n" });
  const opened = await fetch(`${hub.double.url}/repos/ada/mill/pulls`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ title: "Add a", head: "feat/1", base: "main", body: "" }),
  });
  if (opened.status !== 201) throw new Error(await opened.text());
});

afterEach(async () => {
  world.remove();
  await hub.close();
});

test("passed, failed and pending end with 0, 1 and 8", async () => {
  hub.check(head, "test", "success");
  const passed = await world.run("ci-status", "1");
  expect(passed.code).toBe(0);
  expect(passed.out).toMatch(/^#1 Add a\nhttps:\S+\/pull\/1 {2}open, at /u);
  expect(passed.out).toMatch(/ passed +test /u);
  hub.check(head, "lint", null);
  expect((await world.run("ci-status", "#1")).code).toBe(8);
  hub.check(head, "build", "failure");
  const failed = await world.run("ci-status", "1", "--json");
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.out)).toMatchObject({
    schemaVersion: 1,
    repository: "ada/mill",
    pullRequest: { number: 1, title: "Add a", state: "open", head },
    state: "failed",
    checks: [
      { name: "build", state: "failed" },
      { name: "lint", state: "pending" },
      { name: "test", state: "passed" },
    ],
  });
});

test("nothing is fetched or written", async () => {
  hub.check(head, "test", "success");
  await world.run("ci-status", "1");
  expect(world.git("for-each-ref", "refs/cairn", "refs/remotes")).toBe("");
  expect(hub.double.seen.some(({ route }) => route === "git")).toBe(false);
});

test("--wait looks again until it is decided, and says once what it waits for", async () => {
  const check = hub.check(head, "test", null);
  const waited = world.run("ci-status", "1", "--wait");
  const looks = (): number =>
    hub.double.seen.filter(({ route }) => route.endsWith("/pulls/{pull_number}")).length;
  await expect.poll(looks, { timeout: 10_000 }).toBeGreaterThan(2);
  Object.assign(check, { status: "completed", conclusion: "success" });
  const { code, out, told } = await waited;
  expect(code).toBe(0);
  expect(out).toMatch(/ passed +test /u);
  expect(told.match(/CI 0 of 1 passed/gu)).toHaveLength(1);
});

test("--wait ends when the time is over", async () => {
  fs.writeFileSync(
    path.join(world.root, ".cairn.yml"),
    `forge: { api_url: "${hub.double.url}" }\nci: { timeout: 90s }\n`,
  );
  hub.check(head, "test", null);
  const { code, told } = await world.run("ci-status", "1", "--wait");
  expect(code).toBe(8);
  expect(told).toContain("Not decided within `ci.timeout`");
});

test("what cannot be answered is said: no such pull request, no number, no token", async () => {
  await expect(world.run("ci-status", "99")).rejects.toMatchObject({
    code: "ci/no-pull-request",
    exitCode: 2,
  });
  await expect(world.run("ci-status", "feat/1")).rejects.toMatchObject({
    code: "cli/usage",
    exitCode: 2,
  });
  world.env["GH_TOKEN"] = "";
  await expect(world.run("ci-status", "1")).rejects.toMatchObject({
    code: "github/no-token",
    exitCode: 4,
  });
});
