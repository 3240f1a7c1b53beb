import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { createDispatchSource } from "../../adapters/sources/dispatch/dispatch-source.ts";
import { createMarkdownSource } from "../../adapters/sources/markdown/markdown-source.ts";
import { buildPlan } from "../../core/plan/plan.ts";
import { CommandWorld } from "../../../test/support/command-world.ts";

let world: CommandWorld;

beforeEach(() => {
  world = new CommandWorld();
});

afterEach(() => {
  world.remove();
});

const FILE = "plan/milestone-m4-workers-dispatch.yaml";

function write(name: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(world.root, name)), { recursive: true });
  fs.writeFileSync(path.join(world.root, name), text);
}

function read(name: string): string {
  return fs.readFileSync(path.join(world.root, name), "utf8");
}

function task(number: string, title: string, rest: string): string {
  return `## Task ${number}: ${title}\n\n**Type:** CODING\n${rest}\n**Acceptance criteria:**\n- a test shows that it works\n`;
}

/** Two tasks on one file, two on files that change together, one for itself. */
const PLAN = [
  "# M4: Workers\n",
  task("4.1", "Read the settings", "**Depends on:** none\n**Files:** `src/settings.ts`\n"),
  task("4.2", "Check the settings", "**Depends on:** none\n**Files:** `src/settings.ts`\n"),
  task("4.3", "Answer with workers", "**Depends on:** none\n**Files:** `src/api.ts`\n"),
  task("4.4", "Store workers", "**Depends on:** 4.1\n**Files:** `src/schema.ts`\n"),
  task("4.5", "Document workers", "**Depends on:** 4.4\n**Files:** `docs/workers.md`\n"),
].join("\n");

function withHistory(): void {
  write("docs/M4_workers.md", PLAN);
  for (const turn of ["one", "two", "three"]) {
    write("src/api.ts", turn);
    write("src/schema.ts", turn);
    world.git("add", "--all");
    world.git("commit", "--quiet", "--message", turn);
  }
}

interface Written {
  readonly conflict_groups: readonly { readonly group_id: string; readonly items: unknown }[];
  readonly waves: readonly {
    readonly items: readonly Readonly<Record<string, unknown>>[];
  }[];
}

function written(name = FILE): Written {
  return parse(read(name)) as Written;
}

/** `[key, what it waits for, its group]`, wave by wave. */
function itemsOf(file: Written): readonly (readonly (readonly unknown[])[])[] {
  return file.waves.map(({ items }) =>
    items.map((item) => [
      item["key"] ?? item["issue"],
      item["depends_on"] ?? [],
      item["conflict_group"] ?? null,
    ]),
  );
}

test("a plan is groomed: groups by files and by history, in waves, with what may be missing", async () => {
  withHistory();
  const { code, out, told } = await world.run("groom", "docs/M4_workers.md");
  expect(code).toBe(0);
  expect(out).toBe(`M4: Workers
docs/M4_workers.md · 5 open issues in 3 waves · 2 conflict groups
No gates: nothing is checked before a merge.

Never worked on at the same time
  4.1, 4.2 · 2 issues touch src/settings.ts
  4.3, 4.4 · 2 issues touch files that changed together before: src/api.ts and
    src/schema.ts (3 times)

Wrote ${FILE}.
`);
  expect(told).toBe(
    `Look it over, and change what you know better: it is kept when you groom again.
  next: cairn run ${FILE}
`,
  );
  expect(itemsOf(written())).toEqual([
    [
      ["4.1", [], "files-1"],
      ["4.3", [], "history-1"],
    ],
    [
      ["4.2", [], "files-1"],
      ["4.4", ["4.1"], "history-1"],
    ],
    [["4.5", ["4.4"], null]],
  ]);
  expect(world.git("status", "--porcelain")).toBe("?? plan/");
});

