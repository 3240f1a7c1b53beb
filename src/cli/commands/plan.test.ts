import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CommandWorld } from "../../../test/support/command-world.ts";

let world: CommandWorld;

beforeEach(() => {
  world = new CommandWorld();
});

afterEach(() => {
  world.remove();
});

function write(
  name: string,
  issues: readonly { readonly number: number; readonly title: string; readonly body: string }[],
): void {
  const rows = issues.map((issue) => ({
    ...issue,
    state: "OPEN",
    labels: [],
    url: `https://example.org/${issue.number}`,
  }));
  fs.writeFileSync(path.join(world.root, name), JSON.stringify(rows));
}

const CRITERIA = "\n\n## Acceptance criteria\n\n- [ ] it works\n";

test("a plan that a run could start with ends with 0 and changes nothing", async () => {
  write("issues.json", [
    { number: 1, title: "One", body: `Depends on: none${CRITERIA}` },
    { number: 2, title: "Two", body: `Depends on: #1${CRITERIA}` },
  ]);
  const before = world.git("status", "--porcelain", "--ignored");
  const { code, out } = await world.run("plan", "issues.json");
  expect(code).toBe(0);
  expect(out).toContain("Wave 2");
  expect(world.git("status", "--porcelain", "--ignored")).toBe(before);
  const json = JSON.parse((await world.run("plan", "issues.json", "--json")).out) as {
    readonly waves: unknown;
  };
  expect(json.waves).toEqual([["#1"], ["#2"]]);
});

test("a cycle is named, and the exit code is 2", async () => {
  write("issues.json", [
    { number: 1, title: "One", body: `Depends on: #2${CRITERIA}` },
    { number: 2, title: "Two", body: `Depends on: #1${CRITERIA}` },
  ]);
  const { code, out, told } = await world.run("plan", "issues.json");
  expect(code).toBe(2);
  expect(out).toContain("#1");
  expect(told).toMatch(/^A run would not start: /);
});

test("issues that may collide are asked about: 5, unless the safe choice is taken", async () => {
  write("issues.json", [
    { number: 1, title: "One", body: `Files: src/a.ts${CRITERIA}` },
    { number: 2, title: "Two", body: `Files: src/a.ts${CRITERIA}` },
  ]);
  expect((await world.run("plan", "issues.json")).code).toBe(5);
  expect((await world.run("plan", "issues.json", "--autonomous")).code).toBe(0);
});

test("the graph is printed for Mermaid and for Graphviz, whatever the titles hold", async () => {
  write("issues.json", [
    { number: 1, title: 'The "first" <one>; `x`', body: `Depends on: none${CRITERIA}` },
    { number: 2, title: "Two", body: `Depends on: #1${CRITERIA}` },
  ]);
  expect((await world.run("plan", "issues.json", "--mermaid")).out).toBe(
    'flowchart LR\n  i1["#35;1 The #34;first#34; #60;one#62;#59; #96;x#96;"]\n  i2["#35;2 Two"]\n  i1 --> i2\n',
  );
  const dot = (await world.run("plan", "issues.json", "--dot")).out;
  expect(dot).toContain('"#1" [label="#1 The \\"first\\" <one>; `x`"];');
  expect(dot).toContain('"#1" -> "#2";');
});

const TWO = [
  { number: 1, title: "One", body: `Depends on: none${CRITERIA}` },
  { number: 2, title: "Two", body: `Depends on: #1${CRITERIA}` },
];

function read(name: string): string {
  return fs.readFileSync(path.join(world.root, name), "utf8");
}

test("--strict ends with 1 where a critical finding stands, and changes nothing else", async () => {
  write("issues.json", [
    { number: 1, title: "One", body: `Depends on: #9${CRITERIA}` },
    { number: 2, title: "Two", body: `Depends on: none${CRITERIA}` },
  ]);
  expect((await world.run("plan", "issues.json")).code).toBe(2);
  const { code, out, told } = await world.run("plan", "issues.json", "--strict");
  expect(code).toBe(1);
  expect(out).toContain("#1 waits for #9, which is not in this plan.");
  expect(told).toBe("A run would not start: 1 critical finding.\n");
  write("issues.json", TWO);
  expect((await world.run("plan", "issues.json", "--strict")).code).toBe(0);
});

