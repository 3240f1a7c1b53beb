import { defineConfig } from "vitest/config";

/** Whole programs with clocks of their own: two of them at once would measure each other. */
const WHOLE_PROGRAMS = ["test/e2e/**/*.test.ts", "test/contract/**/*.test.ts"];

export default defineConfig({
  test: {
    exclude: ["**/node_modules/**", "dist/**", "test/**/fixtures/**"],
    reporters: ["default", "./test/support/summary-reporter.ts"],
    // Tests start processes and real git; on a busy machine the default of 5 s fails honest ones.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: "parts",
          include: ["src/**/*.test.ts", "test/**/*.test.ts", "tools/**/*.test.ts"],
          exclude: ["**/node_modules/**", "dist/**", "test/**/fixtures/**", ...WHOLE_PROGRAMS],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: WHOLE_PROGRAMS,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.test.ts"],
      reportsDirectory: "coverage",
    },
  },
});
