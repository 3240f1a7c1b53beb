import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { forgeFixture } from "../../test/support/github/forge-fixture.ts";
import { workshop, type Workshop } from "../../test/support/github/forge-world.ts";
import { RunStory } from "../../test/support/run-story.ts";
import { openStore } from "../adapters/sqlite/store.ts";
import { loadConfig } from "../config/load.ts";
import type { RunSettings } from "../core/run/settings.ts";
import type { ReadPlan } from "../host/project.ts";
import { forgeSettings } from "./forge-settings.ts";
import { findOldIntegration, type IntegrationPlace } from "./old-integration.ts";

const DAY_MS = 86_400_000;
/** Git tells whole seconds. */
const NOW = Date.UTC(2026, 10, 21, 12);
const BRANCH = "milestone/m4-workers";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A commit that is so many days old, on no branch. */
function commit(shop: Workshop, parent: string | null, days: number): string {
  const date = `@${(NOW - days * DAY_MS) / 1_000} +0000`;
  const tree = shop.git(["mktree"]);
  const words = parent === null ? [] : ["-p", parent];
  return shop.git(["commit-tree", tree, ...words, "-m", `${days} days ago`], {
    GIT_COMMITTER_DATE: date,
  });
}

function here(): Workshop {
  const shop = workshop();
  closing.push(() => shop.close());
  shop.git(["update-ref", "refs/heads/main", commit(shop, null, 90)]);
  return shop;
}

function place({ root }: Workshop, more: Partial<IntegrationPlace> = {}): IntegrationPlace {
  const { config } = loadConfig({ root, env: {} });
  return { root, cairnFolder: path.join(root, ".cairn"), config, forge: null, now: NOW, ...more };
}

function read(changes: Partial<RunSettings> = {}): ReadPlan {
  const { plan, settings } = new RunStory().created().planned().run;
  if (plan === null) throw new Error("the story has a plan");
  return {
    plan,
    settings: { ...settings, integrationBranch: BRANCH, target: "main", ...changes },
    gates: [],
    freed: [],
    unmapped: "propose",
    branches: {},
  };
}

const tips = (shop: Workshop): string =>
  shop.git(["for-each-ref", "--format=%(objectname) %(refname)"]);

test("by default a branch is old when its newest commit is more than seven days old", async () => {
  const shop = here();
  expect(await findOldIntegration(read(), place(shop))).toBeNull();
  const main = shop.git(["rev-parse", "main"]);
  shop.git(["update-ref", `refs/heads/${BRANCH}`, commit(shop, main, 7)]);
  expect(await findOldIntegration(read(), place(shop))).toBeNull();
  // A merge that carries an older date than what it brings.
  shop.git(["update-ref", `refs/heads/${BRANCH}`, commit(shop, commit(shop, main, 6), 8)]);
  expect(await findOldIntegration(read(), place(shop))).toBeNull();
  shop.git(["update-ref", `refs/heads/${BRANCH}`, commit(shop, commit(shop, main, 9), 8)]);
  const old = await findOldIntegration(read(), place(shop));
  expect(old).toMatchObject({ branch: BRANCH, on: null, ahead: 2, ageMs: 8 * DAY_MS });
});

test("branches.stale_after says when, and the target itself is never asked about", async () => {
  const shop = here();
  shop.git(["update-ref", `refs/heads/${BRANCH}`, "main"]);
  fs.writeFileSync(path.join(shop.root, ".cairn.yml"), "branches: { stale_after: 91d }\n");
  expect(await findOldIntegration(read(), place(shop))).toBeNull();
  fs.writeFileSync(path.join(shop.root, ".cairn.yml"), "branches: { stale_after: 89d }\n");
  expect(await findOldIntegration(read(), place(shop))).toMatchObject({ ahead: 0 });
  expect(await findOldIntegration(read({ target: BRANCH }), place(shop))).toBeNull();
});

