import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CommandWorld } from "../../../test/support/command-world.ts";
import { gitHubWorld, TOKEN, type GitHubWorld } from "../../../test/support/github/world.ts";

let world: CommandWorld;
let hub: GitHubWorld;

beforeEach(async () => {
  hub = await gitHubWorld();
  world = new CommandWorld();
  // Pauses between writes and probes are the clock's.
  Object.assign(world.env, { GH_TOKEN: TOKEN, CAIRN_CLOCK_SCALE: "200" });
  world.git("remote", "add", "origin", hub.double.cloneUrl);
  write(".cairn.yml", `forge: { api_url: "${hub.double.url}" }\nlabels: { api: "#00ff00" }\n`);
  write("docs/M4_workers.md", PLAN);
});

afterEach(async () => {
  world.remove();
  await hub.close();
});

const PLAN = `# M4: Workers

## Task 4.1: Read the settings

**Type:** CODING
**Labels:** api
**Depends on:** none
**Files:** \`src/settings.ts\`

**Acceptance criteria:**
- a test shows that they are read

## Task 4.2: Check the settings

**Type:** CODING
**Depends on:** 4.1
**Files:** \`src/check.ts\`

**Acceptance criteria:**
- a test shows that #1 is refused

## Task 4.3: Document them

**Type:** CODING
**Files:** \`docs/settings.md\`

**Acceptance criteria:**
- they are documented
`;

function write(name: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(world.root, name)), { recursive: true });
  fs.writeFileSync(path.join(world.root, name), text);
}

interface PlanJson {
  readonly milestone: { readonly title: string };
  readonly issues: readonly {
    readonly number: string;
    readonly title: string;
    readonly blockers: readonly { readonly key: string; readonly strength: string }[];
  }[];
}

test("a plan goes to GitHub, and what is read from there is the same plan", async () => {
  const { code, out, told } = await world.run("create", "docs/M4_workers.md");
  expect(code).toBe(0);
  expect(out).toContain("milestone of ada/mill, new  https://github.invalid/ada/mill/milestone/1");
  expect(out).toMatch(/new +4\.2 #2 Check the settings, waits for 4\.1 {2}https:\S+\/issues\/2\n/u);
  expect(out).toContain("Labels made: api");
  expect(out).toMatch(/Done: 3 issues, 7 writes\.\n$/u);
  expect(told).toContain("next: cairn run 'M4: Workers'");
  expect(hub.hub.labels.get("api")?.color).toBe("00ff00");
  const plan = await world.run("plan", "M4: Workers", "--json");
  const read = JSON.parse(plan.out) as PlanJson;
  expect(read.milestone.title).toBe("M4: Workers");
  const [one, two, three] = read.issues;
  expect([one?.title, two?.title, three?.title]).toEqual([
    "Read the settings",
    "Check the settings",
    "Document them",
  ]);
  const edges = read.issues.map(({ blockers }) =>
    blockers.map(({ key, strength }) => `${strength} ${key}`),
  );
  expect(edges).toEqual([[], ["hard #1"], ["hard #2"]]);
});

test("again: nothing is written, and it says so", async () => {
  await world.run("create", "docs/M4_workers.md");
  const { length } = hub.hub.log;
  const { code, out } = await world.run("create", "docs/M4_workers.md");
  expect([code, hub.hub.log.length]).toEqual([0, length]);
  expect(out).toContain("milestone of ada/mill, there  ");
  expect(out).toContain("Everything is there already: nothing was written.");
});

test("--dry-run writes nothing and needs no right to write", async () => {
  hub.hub.writers.clear();
  const { code, out } = await world.run(
    "create",
    "docs/M4_workers.md",
    "--dry-run",
    "--title",
    "Mine",
  );
  expect([code, hub.hub.issues.size, hub.hub.milestones.size]).toEqual([0, 0, 0]);
  expect(out).toContain("Mine");
  expect(out).toContain("Nothing was written; without --dry-run: 3 issues, 7 writes.");
});

test("--json says all of it, with its version", async () => {
  const { out } = await world.run("create", "docs/M4_workers.md", "--json");
  expect(JSON.parse(out)).toMatchObject({
    schemaVersion: 1,
    dryRun: false,
    repository: "ada/mill",
    title: "M4: Workers",
    number: 1,
    outcome: "created",
    edges: "native",
    issues: [
      { key: "4.1", number: 1, outcome: "created", newBlockers: [] },
      { key: "4.2" },
      { key: "4.3" },
    ],
    writes: 7,
    next: "cairn run 'M4: Workers'",
  });
});

test("without a token, without the right to write, without GitHub: said, with what to do", async () => {
  hub.hub.writers.clear();
  await expect(world.run("create", "docs/M4_workers.md")).rejects.toMatchObject({
    code: "github/no-push",
    exitCode: 4,
  });
  world.env["GH_TOKEN"] = "";
  await expect(world.run("create", "docs/M4_workers.md")).rejects.toMatchObject({
    code: "github/no-token",
    exitCode: 4,
  });
  world.git("remote", "remove", "origin");
  await expect(world.run("create", "docs/M4_workers.md")).rejects.toMatchObject({
    code: "forge/local",
    exitCode: 2,
  });
});

test("what is on GitHub already is not made again", async () => {
  await world.run("create", "docs/M4_workers.md");
  await expect(world.run("create", "M4: Workers")).rejects.toMatchObject({
    code: "create/already-there",
  });
});