test("--output saves the plan, says so, and the saved plan is the same plan", async () => {
  write("issues.json", TWO);
  const { code, out, told } = await world.run("plan", "issues.json", "--output", "plan/a.yaml");
  expect([code, out]).toEqual([0, ""]);
  expect(told).toBe("Wrote plan/a.yaml: 2 issues in 2 waves. Work on it: cairn run plan/a.yaml\n");
  expect(read("plan/a.yaml").replaceAll(/[0-9a-f]{32}/gu, "X"))
    .toBe(`# Dispatch plan: what waits for what, and what never runs at the same time.
# Change what you know better; \`cairn plan\` with this file says whether it still fits, \`cairn run\` works on it.

version: 1

milestone:
  number: issues
  title: issues

source:
  kind: json
  reference: issues.json
  fingerprint: X

conflict_groups: []

waves:
  - wave: 1
    parallel: true
    items:
      - title: One
        issue: 1
        depends_on: []
        fingerprint: X
  - wave: 2
    parallel: true
    items:
      - title: Two
        issue: 2
        depends_on: [1]
        fingerprint: X

quality_gates:
  pre_merge: []
  post_merge: []
`);
  const shown = await world.run("plan", "plan/a.yaml", "--json");
  expect(shown.code).toBe(0);
  const json = JSON.parse(shown.out) as { readonly waves: unknown; readonly findings: unknown };
  expect(json).toMatchObject({ waves: [["#1"], ["#2"]], findings: [], status: "ready" });
  const again = await world.run("plan", "issues.json", "--output", "plan/a.yaml");
  expect(again.told).toBe("plan/a.yaml says all of this already: 2 issues in 2 waves.\n");
});

test("--output writes over a dispatch plan, and over nothing else without --force", async () => {
  write("issues.json", TWO);
  fs.writeFileSync(path.join(world.root, "notes.yaml"), "mine: true\n");
  await expect(world.run("plan", "issues.json", "--output", "notes.yaml")).rejects.toMatchObject({
    code: "groom/exists",
    message: "notes.yaml is there already, and it is no dispatch plan.",
  });
  expect(read("notes.yaml")).toBe("mine: true\n");
  expect((await world.run("plan", "issues.json", "--output", "notes.yaml", "--force")).code).toBe(
    0,
  );
  write("issues.json", [...TWO, { number: 3, title: "Three", body: `Depends on: #1${CRITERIA}` }]);
  expect((await world.run("plan", "issues.json", "--output", "notes.yaml")).code).toBe(0);
  expect(read("notes.yaml")).toContain("title: Three");
  await expect(
    world.run("plan", "issues.json", "--output", "../outside.yaml"),
  ).rejects.toMatchObject({ code: "groom/outside" });
});

test("a saved plan that is stale stops, and says exactly what changed", async () => {
  write("issues.json", TWO);
  await world.run("plan", "issues.json", "--output", "a.yaml");
  write("issues.json", [
    { number: 1, title: "One", body: `Depends on: none\n\nMore.${CRITERIA}` },
    { number: 3, title: "Three", body: `Depends on: #1${CRITERIA}` },
  ]);
  const { code, out } = await world.run("plan", "a.yaml", "--json");
  expect(code).toBe(2);
  const { findings } = JSON.parse(out) as {
    readonly findings: readonly { readonly code: string }[];
  };
  expect(findings.filter((finding) => finding.code === "plan/stale")).toMatchObject([
    {
      severity: "critical",
      file: "a.yaml",
      message:
        "a.yaml is stale: issues.json has changed since it was saved: + #3 Three; - #2 Two; ~ #1 text edited; #3 now waits for #1.",
    },
  ]);
});

test("--against shows what changed since a plan was saved: 0 when nothing did, 1 when something did", async () => {
  write("issues.json", TWO);
  await world.run("plan", "issues.json", "--output", "a.yaml");
  const same = await world.run("plan", "issues.json", "--against", "a.yaml");
  expect([same.code, same.out]).toEqual([0, "Nothing changed since a.yaml was saved.\n"]);
  write("issues.json", [
    { number: 1, title: "Uno", body: `Depends on: none${CRITERIA}` },
    { number: 2, title: "Two", body: `Depends on: none${CRITERIA}` },
    { number: 3, title: "Three", body: `Depends on: #1${CRITERIA}` },
  ]);
  const other = await world.run("plan", "issues.json", "--against", "a.yaml");
  expect([other.code, other.out.trimEnd().split("\n")]).toEqual([
    1,
    [
      "+ #3 Three",
      '~ #1 is now called "Uno", it was "One"',
      "~ #2 text edited",
      "#3 now waits for #1",
      "#2 no longer waits for #1",
    ],
  ]);
  const json = await world.run("plan", "issues.json", "--against", "a.yaml", "--json");
  expect(JSON.parse(json.out)).toMatchObject({
    schemaVersion: 1,
    same: false,
    difference: { added: [{ key: "#3", title: "Three" }], removed: [] },
  });
  await expect(world.run("plan", "issues.json", "--against", "b.yaml")).rejects.toMatchObject({
    code: "source/not-found",
  });
  await expect(world.run("plan", "issues.json", "--against", "issues.json")).rejects.toMatchObject({
    code: "source/no-dispatch",
  });
});

