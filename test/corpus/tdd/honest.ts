import {
  ADD,
  ADDS,
  ADDS_BELOW_ZERO,
  check,
  commit,
  exempt,
  honest,
  IMPORT_ADD,
  IN_JAVASCRIPT,
  IN_TYPESCRIPT,
  nodeTests,
  viteTests,
  type TddCase,
} from "./case.ts";
import { GO, PYTHON } from "./recorded.ts";

const MUL = "export function mul(a, b) {\n  return a * b;\n}\n";
const MUL_TEST = nodeTests(
  `import { mul } from "../src/mul.js";\n`,
  check("multiplies", "assert.equal(mul(2, 3), 6);"),
);
const redMul = commit("test(mul): multiplies (#7)", { "test/mul.test.js": MUL_TEST });
const greenMul = commit("feat(mul): multiplies (#7)", { "src/mul.js": MUL });
const SUB = "export function sub(a, b) {\n  return a - b;\n}\n";
const SUB_TEST = nodeTests(
  `import { sub } from "../src/sub.js";\n`,
  check("subtracts", "assert.equal(sub(3, 1), 2);"),
);
const redSub = commit("test(sub): subtracts (#7)", { "test/sub.test.js": SUB_TEST });
const greenSub = commit("feat(sub): subtracts (#7)", { "src/sub.js": SUB });
const withAdd = (...tests: readonly string[]): string =>
  nodeTests(IMPORT_ADD, ADDS, ADDS_BELOW_ZERO, ...tests);
const GUARDED =
  'export function add(a, b) {\n  if (typeof a !== "number") throw new TypeError("not a number");\n  return a + b;\n}\n';
const refuses = check("refuses words", 'assert.throws(() => add("a", 1), TypeError);');

const MAKEFILE = ".PHONY: test\ntest:\n\t@node --test\n";

