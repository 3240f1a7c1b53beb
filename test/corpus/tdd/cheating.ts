import {
  ADD,
  ADDS,
  ADDS_BELOW_ZERO,
  cheating,
  check,
  commit,
  IMPORT_ADD,
  IN_JAVASCRIPT,
  IN_TYPESCRIPT,
  nodeTests,
  viteTests,
  type Files,
  type TddCase,
} from "./case.ts";
import { PYTHON } from "./recorded.ts";

const MUL = "export function mul(a, b) {\n  return a * b;\n}\n";
const IMPORT_MUL = `import { mul } from "../src/mul.js";\n`;
const MULTIPLIES = check("multiplies", "assert.equal(mul(2, 3), 6);");
const MUL_TEST = nodeTests(IMPORT_MUL, MULTIPLIES);
const redMul = commit("test(mul): multiplies (#7)", { "test/mul.test.js": MUL_TEST });
const greenMul = commit("feat(mul): multiplies (#7)", { "src/mul.js": MUL });
const step = [redMul, greenMul] as const;
const oldTests = (...tests: readonly string[]): Files => ({
  "test/add.test.js": nodeTests(IMPORT_ADD, ...tests),
});
const viteOld = (...tests: readonly string[]): Files => ({
  "src/add.test.ts": viteTests(`import { add } from "./add.ts";\n`, ...tests),
});
const viteStep = [
  commit("test(mul): multiplies", {
    "src/mul.test.ts": viteTests(
      `import { mul } from "./mul.ts";\n`,
      check("multiplies", "expect(mul(2, 3)).toBe(6);"),
    ),
  }),
  commit("feat(mul): multiplies", {
    "src/mul.ts": "export const mul = (a: number, b: number): number => a * b;\n",
  }),
] as const;
const manifest = (test: string): Files => ({
  "package.json": `${JSON.stringify({ name: "sums", type: "module", scripts: { test } }, null, 2)}\n`,
});
const sub = "export function sub(a, b) {\n  return a - b;\n}\n";

