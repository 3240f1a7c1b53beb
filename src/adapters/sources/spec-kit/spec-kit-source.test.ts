import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Mark, Milestone } from "../../../core/plan/issue.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import { UserError } from "../../../errors.ts";
import { readFilePaths } from "./file-paths.ts";
import { readSaidLine } from "./said-order.ts";
import { createSpecKitSource, isSpecKitText, specKitProgress } from "./spec-kit-source.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-spec-kit-"));
  fs.mkdirSync(path.join(root, "specs/001-photo-albums"), { recursive: true });
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const FILE = "specs/001-photo-albums/tasks.md";

async function readText(...lines: readonly string[]): Promise<Milestone> {
  fs.writeFileSync(path.join(root, FILE), lines.join("\n"));
  return await createSpecKitSource({ root }).read(FILE);
}

/** `T003: T001 T002` for each task. */
async function edges(...lines: readonly string[]): Promise<readonly string[]> {
  const plan = buildPlan(await readText(...lines));
  return plan.issues.map((issue) =>
    `${issue.key}: ${issue.blockers.map(({ key }) => key).join(" ")}`.trimEnd(),
  );
}

const done = (...keys: readonly string[]): ReadonlyMap<string, Mark> =>
  new Map(keys.map((key) => [key, "done"]));

const FEATURE = [
  "# Tasks: Photo Albums",
  "",
  "## Phase 1: Setup (Shared Infrastructure)",
  "",
  "- [x] T001 Create project structure",
  "- [ ] T002 [P] Configure linting in `.oxlintrc.json`",
  "- [ ] T003 [P] Configure tests",
  "",
  "## Phase 2: Foundational (Blocking Prerequisites)",
  "",
  "- [ ] T004 Setup database in src/db/schema.ts",
  "",
  "## Phase 3: User Story 1 - Albums (Priority: P1) 🎯 MVP",
  "",
  "**Goal**: Photos lie in albums",
  "",
  "**Independent Test**: Make an album and verify:",
  "- it is there",
  "",
  "### Tests for User Story 1",
  "",
  "- [ ] T005 [P] [US1] Contract test in tests/contract/albums.test.ts",
  "- [ ] T006 [P] [US1] Integration test in tests/albums.test.ts",
  "",
  "### Implementation for User Story 1",
  "",
  "- [ ] T007 [P] [US1] Album model in src/models/album.ts, with",
  "      its own ids",
  "  - Names are unique",
  "- [ ] T008 [P] [US1] Photo model in src/models/photo.ts",
  "- [ ] T009 [US1] Album service in src/services/albums.ts (depends on T007, T008)",
  "",
  "**Checkpoint**: User Story 1 works",
  "",
  "## Phase 4: User Story 2 - Sharing (Priority: P2)",
  "",
  "- [ ] T010 [US2] Share in src/services/share.ts",
  "",
  "## Phase 5: Polish",
  "",
  "- [ ] T011 Update README.md",
  "",
];

const TEMPLATE_WORDS = [
  "## Dependencies & Execution Order",
  "",
  "### Phase Dependencies",
  "",
  "- **Setup (Phase 1)**: No dependencies - can start immediately",
  "- **Foundational (Phase 2)**: Depends on Setup completion - BLOCKS all user stories",
  "- **User Stories (Phase 3+)**: All depend on Foundational phase completion",
  "  - Or sequentially in priority order (P1 → P2 → P3)",
  "- **Polish (Final Phase)**: Depends on all desired user stories being complete",
  "",
  "### User Story Dependencies",
  "",
  "- **User Story 2 (P2)**: Can start after Foundational (Phase 2) - May integrate with US1 but should be independently testable",
  "",
  "### Parallel Opportunities",
  "",
  "- T010 after T011, says nobody",
];

