// A milestone in which every stop condition is met once, by one task each, and what a run of it says about them.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Started } from "./e2e-program.ts";
import type { SampleRepository, Sample } from "./e2e-repository.ts";
import { recordingOf } from "./e2e-stops-recording.ts";

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
merge: { heavy: ask }
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

/** @throws Error when it is not so in time. */
export async function untilSo(isSo: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 100_000; !isSo(); await wait(100))
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
}

/** Everything that was asked, in the order of the log, as `task kind`. */
export function asked(repository: SampleRepository): readonly string[] {
  const events = repository.run()?.events ?? [];
  return events.flatMap((event) =>
    event.type === "QuestionAsked" ? [`${event.task} ${event.question.kind}`] : [],
  );
}
