import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Mark, Milestone } from "../../../core/plan/issue.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import { UserError } from "../../../errors.ts";
import { beadsProgress, createBeadsSource } from "./beads-source.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-beads-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

async function readText(text: string, name = "issues.jsonl"): Promise<Milestone> {
  fs.mkdirSync(path.join(root, ".beads"), { recursive: true });
  fs.writeFileSync(path.join(root, ".beads", name), text);
  return await createBeadsSource({ root }).read(`.beads/${name}`);
}

async function readBeads(...beads: readonly object[]): Promise<Milestone> {
  return await readText(
    beads.map((bead) => JSON.stringify({ title: "T", status: "open", ...bead })).join("\n"),
  );
}

function edge(type: string, id: string): object {
  return { issue_id: "x", depends_on_id: id, type };
}

/** `key: blockers`, soft ones with `~`, what blocks from outside in brackets. */
function edgesOf(milestone: Milestone): readonly string[] {
  return buildPlan(milestone).issues.map((issue) => {
    const blockers = issue.blockers.map(({ key, strength }) =>
      strength === "soft" ? `~${key}` : key,
    );
    const outside = issue.blockedFromOutside === null ? [] : [`[${issue.blockedFromOutside}]`];
    return `${issue.key}: ${[...blockers, ...outside].join(" ")}`.trimEnd();
  });
}

const done = (...keys: readonly string[]): ReadonlyMap<string, Mark> =>
  new Map(keys.map((key) => [key, "done"]));

test("a bead with everything becomes an issue", async () => {
  const milestone = await readText(
    `\n${JSON.stringify({
      id: "bd-2",
      title: "Log in",
      description: "People log in.",
      design: "Cookies.",
      acceptance_criteria: "- A wrong password is refused",
      notes: "Ask Ada.",
      status: "in_progress",
      priority: 0,
      issue_type: "feature",
      labels: ["auth", " auth", ""],
      estimated_minutes: 60,
      dependencies: [edge("blocks", "bd-1")],
    })}\n`,
  );
  expect(milestone).toEqual({
    source: { kind: "beads", reference: ".beads/issues.jsonl" },
    title: "beads",
    number: "beads",
    url: null,
    documents: [],
    handoff: null,
    findings: [],
    issues: [
      {
        key: "bd-2",
        number: "bd-2",
        title: "Log in",
        body: "People log in.\n\n## Design\n\nCookies.\n\n## Notes\n\nAsk Ada.",
        state: "open",
        closedAs: null,
        labels: ["auth"],
        priority: "P0",
        type: "CODING",
        url: null,
        files: [],
        acceptanceCriteria: ["A wrong password is refused"],
        declarations: [
          {
            target: "bd-1",
            strength: "hard",
            origin: "text",
            place: { file: ".beads/issues.jsonl", line: 2, column: 1 },
            words: "depends_on_id: bd-1",
            resolved: true,
          },
        ],
        statesDependencies: true,
        edgesAreGiven: true,
        place: { file: ".beads/issues.jsonl", line: 2, column: 1 },
        minutes: 60,
      },
    ],
  });
});

test.each([
  [{ priority: 0 }, { priority: "P0" }],
  [{ priority: 1 }, { priority: "P1" }],
  [{ priority: 4 }, { priority: "P2" }],
  [{}, { priority: null }],
  [{ status: "hooked" }, { state: "open" }],
  [{ status: "closed" }, { state: "closed", closedAs: "completed" }],
  [{ status: "closed", close_reason: "Fixed the duplicate key" }, { closedAs: "completed" }],
  [{ status: "closed", close_reason: "Duplicate of bd-7" }, { closedAs: "duplicate" }],
  [{ status: "closed", close_reason: "Won't fix" }, { closedAs: "not-planned" }],
  [{ status: "closed", close_reason: "no longer needed" }, { closedAs: "not-planned" }],
  [{ status: "deferred" }, { state: "closed", closedAs: "not-planned" }],
])("%j", async (bead, expected) => {
  expect((await readBeads({ id: "a", ...bead })).issues).toMatchObject([expected]);
});

test("only what blocks in beads blocks here", async () => {
  const milestone = await readBeads(
    { id: "a" },
    { id: "b", dependencies: [edge("blocks", "a")] },
    {
      id: "c",
      dependencies: [
        edge("related", "a"),
        edge("tracks", "b"),
        { depends_on_id: "b", dep_type: "waits-for" },
      ],
    },
    { id: "d", dependencies: [edge("parent-child", "a")] },
    { id: "e", dependencies: [edge("blocks", "gone")] },
    { id: "f", status: "blocked" },
    { id: "g", status: "blocked", dependencies: [edge("blocks", "a")] },
  );
  expect(milestone.issues[3]?.parent).toBe("a");
  expect(edgesOf(milestone)).toEqual([
    "a:",
    "b: a",
    "c: ~a b",
    "d:",
    "e: [gone (not in this plan)]",
    'f: ["status: blocked"]',
    "g: a",
  ]);
});

