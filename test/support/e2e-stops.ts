// A milestone in which every stop condition is met once, by one task each, and what a run of it says about them.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type {
  RecordedSession,
  RecordedStep,
  Recording,
} from "../../src/adapters/agents/scripted/recording.ts";
import type { Started } from "./e2e-program.ts";
import type { SampleRepository, Sample } from "./e2e-repository.ts";

/** Shaped like a token of GitHub, in two halves for whoever reads this file. */
const SECRET = `ghp_${"aZ3kQ9wB7xLm2Vt5Rn8Y".repeat(2).slice(0, 36)}`;

interface Item {
  readonly key: string;
  readonly phase: "Ground" | "Roof";
  readonly labels?: readonly string[];
  readonly after?: readonly string[];
}

const GROUND = [
  "conflict",
  "plain",
  "large",
  "breaking",
  "additive",
  "restrictive",
  "permissive",
  "boundary",
  "sensitive",
  "coverage",
  "surface",
  "tdd",
  "spec",
  "quality",
  "tests",
  "late",
] as const;

/** What halts the run comes when everything else has come to what it comes to. */
const WAVES: readonly (readonly Item[])[] = [
  GROUND.map((key) => ({
    key,
    phase: "Ground",
    ...(key === "boundary" ? { labels: ["papers"] } : {}),
  })),
  [{ key: "secret", phase: "Roof", after: ["late"] }],
  [{ key: "breach", phase: "Roof", after: ["secret"] }],
];

function planOf(waves: readonly (readonly Item[])[]): string {
  return JSON.stringify({
    version: 1,
    milestone: { number: 1, title: "Stops", integration_branch: "milestone/1-stops" },
    waves: waves.map((inside, at) => ({
      wave: at + 1,
      items: inside.map(({ key, phase, labels = [], after = [] }) => ({
        key,
        title: `The ${key}`,
        body: `Write the ${key} part.`,
        files: [`src/${key}.js`],
        acceptance: [`the ${key} part is there`],
        depends_on: after,
        labels,
        phase,
      })),
    })),
  });
}

const config = (more: string): string => `version: 1
parallel: 4
in_flight: 40
target: main
profile: tdd
agents:
  default: recorded
  define: { recorded: { kind: scripted, command: [../recording.json] } }
  limits: { grace: 1s }
sources: { handoff: "off" }
tdd: { restarts: 1, exempt: ["**/*.{txt,sql,toml,json}", "covered/**"] }
review: { mode: one-pass, rounds: 1, test_quality: { enabled: true, rounds: 1 } }
coverage: { report: coverage/lcov.info, minimum: 50 }
gates: { pre_merge: [{ name: whole, run: sh check.sh, kind: test }] }
limits: { retry: [1s] }
${more}`;

const BOUNDARY = 'stops: { boundary: { paths: { papers: ["papers/**"] } } }\n';

/** Green unless the proven test is red; a report of coverage is written where there is something to cover. */
const CHECK = `mkdir -p coverage && rm -f coverage/lcov.info
if [ -e covered/lines.js ]; then
  printf 'SF:covered/lines.js\\nDA:1,1\\nDA:2,0\\nDA:3,0\\nend_of_record\\n' > coverage/lcov.info
fi
[ ! -e test/step.test.js ] || node --test test/step.test.js
`;

const FILES = {
  "check.sh": CHECK,
  ".gitignore": "coverage/\n",
  "package.json": '{ "name": "stops", "type": "module", "dependencies": { "old": "1.0.0" } }\n',
  "schema/1.sql": "CREATE TABLE letters (id INTEGER);\n",
};

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
    role: "fixer",
    round: 3,
    steps: [
      { write: "parts/shared.txt", content: "plain\nof the conflict\n" },
      { commit: "fix: both lines (#{{task}})" },
    ],
  };
  return [
    { ...own, steps: [until, ...(own.steps ?? [])] },
    resolved,
    { role: "fixer", steps: [{ say: "I do not know which one is right." }] },
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

function recordingOf(mode: "interactive" | "autonomous"): Recording {
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

/** Everything at once. */
export function everyStop(mode: "interactive" | "autonomous"): Sample {
  return {
    plan: "",
    config: config(`mode: ${mode}\n${BOUNDARY}`),
    files: { ...FILES, "stops.yaml": planOf(WAVES) },
    recording: recordingOf(mode),
  };
}

/** One task that asks before the next phase begins, and nobody who answers. */
export function unanswered(): Sample {
  const waves: readonly (readonly Item[])[] = [
    [{ key: "large", phase: "Ground" }],
    [{ key: "plain", phase: "Roof" }],
  ];
  return {
    plan: "",
    config: config("mode: interactive\nstops: { question_timeout: 1s }\n"),
    files: { ...FILES, "stops.yaml": planOf(waves) },
    recording: recordingOf("interactive"),
  };
}

/** Lets the task that waits go on. */
export function sayGo(repository: SampleRepository): void {
  fs.writeFileSync(path.join(repository.folder, "go"), "");
}

/** Waits until everything of the first phase but the late task is merged, asks a person or is over. */
export async function untilSettled(repository: SampleRepository, engine: Started): Promise<void> {
  // Before that its database may be empty.
  await untilSo(() => engine.words().includes("planning -> running"), "the run to begin");
  const keys = GROUND.filter((key) => key !== "late");
  await untilSo(() => {
    const tasks = repository.run()?.run.tasks;
    return keys.every((key) => SETTLED.has(tasks?.get(key)?.status ?? ""));
  }, "the first phase to settle");
}

const SETTLED: ReadonlySet<string> = new Set(["merged", "escalated", "skipped"]);

/** @throws Error when it is not so within a minute. */
export async function untilSo(isSo: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 60_000; !isSo(); await wait(100))
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
}

/** Everything that was asked, in the order of the log, as `task kind`. */
export function asked(repository: SampleRepository): readonly string[] {
  const events = repository.run()?.events ?? [];
  return events.flatMap((event) =>
    event.type === "QuestionAsked" ? [`${event.task} ${event.question.kind}`] : [],
  );
}