test("--dispatch N is the dispatch plan that the configuration names", async () => {
  write("issues.json", TWO);
  await world.run("plan", "issues.json", "--output", "plan/milestone-3-dispatch.yaml");
  await world.run("plan", "issues.json", "--output", "plan/milestone-m4-workers-dispatch.yaml");
  for (const number of ["3", "4"])
    expect((await world.run("plan", "--dispatch", number)).code).toBe(0);
  await expect(world.run("plan", "--dispatch", "5")).rejects.toMatchObject({
    code: "source/not-found",
    message: "There is no dispatch plan plan/milestone-5-dispatch.yaml.",
    hints: [
      "Write it: cairn groom SOURCE",
      "Where such plans lie is `sources.dispatch` in .cairn.yml.",
    ],
  });
  await expect(world.run("plan", "--dispatch", "3", "issues.json")).rejects.toMatchObject({
    code: "cli/usage",
  });
  await expect(world.run("plan")).rejects.toMatchObject({
    code: "cli/usage",
    message: "Nothing to work on was named.",
  });
});

test("a part of a plan is neither saved nor compared", async () => {
  write("issues.json", TWO);
  for (const flags of [
    ["--wave", "1", "--output", "a.yaml"],
    ["--from", "#2", "--against", "a.yaml"],
    ["--output", "a.yaml", "--against", "a.yaml"],
  ])
    await expect(world.run("plan", "issues.json", ...flags)).rejects.toMatchObject({
      code: "cli/usage",
    });
  expect(fs.existsSync(path.join(world.root, "a.yaml"))).toBe(false);
});

test("corrections in words are part of the plan that is shown and saved", async () => {
  write("issues.json", TWO);
  const { code } = await world.run(
    "plan",
    "issues.json",
    "--correct",
    "1 and 2 are independent",
    "--output",
    "a.yaml",
  );
  expect(code).toBe(0);
  const json = JSON.parse((await world.run("plan", "a.yaml", "--json")).out) as {
    readonly waves: unknown;
    readonly findings: unknown;
  };
  expect(json.waves).toEqual([["#1", "#2"]]);
  expect(json.findings).toEqual([]);
});

interface Shown {
  readonly issues: readonly {
    readonly key: string;
    readonly title: string;
    readonly done: boolean;
    readonly priority: string | null;
    readonly conflictGroup: string | null;
    readonly blockers: readonly { readonly key: string; readonly strength: string }[];
  }[];
  readonly waves: readonly (readonly string[])[];
  readonly conflictGroups: unknown;
  readonly findings: readonly { readonly code: string; readonly severity: string }[];
}

async function graph(...words: readonly string[]) {
  const shown = JSON.parse((await world.run("plan", ...words, "--json")).out) as Shown;
  return {
    issues: shown.issues
      .map(({ key, title, done, priority, conflictGroup, blockers }) => ({
        key,
        title,
        done,
        priority,
        conflictGroup,
        blockers: blockers.map((blocker) => `${blocker.strength} ${blocker.key}`).toSorted(),
      }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    waves: shown.waves.map((wave) => wave.toSorted()),
    groups: shown.conflictGroups,
    critical: shown.findings.filter(({ severity }) => severity === "critical"),
  };
}

test.each([
  "examples/markdown/M1_greeting.md",
  "examples/json/issues.json",
  "examples/folder/docs/milestones/m1",
  "examples/task-master/.taskmaster/tasks/tasks.json",
  "examples/spec-kit/specs/001-shelf",
  "examples/beads/.beads/issues.jsonl",
  "examples/dispatch/plan.yaml",
])("%s, saved and read again, is the same plan", async (source) => {
  fs.cpSync("examples", path.join(world.root, "examples"), { recursive: true });
  const before = await graph(source);
  expect(before.issues.length).toBeGreaterThan(1);
  await world.run("plan", source, "--output", "saved.yaml");
  expect(await graph("saved.yaml")).toEqual(before);
  const { code, out } = await world.run("plan", source, "--against", "saved.yaml");
  expect([code, out]).toEqual([0, "Nothing changed since saved.yaml was saved.\n"]);
  const first = read("saved.yaml");
  await world.run("plan", "saved.yaml", "--output", "saved.yaml");
  // What a saved plan is made of has been read when it was saved, not when it was saved again.
  expect(read("saved.yaml").replace(/\n {2}fingerprint: .*/u, "")).toBe(
    first.replace(/\n {2}fingerprint: .*/u, ""),
  );
});