test("words in a description are no edges", async () => {
  const description = "## Dependencies\n\n- Uses the daemon\n- #7";
  expect(edgesOf(await readBeads({ id: "a", description }))).toEqual(["a:"]);
});

test("an epic stands for its members, and its blockers hold them", async () => {
  const milestone = await readBeads(
    { id: "first" },
    {
      id: "E",
      title: "Login",
      issue_type: "epic",
      dependencies: [edge("blocks", "first"), edge("blocks", "e1")],
    },
    { id: "e1", dependencies: [edge("parent-child", "E")] },
    { id: "E2", title: "Inner", issue_type: "epic", dependencies: [edge("parent-child", "E")] },
    { id: "e2", dependencies: [edge("parent-child", "E2"), edge("blocks", "e1")] },
    { id: "after", dependencies: [edge("blocks", "E")] },
    { id: "alone", issue_type: "epic" },
  );
  expect(edgesOf(milestone)).toEqual([
    "first:",
    "e1: first",
    "e2: first e1",
    "after: e1 e2",
    "alone:",
  ]);
  expect(milestone.issues.map((issue) => issue.phase ?? null)).toEqual([
    null,
    "Login",
    "Inner",
    null,
    null,
  ]);
  expect(milestone.issues[2]?.declarations[1]?.words).toBe("depends_on_id: first of the epic E");
  expect(
    milestone.findings.map(({ severity, line, message }) => `${severity} ${line} ${message}`),
  ).toEqual([
    "info 2 E is an epic with 2 issues; those are in the plan, the epic itself is nobody's task.",
    "info 4 E2 is an epic with one issue; those are in the plan, the epic itself is nobody's task.",
  ]);
});

test("epics inside each other in a circle lose nobody and hang nothing", async () => {
  const milestone = await readBeads(
    { id: "A", issue_type: "epic", dependencies: [edge("parent-child", "B"), edge("blocks", "B")] },
    { id: "B", issue_type: "epic", dependencies: [edge("parent-child", "A")] },
    { id: "S", issue_type: "epic", dependencies: [edge("parent-child", "S")] },
    {
      id: "x",
      dependencies: [edge("parent-child", "A"), edge("blocks", "B"), edge("blocks", "A")],
    },
  );
  expect(edgesOf(milestone)).toEqual(["S:", "x:"]);
});

test("what is deleted or beads' own is left out and counted", async () => {
  const milestone = await readBeads(
    { id: "a" },
    { id: "b", status: "tombstone" },
    { id: "c", deleted_at: "2026-01-01" },
    { id: "d", issue_type: "event" },
    { id: "e", status: "pinned" },
    { id: "f", ephemeral: true },
    { _type: "memory", id: "g" },
    { _type: "issue", id: "h" },
  );
  expect(milestone.issues.map((issue) => issue.key)).toEqual(["a", "h"]);
  expect(milestone.findings).toEqual([
    {
      code: "source/left-out",
      severity: "info",
      file: ".beads/issues.jsonl",
      line: 1,
      column: 1,
      message: "Left out: 2 deleted and 3 that beads keeps for itself.",
      hint: "Nothing to do.",
    },
  ]);
});

test("a bad line is named with its place, and the rest goes on", async () => {
  const milestone = await readText(
    [
      '{"id": "a", "title": "A"}',
      "<<<<<<< HEAD",
      '{"id": "b", "title": "B",}',
      '{"id": "c c", "title": "", "labels": [7]}',
      "[]",
      '{"id": "d", "title": "D"}',
    ].join("\r\n"),
  );
  expect(milestone.issues.map((issue) => [issue.key, issue.place.line])).toEqual([
    ["a", 1],
    ["d", 6],
  ]);
  expect(
    milestone.findings.map(
      ({ code, severity, file, line, column, message }) =>
        `${code} ${severity} ${file}:${line}:${column} ${message}`,
    ),
  ).toEqual([
    'source/bad-issue critical .beads/issues.jsonl:2:1 This line is not JSON: there is "<<<<<<< HEAD" where a value should stand. It is not in the plan.',
    'source/bad-issue critical .beads/issues.jsonl:3:26 This line is not JSON: there is "}" where a name should stand. It is not in the plan.',
    "source/bad-issue critical .beads/issues.jsonl:4:8 id must be one short word. The issue is not in the plan.",
    "source/bad-issue critical .beads/issues.jsonl:4:24 title is empty. The issue is not in the plan.",
    "source/bad-issue critical .beads/issues.jsonl:4:39 labels.0 must be text. The issue is not in the plan.",
    "source/bad-issue critical .beads/issues.jsonl:5:1 This line must be an object. The issue is not in the plan.",
  ]);
  expect(milestone.findings[0]?.hint).toContain("merge conflict");
});