test("groomed twice, nothing changes; a run could take the file as it is", async () => {
  withHistory();
  await world.run("groom", "docs/M4_workers.md");
  const before = read(FILE);
  const again = await world.run("groom", FILE);
  expect(again).toMatchObject({ code: 0 });
  expect(again.out).toContain(`\n${FILE} says all of this already.\n`);
  expect(again.out).not.toContain("Kept from the file");
  expect(read(FILE)).toBe(before);
  const { root } = world;
  const source = createDispatchSource({
    root,
    readSource: (_kind, reference) => createMarkdownSource({ root }).read(reference),
  });
  const plan = buildPlan(await source.read(FILE));
  expect(plan).toMatchObject({
    status: "ready",
    waves: [["4.1", "4.3", "4.2"], ["4.4"], ["4.5"]],
    conflictGroups: [
      { id: "files-1", keys: ["4.1", "4.2"] },
      { id: "history-1", keys: ["4.3", "4.4"] },
    ],
  });
  expect(plan.findings.filter(({ severity }) => severity === "critical")).toEqual([]);
});

test("what a person changed in the file stays, what is new in the source comes in, and both are told", async () => {
  withHistory();
  await world.run("groom", "docs/M4_workers.md");
  const text = read(FILE);
  // A person takes the second group out and lets 4.5 start at once.
  const edited = text
    .replace(/^ {2}- group_id: history-1\n(?: {4}.*\n)+/mu, "")
    .replaceAll(/^ *conflict_group: history-1\n/gmu, "")
    .replace(
      /^( *)depends_on: *(?:\n *- "?4\.4"?|\["?4\.4"?\]|\[ "4\.4" \])\n/mu,
      "$1depends_on: []\n",
    );
  write(FILE, edited);
  write(
    "docs/M4_workers.md",
    `${PLAN}\n${task("4.6", "Show the settings", "**Depends on:** none\n**Files:** `src/settings.ts`\n")}`,
  );
  const { code, out } = await world.run("groom", "docs/M4_workers.md");
  expect(code).toBe(0);
  expect(out).toContain(`Kept from the file, where it differs from the source
  4.5 does not wait for 4.4, though its text says so
  4.3, 4.4 are in no group, though 2 issues touch files that changed together
    before: src/api.ts and src/schema.ts (3 times)

New against the file
  + 4.6 Show the settings
  4.6 joins files-1
`);
  const items = itemsOf(written()).flat();
  expect(items.find(([key]) => key === "4.5")).toEqual(["4.5", [], null]);
  expect(items.find(([key]) => key === "4.6")).toEqual(["4.6", [], "files-1"]);
  expect(items.find(([key]) => key === "4.3")).toEqual(["4.3", [], null]);
});

test("a dispatch plan that stands alone is groomed in place, with its texts", async () => {
  write(
    "plan/alone.yaml",
    `milestone: {number: 3, title: Alone}
waves:
  - items:
      - {issue: 7, title: One, body: "It works.", files: [src/a.ts], depends_on: []}
      - {issue: 8, title: Two, body: "It works.", files: [src/a.ts], depends_on: []}
      - {issue: 9, title: Three, body: "It works.", files: [src/b.ts]}
`,
  );
  const first = await world.run("groom", "plan/alone.yaml");
  expect(first.out).toContain("  #7, #8 · 2 issues touch src/a.ts\n");
  expect(first.out).toContain("\nWrote plan/alone.yaml.\n");
  const groomed = written("plan/alone.yaml").waves.map(({ items }) =>
    items.map((item) => [item["issue"], item["body"], item["groomed"]]),
  );
  expect(groomed).toEqual([
    [
      [7, "It works.", true],
      [9, "It works.", true],
    ],
    [[8, "It works.", true]],
  ]);
  const again = await world.run("groom", "plan/alone.yaml");
  expect(again.out).toContain("plan/alone.yaml says all of this already.");
});

test("--json prints all of it, --dry-run writes nothing", async () => {
  withHistory();
  const { code, out } = await world.run("groom", "docs/M4_workers.md", "--dry-run", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    schemaVersion: 1,
    file: FILE,
    outcome: "shown",
    reference: "docs/M4_workers.md",
    groups: [{ id: "files-1" }, { id: "history-1" }],
    splits: [],
    gaps: [],
    next: `cairn run ${FILE}`,
  });
  expect(fs.existsSync(path.join(world.root, "plan"))).toBe(false);
});

