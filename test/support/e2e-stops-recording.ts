// What the agents do in a milestone that meets every stop condition once.
import type {
  RecordedSession,
  RecordedStep,
  Recording,
} from "../../src/adapters/agents/scripted/recording.ts";

/** Shaped like a token of GitHub, in two halves for whoever reads this file. */
const SECRET = `ghp_${"aZ3kQ9wB7xLm2Vt5Rn8Y".repeat(2).slice(0, 36)}`;

/** Writes these files and commits them. */
function writes(files: Readonly<Record<string, string>>): RecordedSession {
  const steps = Object.entries(files).map(([write, content]): RecordedStep => ({ write, content }));
  return { role: "implementer", steps: [...steps, { commit: "feat: {{title}} (#{{task}})" }] };
}

/** A file of the task changes in each of its rounds. */
const FIXER: RecordedSession = {
  role: "fixer",
  steps: [
    { append: "parts/{{task}}.txt", content: "round {{round}}\n" },
    { commit: "fix: {{title}}, round {{round}} (#{{task}})" },
  ],
};

function rejected(role: string, bad: string, stages: readonly string[]): RecordedSession {
  const verdicts = stages.map((stage) => ({
    stage,
    verdict: stage === bad ? "request-changes" : "approve",
    findings:
      stage === bad
        ? [{ severity: "critical", file: null, line: null, message: `The ${bad} is wrong.` }]
        : [],
  }));
  return { role, report: { status: "complete", summary: `${bad} rejected`, verdicts } };
}

/** Rejected after the work and after its only fix round; whoever looks after a further one approves. */
function rejectedTwice(bad: "spec" | "quality"): Recording[string] {
  const rejects = rejected("quality-reviewer", bad, ["spec", "quality"]);
  return [
    writes({ [`parts/${bad}.txt`]: "\n" }),
    FIXER,
    { ...rejects, round: 0 },
    { ...rejects, round: 1 },
  ];
}

const SLEEPY = `import assert from "node:assert/strict";
import { test } from "node:test";
test("it waits", async () => {
  await new Promise((resolve) => setTimeout(resolve, 5000));
  assert.equal(1, 1);
});
`;

function testsRejectedTwice(): Recording[string] {
  const rejects = rejected("test-checker", "tests", ["tests"]);
  return [
    writes({ "test/slow.test.js": SLEEPY }),
    {
      role: "fixer",
      round: 1,
      steps: [
        { append: "test/slow.test.js", content: "// It has to.\n" },
        { commit: "test: says why (#{{task}})" },
      ],
    },
    {
      role: "fixer",
      steps: [
        { write: "test/slow.test.js", content: SLEEPY.replace("5000", "5") },
        { commit: "test: waits less (#{{task}})" },
      ],
    },
    { ...rejects, round: 0 },
    { ...rejects, round: 1 },
  ];
}

const STEP_TEST = `import assert from "node:assert/strict";
import { test } from "node:test";
test("a step is taken", async () => {
  const { step } = await import("../src/step.js");
  assert.equal(step(1), 2);
});
`;
const STEP = "export const step = (at) => at + 1;\n";

/** Its first attempts are source without a test; from that attempt's session on the test comes first. */
function tddBroken(honestFrom: number): Recording[string] {
  const honest: RecordedSession = {
    role: "implementer",
    session: honestFrom,
    steps: [
      { write: "test/step.test.js", content: STEP_TEST },
      { commit: "test: a step (#{{task}})" },
      { write: "src/step.js", content: STEP },
      { commit: "feat: a step (#{{task}})" },
    ],
  };
  return [honest, writes({ "src/step.js": STEP })];
}

/** Its own line of a file that `plain` has written meanwhile, until a person has it resolved. */
function conflicting(): Recording[string] {
  const own = writes({ "parts/shared.txt": "of the conflict\n" });
  const until: RecordedStep = {
    run: "until git cat-file -e milestone/1-stops:parts/shared.txt 2>/dev/null; do sleep 0.1; done",
  };
  const resolved: RecordedSession = {
    role: "conflict-resolver",
    round: 3,
    steps: [
      { write: "parts/shared.txt", content: "plain\nof the conflict\n" },
      { commit: "fix: both lines (#{{task}})" },
    ],
  };
  return [
    { ...own, steps: [until, ...(own.steps ?? [])] },
    resolved,
    { role: "conflict-resolver", steps: [{ say: "I do not know which one is right." }] },
  ];
}

/** In its first attempt, and once more when its work is mended; a person has it tried again each time. */
function leaking(): Recording[string] {
  const mended: RecordedSession = {
    role: "fixer",
    steps: [
      { run: "git reset --quiet --hard HEAD~1" },
      { append: "parts/secret.txt", content: "mended\n" },
      { commit: "fix: without it (#{{task}})" },
    ],
  };
  return [
    { ...writes({ "parts/secret.txt": `${SECRET}\n` }), attempt: 1 },
    writes({ "parts/secret.txt": "from the environment\n" }),
    { ...rejected("quality-reviewer", "spec", ["spec", "quality"]), round: 0 },
    {
      role: "fixer",
      round: 1,
      steps: [
        { append: "parts/secret.txt", content: `${SECRET}\n` },
        { commit: "fix: with it (#{{task}})" },
      ],
    },
    mended,
  ];
}

const PAST_THE_HOOK = "git -c core.hooksPath=/dev/null update-ref refs/heads/main HEAD";

/** What the agents of that milestone do: each task meets what it is named after. */
export function recordingOf(mode: "interactive" | "autonomous"): Recording {
  const manifest = '{ "name": "stops", "type": "module", "dependencies": { "new": "^2.0.0" } }\n';
  const breaks = writes({ "parts/breach.txt": "\n" });
  return {
    plain: [writes({ "parts/shared.txt": "plain\n" })],
    large: [
      writes(
        Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`parts/large-${at}.txt`, "\n"])),
      ),
    ],
    breaking: [writes({ "schema/2.sql": "DROP TABLE letters;\n" })],
    additive: [writes({ "schema/3.sql": "CREATE TABLE stamps (id INTEGER);\n" })],
    restrictive: [writes({ "vendor/zip/pyproject.toml": '[project]\nlicense = "GPL-3.0-only"\n' })],
    permissive: [writes({ "vendor/zap/pyproject.toml": '[project]\nlicense = "MIT"\n' })],
    boundary: [writes({ "parts/boundary.txt": "\n" })],
    sensitive: [writes({ "billing/sum.txt": "\n" })],
    coverage: [writes({ "covered/lines.js": "a();\nb();\nc();\n" })],
    surface: [writes({ "auth/door.txt": "\n", "package.json": manifest })],
    tdd: tddBroken(mode === "interactive" ? 2 : 99),
    spec: rejectedTwice("spec"),
    quality: rejectedTwice("quality"),
    tests: testsRejectedTwice(),
    conflict: conflicting(),
    late: [
      {
        role: "implementer",
        steps: [
          { run: 'until [ -e "$(git rev-parse --git-common-dir)/../../go" ]; do sleep 0.1; done' },
          { write: "parts/late.txt", content: "\n" },
          { commit: "feat: the late one (#late)" },
        ],
      },
    ],
    secret: leaking(),
    breach: [
      { ...breaks, session: 1, steps: [...(breaks.steps ?? []), { run: PAST_THE_HOOK }] },
      breaks,
    ],
  };
}
