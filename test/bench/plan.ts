import fs from "node:fs";
import path from "node:path";
import { fromMarkdown } from "mdast-util-from-markdown";
import { median, type Figure } from "./figures.ts";
import { CAIRN, makeSample, removeSample, type Sample } from "./sample.ts";
import { runWell, type Whole } from "./whole-process.ts";

const ISSUES = 10_000;
const EDGES = 30_000;
/** What planning costs for one issue is compared between these two. */
const FEW_ISSUES = 1_000;
const ROUNDS = 5;

/**
 * `cairn plan big.json --json`, whole processes: 10,000 issues with 30,000 dependencies, beside the time of JSON.parse and
 * of a syntax tree for each body; a plan of three issues is what starting costs.
 */
export async function benchPlan(): Promise<readonly Figure[]> {
  const sample = makeSample(3);
  try {
    const large = writeIssues(sample, "large.json", ISSUES);
    writeIssues(sample, "few.json", FEW_ISSUES);
    writeIssues(sample, "three.json", 3);
    const wall = await wallTimes(sample, ["large.json", "few.json", "three.json"]);
    const baseline = median(Array.from({ length: 3 }, () => parseAll(large)));
    const { peakMb } = await planOf(sample, "large.json", true);
    const [largeMs = 0, fewMs = 0, threeMs = 0] = wall;
    const perIssue = (ms: number, issues: number): number => (ms - threeMs) / issues;
    const each = perIssue(largeMs, ISSUES) / perIssue(fewMs, FEW_ISSUES);
    const size = `${ISSUES} issues, ${EDGES} edges`;
    return [
      {
        what: `cairn plan --json, ${size}`,
        value: largeMs,
        unit: "ms",
        aim: 1_000,
        note: `median of ${ROUNDS} whole processes`,
      },
      { what: "JSON.parse + fromMarkdown, same texts", value: baseline, unit: "ms", aim: null },
      {
        what: "cairn plan / JSON.parse + fromMarkdown",
        value: largeMs / baseline,
        unit: "x",
        aim: 8,
      },
      { what: "cairn plan --json, 3 issues", value: threeMs, unit: "ms", aim: null },
      { what: "one issue of 10,000 / one of 1,000", value: each, unit: "x", aim: 1.2 },
      { what: "peak memory of cairn plan", value: peakMb, unit: "MB", aim: 300 },
    ];
  } finally {
    removeSample(sample);
  }
}

/** Medians of each file's plan, the files in turn, after one round that warms caches. */
async function wallTimes(sample: Sample, files: readonly string[]): Promise<readonly number[]> {
  const times = files.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, file] of files.entries()) {
      const { wallMs } = await planOf(sample, file, false);
      if (round > 0) times[index]?.push(wallMs);
    }
  }
  return times.map(median);
}

function planOf(sample: Sample, file: string, watchMemory: boolean): Promise<Whole> {
  const args = ["plan", file, "--json"];
  return runWell({ file: CAIRN, args, cwd: sample.root, env: sample.env, watchMemory });
}

/** Milliseconds of what no reader of such a file can do without. */
function parseAll(file: string): number {
  const text = fs.readFileSync(file, "utf8");
  const startedAt = performance.now();
  const issues: unknown = JSON.parse(text);
  for (const issue of Array.isArray(issues) ? issues : []) fromMarkdown(bodyOf(issue));
  return performance.now() - startedAt;
}

function bodyOf(issue: unknown): string {
  const isObject = typeof issue === "object" && issue !== null;
  return isObject && "body" in issue && typeof issue.body === "string" ? issue.body : "";
}

/** Answers the file, as `gh issue list --json …` would write it. */
function writeIssues(sample: Sample, name: string, count: number): string {
  const file = path.join(sample.root, name);
  const issues = Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    title: `Part ${index + 1} says what it has done`,
    body: bodyText(index + 1),
    state: "OPEN",
    labels: [{ name: ["size:S", "size:M", "P1"][index % 3] }],
  }));
  fs.writeFileSync(file, JSON.stringify(issues));
  return file;
}

/** Three blockers, somewhere near, so that waves are many and wide; the first ones have fewer. */
const BACK = [1, 7, 50] as const;
/** So that chains end: every hundredth issue waits for nothing. */
const CHAIN = 100;

function bodyText(number: number): string {
  const blockers = BACK.map((back) => number - back)
    .filter((other) => other > 0 && number % CHAIN !== 0)
    .map((other) => `#${other}`);
  const area = `src/area-${number % 499}/part-${number}`;
  return [
    `Part ${number} of the worker says nothing about what it has done. It should, in one line for a person and in one`,
    "object for a program, and what it said before should stay where nothing is new.",
    "",
    `Depends on: ${blockers.join(", ") || "none"}`,
    "",
    `**Files:** \`${area}.ts\`, \`${area}.test.ts\``,
    "",
    "## Tasks",
    "",
    "- [ ] Read what was done",
    "- [ ] Say it in one line",
    "- [ ] Write it as an object, with the `part` it came from",
    "",
    "## Acceptance criteria",
    "",
    `- [ ] The line of part ${number} has its number`,
    "- [ ] Nothing new is said where nothing was done",
    "- [ ] `--json` holds the same",
    "",
    "See also the [handbook](https://example.org/handbook).",
    "",
  ].join("\n");
}
