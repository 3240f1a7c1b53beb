import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { commit, honest, type CaseCommit, type Files } from "../corpus/tdd/case.ts";
import { openCorpus } from "../corpus/tdd/run-case.ts";
import { median, type Figure } from "./figures.ts";

const STEPS = 5;
const OLD_TESTS = 40;
const ROUNDS = 3;

/** What the proof of a task with five steps costs, beside one run of the whole suite in the same repository. */
export async function benchProof(tell: (line: string) => void): Promise<readonly Figure[]> {
  const before = project();
  const commits = Array.from({ length: STEPS }, (_, step) => stepOf(step)).flat();
  const story = honest("five steps", { before, commits });
  const corpus = await openCorpus();
  try {
    const times: number[] = [];
    const suites: number[] = [];
    let runs = { files: 0, suite: 0 };
    let steps = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      suites.push(suiteOnce(before));
      const began = performance.now();
      const proof = await corpus.prove(story);
      times.push(performance.now() - began);
      runs = proof.runs;
      steps = proof.steps.filter(({ isProven }) => isProven).length;
      tell(`  round ${round}: ${steps} steps proven in ${Math.round(times.at(-1) ?? 0)} ms`);
    }
    const note = `${steps} of ${STEPS} steps proven, ${OLD_TESTS} other test files`;
    return [
      {
        what: "runs of a step's own test files, per step",
        value: runs.files / STEPS,
        unit: "",
        aim: 2,
        note,
      },
      // The gates have run it once before; the revert check is the other one.
      {
        what: "runs of the whole suite per task, gates included",
        value: runs.suite + 1,
        unit: "",
        aim: 2,
      },
      { what: "proof of the task", value: median(times), unit: "ms", aim: null },
      {
        what: "the same, in runs of the whole suite",
        value: median(times) / median(suites),
        unit: "x",
        aim: null,
      },
    ];
  } finally {
    await corpus.close();
  }
}

function project(): Files {
  const files: Record<string, string> = {
    "package.json": '{ "type": "module", "scripts": { "test": "node --test" } }\n',
  };
  for (let at = 0; at < OLD_TESTS; at += 1) {
    files[`src/old${at}.js`] = `export const value = ${at};\n`;
    files[`test/old${at}.test.js`] = testOf(`old${at}`, "value", String(at));
  }
  return files;
}

function stepOf(step: number): readonly CaseCommit[] {
  const name = `step${step}`;
  return [
    commit(`test: ${name}`, { [`test/${name}.test.js`]: testOf(name, "answer", String(step)) }),
    commit(`feat: ${name}`, { [`src/${name}.js`]: `export const answer = ${step};\n` }),
  ];
}

function testOf(file: string, name: string, expected: string): string {
  return [
    'import assert from "node:assert/strict";',
    'import { test } from "node:test";',
    `import { ${name} } from "../src/${file}.js";`,
    `test("${file} says its ${name}", () => { assert.equal(${name}, ${expected}); });`,
    "",
  ].join("\n");
}

/** Milliseconds of `node --test` over everything. */
function suiteOnce(files: Files): number {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-suite-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text ?? "");
    }
    const began = performance.now();
    execFileSync(process.execPath, ["--test"], { cwd: folder, stdio: "ignore" });
    return performance.now() - began;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
