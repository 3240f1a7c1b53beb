import fs from "node:fs";
import path from "node:path";

/** A small repository that holds one real-shaped plan. */
export interface Sample {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** What a person types to have it read. */
  readonly words: readonly string[];
  /** Files that are worth mutating. */
  readonly plans: readonly string[];
}

const HANDOFF = "# Handoff\n\n## Task 1.1 Complete: Say hello\n\n- notes\n\n- [x] Task 1.2\n";

const MARKDOWN = `---
title: "M1: Greeting"
design: docs/design.md
architecture: [docs/a.md, 'docs/b.md']
handoff: HANDOFF_M1.md
---

# M1: Greeting

Branch: \`milestone/m1\`

## Task 1.1: Say hello

**Type:** CODING | **Priority:** P1
**Files:** \`src/greet.js\`, test/greet.test.js

### Acceptance criteria

- [ ] It says hello

### Task 1.2b — Say goodbye

**Depends on:** none

\`\`\`js
## Task 9.9: not a task
\`\`\`

## Task 1.3 - Both
> **Depends on:** Task 1.1, Task 1.2b
- Blocked by: #4 and https://github.com/a/b/issues/5

| Task | Blocked by |
| ---- | ---------- |
| 1.3  | 1.1        |

## Task 1.4
Blocks 1.3. ~~Depends on 1.9~~ Part of #10. 1.1 → 1.2b → 1.3
`;

const SPEC_KIT = `# Tasks: Photo Albums

## Phase 1: Setup (Shared Infrastructure)

- [x] T001 Create project structure
- [ ] T002 [P] Configure linting in \`.oxlintrc.json\`

## Phase 2: Foundational

- [ ] T003 Setup database in src/db/schema.ts

## Phase 3: User Story 1 - Albums (Priority: P1) 🎯 MVP

**Goal**: Photos lie in albums

**Independent Test**: Make one

### Tests

- [ ] T004 [P] [US1] Test in tests/albums.test.ts
- [ ] T005 [P] [US1] Test in tests/photos.test.ts

### Implementation

- [ ] T006 [US1] Model in src/models/album.ts (depends on T004, T005)
  - Names are unique

## Phase N: Polish

- [ ] T007 [P] Update README.md

## Dependencies & Execution Order

- **Foundational (Phase 2)**: Depends on Setup completion - BLOCKS all user stories
- **User Stories (Phase 3+)**: All depend on Foundational phase completion
- Tests (T004-T005) before implementation (T006)
- T001 → T002 → T003
- T003 blocks T004, T005
`;

const TASKS = {
  master: {
    tasks: [
      {
        id: 1,
        title: "Setup",
        description: "d",
        status: "done",
        dependencies: [],
        priority: "high",
        details: "x\ny",
        testStrategy: "- a\n- b",
      },
      {
        id: 2,
        title: "Login",
        status: "pending",
        dependencies: [1, "3.1"],
        subtasks: [
          { id: 1, title: "s", dependencies: [] },
          { id: 2, title: "t", dependencies: [1], status: "done" },
        ],
      },
      { id: 3, title: "Session", status: "blocked", dependencies: ["1"], priority: "low" },
    ],
    metadata: { created: "2026-01-01", description: "x" },
  },
  other: { tasks: [{ id: 1, title: "A" }] },
};

const BEADS = [
  { id: "bd-1", title: "Epic", status: "open", issue_type: "epic", priority: 1 },
  {
    id: "bd-2",
    title: "A",
    description: "Depends on bd-9",
    status: "open",
    priority: 0,
    issue_type: "task",
    labels: ["x"],
    dependencies: [{ issue_id: "bd-2", depends_on_id: "bd-1", type: "parent-child" }],
  },
  {
    id: "bd-3",
    title: "B",
    status: "in_progress",
    dependencies: [
      { depends_on_id: "bd-2", type: "blocks" },
      { depends_on_id: "bd-1", type: "blocks" },
    ],
  },
  { id: "bd-4", title: "C", status: "closed", close_reason: "Duplicate of bd-3" },
  { id: "bd-5", title: "D", status: "tombstone", deleted_at: "2026-01-01" },
]
  .map((bead) => JSON.stringify(bead))
  .join("\n");

