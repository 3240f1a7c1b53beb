import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aRun } from "../../test/support/a-run.ts";
import { gitWorld, type GitWorld } from "../../test/contract/git-world.ts";
import type { Discipline } from "../core/run/settings.ts";
import type { SecretScanner } from "../ports/secrets.ts";
import { measureChange } from "./measure-change.ts";
import type { World } from "./performer.ts";

const DISCIPLINE: Discipline = {
  tdd: null,
  testRounds: 2,
  stops: {
    largeDiff: { files: 8, lines: 400, action: "skip" },
    schema: { breaking: "ask", additive: "label" },
    licence: { restrictive: "ask", permissive: "label", allowed: ["MIT"] },
    boundary: { action: "ask", paths: { web: ["web/**"] } },
    sensitive: ["**/billing/**"],
    coverage: { report: "out.ignored/lcov.info", minimum: 50 },
  },
  stepSessions: false,
  handoff: "off",
  followUps: 2,
  questionTimeoutMs: null,
  phases: false,
  autofix: [],
};

/** Finds the word PLANTED, as the real one finds tokens; what that one knows is tested beside it. */
const secrets: SecretScanner = {
  scan: async (files) =>
    Promise.resolve(
      files.flatMap(({ path, lines }) =>
        lines
          .filter(({ text }) => text.includes("PLANTED"))
          .map(({ line }) => ({ rule: "planted", path, line, fingerprint: `planted ${path}` })),
      ),
    ),
};

let world: GitWorld;
let workspace: string;
let head: string;

beforeEach(async () => {
  world = await gitWorld();
  const request = { slot: "w1", branch: "feat/1", base: world.start, mode: "create" } as const;
  workspace = (await world.repository.prepareWorkspace(request)).path;
  head = world.start;
});
afterEach(async () => {
  await world.close();
});

async function commit(
  files: Readonly<Record<string, string | null>>,
  message = "work",
): Promise<void> {
  head = await world.commitIn(workspace, files, message);
}

interface Wishes {
  readonly labels?: readonly string[];
  readonly discipline?: Discipline;
  /** Tip of the integration branch, where it is not the fork point. */
  readonly integration?: string;
}

function measureSince(forkPoint: string, wishes: Wishes = {}): ReturnType<typeof measureChange> {
  const { labels = [], discipline = DISCIPLINE, integration = forkPoint } = wishes;
  const place = { slot: "w1", path: workspace, branch: "feat/1", forkPoint };
  const run = aRun({ discipline })
    .with({ integration: { branch: "milestone/1", head: integration, base: forkPoint } })
    .withTask("1", { status: "running", workspace: place, head, issue: { labels } })
    .build();
  const [task] = run.tasks.values();
  if (task === undefined) throw new Error("no task");
  const outside = { repository: world.repository, secrets } as unknown as World;
  return measureChange(outside, run, task, head);
}

function measure(wishes: Wishes = {}): ReturnType<typeof measureChange> {
  return measureSince(world.start, wishes);
}

function nothing(name: string): string {
  return `test("${name}", () => {\n  a();\n});\n`;
}

