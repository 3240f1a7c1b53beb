import { expect, test } from "vitest";
import { ownDouble, subjectOf } from "./own-double.ts";

test.each([
  ['vi.mock("./mul.ts", () => ({ mul: () => 6 }));', "./mul.ts"],
  ["jest.mock('../src/mul');", "../src/mul"],
  ["mock.module('../src/mul.js', { namedExports: {} });", "../src/mul.js"],
  ['vi.mock(import("./mul.ts"), () => ({}));', "./mul.ts"],
])("a double of what the file is named after: %s", (text, module) => {
  expect(ownDouble("src/mul.test.ts", text)).toBe(module);
});

test.each([
  'vi.mock("./add.ts");',
  'vi.mock("mul");',
  'vi.mock("./mul.ts", { spy: true });',
  'vi.mock("./mul.ts", async (importOriginal) => ({ ...(await importOriginal()), log: vi.fn() }));',
  "const mul = vi.fn();",
])("no double of its subject: %s", (text) => {
  expect(ownDouble("src/mul.test.ts", text)).toBeNull();
});

test("a test and its subject have one name", () => {
  const names = [
    "src/add.test.ts",
    "tests/test_add.py",
    "add_test.go",
    "lib/add.rb",
    "spec/add_spec.rb",
  ];
  expect(new Set(names.map(subjectOf))).toEqual(new Set(["add"]));
});