const ISSUES = JSON.stringify(
  [
    {
      number: 12,
      title: "Read",
      body: "Depends on: none\n\n**Files:** `src/a.js`\n\n## Acceptance criteria\n\n- ok",
      state: "OPEN",
      labels: [{ name: "size:S" }],
      milestone: { number: 3, title: "Settings" },
    },
    { number: 13, title: "Show", body: "Depends on: #12, #11 and owner/repo#4", state: "OPEN" },
    {
      number: 11,
      title: "Decide",
      body: null,
      state: "CLOSED",
      stateReason: "COMPLETED",
      url: "https://github.com/a/b/issues/11",
    },
  ],
  null,
  1,
);

const DISPATCH = `version: 1
milestone:
  number: 3
  title: "Settings"
  integration_branch: milestone/3-settings
conflict_groups:
  - group_id: files
    reason: both touch src/a.js
    items: [12, 13]
waves:
  - wave: 1
    parallel: true
    items:
      - title: Read the settings
        issue: 12
        priority: P1
        conflict_group: files
        body: |
          Read it.

          **Files:** \`src/a.js\`
  - wave: 2
    items:
      - title: "Show: the settings"
        issue: 13
        depends-on: [12]
        conflict_group: files
      - { title: Describe, issue: 14, depends_on: ["12", Show], groomed: true, minutes: 10 }
quality_gates:
  pre_merge: [npm test]
  post_merge:
    - npm run build
`;

/** All sources, each in its own repository; the milestone folder is the one of `examples`. */
export function samples(): readonly Sample[] {
  const dispatch: Sample = {
    name: "dispatch",
    files: { "plan.yaml": DISPATCH },
    words: ["plan.yaml"],
    plans: ["plan.yaml"],
  };
  const own: readonly Sample[] = [
    {
      name: "markdown",
      files: { "docs/M1.md": MARKDOWN, "docs/HANDOFF_M1.md": HANDOFF, "docs/design.md": "x" },
      words: ["@docs/M1.md"],
      plans: ["docs/M1.md", "docs/HANDOFF_M1.md"],
    },
    {
      name: "spec-kit",
      files: { "specs/001-a/tasks.md": SPEC_KIT, "specs/001-a/spec.md": "# Spec" },
      words: ["specs/001-a"],
      plans: ["specs/001-a/tasks.md"],
    },
    {
      name: "task-master",
      files: { "tasks.json": JSON.stringify(TASKS, null, 2) },
      words: ["tasks.json"],
      plans: ["tasks.json"],
    },
    {
      name: "beads",
      files: { ".beads/issues.jsonl": BEADS },
      words: [".beads"],
      plans: [".beads/issues.jsonl"],
    },
    {
      name: "json",
      files: { "issues.json": ISSUES },
      words: ["issues.json"],
      plans: ["issues.json"],
    },
  ];
  return [...own, dispatch, ...fromExamples("folder", ["m1"])];
}

function fromExamples(name: string, words: readonly string[]): readonly Sample[] {
  const root = path.resolve(import.meta.dirname, "../../examples", name);
  if (!fs.existsSync(root)) return [];
  const names = fs.readdirSync(root, { recursive: true, encoding: "utf8" });
  const texts = names.filter((file) => /\.(?:md|ya?ml)$/u.test(file));
  const files = Object.fromEntries(
    texts.map((file) => [
      file.split(path.sep).join("/"),
      fs.readFileSync(path.join(root, file), "utf8"),
    ]),
  );
  return [{ name, files, words, plans: Object.keys(files) }];
}