describe("what is measured about a change", () => {
  test("an honest small change meets nothing", async () => {
    await commit({ "src/a.ts": "export const a = 1;\n", "package-lock.json": "{}\n" });
    expect(await measure()).toEqual({
      files: 1,
      lines: 1,
      stops: [],
      tests: [],
      coverage: null,
      secrets: [],
    });
  });

  test("what a manifest asks for anew is told", async () => {
    await commit({ "package.json": '{"dependencies": {"left-pad": "^1.3.0"}}' });
    const { dependencies } = await measure();
    expect(dependencies).toEqual(["package.json adds left-pad ^1.3.0."]);
  });

  test("stops are found in the whole of it, with the labels of the issue", async () => {
    await commit({ "db/1.sql": "CREATE TABLE a (b int);\n" });
    await commit({ "db/1.sql": "DROP TABLE a;\n", "openapi.yaml": "openapi: 3.1.0\n" });
    const { stops } = await measure({ labels: ["web"] });
    expect(stops.map(({ kind }) => kind)).toEqual([
      "schema-breaking",
      "schema-additive",
      "cross-boundary",
    ]);
  });

  test("tests are judged by what the task made of them", async () => {
    const asserts = 'test("a", () => {\n  expect(a()).toBe(1);\n});\n';
    await commit({ "a.test.ts": `${asserts}${nothing("old")}` });
    const base = head;
    await commit({ "a.test.ts": `// moved\n${nothing("a")}${nothing("old")}${nothing("new")}` });
    const { tests } = await measureSince(base);
    expect(tests.map(({ line, message }) => [line, message.split(" asserts")[0]])).toEqual([
      [2, 'The test "a"'],
      [8, 'The test "new"'],
    ]);
    const unjudged = { ...DISCIPLINE, testRounds: null };
    expect((await measureSince(base, { discipline: unjudged })).tests).toEqual([]);
  });

  test("coverage is read from what the gate wrote into the worktree, and never from the change itself", async () => {
    await commit({ "src/a.ts": "a\nb\nc\n" });
    expect((await measure()).coverage).toBeNull();
    const report = `SF:${workspace}/src/a.ts\nDA:1,1\nDA:2,0\nDA:3,0\nend_of_record\n`;
    await world.write(workspace, { "out.ignored/lcov.info": report });
    const { coverage, stops } = await measure();
    expect(coverage).toEqual({ covered: 1, total: 3 });
    expect(stops.map(({ kind }) => kind)).toEqual(["coverage"]);
    world.git(["add", "-f", "out.ignored/lcov.info"], { cwd: workspace });
    await commit({});
    expect((await measure()).coverage).toBeNull();
  });

  test("a secret that a later commit takes out again is found, and one in a commit's words", async () => {
    await commit({ "src/key.ts": "one\nPLANTED\n", "src/b.ts": "b\n" });
    await commit({ "src/key.ts": "one\n" }, "takes it out\n\nit was PLANTED\n");
    expect((await measure()).secrets.map(({ path, line }) => [path, line])).toEqual([
      ["src/key.ts", 2],
      ["commit message", 3],
    ]);
  });

  test("a secret in a file that is too long to be read, or binary, is found", async () => {
    await commit({
      "long.txt": `${`${"x".repeat(200_000)}\n`.repeat(6)}PLANTED here\n`,
      "one-line.txt": `${"y".repeat(1_200_000)} PLANTED`,
      "nul.bin": "a\0b it is PLANTED\n",
      "wide.txt": Buffer.from("first\nit is PLANTED\n", "utf16le").toString("latin1"),
    });
    expect((await measure()).secrets.map(({ path, line }) => [path, line])).toEqual([
      ["long.txt", 7],
      ["nul.bin", 1],
      ["one-line.txt", 1],
      ["wide.txt", 2],
    ]);
  });

  test("of such a file, what was there before is not the task's, and what a later commit takes out is", async () => {
    const long = `${"x".repeat(200_000)}\n`.repeat(6);
    await commit({ "old.txt": `${long}PLANTED\n`, "other.txt": long });
    const base = head;
    await commit({ "old.txt": `${long}PLANTED\nmore\n`, "other.txt": `${long}PLANTED\n` });
    await commit({ "other.txt": "short\n" });
    const { secrets: found } = await measureSince(base);
    expect(found.map(({ path, line }) => [path, line])).toEqual([["other.txt", 7]]);
  });

  test("a secret in an author's name is found: it is published with the commit", async () => {
    await commit({ "src/b.ts": "b\n" });
    const amend = ["commit", "-q", "--amend", "--no-edit", "--author=PLANTED <ada@mill.example>"];
    world.git(amend, { cwd: workspace });
    await commit({ "src/c.ts": "c\n" });
    expect((await measure()).secrets.map(({ path, line }) => [path, line])).toEqual([
      ["commit author", 1],
    ]);
  });

  test("a secret is told once, by its place in the whole change; one that was there before is not the task's", async () => {
    await commit({ "src/old.ts": "PLANTED\n" });
    const base = head;
    await commit({ "src/old.ts": "new\nPLANTED\n", "src/key.ts": "PLANTED\n" });
    await commit({ "src/key.ts": "first\nPLANTED\n" });
    const { secrets: found } = await measureSince(base);
    expect(found.map(({ path, line }) => [path, line])).toEqual([["src/key.ts", 2]]);
  });

  test("what the base brought when it was merged in is not the task's", async () => {
    await commit({ "src/a.ts": "a\n" });
    await world.repository.ensureBranch("milestone/1", world.start);
    const other = await world.commitOn(
      "milestone/1",
      { "db/1.sql": "DROP TABLE a;\nPLANTED\n" },
      "theirs",
    );
    await world.repository.beginMerge(workspace, other, "Merge the base");
    head = (await world.repository.resolve("feat/1")) ?? "";
    const facts = await measure({ integration: other });
    expect(facts).toMatchObject({ files: 1, stops: [], secrets: [] });
  });

  test.each(["before the fork point", "on a line of the agent's own"])(
    "a merge of what was %s moves no base",
    async (place) => {
      await commit({ "src/a.ts": "a\n" });
      const forkPoint = head;
      await commit({ "src/b.ts": "b\n" });
      const tree = world.git(["rev-parse", `${head}^{tree}`]);
      const makes = (...parents: readonly string[]): string =>
        world.git([
          "-c",
          "user.name=a",
          "-c",
          "user.email=a@example.com",
          "commit-tree",
          "-m",
          "Merge",
          ...parents.flatMap((parent) => ["-p", parent]),
          tree,
        ]);
      const side = place.startsWith("before") ? world.start : makes(forkPoint);
      head = makes(head, side);
      expect((await measureSince(forkPoint)).files).toBe(1);
    },
  );
});