export const HONEST: readonly TddCase[] = [
  honest("one step whose module is missing at first", {
    commits: [redMul, greenMul],
    revert: "red",
    proven: 1,
  }),
  honest("one step whose export is missing at first", {
    commits: [
      commit("test: doubles", {
        "test/add.test.js": nodeTests(
          `import { add, double } from "../src/add.js";\n`,
          ADDS,
          ADDS_BELOW_ZERO,
          check("doubles", "assert.equal(double(2), 4);"),
        ),
      }),
      commit("feat: doubles", {
        "src/add.js": `${ADD}export function double(a) {\n  return add(a, a);\n}\n`,
      }),
    ],
    revert: "red",
    proven: 1,
  }),
  honest("three steps", {
    commits: [
      redMul,
      greenMul,
      redSub,
      greenSub,
      commit("test(add): refuses words", { "test/add.test.js": withAdd(refuses) }),
      commit("fix(add): refuses words", { "src/add.js": GUARDED }),
    ],
    proven: 3,
  }),
  honest("a refactor after green", {
    commits: [
      redMul,
      greenMul,
      commit("refactor(mul): an arrow", { "src/mul.js": "export const mul = (a, b) => a * b;\n" }),
    ],
    proven: 1,
  }),
  honest("a refactor that makes the change easy, before it", {
    commits: [
      commit("refactor(add): an arrow", { "src/add.js": "export const add = (a, b) => a + b;\n" }),
      redMul,
      greenMul,
    ],
    proven: 1,
  }),
  honest("a bug that a test shows first", {
    commits: [
      commit("test(add): refuses words", { "test/add.test.js": withAdd(refuses) }),
      commit("fix(add): refuses words", { "src/add.js": GUARDED }),
    ],
    revert: "red",
    proven: 1,
  }),
  honest("a changed expectation that is red first", {
    commits: [
      commit("test(add): rounds to tens", {
        "test/add.test.js": nodeTests(
          IMPORT_ADD,
          check("adds", "assert.equal(add(11, 2), 10);"),
          check("adds below zero", "assert.equal(add(-1, -2), -0);"),
        ),
      }),
      commit("feat(add): rounds to tens", {
        "src/add.js": "export function add(a, b) {\n  return Math.round((a + b) / 10) * 10;\n}\n",
      }),
    ],
    proven: 1,
  }),
  honest("a test that is made stronger, red first", {
    commits: [
      commit("test(add): adds three", {
        "test/add.test.js": nodeTests(
          IMPORT_ADD,
          check("adds", "assert.equal(add(1, 2), 3);\n  assert.equal(add(1, 2, 3), 6);"),
          ADDS_BELOW_ZERO,
        ),
      }),
      commit("feat(add): adds three", {
        "src/add.js": "export function add(a, b, c = 0) {\n  return a + b + c;\n}\n",
      }),
    ],
    proven: 1,
  }),
  honest("a test that moves to another file, beside a step", {
    commits: [
      commit("test: the tests of negative numbers stand alone", {
        "test/add.test.js": nodeTests(IMPORT_ADD, ADDS),
        "test/negative.test.js": nodeTests(IMPORT_ADD, ADDS_BELOW_ZERO),
      }),
      redMul,
      greenMul,
    ],
    proven: 1,
  }),
  honest("a test that gets a better name, beside a step", {
    commits: [
      commit("test: a better name", {
        "test/add.test.js": nodeTests(
          IMPORT_ADD,
          check("adds two numbers", "assert.equal(add(1, 2), 3);"),
          ADDS_BELOW_ZERO,
        ),
      }),
      redMul,
      greenMul,
    ],
    proven: 1,
  }),
  honest("two red commits in a row, then their code", {
    commits: [
      redMul,
      commit("test(mul): by zero", {
        "test/mul.test.js": `${MUL_TEST}${check("multiplies by zero", "assert.equal(mul(2, 0), 0);")}\n`,
      }),
      greenMul,
    ],
    proven: 1,
  }),
  honest("a red commit that also adds what the tests need to run", {
    commits: [
      commit("test(mul): multiplies", {
        "test/mul.test.js": MUL_TEST,
        "package.json": `${JSON.stringify({ name: "sums", type: "module", scripts: { test: "node --test" }, devDependencies: {} })}\n`,
      }),
      greenMul,
    ],
    proven: 1,
  }),
  honest("a step in which only what a test does changes, not what it expects", {
    commits: [
      commit("test(add): words are numbers too", {
        "test/add.test.js": nodeTests(
          IMPORT_ADD,
          check("adds", 'const sum = add("1", 2);\n  assert.equal(sum, 3);'),
          ADDS_BELOW_ZERO,
        ),
      }),
      commit("feat(add): words are numbers too", {
        "src/add.js": "export function add(a, b) {\n  return Number(a) + Number(b);\n}\n",
      }),
    ],
    before: {
      ...IN_JAVASCRIPT,
      "test/add.test.js": nodeTests(
        IMPORT_ADD,
        check("adds", "const sum = add(1, 2);\n  assert.equal(sum, 3);"),
        ADDS_BELOW_ZERO,
      ),
    },
    proven: 1,
  }),
  honest("tests are tidied, then a step", {
    commits: [
      commit("test(add): tidy", {
        "test/add.test.js": nodeTests(
          IMPORT_ADD,
          check("adds", "// One and two.\n  const total = add(1, 2);\n  assert.equal(total, 3);"),
          ADDS_BELOW_ZERO,
        ),
      }),
      redMul,
      greenMul,
    ],
    before: {
      ...IN_JAVASCRIPT,
      "test/add.test.js": nodeTests(
        IMPORT_ADD,
        check("adds", "const sum = add(1, 2);\n  assert.equal(sum, 3);"),
        ADDS_BELOW_ZERO,
      ),
    },
    proven: 1,
  }),
  honest("source and its test move together in a refactor, after a step", {
    commits: [
      redMul,
      greenMul,
      commit("refactor(add): a folder of its own", {
        "src/add.js": null,
        "test/add.test.js": null,
        "src/sums/add.js": ADD,
        "test/sums/add.test.js": nodeTests(
          IMPORT_ADD.replace("../src", "../../src/sums"),
          ADDS,
          ADDS_BELOW_ZERO,
        ),
      }),
    ],
    proven: 1,
  }),
  honest("a test of speed, and the commit that makes it fast", {
    commits: [
      commit("test(add): adds once", {
        "test/add.test.js": withAdd(check("adds many", "assert.equal(add(1, 2, 3), 6);")),
      }),
      commit("perf(add): in one go", {
        "src/add.js":
          "export function add(...all) {\n  return all.reduce((a, b) => a + b, 0);\n}\n",
      }),
      redMul,
      greenMul,
    ],
    proven: 2,
  }),
  honest("a step with a fixture of its own", {
    commits: [
      commit("test(mul): multiplies the fixture", {
        "test/fixtures/pair.json": "[2, 3]\n",
        "test/mul.test.js": nodeTests(
          `import { mul } from "../src/mul.js";\nimport pair from "./fixtures/pair.json" with { type: "json" };\n`,
          check("multiplies the fixture", "assert.equal(mul(...pair), 6);"),
        ),
      }),
      greenMul,
    ],
    proven: 1,
  }),
  honest("the code comes with its documentation and its lock file", {
    commits: [
      redMul,
      commit("feat(mul): multiplies", {
        "src/mul.js": MUL,
        "README.md": "# Sums and products\n",
        "package-lock.json": '{ "lockfileVersion": 3, "packages": { "": {} } }\n',
      }),
    ],
    proven: 1,
  }),
  honest("the base is merged in between, and loses a test there", {
    commits: [
      redMul,
      greenMul,
      {
        subject: "Merge main",
        files: {},
        base: { "test/add.test.js": nodeTests(IMPORT_ADD, ADDS), "src/other.js": "export {};\n" },
      },
      redSub,
      greenSub,
    ],
    proven: 2,
  }),
  honest("a conflict that is mended in the merge of the base", {
    commits: [
      commit("test(add): refuses words", { "test/add.test.js": withAdd(refuses) }),
      commit("fix(add): refuses words", { "src/add.js": GUARDED }),
      {
        subject: "Merge main",
        files: { "src/add.js": `// Sums.\n${GUARDED}` },
        base: { "src/add.js": `// Sums.\n${ADD}` },
      },
    ],
    proven: 1,
  }),
  honest("Cairn's own commit of what the repairing commands changed", {
    commits: [
      redMul,
      greenMul,
      {
        subject: "style: run the repairing commands (#7)",
        body: "Committed-by: Cairn, from gates.autofix",
        by: "cairn",
        files: { "src/mul.js": MUL.replace("  return", "\treturn") },
      },
    ],
    proven: 1,
  }),
  honest("subtests", {
    commits: [
      commit("test(mul): multiplies", {
        "test/mul.test.js": nodeTests(
          `import { mul } from "../src/mul.js";\n`,
          `test("products", async (t) => {\n  await t.test("of ones", () => { assert.equal(mul(1, 1), 1); });\n  await t.test("of twos", () => { assert.equal(mul(2, 2), 4); });\n});`,
        ),
      }),
      greenMul,
    ],
    proven: 1,
  }),
  honest("names that are made in a loop", {
    commits: [
      commit("test(mul): a table", {
        "test/mul.test.js": nodeTests(
          `import { mul } from "../src/mul.js";\n`,
          // oxlint-disable-next-line no-template-curly-in-string -- text of a test file
          "for (const [a, b, c] of [[1, 2, 2], [2, 2, 4]]) {\n  test(`${a} times ${b}`, () => { assert.equal(mul(a, b), c); });\n}",
        ),
      }),
      greenMul,
    ],
    proven: 1,
  }),
  honest("a test for a setting, and the setting", {
    commits: [
      commit("test: the package has a licence", {
        "test/package.test.js": nodeTests(
          `import manifest from "../package.json" with { type: "json" };\n`,
          check("has a licence", 'assert.equal(manifest.license, "MIT");'),
        ),
      }),
      commit("chore: the licence", {
        "package.json": `${JSON.stringify({ name: "sums", type: "module", license: "MIT", scripts: { test: "node --test" } })}\n`,
      }),
    ],
    revert: "not-run",
    proven: 1,
  }),
  honest("a file name with a leading dash, and one with a quote", {
    commits: [
      commit("test(mul): multiplies", {
        "-mul.test.js": MUL_TEST.replace("../src", "./src"),
        "test/it's $(one) [id].test.js": nodeTests(
          `import { mul } from "../src/mul.js";\n`,
          check("multiplies once more", "assert.equal(mul(2, 2), 4);"),
        ),
      }),
      greenMul,
    ],
    proven: 1,
  }),
  honest("vitest: one step", {
    runner: "vitest",
    commits: [
      commit("test(mul): multiplies", {
        "src/mul.test.ts": viteTests(
          `import { mul } from "./mul.ts";\n`,
          `describe("mul", () => {\n  it("multiplies", () => { expect(mul(2, 3)).toBe(6); });\n});`,
        ),
      }),
      commit("feat(mul): multiplies", {
        "src/mul.ts": "export const mul = (a: number, b: number): number => a * b;\n",
      }),
    ],
    revert: "red",
    proven: 1,
  }),
  honest("vitest: a table gets one more row", {
    runner: "vitest",
    before: {
      ...IN_TYPESCRIPT,
      "src/add.test.ts": viteTests(
        `import { add } from "./add.ts";\n`,
        `test.each([\n  [1, 2, 3],\n  [2, 2, 4],\n])("%i and %i are %i", (a, b, sum) => {\n  expect(add(a, b)).toBe(sum);\n});`,
      ),
    },
    commits: [
      commit("test(add): nothing is more than a hundred", {
        "src/add.test.ts": viteTests(
          `import { add } from "./add.ts";\n`,
          `test.each([\n  [1, 2, 3],\n  [2, 2, 4],\n  [99, 2, 100],\n])("%i and %i are %i", (a, b, sum) => {\n  expect(add(a, b)).toBe(sum);\n});`,
        ),
      }),
      commit("feat(add): nothing is more than a hundred", {
        "src/add.ts":
          "export function add(a: number, b: number): number {\n  return Math.min(a + b, 100);\n}\n",
      }),
    ],
    proven: 1,
  }),
  honest("a gate that nobody can take apart", {
    runner: "make",
    before: { ...IN_JAVASCRIPT, Makefile: MAKEFILE },
    commits: [redMul, greenMul],
    revert: "red",
    proven: 1,
  }),
  honest("a gate that nobody can take apart, two steps", {
    runner: "make",
    before: { ...IN_JAVASCRIPT, Makefile: MAKEFILE },
    commits: [redMul, greenMul, redSub, greenSub],
    proven: 1,
  }),
  honest("pytest, by recorded reports", {
    runner: "recorded-pytest",
    before: PYTHON.before,
    commits: [PYTHON.red, PYTHON.green],
    revert: "red",
    proven: 1,
  }),
  honest("go, by recorded reports", {
    runner: "recorded-go",
    before: GO.before,
    commits: [GO.red, GO.green],
    revert: "red",
    proven: 1,
  }),
  honest("pytest, where there is one", {
    runner: "pytest",
    before: PYTHON.before,
    commits: [PYTHON.red, PYTHON.green],
    revert: "red",
    proven: 1,
  }),
  honest("a new case in a suite that is there, with a hook of its own", {
    before: {
      ...IN_JAVASCRIPT,
      "test/add.test.js": `import assert from "node:assert/strict";\nimport { describe, it } from "node:test";\n${IMPORT_ADD}\ndescribe("add", () => {\n  it("adds", () => { assert.equal(add(1, 2), 3); });\n});\n`,
    },
    commits: [
      commit("test(add): counts", {
        "test/add.test.js": `import assert from "node:assert/strict";\nimport { beforeEach, describe, it } from "node:test";\nimport { add, next } from "../src/add.js";\n\ndescribe("add", () => {\n  let start;\n  beforeEach(() => { start = 1; });\n  it("adds", () => { assert.equal(add(1, 2), 3); });\n  it("counts on", async () => { await assert.doesNotReject(async () => assert.equal(next(start), 2)); });\n});\n`,
      }),
      commit("feat(add): counts", {
        "src/add.js": `${ADD}export const next = (a) => add(a, 1);\n`,
      }),
    ],
    proven: 1,
  }),
  honest("a module that is imported inside of the test", {
    commits: [
      commit("test(mul): multiplies", {
        "test/mul.test.js": nodeTests(
          "",
          `test("multiplies", async () => {\n  const { mul } = await import("../src/mul.js");\n  assert.equal(mul(2, 3), 6);\n});`,
        ),
      }),
      greenMul,
    ],
    proven: 1,
  }),
  honest("unit and integration tests of one module in one red commit, with a helper that asserts", {
    commits: [
      commit("test(mul): multiplies", {
        "test/helpers/product.js": `import assert from "node:assert/strict";\nexport const isProduct = (is, of) => assert.equal(is, of);\n`,
        "test/unit/mul.test.js": nodeTests(
          `import { mul } from "../../src/mul.js";\nimport { isProduct } from "../helpers/product.js";\n`,
          check("multiplies", "isProduct(mul(2, 3), 6);"),
        ),
        "test/integration/mul.test.js": nodeTests(
          `import { mul } from "../../src/mul.js";\n`,
          check("multiplies what was multiplied", "assert.equal(mul(mul(2, 3), 2), 12);"),
        ),
      }),
      greenMul,
    ],
    proven: 1,
  }),
  honest("vitest: an export that is missing at first, a new table, and settings that come along", {
    runner: "vitest",
    commits: [
      commit("test(add): subtracts", {
        "vitest.config.js": "export default { test: { globals: true } };\n",
        "src/add.test.ts": viteTests(
          `import { add, sub } from "./add.ts";\n`,
          check("adds", "expect(add(1, 2)).toBe(3);"),
          check("adds below zero", "expect(add(-1, -2)).toBe(-3);"),
          `describe("sub", () => {\n  it.each([[1, 1, 0], [3, 1, 2], [5, 1, 4], [6, 1, 5], [7, 1, 6], [8, 1, 7], [9, 1, 8], [9, 2, 7], [9, 3, 6]])("%i less %i", (a, b, rest) => {\n    expect(sub(a, b)).toBe(rest);\n  });\n});`,
        ),
      }),
      commit("feat(add): subtracts", {
        "src/add.ts":
          "export function add(a: number, b: number): number {\n  return a + b;\n}\n\nexport function sub(a: number, b: number): number {\n  return add(a, -b);\n}\n",
      }),
    ],
    proven: 1,
  }),
  honest("pytest, where there is one: a class, parameters, a conftest", {
    runner: "pytest",
    before: PYTHON.before,
    commits: [
      commit("test(add): many", {
        "tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef one():\n    return 1\n",
        "tests/test_add.py":
          "import pytest\nfrom calc import add as sums\nfrom calc.add import add\n\n\ndef test_adds():\n    assert add(1, 2) == 3\n\n\nclass TestTotal:\n    @pytest.mark.parametrize('b', [1, 2])\n    def test_total(self, one, b):\n        assert sums.total([one, b]) == 1 + b\n",
      }),
      commit("feat(add): many", {
        "calc/add.py":
          "def add(a, b):\n    return a + b\n\n\ndef total(all):\n    return sum(all)\n",
      }),
    ],
    proven: 1,
  }),
  honest("a test in a language that is not read here, by exit codes", {
    runner: "make",
    before: {
      "src/add.sh": "echo $(($1 + $2))\n",
      Makefile: ".PHONY: test\ntest:\n\t@for f in tests/*.bats; do sh $$f || exit 1; done\n",
      "tests/add.bats": '[ "$(sh src/add.sh 1 2)" = 3 ]\n',
    },
    commits: [
      commit("test(mul): multiplies", { "tests/mul.bats": '[ "$(sh src/mul.sh 2 3)" = 6 ]\n' }),
      commit("feat(mul): multiplies", { "src/mul.sh": "echo $(($1 * $2))\n" }),
    ],
    revert: "red",
    proven: 1,
  }),
  exempt("documents only", {
    commits: [commit("docs: how to add", { "docs/add.md": "# Adding\n", "README.md": "# Sum\n" })],
  }),
  exempt("scaffolding only", {
    commits: [
      commit("chore: editor", {
        ".editorconfig": "root = true\n",
        "tsconfig.json": "{}\n",
        ".github/workflows/ci.yml": "on: push\n",
      }),
    ],
  }),
  exempt("a dependency only", {
    commits: [
      commit("build: a dependency", {
        "package.json": `${JSON.stringify({ name: "sums", type: "module", scripts: { test: "node --test" }, dependencies: { left: "1.0.0" } })}\n`,
        "package-lock.json": '{ "lockfileVersion": 3 }\n',
      }),
    ],
  }),
  exempt("types only", {
    commits: [
      commit("types: of add", {
        "src/add.d.ts": "export function add(a: number, b: number): number;\n",
      }),
    ],
  }),
  exempt("a pure refactor", {
    commits: [
      commit("refactor(add): an arrow", { "src/add.js": "export const add = (a, b) => a + b;\n" }),
      commit("style(add): a comment", {
        "src/add.js": "// Sums.\nexport const add = (a, b) => a + b;\n",
      }),
    ],
  }),
  exempt("a script in the manifest, and every test is still run", {
    commits: [
      commit("chore: a script for the watching", {
        "package.json": `${JSON.stringify({ name: "sums", type: "module", scripts: { test: "node --test", watch: "node --test --watch" } })}\n`,
      }),
    ],
  }),
  exempt("more tests of what is there", {
    commits: [
      commit("test(add): zero", {
        "test/add.test.js": withAdd(check("adds zero", "assert.equal(add(1, 0), 1);")),
      }),
    ],
  }),
  exempt("research", {
    issueType: "RESEARCH",
    commits: [commit("docs: what others do", { "notes/others.txt": "They add.\n" })],
  }),
  exempt("a validation that adds an end-to-end test", {
    issueType: "VALIDATION",
    commits: [commit("test: end to end", { "test/e2e.test.js": withAdd() })],
  }),
];
