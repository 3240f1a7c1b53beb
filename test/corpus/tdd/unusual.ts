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
  nodeTests,
  type TddCase,
} from "./case.ts";

const MUL = "export const mul = (a, b) => a * b;\n";
const MUL_TEST = nodeTests(
  `import { mul } from "../src/mul.js";\n`,
  check("multiplies", "assert.equal(mul(2, 3), 6);"),
);
const red = commit("test(mul): multiplies", { "test/mul.test.js": MUL_TEST });
const green = commit("feat(mul): multiplies", { "src/mul.js": MUL });
const OLD_TEST = nodeTests(
  `import { old } from "../src/old.js";\n`,
  check("is old", "assert.equal(old(), 1);"),
);

/** Histories that look wrong at first, and are not. */
export const UNUSUAL: readonly TddCase[] = [
  honest("one of two new tests fails, and its edge case passes at once", {
    commits: [
      commit("test(add): two more", {
        "test/add.test.js": nodeTests(
          IMPORT_ADD,
          ADDS,
          ADDS_BELOW_ZERO,
          check("adds zero", "assert.equal(add(1, 0), 1);"),
          check("refuses words", 'assert.throws(() => add("a", 1), TypeError);'),
        ),
      }),
      commit("fix(add): refuses words", {
        "src/add.js":
          'export function add(a, b) {\n  if (typeof a === "string") throw new TypeError("word");\n  return a + b;\n}\n',
      }),
    ],
    proven: 1,
  }),
  honest("tests in a folder named by the custom of jest", {
    commits: [
      commit("test(mul): multiplies", {
        "src/__tests__/mul.js": MUL_TEST.replace("../src/mul.js", "../mul.js"),
      }),
      green,
    ],
    proven: 1,
  }),
  honest("the code of one test takes two commits", {
    commits: [
      red,
      commit("feat(table): of products", { "src/table.js": "export const table = [[0]];\n" }),
      green,
    ],
    proven: 1,
  }),
  honest("the tests of Rust stand in the source file", {
    runner: "make",
    before: {
      Makefile:
        ".PHONY: test\ntest:\n\t@grep -q 'fn mul(' src/lib.rs || ! grep -q 'mul(2' src/lib.rs\n",
      "src/lib.rs": "pub fn add(a: i32, b: i32) -> i32 { a + b }\n",
    },
    commits: [
      commit("test(mul): multiplies", { "src/lib.rs": rust("") }),
      commit("feat(mul): multiplies", {
        "src/lib.rs": rust("pub fn mul(a: i32, b: i32) -> i32 { a * b }\n"),
      }),
    ],
    revert: "not-run",
    proven: 1,
  }),
  honest("an old test fails first with its new import of what moves", {
    commits: [
      red,
      green,
      commit("refactor: folders", {
        "src/add.js": null,
        "src/sums/add.js": ADD,
        "test/add.test.js": nodeTests(
          `import { add } from "../src/sums/add.js";\n`,
          ADDS,
          ADDS_BELOW_ZERO,
        ),
      }),
    ],
    proven: 1,
  }),
  honest("what old tests share is built with one more value", {
    before: {
      ...IN_JAVASCRIPT,
      "src/sums.js": "export class Sums {\n  add(a, b) {\n    return a + b;\n  }\n}\n",
      "test/sums.test.js": sums("new Sums()"),
    },
    commits: [
      commit("test(sums): have a limit", {
        "test/sums.test.js": sums(
          "new Sums({ limit: 9 })",
          check("keeps to its limit", "assert.equal(sums.add(9, 9), 9);"),
        ),
      }),
      commit("feat(sums): have a limit", {
        "src/sums.js":
          "export class Sums {\n  constructor({ limit }) {\n    this.limit = limit;\n  }\n  add(a, b) {\n    return Math.min(this.limit, a + b);\n  }\n}\n",
      }),
    ],
    proven: 1,
  }),
  exempt("a feature goes, with its tests", {
    before: {
      ...IN_JAVASCRIPT,
      "src/old.js": "export const old = () => 1;\n",
      "test/old.test.js": OLD_TEST,
    },
    commits: [commit("feat!: old is gone", { "src/old.js": null, "test/old.test.js": null })],
  }),
  exempt("a part of a file is split off in a refactor", {
    before: {
      ...IN_JAVASCRIPT,
      "src/add.js": `const isSmall = (sum) => sum < 1000;\n${ADD}export const adds = (a, b) => isSmall(add(a, b));\n`,
    },
    commits: [
      commit("refactor: sizes", {
        "src/size.js": "export const isSmall = (sum) => sum < 1000;\n",
        "src/add.js": `import { isSmall } from "./size.js";\n${ADD}export const adds = (a, b) => isSmall(add(a, b));\n`,
      }),
    ],
  }),
  exempt("looks, words and tables only", {
    commits: [
      commit("fix: colours", {
        "public/site.css": "a { color: red }\n",
        "CHANGES.txt": "Red.\n",
        "db/1.sql": "create table sums (sum int);\n",
      }),
    ],
  }),
];

function rust(code: string): string {
  return `pub fn add(a: i32, b: i32) -> i32 { a + b }\n${code}\n#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn multiplies() { assert_eq!(mul(2, 3), 6); }\n}\n`;
}

function sums(made: string, ...more: readonly string[]): string {
  const imports = `import { Sums } from "../src/sums.js";\nconst sums = ${made};\n`;
  return nodeTests(imports, check("adds", "assert.equal(sums.add(1, 2), 3);"), ...more);
}