test("it is deleted with its commits kept, and only where nobody has moved it meanwhile", async () => {
  const shop = here();
  const main = shop.git(["rev-parse", "main"]);
  const tip = commit(shop, main, 30);
  shop.git(["update-ref", `refs/heads/${BRANCH}`, tip]);
  const old = await findOldIntegration(read(), place(shop));
  const newer = commit(shop, tip, 0);
  shop.git(["update-ref", `refs/heads/${BRANCH}`, newer]);
  expect(await old?.drop()).toMatchObject({ kind: "stays" });
  expect(shop.git(["rev-parse", BRANCH])).toBe(newer);
  shop.git(["update-ref", `refs/heads/${BRANCH}`, tip]);
  const keptAs = `refs/cairn/old/${BRANCH}-${tip.slice(0, 9)}`;
  expect(await old?.drop()).toEqual({ kind: "deleted", keptAs });
  expect(tips(shop).split("\n")).toEqual([`${tip} ${keptAs}`, `${main} refs/heads/main`]);
});

test("a branch that a person has checked out is not taken from under them", async () => {
  const shop = here();
  shop.git(["update-ref", `refs/heads/${BRANCH}`, commit(shop, null, 30)]);
  shop.git(["worktree", "add", "-q", path.join(shop.root, "../person"), BRANCH]);
  const old = await findOldIntegration(read(), place(shop));
  await expect(old?.drop()).rejects.toMatchObject({ code: "workspace/branch-in-use" });
  expect(tips(shop)).toContain(` refs/heads/${BRANCH}`);
});

test("what the waves before have merged there is never offered to be deleted, however old", async () => {
  const shop = here();
  shop.git(["update-ref", `refs/heads/${BRANCH}`, commit(shop, null, 30)]);
  const given = { wholeMilestone: false, integrationBranch: BRANCH };
  const story = new RunStory().begun(given, [{ key: "1", title: "One" }]).broughtHome("1");
  story.tell(
    { type: "TasksFinished", mergedAny: true },
    { type: "IntegrationPassed", commit: "c".repeat(40), results: [], lands: false },
  );
  expect(await findOldIntegration(read(), place(shop))).not.toBeNull();
  const store = openStore(path.join(shop.root, ".cairn"));
  // As a run writes them: what it is about comes first.
  const [created, started, planned, ...later] = story.events;
  const events = [created, planned, started, ...later].filter((event) => event !== undefined);
  for (const [index, { seq: _seq, at: _at, ...event }] of events.entries())
    store.append(story.run.id, index, NOW, [event]);
  store.close();
  expect(await findOldIntegration(read(), place(shop))).toBeNull();
});

test("on GitHub the branch there decides, and goes there, unless somebody or a rule is against it", async () => {
  const at = await forgeFixture();
  closing.push(() => at.close());
  const { world, shop, forge } = at;
  const now = Date.now() + 30 * DAY_MS;
  const { config } = place(shop);
  const home = { owner: "ada", name: "mill" };
  const settings = read({ forge: forgeSettings(config, read().plan, home) });
  shop.git(["update-ref", `refs/heads/${BRANCH}`, at.start]);
  const find = () => findOldIntegration(settings, place(shop, { forge, now }));
  expect(await find()).toBeNull();
  const first = world.push(BRANCH, { "m.txt": "m\n" });
  at.fault("git", "503", 50);
  expect(await find()).toBeNull();
  world.double.faults.length = 0;
  const old = await find();
  expect(old).toMatchObject({ on: "ada/mill", ahead: 1 });
  const second = world.push(BRANCH, { "n.txt": "n\n" });
  expect(await old?.drop()).toMatchObject({ kind: "stays", why: expect.stringContaining("push") });
  expect(await forge.tipOf(BRANCH)).toBe(second);

  const rule = { contexts: [], approvals: 0, isProtected: true, hasQueue: false };
  world.hub.rules.set(BRANCH, rule);
  const ruled = expect.stringContaining("GitHub does not let");
  expect(await (await find())?.drop()).toMatchObject({ kind: "stays", why: ruled });
  world.hub.rules.delete(BRANCH);
  const keptAs = `refs/cairn/old/${BRANCH}-${second.slice(0, 9)}`;
  expect(await (await find())?.drop()).toEqual({ kind: "deleted", keptAs });
  expect(await forge.tipOf(BRANCH)).toBeNull();
  expect(shop.git(["rev-parse", keptAs, BRANCH]).split("\n")).toEqual([second, at.start]);
  expect(shop.git(["merge-base", first, keptAs])).toBe(first);
});