test("a file of another kind is written over only with --force", async () => {
  withHistory();
  write("notes.yaml", "a: note\n");
  await expect(
    world.run("groom", "docs/M4_workers.md", "--output", "notes.yaml"),
  ).rejects.toMatchObject({
    code: "groom/exists",
    message: "notes.yaml is there already, and it is no dispatch plan.",
  });
  expect(read("notes.yaml")).toBe("a: note\n");
  const forced = await world.run(
    "groom",
    "docs/M4_workers.md",
    "--output",
    "notes.yaml",
    "--force",
  );
  expect(forced.out).toContain("Wrote notes.yaml.");
  expect(written("notes.yaml").conflict_groups).toHaveLength(2);
});

test("a dispatch plan that is broken is not written over: what a person wrote in it would be lost", async () => {
  withHistory();
  await world.run("groom", "docs/M4_workers.md");
  const broken = `${read(FILE)}\ngaps: [half a list\n`;
  write(FILE, broken);
  await expect(world.run("groom", "docs/M4_workers.md")).rejects.toMatchObject({
    code: "groom/broken",
    message: `${FILE} cannot be read as YAML as it lies.`,
  });
  expect(read(FILE)).toBe(broken);
  expect((await world.run("groom", "docs/M4_workers.md", "--force")).out).toContain(
    `Wrote ${FILE}.`,
  );
});

test("a folder that leads out of the repository is not written into", async () => {
  withHistory();
  fs.symlinkSync("/tmp", path.join(world.root, "plan"));
  await expect(world.run("groom", "docs/M4_workers.md")).rejects.toMatchObject({
    code: "groom/outside",
  });
  await expect(
    world.run("groom", "docs/M4_workers.md", "--output", "../x.yaml"),
  ).rejects.toMatchObject({
    code: "groom/outside",
    message: "../x.yaml lies outside of this repository.",
  });
});

test("a plan whose issues wait for each other is refused, and nothing is written", async () => {
  write(
    "docs/M4_workers.md",
    [
      "# M4: Workers\n",
      task("4.1", "One", "**Depends on:** 4.2\n"),
      task("4.2", "Two", "**Depends on:** 4.1\n"),
    ].join("\n"),
  );
  await expect(world.run("groom", "docs/M4_workers.md")).rejects.toMatchObject({
    code: "plan/cycle",
  });
  expect(fs.existsSync(path.join(world.root, "plan"))).toBe(false);
});

test("splits and gaps are shown and stand in the file, at the issue they concern", async () => {
  const many = ["auth/a", "auth/b", "auth/c", "ui/a", "ui/b", "ui/c", "db/a", "db/b", "db/c"];
  write(
    "docs/M4_workers.md",
    [
      "# M4: Workers\n",
      task(
        "4.1",
        "Accounts",
        `**Depends on:** none\n**Files:** ${many.map((name) => `\`src/${name}.ts\``).join(", ")}\n`,
      ),
      task("4.2", "Limits", "**Depends on:** none\n\nReads `src/limits.ts` first.\n"),
      task("4.3", "Third", "**Depends on:** none\n"),
    ].join("\n"),
  );
  const { out } = await world.run("groom", "docs/M4_workers.md");
  expect(out).toContain(`Large enough to be split
  4.1 has 9 files; it could be:
    Accounts: auth (3 files, 1 criterion)
    Accounts: ui (3 files, 0 criteria)
    Accounts: db (3 files, 0 criteria)

Gaps, perhaps
  4.2 speaks of src/limits.ts: it is not in the repository, and no issue has it
    among its files.
    Add it to the files of the issue that makes it, or correct the path.
  No issue touches the documentation or speaks of it.
`);
  const [first, second] = written().waves.flatMap(({ items }) => items);
  expect(first?.["proposed"]).toMatchObject({
    splits: [expect.stringContaining("Accounts: auth"), expect.anything(), expect.anything()],
  });
  expect(second?.["proposed"]).toMatchObject({
    gaps: [expect.stringContaining("src/limits.ts")],
  });
});
