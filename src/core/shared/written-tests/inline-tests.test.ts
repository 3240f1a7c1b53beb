import { expect, test } from "vitest";
import { inlineTests } from "./inline-tests.ts";

const CODE = "pub fn add() {}\n";
const TESTS = "#[cfg(test)]\nmod tests {\n  #[test]\n  fn adds() { add(); }\n}";

test("a source file of Rust is its code and its test modules", () => {
  expect(inlineTests("src/lib.rs", `${CODE}${TESTS}\n`)).toEqual({
    tests: TESTS,
    rest: CODE.trimEnd(),
  });
});

test.each([
  ["src/lib.rs", CODE],
  ["src/lib.rs", `// ${TESTS.replaceAll("\n", " ")}`],
  ["src/lib.ts", TESTS],
])("%s without a test module has none: %s", (path, text) => {
  expect(inlineTests(path, text)).toBeNull();
});