test("a feature becomes a milestone", async () => {
  fs.writeFileSync(path.join(root, "specs/001-photo-albums/spec.md"), "# Spec");
  const milestone = await readText(...FEATURE);
  expect({ ...milestone, issues: [] }).toEqual({
    source: { kind: "spec-kit", reference: FILE },
    title: "Photo Albums",
    number: "001-photo-albums",
    url: null,
    issues: [],
    documents: ["specs/001-photo-albums/spec.md"],
    handoff: null,
    findings: [],
  });
  expect(milestone.issues[6]).toEqual({
    key: "T007",
    number: "T007",
    title: "Album model in src/models/album.ts, with its own ids",
    body: "Album model in src/models/album.ts, with\nits own ids\n- Names are unique\n\n## Phase 3: User Story 1 - Albums (Priority: P1) 🎯 MVP\n\n**Goal**: Photos lie in albums\n**Independent Test**: Make an album and verify:\n- it is there",
    state: "open",
    closedAs: null,
    labels: ["US1"],
    priority: "P1",
    type: "CODING",
    url: null,
    files: ["src/models/album.ts"],
    acceptanceCriteria: [],
    declarations: [
      {
        target: "T005",
        strength: "hard",
        origin: "text",
        place: { file: FILE, line: 27, column: 1 },
        words: "after T005, by the order of the list",
        resolved: true,
      },
      {
        target: "T006",
        strength: "hard",
        origin: "text",
        place: { file: FILE, line: 27, column: 1 },
        words: "after T006, by the order of the list",
        resolved: true,
      },
    ],
    statesDependencies: true,
    edgesAreGiven: true,
    place: { file: FILE, line: 27, column: 1 },
    phase: "Phase 3: User Story 1 - Albums (Priority: P1) 🎯 MVP",
  });
});

test("without words about order, phases and lines follow each other", async () => {
  expect(await edges(...FEATURE)).toEqual([
    "T001:",
    "T002: T001",
    "T003: T001",
    "T004: T002 T003",
    "T005: T004",
    "T006: T004",
    "T007: T005 T006",
    "T008: T005 T006",
    "T009: T007 T008",
    "T010: T009",
    "T011: T010",
  ]);
});

test("the template's own words free the stories from each other", async () => {
  const read = await edges(...FEATURE, ...TEMPLATE_WORDS);
  expect(read.slice(4, 6)).toEqual(["T005: T004", "T006: T004"]);
  expect(read.slice(9)).toEqual(["T010: T004", "T011: T009 T010"]);
});

test("words about phases that go on with a story, stand alone or are empty", async () => {
  const read = await edges(
    "## Phase 1: Setup",
    "## Phase 2: Foundational",
    "- [ ] T001 A",
    "## Phase 3: User Story 1 - B",
    "- [ ] T002 [US1] B",
    "## Phase 4: User Story 2 - C",
    "- [ ] T003 [US2] C",
    "## Phase 5: More of B",
    "- [ ] T004 [US1] D",
    "## Phase 6: Docs",
    "- [ ] T005 E",
    "## Phase 7: Polish",
    "- [ ] T006 F",
    "## Dependencies",
    "- **Foundational (Phase 2)**: Depends on Setup completion",
    "- **User Stories (Phase 3+)**: All depend on Foundational",
    "- More of B (Phase 5): Depends on User Story 1 completion",
    "- **Docs**: No dependencies - can start immediately",
    "- **Polish (Final Phase)**: Depends on all user stories",
  );
  expect(read).toEqual([
    "T001:",
    "T002: T001",
    "T003: T001",
    "T004: T001 T002",
    "T005:",
    "T006: T002 T003 T004",
  ]);
});

test.each([
  ["- T001 blocks T004, T005", ["T004: T001", "T005: T001"]],
  ["- **T004** depends on T001 (the parser) and T002 but not on T003", ["T004: T001 T002"]],
  ["- Tests (T001-T002) before implementation (T004–T005)", ["T004: T001 T002", "T005: T001 T002"]],
  ["T001 → T002 -> T004", ["T002: T001", "T004: T002"]],
  ["- T004 and T005 can run in parallel after T3", ["T004: T003", "T005: T003"]],
  ["1. US1 (T004): requires T001; T005 waits for T002.", ["T004: T001", "T005: T002"]],
  ["- T004 does not depend on T001", []],
  ["- T001 and T002 can run in parallel", []],
  ["- Models before services", []],
])("%j", async (words, expected) => {
  const tasks = [1, 2, 3, 4, 5].map((number) => `- [ ] T00${number} [P] Do ${number}`);
  const read = await edges("## Phase 1: All", ...tasks, "## Dependencies", words);
  expect(read.filter((line) => !line.endsWith(":"))).toEqual(expected);
});

test("an order that words contradict gives way to them", async () => {
  const lines = ["## Phase 1", "- [ ] T001 A (depends on T003)", "- [ ] T002 B", "- [ ] T003 C"];
  expect(await edges(...lines)).toEqual(["T001: T003", "T002: T001", "T003:"]);
});

