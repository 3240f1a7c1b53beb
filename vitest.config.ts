import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "tools/**/*.test.ts"],
    exclude: ["**/node_modules/**", "dist/**", "test/**/fixtures/**"],
    reporters: ["default", "./test/support/summary-reporter.ts"],
    // Tests start processes and real git; on a busy machine the default of 5 s fails honest ones.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.test.ts"],
      reportsDirectory: "coverage",
    },
  },
});
