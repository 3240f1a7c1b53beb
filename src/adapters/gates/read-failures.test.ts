import { expect, test } from "vitest";
import { readFailures } from "./read-failures.ts";

test.each<[string, string, readonly string[]]>([
  [
    "tsc",
    "src/a.ts(12,3): error TS2322: Type 'string' is not assignable to type 'number'.\nFound 1 error.\n",
    ["src/a.ts:12: TS2322 Type 'string' is not assignable to type 'number'."],
  ],
  [
    "tsc --pretty, in colour",
    "\u001B[96msrc/a.ts\u001B[0m:\u001B[93m12\u001B[0m:\u001B[93m3\u001B[0m - \u001B[91merror\u001B[0m TS2304: Cannot find name 'x'.",
    ["src/a.ts:12: TS2304 Cannot find name 'x'."],
  ],
  [
    "a linter's unix format",
    "src/b.js:3:7: 'x' is never used. [Error/no-unused-vars]\n\n1 problem\n",
    ["src/b.js:3: 'x' is never used. [Error/no-unused-vars]"],
  ],
  [
    "a linter's default format, the file above its lines",
    "/repo/src/b.js\n  3:7  error  'x' is never used  no-unused-vars\n  9:1  warning  too long  max-len\n\n✖ 2 problems (1 error, 1 warning)\n",
    ["/repo/src/b.js:3: 'x' is never used  no-unused-vars"],
  ],
  [
    "TAP",
    "TAP version 13\nok 1 - adds\nnot ok 2 - subtracts\n  ---\n  error: x\nnot ok 3 - later # TODO\nnot ok 4 - test/a.test.js\n",
    ["subtracts"],
  ],
  [
    "node:test, spec",
    "✔ adds (0.5ms)\n✖ subtracts (1.2ms)\nℹ fail 1\n✖ failing tests:\n\ntest at a.js:3:1\n✖ subtracts (1.2ms)\n",
    ["subtracts"],
  ],
  [
    "vitest",
    " ❯ src/a.test.ts (2 tests | 1 failed) 5ms\n   × sums > subtracts 3ms\n FAIL  src/a.test.ts > sums > subtracts\n",
    ["sums > subtracts", "src/a.test.ts > sums > subtracts"],
  ],
  ["jest", "FAIL src/a.test.js\n  ● sums › subtracts\n", ["sums › subtracts"]],
  [
    "pytest",
    "=== short test summary info ===\nFAILED tests/test_a.py::test_sub - assert 1 == 2\n",
    ["tests/test_a.py::test_sub"],
  ],
  ["go", "--- FAIL: TestSub (0.00s)\n    a_test.go:9: got 1\nFAIL\n", ["TestSub"]],
  ["cargo", "test sums::subtracts ... FAILED\ntest sums::adds ... ok\n", ["sums::subtracts"]],
  ["nothing that can be read", "Segmentation fault\n", []],
  ["a stack trace is not a failure", "    at run (src/a.ts:3:4)\n", []],
])("failures are read from %s", (_tool, output, failures) => {
  expect(readFailures(output)).toEqual(failures);
});

test("a thousand failures become a page", () => {
  const output = Array.from({ length: 1000 }, (_, number) => `FAILED tests/a.py::t${number}`);
  expect(readFailures(output.join("\n"))).toHaveLength(50);
});