test("a file of another kind has at most a thousand findings", async () => {
  const { findings } = await readText("x\n".repeat(5_000));
  expect([findings.length, findings.at(-1)?.message]).toEqual([
    1_001,
    "4000 more defects follow; they are not listed.",
  ]);
});

test("without any issue there is nothing to run", async () => {
  const error: unknown = await readBeads({ id: "a", status: "tombstone" }).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({
    code: "source/no-tasks",
    message:
      ".beads/issues.jsonl has no issues: everything in it is deleted or a record of beads itself.",
  });
});

test("closed is written in place, and nothing else", () => {
  const before = [
    '\uFEFF{"id":"a","title":"A","status":"open"}',
    '{ "id" : "b", "title":"B",  "status" : "in_progress" , "x": [1,  2] }',
    "not json",
    '{"id":"c","title":"status"}',
    '{"id":"d","title":"D","status":"closed","closed_at":"2026-01-01"}',
    '{"id":"a","title":"A","status":"open"}',
    "",
  ].join("\r\n");
  const after = before
    .replace('"A","status":"open"', '"A","status":"closed"')
    .replace('"in_progress"', '"closed"')
    .replace('"id":"c",', '"id":"c","status":"closed",');
  const progress = beadsProgress(".beads/issues.jsonl");
  expect(progress.path).toBe(".beads/issues.jsonl");
  expect(progress.mark(before, done("a", "b", "c", "d", "zz"))).toBe(after);
  expect(progress.mark(after, done("a", "b", "c", "d"))).toBeNull();
  expect(progress.mark(before, new Map<string, Mark>([["a", "blocked"]]))).toBeNull();
});

test("of two lines with one id the first that is work is marked", () => {
  const deleted = '{"id":"a","title":"A","status":"tombstone"}';
  const text = `${deleted}\n{"id":"a","title":"A","status":"open"}`;
  expect(beadsProgress("x").mark(text, done("a"))).toBe(
    `${deleted}\n{"id":"a","title":"A","status":"closed"}`,
  );
});

test("marking and reading again closes exactly the marked issues", async () => {
  const bead = fc.record({
    title: fc.string({ minLength: 1 }),
    description: fc.string(),
    closed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(bead, { minLength: 1, maxLength: 8 }),
      fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      fc.constantFrom("\n", "\r\n"),
      async (made, picked, newline) => {
        const lines = made.map(({ title, description, closed }, index) =>
          JSON.stringify({
            id: `bd-${index}`,
            title: `t${title}`,
            description,
            status: closed ? "closed" : "open",
          }),
        );
        const marks = done(
          ...made.flatMap((_, index) => (picked[index] === true ? [`bd-${index}`] : [])),
        );
        const before = lines.join(newline);
        const after = beadsProgress("x").mark(before, marks) ?? before;
        const { issues } = await readText(after);
        expect(issues.map((issue) => issue.state === "closed")).toEqual(
          made.map(({ closed }, index) => closed || picked[index] === true),
        );
        expect(beadsProgress("x").mark(after, marks)).toBeNull();
      },
    ),
    { numRuns: 60 },
  );
});

test("epics with thousands of issues do not multiply the edges", async () => {
  const beads = [
    { id: "E", issue_type: "epic" },
    ...Array.from({ length: 3_000 }, (_, index) => ({
      id: `m${index}`,
      dependencies: [edge("parent-child", "E")],
    })),
    ...Array.from({ length: 3_000 }, (_, index) => ({
      id: `w${index}`,
      dependencies: [edge("blocks", "E")],
    })),
  ];
  const started = performance.now();
  const { issues } = await readBeads(...beads);
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(issues.at(-1)?.declarations).toMatchObject([
    { target: "E", resolved: false, strength: "hard" },
  ]);
});

test("10,000 issues are read in well under a second", async () => {
  const beads = Array.from({ length: 10_000 }, (_, index) => ({
    id: `bd-${index}`,
    description: "Some words about it.",
    dependencies: index === 0 ? [] : [edge("blocks", `bd-${index - 1}`)],
  }));
  const started = performance.now();
  expect((await readBeads(...beads)).issues.length).toBe(10_000);
  expect(performance.now() - started).toBeLessThan(2_000);
});
