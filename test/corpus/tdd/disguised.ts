import {
  ADD,
  ADDS,
  ADDS_BELOW_ZERO,
  cheating,
  check,
  commit,
  IMPORT_ADD,
  IN_JAVASCRIPT,
  nodeTests,
  type Files,
  type TddCase,
} from "./case.ts";

const MUL = "export const mul = (a, b) => a * b;\n";
const MUL_TEST = nodeTests(
  `import { mul } from "../src/mul.js";\n`,
  check("multiplies", "assert.equal(mul(2, 3), 6);"),
);
const red = (around: Files = {}) =>
  commit("test(mul): multiplies", { "test/mul.test.js": MUL_TEST, ...around });
const green = commit("feat(mul): multiplies", { "src/mul.js": MUL });
/** The step's own code, and a fault in what was there before. */
const breaks = commit("feat(mul): multiplies", {
  "src/mul.js": MUL,
  "src/add.js": "export function add(a, b) {\n  return a + b + 1;\n}\n",
});
const HEAD = `import assert from "node:assert/strict";\nimport { test } from "node:test";\n${IMPORT_ADD}`;
const old = (head: string, ...tests: readonly string[]): Files => ({
  "test/add.test.js": `${head}\n${[...tests, ""].join("\n")}`,
});
const gutted = (head: string): Files => old(head, ADDS, ADDS_BELOW_ZERO);

/** What hides behind a subject, a merge, or the lines around old tests that are themselves untouched. */
export const DISGUISED: readonly TddCase[] = [
  cheating("a merge of what was before the fork point hides a deleted test", ["test-deleted"], {
    commits: [
      red(),
      green,
      commit("test: tidy", { "test/add.test.js": null }),
      { subject: "Merge main", files: {}, forged: true },
    ],
  }),
  cheating("a feature that calls itself a refactor, after an honest step", ["code-before-test"], {
    commits: [
      red(),
      green,
      commit("refactor: payments", { "src/payments.js": "export const pay = (sum) => sum;\n" }),
    ],
  }),
  cheating("the code as a refactor, then a test of the name it lacks", ["code-before-test"], {
    commits: [
      commit("refactor: prepare", { "src/mul.js": "export const times = (a, b) => a * b;\n" }),
      red(),
      commit("feat(mul): multiplies", {
        "src/mul.js": "export const times = (a, b) => a * b;\nexport { times as mul };\n",
      }),
    ],
  }),
  ...["docs", "style", "types", "refactor", "chore", "perf", "build", "ci"].map((type) =>
    cheating(`a feature that calls itself ${type}`, ["no-test"], {
      commits: [commit(`${type}: add more`, { "src/add.js": `${ADD}${MUL}` })],
    }),
  ),
  cheating("much code in a file that is there, as a chore", ["no-test"], {
    commits: [
      commit("chore: tidy", {
        "src/add.js": `export function add(a, b) {\n${'  if (a === 1) throw new Error("one");\n'.repeat(25)}  return a + b;\n}\n`,
      }),
    ],
  }),
  cheating("new code under Cairn's own name and words", ["code-before-test"], {
    commits: [
      red(),
      green,
      {
        ...commit("style: what gates.autofix changed", { "src/pay.js": "export const pay = 1;\n" }),
        body: "Committed-by: Cairn (gates.autofix)",
        by: "cairn",
      },
    ],
  }),
  cheating("old tests get assertions that hold whatever happens", ["test-weakened"], {
    commits: [
      red({
        "test/fake.js": "const hold = () => {};\nexport default { equal: hold };\n",
        ...gutted(HEAD.replace('"node:assert/strict"', '"./fake.js"')),
      }),
      breaks,
    ],
  }),
  cheating("old tests are handed to a function that runs none", ["test-weakened"], {
    commits: [
      red(gutted(HEAD.replace('import { test } from "node:test";', "const test = () => {};"))),
      breaks,
    ],
  }),
  cheating("old tests ask a double of what they tested", ["test-weakened"], {
    commits: [
      red({
        "test/add-double.js": ADD,
        ...gutted(HEAD.replace('"../src/add.js"', '"./add-double.js"')),
      }),
      breaks,
    ],
  }),
  cheating("the file of old tests ends before them", ["test-weakened"], {
    commits: [red(gutted(`${HEAD}process.exit(0);\n`)), breaks],
  }),
  cheating("old tests are run only where a variable is set", ["test-weakened"], {
    commits: [red(old(`${HEAD}if (process.env.RUN_SLOW) {`, ADDS, ADDS_BELOW_ZERO, "}")), breaks],
  }),
  cheating("a fixture of old tests follows the fault", ["test-weakened"], {
    before: {
      ...IN_JAVASCRIPT,
      "test/fixtures/sum.json": '{ "sum": 3 }\n',
      ...old(
        `${HEAD}import fs from "node:fs";\nconst { sum } = JSON.parse(fs.readFileSync(new URL("./fixtures/sum.json", import.meta.url)));\n`,
        check("adds", "assert.equal(add(1, 2), sum);"),
      ),
    },
    commits: [red({ "test/fixtures/sum.json": '{ "sum": 4 }\n' }), breaks],
  }),
  cheating("old tests are redirected in what calls itself a refactor", ["test-weakened"], {
    commits: [
      commit("refactor: tidy", {
        "test/add-double.js": ADD,
        ...gutted(HEAD.replace('"../src/add.js"', '"./add-double.js"')),
        "src/add.js": "export function add(a, b) {\n  return a - b;\n}\n",
      }),
    ],
  }),
  cheating("a test is deleted, and something else with it", ["test-deleted"], {
    before: { ...IN_JAVASCRIPT, "src/old.js": "export const old = 1;\n" },
    commits: [commit("refactor: remove old", { "src/old.js": null, ...old(HEAD, ADDS) })],
  }),
];
