// After the killing: pull requests on a GitHub of the test's own, and words about the token.
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CommandWorld } from "../../../test/support/command-world.ts";
import { addIssue } from "../../../test/support/github/hub.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../../../test/support/github/world.ts";
import { RunStory } from "../../../test/support/run-story.ts";
import type { ForgeSettings } from "../../core/run/settings.ts";

const FORGE: ForgeSettings = {
  kind: "github",
  repository: "ada/mill",
  milestone: null,
  hasIssues: false,
  taskBranch: "feat/{slug}",
  closes: { issues: false, milestone: false },
  ci: { wait: true, timeoutMs: 1_000, pollMs: [10], noneAfterMs: 100 },
  reviews: { waitFor: [], timeoutMs: 1_000 },
  mergeMethod: "squash",
  update: "merge",
  deletesBranch: true,
  opensDraft: false,
  labels: [],
  colours: {},
};

let world: CommandWorld;
let hub: GitHubWorld;

beforeEach(async () => {
  hub = await gitHubWorld();
  world = new CommandWorld();
  Object.assign(world.env, { GH_TOKEN: TOKEN, CAIRN_CLOCK_SCALE: "200" });
  world.git("remote", "add", "origin", hub.double.cloneUrl);
  fs.writeFileSync(
    path.join(world.root, ".cairn.yml"),
    `forge: { api_url: "${hub.double.url}" }\n`,
  );
});

afterEach(async () => {
  world.remove();
  await hub.close();
});

/** Number of a pull request that is ready for review. */
async function open(branch: string): Promise<number> {
  hub.push(branch, { [`${branch}.txt`]: "x\n" });
  const response = await fetch(`${hub.double.url}/repos/ada/mill/pulls`, {
    method: "POST",
    headers: { authorization: `bearer ${TOKEN}` },
    body: JSON.stringify({ title: branch, head: branch, base: "main", draft: false }),
  });
  return ((await response.json()) as { number: number }).number;
}

/** The first task is merged, the second waits for its turn; their pull requests have left draft. */
async function underWay(): Promise<RunStory> {
  // A story numbers its pull requests so.
  for (let number = 1; number <= 10; number += 1) addIssue(hub.hub, { title: `Issue ${number}` });
  expect([await open("one"), await open("two")]).toEqual([11, 12]);
  const issues = ["1", "2"].map((key) => ({ key, title: `Part ${key}` }));
  const story = new RunStory().begun({ forge: FORGE }, issues).broughtHome("1");
  return story.started("2").accepted("2").reviewed("2");
}

const isDraft = (number: number): boolean | undefined => hub.hub.issues.get(number)?.pull?.draft;

test("without an engine, pull requests of unfinished tasks become drafts from here", async () => {
  world.store(await underWay());
  const { out, code } = await world.run("panic");
  expect(code).toBe(0);
  expect(out).toContain("Drafts now: #12.");
  expect(out).toContain("revoke GH_TOKEN:");
  expect(out).not.toContain(TOKEN);
  expect([11, 12].map(isDraft)).toEqual([false, true]);
});

test("an engine that is at work does it itself, and the command says so", async () => {
  const story = await underWay();
  world.store(story);
  world.hold(story.run.id, "answers");
  fs.writeFileSync(path.join(world.cairnFolder, "PANIC"), "");
  const { openStore } = await import("../../adapters/sqlite/store.ts");
  const store = openStore(world.cairnFolder);
  const word = {
    name: "panic",
    task: null,
    text: null,
    flags: {},
    by: "ada",
    from: "mcp",
  } as const;
  store.post(story.run.id, Date.now(), word);
  store.close();
  const { out } = await world.run("panic");
  expect(out).toContain("Its engine puts open pull requests of unfinished tasks back to draft.");
  expect([11, 12].map(isDraft)).toEqual([false, false]);
});

test("a forge that refuses keeps nothing of the rest back, and is said", async () => {
  world.store(await underWay());
  world.env["GH_TOKEN"] = "ghp_000000000000000000000000000000000000";
  const { out, code } = await world.run("panic", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    state: "halted",
    drafts: [],
    token: { which: "GH_TOKEN" },
  });
  expect((JSON.parse(out) as { trouble: string }).trouble).toMatch(/token|credentials/iu);
});