test("strangers in words about order are reported, never dropped", async () => {
  const milestone = await readText(
    "- [ ] T001 A (depends on T009)",
    "## Dependencies",
    "- T077 depends on T001",
  );
  const plan = buildPlan(milestone);
  expect(plan.issues[0]?.blockedFromOutside).toBe("T009 (not in this plan)");
  expect(milestone.findings).toEqual([
    {
      code: "source/unknown-task",
      severity: "warning",
      file: FILE,
      line: 3,
      column: 1,
      message: '"T077 depends on T001" speaks of T077, which is no task of this file.',
      hint: "Correct the number, or remove the sentence.",
    },
  ]);
});

test("real dress: bold, brackets, older phases, fences, doubles, near misses", async () => {
  const milestone = await readText(
    "## Phase 3.1: Setup",
    "* [X] **T001** [P] Old",
    "- [ ] [T002] Brackets",
    "- [ ] `T003`: [endpoint] with colon",
    "```",
    "- [ ] T004 in code",
    "```",
    "- [ ] T003 twice",
    "- [~] T005 odd mark",
    "- [ ] TXXX [P] template line",
    "- T006 no box",
    "- T001 can run alone",
    "1. [ ] no number",
  );
  expect(milestone.issues.map(({ key, title, state }) => [key, title, state])).toEqual([
    ["T001", "Old", "closed"],
    ["T002", "Brackets", "open"],
    ["T003", "[endpoint] with colon", "open"],
    ["T003", "twice", "open"],
    ["T005", "odd mark", "open"],
  ]);
  expect(milestone.findings.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual([
    "source/task-mark 9:3",
    "source/task-line 10:1",
    "source/task-line 11:1",
  ]);
  expect(
    buildPlan(milestone).findings.filter(({ code }) => code === "plan/duplicate-key"),
  ).toHaveLength(1);
});

test("a task without a blank behind its box is read, other spellings of a number are reported", async () => {
  const milestone = await readText(
    "# Tasks",
    "- [ ] T-001 before any phase",
    "## Phase 1: A",
    "- [x]T011 [P] Joined",
    "- [ ] T-009 Dash",
    "- [ ]T_008 Line",
    "- [ ] Task 7: Word",
    "1. [ ] T012 numbered",
    "- [ ] Tests pass 3 times",
    "- [ ] TypeScript 5 is used",
  );
  expect(milestone.issues.map(({ key, title, state }) => [key, title, state])).toEqual([
    ["T011", "Joined", "closed"],
  ]);
  expect(milestone.findings.map(({ code, line }) => `${code} ${line}`)).toEqual([
    "source/task-line 2",
    "source/task-line 5",
    "source/task-line 6",
    "source/task-line 7",
    "source/task-line 8",
  ]);
  expect(milestone.findings[1]).toEqual({
    code: "source/task-line",
    severity: "warning",
    file: "specs/001-photo-albums/tasks.md",
    line: 5,
    column: 1,
    message:
      '"- [ ] T-009 Dash" looks like a task and has no number that can be read; it is not in the plan.',
    hint: "Write `- [ ] T001 Description`.",
  });
});

test("a doubled number orders nothing", async () => {
  const lines = [
    "## Phase 1: A",
    "- [ ] T001 a",
    "- [ ] T002 b",
    "## Phase 2: B",
    "- [ ] T003 c",
    "- [ ] T001 again (depends on T003)",
    "- [ ] T004 d",
  ];
  expect(await edges(...lines)).toEqual(["T001:", "T002: T001", "T003: T002", "T004: T003"]);
  expect(buildPlan(await readText(...lines)).findings.map(({ code }) => code)).not.toContain(
    "plan/cycle",
  );
});

test("a file without tasks is refused", async () => {
  const error: unknown = await readText("# Tasks", "## Phase 1: A", "- T001 no box").then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({
    code: "source/no-tasks",
    message: `${FILE} has no tasks such as \`- [ ] T001 …\`.`,
    hints: [
      'Line 3: "- T001 no box" looks like a task and has no box in front of it; it is not in the plan.',
      "Have spec-kit write them (/speckit.tasks), or name another file.",
    ],
  });
});

test("a document that is a link out of the repository is none", async () => {
  const outside = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-outside-"));
  try {
    fs.writeFileSync(path.join(outside, "plan.md"), "secret");
    fs.symlinkSync(
      path.join(outside, "plan.md"),
      path.join(root, "specs/001-photo-albums/plan.md"),
    );
    expect((await readText("- [ ] T001 A")).documents).toEqual([]);
  } finally {
    fs.rmSync(outside, { recursive: true, force: true });
  }
});

test.each([
  ["Wire `src/a.ts` and src/b.ts:10-20 (see https://x.y/z.ts)", ["src/a.ts", "src/b.ts"]],
  ["authentication/authorization for GET /api/users in Node.js", []],
  ["Edit package.json, docs/ and ../secret.txt, /etc/passwd", ["package.json", "docs/"]],
  [
    "frontend/src/locales/{en,uk}.json or src/models/[entity].py.",
    ["frontend/src/locales/{en,uk}.json", "src/models/[entity].py"],
  ],
])("files of %j", (words, files) => {
  expect(readFilePaths(words)).toEqual(files);
});

test.each([
  ["- [ ] T001 x", true],
  ["text\n  * [x] **T12** y", true],
  ["## Task 4.1: x\n- [ ] done", false],
  ["- T001 x", false],
])("%j", (text, expected) => {
  expect(isSpecKitText(text)).toBe(expected);
});

test("boxes are ticked in place, and nothing else", () => {
  const before =
    "\uFEFF- [ ] T001 a [ ]\r\n* [] T002 b\r- [x] T003 c\n```\n- [ ] T004 d\n```\n- [ ] T001 again\n\n";
  const after =
    "\uFEFF- [x] T001 a [ ]\r\n* [x] T002 b\r- [x] T003 c\n```\n- [ ] T004 d\n```\n- [ ] T001 again\n\n";
  const progress = specKitProgress(FILE);
  expect(progress.path).toBe(FILE);
  expect(progress.mark(before, done("T001", "T002", "T003", "T004", "T9"))).toBe(after);
  expect(progress.mark(after, done("T001", "T002", "T003", "T004"))).toBeNull();
  expect(progress.mark(before, new Map<string, Mark>([["T001", "skipped"]]))).toBeNull();
});

test("marking and reading again closes exactly the marked tasks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ closed: fc.boolean(), heading: fc.boolean(), words: fc.string() }), {
        minLength: 1,
        maxLength: 10,
      }),
      fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
      async (made, picked) => {
        const keys = made.map((_, index) => `T00${index + 1}`);
        const before = made
          .map(
            ({ closed, heading, words }, index) =>
              `${heading ? `## Phase ${index}\n` : ""}- [${closed ? "x" : " "}] ${keys[index]} w${words.replaceAll(/[\r\n\0]/gu, "")}`,
          )
          .join("\n");
        const marks = done(...keys.filter((_, index) => picked[index]));
        const after = specKitProgress(FILE).mark(before, marks) ?? before;
        const { issues } = await readText(after);
        expect(issues.map(({ state }) => state === "closed")).toEqual(
          made.map(({ closed }, index) => closed || picked[index] === true),
        );
        expect(specKitProgress(FILE).mark(after, marks)).toBeNull();
      },
    ),
    { numRuns: 60 },
  );
});

test("10,000 tasks, half of them side by side, are read in well under a second", async () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => {
    const parallel = index % 5_000 < 2_500 ? "[P] " : "";
    return `- [ ] T${String(index + 1).padStart(5, "0")} ${parallel}Write src/file${index}.ts`;
  });
  const started = performance.now();
  const milestone = await readText(
    "## Phase 1: A",
    ...lines.slice(0, 2_500),
    "## Phase 2: B",
    ...lines.slice(5_000),
    ...lines.slice(2_500, 5_000),
  );
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(milestone.issues.length).toBe(10_000);
  const edgeCount = milestone.issues.reduce((sum, issue) => sum + issue.declarations.length, 0);
  expect(edgeCount).toBeLessThan(30_000);
  expect(buildPlan(milestone).cycles).toEqual([]);
});

test("a line about order never throws and is read in linear time", () => {
  const started = performance.now();
  for (const piece of ["T001-", "T001 ", "(", "depends on ", "T1~", "→", ": ", "- "])
    readSaidLine(piece.repeat(50_000));
  expect(performance.now() - started).toBeLessThan(1_000);
});