export const CHEATING: readonly TddCase[] = [
  cheating("the code first, then its test", ["code-before-test"], {
    commits: [greenMul, redMul],
  }),
  cheating("test and code in one commit", ["code-before-test"], {
    commits: [commit("feat(mul): multiplies", { "test/mul.test.js": MUL_TEST, "src/mul.js": MUL })],
  }),
  cheating("a test that passes at once", ["passes-at-once"], {
    commits: [
      commit(
        "test(add): adds zero",
        oldTests(ADDS, ADDS_BELOW_ZERO, check("adds zero", "assert.equal(add(1, 0), 1);")),
      ),
      greenMul,
    ],
  }),
  cheating("an empty test", ["passes-at-once"], {
    commits: [
      commit("test(mul): multiplies", {
        "test/mul.test.js": nodeTests("", check("multiplies", "assert.ok(true);")),
      }),
      greenMul,
    ],
  }),
  cheating("an old test is deleted", ["test-deleted"], {
    commits: [...step, commit("test: tidy", oldTests(ADDS))],
  }),
  cheating("a whole file of old tests is deleted", ["test-deleted"], {
    commits: [...step, commit("test: tidy", { "test/add.test.js": null })],
  }),
  cheating("an old test is deleted among documents", ["test-deleted"], {
    commits: [commit("docs: words", { "README.md": "# Sum\n", ...oldTests(ADDS) })],
  }),
  cheating("an old test is deleted in what calls itself a refactor", ["test-deleted"], {
    commits: [
      commit("refactor(add): an arrow", {
        "src/add.js": "export const add = (a, b) => a + b;\n",
        ...oldTests(ADDS),
      }),
    ],
  }),
  cheating("an old test gets .skip", ["test-skipped"], {
    commits: [
      ...step,
      commit("test: tidy", oldTests(ADDS, ADDS_BELOW_ZERO.replace("test(", "test.skip("))),
    ],
  }),
  cheating("an old test gets the option to be skipped", ["test-skipped"], {
    commits: [
      ...step,
      commit(
        "test: tidy",
        oldTests(ADDS, ADDS_BELOW_ZERO.replace(", () =>", ", { skip: true }, () =>")),
      ),
    ],
  }),
  cheating("an old test skips itself", ["test-skipped"], {
    commits: [
      ...step,
      commit(
        "test: tidy",
        oldTests(
          ADDS,
          ADDS_BELOW_ZERO.replace("() => {", '(t) => {\n  t.skip("later");\n  return;'),
        ),
      ),
    ],
  }),
  cheating("an old test becomes a plan for later", ["test-skipped"], {
    commits: [
      ...step,
      commit("test: tidy", oldTests(ADDS, ADDS_BELOW_ZERO.replace("test(", "test.todo("))),
    ],
  }),
  cheating("vitest: an old test becomes xit", ["test-skipped"], {
    runner: "vitest",
    commits: [
      ...viteStep,
      commit(
        "test: tidy",
        viteOld(
          check("adds", "expect(add(1, 2)).toBe(3);"),
          check("adds below zero", "expect(add(-1, -2)).toBe(-3);").replace("test(", "xit("),
        ),
      ),
    ],
  }),
  cheating("pytest: an old test is marked to be skipped", ["test-skipped"], {
    runner: "recorded-pytest",
    before: PYTHON.before,
    commits: [
      PYTHON.red,
      PYTHON.green,
      commit("test: tidy", {
        "tests/test_add.py":
          "import pytest\nfrom calc.add import add\n\n\n@pytest.mark.skip(reason='later')\ndef test_adds():\n    assert add(1, 2) == 3\n",
      }),
    ],
  }),
  cheating("an only keeps the others from running", ["test-skipped"], {
    runner: "vitest",
    commits: [
      commit(
        "test(add): adds zero",
        viteOld(
          check("adds", "expect(add(1, 2)).toBe(3);"),
          check("adds below zero", "expect(add(-1, -2)).toBe(-3);"),
          check("doubles", "expect(add(2)).toBe(4);").replace("test(", "test.only("),
        ),
      ),
      commit("feat(add): doubles", {
        "src/add.ts":
          "export function add(a: number, b: number = a): number {\n  return a + b;\n}\n",
      }),
    ],
  }),
  cheating("an assertion is taken out of an old test", ["test-weakened"], {
    before: {
      ...IN_JAVASCRIPT,
      ...oldTests(
        check("adds", "assert.equal(add(1, 2), 3);\n  assert.equal(add(2, 2), 4);"),
        ADDS_BELOW_ZERO,
      ),
    },
    commits: [...step, commit("test: tidy", oldTests(ADDS, ADDS_BELOW_ZERO))],
  }),
  cheating("an old test is emptied", ["test-weakened"], {
    commits: [...step, commit("test: tidy", oldTests(ADDS, check("adds below zero", "")))],
  }),
  cheating("vitest: toBe becomes toBeTruthy", ["test-weakened"], {
    runner: "vitest",
    commits: [
      ...viteStep,
      commit(
        "test: tidy",
        viteOld(
          check("adds", "expect(add(1, 2)).toBeTruthy();"),
          check("adds below zero", "expect(add(-1, -2)).toBe(-3);"),
        ),
      ),
    ],
  }),
  cheating("an old expectation is swallowed", ["test-weakened"], {
    commits: [
      ...step,
      commit(
        "test: tidy",
        oldTests(
          ADDS,
          check("adds below zero", "try {\n    assert.equal(add(-1, -2), -3);\n  } catch {}"),
        ),
      ),
    ],
  }),
  cheating(
    "an old expectation follows what the new code does",
    ["passes-at-once", "test-weakened"],
    {
      commits: [
        redMul,
        commit("feat(mul): multiplies", {
          "src/mul.js": MUL,
          "src/add.js": "export function add(a, b) {\n  return Math.abs(a + b);\n}\n",
        }),
        commit(
          "test: as it is now",
          oldTests(ADDS, check("adds below zero", "assert.equal(add(-1, -2), 3);")),
        ),
      ],
    },
  ),
  cheating("the new test is weakened once it was red", ["test-weakened"], {
    commits: [
      ...step,
      commit("test: tidy", {
        "test/mul.test.js": nodeTests(IMPORT_MUL, check("multiplies", "assert.ok(mul(2, 3));")),
      }),
    ],
  }),
  cheating("a red commit whose test cannot be parsed", ["does-not-run"], {
    commits: [
      commit("test(mul): multiplies", {
        "test/mul.test.js": `${MUL_TEST}\ntest("more", () => {\n`,
      }),
      greenMul,
    ],
  }),
  cheating("a red commit whose test asks for what nobody ever writes", ["does-not-run"], {
    commits: [
      commit("test(mul): multiplies", {
        "test/mul.test.js": MUL_TEST.replace("../src/mul.js", "../src/never.js"),
      }),
      greenMul,
    ],
  }),
  cheating("vitest: a red commit whose test asks for what nobody ever writes", ["does-not-run"], {
    runner: "vitest",
    commits: [
      commit("test(mul): multiplies", {
        "src/mul.test.ts": viteTests(
          `import { mul } from "./never.ts";\n`,
          check("multiplies", "expect(mul(2, 3)).toBe(6);"),
        ),
      }),
      viteStep[1],
    ],
  }),
  cheating("a red commit whose test is skipped", ["does-not-run"], {
    commits: [
      commit("test(mul): multiplies", {
        "test/mul.test.js": nodeTests("", MULTIPLIES.replace("test(", "test.skip(")),
      }),
      greenMul,
    ],
  }),
  cheating("a red commit that is red for another file", ["passes-at-once"], {
    commits: [
      commit("test: two files", {
        "test/other.test.js": nodeTests("", "throw new Error('not ready');"),
        ...oldTests(ADDS, ADDS_BELOW_ZERO, check("adds zero", "assert.equal(add(1, 0), 1);")),
      }),
      commit("feat(mul): multiplies", { "src/mul.js": MUL }),
    ],
  }),
  cheating("code that never makes its test pass", ["red-at-green"], {
    commits: [
      redMul,
      commit("feat(mul): multiplies", { "src/mul.js": MUL.replace("a * b", "a + b") }),
    ],
  }),
  cheating("a test that no code follows", ["red-at-green"], {
    commits: [
      ...step,
      commit("test(sub): subtracts", {
        "test/sub.test.js": nodeTests(
          `import { mul } from "../src/mul.js";\n`,
          check("subtracts", "assert.equal(mul.sub(3, 1), 2);"),
        ),
      }),
    ],
  }),
  cheating("tests for a setting stand in for tests of the code", ["revert-stays-green"], {
    commits: [
      commit("test: has a version", {
        "test/package.test.js": nodeTests(
          `import manifest from "../package.json" with { type: "json" };\n`,
          check("has a version", 'assert.equal(manifest.version, "2.0.0");'),
        ),
      }),
      commit("feat(mul): multiplies", {
        "src/mul.js": MUL,
        "package.json": `${JSON.stringify({ name: "sums", version: "2.0.0", type: "module", scripts: { test: "node --test" } })}\n`,
      }),
    ],
  }),
  cheating("the new test asks a double of its own afterwards", ["revert-stays-green"], {
    commits: [
      ...step,
      commit("test: faster", {
        "test/mul.test.js": nodeTests("const mul = () => 6;\n", MULTIPLIES),
      }),
    ],
  }),
  cheating("vitest: the new test mocks its subject afterwards", ["revert-stays-green"], {
    runner: "vitest",
    commits: [
      commit(
        "test(add): doubles",
        viteOld(
          check("adds", "expect(add(1, 2)).toBe(3);"),
          check("adds below zero", "expect(add(-1, -2)).toBe(-3);"),
          check("doubles", "expect(add(2)).toBe(4);"),
        ),
      ),
      commit("feat(add): doubles", {
        "src/add.ts":
          "export function add(a: number, b: number = a): number {\n  return a + b;\n}\n",
      }),
      commit("test: faster", {
        "src/add.test.ts": viteTests(
          `import { add } from "./add.ts";\nvi.mock("./add.ts", () => ({ add: (a: number, b = a) => a + b }));\n`,
          check("adds", "expect(add(1, 2)).toBe(3);"),
          check("adds below zero", "expect(add(-1, -2)).toBe(-3);"),
          check("doubles", "expect(add(2)).toBe(4);"),
        ),
      }),
    ],
  }),
  cheating("vitest: the new test mocks its subject from the start", ["revert-stays-green"], {
    runner: "vitest",
    commits: [
      commit("test(mul): multiplies", {
        "src/mul.test.ts": viteTests(
          `import { mul } from "./mul.ts";\nvi.mock("./mul.ts", () => ({ mul: () => 6 }));\n`,
          check("multiplies", "expect(mul(2, 3)).toBe(6);"),
        ),
      }),
      commit("feat(mul): multiplies", {
        "src/mul.ts": "export const mul = (): number => 0;\n",
      }),
    ],
  }),
  cheating("old tests are kept from running by what sets them up", ["test-skipped"], {
    runner: "vitest",
    before: {
      ...IN_TYPESCRIPT,
      "vitest.config.js": 'export default { test: { setupFiles: ["./test/setup.ts"] } };\n',
      "test/setup.ts": "export {};\n",
    },
    commits: [
      ...viteStep,
      commit("test: setup", {
        "test/setup.ts":
          'import { beforeEach } from "vitest";\nbeforeEach((one) => { if (one.task.name.startsWith("adds")) one.skip(); });\n',
      }),
    ],
  }),
  cheating("the manifest is broken while the test is to be red", ["passes-at-once"], {
    runner: "make",
    before: { ...IN_JAVASCRIPT, Makefile: ".PHONY: test\ntest:\n\t@npm test\n" },
    commits: [
      commit("test(add): adds zero", {
        ...manifest("node --test"),
        ...oldTests(ADDS, ADDS_BELOW_ZERO, check("adds zero", "assert.equal(add(1, 0), 1);")),
      }),
      greenMul,
    ],
  }),
  cheating("the manifest runs the new tests alone", ["test-skipped"], {
    commits: [
      redMul,
      { ...greenMul, files: { ...greenMul.files, ...manifest("node --test test/mul.test.js") } },
    ],
  }),
  cheating("vitest: the settings leave old tests out", ["test-skipped"], {
    runner: "vitest",
    commits: [
      ...viteStep,
      commit("chore: settings", {
        "vitest.config.js":
          'export default { test: { exclude: ["src/add.test.ts", "node_modules"] } };\n',
      }),
    ],
  }),
  cheating("settings leave old tests out, and nothing else is changed", ["test-skipped"], {
    commits: [
      commit("chore: settings", {
        ...manifest("node --test test/none/"),
        "test/none/none.test.js": nodeTests(IMPORT_ADD.replace("../", "../../")),
      }),
    ],
  }),
  cheating("no test at all", ["no-test"], {
    commits: [greenMul, commit("docs: how", { "README.md": "# Products\n" })],
  }),
  cheating("no test at all, and half of it calls itself a refactor", ["no-test"], {
    commits: [commit("refactor: room for more", { "src/add.js": `\n${ADD}` }), greenMul],
  }),
  cheating("more code after a step, with no test of its own", ["code-before-test"], {
    commits: [...step, commit("feat(sub): subtracts", { "src/sub.js": sub })],
  }),
  cheating("tests of two modules in one red commit", ["several-behaviours"], {
    commits: [
      commit("test: both", {
        "test/mul.test.js": MUL_TEST,
        "test/sub.test.js": nodeTests(
          `import { sub } from "../src/sub.js";\n`,
          check("subtracts", "assert.equal(sub(3, 1), 2);"),
        ),
      }),
      commit("feat: both", { "src/mul.js": MUL, "src/sub.js": sub }),
    ],
  }),
  cheating("all tests of the task in one red commit", ["several-behaviours"], {
    commits: [
      commit("test(mul): everything", {
        "test/mul.test.js": nodeTests(
          IMPORT_MUL,
          ...Array.from({ length: 9 }, (_, n) =>
            check(`multiplies by ${n}`, `assert.equal(mul(2, ${n}), ${2 * n});`),
          ),
        ),
      }),
      greenMul,
    ],
  }),
  cheating("what Cairn had to commit for the agent", ["code-before-test"], {
    commits: [
      redMul,
      {
        ...greenMul,
        by: "cairn",
        body: "Committed-by: Cairn, from what the agent left in its tree",
      },
    ],
  }),
  cheating("code under the name of Cairn's own repairs", ["code-before-test"], {
    commits: [
      ...step,
      commit(
        "style: run the repairing commands (#7)",
        { "src/sub.js": sub },
        "Committed-by: Cairn, from gates.autofix",
      ),
    ],
  }),
  cheating("code hidden in a merge of the base", ["code-before-test"], {
    commits: [
      ...step,
      {
        subject: "Merge main",
        files: { "src/sub.js": sub },
        base: { "src/base.js": "export {};\n" },
      },
    ],
  }),
  cheating("a refactor that brings tests and behaviour", ["code-before-test"], {
    commits: [
      ...step,
      commit("refactor: and one more", {
        "src/sub.js": sub,
        "test/sub.test.js": nodeTests(
          `import { sub } from "../src/sub.js";\n`,
          check("subtracts", "assert.equal(sub(3, 1), 2);"),
        ),
      }),
    ],
  }),
  cheating("the green commit mends the test as well", ["code-before-test"], {
    commits: [
      commit("test(mul): multiplies", {
        "test/mul.test.js": nodeTests(
          IMPORT_MUL,
          check("multiplies", "assert.equal(mul(2, 3), 7);"),
        ),
      }),
      commit("feat(mul): multiplies", { "test/mul.test.js": MUL_TEST, "src/mul.js": MUL }),
    ],
  }),
  cheating("a gate that nobody can take apart: the test passes at once", ["passes-at-once"], {
    runner: "make",
    before: { ...IN_JAVASCRIPT, Makefile: ".PHONY: test\ntest:\n\t@node --test\n" },
    commits: [
      commit(
        "test(add): adds zero",
        oldTests(ADDS, ADDS_BELOW_ZERO, check("adds zero", "assert.equal(add(1, 0), 1);")),
      ),
      greenMul,
    ],
  }),
  cheating("pytest, where there is one: the test passes at once", ["passes-at-once"], {
    runner: "pytest",
    before: PYTHON.before,
    commits: [
      commit("test(add): zero", {
        "tests/test_zero.py":
          "from calc.add import add\n\n\ndef test_zero():\n    assert add(1, 0) == 1\n",
      }),
      PYTHON.green,
    ],
  }),
  cheating(
    "pytest, where there is one: a conftest keeps old tests from being found",
    ["test-skipped"],
    {
      runner: "pytest",
      before: PYTHON.before,
      commits: [
        PYTHON.red,
        PYTHON.green,
        commit("test: settings", { "tests/conftest.py": 'collect_ignore = ["test_add.py"]\n' }),
      ],
    },
  ),
  cheating(
    "a test in a language that is not read here, and it passes at once",
    ["passes-at-once"],
    {
      runner: "make",
      before: {
        "src/add.sh": "echo $(($1 + $2))\n",
        Makefile: ".PHONY: test\ntest:\n\t@for f in tests/*.bats; do sh $$f || exit 1; done\n",
        "tests/add.bats": '[ "$(sh src/add.sh 1 2)" = 3 ]\n',
      },
      commits: [
        commit("test(mul): multiplies", { "tests/mul.bats": "true\n" }),
        commit("feat(mul): multiplies", { "src/mul.sh": "echo $(($1 * $2))\n" }),
      ],
    },
  ),
  cheating(
    "vitest: old expectations are put in other words, and were never red",
    ["passes-at-once", "test-weakened"],
    {
      runner: "vitest",
      commits: [
        commit(
          "test(add): other words",
          viteOld(
            check("adds", "expect(add(1, 2)).toEqual(3);"),
            check("adds below zero", "expect(add(-1, -2)).toBe(-1 - 2);"),
          ),
        ),
        viteStep[1],
      ],
    },
  ),
  cheating("vitest: a test of a name that was there before, renamed and weaker", ["test-deleted"], {
    runner: "vitest",
    before: IN_TYPESCRIPT,
    commits: [
      ...viteStep,
      commit(
        "test: a better name",
        viteOld(
          check("adds", "expect(add(1, 2)).toBe(3);"),
          check("adds negatives", "expect(add(-1, -2)).toBeLessThan(0);"),
        ),
      ),
    ],
  }),
];
