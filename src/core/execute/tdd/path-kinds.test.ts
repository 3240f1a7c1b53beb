import { expect, test } from "vitest";
import { pathKinds } from "./path-kinds.ts";

const { kindOf, isRunnerSetting } = pathKinds({
  tests: ["**/*.{test,spec}.*", "**/test{,s}/**"],
  exempt: ["**/*.md", "docs/**"],
});

test.each([
  ["src/add.ts", "source"],
  ["src/server.config.ts", "source"],
  ["bin/cli", "source"],
  [".hidden/add.ts", "source"],
  ["src/add.test.ts", "test"],
  [".hidden/tests/add.ts", "test"],
  ["test/README.md", "test"],
  ["docs/add.ts", "neutral"],
  ["CHANGELOG.md", "neutral"],
  ["app/package.json", "neutral"],
  ["pnpm-lock.yaml", "neutral"],
  ["vitest.config.ts", "neutral"],
  ["src/add.d.ts", "neutral"],
  [".github/workflows/ci.yml", "neutral"],
])("%s is %s", (path, kind) => expect(kindOf(path)).toBe(kind));

const changed = (path: string, before: unknown, after: unknown): boolean =>
  isRunnerSetting({
    path,
    added: 1,
    deleted: 1,
    before: JSON.stringify(before),
    after: JSON.stringify(after),
  });

test("settings of a test runner are known, of a manifest only the part that it reads", () => {
  expect(changed("vitest.config.ts", 1, 2)).toBe(true);
  expect(changed("test/setup.ts", 1, 2)).toBe(true);
  expect(changed("src/add.ts", 1, 2)).toBe(false);
  expect(changed("package.json", { scripts: { test: "a" } }, { scripts: { test: "b" } })).toBe(
    true,
  );
  expect(changed("package.json", {}, { jest: {} })).toBe(true);
  expect(changed("package.json", { dependencies: {} }, { dependencies: { a: "1" } })).toBe(false);
});
